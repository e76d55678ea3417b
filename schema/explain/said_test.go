package explain

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"authsync/schema"
	"authsync/schema/lang"
	"authsync/schema/pattern"
)

// A kind that has a little of everything, so that each sentence is said once.
func everyRule() *schema.Kind {
	return &schema.Kind{
		Name: "thing", Collection: "things", System: "cloudbase", From: "guide", Label: "title", Arity: schema.Groups, RowKey: "key",
		Class:    schema.Class{Field: "sort", Max: map[string]int{"b": 2, "a": 1}},
		Key:      schema.KeyRule{Form: "a word", From: "paper", Aliases: []string{"default"}, AliasOf: "appId", Means: map[string]schema.Meaning{"git": {Field: "sort", Value: "code"}}, Creatable: pattern.Of("x"), CreatableForm: "letters"},
		GroupKey: schema.KeyRule{Form: "a group"},
		Regional: []schema.Regional{{At: schema.Path{"in", "sms"}, In: []string{"r1", "r2"}, Why: "why not", From: "map"}},
		MetaRule: schema.Rule{Doc: "Meta."},
		UsedBy:   []schema.Use{{Kind: "client", Field: schema.Path{"uses"}}},
		Type: schema.Struct{
			Fields: []schema.Field{{Name: "one", Type: schema.String{MaxBytes: 3}}},
			Rules:  []schema.Rule{{Doc: "First."}, {Doc: "Second.", From: "note"}, {}},
		},
		Update: schema.Update{
			Create: schema.ByCall, OnCreate: []string{"one"}, ByUpdate: []string{"mine"}, AfterCreate: []string{"two", "three"}, Token: schema.TokenOnce, Seen: schema.InVault, Ousts: "it shuts the others out",
			Always: []string{"on"}, Ways: []string{"in", "out"}, Immutable: []string{"sort"}, Replace: schema.DeleteFirst, Expiry: schema.Expiry{After: "rotate", At: "end", Before: "early"},
			Overlap: schema.Overlap{Field: "overlap", Usual: 3600, End: schema.EndedByService}, Sways: map[string][]string{"b": {"c"}, "a": {"d", "e"}},
			Derived:  schema.Derived{From: schema.Path{"url"}, Fields: []schema.Path{{"x"}, {"y", "z"}}, When: schema.Object{"kind": schema.Text("oidc"), "on": schema.True}},
			Deletion: schema.DeletedByCall, Lacking: schema.Rule{Doc: "Lacks."},
		},
	}
}

func lines(text string) []string { return strings.Split(strings.TrimSuffix(text, "\n"), "\n") }

