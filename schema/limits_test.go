package schema_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"authsync/schema"
)

// Limits of seed 002, with what wire facts 1.4 and 1.5 add. Each row is taken
// or refused with what stands after the position and the path.
func TestLimits(t *testing.T) {
	const code = "{{.VerificationCode}}"
	const vendor = "{vendor: TENCENT_CN, templateId: '1', sdkAppId: '2', signName: s"
	long := func(n int) string { return strings.Repeat("x", n) }
	for _, row := range []struct{ path, value, fault string }{
		{"login.emailLogin", "true", ""},
		{"login.emailLogin", "'true'", `takes true or false, not "true"`},
		{"login.emailLogin", "unspecified", `takes true or false, not "unspecified"`},
		{"login.smsVerificationConfig.smsDayLimit", "-1", ""},
		{"login.smsVerificationConfig.smsDayLimit", "1", ""},
		{"login.smsVerificationConfig.smsDayLimit", "0", "0 is out of range; it takes -1, 1 to 2147483647"},
		{"login.smsVerificationConfig.smsDayLimit", "-2", "-2 is out of range; it takes -1, 1 to 2147483647"},
		{"login.smsVerificationConfig.smsDayLimit", "010", `takes a whole number, not "010": write 10`},
		{"login.smsVerificationConfig.smsDayLimit", "+3", `takes a whole number, not "+3": write 3`},
		{"clients.default.accessTokenExpiresIn", "03600", `takes a whole number, not "03600": write 3600`},
		{"login.smsVerificationConfig.smsDayLimit", "1.5", `takes a whole number, not "1.5"`},
		{"login.smsVerificationConfig", "{type: default}", ""},
		{"login.smsVerificationConfig", "{type: apis, name: n, method: m}", ""},
		{"login.smsVerificationConfig", "{type: apis, method: m}", "smsVerificationConfig of type apis needs name"},
		{"login.smsVerificationConfig", "{type: apis, name: n}", "smsVerificationConfig of type apis needs method"},
		{"login.smsVerificationConfig", "{type: template}", "smsVerificationConfig of type template needs templateProvider"},
		{"login.smsVerificationConfig.type", "sms", `"sms" is not one of default, apis, template, function`},
		{"login.smsVerificationConfig", "{type: function}", "smsVerificationConfig of type function needs cloudFunction"},
		{"login.smsVerificationConfig", "{type: function, cloudFunction: {}}", "functionName is missing"},
		{"login.smsVerificationConfig", "{type: function, cloudFunction: {functionName: SendVerificationCode}}", ""},
		{"login.smsVerificationConfig.templateProvider", vendor + "}", ""},
		{"login.smsVerificationConfig.templateProvider", vendor + ", templateExtendParam: [{value: a}, {key: k, value: b}, {value: a}]}", ""},
		{"login.smsVerificationConfig.templateProvider", "{templateId: '1'}", "vendor is missing"},
		{"login.smsVerificationConfig.templateProvider", "{vendor: TENCENT_INTL, sdkAppId: '2'}", "templateId is missing"},
		{"login.smsVerificationConfig.templateProvider", "{vendor: TENCENT_CN, templateId: '1', signName: s}", "is missing, and TENCENT_CN needs it"},
		{"login.smsVerificationConfig.templateProvider", "{vendor: TENCENT_CN, templateId: '1', sdkAppId: '2'}", "is missing, and TENCENT_CN needs it"},
		{"login.smsVerificationConfig.templateProvider", "{vendor: TENCENT_INTL, templateId: '1'}", "is missing, and TENCENT_INTL needs it"},
		{"login.smsVerificationConfig.templateProvider", "{vendor: TENCENT_US, templateId: '1', sdkAppId: '2'}", `"TENCENT_US" is unknown, did you mean TENCENT_CN? (TENCENT_CN, TENCENT_INTL)`},
		{"login.smsVerificationConfig.templateProvider", vendor + ", authType: SMS_AUTH_ROLE}", `"SMS_AUTH_ROLE" is not one of SMS_AUTH_SECRET_KEY, SMS_AUTH_ASSUME_ROLE`},
		{"login.smsVerificationConfig.templateProvider", vendor + ", authType: SMS_AUTH_SECRET_KEY, secretId: i, secretKey: !env K, credentialAuthKeyId: k}", ""},
		{"login.smsVerificationConfig.templateProvider", vendor + ", secretId: null}", "cannot be cleared; leave the name out to leave the field alone"},
		{"login.smsVerificationConfig.templateProvider", vendor + ", secretKey: null}", "cannot be cleared; leave the name out to leave the field alone"},
		{"login.smsVerificationConfig.templateProvider", vendor + ", credentialAuthKeyId: null}", ""},
		{"login.smsVerificationConfig.templateProvider", vendor + ", authType: SMS_AUTH_ASSUME_ROLE}", ""},
		{"login.smsVerificationConfig.templateProvider", vendor + ", authType: SMS_AUTH_ASSUME_ROLE, secretId: i}", "must be left out with authType SMS_AUTH_ASSUME_ROLE: a role needs no key"},
		{"login.smsVerificationConfig.templateProvider", vendor + ", authType: SMS_AUTH_ASSUME_ROLE, secretKey: !env K}", "must be left out with authType SMS_AUTH_ASSUME_ROLE: a role needs no key"},
		{"login.smsVerificationConfig.templateProvider", vendor + ", authType: SMS_AUTH_ASSUME_ROLE, credentialAuthKeyId: k}", "must be left out with authType SMS_AUTH_ASSUME_ROLE: a role needs no key"},
		{"login.smsVerificationConfig.templateProvider", vendor + ", authType: SMS_AUTH_ASSUME_ROLE, credentialAuthKeyId: null}", "must be left out with authType SMS_AUTH_ASSUME_ROLE: a role needs no key"},
		{"login.mfaConfig.on", "false", ""},
		{"login.mfaConfig.on", "unspecified", `takes true or false, not "unspecified"`},
		{"login.pwdUpdateStrategy.periodValue", "1", ""},
		{"login.pwdUpdateStrategy.periodValue", "0", "0 is out of range; it takes 1 to 2147483647"},
		{"login.pwdUpdateStrategy.periodType", "DAY", `"DAY" is not one of WEEK, MONTH, YEAR`},
		{"login.pwdUpdateStrategy", "{periodUpdate: true, periodValue: 1, periodType: WEEK}", ""},
		{"login.pwdUpdateStrategy", "{periodUpdate: true, periodValue: 1}", "periodUpdate: true needs periodType"},
		{"login.pwdUpdateStrategy", "{periodUpdate: false}", ""},

		{"clients.default.accessTokenExpiresIn", "30m", ""},
		{"clients.default.accessTokenExpiresIn", "1799", "1799s (1799 seconds) is out of range; it takes 30m to 30d"},
		{"clients.default.accessTokenExpiresIn", "30d", ""},
		{"clients.default.refreshTokenExpiresIn", "2592000", ""},
		{"clients.default.refreshTokenExpiresIn", "2592001s", "2592001s (2592001 seconds) is out of range; it takes 30m to 30d"},
		{"clients.default.refreshTokenExpiresIn", "-1", "-1s (-1 seconds) is out of range; it takes 30m to 30d"},
		{"clients.default.refreshTokenExpiresIn", "1 day", `takes a time such as 2h, 30d or seconds, not "1 day"`},
		{"clients.default", "{accessTokenExpiresIn: 2h, refreshTokenExpiresIn: 2h}", "2h is not less than refreshTokenExpiresIn (2h)"},
		{"clients.default", "{accessTokenExpiresIn: 2h, refreshTokenExpiresIn: 7201}", ""},
		{"clients.default.maxDevice", "-2", "-2 is out of range; it takes -1, 0, 1 to 50"},
		{"clients.default.maxDevice", "-1", ""},
		{"clients.default.maxDevice", "0", ""},
		{"clients.default.maxDevice", "50", ""},
		{"clients.default.maxDevice", "51", "51 is out of range; it takes -1, 0, 1 to 50"},
		{"clients." + long(64), "{}", ""},
		{"clients." + long(65), "{}", fmt.Sprintf("%q is not a client id (letters, digits, - and _) or default, the environment's own client", long(60)+"...")},

		{"providers.a1", "{}", ""},
		{"providers.wx_open", "{}", ""},
		{"providers.custom-oauth", "{}", ""},
		{"providers." + long(32), "{}", ""},
		{"providers.a", "{}", `"a" is not 2 to 32 lower-case letters, digits, - or _`},
		{"providers." + long(33), "{}", fmt.Sprintf("%q is not 2 to 32 lower-case letters, digits, - or _", long(33))},
		{"providers.Github", "{}", `"Github" is not 2 to 32 lower-case letters, digits, - or _`},
		{"providers.github.providerType", "OAUTH2", `"OAUTH2" is unknown, did you mean OAUTH? (OAUTH, OIDC, SAML, WX_MICRO_APP, WX_QRCODE_MICRO_APP, WX_CLOUDBASE_MICRO_APP, WX_MP, WX_OPEN, WX_WORK_INTERNAL, WX_WORK_AGENT, WX_WORK_THIRD_PARTY, WX_WORK_THIRD_PARTY_ASSOCIATION, CUSTOM, EMAIL)`},
		{"providers.github.name", "{}", "message is missing"},
		{"providers.github.name", "GitHub", "takes a mapping, not a single value"},
		{"providers.github.name", "{message: G, localized: [{locale: en, message: A}, {locale: en, message: B}]}", `has two texts for "en"`},
		{"providers.github.name", "{message: G, localized: [{locale: en}]}", "message is missing"},
		{"providers.github.name", "{message: G, localized: {en: A}}", "takes a list, not a mapping"},
		{"providers.github.picture", "ftp://x/y", `"ftp://x/y" is not a URL (https://host/path)`},
		{"providers.github.picture", "https://me:pw@x/y", "holds a user name or password; a URL is not a place for a secret"},
		{"providers.github.picture", "null", ""},
		{"providers.github.on", "unspecified", ""},
		{"providers.github.on", "UNSPECIFIED", `takes true, false or unspecified, not "UNSPECIFIED"`},
		{"providers.github", "{transparentMode: true, reuseUserId: true, autoSignUpWithProviderUser: false}", ""},
		{"providers.github", "{transparentMode: true, reuseUserId: unspecified}", ""},
		{"providers.github", "{transparentMode: true, reuseUserId: false}", "contradicts transparentMode: true, which forces it to true"},
		{"providers.github", "{transparentMode: true, autoSignUpWithProviderUser: true}", "contradicts transparentMode: true, which forces it to false"},
		{"providers.github", "{transparentMode: false, reuseUserId: false}", ""},
		{"providers.github", "{providerType: OAUTH, config: {clientId: a}}", ""},
		{"providers.github", "{providerType: OAUTH, config: {scope: a}}", "OAUTH needs clientId"},
		{"providers.github", "{providerType: OIDC}", "OIDC needs clientId"},
		{"providers.github", "{providerType: OIDC, config: {clientId: a, scope: openid email}}", ""},
		{"providers.github", "{providerType: OIDC, config: {clientId: a, scope: openidx email}}", "OIDC needs the scope openid"},
		{"providers.github", "{providerType: SAML, config: {clientId: a}}", "SAML needs samlMetadata"},
		{"providers.github", "{providerType: OAUTH, config: {clientId: a}, emailConfig: {on: true}}", "is for providerType EMAIL, not OAUTH"},
		{"providers.github.config.samlMetadata", long(10 << 10), ""},
		{"providers.github.config.samlMetadata", long(10<<10 + 1), "is 10241 bytes long; the most is 10240"},
		{"providers.github.config.samlMetadata", strings.Repeat("密", 3414), "is 10242 bytes long; the most is 10240"},
		{"providers.github.config.responseType", "id-token", `"id-token" is unknown, did you mean id_token? (code, token, id_token)`},
		{"providers.github.config.tokenEndpointAuthMethod", "CLIENT_SECRET_BASIC", ""},
		{"providers.github.config.tokenEndpointAuthMethod", "NONE", `"NONE" is not one of CLIENT_SECRET_POST, CLIENT_SECRET_BASIC`},
		{"providers.github.config.requestParametersMap.authPosition", "Headers", ""},
		{"providers.github.config.requestParametersMap.authPosition", "Header", `"Header" is unknown, did you mean Headers? (URL, Headers, Body)`},
		{"providers.github.config.requestParametersMap.registerUserAutoLicense", "unspecified", `takes true or false, not "unspecified"`},
		{"providers.github.config.requestParametersMap.clientSecret", "appsecret", ""},
		{"providers.github.config.requestParametersMap.registerUserType", "external", `"external" is not one of externalUser, internalUser`},
		{"providers.email.emailConfig.on", "unspecified", `takes true or false, not "unspecified"`},
		{"providers.email.emailConfig.smtpConfig.serverPort", "0", "0 is out of range; it takes 1 to 65535"},
		{"providers.email.emailConfig.smtpConfig.serverPort", "1", ""},
		{"providers.email.emailConfig.smtpConfig.serverPort", "65535", ""},
		{"providers.email.emailConfig.smtpConfig.serverPort", "65536", "65536 is out of range; it takes 1 to 65535"},
		{"providers.email.emailConfig.smtpConfig.securityMode", "STARTSSL", ""},
		{"providers.email.emailConfig.smtpConfig.securityMode", "STARTTLS", `"STARTTLS" is unknown, did you mean STARTSSL? (AUTO, SSL, STARTSSL, NO_SSL)`},
		{"providers.email.emailConfig.smtpConfig.senderAddress", "nobody", `"nobody" is not an e-mail address`},
		{"providers.email.emailConfig.templateConfig.defaultTpl.zhCN", "null", ""},
		{"providers.email.emailConfig.templateConfig.defaultTpl.zhCN", "'<b>" + code + "</b>'", ""},
		{"providers.email.emailConfig.templateConfig.defaultTpl.zhCN", "'<b>code</b>'", "does not hold {{.VerificationCode}}, without which no user gets a code"},
		{"providers.email.emailConfig.templateConfig.defaultTpl.enUS", "'" + code + "< ScRipt >'", "holds a script tag, which the service refuses in a template"},
		{"providers.email.emailConfig.templateConfig.defaultTpl.enUS", "'" + code + "</script>'", "holds a script tag, which the service refuses in a template"},
		{"providers.email.emailConfig.templateConfig.defaultTpl.enUS", "'" + code + "<a href=\"JavaScript:x\">'", "holds javascript:, which the service refuses in a template"},
		{"providers.email.emailConfig.templateConfig.registerSignIn.enUS", "'" + code + "<p onclick = x>'", "holds onclick, which the service refuses in a template"},
		{"providers.email.emailConfig.templateConfig.registerSignIn.enUS", "'" + code + "<p onload=x>'", "holds onload, which the service refuses in a template"},
		{"providers.email.emailConfig.templateConfig.registerSignIn.enUS", "'" + code + "<iframe/>'", "holds an iframe tag, which the service refuses in a template"},
		{"providers.email.emailConfig.templateConfig.registerSignIn.enUS", "'" + code + "<link rel=x>'", "holds a link tag, which the service refuses in a template"},
		{"providers.email.emailConfig.templateConfig.registerSignIn.enUS", "'" + code + "<linked>'", ""},
		{"providers.email.emailConfig.templateConfig.registerSignIn.enUS", "'" + code + " width: expression(1)'", "holds a CSS expression, which the service refuses in a template"},
		{"providers.email.emailConfig.templateConfig.registerSignIn.enUS", "'" + code + " background: url (x)'", "holds a CSS url(), which the service refuses in a template"},

		{"providers.github.config.extra", "{ClientId: x}", "is modelled; write clientId beside extra"},
		{"providers.github.extra", "{Id: x}", "is the service's own and cannot be written"},
		{"clients.default.extra", "{EnvId: other}", "is the service's own and cannot be written"},
		{"providers.github.extra", "{id: x}", ""},
	} {
		t.Run(cutName(row.path+"="+row.value), func(t *testing.T) {
			names := strings.Split(row.path, ".")
			text := head
			for i, name := range names {
				text += strings.Repeat("  ", i) + name + ":"
				if i < len(names)-1 {
					text += "\n"
				}
			}
			var got string
			lines := faults(t, map[string]string{"m.yaml": text + " " + row.value + "\n"}, schema.Wrong)
			if len(lines) > 0 {
				got = lines[0]
			}
			if len(lines) > 1 {
				t.Errorf("more than one fault: %q", lines)
			}
			place, fault := "", ""
			if at := strings.Index(got, names[0]+"."); at >= 0 {
				place = got[:at]
				fault = got[at:]
			}
			if row.fault == "" {
				if got != "" {
					t.Errorf("refused: %s", got)
				}
				return
			}
			if wantLine := fmt.Sprintf("m.yaml:%d:", 4+len(names)); !strings.HasPrefix(place, wantLine) {
				t.Errorf("%s does not begin with %s", got, wantLine)
			}
			if !strings.HasPrefix(fault, row.path) {
				t.Errorf("%s does not name %s", got, row.path)
			}
			if _, text, _ := strings.Cut(fault, ": "); text != row.fault {
				t.Errorf("(-want +got)\n%s", cmp.Diff(row.fault, text))
			}
		})
	}
}

