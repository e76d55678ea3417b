package learn

import (
	"slices"
	"strings"

	"authsync/schema"
	"authsync/schema/quirk"
	"authsync/sync"
)

// look is a kind that is read, and what its objects tell. A judge notes only what the
// object proves: what its owner could have written just so proves nothing.
type look struct {
	kind *schema.Kind
	// asks is how many objects of the manifest are asked for by name.
	asks int
	// listed is told by a list that was answered; nil = nothing.
	listed func(objects []sync.WireObject, e *evidence)
	object func(wire schema.Object, e *evidence)
}

var looks = []look{
	{kind: &schema.Provider, listed: judgeProviders, object: judgeProvider},
	{kind: &schema.Login, object: judgeLogin},
	{kind: &schema.Connector, asks: 1, object: judgeConnector},
	{kind: &schema.Application, listed: judgeApplications, object: judgeApplication},
}

func (l look) query(env *schema.Environment) (q sync.Query) {
	c := env.Collections[l.kind.Name]
	for i := 0; c != nil && i < min(l.asks, len(c.Objects)); i++ {
		q.Wants = append(q.Wants, sync.Want{Name: c.Objects[i].Key.Name, Fields: c.Objects[i].Fields})
	}
	return q
}

// judge judges what was read, of a kind that is asked for by name only what was.
func (l look) judge(q sync.Query, objects []sync.WireObject, e *evidence) {
	if l.listed != nil {
		l.listed(objects, e)
	}
	for _, o := range objects {
		asked := slices.ContainsFunc(q.Wants, func(w sync.Want) bool { return w.Name == o.Name })
		if asked || l.asks == 0 {
			l.object(o.Wire, e)
		}
	}
}

// judgeProviders judges the list. What is not there is not listed from the start; what is
// there, somebody may have made.
func judgeProviders(objects []sync.WireObject, e *evidence) {
	lists := func(id string) bool {
		return slices.ContainsFunc(objects, func(o sync.WireObject) bool { return o.Name == id })
	}
	if !lists("custom") || !lists("email") {
		e.see(quirk.ReservedProviders, quirk.Unlisted, "custom or email was not in the list")
	}
}

func judgeProvider(wire schema.Object, e *evidence) {
	judgeUnset(wire["Picture"], e)
	switch wire["AutoSignInWhenPhoneNumberMatch"].(type) {
	case nil, schema.Null:
		e.see(quirk.ProviderFlags, quirk.Unset, "a flag read as not set")
	}
	judgeSecret(wire.At("Config"), "ClientSecret", quirk.ClientSecret, e)
	judgeSecret(wire.At("EmailConfig", "SmtpConfig"), "AccountPassword", quirk.SMTPPassword, e)
}

// judgeUnset judges a text field. An empty text may have been written so.
func judgeUnset(v schema.Value, e *evidence) {
	switch v.(type) {
	case nil:
		e.see(quirk.ProviderUnset, quirk.Absent, "a field was not in the answer")
	case schema.Null:
		e.see(quirk.ProviderUnset, quirk.Null, "a field read null")
	}
}

// judgeSecret judges how a secret is shown. An empty text is one that is not shown, or
// that is not there.
func judgeSecret(v schema.Value, field string, as quirk.Name, e *evidence) {
	holder, _ := v.(schema.Object)
	if value, s := shownAs(holder.Text(field)); value != "" {
		e.note(as, s)
	}
}

// mask is what the services show in place of a secret.
const mask = "***"

// shownAs says how a secret is shown of which this is read; "" = it does not tell.
func shownAs(text string) (quirk.Value, sight) {
	visible, ends := strings.CutSuffix(text, mask)
	switch {
	case text == "":
		return "", sight{}
	case !strings.Contains(text, "*"):
		return quirk.Shown, sight{quirk.Shown, "one read in clear", isSo, false}
	case ends && visible == "":
		return quirk.Masked, sight{quirk.Masked, "one read ***", looksSo, false}
	case ends && !strings.Contains(visible, "*"):
		return quirk.Part, sight{quirk.Part, "one read as its beginning and ***", isSo, false}
	}
	return "", sight{}
}

func judgeLogin(wire schema.Object, e *evidence) {
	for _, name := range []string{"MfaConfig", "PwdUpdateStrategy"} {
		if schema.IsUnset(wire[name]) {
			e.see(quirk.LoginParts, quirk.Null, name+" read as not set")
		}
	}
	vendor, _ := wire.At("SmsVerificationConfig", "TemplateProvider").(schema.Object)
	if vendor.Text("Vendor") == "" {
		return
	}
	judgeSecret(vendor, "SecretId", quirk.SMSSecretID, e)
	// A key in clear may be the key, or what it is stored as.
	if value, s := shownAs(vendor.Text("SecretKey")); value != "" && value != quirk.Shown {
		e.note(quirk.SMSSecretKey, s)
	}
	if vendor.Text("CredentialAuthKeyId") != "" {
		e.see(quirk.SMSKeyID, quirk.Shown, "one was read")
	}
	if schema.IsUnset(vendor["AuthType"]) {
		e.see(quirk.SMSAuthType, quirk.Unset, "one read as not set")
	}
}

// judgeConnector judges the answer for one connector: lists show ids in part, whatever
// is done with secrets.
func judgeConnector(wire schema.Object, e *evidence) {
	config, _ := wire["config"].(schema.Object)
	schema.Holds(config, func(v schema.Value) bool {
		text, _ := v.(schema.Text)
		switch value, s := shownAs(string(text)); value {
		case quirk.Masked:
			s.value = quirk.Stars
			e.note(quirk.ConnectorMask, s)
		case quirk.Part:
			e.note(quirk.ConnectorMask, s)
		}
		return false
	})
}

func judgeApplications(_ []sync.WireObject, e *evidence) {
	e.see(quirk.DevicesAPI, quirk.FamilyAPI, "the list of applications was answered")
}

func judgeApplication(wire schema.Object, e *evidence) {
	server, is := wire["apiServer"].(schema.Object)
	if !is {
		return
	}
	e.see(quirk.ApplicationList, quirk.Whole, "the list had an apiServer")
	if server.Text("redirectUri") != "" {
		e.see(quirk.RedirectURI, quirk.Shown, "one was read")
	}
	if server.Text("appId") != "" {
		e.see(quirk.AppID, quirk.Shown, "one was read")
	}
	if value, s := shownAs(server.Text("secureKey")); value != "" && value != quirk.Part {
		e.note(quirk.SecureKey, s)
	}
}
