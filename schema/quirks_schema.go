package schema

import "authsync/schema/quirk"

// QuirksSchemaID names the schema of what is known of services; there is nothing to fetch.
const QuirksSchemaID = "urn:authsync:v1:quirks"

// QuirksSchema is the JSON Schema (2020-12) of a file of kind [QuirksFile]: which quirks
// each system has, and the readings of each.
func QuirksSchema() ([]byte, error) {
	root := &keywords{
		Type: typeNames{"object"}, Required: []string{"apiVersion", "kind"}, AdditionalProperties: nothing,
	}
	root.Properties.get("apiVersion").Enum = spelled([]Value{Text(APIVersion)})
	root.Properties.get("kind").Enum = spelled([]Value{Text(QuirksFile)})
	systems := &keywords{Description: "The systems.", Type: typeNames{"object"}, AdditionalProperties: nothing}
	for _, s := range Systems {
		service := &keywords{Type: typeNames{"object"}, AdditionalProperties: nothing}
		for _, q := range quirk.All() {
			if q.System == s.Name {
				*service.Properties.get(string(q.Name)) = *describeQuirk(q)
			}
		}
		*systems.Properties.get(s.Name) = keywords{Type: typeNames{"object"},
			Description:   s.Doc + " By address, or " + SandboxAddress + " for whichever sandbox plays it.",
			PropertyNames: &keywords{Pattern: "^(" + SandboxAddress + "|https?://[^/]+/?)$"}, AdditionalProperties: service}
	}
	*root.Properties.get("systems") = *systems
	return root.published(QuirksSchemaID, "authsync quirks", "What is known of services where their documents are silent, by system and address. It holds no secret.")
}

// describeQuirk takes a reading by itself, or with how it was seen.
func describeQuirk(q quirk.Quirk) *keywords {
	value := &keywords{Enum: spelled(texts(quirkValues(q)))}
	with := &keywords{Type: typeNames{"object"}, Required: []string{quirkValue}, AdditionalProperties: nothing}
	*with.Properties.get(quirkValue) = *value
	for _, fact := range quirkFacts {
		*with.Properties.get(fact.name) = keywords{Description: fact.doc, Type: typeNames{"string"}}
	}
	return &keywords{Description: "Not known: " + q.Question + ".", AnyOf: []*keywords{value, with}}
}
