package sync

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"authsync/schema"
	"authsync/schema/list"
	"authsync/secrets"
	"authsync/spell"
)

// Seal seals a secret that live shows in clear for its path in the manifest.
type Seal func(clear secrets.Value, at schema.Path) (secrets.Value, error)

// Export makes a manifest from what was read of a site. It seals secrets that live
// shows, and leaves out, with a remark, those that live hides.
func Export(site *Site, read *Reading, seal Seal) (*schema.Environment, []schema.Remark, error) {
	x := &exporter{site: site, seal: seal}
	env := *site.Env
	env.Collections = map[string]*schema.Collection{}
	for _, k := range schema.Kinds {
		live, ok := read.Live[k.Name]
		if !ok || k.Update.Seen == schema.InVault {
			continue
		}
		c := &schema.Collection{Kind: k, Groups: site.Env.Collections[k.Name].Groups}
		for _, name := range sortedNames(live) {
			if p := live[name].Presence; p == Phantom || p == Builtin {
				continue
			}
			if k.RowKey != "" && live[name].DuplicateOf != "" {
				return nil, nil, fmt.Errorf("%s: live has several of this name; delete all but one, or say with %s a column whose values are unique",
					schema.Key{Kind: k.Name, Name: live[name].DuplicateOf}, k.RowKey)
			}
			d := &schema.Declared{Key: schema.Key{Kind: k.Name, Name: name}}
			fields, err := x.object(k, k.Settable(live[name].Fields), k.Path(name))
			if err != nil {
				return nil, nil, fmt.Errorf("%s: %w", d.Key, err)
			}
			d.Fields = fields
			c.Objects = append(c.Objects, d)
		}
		env.Collections[k.Name] = c
	}
	return &env, x.remarks, nil
}

func sortedNames(live map[string]LiveObject) []string { return slices.Sorted(maps.Keys(live)) }

// exporter converts live objects to a manifest's. A secret that the old manifest has
// at the same place is kept unless live contradicts it.
type exporter struct {
	site    *Site
	old     *schema.Environment // nil = none
	seal    Seal
	remarks []schema.Remark
}

func (x *exporter) object(k *schema.Kind, live schema.Object, at schema.Path) (schema.Object, error) {
	out := schema.Object{}
	for _, name := range live.Names() {
		path := at.Then(name)
		v, err := x.value(k, live[name], path)
		if err != nil {
			return nil, err
		}
		if v != nil {
			out[name] = v
		}
	}
	return out, nil
}

// value returns what the manifest says for a live value; nil = nothing.
func (x *exporter) value(k *schema.Kind, live schema.Value, at schema.Path) (schema.Value, error) {
	name := at[len(at)-1]
	switch v := x.known(live, at).(type) {
	case schema.Secret:
		return x.secret(v, at)
	case schema.Unmodelled:
		if k, below := kindAt(at); k != nil && !k.TakesAnything(below) {
			x.remark(at, "%s is left out: the service has it in a form that is not known", name)
			return nil, nil
		}
		return x.list(schema.Unwrap(v), at)
	case schema.Object:
		if name == schema.Extra && schema.HoldsUnmodelled(v) && k.HasExtra(at) {
			x.remark(at, "not modelled here, left as live has it: %s", join(list.Each(v.Names(), func(name string) schema.Path { return schema.Path{name} })))
			return nil, nil
		}
		inner, err := x.object(k, v, at)
		if len(inner) == 0 {
			return nil, err
		}
		return inner, err
	default:
		if schema.HoldsUnmodelled(v) {
			x.remark(at, "%s is left out: its items hold fields that are not modelled", name)
			return nil, nil
		}
		return x.list(v, at)
	}
}

// list seals the secrets in a list. A list with a hidden secret is taken from the old
// manifest, or left out.
func (x *exporter) list(v schema.Value, at schema.Path) (schema.Value, error) {
	if schema.Hides(v) {
		x.remark(at, "%s is left out: the service hides what is in it", at[len(at)-1])
		return nil, nil
	}
	var failed error
	out := schema.ReplaceSecrets(v, at, func(at schema.Path, s schema.Secret) schema.Value {
		sealed, err := x.secret(s, at)
		failed = errors.Join(failed, err)
		return sealed
	})
	return out, failed
}

// known returns a live value as a secret if the old manifest has a secret in its
// place.
func (x *exporter) known(v schema.Value, at schema.Path) schema.Value {
	text, clear := schema.Unwrap(v).(schema.Text)
	if !clear || x.old == nil {
		return v
	}
	if _, secret := x.old.Secret(at); secret {
		return schema.Secret{Value: secrets.Plain(string(text))}
	}
	return v
}

// secret seals a secret that live shows. For a hidden one it returns the old
// manifest's, or nothing.
func (x *exporter) secret(live schema.Secret, at schema.Path) (schema.Value, error) {
	var had secrets.Value
	if x.old != nil {
		had, _ = x.old.Secret(at)
	}
	if live.Form() == secrets.HiddenForm {
		if !had.IsZero() {
			return schema.Secret{Value: had}, nil
		}
		if k, below := kindAt(at); k != nil && k.TakesSecret(below) {
			x.remark(at, "%s is left out: the service hides it; put it in with: authsync secrets set %s --in %s", at[len(at)-1], spell.Word(at.String()), spell.Word(x.site.Env.File))
		} else {
			x.remark(at, "%s is left out: the service hides it", at[len(at)-1])
		}
		return nil, nil
	}
	if !had.IsZero() {
		clear, err := x.site.Keys.Open(had)
		shown, err2 := x.site.Keys.Open(live.Value)
		if err == nil && err2 == nil && clear.Reveal() == shown.Reveal() {
			return schema.Secret{Value: had}, nil
		}
	}
	sealed, err := x.seal(live.Value, at)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", at, err)
	}
	return schema.Secret{Value: sealed}, nil
}

// kindAt returns the kind of the object at a path of a manifest, and the path inside
// the object.
func kindAt(at schema.Path) (*schema.Kind, schema.Path) {
	for _, k := range schema.Kinds {
		if _, below, ok := k.NameAt(at); ok {
			return k, below
		}
	}
	return nil, nil
}

func (x *exporter) remark(at schema.Path, format string, args ...interface{}) {
	x.remarks = append(x.remarks, schema.Remark{Path: at, Text: fmt.Sprintf(format, args...)})
}
