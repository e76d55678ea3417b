package sandbox

import (
	"maps"
	"slices"
	"testing"

	"authsync/remote/sandbox/model"
	"authsync/schema"
)

// ofKinds are the actions that a kind of the cloud API is sent and shown by, and
// where in the answer its objects are.
var ofKinds = map[string]struct {
	sent  []string
	shown string
	in    string
}{
	"login":    {[]string{"ModifyLoginConfig"}, "DescribeLoginConfig", ""},
	"client":   {[]string{"ModifyClient"}, "DescribeClient", ""},
	"provider": {[]string{"AddProvider", "ModifyProvider"}, "GetProviders", "Data"},
	"apiKey":   {[]string{"CreateApiKey"}, "DescribeApiKeyList", "Data"},
	// A domain is sent as its name.
	"authDomain": {nil, "DescribeAuthDomains", "Domains"},
}

// accepted are the differences that are known, each with its reason.
var accepted = map[string]string{
	"ModifyProvider takes: AutoSignUpWithProviderUser: only sandbox has it": shownByTheSDK,
	"provider is sent: AutoSignUpWithProviderUser: only schema has it":      shownByTheSDK,

	"AddProvider takes: Config.RequestParametersMap.FieldToken: only sandbox has it":           ofTheTools,
	"ModifyProvider takes: Config.RequestParametersMap.FieldToken: only sandbox has it":        ofTheTools,
	"GetProviders answers: Data[].Config.RequestParametersMap.FieldToken: only sandbox has it": ofTheTools,
	"provider is sent: Config.RequestParametersMap.FieldToken: only schema has it":             ofTheTools,
	"provider is shown: Config.RequestParametersMap.FieldToken: only schema has it":            ofTheTools,

	"provider is sent: Config.ResponseType: one of [code token id_token] in schema, of [] in sandbox":                               anyValue,
	"provider is sent: Config.TokenEndpointAuthMethod: one of [CLIENT_SECRET_POST CLIENT_SECRET_BASIC] in schema, of [] in sandbox": anyValue,

	"apiKey is sent: KeyName: only sandbox has it":                                                                                            keyName,
	"apiKey is sent: KeyName: only model has it":                                                                                              keyName,
	"apiKey is shown: KeyType: only schema has it":                                                                                            askedFor,
	"apiKey is shown: ExpireIn: only schema has it":                                                                                           computed,
	"AddProvider takes: Config.ResponseType: one of [] in sandbox, of [code token id_token] in model":                                         anyValue,
	"AddProvider takes: Config.TokenEndpointAuthMethod: one of [] in sandbox, of [CLIENT_SECRET_POST CLIENT_SECRET_BASIC] in model":           anyValue,
	"ModifyProvider takes: Config.ResponseType: one of [] in sandbox, of [code token id_token] in model":                                      anyValue,
	"ModifyProvider takes: Config.TokenEndpointAuthMethod: one of [] in sandbox, of [CLIENT_SECRET_POST CLIENT_SECRET_BASIC] in model":        anyValue,
	"GetProviders answers: Data[].Config.ResponseType: one of [] in sandbox, of [code token id_token] in model":                               anyValue,
	"GetProviders answers: Data[].Config.TokenEndpointAuthMethod: one of [] in sandbox, of [CLIENT_SECRET_POST CLIENT_SECRET_BASIC] in model": anyValue,
	"ModifyProvider takes: TransparentMode: one of [TRUE FALSE UNSPECIFIED] in sandbox, of [TRUE FALSE] in model":                             asAdded,
	"GetProviders answers: Data[].TransparentMode: one of [TRUE FALSE UNSPECIFIED] in sandbox, of [TRUE FALSE] in model":                      asAdded,
	"GetProviders answers: Data[].ReuseUserId: one of [TRUE FALSE UNSPECIFIED] in sandbox, of [TRUE FALSE] in model":                          asAdded,
	"GetProviders answers: Data[].On: one of [TRUE FALSE UNSPECIFIED] in sandbox, of [TRUE FALSE] in model":                                   asAdded,
	"GetProviders answers: Data[].ProviderType: one of [OAUTH OIDC SAML WX_MICRO_APP WX_QRCODE_MICRO_APP WX_CLOUDBASE_MICRO_APP WX_MP WX_OPEN WX_WORK_INTERNAL WX_WORK_AGENT WX_WORK_THIRD_PARTY WX_WORK_THIRD_PARTY_ASSOCIATION CUSTOM EMAIL] in sandbox, of [OAUTH OIDC SAML CUSTOM EMAIL] in model": asAdded,
}

