// Drives a sandbox with the official tools for coding agents
// (@cloudbase/cloudbase-mcp), unmodified, over standard input and output.
//
//   node mcp.mjs [URL]       URL defaults to $AUTHSYNC_SANDBOX

import assert from 'node:assert/strict'
import { createPrivateKey } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { asked, run, stamp, url } from './lib/checks.mjs'
import './lib/bucket.mjs'
import { serve } from './lib/stdio.mjs'

const require = createRequire(import.meta.url)
const program = join(dirname(require.resolve('@cloudbase/cloudbase-mcp')), 'cli.cjs')
const version = require('./package.json').dependencies['@cloudbase/cloudbase-mcp']
const envId = `conformance-mcp-${stamp}`
const home = mkdtempSync(join(tmpdir(), 'authsync-mcp-'))

// Of the storage the tools set the origins too, when a domain is added.
const server = await serve(process.execPath, ['--require', fileURLToPath(new URL('lib/here.cjs', import.meta.url)), program], {
  PATH: process.env.PATH, HOME: home, TCB_BASE_URL: url, CLOUDBASE_MCP_TELEMETRY_DISABLED: 'true',
  TENCENTCLOUD_SECRETID: 'sandbox', TENCENTCLOUD_SECRETKEY: 'sandbox', CLOUDBASE_ENV_ID: envId, HERE: process.env.HERE,
})

const read = (action, args = {}) => server.tool('queryAppAuth', { action, ...args })
const write = (action, args = {}) => server.tool('manageAppAuth', { action, ...args })

// did checks that a tool has done what it was asked for.
function did(answer) {
  assert.equal(answer.success, true, answer.text)
  assert.equal(answer.envId, envId)
  return answer
}

// refused checks that a tool says what the service says.
function refused(answer, message) {
  assert.equal(answer.success, false, answer.text)
  assert.ok(answer.message.includes(message), answer.message)
}

// last is what an action was sent with last.
async function last(action) {
  return (await asked(envId)).filter((r) => r.action === action).at(-1).body
}

