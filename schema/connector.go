package schema

import (
	"maps"
	"slices"

	"authsync/schema/pattern"
	"authsync/schema/quirk"
)

// Connector is a channel of the connector service: social login, mail or SMS.
//
// Source: seed 004. PATCH takes config, which it replaces whole, and enabled;
// connector_id and type never change. Reads mask secrets, and lists mask ids
// too, so config is read object by object. What a connector's config holds is
// not published; what may be a secret there goes by its name.
var Connector = Kind{
	Name: "connector", Collection: "connectors", System: Connectors,
	From: SeedConnectors,
	Doc:  "A channel for social login, mail or SMS.",
	Example: `
connectors:
  aliyun-dm:
    type: Email
    enabled: true
    config: {access_key_id: LTAI5tExample, access_key_secret: !env DM_SECRET}
`,
	IfRecreated: "users who log in by it lose the link to their accounts",
	Key: KeyRule{
		From:    Itself,
		Pattern: pattern.Of(`^[A-Za-z0-9][A-Za-z0-9_.@-]{0,127}$`),
		Form:    "a connector id such as aliyun-dm, or a name for it",
	},
	Type: Struct{
		Naming: AsIs,
		Fields: []Field{
			{Name: "connectorId", Wire: "connector_id", Type: String{}, Doc: "Connector, such as github; the object's name if left out."},
			{Name: "type", Type: OneOf{"Email", "Sms", "Social"}, Doc: "What it is for."},
			{Name: "enabled", Type: Boolean{}, Doc: "Whether it is used. The service's default is false."},
			{Name: "config", Type: Open{}, Weaker: openWeaker, Doc: "Settings, in the service's own names."},
		},
		Ignored: []string{"id", "created_at", "updated_at"},
	},
	Meta: []Field{
		{Name: "id", Scope: PerEnvironment, Type: String{}, Doc: "The connector that is meant, where several have the connectorId."},
	},
	Stamp:  Stamp{Field: "updated_at", Quirk: quirk.ConnectorStamp, Secrets: MaskedAlike},
	Settle: settleConnector,
	Rivals: Rivals{Quirk: quirk.OneConnectorPerType, Field: "type", Values: []string{"Email", "Sms"}}, // as logto does
	Update: Update{
		Create:    ByCall,
		OnCreate:  []string{"type", "config"},
		Immutable: []string{"connectorId", "type"},
		Replace:   DeleteFirst,
		Merging:   map[string]quirk.Name{"config": quirk.ConnectorConfig},
		Parallel:  Parallel,
		Deletion:  DeletedByCall,
	},
}

// settleConnector: a list in config may be stored without what is empty in it, as the
// family does. What live has of it then is what was meant.
func settleConnector(desired, live Object) Object {
	settled := desired.Clone()
	if config, ok := desired["config"].(Object); ok {
		settled["config"] = cleanedAs(config, live["config"])
	}
	return settled
}

// cleanedAs is a value with each list of it as live has it, if that is what is left of
// it without the empty items.
func cleanedAs(want, live Value) Value {
	if around, ok := want.(Object); ok {
		in, _ := live.(Object)
		return around.with(nil, func(at Path, v Value) Value { return cleanedAs(v, in[at[0]]) })
	}
	if !IsList(want) {
		return want
	}
	left, has := cleaned(want), withoutUnset(Unwrap(live))
	if isEmpty(left) && isEmpty(has) || Same(withoutSecrets(left), withoutSecrets(has)) {
		return left
	}
	return want
}

// withoutSecrets is a value with one and the same in the place of each secret: whether
// they are the same is compared elsewhere.
func withoutSecrets(v Value) Value {
	return Map(v, func(part Value) Value {
		if _, is := part.(Secret); is {
			return Null{}
		}
		return part
	})
}

// cleaned is a value without what is empty in it, at any depth.
func cleaned(v Value) Value {
	empty := func(v Value) bool { return isEmpty(v) || blank(v) }
	switch v := Unwrap(v).(type) {
	case Object:
		kept := v.with(nil, func(_ Path, field Value) Value { return cleaned(field) }).(Object)
		maps.DeleteFunc(kept, func(_ string, field Value) bool { return empty(field) })
		return kept
	case List:
		return slices.DeleteFunc(v.with(nil, func(_ Path, item Value) Value { return cleaned(item) }).(List), empty)
	}
	return v
}
