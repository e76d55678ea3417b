package schema_test

import (
	"regexp"
	"strings"
	"testing"

	"authsync/schema"
	"authsync/secrets"
)

type (
	text   = schema.Text
	number = schema.Number
	set    = schema.Set
	object = schema.Object
	list   = schema.List
	null   = schema.Null
)

// weakenings has a row for every weakening: the change from safe to weak is
// one for the reason that holds why, and the change back is none, but where
// both ways are one.
var weakenings = []struct {
	name       string
	path       string // kind and path below the object
	safe, weak schema.Value
	why        string
	back       back
}{
	{"anonymous on", "login.anonymousLogin", schema.Bool(false), schema.Bool(true), "without an account", backIsNone},
	{"anonymous on, of a login that says nothing", "login.anonymousLogin", null{}, schema.Bool(true), "without an account", backIsNone},
	{"MFA off", "login.mfaConfig.on", schema.True, schema.False, "password", backIsNone},
	{"MFA by SMS off", "login.mfaConfig.sms", schema.True, schema.False, "second factor", backIsNone},
	{"MFA by mail off", "login.mfaConfig.email", schema.True, schema.False, "second factor", backIsNone},
	{"no phone number asked for", "login.mfaConfig.requiredBindPhone", schema.True, schema.False, "phone number", backIsNone},
	{"SMS without limit", "login.smsVerificationConfig.smsDayLimit", number("1000"), number("-1"), "cost", backIsNone},
	{"first password stays", "login.pwdUpdateStrategy.firstLoginUpdate", schema.Bool(true), schema.Bool(false), "first password", backIsNone},
	{"passwords never end", "login.pwdUpdateStrategy.periodUpdate", schema.Bool(true), schema.Bool(false), "for ever", backIsNone},
	{"longer period", "login.pwdUpdateStrategy.periodValue", number("3"), number("4"), "longer", backIsNone},
	{"longer unit", "login.pwdUpdateStrategy.periodType", text("MONTH"), text("YEAR"), "longer", backIsNone},
	{"longer unit than a week", "login.pwdUpdateStrategy.periodType", text("WEEK"), text("MONTH"), "longer", backIsNone},

	{"access token lives longer", "client.accessTokenExpiresIn", schema.Seconds(3600), schema.Seconds(3601), "access token", backIsNone},
	{"access token lives longer than the default", "client.accessTokenExpiresIn", nil, schema.Seconds(7201), "access token", backOfNew},
	{"refresh token lives longer", "client.refreshTokenExpiresIn", schema.Seconds(86400), schema.Seconds(2592000), "refresh token", backIsNone},
	{"refresh token is shorter than the default", "client.refreshTokenExpiresIn", schema.Seconds(86400), null{}, "refresh token", backIsNone},
	{"any number of devices", "client.maxDevice", number("5"), number("-1"), "devices", backIsNone},
	{"any number of devices, not one a user agent", "client.maxDevice", number("0"), number("-1"), "devices", backIsNone},

	{"transparent", "provider.transparentMode", schema.False, schema.True, "not stored", backIsNone},
	{"ids of the source", "provider.reuseUserId", schema.False, schema.True, "ids of users", backIsNone},
	{"ids of the source perhaps", "provider.reuseUserId", schema.False, schema.Unspecified, "ids of users", backIsNone},
	{"accounts for everybody", "provider.autoSignUpWithProviderUser", schema.Unspecified, schema.True, "everybody", backIsNone},
	{"association by mail", "provider.autoSignInWhenEmailMatch", schema.Unspecified, schema.True, "address", backIsNone},
	{"association by phone", "provider.autoSignInWhenPhoneNumberMatch", schema.False, schema.True, "phone number", backIsNone},
	{"association by phone by default", "provider.autoSignInWhenPhoneNumberMatch", schema.False, schema.Unspecified, "phone number", backIsNone},
	{"issuer in clear", "provider.config.issuer", text("https://a.example"), text("http://a.example"), "endpoints", backIsNone},
	{"issuer of a new provider", "provider.config.issuer", nil, text("HTTP://a.example"), "endpoints", backOfNew},
	{"issuer no longer here", "provider.config.issuer", text("http://localhost:8080"), text("http://localhost.example"), "endpoints", backIsNone},
	{"keys in clear", "provider.config.jwksUri", text("https://a.example/k"), text("http://a.example/k"), "keys", backIsNone},
	{"no keys", "provider.config.jwksUri", text("https://a.example/k"), null{}, "keys", backIsNone},
	{"callback in clear", "provider.config.redirectUri", text("https://a.example/cb"), text("http://a.example/cb"), "codes", backIsNone},
	{"callback to any host", "provider.config.redirectUri", text("https://a.example/cb"), text("https://*.example/cb"), "codes", backIsNone},
	{"login page in clear", "provider.config.authorizationEndpoint", text("https://a.example/"), text("http://a.example/"), "login page", backIsNone},
	{"token endpoint in clear", "provider.config.tokenEndpoint", text("https://a.example/"), text("http://a.example/"), "secret", backIsNone},
	{"user info in clear", "provider.config.userinfoEndpoint", text("https://a.example/"), text("http://a.example/"), "user", backIsNone},
	{"logout in clear", "provider.config.signoutEndpoint", text("https://a.example/"), text("http://a.example/"), "log out", backIsNone},
	{"tokens in the browser", "provider.config.responseType", text("code"), text("id_token"), "browser", backIsNone},
	{"access tokens in the browser", "provider.config.responseType", text("id_token"), text("token"), "browser", backIsNone},
	{"SAML in clear", "provider.config.samlMetadata", text(`<S Binding="x" Location="https://a.example/">`), text(`<S Location='http://a.example/'>`), "metadata", backIsNone},
	{"secret in the URL", "provider.config.requestParametersMap.authPosition", text("Body"), text("URL"), "logs", backIsNone},
	{"a role", "provider.config.requestParametersMap.registerUserRoleId", null{}, text("admin"), "role", backIsNone},
	{"another role", "provider.config.requestParametersMap.registerUserRoleId", text("user"), text("admin"), "role", backIsOne},
	{"a licence", "provider.config.requestParametersMap.registerUserAutoLicense", schema.False, schema.True, "licence", backIsNone},
	{"one of the organisation", "provider.config.requestParametersMap.registerUserType", null{}, text("internalUser"), "organisation", backIsNone},
	{"another id", "provider.config.responseParametersMap.sub", text("id"), text("login"), "accounts", backIsOne},
	{"another address", "provider.config.responseParametersMap.email", text("email"), text("contact"), "checked", backIsOne},
	{"another number", "provider.config.responseParametersMap.phoneNumber", text("phone"), text("contact"), "checked", backIsOne},
	{"roles from the source", "provider.config.responseParametersMap.groups", null{}, text("groups"), "roles", backIsNone},
	{"mail perhaps in clear", "provider.emailConfig.smtpConfig.securityMode", text("SSL"), text("AUTO"), "clear text", backIsNone},
	{"mail in clear", "provider.emailConfig.smtpConfig.securityMode", null{}, text("NO_SSL"), "clear text", backIsNone},
	{"what is not modelled", "provider.config.extra.IntrospectionEndpoint", text("https://a.example"), text("http://a.example"), "read or changed", backIsNone},
	{"what is not modelled, at the top", "login.extra.X.RejectUnauthorized", schema.Bool(true), schema.Bool(false), "read or changed", backIsNone},

	{"key lives longer", "apiKey.expireIn", schema.Seconds(7200), schema.Seconds(7201), "leaks", backIsNone},
	{"key lives for ever", "apiKey.expireIn", schema.Seconds(7200), schema.Seconds(0), "leaks", backIsNone},
	{"key lives for ever, as settled", "apiKey.expireIn", schema.Seconds(7200), null{}, "leaks", backIsNone},

	{"ext in clear", "integration.ext.notifyUrl", text("https://a.example"), text("http://a.example"), "read or changed", backIsNone},
	{"ext unchecked, as a text", "integration.ext.sslVerify", text("true"), text("false"), "read or changed", backIsNone},
	{"runtime in clear", "integration.runtimeConfig.env.callback", null{}, text("http://a.example"), "read or changed", backIsNone},
	{"no TLS", "connector.config.tls", schema.Bool(true), schema.Bool(false), "read or changed", backIsNone},
	{"no TLS any more", "connector.config.smtp.useSSL", schema.Bool(true), null{}, "read or changed", backIsNone},
	{"TLS switched inside", "connector.config.tls.enabled", schema.Bool(true), schema.Bool(false), "read or changed", backIsNone},
	{"unchecked from the start", "connector.config.rejectUnauthorized", nil, schema.Bool(false), "read or changed", backOfNew},
	{"skipVerify", "connector.config.skipVerify", schema.Bool(false), schema.Bool(true), "read or changed", backIsNone},
	{"insecure", "connector.config.insecure", null{}, schema.Bool(true), "read or changed", backIsNone},
	{"address in a list", "connector.config.hooks", list{text("https://a.example"), text("https://b.example")},
		list{text("https://b.example"), text("http://a.example")}, "read or changed", backIsNone},
	{"switch in a list", "connector.config.servers", list{object{"host": text("a"), "tls": schema.Bool(true)}},
		list{object{"host": text("a")}}, "read or changed", backIsNone},
	{"an object whole", "connector.config", object{"callback": text("https://a.example")},
		object{"callback": text("http://a.example")}, "read or changed", backIsNone},
	{"column in clear", "record.callback", schema.Unmodelled{Value: text("https://a.example")}, text("http://a.example"), "read or changed", backIsNone},
	{"column with an object", "record.settings.verify", schema.Bool(true), schema.Bool(false), "read or changed", backIsNone},
	{"column with an object, cleared", "record.settings", object{"verify_ssl": schema.Bool(true)}, null{}, "read or changed", backIsNone},

	{"another role of an application", "application.apiServer.roleIdList", set{text("a")}, set{text("b"), text("a")}, "may do more", backIsNone},
	{"a role in the place of another", "application.apiServer.roleIdList", set{text("a")}, set{text("b")}, "may do more", backIsOne},
	{"a first role", "application.apiServer.roleIdList", null{}, set{text("b")}, "may do more", backIsNone},
	{"another organisation", "application.apiServer.orgIdList", set{}, set{text("b")}, "organisation", backIsNone},
	{"application's callback in clear", "application.apiServer.redirectUri", schema.Secret{Value: secrets.Hidden("")}, text("http://a.example"), "codes", backOfNew},
	{"any address", "application.apiServer.ipWhiteList", text("10.0.0.1"), null{}, "addresses", backIsNone},
	{"another address of an application", "application.apiServer.ipWhiteList", text("10.0.0.1"), text("10.0.0.1\n10.0.0.2"), "addresses", backIsNone},
	{"a larger network", "application.apiServer.ipWhiteList", text("10.1.0.0/16"), text("10.0.0.0/8"), "addresses", backIsNone},
	{"a network beside", "application.apiServer.ipWhiteList", text("10.1.0.0/16"), text("10.2.0.0/16"), "addresses", backIsOne},
	{"MD5", "application.apiServer.signature", text("SHA256"), text("MD5"), "MD5", backIsNone},
	{"OAuth 2", "application.apiServer.enableOAuth2", null{}, schema.Bool(true), "log users in", backIsNone},
	{"page in clear", "application.page.baseUrl", text("https://a.example"), text("http://a.example"), "read or changed", backIsNone},
	{"settings of a page in clear", "application.page.configuration", null{}, object{"home": text("http://a.example")}, "read or changed", backIsNone},
	{"client's callback to any host", "application.apiClient.oauth2.redirectUrl", text("https://a.example"), text("https://*"), "read or changed", backIsNone},
	{"an API in clear", "application.apiClient.baseUrl", text("https://a.example"), text("http://a.example"), "read or changed", backIsNone},
	{"a client's login in clear", "application.apiClient.authConfig.oauth2.authorizationUrl", text("https://a.example"), text("http://a.example"), "read or changed", backIsNone},
	{"a client's tokens in clear", "application.apiClient.authConfig.oauth2.tokenUrl", text("https://a.example"), text("http://a.example"), "read or changed", backIsNone},
	{"a client's callback anywhere", "application.apiClient.authConfig.oauth2.redirectUri", text("https://a.example"), text("https://*"), "attacker", backIsNone},
	{"a login in clear", "application.sso.configuration.oauth2.authorizationUrl", text("https://a.example"), text("http://a.example"), "read or changed", backIsNone},
	{"tokens in clear", "application.sso.configuration.oauth2.tokenUrl", text("https://a.example"), text("http://a.example"), "read or changed", backIsNone},
	{"users in clear", "application.sso.configuration.oauth2.userInfoUrl", text("https://a.example"), text("http://a.example"), "read or changed", backIsNone},
	{"a callback anywhere", "application.sso.configuration.oauth2.redirectUri", text("https://a.example"), text("https://*"), "attacker", backIsNone},
	{"another id of a user", "application.sso.configuration.oauth2.userProperty.userId", text("sub"), text("mail"), "accounts", backIsOne},
	{"another name of a user", "application.sso.configuration.oauth2.userProperty.username", text("sub"), text("mail"), "accounts", backIsOne},
	{"a login by token in clear", "application.sso.configuration.bearer.loginUrl", text("https://a.example"), text("http://a.example"), "read or changed", backIsNone},
	{"users by token in clear", "application.sso.configuration.bearer.userInfoUrl", text("https://a.example"), text("http://a.example"), "read or changed", backIsNone},
	{"another id of a user by token", "application.sso.configuration.bearer.userProperty.userId", text("sub"), text("mail"), "accounts", backIsOne},
	{"another name of a user by token", "application.sso.configuration.bearer.userProperty.username", text("sub"), text("mail"), "accounts", backIsOne},
	{"accounts for all whom the other side knows", "application.sso.autoCreateUser", schema.Bool(false), schema.Bool(true), "everybody", backIsNone},
	{"another role of new users", "application.sso.roleIdList", set{text("a")}, set{text("b"), text("a")}, "may do more", backIsNone},
	{"another organisation of new users", "application.sso.orgIdList", set{}, set{text("b")}, "organisation", backIsNone},
	{"single sign-on in clear", "application.sso", null{}, object{"logout": text("http://a.example")}, "read or changed", backIsNone},
}

