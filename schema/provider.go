package schema

import (
	"strings"

	"authsync/schema/list"
	"authsync/schema/pattern"
	"authsync/schema/quirk"
)

// Provider is an identity source: a third party, WeChat, the environment's own
// custom login, or e-mail.
//
// Source: seed 002, getProviders to deleteProvider; cloud docs 129353, 129357,
// 129350, 129356. The seed says that an id has letters and digits alone and then
// modifies `wx_open`; public examples have `custom-oauth` too. AddProvider cannot
// make such an id, so what live has of them was always there, or came by another
// way: ModifyProvider writes it, and nothing deletes it.
var Provider = Kind{
	Name: "provider", Collection: "providers", System: CloudBase, Max: 20,
	From: SeedLogin,
	Doc:  "An identity source that users log in with.",
	Example: `
providers:
  corp:
    providerType: OIDC
    name: {message: Sign in with Corp}
    on: true
    config:
      issuer: https://login.corp.example
      clientId: cloudbase
      clientSecret: !env CORP_CLIENT_SECRET
      redirectUri: https://app.corp.example/callback
      scope: openid email
`,
	IfRecreated: "users who log in by it lose the link to their accounts",
	Key: KeyRule{
		Pattern:       pattern.Of(`^[a-z0-9_-]{2,32}$`),
		Form:          "2 to 32 lower-case letters, digits, - or _",
		From:          OfficialExamples,
		Creatable:     pattern.Of(`^[a-z0-9]{2,32}$`),
		CreatableForm: "lower-case letters and digits",
		Means: map[string]Meaning{
			"custom": {"providerType", "CUSTOM"},
			"email":  {"providerType", "EMAIL"},
		},
	},
	Type: Struct{
		Fields: []Field{
			{Name: "providerType", Type: providerTypes, Doc: "Protocol."},
			{Name: "name", Type: localizedMessage, Doc: "Name that users see."},
			{Name: "description", Type: localizedMessage, Doc: "Description that users see."},
			{Name: "picture", Type: String{Check: isURL}, Clear: Clears, Doc: "URL of the icon; 64x64 SVG is best."},
			{Name: "homepage", Type: String{Check: isURL}, Clear: Clears, Doc: "URL of the identity source's homepage."},
			{Name: "on", Type: Switch{OrUnspecified}, Doc: "Whether users may log in with it. The service's default is true."},
			{Name: "transparentMode", Type: Switch{OrUnspecified}, Weaker: &Weakening{later(turnsOn(False)), "users are not stored, so that none of them can be blocked here"}, Doc: "Users are not stored; forces reuseUserId to true and autoSignUpWithProviderUser to false."},
			{Name: "reuseUserId", Type: Switch{OrUnspecified}, Weaker: &Weakening{later(turnsOn(Unspecified)), "the identity source chooses the ids of users, and with them whose account a login gets"}, Doc: "Use the identity source's user id as the platform's."},
			{Name: "autoSignUpWithProviderUser", Type: Switch{OrUnspecified}, Weaker: &Weakening{later(turnsOn(Unspecified)), "everybody whom the identity source knows gets an account"}, Doc: "Register an unknown user at the first login."},
			{Name: "autoSignInWhenEmailMatch", Type: Switch{OrUnspecified}, Weaker: &Weakening{turnsOn(False), "whoever states an address to the identity source gets the account that has it"}, Doc: "Log in to the account with the same e-mail address. The service's default is false."},
			{Name: "autoSignInWhenPhoneNumberMatch", Type: Switch{OrUnspecified}, Weaker: &Weakening{turnsOn(True), "whoever states a phone number to the identity source gets the account that has it"}, Doc: "Log in to the account with the same phone number. The service's default is true."},
			{Name: "config", Type: providerConfig, Doc: "Protocol parameters."},
			{Name: "emailConfig", Type: emailConfig, Doc: "Sender and templates; for the e-mail provider only."},
		},
		Rules:   []Rule{requiredByType, emailOnly, transparency},
		Ignored: []string{"EnvId", "Id"},
	},
	// The e-mail provider says how mail is sent; login.emailLogin lets users in.
	Entrances: []Entrance{{Field: "on", Default: True, Unless: Object{"providerType": Text("EMAIL")}}},
	Online:    providerOnline,
	Update: Update{
		Create:      ByCall,
		ByUpdate:    []string{"custom", "email"},
		OnCreate:    []string{"name", "providerType"},
		Ways:        []string{"on"},
		AfterCreate: []string{"emailConfig", "autoSignUpWithProviderUser"},
		// Whether what transparentMode forces stays when it goes off is not known, and
		// what is unset is as is usual for the type.
		Sways: map[string][]string{
			"transparentMode": {"reuseUserId", "autoSignUpWithProviderUser"},
			"providerType":    {"on", "transparentMode", "reuseUserId", "autoSignUpWithProviderUser", "autoSignInWhenEmailMatch", "autoSignInWhenPhoneNumberMatch"},
		},
		Merging: map[string]quirk.Name{"config": quirk.ProviderConfig, "emailConfig": quirk.EmailConfig},
		Derived: Derived{
			From: Path{"config", "issuer"},
			When: Object{"providerType": Text("OIDC")},
			Fields: []Path{
				{"config", "authorizationEndpoint"}, {"config", "tokenEndpoint"},
				{"config", "userinfoEndpoint"}, {"config", "jwksUri"},
			},
		},
		After:    []string{"client"},
		Deletion: DeletedByCall,
	},
	Settle: settleProvider,
}

