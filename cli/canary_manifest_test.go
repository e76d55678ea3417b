package cli

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"authsync/schema"
)

// planted are all places of a manifest that take a secret. Where a service can
// show one, live holds another canary.
var planted = []string{
	"systems.cloudbase.secretId",
	"systems.cloudbase.secretKey",
	"systems.cloudbase.integrationKey",
	"login.smsVerificationConfig.templateProvider.secretKey",
	"providers.corp.config.clientSecret",
	"providers.corp.config.requestParametersMap.extra.Token",
	"providers.email.emailConfig.smtpConfig.accountPassword",
	"integrations.wx.ext.appsecret",
	"systems.openapi.secretId",
	"systems.openapi.secretKey",
	"systems.devices.token",
	"systems.devices.password",
	"applications.app1.apiServer.secureKey",
	"applications.app1.page.clientSecret",
	"applications.app1.apiClient.clientSecret",
	"applications.app1.sso.deep.password",
	"applications.app1.page.configuration.password",
	"applications.app1.apiClient.authConfig.token",
	"applications.app1.apiClient.authConfig.bearer.token",
	"applications.app1.apiClient.authConfig.basic.password",
	"applications.app1.apiClient.authConfig.oauth2.clientSecret",
	"applications.app1.sso.configuration.appKey",
	"applications.app1.sso.configuration.appSecret",
	"applications.app1.sso.configuration.oauth2.clientSecret",
	"applications.app1.sso.configuration.oauth2.userProperty.password",
	"applications.app1.sso.configuration.bearer.userProperty.password",
	"connectors.dm.config.smtp.auth.pass",
	"systems.connectors.token",
	"systems.connectors.clientSecret",
	"records.sys_user.rows.bot.pin",
	"records.sys_user.rows.bot.auth.key",
	"records.sys_user.rows.bot.password",
	shownOnce,
}

// tellingNames are names of secrets, of each sort that there is. Every object whose
// names are the service's own has all of them.
var tellingNames = strings.Fields(`api_key apiKey apiV3Key appKey token accessToken refresh_token server_token jwt otp pinCode pwd defaultPasswd
	passphrase cookie session sessionKey private_key access_key_secret app_secret credentials authorization dsn`)

var openObjects = []string{
	"providers.corp.config.requestParametersMap.extra", "integrations.wx.ext", "integrations.wx.runtimeConfig",
	"applications.app1.page", "applications.app1.apiClient", "applications.app1.sso", "connectors.dm.config", "records.sys_user.rows.bot",
	"records.sys_user.rows.bot.auth",
}

func init() {
	for _, at := range openObjects {
		for _, name := range tellingNames {
			planted = append(planted, at+"."+name)
		}
	}
}

// secretly spells the names of an open object, as fields of a mapping.
func secretly(names []string, at string, secret func(at string) string) string {
	var fields strings.Builder
	for _, name := range names {
		fmt.Fprintf(&fields, ", %s: %s", name, secret(at+"."+name))
	}
	return fields.String()
}

// shownOnce is what a service makes up; see [nest.tokens].
const shownOnce = "apiKeys.git-key.apiKey"

// A new field that takes a secret, or a new open object whose names say so,
// fails this test until it is planted; and what is planted is in a manifest.
func TestEverySecretFieldIsPlanted(t *testing.T) {
	for _, k := range schema.Kinds {
		for _, place := range secretPlaces(k.Type, "") {
			if !slices.ContainsFunc(planted, func(p string) bool {
				below, ofKind := strings.CutPrefix(p, k.Collection+".")
				return ofKind && place.is(below)
			}) {
				t.Errorf("%s of kind %s takes a secret: plant a canary there, in planted and in manifest", place, k.Name)
			}
		}
	}
	for _, s := range schema.Systems {
		for _, place := range secretPlaces(s.Type, "") {
			if !slices.Contains(planted, "systems."+s.Name+"."+place.at) {
				t.Errorf("%s of system %s takes a secret: plant a canary there, in planted and in credentialManifests", place, s.Name)
			}
		}
	}
	spelled := map[string]bool{shownOnce: true}
	note := func(at string) string { spelled[at] = true; return "x" }
	manifest("age1", "x", tellingNames, note)
	credentialManifests(note)
	for _, at := range planted {
		if !spelled[at] {
			t.Errorf("%s is in no manifest", at)
		}
		delete(spelled, at)
	}
	for at := range spelled {
		t.Errorf("%s is in a manifest, and not in planted", at)
	}
}

