package cli

import (
	"errors"
	"fmt"
	stdsync "sync"

	"github.com/hashicorp/go-multierror"

	"authsync/cli/setup"
	"authsync/custody"
	"authsync/schema"
	"authsync/schema/list"
	"authsync/secrets"
	"authsync/sync"
)

// sealer seals what live shows and remembers it, so that the manifest can be
// planned without a private key.
type sealer struct {
	sync.Keys
	env string
	to  []string

	mu     stdsync.Mutex
	sealed map[string]secrets.Clear // by armored text
}

func newSealer(site *sync.Site, to []string) *sealer {
	if len(to) == 0 {
		to = site.Env.Recipients
	}
	return &sealer{Keys: site.Keys, env: site.Env.Name, to: to, sealed: map[string]secrets.Clear{}}
}

func (s *sealer) seal(v secrets.Value, at schema.Path) (secrets.Value, error) {
	if len(s.to) == 0 {
		return secrets.Value{}, errors.New("live shows this secret; say with --to who can open it once it is sealed")
	}
	clear, err := s.Keys.Open(v)
	if err != nil {
		return secrets.Value{}, err
	}
	sealed, err := custody.Seal(clear, secrets.Binding{Env: s.env, Path: at.String()}, s.to)
	if err != nil {
		return secrets.Value{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sealed[sealed.Armored()] = clear
	return sealed, nil
}

// Open knows what was sealed in this run.
func (s *sealer) Open(v secrets.Value) (secrets.Clear, error) {
	s.mu.Lock()
	clear, ok := s.sealed[v.Armored()]
	s.mu.Unlock()
	if ok && v.Form() == secrets.SealedForm {
		return clear, nil
	}
	return s.Keys.Open(v)
}

func (s *sealer) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.sealed)
}

// layOutFresh spells a manifest, with the line that names its schema. What live has and a manifest may not say, such
// as a text over its limit, is left out with a remark, and told.
func (x *export) layOutFresh() error {
	env, remarks, err := sync.Export(x.site, x.read, x.sealer.seal)
	if err != nil {
		return err
	}
	hidden := list.Only(schema.Kinds, func(k *schema.Kind) bool { return k.Update.Seen == schema.InVault && env.Has(k.System) })
	remarks = append(remarks, list.Each(hidden, func(k *schema.Kind) schema.Remark {
		return schema.Remark{Path: schema.Path{k.Collection}, Text: k.Collection + " is left out: no call shows whether there is one"}
	})...)
	for {
		text, err := schema.Write(env, remarks)
		if err != nil {
			return err
		}
		x.text = append([]byte(setup.SchemaLine+"\n"), text...)
		faults := check(x.site.Env.File, x.text)
		if len(faults) == 0 {
			return x.verify()
		}
		dropped := false
		for _, f := range faults {
			if env.Remove(f.Path) {
				remarks = append(remarks, schema.Remark{Path: f.Path, Text: fmt.Sprintf("%s is left out: live %s", f.Path[len(f.Path)-1], f.Text)})
				x.say("%s is left out: live %s", f.Path.Spelled(), f.Text)
				dropped, x.left = true, true
			}
		}
		if !dropped {
			return unwritable(faults)
		}
	}
}

// verify plans the new manifest against what was read: it may differ from live
// in nothing but what is told.
func (x *export) verify() error {
	plan, err := x.plan()
	if err != nil {
		return err
	}
	var all *multierror.Error
	for _, r := range plan.Refusals {
		if r.Rule == "" && !x.tells(r.Key, nil) {
			all = multierror.Append(all, fmt.Errorf("%s: %s", r.Key, r.Text))
		}
	}
	for _, c := range plan.Changes {
		for _, f := range c.Fields {
			if !x.tells(c.Key, f.Path) {
				all = multierror.Append(all, fmt.Errorf("%s: the manifest cannot say what is live: it would %s %s", c.Key, c.Action, f.Path.Spelled()))
			}
		}
	}
	if all.ErrorOrNil() == nil {
		return nil
	}
	return multierror.Append(all, errors.New("nothing was written"))
}

func (x *export) tells(key schema.Key, at schema.Path) bool {
	return x.taken != nil && x.taken.Tells(key, at)
}

func (x *export) plan() (*sync.EnvironmentPlan, error) {
	env, faults, err := x.load(x.text)
	if err != nil {
		return nil, err
	}
	if len(faults) > 0 {
		return nil, unwritable(faults)
	}
	fresh := *x.site
	fresh.Env, fresh.Keys = env, x.sealer
	return sync.Build(&fresh, x.read, sync.Options{Targets: x.targets}), nil
}

// unwritable says what of live a manifest may not say. The faults' positions
// are left out: they are in a text that nobody will see.
func unwritable(faults []*schema.Fault) error {
	all := multierror.Append(nil, list.Each(faults, func(f *schema.Fault) error { return fmt.Errorf("%s: live %s", f.Path, f.Text) })...)
	return multierror.Append(all, errors.New("nothing was written"))
}

// check returns the faults of a text that is not in its file yet.
func check(file string, text []byte) []*schema.Fault {
	return schema.LoadText(file, text, schema.SecretsSealed, roots()...).Faults.Wrong()
}
