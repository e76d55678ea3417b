// Package transport carries the requests of every system over HTTP: it holds the
// connections, the limits, the attempts, and what is taken out of errors.
//
// One [Transport] serves a whole run. It lets no more requests be in flight than
// it was told, keeps each action under the service's rate, and repeats what is
// safe to repeat: reads when they fail, writes only when nothing can have been
// done. A call that cannot be said to have been done or not is an [Error] with
// [Unknown] for its effect, which is resolved by reading and never by calling
// again. The text of an error never holds a body, a header or a secret that was
// sent, and [Error.Advice] says what to do about it.
//
// It knows no system, no kind of object and no plan: what a service's codes mean
// comes with each [Request]. It neither prints nor logs; [Options.Trace] and
// [Transport.Watched] tell how calls go on. Begin with [Transport.Do], then
// faults.go, which is the whole policy of repeating.
package transport