// secretPlace is where a type takes a secret: a field, or an object whose names
// say so.
type secretPlace struct {
	at   string // below the object
	open bool
}

func (p secretPlace) String() string {
	if !p.open {
		return p.at
	}
	return strings.TrimPrefix(p.at+".(a name of a secret)", ".")
}

// is reports whether a path, below a collection, leads there.
func (p secretPlace) is(path string) bool {
	if !p.open {
		return path == p.at || strings.HasSuffix(path, "."+p.at)
	}
	return strings.Contains("."+path+".", strings.TrimSuffix("."+p.at, ".")+".") &&
		schema.MayBeSecret(path[strings.LastIndex(path, ".")+1:], schema.Text("x"))
}

// secretPlaces are the places of secrets below a type.
func secretPlaces(t schema.Type, at string) []secretPlace {
	switch t := t.(type) {
	case schema.Struct:
		var all []secretPlace
		for _, f := range t.Fields {
			all = append(all, secretPlaces(f.Type, strings.TrimPrefix(at+"."+f.Name, "."))...)
		}
		if t.Others != nil {
			all = append(all, secretPlace{at, true})
		}
		return all
	case schema.ListOf:
		return secretPlaces(t.Item, at)
	case schema.SetOf:
		return secretPlaces(t.Item, at)
	case schema.InText:
		return secretPlaces(t.Of, at)
	case schema.Open:
		return []secretPlace{{at, true}}
	case schema.Sealed:
		return []secretPlace{{at: at}}
	}
	return nil
}