// What a kind is said to be, in full, and what is said of one that has none of it.
func TestWhatIsSaidOfAKind(t *testing.T) {
	k, l := everyRule(), lang.English
	bare := &schema.Kind{Name: "bare", Collection: "bares"}
	for _, row := range []struct {
		name, got string
		want      []string
	}{
		{"how it is written", Updates(k, l), []string{
			"- Created by a call of its own, which takes `one`.",
			"- The first update creates `mine`.",
			"- The call that creates takes names of letters alone. Any other is the service's own: the first update creates it, or turns it on.",
			"- The call that creates does not take `two` and `three`: an update follows it.",
			"- The service shows its token once. It is sealed into the vault, `NAME.vault.yaml`, before anything else is done.",
			"- No call shows one: it is compared with the vault. Drift cannot see it, and an export leaves it out.",
			"- Making the first one trips the gate `lockout`: it shuts the others out.",
			"- Every update sends `on` as well.",
			"- `in` and `out` open ways in. One that goes on is written before anything is taken away, one that goes off after everything that is given.",
			"- Immutable: `sort`. A difference replaces the object; the old one is deleted first.",
			"- Replaced when it is older than `rotate`.",
			"- The service ends the old one by itself, 1h after the new one is made; no call changes that.",
			"- Replaced when less than `early` is left until `end`.",
			"- The old one lives on for `overlap`, 1h if left out. The first apply after that deletes it, without a gate. At the limit a replacement is refused, unless the overlap is 0: then the old one goes before the new one comes (gate `replace`).",
			"- A new `a` is sent together with what the manifest states of `d` and `e`: the service may make something of these.",
			"- A new `b` is sent together with what the manifest states of `c`: the service may make something of these.",
			"- A new `url` makes the service overwrite `x` and `y.z`, where `kind` is `oidc` and `on` is `true`. What the manifest states of these is written once more after it.",
			"- Written one after the other.",
			"- Deleted by `--prune` once git has removed it, and by `--prune-unmanaged` where the manifest has the collection without it; never while `keep` is true.",
			"- Deleting one that the `uses` of a managed client uses trips the gate `lockout`.",
			"- One that the call that creates could not make again is never deleted.",
		}},
		{"how a bare one is", Updates(bare, l), []string{"- Always there: nothing creates it.", "- Never deleted."}},
		{"one that an update creates", Updates(&schema.Kind{Update: schema.Update{ByUpdate: []string{"a"}}}, l), []string{"- The first update creates `a`.", "- Never deleted."}},
		{"one of a list of names", Updates(&schema.Kind{Notation: schema.NamesOnly, Update: schema.Update{Create: schema.ByCall, Parallel: schema.Parallel, Deletion: schema.DeletedByCall}}, l), []string{
			"- Created by a call of its own.", "- Several may be written at once.",
			"- Deleted by `--prune` once git has removed it, and by `--prune-unmanaged` where the manifest has the collection without it."}},
		{"its limits", Limits(k, l), []string{
			"- An environment has at most 1 of a, 2 of b. (*guide*)", "- No two have the same `title`; left out, it is the object's name.", "- Region r1, r2 alone: `in.sms`. why not. (*map*)",
			"- First. (*guide*)", "- Second. (*note*)", "- Meta.", "- Lacks. (*guide*)"}},
		{"at most so many", Limits(&schema.Kind{Max: 7}, l), []string{"- An environment has at most 7."}},
		{"no limit", Limits(bare, l), []string{""}},
		{"its name", NameRule(k, l), []string{"Stands under `things.GROUP.rows.NAME`. GROUP is a group. (*guide*) NAME is a word. (*paper*) `default` stands for the one whose id is `systems.cloudbase.appId`. " +
			"`git` is always of sort `code`. It is the value of the field that the group's `key` names; an object need not say it again."}},
		{"a bare name", NameRule(&schema.Kind{Collection: "bares", Arity: schema.Many}, l), []string{"Stands under `bares.NAME`."}},
		{"one of all", HowMany(&schema.Kind{Arity: schema.One}, l) + HowMany(&schema.Kind{Arity: schema.Many}, l) + HowMany(&schema.Kind{Arity: schema.Groups}, l), []string{"onemanymany, in groups"}},
		{"names in words", strings.Join([]string{Code(nil, l), Code([]string{"a"}, l), Code([]string{"a", "b"}, l), Code([]string{"a", "b", "c"}, l)}, "|"), []string{"|`a`|`a` and `b`|`a`, `b` and `c`"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			if d := cmp.Diff(row.want, lines(row.got)); d != "" {
				t.Errorf("-want +got\n%s", d)
			}
		})
	}
	side := []*schema.Kind{{Name: "c", Collection: "cs", Update: schema.Update{After: []string{"a", "b"}}}, {Name: "a", Collection: "as"}, {Name: "b", Collection: "bs"}}
	if got, err := Order(side, l); err != nil || got != "`as` and `bs` side by side, then `cs`" {
		t.Errorf("%s %v", got, err)
	}
	for field, want := range map[string]string{"one": "needed to create", "sort": "immutable", "on": "always sent", "two": "by a second call", "else": ""} {
		if got := strings.Join(UpdateNotes(k, field, l), ", "); got != want {
			t.Errorf("%s: %s, want %s", field, got, want)
		}
	}
	if p := (Place{Kind: k}); len(WriteLines(p, l)) != 21 || len(RuleLines(p, l)) != 7 {
		t.Errorf("%v %v", WriteLines(p, l), RuleLines(p, l))
	}
	inside := Place{Kind: k, Type: k.Type, Field: &k.Type.Fields[0], Rules: k.Type.Rules}
	if WriteLines(inside, l) != nil || len(RuleLines(inside, l)) != 2 || WriteLines(Place{}, l) != nil {
		t.Errorf("%v %v", WriteLines(inside, l), RuleLines(inside, l))
	}
}

