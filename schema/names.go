package schema

// A kind of [NamesOnly] is written as a list of names. It is read as a mapping of
// each name to an object that holds nothing, so that whatever works on objects by
// name, such as extends, works on these too.

// nameItems makes mappings of the lists of names at the top of a manifest. What is
// no name stays an item, and is a fault when the collection is read.
func nameItems(root *Node) {
	for _, f := range root.Fields {
		k, n := kindOfCollection(f.Name), f.Value
		if k == nil || k.Notation != NamesOnly || n.Form != ListForm {
			continue
		}
		items := n.Items
		n.Form, n.Items, n.Names = MapForm, nil, true
		named := map[string]struct{}{}
		for _, item := range items {
			_, twice := named[item.Text]
			if item.Form == ScalarForm && item.Tag == "!!str" && !twice {
				named[item.Text] = struct{}{}
				n.Fields = append(n.Fields, NamedNode{item.Text, item.Pos, &Node{Pos: item.Pos, Form: MapForm}})
			} else {
				n.Items = append(n.Items, item)
			}
		}
		n.indexed()
	}
}

func readNames(r *reader, c *Collection, n *Node, at Path) {
	for _, item := range n.Items {
		switch {
		case item.Form != ScalarForm:
			r.fault(item, at, "takes a list of names, not %s in it", item.Form)
		case item.Tag != "!!str":
			r.fault(item, at, "takes texts; put what looks like another value in quotes")
		default:
			r.fault(item, at.Then(item.Text), "named twice")
		}
	}
	readObjects(r, c, "", n, at)
	first := map[string]string{}
	for _, d := range c.Objects {
		is := c.Kind.Canonical(d.Key.Name)
		if other, again := first[is]; again {
			r.faults.add(d.Pos, c.Kind.Path(d.Key.Name), "is %s once more", quote(other))
			continue
		}
		first[is] = d.Key.Name
	}
}
