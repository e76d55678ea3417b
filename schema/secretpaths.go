package schema

import (
	"slices"
	"strconv"
)

// The top-level fields of a manifest that list paths: of what is a secret, of what is
// none though its name says so, and of what each environment has for itself.
const (
	secretPaths    = "secret"
	notSecretPaths = "notSecret"
	ownPaths       = "own"
)

// anyName matches any one name in such a path.
const anyName = "*"

// mostPaths limits the number of these paths.
const mostPaths = 1000

// readPaths reads one of these lists.
func readPaths(r *reader, n *Node, name string) []Path {
	stated := n.Field(name)
	if stated == nil {
		return nil
	}
	at := Path{name}
	switch {
	case stated.Form != ListForm:
		r.fault(stated, at, "takes a list, not %s", stated.Form)
		return nil
	case len(stated.Items) > mostPaths:
		r.fault(stated, at, "holds %d paths; the most is %d, and * stands for any one name", len(stated.Items), mostPaths)
		return nil
	}
	var paths []Path
	for i, item := range stated.Items {
		at := at.Then(strconv.Itoa(i))
		text, is := String{}.read(r, item, at).(Text)
		if !is {
			continue
		}
		path, err := ParsePath(string(text))
		switch {
		case err != nil:
			r.fault(item, at, "%s", err)
		case kindOfCollection(path[0]) == nil:
			r.fault(item, at, "%s: a path begins with the name of a collection, such as connectors", quote(string(text)))
		default:
			r.doubtPath(item, at, path)
			paths = append(paths, path)
		}
	}
	return paths
}

// doubtPath warns of a path that no field has: what a manifest says of it is said of
// nothing. A field that this version does not model may have it, so it is no mistake.
func (r *reader) doubtPath(n *Node, at, path Path) {
	if kindOfCollection(path[0]).Notation == NamesOnly {
		return
	}
	if _, wrong := placeOf(path); wrong != "" {
		r.faults.doubt(n.Pos, at, wrong)
	}
}

// coveredBy reports whether a place lies at or below one of several paths.
func coveredBy(paths []Path, at Path) bool {
	return slices.ContainsFunc(paths, func(path Path) bool {
		return len(path) <= len(at) && matches(path, at[:len(path)])
	})
}

func matches(path, at Path) bool {
	return slices.EqualFunc(path, at, func(a, b string) bool { return a == anyName || a == b })
}

// mayBeSecret reports whether a text of a manifest, of which only the name is known, may
// be a secret. In a sandbox's seed it may be in clear.
func (r *reader) mayBeSecret(name string, text Text, at Path) bool {
	switch {
	case coveredBy(r.secret, at):
		return true
	case coveredBy(r.notSecret, at):
		return false
	}
	return MayBeSecret(name, text) || packsSecret(name, text)
}

// MarkSecrets returns a live object with everything marked that may be a secret: by
// the manifest's paths, and where the manifest or the last applied object has one. A
// text out of a fixed choice is none, as in the manifest.
func (e *Environment) MarkSecrets(k *Kind, name string, live, known Object) Object {
	if len(e.SecretPaths) > 0 {
		place := k.Path(name)
		live, _ = MapAt(live, nil, func(at Path, v Value) Value {
			if text, ok := v.(Text); ok && !k.Chooses(at) && coveredBy(e.SecretPaths, slices.Concat(place, at)) {
				return asSecret(text)
			}
			return v
		}).(Object)
	}
	return MarkSecrets(live, known)
}

// Owns reports whether the manifest says that a place belongs to the environment.
func (e *Environment) Owns(place Path) bool { return coveredBy(e.OwnPaths, place) }
