// Drives a sandbox with the cloud's official SDK (tencentcloud-sdk-nodejs),
// unmodified: its typed clients of the management API and of the token service,
// and the credential of a job's identity.
//
//   node sdk.mjs [URL]       URL defaults to $AUTHSYNC_SANDBOX

import assert from 'node:assert/strict'
import { createPrivateKey } from 'node:crypto'
import { Agent } from 'node:http'
import { createRequire } from 'node:module'
import { run, stamp, url } from './lib/checks.mjs'

const require = createRequire(import.meta.url)
const sts = require('tencentcloud-sdk-nodejs/tencentcloud/services/sts').sts.v20180813.Client
const tcb = require('tencentcloud-sdk-nodejs/tencentcloud/services/tcb').tcb.v20180608.Client

// The SDK signs for the product that the endpoint's name begins with, so the
// endpoints keep their names, and lead to the sandbox.
const { hostname, port } = new URL(url)
const agent = new Agent({ lookup: (_, options, found) => (options.all ? found(null, [{ address: hostname, family: 4 }]) : found(null, hostname, 4)) })
const at = (product) => ({ httpProfile: { protocol: 'http://', endpoint: `${product}.tencentcloudapi.com:${port}`, agent } })
const region = 'ap-shanghai'
const own = { secretId: 'sandbox', secretKey: 'sandbox' }
const role = {
  ProviderId: 'github',
  RoleArn: 'qcs::cam::uin/100000000001:roleName/authsync',
  RoleSessionName: 'conformance',
}

async function webIdentity(claims = {}) {
  const answer = await fetch(`${url}/_sandbox/web-identity`, { method: 'POST', body: JSON.stringify(claims) })
  assert.equal(answer.status, 200)
  return (await answer.json()).token
}

async function assume(claims, change = {}) {
  const client = new sts({ credential: { secretId: '', secretKey: '' }, region, profile: at('sts') })
  const request = { ...role, WebIdentityToken: await webIdentity(claims), ...change }
  return client.request('AssumeRoleWithWebIdentity', request, { skipSign: true })
}

async function refused(call, code) {
  await assert.rejects(call, (err) => {
    assert.equal(err.code, code, err.message)
    assert.ok(err.requestId)
    return true
  })
}

// environment returns a client of an environment of its own.
function environment(name, credential = own) {
  const EnvId = `conformance-sdk-${name}-${stamp}`
  const client = new tcb({ credential, region, profile: at('tcb') })
  return Object.assign((action, request = {}) => client[action]({ EnvId, ...request }), { EnvId })
}

async function provider(call, Id) {
  return (await call('GetProviders')).Data.find((p) => p.Id === Id)
}

