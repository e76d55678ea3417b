package schema

import (
	"slices"
	"time"

	"authsync/schema/pattern"
)

// expires is the top-level field of the last days of secrets, by path. It does not
// stand beside a secret, where names may be the service's.
const expires = "expires"

var expiryType = Struct{Naming: AsIs, Others: String{Check: isDay}}

// Expiring says until when a secret is good.
type Expiring struct {
	Path Path
	Pos  Position
	// End is when it ends: the end of the stated day, UTC.
	End time.Time
}

var isDay = &Check{
	Form: "a day such as 2027-03-31",
	Fault: func(text string) string {
		if _, err := time.Parse(time.DateOnly, text); err != nil {
			return quote(text) + " is not a day such as 2027-03-31"
		}
		return ""
	},
	Pattern: pattern.Of(`^[0-9]{4}-[0-9]{2}-[0-9]{2}$`),
}

// endOf returns the end of a day that [isDay] accepts.
func endOf(day Value) time.Time {
	text, _ := day.(Text)
	begin, _ := time.Parse(time.DateOnly, string(text))
	return begin.AddDate(0, 0, 1)
}

func readExpiries(r *reader, n *Node, e *Environment) []Expiring {
	stated := n.Field(expires)
	if stated == nil {
		return nil
	}
	at := Path{expires}
	all, _ := expiryType.read(r, stated, at).(Object)
	var read []Expiring
	for _, text := range all.Names() {
		node := stated.Field(text)
		path, err := ParsePath(text)
		if err != nil {
			r.fault(node, at.Then(text), "%s", err)
			continue
		}
		if IsUnset(all[text]) {
			continue // of a Base, taken back
		}
		if !e.holdsSecret(path) && r.whole == Whole {
			r.fault(node, at.Then(text), "there is no secret at this path of the manifest")
			continue
		}
		read = append(read, Expiring{path, node.Pos, endOf(all[text])})
	}
	return read
}

func (e *Environment) holdsSecret(path Path) bool {
	_, holds := e.Secret(path)
	return holds || slices.ContainsFunc(e.Secrets, func(s HeldSecret) bool { return slices.Equal(s.Path, path) })
}
