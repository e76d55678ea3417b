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
	From: SeedLogin,
	Doc:  "Login policy of the environment.",
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
	Entrances:    []Entrance{{Field: "phoneNumberLogin"}, {Field: "emailLogin"}, {Field: "userNameLogin"}},
	SecondFactor: Path{"mfaConfig", "on"},
	Regional: []Regional{
		{At: Path{"phoneNumberLogin"}, In: smsRegions, From: ToolsGuide, Shuts: []string{"phoneNumberLogin"},
			Asked: func(o Object) bool { return o["phoneNumberLogin"] == Bool(true) },
			Why:   "SMS codes are sent in region ap-shanghai alone, and this environment is elsewhere: nobody can log in by one"},
		{At: Path{"mfaConfig", "sms"}, In: smsRegions, From: ToolsGuide, Shuts: []string{"phoneNumberLogin", "emailLogin", "userNameLogin"},
			Asked: func(o Object) bool { return asksForSMS(o) && o.At("mfaConfig", "email") != True },
			Why:   "SMS codes are sent in region ap-shanghai alone, and this environment is elsewhere: nobody passes a second factor that is by SMS alone"},
		{At: Path{"mfaConfig", "sms"}, In: smsRegions, From: ToolsGuide,
			Asked: func(o Object) bool { return asksForSMS(o) && o.At("mfaConfig", "email") == True },
			Why:   "SMS codes are sent in region ap-shanghai alone, and this environment is elsewhere: nobody passes a second factor by SMS"},
	},
	Update: Update{
		Always: []string{"phoneNumberLogin", "emailLogin", "userNameLogin", "anonymousLogin"},
		Ways:   []string{"phoneNumberLogin", "emailLogin", "userNameLogin", "anonymousLogin"},
		After:  []string{"provider"},
	},
	Settle: settleLogin,
}

// smsRegions are where CloudBase sends SMS (the guide of its tools).
var smsRegions = []string{"ap-shanghai"}

// asksForSMS reports whether a second factor by SMS is asked for.
func asksForSMS(o Object) bool {
	return o.At("mfaConfig", "on") == True && o.At("mfaConfig", "sms") == True
}

// smsVerification: the seed knows type `default` alone. The rest is in the public
// models; type function and how a vendor is reached came with release 159 of the
// SDK. What is not given is not changed, field by field.
var smsVerification = Struct{
	From: SDKModels,
	Fields: []Field{
		{Name: "type", From: SDKRelease159, Type: OneOf{"default", "apis", "template", "function"}, Doc: "Channel: the platform's, a data source's method (apis), an own SMS account (template), or a cloud function."},
		{Name: "name", Type: String{}, Clear: Clears, Doc: "Data source, for type apis."},
		{Name: "method", Type: String{}, Clear: Clears, Doc: "Method of the data source, for type apis."},
		{Name: "smsDayLimit", Type: Integer{Min: 1, Max: math.MaxInt32, Also: []int64{-1}}, Weaker: &Weakening{becomes(Number("-1")), "a stranger who asks for codes again and again can send any number of messages, at the environment's cost"}, Doc: "Messages a day; -1 is unlimited. The service's default is 30."},
		{Name: "templateProvider", Type: smsTemplate, Doc: "Own SMS account, for type template."},
		{Name: "cloudFunction", Type: Struct{
			Fields: []Field{{Name: "functionName", From: SDKRelease159, Type: String{}, Need: Required, Doc: "Cloud function that sends the code. The service takes SendVerificationCode alone at present."}},
			Rules:  []Rule{oneFunction},
		}, Doc: "Cloud function, for type function."},
	},
	Rules: []Rule{smsChannel},
}

// How a vendor is reached.
const (
	byKey  = "SMS_AUTH_SECRET_KEY"
	byRole = "SMS_AUTH_ASSUME_ROLE"
)

var smsTemplate = Struct{
	Fields: []Field{
		{Name: "vendor", Type: OneOf{"TENCENT_CN", "TENCENT_INTL"}, Need: Supplied, Doc: "Which SMS service."},
		{Name: "templateId", Type: String{}, Need: Supplied, Doc: "Template of the message."},
		{Name: "sdkAppId", Type: String{}, Clear: Clears, Doc: "SMS application."},
		{Name: "signName", Type: String{}, Clear: Clears, Doc: "Signature of the message."},
		{Name: "authType", From: SDKRelease159, Type: OneOf{byKey, byRole}, Doc: "How the account is reached: by a key, which is the service's default, or by a role that CloudBase takes, which needs none."},
		{Name: "secretId", Scope: PerEnvironment, Type: String{}, Doc: "Secret id of the account that sends."},
		{Name: "secretKey", Type: Sealed{Opaque: Encrypted}, Doc: "Secret key of the account that sends; the service stores it encrypted."},
		{Name: "credentialAuthKeyId", Scope: PerEnvironment, From: SDKRelease159, Type: String{}, Sight: MayHide, Clear: Clears, Doc: "Id of the key, in the console's authorization management. With secretId and secretKey a new key of that id is made; alone it is used as it is. Without it they overwrite the platform's own key, which null asks for."},
		{Name: "senderId", Type: String{}, Clear: Clears, Doc: "Sender, for messages abroad."},
		{Name: "templateExtendParam", Type: ListOf{Struct{
			Fields: []Field{
				{Name: "key", Type: String{}, Doc: "Name of the parameter, where the vendor has names; Tencent's go by their order."},
				{Name: "value", Type: String{}, Doc: "Its value."},
			},
			Rules: []Rule{parameterHasValue},
		}}, Doc: "Further parameters of the template, in their order."},
	},
	Rules:      []Rule{vendorIsWhole, roleHasNoKey, keyHasID},
	Credential: &smsCredential,
}

