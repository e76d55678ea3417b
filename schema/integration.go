package schema

import (
	"slices"
	"strings"

	"authsync/schema/pattern"
	"authsync/schema/quirk"
)

// Integration is an instance of the Integration Center: what a third party
// needs to be reached with, under a name.
//
// Source: seed 000; cloud docs 139851 to 139855; cloudbase CLI v3, whose
// convention it is that a name left out is the object's own. The service
// chooses the id: what is asked for is only its first half. `ext` is JSON in a
// string on the wire, replaced whole; which of its fields are passwords is in
// the type's template, which only the service has. RuntimeConfig is taken and
// never shown.
var Integration = Kind{
	Name: "integration", Collection: "integrations", System: CloudBase, Label: "name",
	From: SeedIntegration,
	Doc:  "An instance of the Integration Center, such as a payment account.",
	Example: `
integrations:
  shop-payment:
    authTypeCode: alipaydc
    ext: {appId: "2021004150600000", privateKey: !env ALIPAY_PRIVATE_KEY}
`,
	IfRecreated: "what is bound to it must be bound again",
	Key: KeyRule{
		From:    Itself,
		Pattern: pattern.Of(`^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$`),
		Form:    "a name of letters, digits, -, _ and . (at most 64)",
	},
	Type: Struct{
		Fields: []Field{
			{Name: "name", Type: String{}, Doc: "Name at the service, of which there is one; the object's name if left out."},
			{Name: "authTypeCode", Type: String{Pattern: authTypeCode, Form: "a code such as weixinpaydc"}, Doc: "Type: the code of a template of the Integration Center, such as weixinpaydc or custom."},
			{Name: "description", Type: String{}, Clear: Clears, Doc: "What it is for."},
			{Name: "ext", Type: InText{Open{}}, Weaker: openWeaker, Doc: "Fields of the type's template, in the service's own names."},
			{Name: "demoCodeFunctionName", Type: String{}, Doc: "Cloud function with the type's example code."},
			{Name: "runtimeConfig", Type: Open{}, Sight: WriteOnly, Weaker: openWeaker, Doc: "Settings of the agent's cloud function. The service never shows them."},
		},
		Rules:   []Rule{mayLackRuntime},
		Ignored: []string{"KeyID", "AuthTypeName", "Status", "TicketID", "BindServiceList", "CreateAt", "UpdateAt"},
	},
	Meta: []Field{
		{Name: "id", Scope: PerEnvironment, Type: String{}, Doc: "KeyID of the integration that is meant."},
	},
	Stamp: Stamp{Field: "UpdateAt", Quirk: quirk.IntegrationStamp, Secrets: Blanked},
	Update: Update{
		Create:    ByCall,
		OnCreate:  []string{"authTypeCode"},
		Lacking:   lackingRuntime,
		Immutable: []string{"authTypeCode"},
		Replace:   DeleteFirst,
		Deletion:  DeletedByCall,
	},
}

var authTypeCode = pattern.Of(`^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$`)

// runtimeTypes are the types that are created together with a cloud function
// (cloud docs 139855, where Business is integration).
var runtimeTypes = []string{"weixinmp", "wxvirtualpay", "weixin-store", "channels", "weixinpaydc"}

// lackingRuntime: those need to be told of the function.
var lackingRuntime = Rule{
	From:  CloudDocs,
	Doc:   "Creating one of type " + strings.Join(runtimeTypes, ", ") + " takes runtimeConfig and demoCodeFunctionName.",
	Check: withoutRuntime,
}

func withoutRuntime(o Object) []Problem {
	var problems []Problem
	for _, name := range []string{"runtimeConfig", "demoCodeFunctionName"} {
		if code := o.Text("authTypeCode"); slices.Contains(runtimeTypes, code) && IsUnset(o[name]) {
			problems = append(problems, Problem{At: Path{name}, Text: "creating " + code + " takes " + name})
		}
	}
	return problems
}

// mayLackRuntime: a manifest need not say what only a create takes, since the
// integration may be live.
var mayLackRuntime = Rule{Check: func(o Object) []Problem {
	problems := withoutRuntime(o)
	for i := range problems {
		problems[i].Severity = Doubtful
		problems[i].Text += ", if it does not exist yet"
	}
	return problems
}}
