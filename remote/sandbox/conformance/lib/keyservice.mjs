// A stand-in for the service that the official SDK asks for the key that
// passwords are sealed with.

import http from 'node:http'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { route } from './checks.mjs'

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

route(keyHost, standIn.address().port)

export const CloudBase = require('@cloudbase/manager-node')
export const { AESCrypto } = require('@cloudbase/manager-node/lib/integration/crypto')
export const { __clearAesKeyCache: forgetKey } = require('@cloudbase/manager-node/lib/integration/secretKey')
