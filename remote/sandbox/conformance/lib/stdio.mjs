// A client of the Model Context Protocol over standard input and output: JSON-RPC,
// a message a line. It knows the little that the checks need.

import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

// serve starts a server, and returns how to call it and how to end it.
export async function serve(command, args, env) {
  const child = spawn(command, args, { env, stdio: ['pipe', 'pipe', 'pipe'] })
  let said = ''
  child.stderr.on('data', (chunk) => { said = (said + chunk).slice(-4000) })
  const waiting = new Map()
  let ended
  child.once('close', (code) => {
    ended = new Error(`the server has ended with ${code}:\n${said}`)
    for (const { reject } of waiting.values()) reject(ended)
  })
  createInterface({ input: child.stdout }).on('line', (line) => {
    const { id, result, error } = JSON.parse(line)
    const call = waiting.get(id)
    if (!call) return // a notification
    waiting.delete(id)
    if (error) call.reject(Object.assign(new Error(error.message), { code: error.code }))
    else call.resolve(result)
  })

  const write = (message) => child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`)
  let last = 0
  const request = (method, params) => new Promise((resolve, reject) => {
    if (ended) return reject(ended)
    const id = ++last
    waiting.set(id, { resolve, reject })
    write({ id, method, params })
  })

  const { serverInfo } = await request('initialize', {
    protocolVersion: '2024-11-05', capabilities: {}, clientInfo: { name: 'authsync-conformance', version: '1' },
  })
  write({ method: 'notifications/initialized' })
  return {
    serverInfo,
    tools: async () => (await request('tools/list', {})).tools,
    // tool calls a tool, and returns what it says: most answer in JSON.
    tool: async (name, args) => {
      const { content, isError } = await request('tools/call', { name, arguments: args })
      const text = content.filter((part) => part.type === 'text').map((part) => part.text).join('\n')
      try {
        return { text, isError: isError === true, ...JSON.parse(text) }
      } catch {
        return { text, isError: isError === true }
      }
    },
    end: () => { child.kill() },
  }
}
