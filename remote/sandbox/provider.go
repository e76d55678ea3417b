package sandbox

import (
	"errors"
	"fmt"
	"slices"

	"authsync/schema"
	"authsync/schema/quirk"
)

var localized = []param{
	{name: "Message", required: true},
	{name: "Localized", form: objects, fields: []param{
		{name: "Message", required: true},
		{name: "Locale", required: true},
	}},
}

var providerTypes = []string{
	"OAUTH", "OIDC", "SAML",
	"WX_MICRO_APP", "WX_QRCODE_MICRO_APP", "WX_CLOUDBASE_MICRO_APP", "WX_MP", "WX_OPEN",
	"WX_WORK_INTERNAL", "WX_WORK_AGENT", "WX_WORK_THIRD_PARTY", "WX_WORK_THIRD_PARTY_ASSOCIATION",
	"CUSTOM", "EMAIL",
}

// The fields of a provider (seed 002), by the actions that accept them.
var (
	providerFields = []param{
		{name: "Picture"},
		{name: "Homepage"},
		{name: "Config", form: object, fields: configFields},
		{name: "TransparentMode", oneOf: flagValues},
		{name: "On", oneOf: flagValues},
		{name: "Description", form: object, fields: localized},
		{name: "ReuseUserId", oneOf: flagValues},
		{name: "AutoSignInWhenEmailMatch", oneOf: flagValues},
		{name: "AutoSignInWhenPhoneNumberMatch", oneOf: flagValues},
	}
	addFields = append([]param{
		{name: "Name", form: object, fields: localized, required: true},
		{name: "ProviderType", oneOf: providerTypes, required: true},
		{name: "Id"},
	}, providerFields...)
	modifyFields = append([]param{
		{name: "Id", required: true},
		{name: "Name", form: object, fields: localized},
		{name: "ProviderType", oneOf: providerTypes},
		{name: "AutoSignUpWithProviderUser", oneOf: flagValues},
		{name: "EmailConfig", form: object, fields: emailFields},
	}, providerFields...)
	configFields = []param{
		{name: "Issuer"}, {name: "JwksUri"}, {name: "ClientId"}, {name: "ClientSecret"},
		{name: "RedirectUri"}, {name: "Scope"},
		{name: "AuthorizationEndpoint"}, {name: "TokenEndpoint"}, {name: "UserinfoEndpoint"}, {name: "SignoutEndpoint"},
		{name: "ResponseType"}, {name: "TokenEndpointAuthMethod"}, {name: "SamlMetadata"},
		{name: "RequestParametersMap", form: object, fields: []param{
			{name: "ClientId"}, {name: "ClientSecret"}, {name: "RedirectUri"},
			{name: "GrantType"}, {name: "ClientCredentials"}, {name: "AccessToken"}, {name: "ExpiresIn"}, {name: "FieldToken"},
			{name: "AuthPosition", oneOf: []string{"URL", "Headers", "Body"}},
			{name: "RegisterUserRoleId"},
			{name: "RegisterUserAutoLicense", oneOf: switchValues},
			{name: "RegisterUserType", oneOf: []string{"externalUser", "internalUser"}},
		}},
		{name: "ResponseParametersMap", form: object, fields: []param{
			{name: "Sub"}, {name: "Name"}, {name: "Picture"}, {name: "Username"},
			{name: "Email"}, {name: "PhoneNumber"}, {name: "Groups"},
		}},
	}
	emailFields = []param{
		{name: "On", oneOf: switchValues},
		{name: "SmtpConfig", form: object, fields: []param{
			{name: "SenderAddress"},
			{name: "ServerHost"},
			{name: "ServerPort", form: integer},
			{name: "AccountUsername"},
			{name: "AccountPassword"},
			{name: "SecurityMode", oneOf: []string{"AUTO", "SSL", "STARTSSL", "NO_SSL"}},
		}},
		{name: "TemplateConfig", form: object, fields: []param{
			{name: "RegisterSignIn", form: object, fields: []param{{name: "ZhCN"}, {name: "EnUS"}}},
			{name: "DefaultTpl", form: object, fields: []param{{name: "ZhCN"}, {name: "EnUS"}}},
		}},
	}
)

