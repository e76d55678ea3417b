package schema_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"authsync/schema"
)

func TestFaultsOfIntegrations(t *testing.T) {
	const of = head + "integrations:\n  "
	for _, row := range []struct {
		name, text string
		want       []string
	}{
		{"right", of + "wx-pay: {id: k1, name: 支付, authTypeCode: weixin-store, description: null, keep: true, demoCodeFunctionName: f, runtimeConfig: {Memory: 256},\n" +
			"    ext: {appId: wx1, n: 1, on: true, gone: null, deep: {a: [1]}, apiV3Key: !env KEY, wxPayPublicKey: MIIB, wxPayPublicKeyId: x, merchantSerialNumber: x}}\n", nil},
		{"nothing", of + "a: {}\n", nil},
		{"a name of 64", of + strings.Repeat("a", 64) + ": {}\n", nil},
		{"a name of 65", of + strings.Repeat("a", 65) + ": {}\n", []string{"m.yaml:6:3: integrations." + strings.Repeat("a", 65) + `: "` + strings.Repeat("a", 60) + `..." is not a name of letters, digits, -, _ and . (at most 64)`}},
		{"a name that begins with a dash", of + "-a: {}\n", []string{`m.yaml:6:3: integrations.-a: "-a" is not a name of letters, digits, -, _ and . (at most 64)`}},
		{"a type that is none", of + "a: {authTypeCode: 微信}\n", []string{`m.yaml:6:21: integrations.a.authTypeCode: "微信" is not a code such as weixinpaydc`}},
		{"one name twice", of + "a: {name: x}\n  b: {name: x}\n", []string{`m.yaml:7:13: integrations.b.name: "x" is the name of a too, and there can be one`}},
		{"the name of another", of + "a: {name: b}\n  b: {authTypeCode: custom}\n", []string{`m.yaml:7:3: integrations.b.name: "b" is the name of a too, and there can be one`}},
		{"names changed about", of + "a: {name: b}\n  b: {name: a}\n", nil},
		{"what the service sets", of + "a: {KeyID: x, Status: y}\n", []string{
			"m.yaml:6:7: integrations.a.KeyID: is set by the service and cannot be managed",
			"m.yaml:6:17: integrations.a.Status: is set by the service and cannot be managed"}},
		{"ext as text", of + `a: {ext: '{"appId":"wx1"}'}` + "\n", []string{"m.yaml:6:12: integrations.a.ext: takes a mapping, not a single value"}},
		{"ext cleared", of + "a: {ext: null}\n", []string{"m.yaml:6:12: integrations.a.ext: cannot be cleared; leave the name out to leave the field alone"}},
		{"names of passwords", of + "a: {ext: {appsecret: x, apiV3Key: x, api_key: x, privateKey: x, TOKEN: x}}\n", []string{
			"m.yaml:6:24: integrations.a.ext.appsecret: " + inClear("appsecret"), "m.yaml:6:37: integrations.a.ext.apiV3Key: " + inClear("apiV3Key"),
			"m.yaml:6:49: integrations.a.ext.api_key: " + inClear("api_key"), "m.yaml:6:64: integrations.a.ext.privateKey: " + inClear("privateKey"),
			"m.yaml:6:74: integrations.a.ext.TOKEN: " + inClear("TOKEN")}},
		{"names that are none", of + "a: {ext: {tokenUrl: x, monkey: x, publicKey: x, keyId: x, secretary: x}}\n", nil},
	} {
		t.Run(row.name, func(t *testing.T) {
			if diff := cmp.Diff(row.want, faults(t, map[string]string{"m.yaml": row.text}, schema.Wrong)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func inClear(field string) string {
	return "is a secret in clear text; seal it with: authsync secrets seal --in m.yaml --path integrations.a.ext." + field
}

// What a create takes besides is doubted offline, since the integration may be
// live.
func TestDoubtsOfIntegrations(t *testing.T) {
	for _, code := range []string{"weixinmp", "wxvirtualpay", "weixin-store", "channels", "weixinpaydc"} {
		text := head + "integrations: {a: {authTypeCode: " + code + "}, b: {authTypeCode: " + code + ", demoCodeFunctionName: f, runtimeConfig: {}}}\n"
		want := []string{
			"m.yaml:5:19: integrations.a.runtimeConfig: creating " + code + " takes runtimeConfig, if it does not exist yet",
			"m.yaml:5:19: integrations.a.demoCodeFunctionName: creating " + code + " takes demoCodeFunctionName, if it does not exist yet"}
		if diff := cmp.Diff(want, faults(t, map[string]string{"m.yaml": text}, schema.Doubtful)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", code, diff)
		}
	}
	text := head + "integrations: {a: {authTypeCode: custom}, b: {authTypeCode: alipaydc}, c: {}}\n"
	if got := faults(t, map[string]string{"m.yaml": text}, schema.Doubtful); len(got) > 0 {
		t.Errorf("%v", got)
	}
}
