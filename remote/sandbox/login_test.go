package sandbox

import (
	"strings"
	"testing"

	"authsync/schema"
)

const switchesOn = `"PhoneNumberLogin":true,"EmailLogin":true,"UserNameLogin":true,"AnonymousLogin":true`

func TestLoginStartsWithNulls(t *testing.T) {
	c := start(t, Options{})
	same(t, "login", c.ok("DescribeLoginConfig", `{}`), `{
		"PhoneNumberLogin": false, "EmailLogin": false, "UserNameLogin": true, "AnonymousLogin": false,
		"SmsVerificationConfig": {"Type": "default", "Name": "", "Method": "", "SmsDayLimit": 30},
		"MfaConfig": null, "PwdUpdateStrategy": null}`)
}

func TestModifyLoginConfigLeavesWhatIsAbsent(t *testing.T) {
	c := start(t, Options{})
	c.ok("ModifyLoginConfig", `{`+switchesOn+`,"MfaConfig":{"On":"TRUE","Sms":"TRUE"},"PwdUpdateStrategy":{"FirstLoginUpdate":true}}`)
	c.ok("ModifyLoginConfig", `{`+switchesOn+`,"MfaConfig":{"Sms":"FALSE","Email":null},"SmsVerificationConfig":{"SmsDayLimit":-1}}`)
	same(t, "login", c.ok("DescribeLoginConfig", `{}`), `{`+switchesOn+`,
		"SmsVerificationConfig": {"Type": "default", "Name": "", "Method": "", "SmsDayLimit": -1},
		"MfaConfig": {"On": "TRUE", "Sms": "FALSE"}, "PwdUpdateStrategy": {"FirstLoginUpdate": true}}`)
}

func TestLoginRules(t *testing.T) {
	const sms = `"SmsVerificationConfig":`
	const vendor = `"Vendor":"TENCENT_INTL","TemplateId":"1","SdkAppId":"2","SecretId":"i","SecretKey":"k"`
	for _, test := range []struct{ name, body, code string }{
		{"no limit", sms + `{"SmsDayLimit":-1}`, ""},
		{"zero messages", sms + `{"SmsDayLimit":0}`, "InvalidParameterValue"},
		{"apis", sms + `{"Type":"apis","Name":"n","Method":"m"}`, ""},
		{"apis without a method", sms + `{"Type":"apis","Name":"n"}`, "InvalidParameter"},
		{"template", sms + `{"Type":"template","TemplateProvider":{` + vendor + `}}`, ""},
		{"template without a vendor", sms + `{"Type":"template"}`, "InvalidParameter"},
		{"Chinese template without a signature", sms + `{"Type":"template","TemplateProvider":{` + strings.Replace(vendor, "INTL", "CN", 1) + `}}`, "InvalidParameter"},
		{"unknown way", sms + `{"Type":"sms"}`, "InvalidParameterValue"},
		{"period", `"PwdUpdateStrategy":{"PeriodUpdate":true,"PeriodValue":3,"PeriodType":"MONTH"}`, ""},
		{"period without a type", `"PwdUpdateStrategy":{"PeriodUpdate":true,"PeriodValue":3}`, "InvalidParameter"},
		{"period without a value", `"PwdUpdateStrategy":{"PeriodUpdate":true,"PeriodType":"YEAR"}`, "InvalidParameter"},
		{"no period", `"PwdUpdateStrategy":{"PeriodUpdate":false}`, ""},
		{"unknown unit", `"PwdUpdateStrategy":{"PeriodType":"DAY"}`, "InvalidParameterValue"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := start(t, Options{})
			before := c.ok("DescribeLoginConfig", `{}`)
			if code := codeOf(c.call("ModifyLoginConfig", `{`+switchesOn+`,`+test.body+`}`)); code != test.code {
				t.Errorf("got %q, want %q", code, test.code)
			}
			changed := !schema.Same(before, c.ok("DescribeLoginConfig", `{}`))
			if changed != (test.code == "") {
				t.Errorf("changed: %t", changed)
			}
		})
	}
}

func TestSecretKeyIsStoredEncrypted(t *testing.T) {
	c := start(t, Options{})
	c.ok("ModifyLoginConfig", `{`+switchesOn+`,"SmsVerificationConfig":{"Type":"template","TemplateProvider":{
		"Vendor":"TENCENT_INTL","TemplateId":"1","SdkAppId":"2","SecretId":"i","SecretKey":"clear-key"}}}`)
	shown := func() string {
		key, _ := c.ok("DescribeLoginConfig", `{}`).At("SmsVerificationConfig", "TemplateProvider", "SecretKey").(schema.Text)
		return string(key)
	}
	first := shown()
	if first == "" || strings.Contains(first, "clear") || first != shown() {
		t.Errorf("shown as %q, then as %q", first, shown())
	}
	if _, state := c.inspect("GET", "/_sandbox/state", ""); !strings.Contains(state, `"SecretKey":"clear-key"`) {
		t.Error("the state does not hold it in clear")
	}
}
