package sandbox

import (
	"time"

	"authsync/schema"
)

// A service may change an object and give it no new stamp, or one that is older than
// the one before. Faults make it do so with one request.

// stampManner is what a request makes of the stamp of the object that it changes.
type stampManner int

const (
	stampMoves stampManner = iota
	stampStays
	stampGoesBack
)

// of returns the stamp of a changed object that had one, and would get another.
func (m *stampManner) of(was, next schema.Text) schema.Text {
	switch *m {
	case stampStays:
		return was
	case stampGoesBack:
		if at, err := time.Parse(time.RFC3339, string(was)); err == nil {
			return schema.Text(at.Add(-time.Hour).Format(time.RFC3339))
		}
	}
	return next
}

// still carries out a request that leaves the stamp of its object as it was.
func (d *delivery) still() {
	*d.manner = stampStays
	d.whole()
}

// back carries out a request that sets the stamp of its object back.
func (d *delivery) back() {
	*d.manner = stampGoesBack
	d.whole()
}