var providerTypes = OneOf{
	"OAUTH", "OIDC", "SAML", "WX_MICRO_APP", "WX_QRCODE_MICRO_APP", "WX_CLOUDBASE_MICRO_APP",
	"WX_MP", "WX_OPEN", "WX_WORK_INTERNAL", "WX_WORK_AGENT", "WX_WORK_THIRD_PARTY",
	"WX_WORK_THIRD_PARTY_ASSOCIATION", "CUSTOM", "EMAIL",
}

var localizedMessage = Struct{Fields: []Field{
	{Name: "message", Type: String{}, Need: Required, Doc: "Text where there is none for the user's language."},
	{Name: "localized", Type: SetOf{Struct{Fields: []Field{
		{Name: "locale", Type: String{}, Need: Required, Doc: "Language, such as en or zh-CN."},
		{Name: "message", Type: String{}, Need: Required, Doc: "Text in that language."},
	}}}, Doc: "Texts by language."},
}, Rules: []Rule{oneTextPerLocale}}

var providerConfig = Struct{Fields: []Field{
	{Name: "issuer", Type: String{Check: isURL}, Clear: Clears, Weaker: &Weakening{clearTextURL, "anybody on the network path can name endpoints and keys of their own"}, Doc: "OIDC issuer; the service discovers the endpoints from it when it changes."},
	{Name: "jwksUri", Type: String{Check: isURL}, Clear: Clears, Weaker: &Weakening{either(clearTextURL, vanishes), "without keys from a trusted place, anybody can sign an ID token"}, Doc: "Keys that sign ID tokens."},
	{Name: "clientId", Scope: PerEnvironment, Type: String{}, Clear: Clears, Doc: "Client id at the identity source."},
	{Name: "clientSecret", Type: Sealed{With: "clientId", Quirk: quirk.ClientSecret}, Clear: Clears, Doc: "Client secret at the identity source; null says that there is none."},
	{Name: "redirectUri", Type: String{Check: isURL}, Clear: Clears, Weaker: &Weakening{either(clearTextURL, wildcardURL), "codes and tokens can be read on the way, or sent to an address of an attacker's choice"}, Doc: "Callback URL, exactly as registered there."},
	{Name: "scope", Type: String{}, Clear: Clears, Doc: "Scopes, separated by spaces; at least openid for OIDC."},
	{Name: "authorizationEndpoint", Type: String{Check: isURL}, Clear: Clears, Weaker: &Weakening{clearTextURL, "anybody on the network path can show a login page of their own"}, Doc: "Where users log in."},
	{Name: "tokenEndpoint", Type: String{Check: isURL}, Clear: Clears, Weaker: &Weakening{clearTextURL, "the client secret and the tokens can be read on the way"}, Doc: "Where codes become tokens."},
	{Name: "userinfoEndpoint", Type: String{Check: isURL}, Clear: Clears, Weaker: &Weakening{clearTextURL, "anybody on the network path can say who the user is"}, Doc: "Where the user's name and picture are."},
	{Name: "responseType", Type: OneOf{"code", "token", "id_token"}, Weaker: &Weakening{ranked("", []Text{"token"}, []Text{"id_token"}, []Text{"code"}), "tokens pass through the browser, where they can be read or exchanged"}, Doc: "The service's default is id_token for OIDC, else code."},
	{Name: "signoutEndpoint", Type: String{Check: isURL}, Clear: Clears, Weaker: &Weakening{clearTextURL, "anybody on the network path can send users who log out elsewhere"}, Doc: "Where a logout goes on to."},
	{Name: "tokenEndpointAuthMethod", Type: OneOf{"CLIENT_SECRET_POST", "CLIENT_SECRET_BASIC"}, Doc: "How the client shows its secret. The service's default is CLIENT_SECRET_POST."},
	{Name: "samlMetadata", Scope: PerEnvironment, Type: String{MaxBytes: 10 << 10}, Clear: Clears, Weaker: &Weakening{clearTextLocation, "anybody on the network path can read and change what goes to the endpoints of the metadata"}, Doc: "SAML metadata XML, at most 10 KB."},
	{Name: "requestParametersMap", Type: requestParameters, Doc: "Names of parameters where the identity source departs from OAuth."},
	{Name: "responseParametersMap", Type: responseParameters, Doc: "Names of the user's fields in the identity source's answers; data.open_id is that of a field inside another."},
}}