var providerActions = map[string]action{
	"GetProviders": {
		params:  []param{envID},
		answers: []param{{name: "Total", form: integer}, {name: "Data", form: objects, fields: modifyFields}},
		do:      getProviders,
	},
	"AddProvider": {
		kind:   "provider",
		writes: true,
		params: append([]param{envID}, addFields...),
		do:     addProvider,
	},
	"ModifyProvider": {
		kind:   "provider",
		writes: true,
		params: append([]param{envID}, modifyFields...),
		do:     modifyProvider,
	},
	"DeleteProvider": {
		writes: true,
		params: []param{envID, {name: "Id", required: true}},
		do:     deleteProvider,
	},
}

// maxProviders is the most providers of an environment, not counting phantoms (seed
// 002).
const maxProviders = 20

// reservation is a provider that every environment has from the start, disabled until
// it is created, with its type.
type reservation struct{ id, providerType string }

var reserved = []reservation{{"custom", "CUSTOM"}, {"email", "EMAIL"}}

// reserved are the providers that every environment has from the start.
func (c *call) reserved() []reservation {
	if c.plays(quirk.WXOpen, quirk.Permanent) {
		return append(slices.Clone(reserved), reservation{"wx_open", "WX_OPEN"})
	}
	return reserved
}

// phantom returns the record that is shown for a reserved provider that was not
// created.
func (c *call) phantom(id string) (schema.Object, bool) {
	for _, r := range c.reserved() {
		if r.id == id {
			return schema.Object{
				"Id":           schema.Text(id),
				"ProviderType": schema.Text(r.providerType),
				"On":           schema.Text("FALSE"),
			}, true
		}
	}
	// The documents keep such an id from AddProvider, and public examples turn some
	// of them on by ModifyProvider, so the service has a record of each.
	if !addableID.MatchString(id) && providerID.MatchString(id) {
		return schema.Object{"Id": schema.Text(id), "On": schema.Text("FALSE")}, true
	}
	return nil, false
}

// SeedProvider adds a provider in wire form without checking, forcing or discovering
// anything.
func (s *Server) SeedProvider(envID string, wire schema.Object) error {
	id := wire.Text("Id")
	return seedIn(&s.cloudbase.environments, envID, "provider "+id, wire, func(env *environment, plain schema.Object) error {
		if id == "" {
			return errors.New("it has no Id")
		}
		env.note("provider", modifyFields, plain)
		env.providers.put(id, plain)
		return nil
	})
}

func addProvider(c *call) (schema.Object, error) {
	next := c.written()
	if next["Id"] == nil {
		next["Id"] = schema.Text(fmt.Sprintf("provider%d", c.env.generate()))
	}
	id := next.Text("Id")
	if !c.addable(id) {
		return nil, wrongValue("Id", id)
	}
	if _, exists := c.env.providers.get(id); exists {
		return nil, refuse("ResourceInUse", "The provider `%s` exists already.", id)
	}
	if len(c.env.providers.ids) >= maxProviders {
		return nil, refuse("LimitExceeded", "An environment has at most %d providers.", maxProviders)
	}
	if err := checkProvider(c.in, next); err != nil {
		return nil, err
	}
	if err := c.checkNeeds(next); err != nil {
		return nil, err
	}
	fillDefaults(next)
	c.settle(nil, next)
	c.env.providers.put(id, next)
	return nil, nil
}

// addable reports whether AddProvider accepts an id.
func (c *call) addable(id string) bool {
	return addableID.MatchString(id) || providerID.MatchString(id) && c.plays(quirk.ProviderUnderscore, quirk.Accepted)
}

func modifyProvider(c *call) (schema.Object, error) {
	id := c.in.Text("Id")
	old, ok := c.env.providers.get(id)
	if !ok {
		old, ok = c.phantom(id)
	}
	if !ok && c.plays(quirk.ProviderUpsert, quirk.Creates) {
		return addProvider(c)
	}
	if !ok {
		return nil, refuse("ResourceNotFound", "The provider `%s` does not exist.", id)
	}
	next := c.modified(old)
	if next["ProviderType"] == nil {
		return nil, missing("ProviderType")
	}
	if err := checkProvider(c.in, next); err != nil {
		return nil, err
	}
	c.settle(old, next)
	c.env.providers.put(id, next)
	return nil, nil
}