// back says what the change from weak to safe is.
type back int

const (
	backIsNone back = iota
	// backIsOne: either value is worse than the other, for one who had that.
	backIsOne
	// backOfNew: there is no way back to what was not there.
	backOfNew
)

func TestWeakenings(t *testing.T) {
	for _, row := range weakenings {
		t.Run(row.name, func(t *testing.T) {
			k, at := placeOf(row.path)
			if why, weaker := k.Weakened(at, row.safe, row.weak); !weaker || !strings.Contains(why, row.why) {
				t.Errorf("%s: %v, %q; want a reason with %q", row.path, weaker, why, row.why)
			}
			if row.back == backOfNew {
				return
			}
			if why, weaker := k.Weakened(at, row.weak, row.safe); weaker != (row.back == backIsOne) {
				t.Errorf("%s, back: %v, %q", row.path, weaker, why)
			}
		})
	}
}

// placeOf takes a kind and a path below its objects apart.
func placeOf(path string) (*schema.Kind, schema.Path) {
	names := strings.Split(path, ".")
	return schema.KindNamed(names[0]), names[1:]
}

// TestNoWeakenings has changes that look like one.
func TestNoWeakenings(t *testing.T) {
	for _, row := range []struct {
		name          string
		path          string
		before, after schema.Value
	}{
		{"a switch that stays off", "login.anonymousLogin", null{}, schema.Bool(false)},
		{"MFA off where it was not on", "login.mfaConfig.on", null{}, schema.False},
		{"SMS limit below the default", "login.smsVerificationConfig.smsDayLimit", null{}, number("30")},
		{"a first period", "login.pwdUpdateStrategy.periodValue", null{}, number("90")},
		{"a first unit", "login.pwdUpdateStrategy.periodType", null{}, text("YEAR")},
		{"one number in two spellings", "login.smsVerificationConfig.smsDayLimit", number("10"), number("1e1")},
		{"the default lives", "client", nil, object{"accessTokenExpiresIn": schema.Seconds(7200), "refreshTokenExpiresIn": schema.Seconds(2592000), "maxDevice": number("50")}},
		{"more SMS, but not any number", "login.smsVerificationConfig.smsDayLimit", number("10"), number("1000")},
		{"a new provider's own users get accounts", "provider.autoSignUpWithProviderUser", nil, schema.True},
		{"more devices, but not any number", "client.maxDevice", number("1"), number("50")},
		{"a new key for ever", "apiKey.expireIn", nil, schema.Seconds(0)},
		{"a key for ever that gets an end", "apiKey.expireIn", null{}, schema.Seconds(7200)},
		{"association by phone, the default", "provider.autoSignInWhenPhoneNumberMatch", null{}, schema.True},
		{"association by phone, spelled out", "provider.autoSignInWhenPhoneNumberMatch", schema.Unspecified, schema.True},
		{"what nobody knows stays so", "provider.autoSignUpWithProviderUser", null{}, schema.Unspecified},
		{"a new provider that is safe", "provider", nil, object{
			"providerType": text("OIDC"), "on": schema.True, "autoSignUpWithProviderUser": schema.False, "autoSignInWhenEmailMatch": schema.False,
			"config": object{"issuer": text("https://a.example"), "redirectUri": text("https://b.example/cb"), "responseType": text("code"),
				"clientSecret":          schema.Secret{Value: secrets.Env("X")},
				"responseParametersMap": object{"sub": text("id"), "email": text("mail")}},
			"emailConfig": object{"smtpConfig": object{"securityMode": text("AUTO"), "serverPort": number("587")}}}},
		{"a provider on this machine", "provider.config.issuer", null{}, text("http://localhost:8080/a")},
		{"by address", "provider.config.issuer", null{}, text("http://127.0.0.1:8080")},
		{"by the long address", "provider.config.issuer", null{}, text("http://[::1]:8080")},
		{"clear text elsewhere", "provider.config.issuer", text("http://a.example"), text("http://b.example")},
		{"the first response type", "provider.config.responseType", null{}, text("id_token")},
		{"SAML that only has namespaces", "provider.config.samlMetadata", nil, text(`<E xmlns="http://a.example/ns" xsi:schemaLocation="http://a.example/ns"><S Location="https://a.example/"/></E>`)},
		{"one way to encrypt mail or the other", "provider.emailConfig.smtpConfig.securityMode", text("SSL"), text("STARTSSL")},
		{"a secret where a URL was", "connector.config.url", text("https://a.example"), schema.Secret{Value: secrets.Plain("http://a.example")}},
		{"TLS not mentioned in a new object", "connector.config.secure", nil, schema.Bool(false)},
		{"verify on", "connector.config.tls.verify", null{}, schema.Bool(true)},
		{"a list in another order", "connector.config.hooks", list{text("https://a.example"), text("http://b.example")}, list{text("http://b.example"), text("https://a.example")}},
		{"a list without its last", "connector.config.hooks", list{text("https://a.example"), text("https://b.example")}, list{text("https://a.example")}},
		{"what the manifest does not name stays", "connector.config", object{"tls": schema.Bool(true), "x": text("a")}, object{"x": text("b")}},
		{"a text about a URL", "record.note", text("a"), text("see http://a.example")},
		{"a new application", "application", nil, object{"apiServer": object{
			"roleIdList": set{text("a")}, "orgIdList": set{text("b")}, "ipWhiteList": text("10.0.0.1"), "signature": text("MD5"), "enableOAuth2": schema.Bool(false)}}},
		{"roles in another order", "application.apiServer.roleIdList", set{text("a"), text("b")}, set{text("b"), text("a")}},
		{"a smaller network", "application.apiServer.ipWhiteList", text("10.0.0.0/8, 192.168.0.1"), text("10.1.0.0/16;10.2.3.4")},
		{"addresses where there were none", "application.apiServer.ipWhiteList", null{}, text("0.0.0.0/0")},
		{"an application that goes", "application", object{"apiServer": object{"ipWhiteList": text("10.0.0.1"), "signature": text("SHA256")}}, nil},
		{"a leaf that goes with its object", "application.apiServer.ipWhiteList", text("10.0.0.1"), nil},
		{"a name that no kind has", "login.nothing.here", null{}, text("http://a.example")},
	} {
		t.Run(row.name, func(t *testing.T) {
			k, at := placeOf(row.path)
			if why, weaker := k.Weakened(at, row.before, row.after); weaker {
				t.Errorf("%s: %q", row.path, why)
			}
		})
	}
}

