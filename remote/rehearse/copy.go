package rehearse

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	stdsync "sync"
	"time"

	"authsync/remote"
	"authsync/remote/sandbox"
	"authsync/remote/service"
	"authsync/remote/transport"
	"authsync/schema"
	"authsync/schema/list"
	"authsync/schema/quirk"
	"authsync/secrets"
	"authsync/sync"
)

type original struct {
	site    *sync.Site
	plan    *sync.EnvironmentPlan
	env     *schema.Environment // without credentials, which the sandbox has of its own
	kinds   []*schema.Kind
	objects map[string][]taken // by kind
	keys    *standIns
	// options are the plan's, for what is copied.
	options sync.Options
	// next are those of the plan that would follow: what is copied for the sake of others
	// is not asked for.
	next sync.Options
}

// concerns reports whether an object is copied: one that the plan writes to, and of a
// kind of which one object may bear on another all of them.
func (o *original) concerns(key schema.Key) bool { return o.options.Selects(key) }

func newOriginal(site *sync.Site, plan *sync.EnvironmentPlan) *original {
	o := &original{
		site: site, plan: plan, env: unguarded(site.Env), kinds: touched(plan), objects: map[string][]taken{},
		keys: &standIns{keys: site.Keys, opened: map[string]secrets.Clear{}}, options: plan.Options(),
	}
	o.options.Rotate, o.options.Finish, o.options.Secrets = nil, nil, sync.LeaveUnknown // what the plan does is not to be done again
	o.options.Targets = nil
	for _, s := range plan.Steps {
		key := s.Key
		if !apart(schema.KindNamed(key.Kind)) {
			key.Name = ""
		}
		o.options.Targets = append(o.options.Targets, key)
	}
	o.next = o.options
	if asked := plan.Options().Targets; len(asked) > 0 {
		o.next.Targets = list.Flat(o.options.Targets, func(copied schema.Key) []schema.Key {
			if copied.Name != "" {
				return []schema.Key{copied}
			}
			return list.Only(asked, func(key schema.Key) bool { return key.Kind == copied.Kind })
		})
	}
	o.take(nil)
	return o
}

// take takes what is live for the copy. What seems to be there though nobody has made it
// is taken where it is among some objects only: the copy has it by itself.
func (o *original) take(phantoms []schema.Key) {
	for _, k := range o.kinds {
		o.objects[k.Name] = nil
		for name, live := range o.plan.Read().Live[k.Name] {
			key := schema.Key{Kind: k.Name, Name: name}
			if !o.concerns(key) && !o.concerns(schema.Key{Kind: k.Name, Name: live.DuplicateOf}) && !o.plan.Deletes(key, live.ID) {
				continue
			}
			if live.Presence == sync.Phantom && !slices.Contains(phantoms, key) || k.Update.Seen == schema.InVault {
				continue
			}
			if live.DuplicateOf != "" {
				key.Name = live.DuplicateOf
			}
			o.objects[k.Name] = append(o.objects[k.Name], taken{sandbox.Copied{Key: key, ID: live.ID}, live.Fields, blank(k, live.Fields)})
		}
		slices.SortFunc(o.objects[k.Name], func(a, b taken) int {
			return strings.Compare(a.Key.Name+"\x00"+a.ID, b.Key.Name+"\x00"+b.ID)
		})
	}
}

// taken is an object of the copy.
type taken struct {
	sandbox.Copied
	live schema.Object
	// blank are the quirks by which a secret of it that reads empty is hidden, or unset.
	blank []quirk.Quirk
}

// blank returns the quirks of which an object's field reads as a hidden secret of which
// nothing is shown.
func blank(k *schema.Kind, live schema.Object) (rows []quirk.Quirk) {
	for _, row := range quirk.All() {
		hides := row.Shows.Kind == k.Name && slices.Contains(row.Values(), quirk.Blank)
		if hides && shown(live.At(split(row.Shows.At)...)) == quirk.Blank {
			rows = append(rows, row)
		}
	}
	return rows
}

// under is the object as it is where quirks are so.
func (o *original) under(t taken, set quirk.Set) sandbox.Copied {
	live := t.live
	for _, row := range t.blank {
		if !set.Played(row.Name, quirk.Blank) { // then it would be shown, if it were set
			live = schema.Without(live, []schema.Path{split(row.Shows.At)})
		}
	}
	k := schema.KindNamed(t.Key.Kind)
	t.Wire, _ = o.keys.clear(k.ToWire(filled(k, live)), t.Key).(schema.Object)
	return t.Copied
}

// filled puts an object in the place of each open one that a service hides: a text there
// could not be read again where the copy shows it.
func filled(k *schema.Kind, live schema.Object) schema.Object {
	out := schema.Object{}
	for name, v := range live {
		if f := k.Type.Field(name); f != nil && schema.WhollyHidden(v) {
			if _, open := f.Type.(schema.Open); open {
				v = schema.Object{"hidden": v}
			}
		}
		out[name] = v
	}
	return out
}