// What a field is said to be, and what is said of one that has none of it.
func TestWhatIsSaidOfAField(t *testing.T) {
	l := lang.English
	weaker := &schema.Weakening{Why: "it opens"}
	for _, row := range []struct {
		field schema.Field
		want  string
	}{
		{schema.Field{Name: "f", Doc: "It is.", Type: schema.Boolean{}}, "It is. Takes true or false."},
		{schema.Field{Name: "f", Doc: "It is.", Type: schema.Boolean{}, Need: schema.Required, Clear: schema.Clears, Scope: schema.PerEnvironment, Sight: schema.WriteOnly, From: "guide", Weaker: weaker},
			"It is. Takes true or false. (required, null clears, per environment, never shown, source: guide, gate weaken: it opens)"},
		{schema.Field{Name: "f", Doc: "It is.", Type: schema.Boolean{}, Access: schema.ReadOnly}, "It is. (read only)"},
	} {
		if got := FieldLines([]schema.Field{row.field}, l); len(got) != 1 || got[0].Name != "f" || got[0].Text != row.want {
			t.Errorf("%v, want %s", got, row.want)
		}
	}
	for text, types := range map[string][]schema.Type{
		" (*doc*)": {schema.OneOf{"a"}, schema.Choice{"a"}, schema.Integer{}, schema.Span{}, schema.String{Pattern: pattern.Of("a")}, schema.String{MaxBytes: 1}, schema.String{Check: &schema.Check{}}, schema.ListOf{Item: schema.Integer{}}, schema.SetOf{Item: schema.Span{}}},
		"":         {schema.String{}, schema.Boolean{}, schema.Open{}, schema.ListOf{Item: schema.String{}}, schema.SetOf{Item: schema.Boolean{}}},
	} {
		for _, typ := range types {
			made := Documented(schema.Struct{Fields: []schema.Field{{Name: "in", Type: schema.ListOf{Item: schema.Struct{Fields: []schema.Field{{Name: "f", Type: typ}}}}}}}, "doc")
			inner := made.Fields[0].Type.(schema.ListOf).Item.(schema.Struct)
			if got := source(inner.Fields[0].From); got != text || made.Fields[0].From != "" || inner.From != "doc" {
				t.Errorf("%T: %q, want %q", typ, got, text)
			}
		}
	}
	if made := Documented(schema.Struct{Fields: []schema.Field{{Name: "f", Type: schema.Open{}, Need: schema.Required}}}, "doc"); made.Fields[0].From != "doc" {
		t.Error("that a field is required is a limit")
	}
}

