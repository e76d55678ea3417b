// Drives a sandbox with the official SDK (@cloudbase/manager-node), unmodified,
// through every method of app.env that touches authentication.
//
//   node manager-env.mjs [URL]       URL defaults to $AUTHSYNC_SANDBOX
//
// The sandbox must know any environment (no seed). Nothing is left behind but
// environments whose names begin with "conformance-".

import assert from 'node:assert/strict'
import { createPrivateKey } from 'node:crypto'
import { createRequire } from 'node:module'
import { asked, route, run, stamp, url } from './lib/checks.mjs'
import './lib/bucket.mjs'

route('.api.tcloudbasegateway.com', new URL(url).port)

const CloudBase = createRequire(import.meta.url)('@cloudbase/manager-node')

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const iso = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/

// What was called of the SDK's service, by name.
const used = new Set()

function called(service) {
  for (const name of methods) {
    const method = service[name]
    service[name] = (...args) => {
      used.add(name)
      return method.apply(service, args)
    }
  }
  return service
}

const methods = Object.getOwnPropertyNames(Object.getPrototypeOf(new CloudBase({ secretId: 'a', secretKey: 'b', envId: 'c' }).env))
  .filter((name) => name !== 'constructor')

// The methods that have nothing to do with authentication, and helpers of others.
const others = [
  'checkTcbService', 'initTcb', 'createEnv', 'destroyEnv', 'destroyEnvWithParams', 'updateEnvInfo', 'describeEnvAccountCircle',
  'CreatePostpayPackage', 'createBillingDeal', 'cancelDeal', 'describeBaasPackageList', 'calculatePackageCreatePrice',
  'calculatePackageRenewPrice', 'calculatePackageModifyPrice', 'modifyEnvPlan', 'describeBillingInfo', 'renewEnv',
  'describeCreditsUsageDetail', 'parseBillTags',
  'describeHttpServiceRoute', 'createHttpServiceRoute', 'modifyHttpServiceRoute', 'deleteHttpServiceRoute',
  'bindCustomDomain', 'deleteCustomDomain',
]
// Of the former login service, another product, whose address no setting moves.
const elsewhere = ['getLoginConfigListV2', 'updateLoginConfigV2']

// env returns the env service of a fresh environment, so that no check rests on
// what another one did.
function env(name, credentials = {}) {
  const envId = `conformance-${name}-${stamp}`
  const app = new CloudBase({ secretId: 'sandbox', secretKey: 'sandbox', envId, ...credentials })
  return Object.assign(called(app.env), { id: envId })
}

// refused checks that a call fails as the SDK reports the service's errors.
async function refused(call, code, action) {
  await assert.rejects(call, (err) => {
    assert.equal(err.name, 'CloudBaseError')
    assert.equal(err.code, code)
    assert.equal(err.action, action)
    assert.match(err.requestId, uuid)
    assert.ok(err.message.startsWith(`[${action}] `), err.message)
    return true
  })
}

function done(res) {
  assert.deepEqual(Object.keys(res), ['RequestId'])
  assert.match(res.RequestId, uuid)
}

async function provider(e, id) {
  const { Data } = await e.getProviders()
  const found = Data.find((p) => p.Id === id)
  assert.ok(found, `no provider ${id}`)
  return found
}

const switches = { PhoneNumberLogin: true, EmailLogin: true, UserNameLogin: true, AnonymousLogin: false }

const oauth = {
  Name: { Message: 'My OAUTH Provider', Localized: [{ Message: 'My OAUTH Provider', Locale: 'en' }] },
  ProviderType: 'OAUTH',
  Id: 'myoauth',
  Config: {
    ClientId: 'client-id',
    ClientSecret: 'client-secret',
    AuthorizationEndpoint: 'https://www.example.com/auth',
    TokenEndpoint: 'https://www.example.com/token',
    UserinfoEndpoint: 'https://www.example.com/userinfo',
    Scope: 'openid profile',
    ResponseType: 'code',
    TokenEndpointAuthMethod: 'CLIENT_SECRET_POST',
    RequestParametersMap: { RegisterUserSyncScope: 'syncEveryLogin', IsGoogle: 'TRUE' },
  },
  On: 'TRUE',
}