// whereSettings are the settings of a system that say where it is.
var whereSettings = []string{"envId", "region", "url"}

// unguarded is an environment without its systems' credentials.
func unguarded(env *schema.Environment) *schema.Environment {
	bare := *env
	bare.Systems = map[string]schema.Object{}
	for system, settings := range env.Systems {
		kept := schema.Object{}
		for _, name := range whereSettings {
			if v := settings[name]; v != nil {
				kept[name] = v
			}
		}
		bare.Systems[system] = kept
	}
	return &bare
}

// duplicate is a copy of live, and a site whose services it plays.
type duplicate struct {
	original *original
	server   *sandbox.Server
	site     *sync.Site
}

// copied makes a copy of which the quirks are as told.
func (o *original) copied(set quirk.Set) (*duplicate, error) {
	past := true
	server := sandbox.New(sandbox.Options{Quirks: set, Now: func() time.Time {
		if past { // what was read was made before
			return time.Now().Add(-time.Hour)
		}
		return time.Now()
	}})
	for _, k := range o.kinds {
		objects := list.Each(o.objects[k.Name], func(t taken) sandbox.Copied { return o.under(t, set) })
		if err := server.Copy(o.env, k, objects); err != nil {
			return nil, fmt.Errorf("the sandbox cannot play what is live: %w", err)
		}
	}
	past = false
	o.roles(server)
	carrier, err := transport.New(transport.Options{Handler: server, About: sync.Subject, Pause: time.Nanosecond})
	if err != nil {
		return nil, err
	}
	site := o.site.Copy(o.env, o.keys)
	none := func(string) (string, bool) { return "", false }
	err = remote.Reach(site, remote.SiteConfig{Config: service.Config{
		Transport: carrier, Keys: &secrets.Keyring{LookupEnv: none}, LookupEnv: none, Hosts: service.Sandboxed,
		Fallback: &service.Fallback{
			Account: service.Credentials{SecretID: sandbox.SecretID, SecretKey: sandbox.SecretKey},
			Token:   sandbox.Token, IntegrationKey: sandbox.IntegrationKey,
		},
	}})
	return &duplicate{original: o, server: server, site: site}, err
}

// roles adds the roles and organisations that the manifest names: the plan has checked
// them with live.
func (o *original) roles(server *sandbox.Server) {
	c := o.env.Collections[schema.Application.Name]
	if c == nil {
		return
	}
	host := strings.TrimPrefix(o.env.Address(schema.Devices), "https://")
	add := map[string]func(host, id, name string){"roleIdList": server.SeedRole, "orgIdList": server.SeedOrganization}
	for _, d := range c.Objects {
		schema.Visit(d.Fields, nil, func(at schema.Path, v schema.Value) bool {
			if len(at) > 1 && add[at[len(at)-2]] != nil {
				if id, is := v.(schema.Text); is {
					add[at[len(at)-2]](host, string(id), string(id))
				}
			}
			return true
		})
	}
}

// stored returns what the copy holds of each kind, by id, secrets in clear.
func (d *duplicate) stored() map[string]schema.Object {
	all := map[string]schema.Object{}
	for _, k := range d.original.kinds {
		all[k.Name] = d.server.Stored(d.original.env, k)
	}
	return all
}

// standIns open what the plan's keys open, and put something that is nobody's secret in
// the place of what they do not.
type standIns struct {
	keys   sync.Keys
	mu     stdsync.Mutex
	opened map[string]secrets.Clear
}

// Open implements [sync.Keys].
func (s *standIns) Open(v secrets.Value) (secrets.Clear, error) {
	if v.Form() == secrets.PlainForm {
		return s.keys.Open(v)
	}
	name := v.Armored() + v.EnvName()
	s.mu.Lock()
	defer s.mu.Unlock()
	if clear, known := s.opened[name]; known {
		return clear, nil
	}
	clear, err := s.keys.Open(v)
	if err != nil {
		clear = secrets.NewClear(standIn("", name))
	}
	s.opened[name] = clear
	return clear, nil
}

// clear returns what is live with something in the place of each secret that the
// service hides, so that it can be told whether it is kept.
func (s *standIns) clear(v schema.Value, key schema.Key) schema.Value {
	n := 0
	return schema.Map(v, func(v schema.Value) schema.Value {
		secret, is := v.(schema.Secret)
		if !is || secret.Form() == secrets.PlainForm {
			return v
		}
		n++
		if secret.Form() != secrets.HiddenForm {
			if clear, err := s.Open(secret.Value); err == nil {
				return schema.Secret{Value: secrets.Plain(clear.Reveal())}
			}
		}
		visible, _, _ := strings.Cut(secret.Visible(), "*")
		return schema.Secret{Value: secrets.Plain(standIn(visible, fmt.Sprint(key, n)))}
	})
}

func standIn(visible, of string) string {
	sum := sha256.Sum256([]byte(of))
	return visible + "stand-in-" + hex.EncodeToString(sum[:6])
}
