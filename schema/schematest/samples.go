package schematest

import (
	"strconv"
	"strings"

	"pgregory.net/rapid"

	"authsync/schema"
)

// samples are texts that pass some field's check. A new check needs a line.
var samples = []string{
	"https://login.acme.example",
	"https://login.acme.example/realms/a?x=1&y=%20#top",
	"http://127.0.0.1:8080/cb",
	"https://例え.example/路径",
	"noreply@acme.example",
	"Acme <noreply@acme.example>",
	"{{.VerificationCode}}",
	"code",
	"<h1>验证码</h1>\n<p>您的验证码是 <b>{{.VerificationCode}}</b></p>\n",
	"  <p>\n\n\t{{.VerificationCode}} # not a comment: \"quoted\"\n  </p>",
}

// tricky are texts that YAML or JSON may take for something else.
var tricky = []string{
	"null", "~", "true", "FALSE", "yes", "off", "0123", "1e3", "0x1f", "1_000", "1.10", ".inf", "2h", "2026-01-02",
	"<<", "=", "!age x", "!env X", "- a", "a: b", "{a: 1}", "[1]", "#x", "a #b", "*a", "&a", "%TAG", "@x", "`x`", "---", "...",
	" leading", "trailing ", "\ttab", "tab\t", "a\nb", "a\n", "\na", "\n", "a\n\nb\n\n", " a\n  b\n", "a\r\nb", "\r", "a\u0085b", "a\u2028b",
	"\ufeffbom", "\u0000", "\u001b[31m", "\u007f", "'", "\"", "\\", "''", "\\n", "密码", "😀", "e\u0301", "a: |", "|", ">", "? x", ",", "***", "x***",
	"-----BEGIN AGE ENCRYPTED FILE-----", "unspecified", strings.Repeat("word ", 40) + "end", strings.Repeat("x", 200),
}

// Text draws text of any sort that a manifest can hold, never empty.
func Text() *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.StringMatching(`[A-Za-z0-9._-]{1,20}`),
		rapid.StringMatching(`[a-z]{1,8}( [a-z]{1,8}){0,4}`),
		rapid.SampledFrom(tricky),
		rapid.StringOfN(rapid.RuneFrom([]rune("ab 	\n\r:#-'\"{}[],&*!|>%@\\é密😀")), 1, 12, -1),
		rapid.StringN(1, 12, -1),
	)
}

func text(t *rapid.T, typ schema.String, label string) string {
	from := Text()
	switch {
	case typ.Pattern != nil:
		from = rapid.StringMatching(typ.Pattern.String())
	case typ.Check != nil:
		var right []string
		for _, sample := range samples {
			if typ.Check.Fault(sample) == "" {
				right = append(right, sample)
			}
		}
		if len(right) == 0 {
			t.Fatalf("%s: no sample passes its check; add one to schematest/samples.go", label)
		}
		from = rapid.SampledFrom(right)
	}
	return from.Filter(func(s string) bool {
		return s != "" && unmasked(s) && (typ.MaxBytes == 0 || len(s) <= typ.MaxBytes) &&
			(typ.Pattern == nil || typ.Pattern.MatchString(s))
	}).Draw(t, label)
}

var numbers = []string{"0", "-1", "7", "1.50", "-0.5", "1e5", "2E-3", "123456789012345678901234567890", "0.1"}

// unmodelled draws a JSON value for a field that no kind models. It is never
// unset: to a service that would be the same as not to have it.
func unmodelled(t *rapid.T, at schema.Path, depth int) schema.Value {
	label := at.String()
	sorts := 4
	if depth > 0 {
		sorts = 6
	}
	switch rapid.IntRange(0, sorts-1).Draw(t, label+" sort") {
	case 0:
		return schema.Bool(rapid.Bool().Draw(t, label))
	case 1:
		return schema.Number(rapid.SampledFrom(numbers).Draw(t, label))
	case 2, 3:
		return schema.Text(Text().Filter(unmasked).Filter(untelling).Draw(t, label))
	case 4:
		list := schema.List{unmodelled(t, at.Then("0"), depth-1)}
		if rapid.Bool().Draw(t, label+" longer") {
			list = append(list, unmodelled(t, at.Then("1"), depth-1))
		}
		return list
	}
	o := schema.Object{}
	for _, name := range rapid.SliceOfNDistinct(Text().Filter(untold), 1, 2, rapid.ID[string]).Draw(t, label+" names") {
		o[name] = unmodelled(t, at.Then(name), depth-1)
	}
	return o
}

// unmasked texts are not taken for a hidden secret.
func unmasked(text string) bool { return !strings.Contains(text, "***") }

// untold names do not say that they are those of secrets, and untelling texts are
// none by themselves.
func untold(name string) bool    { return !schema.MayBeSecret(name, schema.Text("x")) }
func untelling(text string) bool { return !schema.MayBeSecret("", schema.Text(text)) }

// open draws an object whose keys are the service's.
// pairs draws a list of {key, value} without a secret.
func pairs(t *rapid.T, at schema.Path) schema.List {
	list := schema.List{}
	for i := range rapid.IntRange(0, 3).Draw(t, at.String()+" length") {
		place := at.Then(strconv.Itoa(i)).String()
		list = append(list, schema.Object{
			"key":   schema.Text(Text().Filter(unmasked).Filter(untold).Draw(t, place+".key")),
			"value": schema.Text(Text().Filter(unmasked).Filter(untelling).Draw(t, place+".value")),
		})
	}
	return list
}

func open(t *rapid.T, at schema.Path) schema.Object {
	o := schema.Object{}
	for _, name := range rapid.SliceOfNDistinct(Text().Filter(untold), 0, 3, rapid.ID[string]).Draw(t, at.String()+" names") {
		o[name] = unmodelled(t, at.Then(name), 2)
	}
	return o
}
