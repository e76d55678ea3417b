package sandbox

import (
	"crypto/sha256"
	"encoding/base64"
	"maps"
	"slices"
	"strings"

	"authsync/schema"
	"authsync/schema/quirk"
)

// loginFields are the fields of a login configuration (seed 002; TemplateProvider
// and CloudFunction from the public API models).
var loginFields = []param{
	{name: "PhoneNumberLogin", form: boolean, required: true},
	{name: "EmailLogin", form: boolean, required: true},
	{name: "UserNameLogin", form: boolean, required: true},
	{name: "AnonymousLogin", form: boolean, required: true},
	{name: "SmsVerificationConfig", form: object, fields: []param{
		{name: "Type", oneOf: []string{"default", "apis", "template", "function"}},
		{name: "Name"},
		{name: "Method"},
		{name: "SmsDayLimit", form: integer},
		{name: "TemplateProvider", form: object, fields: smsTemplateFields},
		{name: "CloudFunction", form: object, fields: []param{{name: "FunctionName", required: true}}},
	}},
	{name: "MfaConfig", form: object, fields: []param{
		{name: "On", oneOf: switchValues},
		{name: "Sms", oneOf: switchValues},
		{name: "Email", oneOf: switchValues},
		{name: "RequiredBindPhone", oneOf: switchValues},
	}},
	{name: "PwdUpdateStrategy", form: object, fields: []param{
		{name: "FirstLoginUpdate", form: boolean},
		{name: "PeriodUpdate", form: boolean},
		{name: "PeriodValue", form: integer},
		{name: "PeriodType", oneOf: []string{"WEEK", "MONTH", "YEAR"}},
	}},
}

var loginActions = map[string]action{
	"DescribeLoginConfig": {
		params:  []param{envID},
		answers: loginFields,
		do:      describeLoginConfig,
	},
	"ModifyLoginConfig": {
		kind:   "login",
		writes: true,
		params: append([]param{envID}, loginFields...),
		do:     modifyLoginConfig,
	},
}

func defaultLogin() schema.Object {
	return schema.Object{
		"PhoneNumberLogin": schema.Bool(false),
		"EmailLogin":       schema.Bool(false),
		"UserNameLogin":    schema.Bool(true),
		"AnonymousLogin":   schema.Bool(false),
		"SmsVerificationConfig": schema.Object{
			"Type":        schema.Text("default"),
			"Name":        schema.Text(""),
			"Method":      schema.Text(""),
			"SmsDayLimit": schema.Number("30"),
		},
	}
}

// SeedLogin merges a login configuration in wire form into that of the environment.
func (s *Server) SeedLogin(envID string, wire schema.Object) error {
	return seedIn(&s.cloudbase.environments, envID, "login", wire, func(env *environment, plain schema.Object) error {
		env.note("login", loginFields, plain)
		env.login = overlay(env.login, plain)
		if template, ok := env.login.At("SmsVerificationConfig", "TemplateProvider").(schema.Object); ok {
			env.keys.remember(template)
		}
		return nil
	})
}

// describeLoginConfig returns the fields directly below Response. The vendor's
// SecretKey is stored encrypted and never shown in clear (public API models).
func describeLoginConfig(c *call) (schema.Object, error) {
	shown := c.env.login.Clone()
	for _, name := range []string{"MfaConfig", "PwdUpdateStrategy"} {
		switch {
		case shown[name] != nil:
		case c.plays(quirk.LoginParts, quirk.Shown):
			shown[name] = unsetParts[name]
		default:
			shown[name] = schema.Null{}
		}
	}
	if sms, ok := shown.At("SmsVerificationConfig", "TemplateProvider").(schema.Object); ok {
		c.coverKey(sms)
	}
	return shown, nil
}

// unsetParts are the sub-objects that are shown though they are not set.
var unsetParts = schema.Object{
	"MfaConfig":         schema.Object{"On": schema.Text("FALSE"), "Sms": schema.Text("FALSE"), "Email": schema.Text("FALSE"), "RequiredBindPhone": schema.Text("FALSE")},
	"PwdUpdateStrategy": schema.Object{"FirstLoginUpdate": schema.Bool(false), "PeriodUpdate": schema.Bool(false)},
}

// scrambled returns a text that looks like a ciphertext, the same for the same key.
func scrambled(key string) string {
	sum := sha256.Sum256([]byte("stored " + key))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// modifyLoginConfig changes only the given fields, in sub-objects too.
func modifyLoginConfig(c *call) (schema.Object, error) {
	next := overlay(c.env.login, c.fields())
	keys := maps.Clone(c.env.keys)
	if err := c.keyed(next); err != nil {
		return nil, err
	}
	for _, rule := range loginRules {
		if part, ok := next[rule.part].(schema.Object); ok && c.in[rule.part] != nil {
			if err := rule.check(part); err != nil {
				c.env.keys = keys
				return nil, err
			}
		}
	}
	c.env.login = next
	return nil, nil
}

// loginRules are the rules between the fields of a sub-object. They apply to the
// result of a request, for each sub-object that it changes.
var loginRules = []struct {
	part  string
	check func(schema.Object) error
}{
	{"SmsVerificationConfig", checkSMS},
	{"PwdUpdateStrategy", checkPeriod},
}

// The required fields of a way of sending, and of a vendor. Both vendors are Tencent's
// own; a signature is required only inside China (public API models).
var (
	smsNeeds = map[string][]string{
		"apis":     {"Name", "Method"},
		"template": {"TemplateProvider.Vendor", "TemplateProvider.TemplateId", "TemplateProvider.SdkAppId"},
		"function": {"CloudFunction.FunctionName"},
	}
	vendorNeeds = map[string][]string{
		"TENCENT_CN": {"TemplateProvider.SignName"},
	}
)

func checkSMS(sms schema.Object) error {
	if limit, ok := whole(sms, "SmsDayLimit"); ok && limit != -1 && limit <= 0 {
		return refuse("InvalidParameterValue", "`SmsVerificationConfig.SmsDayLimit` must be -1 or positive.")
	}
	way := sms.Text("Type")
	needs := slices.Clone(smsNeeds[way])
	if vendor, ok := sms.At("TemplateProvider", "Vendor").(schema.Text); ok && way == "template" {
		needs = append(needs, vendorNeeds[string(vendor)]...)
		if sms.At("TemplateProvider", "AuthType") != schema.Text(authByRole) {
			needs = append(needs, "TemplateProvider.SecretId", "TemplateProvider.SecretKey")
		}
	}
	for _, need := range needs {
		if schema.IsUnset(sms.At(strings.Split(need, ".")...)) {
			return refuse("InvalidParameter", "`SmsVerificationConfig.%s` is required when the type is `%s`.", need, way)
		}
	}
	return nil
}

func checkPeriod(strategy schema.Object) error {
	if strategy["PeriodUpdate"] != schema.Bool(true) {
		return nil
	}
	if value, ok := whole(strategy, "PeriodValue"); !ok || value <= 0 || schema.IsUnset(strategy["PeriodType"]) {
		return refuse("InvalidParameter", "`PwdUpdateStrategy.PeriodValue` and `PwdUpdateStrategy.PeriodType` are required when `PeriodUpdate` is true.")
	}
	return nil
}

var loginPlay = play{
	transcription: transcription{sent: loginFields, stored: loginFields},
	actions:       loginActions,
	seed: func(s *Server, env *schema.Environment, _ string, wire schema.Object) error {
		return s.SeedLogin(env.ID(), wire)
	},
	state: func(e *environment) schema.Value { return e.login.Clone() },
}
