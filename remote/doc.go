// Package remote talks to the services: it makes the calls that read a live
// environment and those that change it.
//
// One [Transport] serves a whole run. It holds the only connections, lets no
// more requests be in flight than it was told, keeps each action under the
// service's rate, and repeats what is safe to repeat: reads when they fail,
// writes only when nothing can have been done. A call that cannot be said to
// have been done or not is an [Error] with [Unknown] for its outcome, which is
// resolved by reading and never by calling again.
//
// On the transport stands one client for each system, such as [CloudBase]: how
// the system is signed in to, what its envelope looks like, what it calls an
// error. On the clients stands one file for each kind of object.
//
// Whatever fails is an [*Error]. Its text never holds a body, a header or a
// secret that was sent, and [Error.Advice] says what to do about it.
//
// Nothing here prints or logs. [Options.Trace] tells what was exchanged,
// [Transport.Watched] how calls go on.
package remote