// written returns the fields of a provider as the service stores them.
func (c *call) written() schema.Object {
	if c.plays(quirk.ProviderEmptyText, quirk.Ignored) {
		return withoutEmpty(c.fields())
	}
	return c.fields()
}

// settle applies the service's own changes to the fields that were sent.
func (c *call) settle(old, next schema.Object) {
	if c.plays(quirk.Unspecified, quirk.Resolved) {
		c.resolve(next)
	}
	force(next)
	sent, _ := c.in["Config"].(schema.Object)
	discover(old, next)
	if config, ok := next["Config"].(schema.Object); ok && c.plays(quirk.DiscoveredEndpoints, quirk.Kept) {
		next["Config"] = overlay(config, withoutEmpty(sent))
	}
}

// configQuirks say of the fields that may be merged which quirk tells.
var configQuirks = map[string]quirk.Name{"Config": quirk.ProviderConfig, "EmailConfig": quirk.EmailConfig}

// modified returns old with the fields that were sent. They are replaced as a whole,
// except those that are merged.
func (c *call) modified(old schema.Object) schema.Object {
	next := old.Clone()
	for name, value := range c.written() {
		was, _ := old[name].(schema.Object)
		new, _ := value.(schema.Object)
		may, known := configQuirks[name]
		merges := known && c.plays(may, quirk.Merged)
		if merges && was != nil && new != nil {
			value = overlay(was, new)
		}
		next[name] = value
	}
	return next
}

// deleteProvider succeeds for a missing provider unless a quirk says otherwise:
// ResourceNotFound is not among the action's documented errors.
func deleteProvider(c *call) (schema.Object, error) {
	id := c.in.Text("Id")
	_, permanent := c.phantom(id)
	_, there := c.env.providers.get(id)
	switch {
	case permanent && c.plays(quirk.PermanentDeletion, quirk.Refused):
		return nil, refuse("OperationDenied", "The provider `%s` cannot be deleted.", id)
	case !there && c.plays(quirk.MissingProviderDeletion, quirk.Refused):
		return nil, refuse("ResourceNotFound", "The provider `%s` does not exist.", id)
	}
	c.env.providers.remove(id)
	return nil, nil
}

// unspecified are the values of flags that were never set (seed 002).
var unspecified = schema.Object{
	"On": schema.Text("TRUE"), "TransparentMode": schema.Text("FALSE"), "ReuseUserId": schema.Text("FALSE"),
	"AutoSignUpWithProviderUser": schema.Text("FALSE"), "AutoSignInWhenEmailMatch": schema.Text("FALSE"),
	"AutoSignInWhenPhoneNumberMatch": schema.Text("TRUE"),
}

// resolve replaces the value "unspecified" of flags that were sent.
func (c *call) resolve(p schema.Object) {
	for name, value := range unspecified {
		if c.in.Text(name) == "UNSPECIFIED" {
			p[name] = value
		}
	}
}

// fillDefaults sets the defaults of a provider.
func fillDefaults(p schema.Object) {
	defaults := schema.Object{"On": schema.Text("TRUE"), "TransparentMode": schema.Text("FALSE")}
	if p.Text("ProviderType") == "WX_WORK_AGENT" {
		defaults["TransparentMode"] = schema.Text("TRUE")
	}
	for name, value := range defaults {
		if p[name] == nil {
			p[name] = value
		}
	}
}

// force sets the fields that transparent mode determines, whatever was sent.
func force(p schema.Object) {
	if p.Text("TransparentMode") == "TRUE" {
		p["ReuseUserId"] = schema.Text("TRUE")
		p["AutoSignUpWithProviderUser"] = schema.Text("FALSE")
	}
}

var providerPlay = play{
	transcription: transcription{sent: joinedFields(addFields, modifyFields), stored: modifyFields},
	actions:       providerActions,
	seed: func(s *Server, env *schema.Environment, name string, wire schema.Object) error {
		wire["Id"] = schema.Text(name)
		return s.SeedProvider(env.ID(), wire)
	},
	state: func(e *environment) schema.Value { return e.providers.object() },
}
