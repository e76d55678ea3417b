package schema_test

import (
	"testing"

	"pgregory.net/rapid"

	"authsync/schema"
	"authsync/schema/schematest"
	"authsync/secrets"
)

// bothWays are the weakenings of which a change and the change back can both
// be one, and why.
var bothWays = map[string]string{
	"provider.config.jwksUri":                                    "keys in clear text, and no keys",
	"provider.config.redirectUri":                                "clear text, and a *",
	"provider.config.requestParametersMap.registerUserRoleId":    "roles have no order that is known",
	"provider.config.responseParametersMap.sub":                  "names of fields have no order",
	"provider.config.responseParametersMap.email":                "names of fields have no order",
	"provider.config.responseParametersMap.phoneNumber":          "names of fields have no order",
	"provider.config.responseParametersMap.groups":               "names of fields have no order",
	"application.apiServer.roleIdList":                           "each of two sets can have what the other lacks",
	"application.apiServer.orgIdList":                            "each of two sets can have what the other lacks",
	"application.apiServer.ipWhiteList":                          "each of two lists can have what the other lacks",
	"application.apiServer.redirectUri":                          "clear text, and a *",
	"application.apiClient.authConfig.oauth2.redirectUri":        "clear text, and a *",
	"application.sso.configuration.oauth2.redirectUri":           "clear text, and a *",
	"application.sso.configuration.oauth2.userProperty.userId":   "names of fields have no order",
	"application.sso.configuration.oauth2.userProperty.username": "names of fields have no order",
	"application.sso.configuration.bearer.userProperty.userId":   "names of fields have no order",
	"application.sso.configuration.bearer.userProperty.username": "names of fields have no order",
	"application.sso.roleIdList":                                 "each of two sets can have what the other lacks",
	"application.sso.orgIdList":                                  "each of two sets can have what the other lacks",
}

// ofAnyName is the weakening that holds for any name: of two values one can be in clear
// text and the other have a *.
var ofAnyName = schema.Connector.Type.Field("config").Weaker

// single are values of every sort, some of which mean something to a rule.
var single = []schema.Value{
	nil, schema.Null{}, schema.Bool(true), schema.Bool(false), schema.True, schema.False, schema.Unspecified, schema.Flag("?"),
	schema.Number("-1"), schema.Number("0"), schema.Number("1"), schema.Number("30"), schema.Number("31"), schema.Number("1e400"), schema.Number("x"),
	schema.Seconds(0), schema.Seconds(-1), schema.Seconds(7200), schema.Seconds(7201), schema.Seconds(1 << 40),
	schema.Text(""), schema.Text("true"), schema.Text("FALSE"), schema.Text("x"), schema.Text("WEEK"), schema.Text("MONTH"), schema.Text("YEAR"),
	schema.Text("code"), schema.Text("token"), schema.Text("id_token"), schema.Text("URL"), schema.Text("Body"), schema.Text("internalUser"),
	schema.Text("externalUser"), schema.Text("NO_SSL"), schema.Text("AUTO"), schema.Text("SSL"), schema.Text("STARTSSL"), schema.Text("MD5"), schema.Text("SHA256"),
	schema.Text("https://a.example"), schema.Text("http://a.example"), schema.Text("http://*"), schema.Text("https://*"), schema.Text("http://%zz"), schema.Text("http://"),
	schema.Text(`Location="http://a.example"`), schema.Text(`Location="https://a.example"`), schema.Text("10.0.0.0/8"), schema.Text("10.0.0.1 ::1"), schema.Text("1/0, *"),
	schema.Secret{Value: secrets.Plain("http://a.example")}, schema.Secret{Value: secrets.Hidden("***")}, schema.Secret{},
	schema.Unmodelled{Value: schema.Text("http://a.example")}, schema.Unmodelled{},
}

// anything draws a value, also one that no field takes.
func anything(depth int) *rapid.Generator[schema.Value] {
	return rapid.Custom(func(t *rapid.T) schema.Value {
		sorts := 1
		if depth > 0 {
			sorts = 6
		}
		switch sort := rapid.IntRange(0, sorts-1).Draw(t, "sort"); sort {
		case 3, 4:
			items := rapid.SliceOfN(anything(depth-1), 0, 3).Draw(t, "items")
			if sort == 3 {
				return schema.List(items)
			}
			return schema.Set(items)
		case 5:
			name := rapid.SampledFrom([]string{"tls", "skipVerify", "enabled", "config", "issuer", "apiServer", "roleIdList", "on", "extra", "x", ""})
			return schema.Object(rapid.MapOfN(name, anything(depth-1), 0, 3).Draw(t, "object"))
		}
		return rapid.SampledFrom(single).Draw(t, "value")
	})
}

// Whatever the values, nothing panics, what is equal is no change, what goes
// weakens nothing, and a reason comes with each weakening.
func TestWeakenedTakesAnyPair(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k, at := placeOf(rapid.SampledFrom(weakenings).Draw(t, "row").path)
		at = at[:rapid.IntRange(0, len(at)).Draw(t, "depth")]
		before, after := anything(3).Draw(t, "before"), anything(3).Draw(t, "after")
		if why, weaker := k.Weakened(at, before, after); weaker != (why != "") {
			t.Fatalf("%v, because %q", weaker, why)
		}
		if why, weaker := k.Weakened(at, after, after); weaker {
			t.Fatalf("it has not changed, but %q", why)
		}
		if why, weaker := k.Weakened(at, before, nil); weaker {
			t.Fatalf("it is gone, but %q", why)
		}
	})
}

// If a change makes an environment less safe, the change back does not.
func TestStrengtheningIsNoWeakening(t *testing.T) {
	var paths []string
	for _, k := range schema.Kinds {
		leaves(k.Type, k.Name, nil, func(path string, w *schema.Weakening) {
			if _, both := bothWays[path]; w != nil && !both && w != ofAnyName {
				paths = append(paths, path)
			}
		})
	}
	rapid.Check(t, func(t *rapid.T) {
		k, at := placeOf(rapid.SampledFrom(paths).Draw(t, "path"))
		a, b := rapid.SampledFrom(single).Draw(t, "a"), rapid.SampledFrom(single).Draw(t, "b")
		_, there := k.Weakened(at, a, b)
		_, back := k.Weakened(at, b, a)
		if there && back {
			t.Fatalf("%s: both ways", at)
		}
	})
}

// Two objects whole are judged as their single values are.
func TestWholeIsJudgedAsItsParts(t *testing.T) {
	shape := everything
	shape.Secret = schematest.PlainSecret
	rapid.Check(t, func(t *rapid.T) {
		k := schematest.Kind(t)
		live, desired := shape.Fields(t, k, "x"), shape.Fields(t, k, "x")
		_, whole := k.Weakened(nil, live, desired)
		part := false
		schema.Walk(desired, func(at schema.Path, v schema.Value) {
			was := live.At(at...)
			if was == nil {
				was = schema.Null{}
			}
			_, weaker := k.Weakened(at, was, v)
			part = part || weaker
		})
		if whole != part {
			t.Fatalf("whole %v, in parts %v", whole, part)
		}
	})
}