const checks = {
  async 'the account tells whose key it is'() {
    const who = await new sts({ credential: own, region, profile: at('sts') }).GetCallerIdentity()
    assert.equal(who.AccountId, '100000000001')
    assert.equal(who.Type, 'CAMUser')
  },

  async 'a job becomes a role, and is told from the account'() {
    const { Credentials, ExpiredTime, Expiration } = await assume({}, { DurationSeconds: 900 })
    assert.equal(new Date(Expiration).getTime() / 1000, ExpiredTime)
    assert.ok(Math.abs(ExpiredTime - Date.now() / 1000 - 900) < 30)
    const credential = { secretId: Credentials.TmpSecretId, secretKey: Credentials.TmpSecretKey, token: Credentials.Token }
    const who = await new sts({ credential, region, profile: at('sts') }).GetCallerIdentity()
    assert.equal(who.Type, 'CAMRole')
    assert.match(who.UserId, /^\d+:conformance$/)
    assert.ok((await environment('role', credential)('DescribeLoginConfig')).RequestId)
    await refused(environment('role', { ...credential, token: undefined })('DescribeLoginConfig'), 'AuthFailure.TokenFailure')
  },

  async 'what is wrong with a token is refused'() {
    await refused(assume({ aud: 'https://github.com/acme' }), 'InvalidParameter.WebIdentityTokenError')
    await refused(assume({ iss: 'https://issuer.example' }), 'InvalidParameter.WebIdentityTokenError')
    await refused(assume({ key: 'other' }), 'InvalidParameter.WebIdentityTokenError')
    await refused(assume({ seconds: -1 }), 'InvalidParameter.WebIdentityTokenError')
    await refused(assume({ sub: 'repo:someone/auth:ref:refs/heads/main' }), 'UnauthorizedOperation')
    await refused(assume({}, { RoleArn: 'qcs::cam::uin/2:roleName/authsync' }), 'ResourceNotFound.RoleNotFound')
    await refused(assume({}, { DurationSeconds: 43201 }), 'InvalidParameter.OverLimit')
  },

  async 'login: written and read'() {
    const call = environment('login')
    const switches = { PhoneNumberLogin: true, EmailLogin: true, UserNameLogin: false, AnonymousLogin: true }
    const MfaConfig = { On: 'TRUE', Sms: 'FALSE', Email: 'TRUE', RequiredBindPhone: 'FALSE' }
    const PwdUpdateStrategy = { FirstLoginUpdate: true, PeriodUpdate: true, PeriodValue: 3, PeriodType: 'MONTH' }
    const SmsVerificationConfig = { Type: 'apis', Name: 'sms', Method: 'send', SmsDayLimit: -1 }
    await call('ModifyLoginConfig', { ...switches, MfaConfig, PwdUpdateStrategy, SmsVerificationConfig })
    const { RequestId, ...shown } = await call('DescribeLoginConfig')
    assert.ok(RequestId)
    assert.deepEqual(shown, { ...switches, MfaConfig, PwdUpdateStrategy, SmsVerificationConfig })
    await refused(call('ModifyLoginConfig', { EmailLogin: true }), 'MissingParameter')
    // The SDK sends a null as it is: the service takes it for what is not given.
    await call('ModifyLoginConfig', { ...switches, MfaConfig: null, PwdUpdateStrategy: { FirstLoginUpdate: null, PeriodValue: 4 } })
    const again = await call('DescribeLoginConfig')
    assert.deepEqual(again.MfaConfig, MfaConfig)
    assert.deepEqual(again.PwdUpdateStrategy, { ...PwdUpdateStrategy, PeriodValue: 4 })
  },

  async 'login: a template of an SMS vendor, and the four meanings of its key'() {
    const call = environment('sms')
    const switches = { PhoneNumberLogin: true, EmailLogin: true, UserNameLogin: true, AnonymousLogin: false }
    const own = { Vendor: 'TENCENT_CN', TemplateId: '1400', SdkAppId: '14', SignName: 'acme', TemplateExtendParam: [{ Value: 'b' }, { Value: 'a' }] }
    const send = async (TemplateProvider) => {
      await call('ModifyLoginConfig', { ...switches, SmsVerificationConfig: { Type: 'template', TemplateProvider } })
      return (await call('DescribeLoginConfig')).SmsVerificationConfig.TemplateProvider
    }
    const key = { SecretId: 'AKID', SecretKey: 'the key' }
    const made = await send({ ...own, ...key, CredentialAuthKeyId: 'mine' })
    assert.deepEqual(made.TemplateExtendParam, own.TemplateExtendParam)
    assert.notEqual(made.SecretKey, key.SecretKey)
    await refused(send({ ...own, ...key, CredentialAuthKeyId: 'mine' }), 'InvalidParameterValue') // there is one of that id
    const kept = await send({ ...own, TemplateId: '1401' }) // neither: the key stays
    assert.deepEqual([kept.TemplateId, kept.SecretKey], ['1401', made.SecretKey])
    await send({ ...own, ...key, SecretKey: 'another' }) // keys alone: the platform's own
    await send({ ...own, CredentialAuthKeyId: 'mine' }) // an id alone: that key
    await refused(send({ ...own, CredentialAuthKeyId: 'nobody' }), 'InvalidParameterValue')
    await refused(send({ ...own, ...key, AuthType: 'SMS_AUTH_ASSUME_ROLE' }), 'InvalidParameterValue')
    assert.equal((await send({ ...own, AuthType: 'SMS_AUTH_ASSUME_ROLE' })).AuthType, 'SMS_AUTH_ASSUME_ROLE')
    await call('ModifyLoginConfig', { ...switches, SmsVerificationConfig: { Type: 'function', CloudFunction: { FunctionName: 'SendVerificationCode' } } })
    assert.deepEqual((await call('DescribeLoginConfig')).SmsVerificationConfig.CloudFunction, { FunctionName: 'SendVerificationCode' })
  },

  async 'client: made by its first change'() {
    const call = environment('client')
    await refused(call('DescribeClient', { Id: call.EnvId }), 'ResourceNotFound')
    await call('ModifyClient', { Id: call.EnvId, MaxDevice: 0, RefreshTokenExpiresIn: 3600 })
    const shown = await call('DescribeClient', { Id: call.EnvId })
    assert.deepEqual([shown.Id, shown.MaxDevice, shown.RefreshTokenExpiresIn, shown.AccessTokenExpiresIn], [call.EnvId, 0, 3600, 2940])
  },

  async 'providers: added, changed, deleted'() {
    const call = environment('providers')
    const Name = { Message: 'GitHub', Localized: [{ Message: '登录', Locale: 'zh-CN' }] }
    const Config = {
      ClientId: 'id', ClientSecret: 'secret', RedirectUri: 'https://app.example/callback', Scope: 'read:user',
      AuthorizationEndpoint: 'https://idp.example/auth', TokenEndpoint: 'https://idp.example/token', UserinfoEndpoint: 'https://idp.example/me',
      RequestParametersMap: { ClientId: 'appid', AuthPosition: 'Headers', RegisterUserType: 'externalUser' },
      ResponseParametersMap: { Sub: 'id', Email: 'email' },
    }
    await call('AddProvider', { Id: 'github', ProviderType: 'OAUTH', Name, Config, On: 'FALSE' })
    const added = await provider(call, 'github')
    assert.deepEqual(added.Name, Name)
    for (const [name, value] of Object.entries(Config)) assert.deepEqual(added.Config[name], value, name)
    await call('ModifyProvider', { Id: 'github', On: 'TRUE', Config: { ...Config, Scope: 'user' } })
    const changed = await provider(call, 'github')
    assert.deepEqual([changed.On, changed.Config.Scope, changed.Name], ['TRUE', 'user', Name])
    await refused(call('AddProvider', { Id: 'github', ProviderType: 'OAUTH', Name, Config }), 'ResourceInUse')
    await refused(call('AddProvider', { Id: 'other', ProviderType: 'LDAP', Name, Config }), 'InvalidParameterValue')
    await call('DeleteProvider', { Id: 'github' })
    assert.equal(await provider(call, 'github'), undefined)
  },

  async 'API keys: made, listed by type, deleted'() {
    const call = environment('keys')
    const made = await call('CreateApiKey', { KeyType: 'api_key', KeyName: '服务端 key', ExpireIn: 7200 })
    const { Data, Total } = await call('DescribeApiKeyList', { PageNumber: 1, PageSize: 1 })
    assert.deepEqual([Total, Data[0].KeyId, Data[0].Name], [1, made.KeyId, '服务端 key'])
    assert.ok(!made.ApiKey.includes(Data[0].ApiKey) && Data[0].ApiKey.includes('******'))
    await call('CreateApiKey', { KeyType: 'publish_key' })
    assert.equal((await call('DescribeApiKeyList', { KeyType: 'publish_key' })).Total, 1)
    await call('DeleteApiKey', { KeyId: made.KeyId })
    assert.equal((await call('DescribeApiKeyList')).Total, 0)
  },

  async 'security domains: added, listed, deleted'() {
    const call = environment('domains')
    await call('CreateAuthDomain', { Domains: ['app.example.com', 'localhost:8080'] })
    const mine = (await call('DescribeAuthDomains')).Domains.filter((d) => d.Type === 'USER')
    assert.deepEqual(mine.map((d) => [d.Domain, d.Status]), [['app.example.com', 'ENABLE'], ['localhost:8080', 'ENABLE']])
    await refused(call('CreateAuthDomain', { Domains: ['new.example.com', 'localhost:8080'] }), 'ResourceInUse')
    await refused(call('CreateAuthDomain'), 'MissingParameter')
    assert.equal((await call('DeleteAuthDomain', { DomainIds: [mine[0].Id, 'nobody'] })).Deleted, 1)
    assert.deepEqual((await call('DescribeAuthDomains')).Domains.filter((d) => d.Type === 'USER'), [mine[1]])
  },

  async 'custom login: a private key'() {
    const { PrivateKey, KeyID } = await environment('login-key')('CreateCustomLoginKey')
    assert.ok(KeyID)
    assert.equal(createPrivateKey(PrivateKey).asymmetricKeyDetails.modulusLength, 1024)
  },

  async 'environments: the one that is named'() {
    const call = environment('envs')
    const { EnvList, Total } = await call('DescribeEnvs')
    assert.deepEqual([Total, EnvList.map((e) => [e.EnvId, e.Status])], [1, [[call.EnvId, 'NORMAL']]])
    assert.ok(['prepayment', 'postpaid'].includes(EnvList[0].PayMode))
  },
}

process.exit(await run(checks) ? 1 : 0)
