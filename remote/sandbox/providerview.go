package sandbox

import (
	"authsync/schema"
	"authsync/schema/quirk"
)

// masked is shown in place of a secret. If a client writes it back, it is stored as
// the new secret: tests use this to find such clients.
const masked = "***"

// getProviders lists the providers, with phantoms for reserved ones that were not
// created.
func getProviders(c *call) (schema.Object, error) {
	list := viewed(c.env.providers.all(), c.shownProvider)
	for _, r := range c.reserved() {
		if _, exists := c.env.providers.get(r.id); !exists && c.plays(quirk.ReservedProviders, quirk.Listed) {
			p, _ := c.phantom(r.id)
			list = append(list, c.shownProvider(p))
		}
	}
	return schema.Object{"Total": number(int64(len(list))), "Data": list}, nil
}

// emptyConfig are the Config fields that the service shows as "" when they are
// unset (the example of GetProviders in cloud docs 129353 and in tccli).
var emptyConfig = []string{"Issuer", "JwksUri", "RedirectUri", "ResponseType", "SamlMetadata", "SignoutEndpoint"}

// shownProvider returns a provider as GetProviders shows it: unset fields are null or
// empty, never left out.
func (c *call) shownProvider(p schema.Object) schema.Object {
	shown := p.Clone()
	fillDefaults(shown)
	if schema.IsUnset(shown["Name"]) {
		shown["Name"] = schema.Object{"Message": shown["Id"]}
	}
	if shown["Homepage"] == nil {
		shown["Homepage"] = schema.Text("")
	}
	if shown["Description"] == nil {
		shown["Description"] = schema.Object{"Message": schema.Text("")}
	}
	for _, name := range []string{"Name", "Description"} {
		if text, ok := shown[name].(schema.Object); ok && text["Localized"] == nil {
			text["Localized"] = schema.List{}
		}
	}
	config, ok := shown["Config"].(schema.Object)
	if !ok {
		config = schema.Object{}
		shown["Config"] = config
	}
	if c.plays(quirk.ProviderFlags, quirk.Resolved) {
		shown = overlay(unspecified, shown)
		force(shown) // what transparent mode forces is never shown otherwise
		config, _ = shown["Config"].(schema.Object)
	}
	c.fillUnset(shown, config)
	c.cover(config, "ClientSecret", quirk.ClientSecret)
	if smtp, ok := shown.At("EmailConfig", "SmtpConfig").(schema.Object); ok {
		c.cover(smtp, "AccountPassword", quirk.SMTPPassword)
	}
	return shown
}

// fillUnset adds unset fields as null or "", or not at all.
func (c *call) fillUnset(shown, config schema.Object) {
	if c.plays(quirk.ProviderUnset, quirk.Absent) {
		return
	}
	for _, name := range emptyConfig {
		if config[name] == nil {
			config[name] = schema.Text("")
		}
	}
	for _, field := range modifyFields {
		switch {
		case shown[field.name] != nil:
		case field.form == text && field.oneOf == nil && c.plays(quirk.ProviderUnset, quirk.Empty):
			shown[field.name] = schema.Text("")
		default:
			shown[field.name] = schema.Null{}
		}
	}
}

// cover masks a secret as its quirk says.
func (c *call) cover(o schema.Object, name string, as quirk.Name) {
	switch {
	case schema.IsUnset(o[name]):
	case c.plays(as, quirk.Masked):
		o[name] = schema.Text(masked)
	case c.plays(as, quirk.Part):
		letters := []rune(o.Text(name))
		o[name] = schema.Text(string(letters[:len(letters)/3]) + masked)
	case c.plays(as, quirk.Blank):
		o[name] = schema.Text("")
	}
}
