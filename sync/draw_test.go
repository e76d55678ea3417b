package sync_test

import (
	"slices"

	"filippo.io/age"
	"pgregory.net/rapid"

	"authsync/remote/sandbox"
	"authsync/schema"
	"authsync/schema/quirk"
	"authsync/schema/schematest"
	"authsync/secrets"
)

// Names that authsync does not model, and that live and manifest share.
var (
	topNames    = []string{"XTopA", "XTopB"}
	nestedNames = []string{"XNestedA", "x nested.b"}
)

// whole are objects that the service takes complete or not at all (seed 002,
// SmtpConfig; public models, TemplateProvider).
var whole = []string{"smtpConfig", "templateProvider"}

// closed are objects in which the service takes every name for one that it
// knows (seed 002, EmailTemplateConfig).
var closed = []string{"templateConfig", "registerSignIn", "defaultTpl"}

// typed are ids whose objects have one type only (wire facts 1.5).
var typed = map[string]schema.Text{"provider/custom": "CUSTOM", "provider/email": "EMAIL"}

// defaults are what the service lays a new object over (seed 002).
var defaults = map[string]schema.Object{
	schema.Client.Name: {"accessTokenExpiresIn": schema.Seconds(7200), "refreshTokenExpiresIn": schema.Seconds(30 * 24 * 3600)},
}

// names are the objects that live and manifest choose from: few, so that they
// meet.
var names = map[string][]string{
	schema.Login.Name:    {""},
	schema.Client.Name:   {"default", "web-1"},
	schema.Provider.Name: {"custom", "email", "github", "wx_open"},
}

const bystander = "bystander"

// drawn reports whether objects of a kind are drawn here.
func drawn(k *schema.Kind) bool { return names[k.Name] != nil }

// manifestSecret draws !env and !age secrets out of a few.
func manifestSecret(t *rapid.T, at schema.Path) secrets.Value {
	letter := rapid.SampledFrom([]string{"A", "B", "C"}).Draw(t, at.String())
	if rapid.Bool().Draw(t, at.String()+" in a variable") {
		return secrets.Env("S_" + letter)
	}
	clear, _ := variable("S_" + letter)
	v, err := secrets.Seal(secrets.NewClear(clear), secrets.Binding{Env: "test", Path: at.String()},
		[]age.Recipient{schematest.Identity().Recipient()})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func liveSecret(t *rapid.T, at schema.Path) secrets.Value {
	return secrets.Plain("clear-" + rapid.SampledFrom([]string{"a", "b", "x"}).Draw(t, at.String()))
}

// live draws what the environment holds and puts it into the sandbox.
func (w *world) live(t *rapid.T, items []string) {
	shape := schematest.Shape{Secret: liveSecret, Top: topNames, Nested: nestedNames, Items: items, Whole: whole, Closed: closed}
	for _, k := range schema.Kinds {
		for _, name := range names[k.Name] {
			if k.Arity == schema.Many && !rapid.Bool().Draw(t, "live "+k.Name+" "+name) {
				continue
			}
			w.seed(t, k, name, standing(t, shape, k, name))
		}
		if k.Arity == schema.Many && drawn(k) {
			w.seed(t, k, bystander, standing(t, shape, k, bystander))
		}
	}
	// A top-level name that nothing live has is refused by the service.
	for _, k := range schema.Kinds {
		if k.Arity == schema.Many && drawn(k) {
			wire := schema.Object{}
			for _, name := range topNames {
				wire[name] = schema.Text("known")
			}
			w.seed(t, k, "allnames", wire)
		}
	}
}

// standing draws an object as a service can hold it.
func standing(t *rapid.T, shape schematest.Shape, k *schema.Kind, name string) schema.Object {
	wire := shape.Wire(t, k, name, k.Update.OnCreate...)
	if fixed, ok := typed[schema.Key{Kind: k.Name, Name: name}.String()]; ok {
		wire["ProviderType"] = fixed
	}
	if wire["ProviderType"] == schema.Text("WX_WORK_AGENT") && wire["TransparentMode"] == nil {
		wire["TransparentMode"] = schema.Text("TRUE") // its default, which the service writes down
	}
	if fields, err := k.FromWire(wire); err != nil || schematest.Objection(k, schema.Overlay(defaults[k.Name], fields)) != "" {
		t.Skip("no live object is like this")
	}
	return schematest.Unset(t, k, wire)
}

// seed puts one object in as it is on the wire.
func (w *world) seed(t fataler, k *schema.Kind, name string, wire schema.Object) {
	wire = wire.Clone()
	seeders := map[string]func() error{
		schema.Login.Name: func() error {
			for _, top := range topNames {
				if wire[top] == nil {
					wire[top] = schema.Text("known")
				}
			}
			return w.server.SeedLogin(envID, wire)
		},
		schema.Client.Name: func() error {
			if name == "default" {
				name = envID
			}
			return w.server.SeedClient(envID, name, wire)
		},
		schema.Provider.Name: func() error {
			wire["Id"] = schema.Text(name)
			return w.server.SeedProvider(envID, wire)
		},
	}
	if err := seeders[k.Name](); err != nil {
		t.Fatal(err)
	}
}

// desired draws a manifest that fits what is live: the service would object
// to what breaks its rules together with what it has.
func (w *world) desired(t *rapid.T, state schema.Object) *schema.Environment {
	shape := schematest.Shape{Secret: manifestSecret, Clearing: schematest.SomeNull, Top: topNames, Nested: nestedNames, Whole: whole, Closed: closed}
	var objects []*schema.Declared
	for _, k := range schema.Kinds {
		for _, name := range names[k.Name] {
			key := schema.Key{Kind: k.Name, Name: name}
			if !rapid.Bool().Draw(t, "manifest "+key.String()) {
				continue
			}
			live := held(state, key)
			var need []string
			if live == nil {
				need = k.Update.OnCreate
			}
			fields := shape.Fields(t, k, name, need...)
			if fixed, ok := typed[key.String()]; ok && fields["providerType"] != nil {
				fields["providerType"] = fixed
			}
			was, err := k.FromWire(live)
			if err != nil {
				t.Fatal(err)
			}
			if live == nil {
				was = defaults[k.Name].Clone()
			}
			if schematest.Objection(k, fields)+schematest.Objection(k, schema.Overlay(was, fields)) != "" {
				continue
			}
			if config, ok := fields["config"].(schema.Object); ok && config["scope"] == (schema.Null{}) {
				delete(config, "scope") // discovery fills it in again
			}
			if fields["providerType"] == schema.Text("WX_WORK_AGENT") && live != nil {
				continue // the type brings another default with it, which only the next plan sees
			}
			d := &schema.Declared{Key: key, Fields: fields}
			if rapid.Bool().Draw(t, key.String()+" keep") {
				d.Keep = schema.Kept
			}
			objects = append(objects, d)
		}
	}
	return environment(slices.Clip(objects)...)
}

// manners are the ways of the service that its documents leave open.
var manners = map[string]sandbox.Options{
	"replace":        {},
	"merge":          {Quirks: quirk.Set{quirk.ProviderConfig: quirk.Merged, quirk.EmailConfig: quirk.Merged}},
	"replace hidden": {Quirks: quirk.Set{quirk.ClientSecret: quirk.Masked, quirk.SMTPPassword: quirk.Masked}},
	"merge hidden": {Quirks: quirk.Set{
		quirk.ProviderConfig: quirk.Merged, quirk.EmailConfig: quirk.Merged, quirk.ClientSecret: quirk.Masked, quirk.SMTPPassword: quirk.Masked,
	}},
}
