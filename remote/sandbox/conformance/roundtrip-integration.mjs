// Passwords that the official SDK sealed are opened by authsync, and the other
// way round, under a key of their own.
//
//   AUTHSYNC=path/to/authsync node roundtrip-integration.mjs [URL]

import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stamp, url } from './lib/checks.mjs'
import { CloudBase, forgetKey, lookup, standIn } from './lib/keyservice.mjs'

const authsync = process.env.AUTHSYNC
if (!authsync) {
  console.error('usage: AUTHSYNC=path/to/authsync node roundtrip-integration.mjs URL')
  process.exit(1)
}
const key = '密钥密钥密钥密钥密钥ab' // 32 bytes
assert.equal(Buffer.byteLength(key), 32)
lookup.key = key
forgetKey()

const envId = `integration-roundtrip-${stamp}`
const { integration } = new CloudBase({ secretId: 'sandbox', secretKey: 'sandbox', envId })
const dir = mkdtempSync(join(tmpdir(), 'authsync-'))
const identity = join(dir, 'key.txt')
const manifest = join(dir, 'envs', `${envId}.yaml`)
const pem = '-----BEGIN PRIVATE KEY-----\\nMIIEvQIBADANBg\\n-----END PRIVATE KEY-----\\n'
let passed = 0

function ok(what) {
  passed++
  console.log(`ok - ${what}`)
}

// run returns the exit code and what was printed, which never holds a password.
function run(args, env = {}) {
  const result = spawnSync(authsync, args, {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, AUTHSYNC_SANDBOX: url, AUTHSYNC_IDENTITY_FILE: identity, CLOUDBASE_INTEGRATION_KEY: key, ...env },
  })
  const all = result.stdout + result.stderr
  for (const secret of ['an APIv3 key', 'MIIEvQIBADANBg', 'rotated by', key]) assert.ok(!all.includes(secret), `${args[0]} shows a secret`)
  return { code: result.status, out: result.stdout, all }
}

// held is what the SDK makes of the integration of a name, passwords opened.
async function held(name) {
  const { UserKeyList } = await integration.listUserKeys({ name })
  const found = UserKeyList.filter((k) => k.Name === name)
  assert.equal(found.length, 1)
  const { UserKeyInfo } = await integration.getUserKey({ keyId: found[0].KeyID, needPwd: true, decryptPwd: true })
  return { ...UserKeyInfo, Ext: JSON.parse(UserKeyInfo.Ext) }
}

try {
  // The SDK writes.
  const envVariables = { appId: 'wx123', merchantId: '1900000001', merchantSerialNumber: '5157', apiV3Key: 'an APIv3 key: 密钥', privateKey: pem }
  await integration.createUserKey({
    name: 'my-payment', authTypeCode: 'weixinpaydc', description: 'pays', envVariables,
    runtimeConfig: { memory: 256 }, demoCodeFunctionName: 'wx-pay-demo',
  })
  await integration.createUserKey({ name: 'my-payment-tools', authTypeCode: 'custom', envVariables: { A: '1' } })

  // authsync exports.
  writeFileSync(identity, execFileSync(authsync, ['secrets', 'keygen'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }), { mode: 0o600 })
  const recipient = /# public key: (\S+)/.exec(readFileSync(identity, 'utf8'))[1]
  let r = run(['export', join(dir, 'envs'), '--env-id', envId, '--to', recipient])
  assert.equal(r.code, 0, r.all)
  const exported = readFileSync(manifest, 'utf8')
  assert.ok(!exported.includes('an APIv3 key') && !exported.includes('MIIEvQ'), 'a password is in the manifest in clear')
  assert.equal(exported.match(/!age/g).length, 2)
  ok('export: what the SDK sealed, opened and sealed for git')

  r = run(['plan', join(dir, 'envs'), '--exit-code'])
  assert.equal(r.code, 0, r.all)
  ok('plan: nothing to do right after the export')

  r = run(['plan', join(dir, 'envs')], { CLOUDBASE_INTEGRATION_KEY: 'another-another-another-another-' })
  assert.notEqual(r.code, 0)
  assert.match(r.all, /the integration key does not open it/)
  ok('plan: another key is an error')

  // Somebody edits.
  writeFileSync(manifest, exported.replace('appId: wx123', 'appId: wx456').replace('description: pays', 'description: pays more'))
  r = run(['plan', join(dir, 'envs'), '--exit-code', '--format', 'json'])
  assert.equal(r.code, 2, r.all)
  const [planned] = JSON.parse(r.out).environments
  assert.deepEqual(planned.changes.map((c) => [c.object, ...c.fields.map((f) => f.path)]), [['integration/my-payment', 'description', 'ext.appId']])
  r = run(['apply', join(dir, 'envs'), '--yes'])
  assert.equal(r.code, 0, r.all)
  let now = await held('my-payment')
  assert.equal(now.Description, 'pays more')
  assert.deepEqual(now.Ext, { ...envVariables, appId: 'wx456' })
  ok('apply: the SDK opens the passwords that git does not change')

  // A password of git's.
  writeFileSync(manifest, readFileSync(manifest, 'utf8').replace(/apiV3Key: !age \|-?\n(?: {8,}.*\n)+/, 'apiV3Key: !env ROTATED\n'))
  r = run(['apply', join(dir, 'envs'), '--yes'], { ROTATED: 'rotated by git: 密钥' })
  assert.equal(r.code, 0, r.all)
  now = await held('my-payment')
  assert.deepEqual(now.Ext, { ...envVariables, appId: 'wx456', apiV3Key: 'rotated by git: 密钥' })
  ok('apply: the SDK opens the password that git has changed')

  // A password of the SDK's.
  await integration.updateUserKey({ keyId: now.KeyID, envVariables: { apiV3Key: 'rotated by the SDK' } })
  r = run(['plan', join(dir, 'envs'), '--exit-code', '--format', 'json'], { ROTATED: 'rotated by git: 密钥' })
  assert.equal(r.code, 2, r.all)
  assert.deepEqual(JSON.parse(r.out).environments[0].changes.map((c) => c.fields.map((f) => f.path)), [['ext.apiV3Key']])
  r = run(['plan', join(dir, 'envs'), '--exit-code'], { ROTATED: 'rotated by the SDK' })
  assert.equal(r.code, 0, r.all)
  ok('plan: authsync opens what the SDK has changed')

  // A new integration of git's.
  writeFileSync(manifest, readFileSync(manifest, 'utf8').replace(/^integrations:\n/m,
    'integrations:\n  app:\n    authTypeCode: weixinmp\n    ext: {appId: wx9, appsecret: !env ROTATED}\n    demoCodeFunctionName: f\n    runtimeConfig: {memory: 128}\n'))
  r = run(['apply', join(dir, 'envs'), '--yes'], { ROTATED: 'rotated by the SDK' })
  assert.equal(r.code, 0, r.all)
  now = await held('app')
  assert.match(now.KeyID, /^app-/)
  assert.deepEqual(now.Ext, { appId: 'wx9', appsecret: 'rotated by the SDK' })
  await integration.updateUserKey({ keyId: now.KeyID, envVariables: { appId: 'wx10' } })
  assert.deepEqual((await held('app')).Ext, { appId: 'wx10', appsecret: 'rotated by the SDK' })
  ok('apply: the SDK opens and updates what authsync has created')
  console.log(`${passed} passed, 0 failed`)
} catch (err) {
  console.error(`not ok - ${err.stack}`)
  console.log(`${passed} passed, 1 failed`)
  process.exitCode = 1
} finally {
  standIn.close()
  rmSync(dir, { recursive: true, force: true })
}
