package schema

import (
	"fmt"
	"net/mail"
	"slices"
	"strings"

	"authsync/schema/list"
	"authsync/schema/pattern"
)

// requiredByType: what each protocol needs (seed 002, ProviderConfig).
//
// A manifest need not say all of it, because what it leaves out may be live,
// and export leaves out a secret that the service hides. So what a provider
// cannot do without is wrong only where neither has it; the rest is a doubt,
// which turns into the service's own answer if the provider does not exist yet.
var requiredByType = Rule{
	Doc: "OAUTH and OIDC need config.clientId, and SAML needs config.samlMetadata; a scope of OIDC holds openid. " +
		"The rest of what the service documents as required is a warning: clientSecret, redirectUri, and, without an OIDC issuer, scope and the endpoints.",
	Check: typeFaults,
	Conditions: []Condition{
		{Field: "providerType", In: []Value{Text("SAML")}, Then: []Demand{{At: Path{"config", "samlMetadata"}, Presence: MustHave}}},
		{Field: "providerType", In: []Value{Text("OAUTH")}, Then: []Demand{{At: Path{"config", "clientId"}, Presence: MustHave}}},
		{Field: "providerType", In: []Value{Text("OIDC")}, Then: []Demand{
			{At: Path{"config", "clientId"}, Presence: MustHave},
			{At: Path{"config", "scope"}, Pattern: pattern.Of(`(^|\s)openid(\s|$)`)},
		}},
	},
}

func typeFaults(o Object) []Problem {
	config, _ := o["config"].(Object)
	kind := o.Text("providerType")
	var problems []Problem
	add := func(s Severity, why string, names ...string) {
		without := list.Only(names, func(name string) bool { return IsUnset(config[name]) })
		if len(without) > 0 {
			problems = append(problems, Problem{At: Path{"config"}, Severity: s, Text: kind + " " + why + " " + strings.Join(without, ", ")})
		}
	}
	switch kind {
	case "SAML":
		add(Lacking, "needs", "samlMetadata")
	case "OAUTH":
		add(Lacking, "needs", "clientId")
		add(Doubtful, "is documented to need", "clientSecret", "redirectUri", "scope", "authorizationEndpoint", "tokenEndpoint")
	case "OIDC":
		add(Lacking, "needs", "clientId")
		if IsUnset(config["issuer"]) {
			add(Doubtful, "without issuer is documented to need", "clientSecret", "redirectUri", "scope", "authorizationEndpoint", "tokenEndpoint", "jwksUri")
		} else {
			add(Doubtful, "is documented to need", "clientSecret", "redirectUri")
		}
		scope := config.Text("scope")
		if scope != "" && !slices.Contains(strings.Fields(scope), "openid") {
			problems = append(problems, Problem{At: Path{"config", "scope"}, Text: "OIDC needs the scope openid"})
		}
	}
	return problems
}

// emailOnly: emailConfig is valid for the e-mail provider only.
var emailOnly = Rule{
	Doc: "emailConfig is for providerType EMAIL.",
	Check: func(o Object) []Problem {
		kind := o.Text("providerType")
		if o["emailConfig"] == nil || kind == "" || kind == "EMAIL" {
			return nil
		}
		return []Problem{{At: Path{"emailConfig"}, Text: "is for providerType EMAIL, not " + kind}}
	},
	Conditions: []Condition{{
		Field: "providerType", In: texts(slices.DeleteFunc(slices.Clone(providerTypes), func(name string) bool { return name == "EMAIL" })),
		Then: []Demand{{At: Path{"emailConfig"}, Presence: MustLack}},
	}},
}

// transparency: transparentMode forces two other switches.
var transparency = Rule{
	Doc:   "transparentMode: true forces reuseUserId to true and autoSignUpWithProviderUser to false, and nothing else can be written beside it.",
	Check: transparencyFaults,
	Conditions: []Condition{{
		Field: "transparentMode", In: []Value{True},
		Then: []Demand{
			{At: Path{"reuseUserId"}, Values: []Value{True, Unspecified}},
			{At: Path{"autoSignUpWithProviderUser"}, Values: []Value{False, Unspecified}},
		},
	}},
}