// A path of each sort leads to its place, and what is said there is so of it.
func TestWhatIsSaidOfAPlace(t *testing.T) {
	const whole = "sent whole when something in it differs, and else not at all"
	for path, want := range map[string][]string{
		"login":                             {"Path login", "system cloudbase", "how many one"},
		"apiKeys":                           {"Path apiKeys.NAME", "how many at most 5 of api_key, 1 of publish_key", "source login API: the description of the authentication interfaces of CloudBase that came with the service"},
		"records":                           {"Path records.GROUP.rows.NAME", "how many many, in groups"},
		"record":                            {"Path records.GROUP.rows.NAME"},
		"record/sys_role":                   {"Path records.GROUP"},
		"records.sys_role":                  {"Path records.GROUP"},
		"record/sys_role/admin":             {"Path records.GROUP.rows.NAME"},
		"record/sys_role.key":               {"Path records.GROUP.key", "update none: it speaks to authsync, and is never sent"},
		"records.key":                       {"Path records.GROUP.key"},
		"records.sys_role.key":              {"Path records.GROUP.key"},
		"records.sys_role.rows":             {"Path records.GROUP.rows.NAME"},
		"records.sys_role.rows.admin":       {"Path records.GROUP.rows.NAME"},
		"records.rows":                      {"Path records.GROUP"},
		"records.rows.admin":                {"Path records.GROUP.rows.NAME"},
		"records.rows.admin.title":          {"Path records.GROUP.rows.NAME.title", "wire title"},
		"records.sys_role.rows.admin.title": {"Path records.GROUP.rows.NAME.title", "wire title"},
		"providers.on":                      {"Path providers.NAME.on", "wire On", "update " + whole},
		"providers.github.on":               {"Path providers.NAME.on", "wire On"},
		"provider/github.config.scope":      {"Path providers.NAME.config.scope", "wire Config.Scope", "update sent with the whole of config: what live has there, and the manifest's over it"},
		"provider/github.config.issuer":     {"gate weaken, where a change makes it less safe: "},
		"providers.keep":                    {"Path providers.NAME.keep", "update none: it speaks to authsync, and is never sent"},
		"providers.providerType":            {"takes one of OAUTH, ", "also needed to create"},
		"providers.extra.Other":             {"Path providers.NAME.extra.Other", "wire Other", "update sent with the whole of Other: what live has there, and the manifest's over it"},
		"providers.config.extra.other":      {"Path providers.NAME.config.extra.other", "wire Config.other", "update sent with the whole of config: "},
		"apiKeys.keyType":                   {"also required, immutable"},
		"login.smsVerificationConfig.templateProvider.secretKey":                 {"update sent together with its group, and only where one of that differs: the service keeps what it is not sent"},
		"login.smsVerificationConfig.templateProvider.templateId":                {"wire SmsVerificationConfig.TemplateProvider.TemplateId"},
		"login.smsVerificationConfig.templateProvider.templateExtendParam.0.key": {"Path login.smsVerificationConfig.templateProvider.templateExtendParam.key", "wire SmsVerificationConfig.TemplateProvider.TemplateExtendParam.Key"},
		"login.smsVerificationConfig.templateProvider.templateExtendParam[].key": {"Path login.smsVerificationConfig.templateProvider.templateExtendParam.key"},
		"connectors.config.region":                                               {"Path connectors.NAME.config.region", "wire config.region"},
		"integrations.ext.appId":                                                 {"Path integrations.NAME.ext.appId", "wire Ext.appId"},
		"applications.apiServer.roleIdList":                                      {"Path applications.NAME.apiServer.roleIdList", "wire apiServer.roleIdList"},
		"applications.apiServer.roleIdList.0":                                    {"Path applications.NAME.apiServer.roleIdList", "wire apiServer.roleIdList"},
		"systems.cloudbase":                                                      {"Path systems.cloudbase"},
		"systems":                                                                {"Path systems"},
		"providers.extra":                                                        {"Path providers.NAME.extra"},
		"systems.cloudbase.region":                                               {"Path systems.cloudbase.region"},
		"recipients":                                                             {"Path recipients"},
		"labels.tier":                                                            {"Path labels.tier"},
		"authDomains":                                                            {"Path authDomains.NAME", "name A list of names; nothing else is said of one."},
	} {
		place, err := At(path)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		said := []string{"Path " + place.Path}
		for _, f := range Facts(place, lang.English) {
			said = append(said, f.Name+" "+f.Text)
		}
		for _, line := range want {
			found := false
			for _, one := range said {
				found = found || one == line || strings.HasSuffix(line, " ") && strings.HasPrefix(one, line) || strings.HasPrefix(line, "name ") && strings.HasPrefix(one, line)
			}
			if !found {
				t.Errorf("%s: %q is not said in\n%s", path, line, strings.Join(said, "\n"))
			}
		}
	}
	for path, want := range map[string]string{
		"providrs": `unknown path "providrs", did you mean providers?`, "provder": `unknown path "provder", did you mean provider?`, "systems.cloudbse": `unknown path "systems.cloudbse", did you mean systems.cloudbase?`, "systems.xyz": `unknown path "systems.xyz"; there are systems.cloudbase, `,
		"login.emialLogin": `unknown path "login.emialLogin", did you mean login.emailLogin?`, "login.emailLogin.x": "login.emailLogin holds nothing below it: it takes true or false",
		"login.emailLogin.0": "login.emailLogin holds nothing below it: it takes true or false", "": "", "systems.cloudbase.extra": `unknown path "systems.cloudbase.extra"`, ".": "",
		"applications.apiServer.roleIdList.x": "applications.NAME.apiServer.roleIdList holds nothing below it: it takes ",
	} {
		if place, err := At(path); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: %v %v, want %s", path, place.Path, err, want)
		}
	}
	for path, want := range map[string]string{"labels.tier": "", "providers.extra.Other": "A name of the service's own: "} {
		if place := mustBe(t, path); !strings.HasPrefix(place.Doc, want) || want == "" && strings.HasPrefix(place.Doc, "A name of the service's") {
			t.Errorf("%s: %s", path, place.Doc)
		}
	}
	next := func(text string) (all []string) {
		for _, line := range Next(text) {
			all = append(all, line.Name)
		}
		return all
	}
	if got := next("systems."); len(got) != len(schema.Systems) || got[0] != "systems."+schema.Systems[0].Name {
		t.Error(got)
	}
	if got := next("prov"); len(got) != 1+len(schema.Head)+len(schema.Kinds) || got[0] != "systems" {
		t.Error(got)
	}
	if got := next("nothing."); got != nil {
		t.Error(got)
	}
	if got := next(".x"); got != nil {
		t.Error(got)
	}
}

