package schema

import (
	"fmt"
	"regexp"
	"slices"
	"unicode/utf8"
)

// Application is a third-party application of the device platform.
//
// Source: seed 003 for making one; the rest of the family that the platform
// belongs to (JetLinks) for everything else. The object's name is the
// application's id. An application in apiServer mode has a user as well, whose
// name and password are apiServer's appId and secureKey. Enumerations go up as
// text and come down as {text, value}; appId and redirectUri go up and never
// come down. A PUT takes the top-level fields that it is given, each whole.
var Application = Kind{
	Name: "application", Collection: "applications", System: Devices,
	Doc: "A third-party application of the device platform; its name is its id.",
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
	Anew: "what was granted to it is lost, and who uses its keys must change over",
	Key: KeyRule{
		Pattern: regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`),
		Form:    "an application id (letters, digits, - and _, at most 64)",
		Scope:   PerEnvironment,
	},
	Type: Struct{
		Naming: AsIs,
		Fields: []Field{
			{Name: "name", Type: String{Check: atMost(64)}, Doc: "Name, at most 64 characters."},
			{Name: "description", Type: String{Check: atMost(200)}, Clear: Clears, Doc: "At most 200 characters."},
			{Name: "provider", Type: Choice{"internal-standalone", "internal-integrated", "wechat-webapp", "wechat-miniapp", "dingtalk-ent-app", "third-party"}, Doc: "Sort of application."},
			{Name: "integrationModes", Type: SetOf{Choice{"page", "apiClient", apiServerMode, "ssoClient"}}, Doc: "Ways of integration."},
			{Name: "state", Type: Choice{"enabled", "disabled"}, Doc: "Whether it can be used. The service's default is enabled."},
			{Name: apiServerMode, Type: Struct{
				Naming: AsIs,
				Fields: []Field{
					{Name: "appId", Scope: PerEnvironment, Type: String{}, Sight: WriteOnly, Doc: "The application's id; may be left out."},
					{Name: "secureKey", Type: Sealed{With: "signature"}, Doc: "Key that signs requests, and password of the application's user."},
					{Name: "roleIdList", Scope: PerEnvironment, Type: SetOf{String{}}, Need: Required, Weaker: &Weakening{grows, "the application may do more than before"}, Doc: "Ids of the roles that it has."},
					{Name: "orgIdList", Scope: PerEnvironment, Type: SetOf{String{}}, Clear: Clears, Weaker: &Weakening{grows, "the application reaches the data of another organisation"}, Doc: "Ids of the organisations that it belongs to."},
					{Name: "redirectUri", Type: String{Check: isURL}, Sight: WriteOnly, Clear: Clears, Weaker: &Weakening{either(clearTextURL, wildcardURL), "codes and tokens can be read on the way, or sent to an address of an attacker's choice"}, Doc: "Callback address."},
					{Name: "ipWhiteList", Scope: PerEnvironment, Type: String{}, Clear: Clears, Weaker: &Weakening{loosensAddresses, "a key that leaks works from more addresses, or from all"}, Doc: "Addresses that may call."},
					{Name: "signature", Type: Choice{"MD5", "SHA256"}, Weaker: &Weakening{ranked("MD5", []Text{"MD5"}, []Text{"SHA256"}), "requests are signed by MD5, which can be forged"}, Doc: "How requests are signed. The service's default is MD5."},
					{Name: "enableOAuth2", Type: Boolean{}, Weaker: &Weakening{later(turnsOn(False)), "the application can log users in and act for them"}, Doc: "Whether it may log users in by OAuth 2."},
				},
			}, Doc: "Settings of the mode apiServer."},
			{Name: "page", Type: Open{}, Weaker: openWeaker, Doc: "Settings of the mode page, in the service's own names."},
			{Name: "apiClient", Type: Open{}, Weaker: openWeaker, Doc: "Settings of the mode apiClient, in the service's own names."},
			{Name: "sso", Type: Open{}, Weaker: openWeaker, Doc: "Settings of the mode ssoClient, in the service's own names."},
			{Name: "logoUrl", Type: String{Check: isURL}, Clear: Clears, Doc: "Address of a picture."},
		},
		Ignored: []string{"id", "creatorId", "createTime"},
	},
	Named:   appIDIsTheName,
	Stopped: Object{"state": Text("disabled")},
	Update: Update{
		Create:   ByCall,
		OnCreate: []string{"name", "provider", "integrationModes"},
		Lacking:  apiServerIsWhole,
		Parallel: Parallel,
		Deletion: DeletedByCall,
	},
}

// apiServerMode is also the name of the field that holds its settings.
const apiServerMode = "apiServer"

// HasOwnAppID reports whether an application's id is apiServer's appId. With
// apiClient among its modes it is that of its OAuth client.
func HasOwnAppID(modes Value) bool {
	set, _ := modes.(Set)
	has := func(mode Text) bool { return slices.Contains(set, Value(mode)) }
	return has(apiServerMode) && !has("apiClient")
}

func appIDIsTheName(name string, o Object) []Problem {
	appID, _ := o.At(apiServerMode, "appId").(Text)
	modes, _ := o["integrationModes"].(Set)
	if appID == "" || string(appID) == name || slices.Contains(modes, Value(Text("apiClient"))) {
		return nil
	}
	return []Problem{{At: Path{"apiServer", "appId"}, Text: fmt.Sprintf("%s is not the application's id %s; leave it out", quote(string(appID)), quote(name))}}
}

// apiServerIsWhole: what a new application in this mode needs (seed 003).
var apiServerIsWhole = Rule{
	Doc: "A new application in the mode apiServer needs apiServer.secureKey.",
	Check: func(o Object) []Problem {
		modes, _ := o["integrationModes"].(Set)
		if slices.Contains(modes, Value(Text(apiServerMode))) && IsUnset(o.At(apiServerMode, "secureKey")) {
			return []Problem{{At: Path{"apiServer", "secureKey"}, Text: "the mode apiServer takes apiServer.secureKey"}}
		}
		return nil
	},
}

// atMost is a check for [String.Check].
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
