// Loaded before a client (node --require): nothing leaves this machine. No name but
// its own is looked up, so that what a client would tell its maker fails at once.
// Requests over HTTPS to hosts that no setting of a client moves are answered by the
// sandbox or a stand-in: HERE says which, as SUFFIX=PORT SUFFIX=PORT.
'use strict'
const dns = require('node:dns')
const http = require('node:http')
const https = require('https')

const own = ['localhost', '127.0.0.1']

function missing(host) {
  return Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), { code: 'ENOTFOUND', syscall: 'getaddrinfo', hostname: host })
}

dns.lookup = (host, options, found) => {
  const done = typeof options === 'function' ? options : found
  process.nextTick(() => {
    if (!own.includes(host)) done(missing(host))
    else if (options.all) done(null, [{ address: '127.0.0.1', family: 4 }])
    else done(null, '127.0.0.1', 4)
  })
}
const asks = /^(lookup$|resolve|reverse)/
for (const name of Object.keys(dns.promises).filter((name) => asks.test(name))) {
  dns.promises[name] = async (host) => { throw missing(host) }
}
for (const name of Object.keys(dns).filter((name) => asks.test(name) && name !== 'lookup')) {
  dns[name] = (host, ...rest) => process.nextTick(() => rest.at(-1)(missing(host)))
}

// What the clients fetch with looks this function up at every request.
const request = https.request
https.request = (options, ...rest) => {
  const host = options.hostname ?? options.host ?? ''
  for (const [suffix, port] of (process.env.HERE ?? '').split(' ').map((pair) => pair.split('='))) {
    if (suffix && host.endsWith(suffix)) {
      const { method, path, headers } = options
      return http.request({ host: '127.0.0.1', port, method, path, headers: { ...headers, host } }, ...rest)
    }
  }
  return request(options, ...rest)
}
