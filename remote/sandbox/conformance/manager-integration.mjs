// Drives a sandbox with the official SDK, unmodified, through every method of
// app.integration, with passwords that the SDK seals and opens by itself.
//
//   node manager-integration.mjs [URL]       URL defaults to $AUTHSYNC_SANDBOX
//
// The sandbox must know any environment (no seed). Nothing is left behind but
// environments whose names begin with "conformance-".

import assert from 'node:assert/strict'
import crypto from 'node:crypto'
import { asked, run, stamp } from './lib/checks.mjs'
import { AESCrypto, CloudBase, forgetKey, keyHost, lookup, sandboxKey, standIn } from './lib/keyservice.mjs'

const otherKey = 'another-another-another-another-'

// withKey runs what follows as if the service had another key, or were down.
async function withKey(key, work) {
  forgetKey()
  lookup.key = key
  try {
    return await work()
  } finally {
    forgetKey()
    lookup.key = sandboxKey
  }
}

// --- helpers

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const china = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+08:00$/
const sealedForm = /^[A-Za-z0-9+/]{22}==(?:[A-Za-z0-9+/]{4})+(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

// service returns the integration service of a fresh environment, so that no
// check rests on what another one did.
function service(name, credentials = {}) {
  const envId = `conformance-integration-${name}-${stamp}`
  const app = new CloudBase({ secretId: 'sandbox', secretKey: 'sandbox', envId, ...credentials })
  return Object.assign(app.integration, { id: envId })
}

// refused checks that a call fails as the SDK reports the service's errors.
async function refused(call, code, action) {
  await assert.rejects(call, (err) => {
    assert.equal(err.name, 'CloudBaseError')
    assert.equal(err.code, code)
    assert.equal(err.action, action)
    assert.match(err.requestId, uuid)
    return true
  })
}

function answered(res, want) {
  const { RequestId, ...rest } = res
  assert.match(RequestId, uuid)
  assert.deepEqual(rest, want)
}

// sent returns the bodies of an action that reached the sandbox, of one
// environment.
async function sent(i, action) {
  return (await asked(i.id)).filter((r) => r.action === action).map((r) => r.body)
}

async function only(i) {
  const { TotalCount, UserKeyList } = await i.listUserKeys()
  assert.equal(TotalCount, 1)
  return UserKeyList[0]
}

// open opens a sealed password with nothing of the SDK.
function open(sealed, key = sandboxKey) {
  assert.match(sealed, sealedForm)
  const cipher = crypto.createDecipheriv('aes-256-cbc', Buffer.from(key), Buffer.from(sealed.slice(0, 24), 'base64'))
  const opened = Buffer.concat([cipher.update(sealed.slice(24), 'base64'), cipher.final()]).toString()
  assert.equal(AESCrypto.decrypt(sealed, key), opened)
  return opened
}

const runtime = { runtimeConfig: { memory: 256 }, demoCodeFunctionName: 'wx-pay-demo' }
const pem = '-----BEGIN PRIVATE KEY-----\\nMIIEvQIBADANBg\\n-----END PRIVATE KEY-----\\n'
const envVariables = { appId: 'wx123', merchantId: '1900000001', apiV3Key: 'an APIv3 key: 密钥', privateKey: pem }
const payment = { name: 'my-payment', authTypeCode: 'weixinpaydc', envVariables, ...runtime }

// --- the checks

const checks = {
  async 'listTemplates: all, with the fields of each'() {
    const res = await service('templates').listTemplates()
    assert.match(res.RequestId, uuid)
    assert.equal(res.TotalCount, res.KeyTemplateList.length)
    const codes = res.KeyTemplateList.map((t) => t.AuthTypeCode)
    for (const code of ['weixinpaydc', 'alipaydc', 'custom', 'weixinmp', 'github']) assert.ok(codes.includes(code), code)
    for (const t of res.KeyTemplateList) {
      assert.ok(t.AuthTypeName)
      assert.ok(Array.isArray(JSON.parse(t.Ext).fields))
    }
  },
  async 'listTemplates: by code, by name, a page'() {
    const i = service('templates')
    const one = await i.listTemplates({ authTypeCode: 'weixinpaydc', limit: 1 })
    assert.equal(one.TotalCount, 1)
    const passwords = JSON.parse(one.KeyTemplateList[0].Ext).fields.filter((f) => f.type === 'password').map((f) => f.name)
    assert.deepEqual(passwords, ['apiV3Key', 'privateKey'])
    const named = await i.listTemplates({ authTypeName: one.KeyTemplateList[0].AuthTypeName })
    assert.deepEqual(named.KeyTemplateList, one.KeyTemplateList)
    const { TotalCount, KeyTemplateList } = await i.listTemplates({ offset: 1, limit: 2 })
    assert.deepEqual([TotalCount, KeyTemplateList.length], [5, 2])
  },
  async 'business: without it, the authorization centre, which is empty'() {
    const i = service('business')
    await i.createUserKey({ name: 'a', authTypeCode: 'custom', keyId: 'k' })
    const { KeyID } = await only(i)
    answered(await i.listTemplates({ business: '' }), { TotalCount: 0, KeyTemplateList: [] })
    answered(await i.listUserKeys({ business: '' }), { TotalCount: 0, UserKeyList: [] })
    await refused(i.getUserKey({ keyId: KeyID, business: '' }), 'ResourceNotFound', 'GetOneUserKey')
  },

  async 'createUserKey: envVariables reach the sandbox sealed, and open'() {
    const i = service('create')
    forgetKey()
    lookup.asked.length = 0
    answered(await i.createUserKey(payment), { CreateResult: 0, DemoCodeFunctionName: 'wx-pay-demo' })
    assert.deepEqual(lookup.asked, [{
      method: 'POST',
      host: keyHost,
      path: '/Graydecision/V1/QueryRainbowConfig?group=tcb-config',
      body: { EnvType: 'Default', Group: 'tcb-config', EnvId: i.id },
    }])
    const [body] = await sent(i, 'CreateUserKey')
    assert.equal(body.Business, 'integration')
    const ext = JSON.parse(body.Ext)
    assert.deepEqual([ext.appId, ext.merchantId], ['wx123', '1900000001'])
    assert.equal(open(ext.apiV3Key), envVariables.apiV3Key)
    assert.equal(open(ext.privateKey), envVariables.privateKey)
    assert.ok(!JSON.stringify(body).includes(envVariables.apiV3Key))
    const { KeyID } = await only(i)
    const stored = await i.getUserKey({ keyId: KeyID, needPwd: true })
    assert.equal(stored.UserKeyInfo.Ext, body.Ext)
  },
  async 'createUserKey: two of one password do not look the same'() {
    const i = service('create-twice')
    await i.createUserKey(payment)
    await i.createUserKey({ ...payment, name: 'another' })
    const [a, b] = (await sent(i, 'CreateUserKey')).map((body) => JSON.parse(body.Ext).apiV3Key)
    assert.notEqual(a, b)
    assert.equal(open(a), open(b))
  },
  async 'createUserKey: without a password, the key is not asked for'() {
    const i = service('create-plain')
    forgetKey()
    lookup.asked.length = 0
    await i.createUserKey({ name: 'plain', authTypeCode: 'custom', envVariables: { A: '1' } })
    assert.deepEqual(lookup.asked, [])
    assert.equal((await only(i)).Ext, '{"A":"1"}')
  },
  async 'createUserKey: ext goes through as it is'() {
    const i = service('create-ext')
    const ext = '{ "appsecret": "clear", "appId":"wx1" }'
    await i.createUserKey({ name: 'a', authTypeCode: 'weixinmp', ext, ...runtime })
    const { KeyID } = await only(i)
    assert.equal((await i.getUserKey({ keyId: KeyID, needPwd: true })).UserKeyInfo.Ext, ext)
  },
  async 'createUserKey: the KeyID is the service\'s'() {
    const i = service('create-id')
    await i.createUserKey({ name: 'a', authTypeCode: 'custom', keyId: 'wanted' })
    assert.match((await only(i)).KeyID, /^wanted-[0-9a-z]+$/)
  },
  async 'createUserKey: refusals'() {
    const i = service('create-refused')
    await i.createUserKey({ name: 'taken', authTypeCode: 'custom' })
    await refused(i.createUserKey({ name: 'taken', authTypeCode: 'custom' }), 'ResourceInUse', 'CreateUserKey')
    await refused(i.createUserKey({ name: 'a', authTypeCode: 'weixin' }), 'InvalidParameterValue', 'CreateUserKey')
    await refused(i.createUserKey({ name: 'a', authTypeCode: 'weixinpaydc' }), 'MissingParameter', 'CreateUserKey')
    await refused(i.createUserKey({ ...payment, demoCodeFunctionName: undefined }), 'MissingParameter', 'CreateUserKey')
    await refused(i.createUserKey({ name: 'a', authTypeCode: 'github' }), 'MissingParameter', 'CreateUserKey')
    await refused(i.createUserKey({ name: 'a', authTypeCode: 'custom', ext: 'a=b' }), 'InvalidParameterValue', 'CreateUserKey')
    answered(await i.createUserKey({ name: 'a', authTypeCode: 'github', ticketId: 't1' }), { CreateResult: 0, DemoCodeFunctionName: '' })
  },

  async 'getUserKey: blank, sealed, or opened'() {
    const i = service('get')
    await i.createUserKey(payment)
    const { KeyID } = await only(i)
    const ext = async (params) => JSON.parse((await i.getUserKey({ keyId: KeyID, ...params })).UserKeyInfo.Ext)
    assert.deepEqual(await ext({}), { ...envVariables, apiV3Key: '', privateKey: '' })
    assert.equal(open((await ext({ needPwd: true })).apiV3Key), envVariables.apiV3Key)
    assert.deepEqual(await ext({ needPwd: true, decryptPwd: true }), envVariables)
    await refused(i.getUserKey({ keyId: 'nobody' }), 'ResourceNotFound', 'GetOneUserKey')
  },
  async 'getUserKey: every field'() {
    const i = service('get-fields')
    await i.createUserKey({ ...payment, keyId: 'wx', description: 'pays' })
    const { KeyID } = await only(i)
    const { UserKeyInfo } = await i.getUserKey({ keyId: KeyID })
    const { CreateAt, UpdateAt, Ext, ...rest } = UserKeyInfo
    assert.match(CreateAt, china)
    assert.match(UpdateAt, china)
    assert.deepEqual(rest, {
      KeyID, Name: 'my-payment', Description: 'pays', AuthTypeCode: 'weixinpaydc', AuthTypeName: '微信支付-小程序',
      Status: '', TicketID: '', DemoCodeFunctionName: 'wx-pay-demo', BindServiceList: { Apis: [], Mcp: [] },
    })
  },
  async 'listUserKeys: by part of a name, by type, pages, and no passwords'() {
    const i = service('list')
    for (const name of ['pay', 'pay-test', 'my-pay']) await i.createUserKey({ ...payment, name })
    await i.createUserKey({ name: 'other', authTypeCode: 'custom' })
    const names = async (params) => {
      const res = await i.listUserKeys(params)
      return [res.TotalCount, ...res.UserKeyList.map((k) => k.Name)]
    }
    assert.deepEqual(await names(), [4, 'pay', 'pay-test', 'my-pay', 'other'])
    assert.deepEqual(await names({ name: 'pay' }), [3, 'pay', 'pay-test', 'my-pay'])
    assert.deepEqual(await names({ authTypeCode: 'custom' }), [1, 'other'])
    assert.deepEqual(await names({ offset: 2, limit: 1 }), [4, 'my-pay'])
    const { UserKeyList } = await i.listUserKeys({ name: 'my-pay' })
    assert.equal(JSON.parse(UserKeyList[0].Ext).apiV3Key, '')
  },

  async 'updateUserKey: what is absent stays'() {
    const i = service('update')
    await i.createUserKey(payment)
    const { KeyID: keyId } = await only(i)
    const read = async () => {
      const { UpdateAt, ...rest } = (await i.getUserKey({ keyId, needPwd: true })).UserKeyInfo
      return rest
    }
    const before = await read()
    answered(await i.updateUserKey({ keyId, description: 'new' }), { UpdateResult: 1 })
    assert.deepEqual(await read(), { ...before, Description: 'new' })
  },
  async 'updateUserKey: envVariables are merged, and sealed once'() {
    const i = service('update-merge')
    await i.createUserKey(payment)
    const { KeyID: keyId } = await only(i)
    answered(await i.updateUserKey({ keyId, envVariables: { appId: 'wx456', apiV3Key: 'rotated' } }), { UpdateResult: 1 })
    const [body] = await sent(i, 'UpdateUserKey')
    const ext = JSON.parse(body.Ext)
    assert.deepEqual([ext.appId, ext.merchantId, open(ext.apiV3Key), open(ext.privateKey)], ['wx456', '1900000001', 'rotated', pem])
    const { UserKeyInfo } = await i.getUserKey({ keyId, needPwd: true, decryptPwd: true })
    assert.deepEqual(JSON.parse(UserKeyInfo.Ext), { ...envVariables, appId: 'wx456', apiV3Key: 'rotated' })
  },
  async 'updateUserKey: refusals'() {
    const i = service('update-refused')
    await i.createUserKey({ name: 'b', authTypeCode: 'custom' })
    const { KeyID: keyId } = await only(i)
    await i.createUserKey({ name: 'a', authTypeCode: 'custom' })
    await refused(i.updateUserKey({ keyId, name: 'a' }), 'ResourceInUse', 'UpdateUserKey')
    await refused(i.updateUserKey({ keyId, authTypeCode: 'weixinmp' }), 'InvalidParameterValue', 'UpdateUserKey')
    answered(await i.updateUserKey({ keyId: 'nobody', name: 'c' }), { UpdateResult: 0 })
  },
  async 'deleteUserKey: counts'() {
    const i = service('delete')
    await i.createUserKey({ name: 'a', authTypeCode: 'custom' })
    const { KeyID: keyId } = await only(i)
    answered(await i.deleteUserKey({ keyId }), { DeleteResult: 1 })
    answered(await i.deleteUserKey({ keyId }), { DeleteResult: 0 })
    assert.equal((await i.listUserKeys()).TotalCount, 0)
  },

  // The hazards of the official client, which the sandbox lets happen as the
  // service does.
  async 'hazard: without the key, passwords are written in clear'() {
    const i = service('hazard-clear')
    await withKey(null, () => i.createUserKey(payment))
    const { KeyID: keyId } = await only(i)
    const { UserKeyInfo } = await i.getUserKey({ keyId, needPwd: true })
    assert.deepEqual(JSON.parse(UserKeyInfo.Ext), envVariables)
  },
  async 'hazard: with a wrong key, an update seals what is sealed'() {
    const i = service('hazard-twice')
    await i.createUserKey({ ...payment, envVariables: { appId: 'wx123', apiV3Key: 'once' } })
    const { KeyID: keyId } = await only(i)
    const stored = async () => JSON.parse((await i.getUserKey({ keyId, needPwd: true })).UserKeyInfo.Ext).apiV3Key
    const once = await stored()
    // Another key opens one text in 256 to garbage: look for one that opens none.
    let wrong = otherKey
    for (let n = 0; opens(once, wrong); n++) wrong = otherKey.slice(0, -1) + n
    await withKey(wrong, () => i.updateUserKey({ keyId, envVariables: { appId: 'wx456' } }))
    assert.equal(open(await stored(), wrong), once)
  },

  async 'credentials: others are refused'() {
    // The SDK looks at the environment first.
    await refused(service('auth', { secretKey: 'wrong' }).listUserKeys(), 'AuthFailure.SignatureFailure', 'DescribeEnvInfo')
  },
}

function opens(sealed, key) {
  try {
    AESCrypto.decrypt(sealed, key)
    return true
  } catch {
    return false
  }
}

const failed = await run(checks)
standIn.close()
process.exit(failed ? 1 : 0)