// requestParameters.clientSecret is the name of a parameter, not a secret.
var requestParameters = Struct{Fields: []Field{
	{Name: "clientId", Type: String{}, Clear: Clears, Doc: "Name of client_id, such as appid."},
	{Name: "clientSecret", Type: String{}, Clear: Clears, Doc: "Name of client_secret; not the secret itself."},
	{Name: "redirectUri", Type: String{}, Clear: Clears, Doc: "Name of redirect_uri."},
	{Name: "grantType", Type: String{}, Clear: Clears, Doc: "Name of the parameter that holds the grant type."},
	{Name: "clientCredentials", Type: String{}, Clear: Clears, Doc: "Grant type, such as authorization_code."},
	{Name: "accessToken", Type: String{}, Clear: Clears, Doc: "Name of access_token."},
	{Name: "expiresIn", Type: String{}, Clear: Clears, Doc: "Name of expires_in."},
	{Name: "fieldToken", From: ToolsGuide, Type: String{}, Clear: Clears, Doc: "Name of the parameter that holds the token."},
	{Name: "authPosition", Type: OneOf{"URL", "Headers", "Body"}, Weaker: &Weakening{becomes(Text("URL")), "the client secret stands in URLs, which logs and proxies keep"}, Doc: "Where the token request carries the client's credentials."},
	{Name: "registerUserRoleId", Scope: PerEnvironment, Type: String{}, Clear: Clears, Weaker: &Weakening{later(another), "whoever registers through it gets another role"}, Doc: "Role of users who register through it."},
	{Name: "registerUserAutoLicense", Type: Switch{}, Weaker: &Weakening{later(turnsOn(False)), "whoever registers through it gets a licence, and nobody has to agree"}, Doc: "Whether such users get a licence. The service's default is false."},
	{Name: "registerUserType", Type: OneOf{"externalUser", "internalUser"}, Weaker: &Weakening{later(ranked("externalUser", []Text{"internalUser"}, []Text{"externalUser"})), "whoever registers through it counts as one of the organisation"}, Doc: "Type of such users. The service's default is externalUser."},
}}