func mustBe(t *testing.T, path string) Place {
	t.Helper()
	place, err := At(path)
	if err != nil {
		t.Fatal(err)
	}
	return place
}

// An example is the part of the kind's own that stands at the place, or a value.
func TestWhereExamplesAreFrom(t *testing.T) {
	for path, want := range map[string]string{
		"apiKeys.keyType": "keyType: api_key", "apiKeys.server.expireIn": "expireIn: 90d", "apiKeys.overlap": "overlap: 0s", "records.key": "key: code", "records.sys_role.rows.admin.name": "", "records.envType": "envType: prod", "systems.cloudbase": "",
		"integrations.authTypeCode": "authTypeCode: alipaydc", "labels.tier": "",
	} {
		if got := Example(mustBe(t, path)); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
	kind := func(example string) Place {
		return Place{Path: "things.NAME.list.f", Kind: &schema.Kind{Example: example}, Type: schema.Boolean{}, Field: &schema.Field{Name: "f", Type: schema.Boolean{}}}
	}
	for example, want := range map[string]string{
		"things:\n  a:\n    list:\n    - f: {x: 1}\n    - f: 2\n": "f: {x: 1}", "things: {a: {list: {g: 1, f: 2}}}": "f: 2", "things: {a: {list: []}}": "f: true", "things: {a: {list: 3}}": "f: true", "things: {a: {}}": "f: true", "": "f: true", "a: [": "f: true", "other: {}": "f: true",
	} {
		if got := Example(kind(example)); got != want {
			t.Errorf("%q: %q, want %q", example, got, want)
		}
	}
}
