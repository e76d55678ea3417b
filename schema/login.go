package schema

import "math"

// Login is the login policy of a CloudBase environment: which ways in are
// open, how codes are sent, the second factor, and when passwords change.
//
// Source: seed 002, getLoginConfig and modifyLoginConfig; cloud docs 129354
// and 129351. ModifyLoginConfig requires all four switches in every call and
// leaves an object alone that it is not given.
var Login = Kind{
	Name: "login", Collection: "login", System: CloudBase, Arity: One,
	Doc: "Login policy of the environment.",
	Example: `
login:
  emailLogin: true
  userNameLogin: true
  phoneNumberLogin: false
  anonymousLogin: false
  mfaConfig: {on: true, email: true}
`,
	Type: Struct{
		Fields: []Field{
			{Name: "phoneNumberLogin", Type: Boolean{}, Doc: "Login by SMS code. CloudBase sends SMS in ap-shanghai only."},
			{Name: "emailLogin", Type: Boolean{}, Doc: "Login by e-mail code."},
			{Name: "userNameLogin", Type: Boolean{}, Doc: "Login by user name and password."},
			{Name: "anonymousLogin", Type: Boolean{}, Weaker: &Weakening{turnsOn(False), "anybody gets in without an account"}, Doc: "Login without an account."},
			{Name: "smsVerificationConfig", Type: smsVerification, Doc: "How SMS codes are sent."},
			{Name: "mfaConfig", Type: mfa, Doc: "Second factor."},
			{Name: "pwdUpdateStrategy", Type: pwdUpdate, Doc: "When users must change their password."},
		},
		Ignored: []string{"EnvId", "RequestId"},
	},
	// Logging in without an account is no way to one.
	Entrances: []Entrance{{Field: "phoneNumberLogin"}, {Field: "emailLogin"}, {Field: "userNameLogin"}},
	Update: Update{
		Always: []string{"phoneNumberLogin", "emailLogin", "userNameLogin", "anonymousLogin"},
		Ways:   []string{"phoneNumberLogin", "emailLogin", "userNameLogin", "anonymousLogin"},
		After:  []string{"provider"},
	},
}

// smsVerification: the seed knows type `default` alone and no templateProvider;
// both are in the public models (wire.md 1.4).
var smsVerification = Struct{
	Fields: []Field{
		{Name: "type", Type: OneOf{"default", "apis", "template"}, Doc: "Channel: the platform's, a data source's method (apis), or an own SMS account (template)."},
		{Name: "name", Type: String{}, Clear: Clears, Doc: "Data source, for type apis."},
		{Name: "method", Type: String{}, Clear: Clears, Doc: "Method of the data source, for type apis."},
		{Name: "smsDayLimit", Type: Integer{Min: 1, Max: math.MaxInt32, Also: []int64{-1}}, Weaker: &Weakening{becomes(Number("-1")), "a stranger who asks for codes again and again can send any number of messages, at the environment's cost"}, Doc: "Messages a day; -1 is unlimited. The service's default is 30."},
		{Name: "templateProvider", Type: smsTemplate, Doc: "Own SMS account, for type template."},
	},
	Rules: []Rule{smsChannel},
}

var smsTemplate = Struct{
	Fields: []Field{
		{Name: "vendor", Type: OneOf{"TENCENT_CN", "TENCENT_INTL"}, Doc: "Which SMS service."},
		{Name: "templateId", Scope: PerEnvironment, Type: String{}, Clear: Clears, Doc: "Template of the message."},
		{Name: "sdkAppId", Scope: PerEnvironment, Type: String{}, Clear: Clears, Doc: "SMS application."},
		{Name: "signName", Scope: PerEnvironment, Type: String{}, Clear: Clears, Doc: "Signature of the message."},
		{Name: "secretId", Scope: PerEnvironment, Type: String{}, Clear: Clears, Doc: "Secret id of the account that sends."},
		{Name: "secretKey", Type: Sealed{With: "secretId", Opaque: Encrypted}, Doc: "Secret key of the account that sends; the service stores it encrypted."},
		{Name: "senderId", Type: String{}, Clear: Clears, Doc: "Sender, for messages abroad."},
		{Name: "templateExtendParam", Type: ListOf{Struct{Fields: []Field{
			{Name: "key", Type: String{}, Need: Required, Doc: "Name of the parameter."},
			{Name: "value", Type: String{}, Need: Required, Doc: "Its value."},
		}}}, Doc: "Further parameters of the template."},
	},
}

