package schema

import (
	"net/url"
	"strings"

	"authsync/schema/pattern"
)

// The settings of an application's modes. Source: the types of the family's own
// client (jl-ui, Apply/Save/typing.d.ts). The platform may have more: such fields
// go by their names, as everything that nobody models.

// openStruct is an object of which some fields are known, and that takes any name
// besides.
func openStruct(fields ...Field) Struct {
	return Struct{Naming: AsIs, Fields: fields, Others: Any{}, Weaker: openWeaker}
}

// What makes a login or its codes and tokens less safe.
var (
	sentElsewhere = &Weakening{either(clearTextURL, wildcardURL), "codes and tokens can be read on the way, or sent to an address of an attacker's choice"}
	anotherUser   = &Weakening{replaced, "logins reach the accounts that another field of the answer names"}
)

var applicationPage = openStruct(
	Field{Name: "baseUrl", Scope: PerEnvironment, Type: String{}, Clear: Clears, Weaker: openWeaker, Doc: "Where the page is."},
	Field{Name: "routeType", Type: Choice{"hash", "history"}, Doc: "How the page's own addresses are made."},
	Field{Name: "parameters", Type: Pairs{}, Doc: "Parameters that the page is called with."},
	Field{Name: "configuration", Type: Open{}, Weaker: openWeaker, Doc: "Further settings, in the service's own names."},
)

var applicationClient = openStruct(
	Field{Name: "baseUrl", Scope: PerEnvironment, Type: String{}, Clear: Clears, Weaker: openWeaker, Doc: "Where the API is that is called."},
	Field{Name: "headers", Type: Pairs{}, Doc: "Headers of the calls."},
	Field{Name: "parameters", Type: Pairs{}, Doc: "Parameters of the calls."},
	Field{Name: "authConfig", Type: openStruct(
		Field{Name: "type", Type: Choice{"none", "bearer", "oauth2", "basic", "other"}, Doc: "How the calls are authenticated."},
		Field{Name: "token", Type: Sealed{}, Clear: Clears, Doc: "Token of the calls."},
		Field{Name: "bearer", Type: openStruct(
			Field{Name: "token", Type: Sealed{}, Clear: Clears, Doc: "Token of the type bearer."},
		), Doc: "Settings of the type bearer."},
		Field{Name: "basic", Type: openStruct(
			Field{Name: "username", Scope: PerEnvironment, Type: String{}, Clear: Clears, Doc: "User of the type basic."},
			Field{Name: "password", Type: Sealed{With: "username"}, Clear: Clears, Doc: "The user's password."},
		), Doc: "Settings of the type basic."},
		Field{Name: "oauth2", Type: openStruct(
			Field{Name: "authorizationUrl", Scope: PerEnvironment, Type: String{}, Clear: Clears, Weaker: openWeaker, Doc: "Where users log in."},
			Field{Name: "tokenUrl", Scope: PerEnvironment, Type: String{}, Clear: Clears, Weaker: openWeaker, Doc: "Where codes become tokens."},
			Field{Name: "redirectUri", Scope: PerEnvironment, Type: String{}, Clear: Clears, Weaker: sentElsewhere, Doc: "Callback address."},
			Field{Name: "clientId", Scope: PerEnvironment, Type: String{Check: atMost(64)}, Clear: Clears, Doc: "Client id, at most 64 characters. Where the caller chooses the application's id, it is that."},
			Field{Name: "clientSecret", Type: Sealed{With: "clientId"}, Clear: Clears, Doc: "Client secret."},
			Field{Name: "grantType", Type: Choice{"authorization_code", "client_credentials"}, Doc: "How a token is got."},
			Field{Name: "accessTokenProperty", Type: String{}, Clear: Clears, Doc: "Name of the token in the answer."},
			Field{Name: "tokenRequestType", Type: Choice{"POST_URI", "POST_BODY"}, Doc: "Where the request for a token carries its parameters."},
		), Doc: "Settings of the type oauth2."},
	), Doc: "How the calls are authenticated."},
)