func cutName(name string) string { return name[:min(len(name), 90)] }

func TestAsManyAsThereMayBe(t *testing.T) {
	for _, k := range schema.Kinds {
		if k.Max == 0 {
			continue
		}
		for _, n := range []int{k.Max, k.Max + 1} {
			text := head + k.Collection + ":\n"
			for i := range n {
				text += fmt.Sprintf("  name%02d: {}\n", i)
			}
			var want []string
			if n > k.Max {
				want = []string{fmt.Sprintf("m.yaml:5:1: %s: holds %d; an environment has at most %d", k.Collection, n, k.Max)}
			}
			if diff := cmp.Diff(want, faults(t, map[string]string{"m.yaml": text}, schema.Wrong)); diff != "" {
				t.Errorf("%d (-want +got)\n%s", n, diff)
			}
		}
	}
}

// A secret that is there in a wrong form is not also told to be missing.
func TestWrongSecretIsNotMissing(t *testing.T) {
	for _, secret := range []string{"abcdefgh", "!plain abcdefgh", "!env A-B", "!age abcdefgh", "!env AUTHSYNC_IDENTITY"} {
		text := head + "providers: {corp: {providerType: OIDC, config: {clientId: a, issuer: 'https://a.example', redirectUri: 'https://a.example/cb', clientSecret: " + secret + "}}}\n"
		if got := faults(t, map[string]string{"m.yaml": text}, schema.Wrong); len(got) != 1 {
			t.Errorf("%s: %d faults: %q", secret, len(got), got)
		}
		if got := faults(t, map[string]string{"m.yaml": text}, schema.Doubtful); len(got) != 0 {
			t.Errorf("%s: %q", secret, got)
		}
	}
}

