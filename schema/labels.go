package schema

// labels is the top-level field of an environment's place in a fleet.
const labels = "labels"

var labelType = Struct{Naming: AsIs, Others: String{}}

func readLabels(r *reader, n *Node) Object {
	stated := n.Field(labels)
	if stated == nil {
		return nil
	}
	all, _ := labelType.read(r, stated, Path{labels}).(Object)
	return all
}

// Labelled reports whether an environment has all of some labels.
func (e *Environment) Labelled(all Object) bool { return selects(all, e.Labels) }

func selects(wanted, labels Object) bool {
	for name, value := range wanted {
		if !Same(labels[name], value) {
			return false
		}
	}
	return true
}
