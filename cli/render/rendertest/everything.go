// Package rendertest has a plan with one of each thing that a plan may hold, and what
// knows whether a text is SARIF, for tests of what results look like. Begin reading at
// [Everything].
package rendertest

import (
	"errors"

	"authsync/diff"
	"authsync/schema"
	"authsync/secrets"
	"authsync/sync"
)

// Everything is a plan with one of each.
func Everything() *sync.Plan {
	sealed := schema.Secret{Value: secrets.Env("CORP_SECRET")}
	github, corp, key := schema.Key{Kind: "provider", Name: "github"}, schema.Key{Kind: "provider", Name: "corp"}, schema.Key{Kind: "apiKey", Name: "server"}
	old, login := schema.Key{Kind: "provider", Name: "old"}, schema.Key{Kind: "login"}
	field := func(at string, before, after schema.Value, origin diff.Origin) diff.Field {
		path, err := schema.ParsePath(at)
		if err != nil {
			panic(err)
		}
		return diff.Field{Path: path, Before: before, After: after, Origin: origin}
	}
	both := field("config.clientId", schema.Text("Iv1.console"), schema.Text("Iv1.git"), diff.OriginBoth)
	both.Applied = schema.Text("Iv1.applied")
	prod := &sync.EnvironmentPlan{
		Name: "prod", EnvID: "acme-prod-7gk2x9", File: "envs/prod.yaml",
		Gates: []sync.Gate{
			{Name: sync.GateDelete, Allow: "delete=1", Allowed: true, Text: "1 object is deleted: provider/old"},
			{Name: sync.GateWeaken, Allow: "weaken", Key: login, Fields: []schema.Path{{"anonymousLogin"}}, Text: "anybody gets in without an account"},
			{Name: sync.GateWeaken, Allow: "weaken", Key: login, Fields: []schema.Path{{"mfaConfig", "on"}}, Text: "a stolen password or code is enough to log in"},
			{Name: sync.GateReplace, Allow: "replace", Key: key, Fields: []schema.Path{{"keyType"}}, Text: "a new one takes its place, and the old one is deleted: its users must change over"},
		},
		Changes: []diff.Change{
			{Key: login, Action: diff.Update, Fields: []diff.Field{
				field("anonymousLogin", schema.Bool(false), schema.Bool(true), diff.OriginGit),
				field("mfaConfig.on", schema.Bool(true), schema.Bool(false), diff.OriginLive),
			}},
			{Key: corp, Action: diff.Create, Fields: []diff.Field{
				field("config.clientSecret", nil, sealed, diff.OriginGit),
				field("name.message", nil, schema.Text("Corp | Partners"), diff.OriginGit),
			}},
			{Key: github, Action: diff.Update, Fields: []diff.Field{
				both,
				field("config.scope", schema.Text("user"), schema.Text("user repo"), diff.OriginUnknown),
			}},
			{Key: old, Action: diff.Delete, Fields: []diff.Field{
				field("config.clientSecret", schema.Secret{Value: secrets.Hidden("")}, nil, diff.OriginUnknown),
				field("name.message", schema.Text("Old <b>@everybody</b> #1"), nil, diff.OriginUnknown),
			}},
			{Key: key, Action: diff.Replace, Fields: []diff.Field{field("keyType", schema.Text("api_key"), schema.Text("publish_key"), diff.OriginGit)}},
		},
		Steps: []sync.Step{
			{Number: 1, Level: 1, Key: corp, Op: sync.OpCreate, Phase: sync.Give, Fields: []string{"config", "name"}, Call: sync.Call{System: "cloudbase", Action: "AddProvider",
				Body: schema.Object{"Id": schema.Text("corp"), "Config": schema.Object{"ClientSecret": sealed, "Other": schema.Unmodelled{Value: schema.Text("x")}}}}},
			{Number: 2, Level: 1, Key: github, Op: sync.OpUpdate, Phase: sync.Give, Fields: []string{"config"}, Call: sync.Call{System: "cloudbase", Action: "ModifyProvider",
				Body: schema.Object{"Id": schema.Text("github"), "Config": schema.Object{"ClientId": schema.Text("Iv1.git"), "Scope": schema.Text("user repo")}}}},
			{Number: 3, Level: 2, Key: login, Op: sync.OpUpdate, Phase: sync.Take, Fields: []string{"anonymousLogin", "mfaConfig"}, Call: sync.Call{System: "cloudbase", Action: "ModifyLoginConfig",
				Body: schema.Object{"AnonymousLogin": schema.Bool(true), "MfaConfig": schema.Object{"On": schema.Bool(false)}}}},
			{Number: 4, Level: 3, Key: old, Op: sync.OpDelete, Phase: sync.Take, Call: sync.Call{System: "devices", Method: "DELETE", Path: "/application/old"}},
			{Number: 5, Level: 3, Key: key, Op: sync.OpDelete, Phase: sync.Take, ID: "k-123", Call: sync.Call{System: "cloudbase", Action: "DeleteApiKey",
				Body: schema.Object{"KeyId": schema.Text("k-123")}}},
		},
		WaysIn: []sync.Standing{
			{Ways: []string{"login emailLogin", "provider/old on"}, SecondFactor: true},
			{After: 1, Ways: []string{"login emailLogin", "provider/corp on", "provider/old on"}, SecondFactor: true},
			{After: 3, Ways: []string{"login emailLogin", "provider/corp on", "provider/old on"}},
			{After: 4, Ways: []string{"login emailLogin", "provider/corp on"}},
		},
		Notes: []sync.Note{
			{Key: github, Code: sync.NoteUnmodelled, Text: "1 live field is not modelled here, carried along unchanged: config.extra.Undocumented"},
			{Key: corp, Code: sync.NoteUnread, Text: "live could not be read"},
		},
		Unreadable: map[string]error{"provider": errors.New("live cannot be read")},
		Unmanaged:  []schema.Key{{Kind: "provider", Name: "gitlab"}, {Kind: "connector", Name: "Mail | team"}},
	}
	return &sync.Plan{Environments: []*sync.EnvironmentPlan{
		{Name: "dev", EnvID: "acme-dev-3f8d1a", Notes: []sync.Note{{Key: github, Code: sync.NoteSecret, Text: "config.clientSecret could not be compared: the service hides it"}}},
		prod,
		{Name: "staging", EnvID: "staging", Refusals: []sync.Refusal{{Key: github, Fields: []schema.Path{{"config"}},
			Text: "config is sent whole, and its clientSecret is hidden by the service and not in the manifest"}}},
		{Name: "test", Errors: []error{errors.New("cloudbase: GetProviders: AuthFailure.SecretIdNotFound: no such id (request 1-2-3)")}},
	}}
}