var mfa = Struct{Fields: []Field{
	{Name: "on", Type: Switch{}, Weaker: &Weakening{turnsOff(False), "a stolen password or code is enough to log in"}, Doc: "Whether a second factor is asked for."},
	{Name: "sms", Type: Switch{}, Weaker: &Weakening{turnsOff(False), "one kind of second factor less is asked for"}, Doc: "Second factor by SMS."},
	{Name: "email", Type: Switch{}, Weaker: &Weakening{turnsOff(False), "one kind of second factor less is asked for"}, Doc: "Second factor by e-mail."},
	{Name: "requiredBindPhone", Type: Switch{}, Weaker: &Weakening{turnsOff(False), "accounts without a phone number have no second factor by SMS"}, Doc: "Whether an account must have a phone number."},
}}

var pwdUpdate = Struct{
	Fields: []Field{
		{Name: "firstLoginUpdate", Type: Boolean{}, Weaker: &Weakening{turnsOff(False), "a first password, which whoever set it knows, stays in use"}, Doc: "Whether the first login asks for a new password."},
		{Name: "periodUpdate", Type: Boolean{}, Weaker: &Weakening{turnsOff(False), "a stolen password works for ever"}, Doc: "Whether a password ends after a period."},
		{Name: "periodValue", Type: Integer{Min: 1, Max: math.MaxInt32}, Weaker: &Weakening{longer(nil), "a stolen password works for longer"}, Doc: "Length of the period, in periodType."},
		{Name: "periodType", Type: OneOf{"WEEK", "MONTH", "YEAR"}, Weaker: &Weakening{ranked("", []Text{"YEAR"}, []Text{"MONTH"}, []Text{"WEEK"}), "a stolen password works for longer"}, Doc: "Unit of the period."},
	},
	Rules: []Rule{periodIsWhole},
}

// smsChannel: what each type of channel needs (cloud docs, data types).
var smsChannel = Rule{
	Doc: "type apis needs name and method; type template needs templateProvider.",
	Check: func(o Object) []Problem {
		return missing(o, channelNeeds[o.Text("type")], "smsVerificationConfig of type "+o.Text("type"))
	},
	Conditions: []Condition{
		{Field: "type", In: []Value{Text("apis")}, Then: have(channelNeeds["apis"]...)},
		{Field: "type", In: []Value{Text("template")}, Then: have(channelNeeds["template"]...)},
	},
}

var channelNeeds = map[string][]string{"apis": {"name", "method"}, "template": {"templateProvider"}}

var periodIsWhole = Rule{
	Doc: "periodUpdate: true needs periodValue and periodType.",
	Check: func(o Object) []Problem {
		if o["periodUpdate"] != Bool(true) {
			return nil
		}
		return missing(o, periodNeeds, "periodUpdate: true")
	},
	Conditions: []Condition{{Field: "periodUpdate", In: []Value{Bool(true)}, Then: have(periodNeeds...)}},
}

var periodNeeds = []string{"periodValue", "periodType"}

// missing names the fields of need that o does not have. What is not sent is not
// changed, so live may have them.
func missing(o Object, need []string, what string) []Problem {
	var problems []Problem
	for _, name := range need {
		if IsUnset(o[name]) {
			problems = append(problems, Problem{Text: what + " needs " + name, Severity: Lacking})
		}
	}
	return problems
}
