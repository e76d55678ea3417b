// Loaded before a client (node --require): no name but this machine's is looked
// up. What a client would tell its maker, or ask of other services, fails at
// once.
'use strict'
const dns = require('node:dns')

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
