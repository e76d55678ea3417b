// A stand-in for the storage of an environment, whose origins the official SDK sets
// when it adds or deletes a domain: no setting moves those requests, and the SDK does
// not wait for them.

import http from 'node:http'
import { once } from 'node:events'
import { route } from './checks.mjs'

const bucket = http.createServer((req, res) => {
  req.resume()
  res.setHeader('content-type', 'application/xml')
  if (req.method === 'PUT') return res.end()
  res.writeHead(404).end('<Error><Code>NoSuchCORSConfiguration</Code><Message>none</Message></Error>')
})
bucket.listen(0, '127.0.0.1')
await once(bucket, 'listening')

// It stands as long as somebody asks it.
bucket.unref()
route('.tencentcos.cn', bucket.address().port)