// responseParameters may be paths: data.open_id.
var responseParameters = Struct{Fields: []Field{
	{Name: "sub", Type: String{}, Clear: Clears, Weaker: &Weakening{replaced, "logins reach the accounts that another field of the answer names"}, Doc: "Name of the user's id."},
	{Name: "name", Type: String{}, Clear: Clears, Doc: "Name of the user's name."},
	{Name: "picture", Type: String{}, Clear: Clears, Doc: "Name of the picture's URL."},
	{Name: "username", Type: String{}, Clear: Clears, Doc: "Name of the login name."},
	{Name: "email", Type: String{}, Clear: Clears, Weaker: &Weakening{replaced, "accounts are matched by a field that the identity source may not have checked"}, Doc: "Name of the e-mail address."},
	{Name: "phoneNumber", Type: String{}, Clear: Clears, Weaker: &Weakening{replaced, "accounts are matched by a field that the identity source may not have checked"}, Doc: "Name of the phone number."},
	{Name: "groups", Type: String{}, Clear: Clears, Weaker: &Weakening{later(another), "the identity source says which roles its users have"}, Doc: "Name of the list of roles."},
}}

var emailConfig = Struct{Fields: []Field{
	{Name: "on", Type: Switch{}, Doc: "Send by the platform; false sends by smtpConfig."},
	{Name: "smtpConfig", Type: smtpConfig, Doc: "Own mail server."},
	{Name: "templateConfig", Type: Struct{Fields: []Field{
		{Name: "registerSignIn", Type: emailTemplates, Doc: "Mail to register and to log in."},
		{Name: "defaultTpl", Type: emailTemplates, Doc: "Mail for all else."},
	}}, Doc: "Own texts."},
}}

var smtpConfig = Struct{
	Fields: []Field{
		{Name: "senderAddress", Type: String{Check: isMailAddress}, Doc: "From address."},
		{Name: "serverHost", Scope: PerEnvironment, Type: String{}, Doc: "Host of the mail server."},
		{Name: "serverPort", Type: Integer{Min: 1, Max: 65535}, Doc: "465 (SSL), 587 (STARTTLS) or 25."},
		{Name: "accountUsername", Scope: PerEnvironment, Type: String{}, Doc: "Account of the mail server."},
		{Name: "accountPassword", Type: Sealed{With: "accountUsername", Quirk: quirk.SMTPPassword}, Clear: Clears, Doc: "Its password or authorization code."},
		{Name: "securityMode", Type: OneOf{"AUTO", "SSL", "STARTSSL", "NO_SSL"}, Weaker: &Weakening{ranked("AUTO", []Text{"NO_SSL"}, []Text{"AUTO"}, []Text{"SSL", "STARTSSL"}), "codes and the password of the mail account can go in clear text"}, Doc: "The service's default is AUTO; STARTSSL is its word for STARTTLS."},
	},
	Whole: serverIsWhole,
}

// serverIsWhole: the service's own tools send a server that is empty; of any other these
// are documented as required (seed 002). Whether null clears one only the service knows.
var serverIsWhole = Rule{
	Doc: "A mail server is sent empty, or with senderAddress, serverHost, serverPort, accountUsername and accountPassword.",
	Check: func(o Object) []Problem {
		without := list.Only(serverNeeds, func(name string) bool { return o[name] == nil || o[name] == Text("") })
		if len(without) == 0 || len(without) == len(serverNeeds) && IsUnset(o["securityMode"]) {
			return nil
		}
		return []Problem{{Text: "needs " + strings.Join(without, ", ")}}
	},
}

var serverNeeds = []string{"senderAddress", "serverHost", "serverPort", "accountUsername", "accountPassword"}

var emailTemplates = Struct{Fields: []Field{
	{Name: "zhCN", Type: String{Check: isEmailTemplate}, Clear: Clears, Doc: "HTML in Chinese; holds {{.VerificationCode}}."},
	{Name: "enUS", Type: String{Check: isEmailTemplate}, Clear: Clears, Doc: "HTML in English; holds {{.VerificationCode}}."},
}}
