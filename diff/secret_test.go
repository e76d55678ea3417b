package diff_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"authsync/diff"
	"authsync/schema"
	"authsync/secrets"
)

// knows is a lock that says the same of every value.
type knows struct {
	applied
	match diff.Match
}

func (k knows) Holds(schema.Path, schema.Value) diff.Match { return k.match }

// keysWithout opens what no identity is needed for; one variable holds no text.
func keysWithout() *secrets.Keyring {
	return &secrets.Keyring{LookupEnv: func(name string) (string, bool) {
		return map[string]string{"SET": "abc", "BROKEN": "\xff"}[name], name != "UNSET"
	}}
}

// told says in a word what a comparison of one value came to.
func told(r diff.Result, err error) string {
	var all []string
	switch {
	case err != nil:
		return "error"
	case len(r.Unknown) > 0:
		all = append(all, string(r.Unknown[0].Reason))
	case len(r.Fields) > 0:
		all = append(all, "different")
	default:
		all = append(all, "same")
	}
	if len(r.Recalled) > 0 {
		all = append(all, "recalled")
	}
	return strings.Join(all, ", ")
}

func TestSecrets(t *testing.T) {
	plain := func(text string) schema.Value { return schema.Secret{Value: secrets.Plain(text)} }
	mask := func(text string) schema.Value { return schema.Secret{Value: secrets.Hidden(text)} }
	env := func(name string) schema.Value { return schema.Secret{Value: secrets.Env(name)} }
	sealed := schema.Secret{Value: secrets.Sealed("-----BEGIN AGE ENCRYPTED FILE-----", secrets.Binding{Env: "prod", Path: "a"})}
	const hides, noKey, noVariable = string(diff.LiveHidden), string(diff.NoKey), string(diff.NoVariable)
	for _, row := range []struct {
		live, wanted schema.Value
		match        diff.Match
		want         string
	}{
		{plain("abc"), plain("abc"), diff.Forgotten, "same"},
		{plain("abd"), plain("abc"), diff.SameAsApplied, "different"}, // what is shown counts
		{plain("abc"), env("SET"), diff.Forgotten, "same"},

		// A service may spell JSON in its own way, and nothing else.
		{plain(`{"a":1,"b":[2]}`), plain(`{"b": [2], "a": 1}`), diff.Forgotten, "same"},
		{plain(`[1,2]`), plain(`[1, 2]`), diff.Forgotten, "same"},
		{plain(`{"a":1}`), plain(`{"a": 2}`), diff.Forgotten, "different"},
		{plain(`{"a":1`), plain(`{"a": 1`), diff.Forgotten, "different"},
		{plain(`{"a":1`), plain(`{"a": 1}`), diff.Forgotten, "different"},
		{plain(`{"a":1}`), plain(`{"a": 1`), diff.Forgotten, "different"},
		{plain(`1.0`), plain(`1`), diff.Forgotten, "different"},
		{plain(`"a"`), plain(` "a"`), diff.Forgotten, "different"},

		// A mask may contradict; what it does not, only the lock can tell.
		{mask("***"), plain("abc"), diff.Forgotten, hides},
		{mask("***"), plain("abc"), diff.SameAsApplied, "same"},
		{mask("***"), plain("abc"), diff.OtherThanApplied, "different"},
		{mask("***"), plain("abc"), diff.NewlyNamed, "different"},
		{mask("***"), plain("abc"), diff.NeedsKey, hides + string(diff.AndNoKey)},
		{mask("ab***"), plain("abcd"), diff.Forgotten, hides},
		{mask("ax***"), plain("abcd"), diff.SameAsApplied, "different"},
		{mask("***cd"), plain("abcd"), diff.Forgotten, hides},
		{mask("***xd"), plain("abcd"), diff.SameAsApplied, "different"},
		{mask("ab*cd*ef"), plain("abef"), diff.Forgotten, hides},
		{mask("ab*cd*ef"), plain("abcd"), diff.Forgotten, "different"},
		{mask("configured"), plain("abcd"), diff.SameAsApplied, "same"}, // which masks nothing
		{mask(""), plain("abcd"), diff.Forgotten, hides},

		// What no identity opens is compared with what was applied, and that is told.
		{plain("abc"), sealed, diff.SameAsApplied, "same, recalled"},
		{plain("abc"), sealed, diff.OtherThanApplied, "different, recalled"},
		{plain("abc"), sealed, diff.NewlyNamed, noKey},
		{plain("abc"), sealed, diff.Forgotten, noKey},
		{plain("abc"), sealed, diff.NeedsKey, noKey + string(diff.AndNoKey)},
		{mask("***"), sealed, diff.SameAsApplied, "same"},
		{mask("***"), sealed, diff.NewlyNamed, "different"},
		{plain("abc"), env("UNSET"), diff.Forgotten, noVariable},
		{mask("***"), env("UNSET"), diff.OtherThanApplied, "different"},
		{plain("abc"), env("BROKEN"), diff.SameAsApplied, "error"},

		// The manifest holds what live shows of its own.
		{mask("***"), mask("***"), diff.OtherThanApplied, "same"},
		{mask("a***"), mask("***"), diff.Forgotten, "different"},

		// No secret is wanted: one that shows nothing may be none.
		{mask(""), schema.Null{}, diff.Forgotten, "same"},
		{mask(""), schema.Null{}, diff.OtherThanApplied, "different"},
		{mask("***"), schema.Null{}, diff.Forgotten, "different"},
		{plain("abc"), schema.Null{}, diff.Forgotten, "different"},

		// The manifest marks no secret, and live hides one.
		{mask("***"), schema.Text("***"), diff.OtherThanApplied, "same"},
		{mask("***"), schema.Text("abc"), diff.SameAsApplied, "same"},
		{mask("a***"), schema.Text("xyz"), diff.SameAsApplied, "different"},
		{mask("***"), schema.Text("abc"), diff.Forgotten, hides},

		// Lists and objects are looked into, where they have the same places.
		{schema.List{plain("a"), plain("b")}, schema.List{plain("a"), plain("b")}, diff.Forgotten, "same"},
		{schema.List{plain("a"), mask("***")}, schema.List{plain("a"), plain("b")}, diff.Forgotten, hides},
		{schema.List{plain("a"), mask("***")}, schema.List{plain("a"), plain("b")}, diff.SameAsApplied, "same"},
		{schema.List{plain("a"), plain("x")}, schema.List{plain("a"), plain("b")}, diff.Forgotten, "different"},
		{schema.List{mask("***")}, schema.List{plain("a"), plain("b")}, diff.SameAsApplied, "different"},
		{schema.List{plain("a"), plain("x")}, schema.List{plain("a"), env("BROKEN")}, diff.Forgotten, "error"},
		{schema.Object{"a": mask("***")}, schema.Object{"a": plain("b")}, diff.SameAsApplied, "same"},
		{schema.Object{"a": mask("***")}, schema.Object{"a": env("BROKEN")}, diff.SameAsApplied, "error"},
	} {
		t.Run(fmt.Sprintf("%v, %v, %d", row.live, row.wanted, row.match), func(t *testing.T) {
			wrap := func(v schema.Value) schema.Object { return schema.Object{"config": schema.Object{"secret": v}} }
			got := told(diff.Compare(&schema.Connector, wrap(row.wanted), wrap(row.live), keysWithout(), knows{applied{}, row.match}))
			if got != row.want {
				t.Errorf("it is told as %q, want %q", got, row.want)
			}
		})
	}
}

