// A state written by the official SDK is exported by authsync, edited, planned,
// applied, and read back by the official SDK as wanted.
//
//   AUTHSYNC=path/to/authsync node roundtrip-login.mjs [URL]

import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import './lib/bucket.mjs'
import { stamp, url } from './lib/checks.mjs'

const authsync = process.env.AUTHSYNC
if (!authsync) {
  console.error('usage: AUTHSYNC=path/to/authsync node roundtrip-login.mjs URL')
  process.exit(1)
}
const CloudBase = createRequire(import.meta.url)('@cloudbase/manager-node')

const envId = `roundtrip-${stamp}`
const { env } = new CloudBase({ secretId: 'sandbox', secretKey: 'sandbox', envId })
const dir = mkdtempSync(join(tmpdir(), 'authsync-'))
const identity = join(dir, 'key.txt')
const manifest = join(dir, 'envs', `${envId}.yaml`)
let passed = 0

function ok(what) {
  passed++
  console.log(`ok - ${what}`)
}

// run returns the exit code and what was printed.
function run(...args) {
  const result = spawnSync(authsync, args, {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, AUTHSYNC_SANDBOX: url, AUTHSYNC_IDENTITY_FILE: identity },
  })
  return { code: result.status, out: result.stdout, all: result.stdout + result.stderr }
}

try {
  // The SDK writes.
  await env.modifyLoginConfig({
    PhoneNumberLogin: false, EmailLogin: true, UserNameLogin: true, AnonymousLogin: true,
    MfaConfig: { On: 'TRUE', Sms: 'TRUE', Email: 'FALSE', RequiredBindPhone: 'FALSE' },
    SmsVerificationConfig: {
      Type: 'template', SmsDayLimit: 30,
      TemplateProvider: { Vendor: 'TENCENT_CN', TemplateId: '1400', SdkAppId: '14', SignName: 'acme', SecretId: 'AKID', SecretKey: 'the-vendor-key' },
    },
  })
  await env.createEnvDomain(['app.example'])
  await env.modifyClient({ Id: envId, RefreshTokenExpiresIn: 2592000, AccessTokenExpiresIn: 7200, MaxDevice: 5 })
  await env.addProvider({
    Id: 'myoauth', ProviderType: 'OAUTH', On: 'TRUE',
    Name: { Message: 'My OAuth', Localized: [{ Locale: 'ko', Message: '내 로그인' }] },
    Config: {
      ClientId: 'the-client', ClientSecret: 'written-by-the-sdk', RedirectUri: 'https://app.example/callback',
      AuthorizationEndpoint: 'https://idp.example/auth', TokenEndpoint: 'https://idp.example/token', Scope: 'profile',
      RequestParametersMap: { ClientId: 'appid', IsGoogle: 'TRUE' },
    },
  })

  const before = await env.getLoginConfig()

  // authsync exports.
  writeFileSync(identity, execFileSync(authsync, ['secrets', 'keygen'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }), { mode: 0o600 })
  const recipient = /# public key: (\S+)/.exec(readFileSync(identity, 'utf8'))[1]
  let r = run('export', join(dir, 'envs'), '--env-id', envId, '--to', recipient)
  assert.equal(r.code, 0, r.all)
  const exported = readFileSync(manifest, 'utf8')
  assert.ok(!exported.includes('written-by-the-sdk'), 'the secret is in the manifest in clear')
  assert.ok(exported.includes('!age'))
  assert.ok(exported.includes('app.example'), 'the security domain is not in the manifest')
  assert.ok(!exported.includes('the-vendor-key'), 'the SMS vendor\'s key is in the manifest')
  ok('export: what the SDK wrote, with its secret sealed')

  r = run('plan', join(dir, 'envs'), '--exit-code')
  assert.equal(r.code, 0, r.all)
  ok('plan: nothing to do right after the export')

  // Somebody edits.
  writeFileSync(manifest, exported
    .replace('anonymousLogin: true', 'anonymousLogin: false')
    .replace('maxDevice: 5', 'maxDevice: 0')
    .replace(/templateId: .*/, 'templateId: "1401"')
    .replace('scope: profile', 'scope: profile email')
    .replace('on: true\n    transparentMode', 'on: false\n    transparentMode'))
  r = run('plan', join(dir, 'envs'), '--exit-code', '--format', 'json')
  assert.equal(r.code, 2, r.all)
  const [planned] = JSON.parse(r.out).environments
  assert.deepEqual(planned.changes.map((c) => c.object), ['login', 'client/default', 'provider/myoauth'])
  assert.ok(!r.all.includes('written-by-the-sdk'), 'the plan shows the secret')
  ok('plan: the three objects that were edited')

  r = run('apply', join(dir, 'envs'), '--yes')
  assert.equal(r.code, 0, r.all)
  assert.ok(!r.all.includes('written-by-the-sdk'), 'apply shows the secret')
  ok('apply: done and read back')

  // The SDK reads.
  const login = await env.getLoginConfig()
  assert.equal(login.AnonymousLogin, false)
  assert.equal(login.EmailLogin, true)
  assert.equal(login.SmsVerificationConfig.TemplateProvider.TemplateId, '1401')
  assert.equal(login.SmsVerificationConfig.TemplateProvider.SecretKey, before.SmsVerificationConfig.TemplateProvider.SecretKey)
  assert.deepEqual(login.MfaConfig, { On: 'TRUE', Sms: 'TRUE', Email: 'FALSE', RequiredBindPhone: 'FALSE' })
  assert.equal((await env.describeClient(envId)).MaxDevice, 0)
  const provider = (await env.getProviders()).Data.find((p) => p.Id === 'myoauth')
  assert.equal(provider.On, 'FALSE')
  assert.equal(provider.Config.Scope, 'profile email')
  assert.equal(provider.Config.ClientSecret, 'written-by-the-sdk')
  assert.equal(provider.Config.TokenEndpoint, 'https://idp.example/token')
  assert.deepEqual(provider.Config.RequestParametersMap, { ClientId: 'appid', IsGoogle: 'TRUE' })
  assert.deepEqual(provider.Name, { Message: 'My OAuth', Localized: [{ Locale: 'ko', Message: '내 로그인' }] })
  ok('the SDK reads what git says, and everything that git does not name as it was')

  r = run('plan', join(dir, 'envs'), '--exit-code')
  assert.equal(r.code, 0, r.all)
  ok('plan: nothing to do')
  console.log(`${passed} passed, 0 failed`)
} catch (err) {
  console.error(`not ok - ${err.stack}`)
  console.log(`${passed} passed, 1 failed`)
  process.exitCode = 1
} finally {
  rmSync(dir, { recursive: true, force: true })
}