const checks = {
  async 'describeEnvInfo: the environment, NORMAL'() {
    const e = env('info')
    const res = await e.describeEnvInfo({ EnvId: e.id })
    assert.equal(res.EnvInfo.EnvBaseInfo.EnvId, e.id)
    assert.equal(res.EnvInfo.EnvBaseInfo.Status, 'NORMAL')
    assert.match(res.RequestId, uuid)
  },
  async 'getEnvInfo: mapped from DescribeEnvInfo'() {
    const e = env('info')
    const res = await e.getEnvInfo()
    assert.equal(res.EnvInfo.EnvId, e.id)
    assert.equal(res.EnvInfo.Region, 'ap-shanghai')
    assert.match(res.EnvInfo.CreateTime, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/)
    assert.match(res.RequestId, uuid)
  },
  async 'isPostgresqlEnv: no'() {
    assert.equal(await env('info').isPostgresqlEnv(), false)
  },
  async 'describeEnvs: by EnvId'() {
    const e = env('info')
    const res = await e.describeEnvs({ EnvId: e.id })
    assert.deepEqual(res.EnvList.map((x) => [x.EnvId, x.Status]), [[e.id, 'NORMAL']])
  },
  async 'listEnvs: without an EnvId'() {
    const e = env('info')
    await e.getEnvInfo()
    const res = await e.listEnvs()
    assert.ok(res.EnvList.some((x) => x.EnvId === e.id))
    assert.match(res.RequestId, uuid)
  },

  async 'getLoginConfig: flat, with nulls where nothing is set'() {
    const res = await env('login').getLoginConfig()
    for (const name of Object.keys(switches)) assert.equal(typeof res[name], 'boolean', name)
    assert.equal(res.SmsVerificationConfig.Type, 'default')
    assert.equal(res.MfaConfig, null)
    assert.equal(res.PwdUpdateStrategy, null)
    assert.match(res.RequestId, uuid)
  },
  async 'modifyLoginConfig: what is absent stays'() {
    const e = env('login-modify')
    done(await e.modifyLoginConfig({ ...switches, MfaConfig: { On: 'TRUE', Sms: 'TRUE' } }))
    done(await e.modifyLoginConfig({ ...switches, AnonymousLogin: true, MfaConfig: { Sms: 'FALSE' } }))
    const res = await e.getLoginConfig()
    assert.equal(res.AnonymousLogin, true)
    assert.deepEqual(res.MfaConfig, { On: 'TRUE', Sms: 'FALSE' })
    assert.equal(res.SmsVerificationConfig.SmsDayLimit, 30)
  },
  async 'modifyLoginConfig: the four switches are required'() {
    const { AnonymousLogin, ...three } = switches
    await refused(env('login').modifyLoginConfig(three), 'MissingParameter', 'ModifyLoginConfig')
    await refused(env('login').modifyLoginConfig({ ...three, AnonymousLogin: null }), 'MissingParameter', 'ModifyLoginConfig')
  },
  async 'modifyLoginConfig: wrong types, values and names'() {
    const e = env('login')
    await refused(e.modifyLoginConfig({ ...switches, EmailLogin: 'TRUE' }), 'InvalidParameter', 'ModifyLoginConfig')
    await refused(e.modifyLoginConfig({ ...switches, MfaConfig: { On: 'yes' } }), 'InvalidParameterValue', 'ModifyLoginConfig')
    await refused(e.modifyLoginConfig({ ...switches, UsernameLogin: true }), 'UnknownParameter', 'ModifyLoginConfig')
    await refused(e.modifyLoginConfig({ ...switches, PwdUpdateStrategy: { PeriodUpdate: true } }), 'InvalidParameter', 'ModifyLoginConfig')
  },

  async 'describeClient: missing until it is modified'() {
    const e = env('client')
    await refused(e.describeClient(e.id), 'ResourceNotFound', 'DescribeClient')
    done(await e.modifyClient({ Id: e.id, MaxDevice: 0 }))
    const res = await e.describeClient(e.id)
    assert.equal(res.Id, e.id)
    assert.equal(res.RefreshTokenExpiresIn, 2592000)
    assert.equal(res.AccessTokenExpiresIn, 7200)
    assert.equal(res.MaxDevice, 0)
    assert.match(res.CreatedAt, iso)
    assert.match(res.UpdatedAt, iso)
    assert.match(res.RequestId, uuid)
  },
  async 'modifyClient: the service clamps token lives'() {
    const e = env('client-clamp')
    const lives = async (params) => {
      done(await e.modifyClient({ Id: e.id, ...params }))
      const res = await e.describeClient(e.id)
      return [res.RefreshTokenExpiresIn, res.AccessTokenExpiresIn]
    }
    assert.deepEqual(await lives({ RefreshTokenExpiresIn: 9999999, AccessTokenExpiresIn: 3600 }), [2592000, 3600])
    assert.deepEqual(await lives({ AccessTokenExpiresIn: 60 }), [2592000, 7200])
    assert.deepEqual(await lives({ RefreshTokenExpiresIn: 7200 }), [7200, 6540])
  },
  async 'modifyClient: refusals'() {
    const e = env('client')
    await refused(e.modifyClient({ Id: e.id, RefreshTokenExpiresIn: 60 }), 'InvalidParameter', 'ModifyClient')
    await refused(e.modifyClient({ Id: e.id, MaxDevice: 51 }), 'InvalidParameter', 'ModifyClient')
    await refused(e.modifyClient({ Id: 'another' }), 'ResourceNotFound', 'ModifyClient')
  },

  async 'getProviders: phantoms, off'() {
    const res = await env('phantoms').getProviders()
    assert.equal(res.Total, 2)
    assert.deepEqual(res.Data.map((p) => [p.Id, p.ProviderType, p.On]), [['custom', 'CUSTOM', 'FALSE'], ['email', 'EMAIL', 'FALSE']])
    assert.equal(res.Data[0].Name.Message, 'custom')
    assert.match(res.RequestId, uuid)
  },
  async 'addProvider: kept whole, what nobody documents too'() {
    const e = env('provider')
    done(await e.addProvider(oauth))
    const p = await provider(e, 'myoauth')
    assert.deepEqual(p.Name, oauth.Name)
    // What is unset is shown as an empty text, as in the official example.
    assert.deepEqual(Object.fromEntries(Object.entries(p.Config).filter(([, value]) => value !== '')), oauth.Config)
    assert.equal(p.Config.Issuer, '')
    assert.equal(p.TransparentMode, 'FALSE')
    assert.equal((await e.getProviders()).Total, 3)
  },
  async 'addProvider: refusals'() {
    const e = env('provider-refused')
    const { Name, ...nameless } = oauth
    done(await e.addProvider(oauth))
    await refused(e.addProvider(oauth), 'ResourceInUse', 'AddProvider')
    await refused(e.addProvider(nameless), 'MissingParameter', 'AddProvider')
    await refused(e.addProvider({ ...oauth, Id: 'My-OAuth' }), 'InvalidParameterValue', 'AddProvider')
    await refused(e.addProvider({ ...oauth, Id: 'b2', On: true }), 'InvalidParameter', 'AddProvider')
    await refused(e.addProvider({ ...oauth, Id: 'b2', AutoSignUpWithProviderUser: 'TRUE' }), 'UnknownParameter', 'AddProvider')
    await refused(e.addProvider({ ...oauth, Id: 'b2', Config: {} }), 'InvalidParameterValue', 'AddProvider')
  },
  async 'addProvider: at most twenty'() {
    const e = env('provider-limit')
    for (let i = 0; i < 20; i++) done(await e.addProvider({ ...oauth, Id: `p${i}0` }))
    await refused(e.addProvider({ ...oauth, Id: 'onemore' }), 'LimitExceeded', 'AddProvider')
    assert.equal((await e.getProviders()).Total, 22)
  },
  async 'addProvider and modifyProvider: an issuer is discovered'() {
    const e = env('oidc')
    const Config = { ClientId: 'id', ClientSecret: 'secret', Issuer: 'https://one.example.com', TokenEndpoint: 'https://mine.example.com' }
    done(await e.addProvider({ Id: 'myoidc', Name: { Message: 'OIDC' }, ProviderType: 'OIDC', Config }))
    const first = await provider(e, 'myoidc')
    assert.notEqual(first.Config.TokenEndpoint, Config.TokenEndpoint)
    assert.ok(first.Config.JwksUri.startsWith('https://one.example.com/'))
    assert.ok(first.Config.Scope.split(' ').includes('openid'))
    done(await e.modifyProvider({ Id: 'myoidc', Config: { ...first.Config, Issuer: 'https://two.example.com' } }))
    assert.ok((await provider(e, 'myoidc')).Config.TokenEndpoint.startsWith('https://two.example.com/'))
  },
  async 'modifyProvider: what is absent stays'() {
    const e = env('provider-modify')
    done(await e.addProvider(oauth))
    done(await e.modifyProvider({ Id: 'myoauth', On: 'FALSE', AutoSignUpWithProviderUser: 'TRUE' }))
    const p = await provider(e, 'myoauth')
    assert.equal(p.On, 'FALSE')
    assert.equal(p.AutoSignUpWithProviderUser, 'TRUE')
    assert.equal(p.Config.ClientId, 'client-id')
    await refused(e.modifyProvider({ Id: 'nobody', On: 'TRUE' }), 'ResourceNotFound', 'ModifyProvider')
  },
  async 'modifyProvider: transparent mode forces its companions'() {
    const e = env('provider-transparent')
    done(await e.addProvider(oauth))
    done(await e.modifyProvider({ Id: 'myoauth', TransparentMode: 'TRUE', ReuseUserId: 'FALSE', AutoSignUpWithProviderUser: 'TRUE' }))
    const p = await provider(e, 'myoauth')
    assert.deepEqual([p.ReuseUserId, p.AutoSignUpWithProviderUser], ['TRUE', 'FALSE'])
  },
  async 'modifyProvider: makes email, with SMTP and templates'() {
    const e = env('email')
    const SmtpConfig = {
      SenderAddress: 'no-reply@example.com', ServerHost: 'smtp.example.com', ServerPort: 465,
      AccountUsername: 'no-reply@example.com', AccountPassword: 'smtp-password', SecurityMode: 'SSL',
    }
    const tpl = (text) => ({ TemplateConfig: { RegisterSignIn: { EnUS: text } } })
    done(await e.modifyProvider({ Id: 'email', On: 'TRUE', EmailConfig: { On: 'FALSE', SmtpConfig, ...tpl('<p>{{.VerificationCode}}</p>') } }))
    const p = await provider(e, 'email')
    assert.deepEqual([p.ProviderType, p.On, p.EmailConfig.SmtpConfig.ServerPort], ['EMAIL', 'TRUE', 465])
    await refused(e.modifyProvider({ Id: 'email', EmailConfig: tpl('<p>no code</p>') }), 'InvalidParameterValue', 'ModifyProvider')
    await refused(e.modifyProvider({ Id: 'email', EmailConfig: tpl('<script>{{.VerificationCode}}</script>') }), 'InvalidParameterValue', 'ModifyProvider')
  },
  async 'deleteProvider: gone, twice, and the phantom is back'() {
    const e = env('provider-delete')
    done(await e.addProvider(oauth))
    done(await e.deleteProvider('myoauth'))
    done(await e.deleteProvider('myoauth'))
    done(await e.modifyProvider({ Id: 'custom', On: 'TRUE' }))
    done(await e.deleteProvider('custom'))
    const { Data } = await e.getProviders()
    assert.deepEqual(Data.map((p) => [p.Id, p.On]), [['custom', 'FALSE'], ['email', 'FALSE']])
  },

  async 'createApiKey: the token whole, once'() {
    const e = env('key')
    const key = await e.createApiKey({ KeyType: 'api_key', KeyName: 'server-prod', ExpireIn: 86400 })
    assert.equal(key.Name, 'server-prod')
    assert.equal(key.ApiKey.split('.').length, 3)
    assert.equal(Date.parse(key.ExpireAt) - Date.parse(key.CreateAt), 86400_000)
    const list = await e.describeApiKeyList({ KeyType: 'api_key', PageNumber: 1, PageSize: 10 })
    assert.equal(list.Total, 1)
    assert.equal(list.Data[0].KeyId, key.KeyId)
    assert.equal(list.Data[0].ApiKey, `${key.ApiKey.slice(0, 6)}******${key.ApiKey.slice(-6)}`)
    assert.ok(!('KeyType' in list.Data[0]))
  },
  async 'createApiKey: one publish_key, shown in full'() {
    const e = env('publish')
    const key = await e.createApiKey({ KeyType: 'publish_key', KeyName: 'ignored' })
    assert.equal(key.Name, 'publish_key')
    assert.ok(key.ExpireAt.startsWith('2099'))
    const again = await e.createApiKey({ KeyType: 'publish_key' })
    assert.deepEqual([again.KeyId, again.CreateAt], [key.KeyId, key.CreateAt])
    const list = await e.describeApiKeyList({ KeyType: 'publish_key' })
    assert.deepEqual(list.Data.map((k) => k.ApiKey), [key.ApiKey])
    assert.equal((await e.describeApiKeyList()).Total, 0)
  },
  async 'createApiKey: refusals'() {
    const e = env('key-refused')
    await refused(e.createApiKey({ KeyName: 'x' }), 'MissingParameter', 'CreateApiKey')
    await refused(e.createApiKey({ KeyType: 'secret' }), 'InvalidParameterValue', 'CreateApiKey')
    await refused(e.createApiKey({ KeyType: 'api_key', ExpireIn: 60 }), 'InvalidParameterValue', 'CreateApiKey')
    for (let i = 0; i < 5; i++) await e.createApiKey({ KeyType: 'api_key', ExpireIn: 0 })
    await refused(e.createApiKey({ KeyType: 'api_key' }), 'LimitExceeded', 'CreateApiKey')
  },
  async 'describeApiKeyList: pages'() {
    const e = env('key-pages')
    for (const KeyName of ['a', 'b', 'c']) await e.createApiKey({ KeyType: 'api_key', KeyName })
    const page = async (PageNumber) => {
      const res = await e.describeApiKeyList({ PageNumber, PageSize: 2 })
      return [res.Total, res.Data.map((k) => k.Name)]
    }
    assert.deepEqual([await page(1), await page(2), await page(3)], [[3, ['a', 'b']], [3, ['c']], [3, []]])
  },
  async 'deleteApiKey: gone, twice'() {
    const e = env('key-delete')
    const { KeyId } = await e.createApiKey({ KeyType: 'api_key' })
    done(await e.deleteApiKey(KeyId))
    done(await e.deleteApiKey(KeyId))
    assert.equal((await e.describeApiKeyList()).Total, 0)
  },

  async 'custom login keys: shown once, each another'() {
    const e = env('login-key')
    const first = await e.createCustomLoginKeys()
    const second = await e.createCustomLoginKeys()
    for (const { PrivateKey, KeyID } of [first, second]) {
      assert.match(PrivateKey, /^-----BEGIN RSA PRIVATE KEY-----\n/)
      assert.equal(createPrivateKey(PrivateKey).asymmetricKeyDetails.modulusLength, 1024)
      assert.match(KeyID, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
    }
    assert.notEqual(first.KeyID, second.KeyID)
  },

  async 'security domains: added, listed, deleted'() {
    const e = env('domains')
    const own = (await e.getEnvAuthDomains()).Domains
    assert.ok(own.length > 0 && own.every((d) => d.Type === 'SYSTEM' && d.Status === 'ENABLE'))
    done(await e.createEnvDomain(['app.example.com', 'localhost:5173']))
    const { Domains } = await e.getEnvAuthDomains()
    assert.deepEqual(Domains.filter((d) => d.Type === 'USER').map((d) => [d.Domain, d.Status]), [['app.example.com', 'ENABLE'], ['localhost:5173', 'ENABLE']])
    for (const d of Domains) assert.match(d.CreateTime, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/)
    await refused(e.createEnvDomain(['app.example.com']), 'ResourceInUse', 'CreateAuthDomain')
    assert.equal((await e.deleteEnvDomain(['app.example.com'])).Deleted, 1)
    assert.equal((await e.deleteEnvDomain([own[0].Domain, 'nobody.example.com'])).Deleted, 0)
    assert.equal((await e.getEnvAuthDomains()).Domains.length, own.length + 1)
  },

  async 'credentials: others are refused'() {
    await refused(env('auth', { secretId: 'AKID' }).getLoginConfig(), 'AuthFailure.SecretIdNotFound', 'DescribeLoginConfig')
    await refused(env('auth', { secretKey: 'wrong' }).getLoginConfig(), 'AuthFailure.SignatureFailure', 'DescribeLoginConfig')
    await refused(env('auth', { token: 'expired' }).getLoginConfig(), 'AuthFailure.TokenFailure', 'DescribeLoginConfig')
  },
  async 'getAdminAccessToken: its signature is taken'() {
    // In this version the SDK trips over every answer, and prints that.
    const token = async (e) => {
      const print = console.log
      console.log = () => {}
      await assert.rejects(e.getAdminAccessToken(), TypeError)
      console.log = print
      return (await asked(e.id)).map((r) => [r.system, r.path, r.code])
    }
    const path = '/auth/v1/token/clientCredential'
    assert.deepEqual(await token(env('token')), [['openapi', path, '']])
    assert.deepEqual(await token(env('token-refused', { secretKey: 'wrong' })), [['openapi', path, 'SIGN_PARAM_INVALID']])
  },

  // The sandbox plays no part of what came before these actions, rather than guess
  // at how the two are one state.
  async 'the former login actions: refused, and never taken for empty'() {
    const e = env('former')
    await refused(e.getLoginConfigList(), 'InvalidAction', 'DescribeLoginConfigs')
    await refused(e.createLoginConfig('WECHAT-OPEN', 'wx1', 'secret'), 'InvalidAction', 'CreateLoginConfig')
    await refused(e.updateLoginConfig('id', 'DISABLE'), 'InvalidAction', 'UpdateLoginConfig')
  },

  async 'every method of the service is checked, or said not to be of authentication'() {
    const known = [...used, ...others, ...elsewhere]
    assert.deepEqual(methods.filter((name) => !known.includes(name)), [])
    assert.deepEqual([...others, ...elsewhere].filter((name) => used.has(name) || !methods.includes(name)), [])
  },
}

process.exit(await run(checks) ? 1 : 0)