var smsCredential = Credential{Parts: []string{"secretId", "secretKey"}, With: "vendor", Name: "credentialAuthKeyId", By: "authType", Without: []Value{Text(byRole)}}

// vendorIsWhole: what each vendor needs (public models).
var vendorIsWhole = Rule{
	Doc: "The vendors need sdkAppId, and TENCENT_CN needs signName.",
	Check: func(o Object) []Problem {
		var problems []Problem
		for _, name := range vendorNeeds[o.Text("vendor")] {
			if IsUnset(o[name]) {
				problems = append(problems, Problem{At: Path{name}, Text: "is missing, and " + o.Text("vendor") + " needs it", Severity: Lacking})
			}
		}
		return problems
	},
	Conditions: []Condition{
		{Field: "vendor", In: []Value{Text("TENCENT_CN")}, Then: have(vendorNeeds["TENCENT_CN"]...)},
		{Field: "vendor", In: []Value{Text("TENCENT_INTL")}, Then: have(vendorNeeds["TENCENT_INTL"]...)},
	},
}

var vendorNeeds = map[string][]string{"TENCENT_CN": {"sdkAppId", "signName"}, "TENCENT_INTL": {"sdkAppId"}}

// roleHasNoKey: with a role there is no key, and the service refuses one.
var roleHasNoKey = Rule{
	Doc: "With authType " + byRole + " there is no secretId, secretKey and credentialAuthKeyId.",
	Check: func(o Object) []Problem {
		var problems []Problem
		for _, name := range smsCredential.Group() {
			if o.Text("authType") == byRole && o[name] != nil {
				problems = append(problems, Problem{At: Path{name}, Text: "must be left out with authType " + byRole + ": a role needs no key"})
			}
		}
		return problems
	},
	Conditions: []Condition{{Field: "authType", In: []Value{Text(byRole)}, Then: []Demand{
		{At: Path{"secretId"}, Presence: MustLack}, {At: Path{"secretKey"}, Presence: MustLack}, {At: Path{"credentialAuthKeyId"}, Presence: MustLack},
	}}},
}

// keyHasID: a new key goes with its id, which live may hide.
var keyHasID = Rule{Check: func(o Object) []Problem {
	if IsUnset(o["secretKey"]) || o["secretId"] != nil {
		return nil
	}
	return []Problem{{At: Path{"secretKey"}, Severity: Doubtful, Text: "stands without secretId; a new key is sent with both, and live may hide the id"}}
}}

var parameterHasValue = Rule{Check: func(o Object) []Problem {
	if o["value"] != nil {
		return nil
	}
	return []Problem{{Severity: Doubtful, Text: "has no value"}}
}}

// theFunction is what the public models name as the only one.
const theFunction = "SendVerificationCode"

var oneFunction = Rule{Check: func(o Object) []Problem {
	if name := o.Text("functionName"); name == "" || name == theFunction {
		return nil
	}
	return []Problem{{At: Path{"functionName"}, Severity: Doubtful, Text: "the service takes " + theFunction + " alone at present"}}
}}

// settleLogin: a vendor of which nobody said how it is reached is reached by a key.
func settleLogin(desired, live Object) Object {
	at := Path{"smsVerificationConfig", "templateProvider", "authType"}
	around, there := live.At(at[:2]...).(Object)
	if desired.At(at...) != Text(byKey) || !there || !IsUnset(around[at[2]]) {
		return desired
	}
	return Without(desired, []Path{at})
}

var mfa = Struct{Fields: []Field{
	{Name: "on", Type: Switch{}, Weaker: &Weakening{turnsOff(False), "a stolen password or code is enough to log in"}, Doc: "Whether a second factor is asked for."},
	{Name: "sms", Type: Switch{}, Weaker: &Weakening{turnsOff(False), "one kind of second factor less is asked for"}, Doc: "Second factor by SMS."},
	{Name: "email", Type: Switch{}, Weaker: &Weakening{turnsOff(False), "one kind of second factor less is asked for"}, Doc: "Second factor by e-mail."},
	{Name: "requiredBindPhone", Type: Switch{}, Weaker: &Weakening{turnsOff(False), "accounts without a phone number have no second factor by SMS"}, Doc: "Whether an account must have a phone number."},
}}

var pwdUpdate = Struct{
	From: SDKModels,
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
	From: SDKModels,
	Doc:  "type apis needs name and method; type template needs templateProvider; type function needs cloudFunction.",
	Check: func(o Object) []Problem {
		return missing(o, channelNeeds[o.Text("type")], "smsVerificationConfig of type "+o.Text("type"))
	},
	Conditions: []Condition{
		{Field: "type", In: []Value{Text("apis")}, Then: have(channelNeeds["apis"]...)},
		{Field: "type", In: []Value{Text("template")}, Then: have(channelNeeds["template"]...)},
		{Field: "type", In: []Value{Text("function")}, Then: have(channelNeeds["function"]...)},
	},
}

var channelNeeds = map[string][]string{"apis": {"name", "method"}, "template": {"templateProvider"}, "function": {"cloudFunction"}}

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
