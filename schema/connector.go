package schema

import (
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
	Anew: "users who log in by it lose the link to their accounts",
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
