package schema

import (
	"maps"
	"slices"

	"gopkg.in/yaml.v3"

	"authsync/schema/quirk"
)

// Write encodes what is known as a file of kind [QuirksFile], in a fixed order. Reading
// it gives the same.
func (q Quirks) Write() ([]byte, error) {
	root := mapping{}
	root.add("apiVersion", spellText(Text(APIVersion)))
	root.add("kind", spellText(Text(QuirksFile)))
	systems := mapping{}
	for _, system := range slices.Sorted(maps.Keys(q)) {
		places := mapping{}
		for _, address := range slices.Sorted(maps.Keys(q[system])) {
			places.add(address, q[system][address].spell())
		}
		systems.add(system, places.node())
	}
	root.add("systems", systems.node())
	return Encode(root.node())
}

func (f Findings) spell() *yaml.Node {
	all := mapping{}
	for _, q := range quirk.All() {
		if found, known := f[q.Name]; known {
			all.add(string(q.Name), found.Node())
		}
	}
	return all.node()
}

// Node is the value alone where nothing is said beside it.
func (f Finding) Node() *yaml.Node {
	value := spellText(Text(f.Value))
	all := mapping{}
	all.add(quirkValue, value)
	for _, fact := range quirkFacts {
		if said := *fact.in(&f); said != "" {
			all.add(fact.name, spellText(Text(said)))
		}
	}
	if len(all) == 2 {
		return value
	}
	return all.node()
}

// mapping is a YAML mapping in the order in which its fields are added.
type mapping []*yaml.Node

func (m *mapping) add(name string, value *yaml.Node) { *m = append(*m, spellText(Text(name)), value) }

func (m mapping) node() *yaml.Node {
	return &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Content: m}
}
