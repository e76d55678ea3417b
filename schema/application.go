package schema

import (
	"fmt"
	"unicode/utf8"

	"authsync/schema/list"
	"authsync/schema/pattern"
	"authsync/schema/quirk"
)

// Application is a third-party application of the device platform.
//
// Source: seed 003 for making one; the rest of the family that the platform
// belongs to (JetLinks) for everything else. Where the caller chooses the
// application's id, the id is the object's name; where the platform chooses it,
// the name is the manifest's own (see [ApplicationID]). An application in
// apiServer mode has a user as well, whose name and password are apiServer's
// appId and secureKey. Enumerations go up as text and come down as {text, value}.
// appId goes up and never comes down, and of redirectUri this is not known. A PUT
// takes the top-level fields that it is given, each whole.
var Application = Kind{
	Name: "application", Collection: "applications", System: Devices,
	From: SeedDevices,
	Doc:  "A third-party application of the device platform; its name is its id, or a name of your own where the platform chooses the id.",
	Example: `
applications:
  ykjCyWAG5MDnTmFY:
    name: Order service
    provider: internal-standalone
    integrationModes: [apiServer]
    apiServer:
      secureKey: !env ORDER_SERVICE_KEY
      roleIdList: ["1589807922792402944"]
`,
	IfRecreated: "what was granted to it is lost, and the users of its keys must change over",
	Key: KeyRule{
		From:    Itself,
		Pattern: pattern.Of(`^[A-Za-z0-9_-]{1,64}$`),
		Form:    "an application id, or a name for it (letters, digits, - and _, at most 64)",
		Scope:   PerEnvironment,
		Own:     nameIsOwn,
	},
	Type: Struct{
		Naming: AsIs,
		Fields: []Field{
			{Name: "name", Type: String{Check: atMost(64)}, Doc: "Name, at most 64 characters."},
			{Name: "description", Type: String{Check: atMost(200)}, Clear: Clears, Doc: "At most 200 characters."},
			{Name: "provider", Type: Choice(list.Each(applicationProviders, func(p applicationProvider) string { return p.Name })), Doc: "Sort of application."},
			{Name: "integrationModes", Type: SetOf{Choice{pageMode, apiClientMode, apiServerMode, ssoClientMode}}, Doc: "Ways of integration."},
			{Name: "state", Type: Choice{"enabled", "disabled"}, Doc: "Whether it can be used. The service's default is enabled."},
			{Name: apiServerMode, Type: Struct{
				Naming: AsIs,
				Fields: []Field{
					{Name: "appId", Scope: PerEnvironment, Type: String{}, Sight: WriteOnly, Doc: "The application's id; may be left out where the caller chooses it."},
					{Name: "secureKey", Type: Sealed{With: "signature", Quirk: quirk.SecureKey}, Doc: "Key that signs requests, and password of the application's user."},
					{Name: "roleIdList", Scope: PerEnvironment, Type: SetOf{String{}}, Need: Required, Weaker: &Weakening{grows, "the application may do more than before"}, Doc: "Ids of the roles that it has."},
					{Name: "orgIdList", Scope: PerEnvironment, Type: SetOf{String{}}, Clear: Clears, Weaker: &Weakening{grows, "the application reaches the data of another organisation"}, Doc: "Ids of the organisations that it belongs to."},
					{Name: "redirectUri", Type: String{Check: isURL}, Sight: WriteOnly, Clear: Clears, Weaker: &Weakening{either(clearTextURL, wildcardURL), "codes and tokens can be read on the way, or sent to an address of an attacker's choice"}, Doc: "Callback address."},
					{Name: "ipWhiteList", Scope: PerEnvironment, Type: String{}, Clear: Clears, Weaker: &Weakening{loosensAddresses, "a key that leaks works from more addresses, or from all"}, Doc: "Addresses that may call."},
					{Name: "signature", Type: Choice{"MD5", "SHA256"}, Weaker: &Weakening{ranked("MD5", []Text{"MD5"}, []Text{"SHA256"}), "requests are signed by MD5, which can be forged"}, Doc: "How requests are signed. The service's default is MD5."},
					{Name: "enableOAuth2", Type: Boolean{}, Weaker: &Weakening{later(turnsOn(False)), "the application can log users in and act for them"}, Doc: "Whether it may log users in by OAuth 2."},
				},
			}, Doc: "Settings of the mode apiServer."},
			{Name: "page", Type: applicationPage, Doc: "Settings of the mode page."},
			{Name: "apiClient", Type: applicationClient, Doc: "Settings of the mode apiClient."},
			{Name: "sso", Type: applicationSSO, Doc: "Settings of the mode ssoClient."},
			{Name: "logoUrl", Type: String{Check: isPicture}, Clear: Clears, Doc: "Where a picture is: a URL, a path, or a picture in a data: text."},
		},
		Rules:   []Rule{modesOfProvider},
		Ignored: []string{"id", "creatorId", "createTime"},
	},
	Meta: []Field{
		{Name: "id", Scope: PerEnvironment, Type: String{}, Doc: "The id of the application that is meant, where its name does not tell."},
	},
	Named:   idIsTheName,
	Stopped: Object{"state": Text("disabled")},
	Update: Update{
		Create:   ByCall,
		OnCreate: []string{"name", "provider", "integrationModes"},
		Lacking:  apiServerIsWhole,
		Merging:  map[string]quirk.Name{apiServerMode: quirk.APIServer},
		Parallel: Parallel,
		Deletion: DeletedByCall,
	},
}

func atMost(characters int) *Check {
	return &Check{
		Form: fmt.Sprintf("text of at most %d characters", characters),
		Fault: func(text string) string {
			if n := utf8.RuneCountInString(text); n > characters {
				return fmt.Sprintf("is %d characters long; the most is %d", n, characters)
			}
			return ""
		},
		MaxLength: characters,
	}
}