// A secret that cannot be read is named by its place.
func TestUnreadableSecretIsNamed(t *testing.T) {
	live := schema.Object{"config": schema.Object{"list": schema.List{secret("a"), secret("b")}}}
	wanted := schema.Object{"config": schema.Object{"list": schema.List{secret("a"), schema.Secret{Value: secrets.Env("BROKEN")}}}}
	_, err := diff.Compare(&schema.Connector, wanted, live, keysWithout(), nil)
	if !errors.Is(err, secrets.ErrNotText) || !strings.HasPrefix(err.Error(), "config.list.1: ") {
		t.Errorf("%v", err)
	}
	live["config"].(schema.Object)["list"].(schema.List)[1] = schema.Secret{Value: secrets.Hidden("***")}
	wanted["config"].(schema.Object)["list"].(schema.List)[1] = secret("b")
	result, err := diff.Compare(&schema.Connector, wanted, live, keysWithout(), nil)
	if err != nil || len(result.Unknown) != 1 || result.Unknown[0].Path.String() != "config.list.1" {
		t.Errorf("%v, %v", result.Unknown, err)
	}
}

// What the service never shows is what was last applied, or not known.
func TestWriteOnly(t *testing.T) {
	hidden, never := schema.Secret{Value: secrets.Hidden("***")}, string(diff.LiveWriteOnly)
	for _, row := range []struct {
		name  string
		live  schema.Value
		want  schema.Value
		match diff.Match
		told  string
	}{
		{"applied", nil, schema.Text("a"), diff.SameAsApplied, "same"},
		{"moved in git", nil, schema.Text("a"), diff.OtherThanApplied, "different"},
		{"newly named", nil, schema.Text("a"), diff.NewlyNamed, "different"},
		{"not known", nil, schema.Text("a"), diff.Forgotten, never},
		{"not known without a key", nil, schema.Text("a"), diff.NeedsKey, never + string(diff.AndNoKey)},
		{"hidden", hidden, schema.Text("a"), diff.SameAsApplied, "same"},
		{"hidden and moved", hidden, schema.Text("a"), diff.OtherThanApplied, "different"},
		{"hidden secret", hidden, secret("a"), diff.Forgotten, never},
		{"shown all the same", schema.Text("b"), schema.Text("a"), diff.SameAsApplied, "different"},
		{"shown as it should be", schema.Text("a"), schema.Text("a"), diff.Forgotten, "same"},
		{"a secret shown all the same", secret("b"), secret("a"), diff.SameAsApplied, "different"},
	} {
		t.Run(row.name, func(t *testing.T) {
			wanted := schema.Object{"runtimeConfig": schema.Object{"deep": schema.Object{"a": row.want}}}
			for name, live := range map[string]schema.Object{
				"all": {"runtimeConfig": schema.Object{"deep": schema.Object{"a": row.live}}}, "none": {}, "half": {"runtimeConfig": schema.Object{}},
			} {
				if row.live == nil == (name == "all") {
					continue
				}
				if got := told(diff.Compare(&schema.Integration, wanted, live, keysWithout(), knows{applied{}, row.match})); got != row.told {
					t.Errorf("%s is live: it is told as %q, want %q", name, got, row.told)
				}
			}
		})
	}
}

// A field that is not shown may lie in an object that is.
func TestWriteOnlyInside(t *testing.T) {
	wanted := schema.Object{"apiServer": schema.Object{"redirectUri": schema.Text("https://a.example")}}
	for _, row := range []struct {
		name string
		live schema.Object
		want string
	}{
		{"the object shows the rest", schema.Object{"apiServer": schema.Object{"ipWhiteList": schema.Text("10.0.0.1")}}, "same"},
		{"the field is shown all the same", schema.Object{"apiServer": schema.Object{"redirectUri": schema.Text("https://b.example")}}, "different"},
		{"the object shows nothing", schema.Object{}, "same"},
	} {
		if got := told(diff.Compare(&schema.Application, wanted, row.live, keysWithout(), knows{applied{}, diff.SameAsApplied})); got != row.want {
			t.Errorf("%s: it is told as %q, want %q", row.name, got, row.want)
		}
	}
}
