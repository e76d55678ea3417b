package schema

import (
	"slices"

	"authsync/schema/list"
)

// Regional is something that works in some regions of a system only.
type Regional struct {
	At Path // the field to point at, below the object
	// Asked reports whether an object asks for it.
	Asked func(o Object) bool
	// In are the regions in which it works. A region that is not set is the usual
	// one, which is among them.
	In []string
	// Shuts are the entrances that let nobody in where it does not work.
	Shuts []string
	Why   string // what comes of it elsewhere
	From  Document
}

// regionSetting is the setting of a system that says where it is.
const regionSetting = "region"

// Elsewhere are what an object of a kind asks for and does not work in the region
// of the environment.
func (e *Environment) Elsewhere(k *Kind, o Object) []Regional {
	region := e.Setting(k.System, regionSetting)
	return list.Only(k.Regional, func(r Regional) bool { return region != "" && !slices.Contains(r.In, region) && r.Asked(o) })
}

// Lets reports whether an object lets users in by an entrance, where the
// environment is. Why says what keeps them out of one that is open.
func (e *Environment) Lets(k *Kind, in Entrance, o Object) (lets bool, why string) {
	if !in.Open(o) {
		return false, ""
	}
	for _, r := range e.Elsewhere(k, o) {
		if slices.Contains(r.Shuts, in.Field) {
			return false, r.Why
		}
	}
	return true, ""
}

// regional doubts what does not work where the environment is.
func regional(r *reader, e *Environment) {
	for _, k := range Kinds {
		for _, d := range e.Objects(k) {
			for _, row := range e.Elsewhere(k, d.Fields) {
				r.faults.doubt(d.Position(row.At), append(k.Path(d.Key.Name), row.At...), row.Why)
			}
		}
	}
}