const checks = {
  async 'it is the version that is pinned, and logged in'() {
    assert.equal(server.serverInfo.version, version)
    const status = await server.tool('auth', { action: 'status' })
    assert.deepEqual([status.auth_status, status.env_status, status.current_env_id], ['READY', 'READY', envId], status.text)
  },
  async 'it has no action of authentication that is not checked here'() {
    const actions = {}
    for (const { name, inputSchema } of await server.tools()) actions[name] = inputSchema.properties?.action?.enum
    assert.deepEqual([...actions.queryAppAuth].sort(), [
      'getClientConfig', 'getLoginConfig', 'getProvider', 'getPublishableKey', 'getStaticDomain', 'listApiKeys', 'listProviders'])
    assert.deepEqual([...actions.manageAppAuth].sort(), [
      'addProvider', 'createApiKey', 'createCustomLoginKeys', 'deleteApiKey', 'deleteProvider', 'ensurePublishableKey',
      'patchLoginStrategy', 'updateClientConfig', 'updateProvider'])
  },
  async 'environments: the one that is bound'() {
    const { EnvList } = await server.tool('queryEnv', { action: 'list' })
    assert.deepEqual(EnvList.map((e) => [e.EnvId, e.Status]), [[envId, 'NORMAL']])
    const { EnvInfo } = await server.tool('queryEnv', { action: 'info' })
    assert.equal(EnvInfo.Region, 'ap-shanghai')
  },

  async 'login: a patch is laid over what there is'() {
    const before = did(await read('getLoginConfig')).loginMethods
    assert.deepEqual(before, { usernamePassword: true, email: false, anonymous: false, phone: false })
    did(await write('patchLoginStrategy', { patch: { phone: true, anonymous: true } }))
    const sent = await last('ModifyLoginConfig')
    assert.deepEqual([sent.PhoneNumberLogin, sent.EmailLogin, sent.UserNameLogin, sent.AnonymousLogin], [true, false, true, true])
    assert.deepEqual(did(await read('getLoginConfig')).loginMethods, { ...before, anonymous: true, phone: true })
    did(await write('patchLoginStrategy', { patch: { anonymous: false } }))
    assert.deepEqual(did(await read('getLoginConfig')).loginMethods, { ...before, phone: true })
  },

  async 'providers: added, changed over what there is, deleted'() {
    const config = {
      ClientId: 'client', ClientSecret: 'secret', RedirectUri: 'https://app.example/callback', Scope: 'read:user',
      AuthorizationEndpoint: 'https://idp.example/auth', TokenEndpoint: 'https://idp.example/token',
    }
    did(await write('addProvider', { providerId: 'myoauth', providerType: 'OAUTH', displayName: 'My OAuth', config }))
    const { provider } = did(await read('getProvider', { providerId: 'myoauth' }))
    assert.deepEqual([provider.Id, provider.ProviderType, provider.On, provider.Name.Message], ['myoauth', 'OAUTH', 'TRUE', 'My OAuth'])
    for (const [name, value] of Object.entries(config)) assert.equal(provider.Config[name], value, name)

    did(await write('updateProvider', { providerId: 'myoauth', config: { On: 'FALSE', Config: { ...config, Scope: 'user' } } }))
    const changed = did(await read('getProvider', { providerId: 'myoauth' })).provider
    assert.deepEqual([changed.On, changed.Config.Scope, changed.Config.ClientSecret], ['FALSE', 'user', 'secret'])
    const ids = did(await read('listProviders')).providers.map((p) => p.Id)
    assert.ok(ids.includes('myoauth'), ids.join())

    did(await write('deleteProvider', { providerId: 'myoauth' }))
    assert.ok(!did(await read('listProviders')).providers.some((p) => p.Id === 'myoauth'))
    refused(await write('updateProvider', { providerId: 'myoauth', config: { On: 'TRUE' } }), '[ModifyProvider]')
    refused(await write('addProvider', { providerId: 'No-Such', providerType: 'OAUTH', displayName: 'x', config }), '[AddProvider]')
  },
  async 'providers: the mail of the platform is turned on'() {
    did(await write('updateProvider', { providerId: 'email', config: { On: 'TRUE', EmailConfig: { On: 'TRUE', SmtpConfig: {} } } }))
    const { provider } = did(await read('getProvider', { providerId: 'email' }))
    assert.deepEqual([provider.On, provider.EmailConfig.On], ['TRUE', 'TRUE'])
  },

  async 'security domains: added, listed, deleted'() {
    const domains = async () => {
      const { text, Domains } = await server.tool('queryEnv', { action: 'domains' })
      assert.ok(Domains, text)
      return Domains.filter((d) => d.Type === 'USER').map((d) => d.Domain)
    }
    const before = await domains()
    const added = await server.tool('manageEnv', { action: 'addSecurityDomain', domains: ['localhost:5173'] })
    assert.equal(added.isError, false, added.text)
    assert.deepEqual((await last('CreateAuthDomain')).Domains, ['localhost:5173'])
    assert.deepEqual(await domains(), [...before, 'localhost:5173'])
    const gone = await server.tool('manageEnv', { action: 'removeSecurityDomain', domains: ['localhost:5173'] })
    assert.equal(gone.isError, false, gone.text)
    assert.deepEqual(await domains(), before)
  },

  async 'client: made by its first change'() {
    refused(await read('getClientConfig'), '[DescribeClient]')
    did(await write('updateClientConfig', { config: { MaxDevice: 2, AccessTokenExpiresIn: 3600 } }))
    const { clientConfig } = did(await read('getClientConfig'))
    assert.deepEqual([clientConfig.Id, clientConfig.MaxDevice, clientConfig.AccessTokenExpiresIn, clientConfig.RefreshTokenExpiresIn], [envId, 2, 3600, 2592000])
  },

  async 'publishable key: made once, and shown'() {
    assert.equal(did(await read('getPublishableKey')).publishableKey, null)
    const made = did(await write('ensurePublishableKey'))
    assert.deepEqual([made.created, made.keyName], [true, 'publish_key'])
    const again = did(await write('ensurePublishableKey'))
    assert.deepEqual([again.created, again.publishableKey], [false, made.publishableKey])
    assert.equal(did(await read('getPublishableKey')).publishableKey, made.publishableKey)
  },
  async 'API keys: whole once, masked in a list, deleted'() {
    const made = did(await write('createApiKey', { keyType: 'api_key', keyName: 'key of 测试', expireIn: 7200 }))
    assert.deepEqual([made.created, made.keyName], [true, 'key of 测试'])
    const { apiKeys, total } = did(await read('listApiKeys', { keyType: 'api_key' }))
    assert.deepEqual([total, apiKeys[0].KeyId, apiKeys[0].Name], [1, made.keyId, 'key of 测试'])
    assert.notEqual(apiKeys[0].ApiKey, made.apiKey)
    refused(await write('createApiKey', { keyType: 'api_key', keyName: 'short', expireIn: 60 }), '[CreateApiKey]')
    did(await write('deleteApiKey', { keyId: made.keyId }))
    assert.equal(did(await read('listApiKeys', { keyType: 'api_key' })).total, 0)
  },
  async 'custom login: a private key'() {
    const { privateKey, keyId } = did(await write('createCustomLoginKeys'))
    assert.ok(keyId)
    assert.equal(createPrivateKey(privateKey).asymmetricKeyDetails.modulusLength, 1024)
  },
}

const failed = await run(checks)
server.end()
rmSync(home, { recursive: true, force: true })
process.exit(failed ? 1 : 0)
