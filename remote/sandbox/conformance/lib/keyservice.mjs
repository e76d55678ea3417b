// A stand-in for the service that the official SDK asks for the key that
// passwords are sealed with. No setting moves that request: here it goes to this
// machine, and no other HTTPS request goes anywhere.

import assert from 'node:assert/strict'
import http from 'node:http'
import { once } from 'node:events'
import { createRequire } from 'node:module'

export const url = process.argv[2] ?? process.env.AUTHSYNC_SANDBOX
if (!url) {
  console.error('name the sandbox: its URL, or AUTHSYNC_SANDBOX')
  process.exit(1)
}
// The SDK reads these when it makes a request. A proxy set for the machine is
// not meant for a sandbox on it.
process.env.TCB_BASE_URL = url
delete process.env.http_proxy
delete process.env.TCB_REGION

const require = createRequire(import.meta.url)

export const keyHost = 'wedaapi.tcbautomation.cn'
export const sandboxKey = 'sandbox-sandbox-sandbox-sandbox-'

export const lookup = { key: sandboxKey, asked: [] } // key null: the service is down

export const standIn = http.createServer(async (req, res) => {
  let body = ''
  for await (const chunk of req) body += chunk
  lookup.asked.push({ method: req.method, host: req.headers.host, path: req.url, body: JSON.parse(body) })
  if (lookup.key === null) {
    res.writeHead(502).end('<html>Bad Gateway</html>')
    return
  }
  const kvs = [{ key: 'something-else', value: 'x' }, { key: 'dev-platform-apis', value: lookup.key }]
  const Data = { ErrorCode: '0', ConfigValue: JSON.stringify([{ kvs: { kvs } }]) }
  res.setHeader('content-type', 'application/json')
  res.end(JSON.stringify({ Response: { Data, RequestId: 'stand-in' } }))
})
standIn.listen(0, '127.0.0.1')
await once(standIn, 'listening')

// What the SDK fetches with looks this function up at every request.
const https = require('https')
const realRequest = https.request
https.request = (options, callback) => {
  const host = options.hostname ?? options.host
  if (new URL(url).hostname === host) return realRequest(options, callback)
  assert.equal(host, keyHost, `a request to ${host} would leave this machine`)
  const { method, path, headers } = options
  return http.request({ host: '127.0.0.1', port: standIn.address().port, method, path, headers: { ...headers, host: keyHost } }, callback)
}

export const CloudBase = require('@cloudbase/manager-node')
export const { AESCrypto } = require('@cloudbase/manager-node/lib/integration/crypto')
export const { __clearAesKeyCache: forgetKey } = require('@cloudbase/manager-node/lib/integration/secretKey')
