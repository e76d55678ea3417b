package cli

import (
	"errors"
	"fmt"
	"os"
	stdsync "sync"

	"github.com/hashicorp/go-multierror"

	"authsync/atomicfile"
	"authsync/custody"
	"authsync/diff"
	"authsync/disk"
	"authsync/schema"
	"authsync/schema/rewrite"
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

// writeFresh spells a manifest, with the line that names its schema. What live has and a manifest may not say, such
// as a text over its limit, is left out with a remark.
func writeFresh(site *sync.Site, read *sync.Reading, s *sealer) ([]byte, error) {
	env, remarks, err := sync.Export(site, read, nil, s.seal)
	if err != nil {
		return nil, err
	}
	for {
		text, err := schema.Write(env, remarks)
		if err != nil {
			return nil, err
		}
		text = append([]byte(schemaLine+"\n"), text...)
		faults := check(site.Env.File, text)
		if len(faults) == 0 {
			return text, nil
		}
		dropped := false
		for _, f := range faults {
			if env.Remove(f.Path) {
				remarks = append(remarks, schema.Remark{Path: f.Path, Text: fmt.Sprintf("%s is left out: live %s", f.Path[len(f.Path)-1], f.Text)})
				dropped = true
			}
		}
		if !dropped {
			return nil, unwritable(faults)
		}
	}
}

// writeUpdated edits a manifest where live differs from it, and adds what it
// does not name in the collections that it has.
func writeUpdated(site *sync.Site, read *sync.Reading, s *sealer) ([]byte, error) {
	text, err := disk.ReadBeside(site.Env.File)
	if err != nil {
		return nil, err
	}
	live, _, err := sync.Export(site, read, site.Env, s.seal)
	if err != nil {
		return nil, err
	}
	plan := sync.Build(site, read, sync.Options{})
	var edits []rewrite.Edit
	for _, change := range plan.Changes {
		k := schema.KindNamed(change.Key.Kind)
		at := k.Path(change.Key.Name)
		if change.Action == diff.Create {
			edits = append(edits, rewrite.Edit{Path: at})
			continue
		}
		now := live.Collections[k.Name].Object(change.Key.Name)
		for _, f := range change.Fields {
			edit := rewrite.Edit{Path: append(at[:len(at):len(at)], f.Path...)}
			if v := now.Fields.At(f.Path...); v != nil {
				edit.Node = k.SpellField(f.Path, v)
			}
			edits = append(edits, edit)
		}
	}
	for _, key := range plan.Unmanaged {
		k := schema.KindNamed(key.Kind)
		if d := live.Collections[k.Name].Object(key.Name); d != nil {
			edits = append(edits, rewrite.Edit{Path: k.Path(key.Name), Node: schema.SpellObject(d)})
		}
	}
	if len(edits) == 0 {
		return text, nil
	}
	text, err = rewrite.Apply(site.Env.File, text, edits)
	if err != nil {
		return nil, err
	}
	return text, nil
}

// verify plans the new manifest against what was read.
func verify(site *sync.Site, read *sync.Reading, text []byte, s *sealer) error {
	loaded, err := loadBeside(site.Env.File, text)
	if err != nil {
		return err
	}
	if faults := loaded.Faults.Wrong(); len(faults) > 0 {
		return unwritable(faults)
	}
	fresh := *site
	fresh.Env, fresh.Keys = loaded.Environments[0], s
	plan := sync.Build(&fresh, read, sync.Options{})
	if plan.Empty() {
		return nil
	}
	var all *multierror.Error
	for _, r := range plan.Refusals {
		all = multierror.Append(all, fmt.Errorf("%s: %s", r.Key, r.Text))
	}
	for _, c := range plan.Changes {
		all = multierror.Append(all, fmt.Errorf("%s: the manifest cannot say what is live: it would %s %s", c.Key, c.Action, schema.DisplayPath(schema.Path(c.Top()))))
	}
	return multierror.Append(all, errors.New("nothing was written"))
}

// unwritable says what of live a manifest may not say. The faults' positions
// are left out: they are in a text that nobody will see.
func unwritable(faults []*schema.Fault) error {
	var all *multierror.Error
	for _, f := range faults {
		all = multierror.Append(all, fmt.Errorf("%s: live %s", f.Path, f.Text))
	}
	return multierror.Append(all, errors.New("nothing was written"))
}

// check returns the faults of a manifest's text.
func check(file string, text []byte) []*schema.Fault {
	loaded, err := loadBeside(file, text)
	if err != nil {
		return nil // what verify says again
	}
	return loaded.Faults.Wrong()
}

// loadBeside reads a manifest that is not in place yet, from a file beside its
// place, so that what it extends is found.
func loadBeside(file string, text []byte) (*schema.Loaded, error) {
	f, err := atomicfile.Beside(file, ".*.yaml")
	if err != nil {
		return nil, err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(text)
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, err
	}
	return loadAll([]string{f.Name()}), nil
}
