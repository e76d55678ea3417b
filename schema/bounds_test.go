package schema

import (
	"io"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"authsync/schema/pattern"
	"authsync/secrets"
)

// wrongIn is what is wrong with a manifest of an environment that says so.
func wrongIn(text string) string {
	l := LoadText("prod.yaml", []byte("apiVersion: authsync/v1\nkind: Environment\nname: prod\n"+text), SecretsPlain)
	return strings.Join(faultTexts(&l.Faults), "\n")
}

// wrongYAML is what is wrong with a text as YAML.
func wrongYAML(text string) string {
	var faults Faults
	parseYAML("m.yaml", []byte(text), &faults, &faults)
	return strings.Join(faultTexts(&faults), "\n")
}

// Aliases add as many values as they may, and not one more.
func TestMostThatAliasesAdd(t *testing.T) {
	var document yaml.Node
	if err := yaml.Unmarshal([]byte("a: &a [x, {y: z}]\nb: [*a, x, *a, *a, *a]\n"), &document); err != nil {
		t.Fatal(err)
	}
	for may, want := range map[int]string{16: "", 15: "m.yaml:1:15: b.4.1.y: aliases add more than 200000 values", 4: "m.yaml:1:4: b.2: aliases add more than 200000 values"} {
		var faults Faults
		c := converter{file: "m.yaml", faults: &faults, added: MaxNodes - may}
		n := c.convert(document.Content[0], nil, nil)
		if got := strings.Join(faultTexts(&faults), "\n"); got != want {
			t.Errorf("%d: %s, want %s", may, got, want)
		}
		if x := n.Field("b").Items[1]; x.Form != ScalarForm {
			t.Errorf("%d: what no alias adds is lost", may)
		}
	}
}

// A manifest is as deep as it may be, and not deeper.
func TestDeepestManifest(t *testing.T) {
	const tooDeep = "m.yaml:1:201: 0.0.0: is nested more than 200 levels deep"
	for deep, want := range map[int]string{maxLevels - 1: "", maxLevels: tooDeep, maxLevels + 50: tooDeep} {
		if got := wrongYAML(strings.Repeat("[", deep) + "x" + strings.Repeat("]", deep)); got != want {
			t.Errorf("%d: %s", deep, got)
		}
	}
}

// A JSON text is as deep, and holds as many values, as it may, and not more.
func TestBoundsOfJSON(t *testing.T) {
	for text, want := range map[string]string{
		strings.Repeat("[", maxDepth) + strings.Repeat("]", maxDepth):                     "",
		strings.Repeat("[", maxDepth+1) + strings.Repeat("]", maxDepth+1):                 "more than 9500 levels",
		"[" + strings.Repeat("1,", maxValues-2) + "1]":                                    "",
		"[" + strings.Repeat("1,", maxValues-1) + "1]":                                    "more than 250000 values",
		"[" + strings.Repeat("[1],", maxValues/2-2) + "[1]]":                              "",
		"[" + strings.Repeat("[1],", maxValues/2-1) + "[1]]":                              "more than 250000 values",
		"[" + strings.Repeat(`"a,b[{\",",`, 100) + strings.Repeat("1,", 9) + "1]":         "",
		`["` + strings.Repeat(",", maxValues) + `"]`:                                      "",
		`{"a":` + strings.Repeat("[", maxDepth) + strings.Repeat("]", maxDepth) + `}`:     "more than 9500 levels",
		`["\"` + strings.Repeat("[", maxDepth+1) + `", "` + strings.Repeat("]", 9) + `"]`: "",
	} {
		if err := bounded([]byte(text)); (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%.40s: %v", text, err)
		}
	}
}