// manifest spells an environment with a secret at every place, as secret spells
// it; an open object has those with the names. Note is something by which git and
// live differ.
func manifest(recipient, note string, names []string, secret func(at string) string) string {
	told := func(at string) string { return secretly(names, at, secret) }
	return fmt.Sprintf(`apiVersion: authsync/v1
kind: Environment
name: nest
recipients: [%s]
systems:
  cloudbase:
    envId: acme-nest
    integrationKey: %s
  devices: {url: "http://iot.example.com"}
  connectors: {url: "http://auth.example.com"}
login:
  emailLogin: true
  smsVerificationConfig:
    type: template
    templateProvider:
      vendor: TENCENT_CN
      templateId: "1"
      sdkAppId: "2"
      signName: %s
      secretId: AKIDsms
      secretKey: %s
providers:
  corp:
    providerType: OIDC
    name: {message: %s}
    config:
      clientId: corp
      clientSecret: %s
      issuer: https://login.example.com
      redirectUri: https://app.example.com/callback
      scope: openid %s
      requestParametersMap:
        extra:
          Token: %s
%s  email:
    providerType: EMAIL
    emailConfig:
      on: false
      smtpConfig:
        senderAddress: login@example.com
        serverHost: %s.example.com
        serverPort: 465
        accountUsername: login
        accountPassword: %s
integrations:
  wx:
    authTypeCode: weixinmp
    description: %s
    ext: {appId: wx1, appsecret: %s%s}
    demoCodeFunctionName: wx-demo
    runtimeConfig: {MemorySize: 256%s}
applications:
  app1:
    name: %s
    provider: third-party
    integrationModes: [apiServer]
    page: {clientSecret: %s, configuration: {password: %s}%s}
    apiClient:
      clientSecret: %s
      authConfig: {token: %s, bearer: {token: %s}, basic: {username: %s, password: %s}, oauth2: {clientSecret: %s}}
%s    sso:
      deep: {password: %s}
      configuration:
        {appKey: %s, appSecret: %s, oauth2: {clientSecret: %s, userProperty: {password: %s}}, bearer: {userProperty: {password: %s}}}
%s    apiServer:
      secureKey: %s
      roleIdList: ["1589807922792402944"]
      redirectUri: https://%s.example.com
connectors:
  dm:
    type: Email
    config: {access_key_id: %s, smtp: {auth: {pass: %s}}%s}
apiKeys:
  %s-key: {keyType: api_key}
records:
  sys_user:
    envType: prod
    key: name
    rows:
      bot:
        note: %s
        pin: %s
        password: %s
        auth: {user: bot, key: %s%s}
%s`, recipient, secret("systems.cloudbase.integrationKey"),
		note, secret("login.smsVerificationConfig.templateProvider.secretKey"),
		note, secret("providers.corp.config.clientSecret"), note, secret("providers.corp.config.requestParametersMap.extra.Token"),
		block("          ", told(openObjects[0])),
		note, secret("providers.email.emailConfig.smtpConfig.accountPassword"),
		note, secret("integrations.wx.ext.appsecret"), told("integrations.wx.ext"), told("integrations.wx.runtimeConfig"),
		note, secret("applications.app1.page.clientSecret"), secret("applications.app1.page.configuration.password"), told("applications.app1.page"),
		secret("applications.app1.apiClient.clientSecret"), secret("applications.app1.apiClient.authConfig.token"),
		secret("applications.app1.apiClient.authConfig.bearer.token"), note, secret("applications.app1.apiClient.authConfig.basic.password"),
		secret("applications.app1.apiClient.authConfig.oauth2.clientSecret"), block("      ", told("applications.app1.apiClient")),
		secret("applications.app1.sso.deep.password"), secret("applications.app1.sso.configuration.appKey"),
		secret("applications.app1.sso.configuration.appSecret"), secret("applications.app1.sso.configuration.oauth2.clientSecret"),
		secret("applications.app1.sso.configuration.oauth2.userProperty.password"),
		secret("applications.app1.sso.configuration.bearer.userProperty.password"), block("      ", told("applications.app1.sso")),
		secret("applications.app1.apiServer.secureKey"), note,
		note, secret("connectors.dm.config.smtp.auth.pass"), told("connectors.dm.config"), note,
		note, secret("records.sys_user.rows.bot.pin"), secret("records.sys_user.rows.bot.password"), secret("records.sys_user.rows.bot.auth.key"),
		told("records.sys_user.rows.bot.auth"), block("        ", told("records.sys_user.rows.bot")))
}

// block spells the fields of a mapping as lines.
func block(indent, fields string) string {
	return strings.ReplaceAll(fields, ", ", "\n"+indent)[1:] + "\n"
}

const integrationKeyPath = "systems.cloudbase.integrationKey"

// credentialManifests are manifests with credentials of their own, by file: a
// run of one is refused by the service, which may quote them.
func credentialManifests(secret func(at string) string) map[string]string {
	files := map[string]string{}
	for file, text := range map[string]string{
		"credentials.yaml": fmt.Sprintf("cloudbase: {envId: acme-nest, secretId: %s, secretKey: %s}, openapi: {secretId: %s, secretKey: %s}}\n"+
			"login: {emailLogin: false}\nrecords: {sys_user: {envType: prod, key: name, rows: {bot: {note: git}}}}",
			secret("systems.cloudbase.secretId"), secret("systems.cloudbase.secretKey"), secret("systems.openapi.secretId"), secret("systems.openapi.secretKey")),
		"token.yaml":    `devices: {url: "http://iot.example.com", token: ` + secret("systems.devices.token") + "}}\napplications: {}",
		"password.yaml": `devices: {url: "http://iot.example.com", username: sandbox, password: ` + secret("systems.devices.password") + "}}\napplications: {}",
		"bearer.yaml":   `connectors: {url: "http://auth.example.com", token: ` + secret("systems.connectors.token") + "}}\nconnectors: {}",
		"client.yaml":   `connectors: {url: "http://auth.example.com", clientId: sandbox, clientSecret: ` + secret("systems.connectors.clientSecret") + "}}\nconnectors: {}",
	} {
		files[file] = "apiVersion: authsync/v1\nkind: Environment\nname: nest\nsystems: {" + text + "\n"
	}
	return files
}
