package record

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"authsync/schema"
	"authsync/schema/pattern"
	"authsync/schema/quirk"
	"authsync/secrets"
	"authsync/sync"
)

// Name is that of the recorded environment, and File its file in the seed.
const (
	Name = "recorded"
	File = Name + ".yaml"
)

// public are fields of free text whose values are the services' own, by kind.
var public = map[string][]string{
	schema.Integration.Name: {"authTypeCode"},
	schema.Provider.Name:    {"locale"},
}

// settings are those of a system that tell where it is; nothing else goes along.
var settings = []string{"envId", "region", "url"}

// recorder makes a seed.
type recorder struct {
	site   *sync.Site
	names  *pseudonyms
	keys   sync.Keys
	put    []string // replaced secrets, by the number of their placeholder
	hidden []string // what must not be in the seed
}

// Seed is the manifest of a sandbox that holds what was read of a site. It says also
// what it leaves out.
func Seed(site *sync.Site, read *sync.Reading) (text []byte, left []string, err error) {
	if len(read.Errors) > 0 {
		return nil, nil, errors.Join(read.Errors...)
	}
	r := &recorder{site: site, names: newPseudonyms(), keys: site.Keys}
	replaced := *read
	replaced.Live = map[string]map[string]sync.LiveObject{}
	for kind, live := range read.Live {
		if _, unseen := read.Unreadable[kind]; unseen {
			left = append(left, schema.KindNamed(kind).Collection+": "+read.Unreadable[kind].Error())
			continue
		}
		if replaced.Live[kind], err = r.objects(schema.KindNamed(kind), live); err != nil {
			return nil, nil, err
		}
	}
	env, remarks, err := sync.Export(site, &replaced, r.placeholder)
	if err != nil {
		return nil, nil, err
	}
	r.anonymous(env, site.Env)
	for {
		text, err := schema.Write(env, nil)
		if err != nil {
			return nil, nil, err
		}
		text = r.filled(text)
		wrong := schema.LoadText(File, text, schema.SecretsPlain).Faults.Wrong()
		if len(wrong) == 0 {
			for _, remark := range remarks {
				what, _, _ := strings.Cut(remark.Text, ";") // and not what to do in a manifest
				left = append(left, remark.Path[0]+": "+what)
			}
			slices.Sort(left)
			return text, slices.Compact(left), r.clean(text)
		}
		dropped := false
		for _, f := range wrong {
			if at := objectAt(f.Path); env.Remove(at) {
				left, dropped = append(left, schema.DisplayPath(at)+" is left out: "+schema.DisplayPath(f.Path[len(at):])+" "+f.Text), true
			}
		}
		if !dropped {
			return nil, nil, fmt.Errorf("what is live cannot be written as a seed: %s", wrong[0].Text)
		}
	}
}

// objectAt is the path of the object that a path of a manifest leads into.
func objectAt(path schema.Path) schema.Path {
	for _, k := range schema.Kinds {
		if _, below, ok := k.NameAt(path); ok {
			return path[:len(path)-len(below)]
		}
	}
	return path
}

// objects are live objects of a kind, with other names and values.
func (r *recorder) objects(k *schema.Kind, live map[string]sync.LiveObject) (map[string]sync.LiveObject, error) {
	out := map[string]sync.LiveObject{}
	for _, name := range sortedNames(live) {
		o := live[name]
		var err error
		o.Fields, err = r.fields(k, o.Fields)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", schema.Key{Kind: k.Name, Name: name}, err)
		}
		out[r.name(k, name)] = o
	}
	return out, nil
}

