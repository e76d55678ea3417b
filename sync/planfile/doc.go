// Package planfile writes plans, drift and the results of an apply as JSON, with a
// JSON Schema of each, and saves a plan together with what it rests on, to be applied
// later.
//
// It uses package sync and makes no plan, comparison or call of its own. Begin reading
// with [WriteJSON], [Save] and [ReadSaved]; [SavedPlan.Revive] makes a saved plan
// again and returns it if nothing has moved.
package planfile
