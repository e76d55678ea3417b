package sandbox

import (
	"strings"

	"authsync/schema"
	"authsync/schema/pattern"
	"authsync/schema/quirk"
)

// addableID is the documented form of an id for AddProvider. The documents' own
// example, wx_open, matches only providerID, as do the ids that the service chose
// itself.
var (
	addableID  = pattern.Of(`^[a-z0-9]{2,32}$`)
	providerID = pattern.Of(`^[a-z0-9_-]{2,32}$`)
)

// maxSaml is the longest SamlMetadata, in bytes (seed 002: 10 KB).
const maxSaml = 10 << 10

// configNeeds are the Config fields that adding a type requires.
var configNeeds = map[string]string{
	"OAUTH": "ClientId",
	"OIDC":  "ClientId",
	"SAML":  "SamlMetadata",
}

// documentedNeeds are the Config fields that the documents call required beside
// those (seed 002).
var documentedNeeds = map[string][]string{
	"OAUTH": {"ClientSecret", "AuthorizationEndpoint", "TokenEndpoint", "UserinfoEndpoint"},
	"OIDC":  {"ClientSecret", "Issuer"},
}

func (c *call) checkNeeds(p schema.Object) error {
	providerType := p.Text("ProviderType")
	needs := []string{}
	if need := configNeeds[providerType]; need != "" {
		needs = append(needs, need)
	}
	if c.plays(quirk.ProviderNeeds, quirk.Documented) {
		needs = append(needs, documentedNeeds[providerType]...)
	}
	for _, need := range needs {
		if schema.IsUnset(p.At("Config", need)) {
			return refuse("InvalidParameterValue", "`Config.%s` is required when `ProviderType` is `%s`.", need, providerType)
		}
	}
	return nil
}

// checkProvider refuses an invalid request to add or to modify; p is the provider that
// would result.
func checkProvider(sent, p schema.Object) error {
	providerType := p.Text("ProviderType")
	for _, r := range reserved {
		if r.id == p.Text("Id") && r.providerType != providerType {
			return refuse("InvalidParameterValue", "The `ProviderType` of the provider `%s` must be `%s`.", r.id, r.providerType)
		}
	}
	if saml, ok := sent.At("Config", "SamlMetadata").(schema.Text); ok && len(saml) > maxSaml {
		return refuse("InvalidParameterValue", "`Config.SamlMetadata` must be at most %d bytes long.", maxSaml)
	}
	email, ok := sent["EmailConfig"].(schema.Object)
	if !ok {
		return nil
	}
	if providerType != "EMAIL" {
		return refuse("InvalidParameter", "`EmailConfig` is only for the `ProviderType` `EMAIL`.")
	}
	if server, ok := p.At("EmailConfig", "SmtpConfig").(schema.Object); ok {
		if err := checkServer(server); err != nil {
			return err
		}
	}
	return checkTemplates(email)
}

// checkServer accepts a mail server that is empty, as the service's own tools send it,
// or complete (seed 002).
func checkServer(server schema.Object) error {
	empty := true
	for _, value := range server {
		empty = empty && schema.IsUnset(value)
	}
	for _, need := range []string{"SenderAddress", "ServerHost", "ServerPort", "AccountUsername", "AccountPassword"} {
		if !empty && schema.IsUnset(server[need]) {
			return missing("EmailConfig.SmtpConfig." + need)
		}
	}
	return nil
}

// codeVariable must be in every mail template.
const codeVariable = "{{.VerificationCode}}"

// forbidden is what no mail template may contain (seed 002).
var forbidden = pattern.Of(`(?i)<\s*/?\s*(script|iframe|link)\b|javascript|onclick|onload|expression\s*\(|url\s*\(`)

func checkTemplates(email schema.Object) error {
	templates, _ := email["TemplateConfig"].(schema.Object)
	for _, use := range templates.Names() {
		languages, _ := templates[use].(schema.Object)
		for _, language := range languages.Names() {
			template := languages.Text(language)
			path := "EmailConfig.TemplateConfig." + use + "." + language
			if template == "" {
				continue
			}
			if !strings.Contains(template, codeVariable) {
				return refuse("InvalidParameterValue", "`%s` must contain %s.", path, codeVariable)
			}
			if found := forbidden.FindString(template); found != "" {
				return refuse("InvalidParameterValue", "`%s` must not contain %s.", path, found)
			}
		}
	}
	return nil
}
