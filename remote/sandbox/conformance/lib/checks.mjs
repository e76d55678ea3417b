// What the scripts of this folder have in common: where the sandbox is, checks
// one after another, and that the clients find it and nothing else.

import './here.cjs'

export const url = process.argv[2] ?? process.env.AUTHSYNC_SANDBOX
if (!url) {
  console.error(`usage: node ${process.argv[1]} URL   (or set AUTHSYNC_SANDBOX)`)
  process.exit(1)
}
// The clients read these when they make a request. A proxy set for the machine is
// not meant for a sandbox on it.
process.env.TCB_BASE_URL = url
for (const name of ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY', 'TCB_REGION']) delete process.env[name]

// route has the requests to hosts that end so answered at a port of this machine,
// here and by what is started with the variables of this process.
export function route(suffix, port) {
  process.env.HERE = `${process.env.HERE ?? ''} ${suffix}=${port}`.trim()
}

// Names of environments end with this, so that no run meets another one's.
export const stamp = Date.now().toString(36)

// run makes all checks, in their order, and says which do not hold.
export async function run(checks) {
  let failed = 0
  for (const [name, check] of Object.entries(checks)) {
    try {
      await check()
      console.log(`ok - ${name}`)
    } catch (err) {
      failed++
      console.log(`not ok - ${name}`)
      console.log(`  ${err.stack ?? err}`.replaceAll('\n', '\n  '))
    }
  }
  console.log(`${Object.keys(checks).length - failed} passed, ${failed} failed`)
  return failed
}

// asked is what reached the sandbox, of one environment.
export async function asked(envId) {
  const text = await (await fetch(new URL('/_sandbox/requests', url))).text()
  return text.trim().split('\n').map((line) => JSON.parse(line)).filter((r) => r.tenant === envId)
}
