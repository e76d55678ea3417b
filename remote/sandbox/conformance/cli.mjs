// Drives a sandbox with the official command line (@cloudbase/cli), unmodified.
//
//   node cli.mjs [URL]       URL defaults to $AUTHSYNC_SANDBOX

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { asked, run, stamp, url } from './lib/checks.mjs'

const require = createRequire(import.meta.url)
const program = join(dirname(require.resolve('@cloudbase/cli/package.json')), 'bin/tcb')
const here = fileURLToPath(new URL('lib/here.cjs', import.meta.url))
const envId = `conformance-cli-${stamp}`
const homes = []

// machine returns the command line of a machine that nobody has used before.
function machine() {
  const home = mkdtempSync(join(tmpdir(), 'authsync-tcb-'))
  homes.push(home)
  const env = { PATH: process.env.PATH, HOME: home, CI: 'true', NO_COLOR: '1', LANG: 'en_US.UTF-8', CLOUDBASE_TCB_CLOUDAPI_URL: url, TCB_BASE_URL: url }
  const tcb = (...args) => new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--require', here, program, ...args], { env, cwd: home })
    let all = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => { all += chunk })
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, all }))
    child.stdin.end('\n') // yes, to what it may ask
  })
  return { tcb, home }
}

async function loggedIn() {
  const m = machine()
  const { code, all } = await m.tcb('login', '--apiKeyId', 'sandbox', '--apiKey', 'sandbox')
  assert.equal(code, 0, all)
  assert.match(all, /login succeeded/)
  return m
}

// The sandbox knows an environment from its first request on.
const { env } = new (require('@cloudbase/manager-node'))({ secretId: 'sandbox', secretKey: 'sandbox', envId })
await env.describeEnvInfo({ EnvId: envId })

// A run takes a second or two, and most of them need not wait for each other.
const { tcb, home } = await loggedIn()
const [stranger, list, former] = await Promise.all([
  machine().tcb('login', '--apiKeyId', 'sandbox', '--apiKey', 'wrong'),
  tcb('env', 'list'),
  tcb('env', 'login', 'list', '-e', envId),
])

async function domains() {
  return (await env.getEnvAuthDomains()).Domains.filter((d) => d.Type === 'USER')
}

const checks = {
  async 'login: with the sandbox\'s key, and no other'() {
    assert.deepEqual(JSON.parse(readFileSync(join(home, '.config/.cloudbase/auth.json'))).credential, { secretId: 'sandbox', secretKey: 'sandbox' })
    assert.notEqual(stranger.code, 0, stranger.all)
  },
  async 'env list: a row for the environment'() {
    assert.equal(list.code, 0, list.all)
    const row = list.all.split('\n').find((line) => line.includes(envId)) ?? ''
    assert.match(row, /Pay-as-you-go.*CloudBase.*Normal/, list.all)
  },
  async 'env domain: created, listed, deleted'() {
    const created = await tcb('env', 'domain', 'create', 'app.example.com/localhost:5173', '-e', envId)
    assert.equal(created.code, 0, created.all)
    assert.deepEqual((await domains()).map((d) => d.Domain), ['app.example.com', 'localhost:5173'])
    const [again, listed] = await Promise.all([
      tcb('env', 'domain', 'create', 'app.example.com', '-e', envId),
      tcb('env', 'domain', 'list', '-e', envId),
    ])
    assert.notEqual(again.code, 0, again.all)
    assert.equal(listed.code, 0, listed.all)
    for (const d of await domains()) {
      const row = listed.all.split('\n').find((line) => line.includes(d.Id)) ?? ''
      assert.ok(row.includes(d.Domain) && row.includes(d.CreateTime), listed.all)
    }
  },
  async 'env login: the former actions are refused, and never taken for empty'() {
    assert.notEqual(former.code, 0, former.all)
    assert.match(former.all, /\[DescribeLoginConfigs\]/)
    const codes = (await asked(envId)).filter((r) => r.action === 'DescribeLoginConfigs').map((r) => r.code)
    assert.deepEqual(codes, ['InvalidAction'])
  },
}

const failed = await run(checks)
for (const home of homes) rmSync(home, { recursive: true, force: true })
process.exit(failed ? 1 : 0)
