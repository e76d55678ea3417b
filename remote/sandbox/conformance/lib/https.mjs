// Requests over HTTPS to hosts that no setting of a client moves are answered on
// this machine: by the sandbox, or by a stand-in. No other one goes anywhere.

import assert from 'node:assert/strict'
import http from 'node:http'
import { createRequire } from 'node:module'
import { url } from './checks.mjs'

const https = createRequire(import.meta.url)('https')
const realRequest = https.request
const routes = []

// route has the requests to hosts that end so answered at a port of this machine.
export function route(suffix, port) {
  routes.push({ suffix, port })
}

// What the clients fetch with looks this function up at every request.
https.request = (options, callback) => {
  const host = options.hostname ?? options.host
  if (new URL(url).hostname === host) return realRequest(options, callback)
  const found = routes.find(({ suffix }) => host.endsWith(suffix))
  assert.ok(found, `a request to ${host} would leave this machine`)
  const { method, path, headers } = options
  return http.request({ host: '127.0.0.1', port: found.port, method, path, headers: { ...headers, host } }, callback)
}