func sortedNames(live map[string]sync.LiveObject) []string {
	var names []string
	for name := range live {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// name is another name for an object, except one that the service itself gives.
func (r *recorder) name(k *schema.Kind, name string) string {
	group, row, _ := strings.Cut(name, "/")
	switch {
	case k.Arity == schema.Groups:
		return group + "/" + r.names.text(row)
	case name == "", k.Permanent(name), slices.Contains(k.Key.Aliases, name):
		return name
	}
	return r.names.text(name)
}

// fields are the fields of an object with other values.
func (r *recorder) fields(k *schema.Kind, o schema.Object) (schema.Object, error) {
	var failed error
	out := schema.MapAt(o, nil, func(at schema.Path, v schema.Value) schema.Value {
		switch v := v.(type) {
		case schema.Secret:
			s, err := r.secret(k, at, v)
			failed = errors.Join(failed, err)
			return s
		case schema.Text:
			if len(at) == 0 || k.Chooses(at) || slices.Contains(public[k.Name], at[len(at)-1]) {
				return v
			}
			return schema.Text(r.names.text(string(v)))
		case schema.Number:
			if !k.Models(at) && len(v) > 5 {
				return schema.Number(r.number(string(v)))
			}
		}
		return v
	})
	return out.(schema.Object), failed
}

// number is another number of as many digits.
func (r *recorder) number(digits string) string {
	other := strings.TrimLeft(r.names.text(digits), "0")
	return strings.Repeat("1", len(digits)-len(other)) + other
}

// secret is another secret in clear, of the form of the one that is there, or of what
// the service shows of it.
func (r *recorder) secret(k *schema.Kind, at schema.Path, v schema.Secret) (schema.Value, error) {
	if v.Form() == secrets.HiddenForm {
		visible := v.Visible()
		switch {
		case visible == "" && k.Stands(at, r.known(k)) && k.TakesSecret(at):
			return schema.Secret{Value: secrets.Plain(r.names.secret(madeUp))}, nil
		case visible == "" && k.Stands(at, r.known(k)):
			return schema.Text(nowhere), nil
		case visible == "":
			return v, nil // nobody knows whether there is one
		}
		return schema.Secret{Value: secrets.Plain(r.names.secret(strings.ReplaceAll(visible, "*", "x") + madeUp))}, nil
	}
	clear, err := r.keys.Open(v.Value)
	if err != nil {
		return nil, err
	}
	r.hidden = append(r.hidden, clear.Reveal())
	return schema.Secret{Value: secrets.Plain(r.names.secret(clear.Reveal()))}, nil
}

// nowhere stands for a text that the service has and never shows, and madeUp is of the
// form that every service takes for a secret.
const (
	nowhere = "https://authsync.invalid/"
	madeUp  = "Aa0-1b2c3d4e5f"
)

// known is what is known of a kind's service.
func (r *recorder) known(k *schema.Kind) quirk.Set {
	place := r.site.Places[k.System]
	return r.site.Env.Quirks.At(k.System, place.Address, place.Sandbox).Set()
}

// placeholder stands for a secret in clear, which no manifest is ever written with.
func (r *recorder) placeholder(v secrets.Value, _ schema.Path) (secrets.Value, error) {
	clear, err := r.keys.Open(v)
	if err != nil {
		return secrets.Value{}, err
	}
	r.put = append(r.put, clear.Reveal())
	return secrets.Env(fmt.Sprintf("RECORDED_%06d", len(r.put)-1)), nil
}

var placeholders = pattern.Of(`!env RECORDED_(\d{6})`)

// filled puts the replaced secrets in the places of their placeholders.
func (r *recorder) filled(text []byte) []byte {
	return placeholders.ReplaceAllFunc(text, func(found []byte) []byte {
		n := 0
		fmt.Sscanf(string(found[len(found)-6:]), "%d", &n)
		var quoted bytes.Buffer
		schema.WriteJSON(&quoted, r.put[n], "") // YAML reads what JSON quotes
		return append([]byte("!plain "), bytes.TrimSpace(quoted.Bytes())...)
	})
}

// anonymous takes from an environment what is its owner's.
func (r *recorder) anonymous(env, owner *schema.Environment) {
	systems := map[string]schema.Object{}
	for name, was := range owner.Systems {
		systems[name] = schema.Object{}
		for _, setting := range settings {
			text := was.Text(setting)
			switch {
			case text == "" || name == schema.CloudBase && setting == "url":
			case setting == "region":
				systems[name][setting] = schema.Text(text)
			default:
				systems[name][setting] = schema.Text(r.names.text(text))
			}
		}
	}
	*env = schema.Environment{Name: Name, File: File, Systems: systems, Collections: env.Collections}
}

// clean is the last check: no secret that was read is in the seed.
func (r *recorder) clean(text []byte) error {
	for _, secret := range r.hidden {
		if len(secret) > 5 && bytes.Contains(text, []byte(secret)) {
			return errors.New("a secret would be in the seed, which is a fault of authsync: nothing was written")
		}
	}
	return nil
}
