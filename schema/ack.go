package schema

// Ack is the reason why something that authsync reports again and again is intended.
type Ack struct {
	Pos  Position
	Path Path
	Why  string
}

// Covers reports whether the acknowledgement is about a place: it is at the path, or
// below it.
func (a Ack) Covers(place Path) bool { return coveredBy([]Path{a.Path}, place) }

// acks is the top-level field of acknowledgements, by path.
const acks = "ack"

var ackType = Struct{Naming: AsIs, Others: String{}}

func readAcks(r *reader, n *Node) []Ack {
	stated := n.Field(acks)
	if stated == nil {
		return nil
	}
	at := Path{acks}
	all, _ := ackType.read(r, stated, at).(Object)
	var read []Ack
	for _, text := range all.Names() {
		path, err := ParsePath(text)
		why := all.Text(text)
		switch {
		case err != nil:
			r.fault(stated.Field(text), at.Then(text), "%s", err)
		case kindOfCollection(path[0]) == nil:
			r.fault(stated.Field(text), at.Then(text), "a path begins with the name of a collection, such as providers")
		case why == "":
			r.fault(stated.Field(text), at.Then(text), "says why in words")
		default:
			r.doubtPath(stated.Field(text), at.Then(text), path)
			read = append(read, Ack{stated.Field(text).Pos, path, why})
		}
	}
	return read
}

// Acked returns the reason why a place is as intended, or "".
func (e *Environment) Acked(place Path) string {
	for _, ack := range e.Acks {
		if ack.Covers(place) {
			return ack.Why
		}
	}
	return ""
}