// A reason goes on in a message: "provider/a config.issuer: <why>".
var reason = regexp.MustCompile(`^[a-z][^.;:\n]*[A-Za-z0-9]$`)

// TestEveryFieldIsJudged: a new field is either weakened, with a row above, or
// harmless, with why: beside the field, or in the list.
func TestEveryFieldIsJudged(t *testing.T) {
	shown := map[string]bool{}
	for _, row := range weakenings {
		k, at := placeOf(row.path)
		for n := range at {
			shown[k.Name+"."+at[:n+1].String()] = true
		}
		if k.Type.Others != nil {
			shown[k.Name+".*"] = true
		}
	}
	judged := map[string]bool{}
	for _, k := range schema.Kinds {
		leaves(k.Type, k.Name, nil, func(path string, w *schema.Weakening) {
			judged[path] = true
			why, harmless := harmless[path]
			switch {
			case w == nil && !harmless:
				t.Errorf("%s: say which change of it is less safe (Field.Weaker), or why none is (Field.Harmless)", path)
			case w == nil && len(strings.Fields(why)) < 2:
				t.Errorf("%s: why is it harmless?", path)
			case w != nil && harmless:
				t.Errorf("%s is not harmless: %s", path, w.Why)
			case strings.HasSuffix(path, ".*") && w == schema.Connector.Type.Field("config").Weaker: // as every object that takes any name
			case w != nil && !shown[path]:
				t.Errorf("%s has no row among the weakenings", path)
			case w != nil && !reason.MatchString(w.Why):
				t.Errorf("%s: %q is not a reason as a message takes it", path, w.Why)
			}
		})
	}
	for path := range harmless {
		if !judged[path] {
			t.Errorf("%s is harmless, and no field", path)
		}
	}
}

// leaves visits every field that has none inside it, and the others of a kind.
func leaves(typ schema.Type, at string, w *schema.Weakening, visit func(string, *schema.Weakening)) {
	switch typ := typ.(type) {
	case schema.Struct:
		for _, f := range typ.Fields {
			under := w
			if f.Weaker != nil {
				under = f.Weaker
			}
			if f.Access == schema.ReadOnly || len(strings.Fields(f.Harmless)) > 1 && f.Weaker == nil {
				continue // git cannot change it, or it says itself why not
			}
			leaves(f.Type, at+"."+f.Name, under, visit)
		}
		if typ.Others != nil {
			visit(at+".*", typ.Weaker)
		}
	case schema.ListOf:
		leaves(typ.Item, at, w, visit)
	case schema.SetOf:
		leaves(typ.Item, at, w, visit)
	default:
		visit(at, w)
	}
}
