// Package planfile writes plans, and what drifted, as JSON: to look at, with a
// JSON Schema of it, or saved together with what it rests on, to be applied
// later. It reads a saved plan again and makes it anew, if nothing has moved.
// It stands above sync, and makes no plan, comparison or call of its own.
// Begin with [WriteJSON], [Save] and [ReadSaved].
package planfile
