package diff_test

import (
	"slices"
	"testing"

	"authsync/diff"
	"authsync/schema"
	"authsync/secrets"
)

// applied is what was last applied, by path.
type applied map[string]schema.Value

func (a applied) History() diff.History {
	if a == nil {
		return diff.NeverApplied
	}
	return diff.WasApplied
}

func (a applied) Holds(at schema.Path, v schema.Value) diff.Match {
	was, known := a[at.String()]
	s, isSecret := v.(schema.Secret)
	switch {
	case !known || v == nil || isSecret && s.Form() == secrets.HiddenForm:
		return diff.Forgotten
	case schema.Same(was, v):
		return diff.SameAsApplied
	}
	return diff.OtherThanApplied
}

func (a applied) Settles(schema.Path, schema.Value, schema.Value) bool { return false }
func (a applied) Attests(diff.Opened) bool                             { return false }

func (a applied) ClearFields() schema.Object {
	o := schema.Object{}
	for path, v := range a {
		if _, secret := v.(schema.Secret); !secret {
			o[path] = v // top-level fields alone, in these tests
		}
	}
	return o
}

func secret(text string) schema.Value { return schema.Secret{Value: secrets.Plain(text)} }

// Who moved, by what was applied, what is live and what is wanted.
func TestOrigin(t *testing.T) {
	hidden := schema.Secret{Value: secrets.Hidden("***")}
	for _, row := range []struct {
		name         string
		kind         *schema.Kind
		field        string
		applied      schema.Value
		live, wanted schema.Value
		want         diff.Origin
		never        bool
	}{
		{name: "git moved", kind: &schema.Client, field: "maxDevice", applied: schema.Number("1"), live: schema.Number("1"), wanted: schema.Number("2"), want: diff.OriginGit},
		{name: "live moved", kind: &schema.Client, field: "maxDevice", applied: schema.Number("2"), live: schema.Number("1"), wanted: schema.Number("2"), want: diff.OriginLive},
		{name: "both moved", kind: &schema.Client, field: "maxDevice", applied: schema.Number("3"), live: schema.Number("1"), wanted: schema.Number("2"), want: diff.OriginBoth},
		{name: "live lost it", kind: &schema.Client, field: "maxDevice", applied: schema.Number("2"), wanted: schema.Number("2"), want: diff.OriginLive},
		{name: "git newly names it", kind: &schema.Client, field: "maxDevice", live: schema.Number("1"), wanted: schema.Number("2"), want: diff.OriginGit},
		{name: "git clears it", kind: &schema.Provider, field: "picture", applied: schema.Text("https://a.example"), live: schema.Text("https://a.example"), wanted: schema.Null{}, want: diff.OriginGit},
		{name: "never applied", kind: &schema.Client, field: "maxDevice", live: schema.Number("1"), wanted: schema.Number("2"), never: true, want: diff.OriginUnknown},
		{name: "what the service made of it counts as applied", kind: &schema.APIKey, field: "expireIn", applied: schema.Seconds(7776000), live: schema.Seconds(7775999), wanted: schema.Seconds(86400), want: diff.OriginGit},
		{name: "a secret moved in git", kind: &schema.Connector, field: "config", applied: secret("a"), live: secret("a"), wanted: secret("b"), want: diff.OriginGit},
		{name: "a secret moved live", kind: &schema.Connector, field: "config", applied: secret("b"), live: secret("a"), wanted: secret("b"), want: diff.OriginLive},
		{name: "a secret moved in both", kind: &schema.Connector, field: "config", applied: secret("c"), live: secret("a"), wanted: secret("b"), want: diff.OriginBoth},
		{name: "a hidden secret moved in git", kind: &schema.Connector, field: "config", applied: secret("a"), live: hidden, wanted: secret("b"), want: diff.OriginGit},
		{name: "a secret of which nothing is known", kind: &schema.Connector, field: "config", live: secret("a"), wanted: secret("b"), want: diff.OriginUnknown},
	} {
		t.Run(row.name, func(t *testing.T) {
			path, wrap := row.field, func(v schema.Value) schema.Object { return schema.Object{row.field: v} }
			if row.field == "config" {
				path, wrap = "config.secret", func(v schema.Value) schema.Object { return schema.Object{"config": schema.Object{"secret": v}} }
			}
			known := applied{"type": schema.Text("x")}
			if row.applied != nil {
				known[path] = row.applied
			}
			if row.never {
				known = nil
			}
			result, err := diff.Compare(row.kind, wrap(row.wanted), wrap(row.live), new(secrets.Keyring), known)
			if err != nil || len(result.Fields) != 1 {
				t.Fatalf("%+v, %v", result, err)
			}
			f := result.Fields[0]
			if f.Origin != row.want {
				t.Errorf("the origin is %s, want %s", f.Origin, row.want)
			}
			if (f.Applied != nil) != (f.Origin == diff.OriginBoth && row.field != "config") {
				t.Errorf("applied is %v", f.Applied)
			}
		})
	}
}

// settledOnce is the lock of of one value, and of what the service made of it.
type settledOnce struct {
	applied
	live schema.Value
}

func (m settledOnce) Settles(at schema.Path, want, live schema.Value) bool {
	return m.Holds(at, want) == diff.SameAsApplied && schema.Same(m.live, live)
}

// What the service made of a value is no difference while neither side moves.
func TestSettled(t *testing.T) {
	applied := settledOnce{applied{"homepage": schema.Text("https://A.example")}, schema.Text("https://a.example")}
	for name, row := range map[string]struct {
		live, wanted string
		want         []diff.Origin
		settled      int
	}{
		"as the service made it":    {"https://a.example", "https://A.example", nil, 1},
		"as it was written":         {"https://A.example", "https://A.example", nil, 0},
		"git moved":                 {"https://a.example", "https://B.example", []diff.Origin{diff.OriginGit}, 0},
		"live moved":                {"https://b.example", "https://A.example", []diff.Origin{diff.OriginLive}, 0},
		"both moved":                {"https://b.example", "https://C.example", []diff.Origin{diff.OriginBoth}, 0},
		"git took it over":          {"https://a.example", "https://a.example", nil, 0},
		"its lines end another way": {"a\r\nb\r\n", "a\nb\n", nil, 0},
	} {
		result, err := diff.Compare(&schema.Provider, schema.Object{"homepage": schema.Text(row.wanted)},
			schema.Object{"homepage": schema.Text(row.live)}, new(secrets.Keyring), applied)
		var got []diff.Origin
		for _, f := range result.Fields {
			got = append(got, f.Origin)
		}
		if err != nil || !slices.Equal(got, row.want) || len(result.Settled) != row.settled {
			t.Errorf("%s: %+v, %v", name, result, err)
		}
	}
}

// Objects that only one side has.
func TestOriginOfObjects(t *testing.T) {
	at, want := schema.Path{"on"}, schema.Bool(true)
	for name, row := range map[string]struct {
		applied          diff.Applied
		missing, unnamed diff.Origin
	}{
		"applied so":        {applied{"on": want}, diff.OriginLive, diff.OriginGit},
		"applied otherwise": {applied{"on": schema.Bool(false)}, diff.OriginBoth, diff.OriginGit},
		"never applied":     {applied(nil), diff.OriginGit, diff.OriginLive},
	} {
		if got := diff.OriginOfMissing(row.applied, at, want); got != row.missing {
			t.Errorf("%s: one that live lacks is of %s, want %s", name, got, row.missing)
		}
		if got := diff.OriginOfUnnamed(row.applied); got != row.unnamed {
			t.Errorf("%s: one that git does not name is of %s, want %s", name, got, row.unnamed)
		}
	}
}