// What may be right, depending on what is live, is a doubt.
func TestDoubts(t *testing.T) {
	for _, row := range []struct {
		name, text string
		want       []string
	}{
		{"an empty manifest", "", []string{"m.yaml:1:1: the manifest names no object: nothing is managed"}},
		{"OIDC without a secret", "providers: {corp: {providerType: OIDC, config: {clientId: a, issuer: 'https://a.example'}}}\n",
			[]string{"m.yaml:5:48: providers.corp.config: OIDC is documented to need clientSecret, redirectUri"}},
		{"a key without its id", "login: {smsVerificationConfig: {templateProvider: {vendor: TENCENT_INTL, templateId: '1', sdkAppId: '2', secretKey: !env K}}}\n",
			[]string{"m.yaml:5:117: login.smsVerificationConfig.templateProvider.secretKey: stands without secretId; a new key is sent with both, and live may hide the id"}},
		{"a parameter without a value", "login: {smsVerificationConfig: {templateProvider: {vendor: TENCENT_INTL, templateId: '1', sdkAppId: '2', templateExtendParam: [{key: k}]}}}\n",
			[]string{"m.yaml:5:128: login.smsVerificationConfig.templateProvider.templateExtendParam.0: has no value"}},
		{"another function", "login: {smsVerificationConfig: {type: function, cloudFunction: {functionName: Send}}}\n",
			[]string{"m.yaml:5:79: login.smsVerificationConfig.cloudFunction.functionName: the service takes SendVerificationCode alone at present"}},
		{"a life that the service sets", "clients: {default: {accessTokenExpiresIn: 30m, refreshTokenExpiresIn: 2h}}\n",
			[]string{"m.yaml:5:43: clients.default.accessTokenExpiresIn: with refreshTokenExpiresIn 2h the service sets it to 109m by itself"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			if diff := cmp.Diff(row.want, faults(t, map[string]string{"m.yaml": head + row.text}, schema.Doubtful)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}