// The reasons.
const (
	shownByTheSDK = "modifyProvider of seed 002 takes it; the SDK shows it and does not take it"
	ofTheTools    = "the guide of the service's own tools has it, and the SDK does not"
	anyValue      = "what the service does with another value is in no document, and it shows a text of no characters where there is none"
	asAdded       = "AddProvider takes it, and what was added is shown and may be written back"
	keyName       = "it is the object's name, which no field holds"
	askedFor      = "a list is of one type, which the client adds"
	computed      = "it is the time between CreateAt and ExpireAt, which the client adds"
)

// Three transcriptions of the wire names were made apart: schema's, the
// sandbox's, and that of the vendor's typed SDK. Wherever two of them differ, one
// is wrong, or there is a reason that is written down above.
func TestTranscriptionsAgree(t *testing.T) {
	m, err := model.TCB()
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	report := func(about string, all []string) {
		for _, d := range all {
			d = about + ": " + d
			found[d] = true
			if accepted[d] == "" {
				t.Errorf("%s", d)
			}
		}
	}
	for _, name := range m.Actions {
		a, request, answer := actions()[name], ofModel(t, m, model.Request(name)), ofModel(t, m, model.Answer(name)).but("RequestId")
		report(name+" takes", differences("sandbox", "model", ofSandbox(a.params), request, aspect{needs: true, values: true}))
		report(name+" answers", differences("sandbox", "model", ofSandbox(a.answers), answer, aspect{values: true}))
	}
	for _, k := range schema.Kinds {
		own, ok := plays[k.Name]
		if !ok {
			t.Errorf("%s: the sandbox does not play it", k.Name)
		}
		if own.stored == nil {
			if len(k.Type.Fields) > 0 {
				t.Errorf("%s: the sandbox has no transcription", k.Name)
			}
			continue
		}
		settable := ofSchema(t, k.Type, func(f schema.Field) bool { return f.Access == schema.Settable })
		shown := ofSchema(t, k.Type, func(f schema.Field) bool { return f.Sight != schema.WriteOnly })
		address := append(slices.Clone(k.Type.Ignored), "EnvId", "Business")
		report(k.Name+" is sent", differences("schema", "sandbox", settable, ofSandbox(own.sent).but(address...), aspect{values: true}))
		report(k.Name+" is shown", differences("schema", "sandbox", shown, visible(own.stored).but(address...), aspect{}))
		by, ok := ofKinds[k.Name]
		if !ok {
			continue // no SDK has it
		}
		sent := names{}
		for i, action := range by.sent {
			request := ofModel(t, m, model.Request(action))
			if i > 0 {
				request = both(sent, request)
			}
			sent = request
		}
		for _, name := range k.Update.Always {
			wire := k.Type.WireName(name)
			always := settable[wire]
			always.required = true
			settable[wire] = always
		}
		report(k.Name+" is sent", differences("schema", "model", settable, sent.but(address...), aspect{needs: true, values: true}))
		report(k.Name+" is shown", differences("schema", "model", shown, ofModel(t, m, shownType(m, by.shown, by.in)).but(append(address, "RequestId")...), aspect{}))
	}
	for d, why := range accepted {
		if !found[d] {
			t.Errorf("accepted, and no longer there: %s (%s)", d, why)
		}
	}
}

// shownType is the type of the objects in an answer.
func shownType(m *model.Model, action, in string) string {
	if in == "" {
		return model.Answer(action)
	}
	return m.Types[model.Answer(action)][in].Type
}

// visible are the names that are shown, at every depth.
func visible(stored []param) names {
	var inside func([]param) []param
	inside = func(params []param) []param {
		out := seen(params)
		for i := range out {
			out[i].fields = inside(out[i].fields)
		}
		return out
	}
	return ofSandbox(inside(stored))
}

// A name that is misspelt in one transcription, at whatever depth, is found in
// the comparison with another, and so is a form and a value.
func TestEveryMisspellingIsFound(t *testing.T) {
	count := 0
	for kind, own := range plays {
		right := ofSandbox(own.sent)
		for path, l := range right {
			count++
			for what, change := range map[string]func(names){
				"misspelt":     func(n names) { delete(n, path); n[path+"s"] = l },
				"left out":     func(n names) { delete(n, path) },
				"another form": func(n names) { n[path] = leaf{form: "other", required: l.required, values: l.values} },
				"a value less": func(n names) {
					n[path] = leaf{form: l.form, required: l.required, values: append([]string{"other"}, l.values...)}
				},
			} {
				wrong := maps.Clone(right)
				change(wrong)
				for _, pair := range [][2]names{{right, wrong}, {wrong, right}} {
					if len(differences("a", "b", pair[0], pair[1], aspect{values: true})) == 0 {
						t.Errorf("%s: %s %s is not found", kind, path, what)
					}
				}
			}
		}
	}
	if count < 120 {
		t.Errorf("only %d names were misspelt", count)
	}
}
