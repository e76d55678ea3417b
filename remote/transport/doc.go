// Package transport sends the requests of every system over HTTP: it has the
// connections, the limits and the retries, and removes secrets from errors.
//
// One [Transport] serves a whole run. It limits the number of requests in flight,
// keeps each action under the service's rate, and repeats what is safe to repeat:
// reads when they fail, writes only when nothing can have been done. If it is not
// known whether a call was done, its [Error] has the effect [Unknown], and a read must
// find out; the call is not made again. The text of an error never contains a body, a
// header or a secret that was sent, and [Error.Advice] says what to do.
//
// It must not know a system, a kind or a plan: the meaning of a service's codes comes
// with each [Request]. It neither prints nor logs; [Options.Trace] and
// [Transport.Watched] report the calls. Begin reading with [Transport.Do], then
// faults.go, which is the whole policy of retries.
package transport