func transparencyFaults(o Object) []Problem {
	if o["transparentMode"] != True {
		return nil
	}
	var problems []Problem
	for _, forced := range transparent {
		if v, ok := o[forced.name]; ok && v != forced.to && v != Unspecified {
			problems = append(problems, Problem{At: Path{forced.name}, Text: fmt.Sprintf(
				"contradicts transparentMode: true, which forces it to %s", strings.ToLower(string(forced.to)))})
		}
	}
	return problems
}

var transparent = []struct {
	name string
	to   Flag
}{{"reuseUserId", True}, {"autoSignUpWithProviderUser", False}}

// unspecified is what each switch acts as while it is unspecified, where that
// does not depend on the type of provider (wire.md 1.5).
var unspecified = map[string]Flag{
	"on":                             True,
	"transparentMode":                False,
	"autoSignInWhenEmailMatch":       False,
	"autoSignInWhenPhoneNumberMatch": True,
}

// settleProvider: what transparentMode forces is as it forces it, whatever the
// manifest says; and `unspecified` is content with what it stands for, since
// nobody has seen whether the service keeps the word or resolves it.
func settleProvider(desired, live Object) Object {
	settled := desired.Clone()
	mode := desired["transparentMode"]
	if mode == nil {
		mode = live["transparentMode"]
	}
	for name, value := range desired {
		if value != Unspecified {
			continue
		}
		was := live[name]
		if acts, known := unspecified[name]; was != nil && (!known || was == acts) {
			settled[name] = was
		} else if was == nil {
			delete(settled, name)
		}
	}
	for _, forced := range transparent {
		if _, managed := desired[forced.name]; managed && mode == True {
			settled[forced.name] = forced.to
		}
	}
	return settled
}

var oneTextPerLocale = Rule{Doc: "A locale has one text.", Check: localeFault}

func localeFault(o Object) []Problem {
	seen := map[string]struct{}{}
	texts, _ := o["localized"].(Set)
	for _, text := range texts {
		object, _ := text.(Object)
		locale := object.Text("locale")
		if _, again := seen[locale]; again {
			return []Problem{{At: Path{"localized"}, Text: "has two texts for " + quote(locale)}}
		}
		seen[locale] = struct{}{}
	}
	return nil
}

var isMailAddress = &Check{
	Form: "an e-mail address",
	Fault: func(text string) string {
		if _, err := mail.ParseAddress(text); err != nil {
			return quote(text) + " is not an e-mail address"
		}
		return ""
	},
	Pattern: pattern.Of(`@`),
	Scope:   PerEnvironment,
}

type forbiddenPart struct {
	pattern *pattern.Pattern
	name    string
}

// forbidden is what the service refuses in a template (seed 002,
// EmailTemplateConfig).
var forbidden = []forbiddenPart{
	{pattern.Of(`(?i)<\s*/?\s*script\b`), "a script tag"},
	{pattern.Of(`(?i)javascript\s*:`), "javascript:"},
	{pattern.Of(`(?i)\bonclick\s*=`), "onclick"},
	{pattern.Of(`(?i)\bonload\s*=`), "onload"},
	{pattern.Of(`(?i)<\s*/?\s*iframe\b`), "an iframe tag"},
	{pattern.Of(`(?i)<\s*/?\s*link\b`), "a link tag"},
	{pattern.Of(`(?i)expression\s*\(`), "a CSS expression"},
	{pattern.Of(`(?i)url\s*\(`), "a CSS url()"},
}

var isEmailTemplate = &Check{
	Form:    "HTML that holds {{.VerificationCode}}, without scripts, frames, links to style sheets and the like",
	Fault:   templateFault,
	Pattern: pattern.Of(`\{\{\.VerificationCode\}\}`),
	Never:   list.Each(forbidden, func(f forbiddenPart) *pattern.Pattern { return f.pattern }),
}

func templateFault(text string) string {
	for _, f := range forbidden {
		if f.pattern.MatchString(text) {
			return "holds " + f.name + ", which the service refuses in a template"
		}
	}
	if !strings.Contains(text, "{{.VerificationCode}}") {
		return "does not hold {{.VerificationCode}}, without which no user gets a code"
	}
	return ""
}