// Whatever is no JSON value is an error, however nearly it is one.
func TestAlmostJSON(t *testing.T) {
	for _, text := range []string{`"""`, `""""`, `"\"`, "\"\n\"", "01", "1a", "-", "nul", `"a"b`, "\"\xff"} {
		if v, err := ParseJSON([]byte(text)); err == nil {
			t.Errorf("%q is read as %s", text, Show(v))
		}
	}
	if _, err := ParseJSON(nil); err != io.ErrUnexpectedEOF {
		t.Error(err)
	}
	for text, want := range map[string]Value{`" "`: Text(" "), `"\\"`: Text(`\`), `"~"`: Text("~"), "0": Number("0"), "1234567890123456789": Number("1234567890123456789"), "10": Number("10"), "-1": Number("-1")} {
		if v, err := ParseJSON([]byte(text)); err != nil || !Same(v, want) {
			t.Errorf("%s: %v %v", text, v, err)
		}
	}
}

// A secret is encoded as what it opens to, or not at all.
func TestEncodeJSONOfSecrets(t *testing.T) {
	body := Object{"a": Text("x"), "list": List{Secret{secrets.Env("NAME")}}}
	got, err := EncodeJSON(body, func(secrets.Value) (secrets.Clear, error) { return secrets.NewClear("s<e\"cret"), nil })
	if want := `{"a":"x","list":["s<e\"cret"]}`; err != nil || string(got) != want {
		t.Errorf("%s %v, want %s", got, err, want)
	}
	shut := func(secrets.Value) (secrets.Clear, error) { return secrets.NewClear("x"), io.ErrClosedPipe }
	if got, err := EncodeJSON(body, shut); err == nil || got != nil {
		t.Errorf("%s %v", got, err)
	}
}

// Where a wide sign keeps a text from being YAML is found in texts of a certain size.
func TestMostThatIsSearchedForAWideSign(t *testing.T) {
	const mistake = "login：\n  emailLogin: true\n"
	for more, want := range []string{`not YAML: "：" stands here, where YAML wants ":"`, "not YAML: mapping values are not allowed in this context"} {
		text := mistake + "#" + strings.Repeat("x", widest-len(mistake)-2+more) + "\n"
		if got := wrongYAML(text); !strings.HasSuffix(got, want) {
			t.Errorf("%d bytes: %.200s", len(text), got)
		}
	}
}

// A sign is to blame only if the parser gets further without it.
func TestWhatATextIsBlamedFor(t *testing.T) {
	for _, row := range []struct {
		name, text string
		at         string
	}{
		{"a sign that is a letter", "a: x：y\nb: ]\n", "m.yaml:1:1: not YAML: did not find expected node content"},
		{"a wide number sign before what is no YAML", "＃ a: b: c\n", `m.yaml:1:1: not YAML: "＃" stands here, where YAML wants "#"`},
		{"in quotes", "a: {b: \"x，\", c: '：', d: e，f: g}\n", `m.yaml:1:26: not YAML: "，" stands here, where YAML wants ","`},
		{"an apostrophe in a word", "a: {b: it's，c: d}\n", `m.yaml:1:12: not YAML: "，" stands here, where YAML wants ","`},
		{"in a comment", "a: [ # ，\n", "m.yaml:1:1: not YAML: did not find expected node content"},
		{"one character", "[", "m.yaml:1:1: not YAML: did not find expected node content"},
		{"the end of a merge before its beginning", ">>>>>>> theirs\n<<<<<<< HEAD\na: [\n", "m.yaml:1:1: not YAML: did not find expected comment or line break"},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := wrongYAML(row.text); got != row.at {
				t.Errorf("%s, want %s", got, row.at)
			}
		})
	}
}

// A pattern of each sort is spelled as ECMA-262 has it.
func TestPatternsOfJSONSchema(t *testing.T) {
	for text, want := range map[string]string{
		"a{2,}": "a{2,}", "a{2}": "a{2}", "a{2,3}?": "a{2,3}?", "(?s:.)": `[\s\S]`, "[ab]": "[ab]", "[^a]": "[^a]", "[^a-c]": "[^a-c]", "[a-c]": "[a-c]", "(?i)a1": "[Aa]1",
	} {
		if got := ecma(pattern.Of(text)); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

// Lines stand as a block where a block keeps them.
func TestTextsThatAreBlocks(t *testing.T) {
	for text, want := range map[string]yaml.Style{
		"a": 0, "<<": yaml.DoubleQuotedStyle, "a\nb": yaml.LiteralStyle, "a\tb\nc\n": yaml.LiteralStyle, "验证码\nc\n": yaml.LiteralStyle, "a\n\n": yaml.DoubleQuotedStyle, " a\nb": yaml.DoubleQuotedStyle,
		"\na": yaml.DoubleQuotedStyle, "\u200ba\nb": yaml.DoubleQuotedStyle, "a\nb\u200b": yaml.DoubleQuotedStyle, "a\r\nb": yaml.DoubleQuotedStyle,
	} {
		if got := spellText(Text(text)).Style; got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}

// A number or a time is as large as it may be, and not larger.
func TestBoundsOfNumbers(t *testing.T) {
	client := func(text string) string {
		return "systems: {cloudbase: {envId: acme-1}}\nclients: {default: {" + text + "}}\n"
	}
	sms := func(n string) string {
		return "systems: {cloudbase: {envId: acme-1}}\nlogin: {smsVerificationConfig: {type: default, smsDayLimit: " + n + "}}\n"
	}
	overlap := func(text string) string {
		return "systems: {cloudbase: {envId: acme-1}}\napiKeys: {a: {keyType: api_key, overlap: " + text + "}}\n"
	}
	for text, want := range map[string]string{
		sms("-1"): "", sms("1"): "", sms("2147483647"): "", sms("0"): "0 is out of range; it takes -1, 1 to 2147483647", sms("-2"): "-2 is out of range", sms("2147483648"): "2147483648 is out of range",
		client("accessTokenExpiresIn: 30m"): "", client("accessTokenExpiresIn: 1799"): "is out of range; it takes 30m to 30d", client("refreshTokenExpiresIn: 1w1d1h1m1s"): "",
		overlap("365d"): "", overlap("31536001"): "is out of range; it takes 0s to 365d",
	} {
		if got := wrongIn(text); want == "" && strings.Contains(got, "range") || !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}
