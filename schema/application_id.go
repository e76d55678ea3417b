package schema

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Modes of integration. All but ssoClient are also the names of the fields that
// hold their settings.
const (
	pageMode      = "page"
	apiClientMode = "apiClient"
	apiServerMode = "apiServer"
	ssoClientMode = "ssoClient"
)

// applicationProvider is what is known of one sort of application.
type applicationProvider struct {
	Name string
	// Modes are the only ones that it takes; nil = any.
	Modes []string
	// Never are sets of modes that it does not take.
	Never [][]string
	// IDs says who chooses the ids of such applications.
	IDs IDChoice
}

// applicationProviders are all sorts of application. Source: the form of the
// family's own client (jl-ui, EditForm.vue).
var applicationProviders = []applicationProvider{
	{Name: "internal-standalone", Never: [][]string{{ssoClientMode}, {apiServerMode, ssoClientMode}}, IDs: ChosenByCaller},
	{Name: "internal-integrated", IDs: ChosenByPlatform},
	{Name: "wechat-webapp", Modes: []string{ssoClientMode}, IDs: ChosenByPlatform},
	{Name: "wechat-miniapp", Modes: []string{ssoClientMode}, IDs: ChosenByPlatform},
	{Name: "dingtalk-ent-app", Modes: []string{ssoClientMode}, IDs: ChosenByPlatform},
	{Name: "third-party", IDs: ChosenByCaller},
}

func providerOf(application Object) (applicationProvider, bool) {
	i := slices.IndexFunc(applicationProviders, func(p applicationProvider) bool { return p.Name == application.Text("provider") })
	if i < 0 {
		return applicationProvider{}, false
	}
	return applicationProviders[i], true
}

func modesOf(application Object) []string {
	var modes []string
	for _, mode := range itemsOf(application["integrationModes"]) {
		if text, ok := mode.(Text); ok {
			modes = append(modes, string(text))
		}
	}
	slices.Sort(modes)
	return modes
}

// IDChoice says who chooses the id of an application.
type IDChoice int

const (
	// NotToldWho is of an application of which provider or modes are not known.
	NotToldWho IDChoice = iota
	// ChosenByCaller ids are what names the application to itself: the id of its
	// OAuth client, or of its API service.
	ChosenByCaller
	// ChosenByPlatform ids are in no request that makes an application.
	ChosenByPlatform
)

// idFields hold the id that a caller chooses, by the mode that they belong to. The
// first mode that an application has counts.
var idFields = []struct {
	mode string
	at   Path
}{
	{apiClientMode, Path{apiClientMode, "authConfig", "oauth2", "clientId"}},
	{apiServerMode, Path{apiServerMode, "appId"}},
}

// ApplicationID says who chooses the id of an application, and where in it the id
// stands that its caller chooses; nil = nowhere.
func ApplicationID(application Object) (who IDChoice, at Path) {
	provider, known := providerOf(application)
	modes := modesOf(application)
	switch {
	case !known || len(modes) == 0:
		return NotToldWho, nil
	case provider.IDs != ChosenByCaller:
		return ChosenByPlatform, nil
	}
	for _, f := range idFields {
		if !slices.Contains(modes, f.mode) {
			continue
		}
		if f.mode == apiClientMode && !usesOAuth(application) {
			return ChosenByPlatform, nil
		}
		return ChosenByCaller, f.at
	}
	return ChosenByPlatform, nil
}

// usesOAuth reports whether an application calls the other side as an OAuth client.
// One that does not has no client id, and the family's own client sends none.
func usesOAuth(application Object) bool {
	config, _ := application.At(apiClientMode, "authConfig").(Object)
	how := cmp.Or(config.Text("type"), "oauth2")
	return how == "oauth2" || !IsUnset(config.At("oauth2", "clientId"))
}

// nameIsOwn reports whether the name of an application is the manifest's own, and not
// its id.
func nameIsOwn(application Object) bool {
	who, _ := ApplicationID(application)
	return who == ChosenByPlatform || application.Text("id") != ""
}

// idIsTheName: the id that a caller chooses is the object's name, or the one that
// it is pinned to.
func idIsTheName(name string, application Object) []Problem {
	who, at := ApplicationID(application)
	if who == NotToldWho {
		at = Path{apiServerMode, "appId"}
		if slices.Contains(modesOf(application), apiClientMode) {
			return nil
		}
	}
	if at == nil {
		return nil
	}
	stated, _ := application.At(at...).(Text)
	id := cmp.Or(application.Text("id"), name)
	if stated == "" || string(stated) == id {
		return nil
	}
	return []Problem{{At: at, Text: fmt.Sprintf("%s is not the application's id %s; leave it out", quote(string(stated)), quote(id))}}
}

// modesOfProvider: not every sort of application takes every mode.
var modesOfProvider = Rule{
	From:  DevicesUI,
	Doc:   modesInWords(),
	Check: wrongModes,
}

func wrongModes(application Object) []Problem {
	provider, known := providerOf(application)
	modes := modesOf(application)
	if !known || len(modes) == 0 {
		return nil
	}
	fault := func(format string, args ...any) []Problem {
		return []Problem{{At: Path{"integrationModes"}, Text: provider.Name + " " + fmt.Sprintf(format, args...)}}
	}
	for _, mode := range modes {
		if provider.Modes != nil && !slices.Contains(provider.Modes, mode) {
			return fault("does not take %s, but %s", mode, strings.Join(provider.Modes, ", "))
		}
	}
	for _, never := range provider.Never {
		if slices.Equal(modes, never) {
			return fault("does not take %s alone", strings.Join(never, " and "))
		}
	}
	return nil
}

func modesInWords() string {
	var only, never []string
	for _, p := range applicationProviders {
		if p.Modes != nil {
			only = append(only, fmt.Sprintf("%s takes %s alone", p.Name, strings.Join(p.Modes, ", ")))
		}
		for _, modes := range p.Never {
			never = append(never, fmt.Sprintf("%s does not take %s alone", p.Name, strings.Join(modes, " and ")))
		}
	}
	return "Of integrationModes, " + strings.Join(append(only, never...), "; ") + "."
}

// apiServerIsWhole: what a new application in this mode needs (seed 003). Where the
// platform chooses the id, it is not the name of the application's user.
var apiServerIsWhole = Rule{
	Doc: "A new application in the mode apiServer needs apiServer.secureKey, and apiServer.appId where the platform chooses its id.",
	Check: func(application Object) []Problem {
		if !slices.Contains(modesOf(application), apiServerMode) {
			return nil
		}
		needs := []string{"secureKey"}
		if who, _ := ApplicationID(application); who == ChosenByPlatform {
			needs = append(needs, "appId")
		}
		var problems []Problem
		for _, name := range needs {
			if IsUnset(application.At(apiServerMode, name)) {
				problems = append(problems, Problem{At: Path{apiServerMode, name}, Text: "the mode apiServer takes apiServer." + name})
			}
		}
		return problems
	},
}
