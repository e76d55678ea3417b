// Drives a sandbox with the cloud's official SDK, unmodified: its client of the
// token service, its credential of a job's identity, and its client of tcb with
// the temporary key that comes of it.
//
//   node sts.mjs [URL]       URL defaults to $AUTHSYNC_SANDBOX

import assert from 'node:assert/strict'
import { Agent } from 'node:http'
import { createRequire } from 'node:module'

const url = process.argv[2] ?? process.env.AUTHSYNC_SANDBOX
if (!url) {
  console.error('usage: node sts.mjs URL   (or set AUTHSYNC_SANDBOX)')
  process.exit(1)
}
delete process.env.http_proxy

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
    const login = await new tcb({ credential, region, profile: at('tcb') }).DescribeLoginConfig({ EnvId: 'conformance-sts' })
    assert.ok(login.RequestId)
    await refused(
      new tcb({ credential: { ...credential, token: undefined }, region, profile: at('tcb') }).DescribeLoginConfig({ EnvId: 'conformance-sts' }),
      'AuthFailure.TokenFailure',
    )
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
}

for (const [name, check] of Object.entries(checks)) {
  await check()
  console.log(`ok - ${name}`)
}