var applicationSSO = openStruct(
	Field{Name: "configuration", Type: openStruct(
		Field{Name: "type", Type: String{}, Doc: "How a user logs in there, such as oauth2 or bearer; the platform lists the types."},
		Field{Name: "appId", Scope: PerEnvironment, Type: String{}, Clear: Clears, Doc: "Application at WeChat."},
		Field{Name: "appKey", Type: Sealed{}, Clear: Clears, Doc: "Key of the application at DingTalk."},
		Field{Name: "appSecret", Type: Sealed{With: "appId"}, Clear: Clears, Doc: "Secret of the application at WeChat or DingTalk."},
		Field{Name: "oauth2", Type: openStruct(
			Field{Name: "authorizationUrl", Scope: PerEnvironment, Type: String{}, Clear: Clears, Weaker: openWeaker, Doc: "Where users log in."},
			Field{Name: "tokenUrl", Scope: PerEnvironment, Type: String{}, Clear: Clears, Weaker: openWeaker, Doc: "Where codes become tokens."},
			Field{Name: "userInfoUrl", Scope: PerEnvironment, Type: String{}, Clear: Clears, Weaker: openWeaker, Doc: "Where the user's name is."},
			Field{Name: "redirectUri", Scope: PerEnvironment, Type: String{}, Clear: Clears, Weaker: sentElsewhere, Doc: "Callback address."},
			Field{Name: "clientId", Scope: PerEnvironment, Type: String{}, Clear: Clears, Doc: "Client id at the other side."},
			Field{Name: "clientSecret", Type: Sealed{With: "clientId"}, Clear: Clears, Doc: "Client secret at the other side."},
			Field{Name: "scope", Type: String{}, Clear: Clears, Doc: "Scopes."},
			Field{Name: "grantType", Type: Choice{"authorization_code", "client_credentials"}, Doc: "How a token is got."},
			Field{Name: "accessTokenProperty", Type: String{}, Clear: Clears, Doc: "Name of the token in the answer."},
			Field{Name: "tokenRequestType", Type: Choice{"POST_URI", "POST_BODY"}, Doc: "Where the request for a token carries its parameters."},
			Field{Name: "logoUrl", Type: String{Check: isPicture}, Clear: Clears, Doc: "Where the picture of the login is."},
			Field{Name: "userProperty", Type: userProperty, Doc: "Names of the user's fields in the other side's answer."},
		), Doc: "Settings of the type oauth2."},
		Field{Name: "bearer", Type: openStruct(
			Field{Name: "loginUrl", Scope: PerEnvironment, Type: String{}, Clear: Clears, Weaker: openWeaker, Doc: "Where users log in."},
			Field{Name: "userInfoUrl", Scope: PerEnvironment, Type: String{}, Clear: Clears, Weaker: openWeaker, Doc: "Where the user's name is."},
			Field{Name: "tokenKey", Type: String{}, Clear: Clears, Doc: "Name under which the other side hands over the token."},
			Field{Name: "base64", Type: Boolean{}, Doc: "Whether the token is in base64."},
			Field{Name: "userProperty", Type: userProperty, Doc: "Names of the user's fields in the other side's answer."},
		), Doc: "Settings of the type bearer."},
	), Doc: "How users log in at the other side."},
	Field{Name: "autoCreateUser", Type: Boolean{}, Weaker: &Weakening{later(turnsOn(False)), "everybody whom the other side knows gets an account"}, Doc: "Make a user of the platform at the first login."},
	Field{Name: "usernamePrefix", Type: String{}, Clear: Clears, Doc: "What the names of such users begin with."},
	Field{Name: "roleIdList", Scope: PerEnvironment, Type: SetOf{String{}}, Clear: Clears, Weaker: &Weakening{grows, "whoever logs in through it may do more than before"}, Doc: "Ids of the roles of such users."},
	Field{Name: "orgIdList", Scope: PerEnvironment, Type: SetOf{String{}}, Clear: Clears, Weaker: &Weakening{grows, "whoever logs in through it reaches the data of another organisation"}, Doc: "Ids of the organisations of such users."},
	Field{Name: "defaultPasswd", Type: Sealed{With: "usernamePrefix"}, Clear: Clears, Doc: "First password of such users."},
)

var userProperty = openStruct(
	Field{Name: "userId", Type: String{}, Clear: Clears, Weaker: anotherUser, Doc: "Name of the user's id."},
	Field{Name: "username", Type: String{}, Clear: Clears, Weaker: anotherUser, Doc: "Name of the login name."},
)

// isPicture: the family's own client puts in the path of a picture that it brings
// along.
var isPicture = &Check{
	Form:  "where a picture is: a URL (https://host/path), a path, or a data: text",
	Fault: pictureFault,
	Scope: PerEnvironment,
	Never: []*pattern.Pattern{urlUser},
}

func pictureFault(text string) string {
	u, err := url.Parse(text)
	switch {
	case strings.HasPrefix(text, "data:image/"):
		return ""
	case strings.Contains(text, "://"):
		return urlFault(text)
	case err != nil || u.Scheme != "":
		return quote(text) + " is neither a URL (https://host/path) nor a path"
	}
	return ""
}
