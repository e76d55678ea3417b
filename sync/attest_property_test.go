package sync_test

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	stdsync "sync"
	"testing"

	"filippo.io/age"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"authsync/remote/sandbox"
	"authsync/remote/transport"
	"authsync/schema"
	"authsync/schema/schematest"
	"authsync/secrets"
	"authsync/sync"
	"authsync/sync/planfile"
)

// counted is a keyring that counts the sealed texts that it is asked for.
type counted struct {
	*secrets.Keyring
	mu    stdsync.Mutex
	texts map[string]struct{}
}

func (c *counted) Open(v secrets.Value) (secrets.Clear, error) {
	if v.Form() == secrets.SealedForm {
		c.mu.Lock()
		c.texts[v.Armored()] = struct{}{}
		c.mu.Unlock()
	}
	return c.Keyring.Open(v)
}

// judged is what a plan and a drift tell by a text of the lock, and how many sealed texts
// were opened for each.
type judged struct {
	plan, drift   string
	texts, drifts int
	made          *sync.EnvironmentPlan
	site          *sync.Site
}

func (w *world) judges(t fataler, env *schema.Environment, ids []age.Identity, lock []byte) judged {
	t.Helper()
	var j judged
	keys := &counted{Keyring: &secrets.Keyring{Identities: ids, LookupEnv: variable}, texts: map[string]struct{}{}}
	j.site = w.site(t, env)
	j.site.Keys = keys
	if err := j.site.OpenLock("test", func(string) ([]byte, error) {
		if lock == nil {
			return nil, os.ErrNotExist
		}
		return lock, nil
	}); err != nil {
		t.Fatalf("%v\n%s", err, lock)
	}
	var out bytes.Buffer
	j.made = sync.Build(j.site, w.read(t, j.site, sync.Options{}), sync.Options{})
	if err := planfile.WriteJSON(&out, &sync.Plan{Environments: []*sync.EnvironmentPlan{j.made}}, "test"); err != nil {
		t.Fatal(err)
	}
	j.plan, j.texts = strings.Join(told(t, j.made), "\n")+out.String(), len(keys.texts)
	if !j.site.Lock.Present() {
		return j
	}
	out.Reset()
	clear(keys.texts)
	drift := sync.Drift(j.site, sync.ReadDrift(context.Background(), j.site, sync.Options{}), sync.Options{})
	if err := planfile.WriteDriftJSON(&out, sync.FleetDrift{Environments: []*sync.Drifted{drift}}, "test"); err != nil {
		t.Fatal(err)
	}
	j.drift, j.drifts = out.String(), len(keys.texts)
	return j
}

// unattested is a lock's text without what is attested.
func unattested(lock []byte) []byte {
	var out []byte
	inside := false
	for line := range bytes.Lines(lock) {
		switch {
		case string(line) == "    attested:\n":
			inside = true
			continue
		case inside && bytes.HasPrefix(line, []byte("      ")):
			continue
		}
		inside = false
		out = append(out, line...)
	}
	return out
}

// attestedLines are the lines of a lock that attest something.
func attestedLines(lock []byte) []string {
	without := strings.SplitAfter(string(unattested(lock)), "\n")
	var lines []string
	for line := range strings.Lines(string(lock)) {
		if strings.HasPrefix(line, "      ") && strings.Contains(line, ": hmac:") && !slices.Contains(without, line) {
			lines = append(lines, line)
		}
	}
	return lines
}

// For any history of what is live, what git says, the lock, and who looks at them: what
// a lock attests changes nothing of what a plan and a drift tell, whoever has written it.
func TestWhatIsAttestedChangesNothing(t *testing.T) {
	usually(t, 40)
	stranger, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, transport.Options{})
	ours, others, nobody := []age.Identity{schematest.Identity()}, []age.Identity{stranger}, []age.Identity(nil)
	var count struct{ all, attested, spared, moved int }
	rapid.Check(t, func(t *rapid.T) {
		w.fresh(manners[rapid.SampledFrom(slices.Sorted(maps.Keys(manners))).Draw(t, "manners")])
		w.live(t, nil)
		env := w.withSecrets(t)
		var lock []byte
		var done []string
		locks := [][]byte{nil}
		for range rapid.IntRange(2, 6).Draw(t, "steps") {
			step := rapid.SampledFrom([]string{"apply", "apply", "live", "git", "sealed again", "moved", "an older lock", "a swapped lock", "a forged lock"}).Draw(t, "step")
			if len(done) == 0 {
				step = "apply"
			}
			done = append(done, step)
			lines := attestedLines(lock)
			switch {
			case step == "apply":
				j := w.judges(t, env, ours, lock)
				if len(j.made.Refusals) > 0 || len(j.made.Errors) > 0 {
					break
				}
				if len(j.made.Steps) > 0 {
					sync.Apply(t.Context(), j.site, allowed(j.made), silent)
				} else if err := sync.Adopt(j.site, j.made); err != nil {
					t.Fatal(err)
				}
				if text, err := os.ReadFile(j.site.Lock.Path()); err == nil {
					lock = text
					locks = append(locks, lock)
				}
			case step == "live":
				w.live(t, nil)
				w.liveSecrets(t)
			case step == "git":
				env = w.withSecrets(t)
			case step == "sealed again", step == "moved":
				env = sealedAgain(t, env, step)
			case step == "an older lock":
				lock = rapid.SampledFrom(locks).Draw(t, "lock")
			case step == "a swapped lock" && len(lines) > 1:
				a, b := rapid.SampledFrom(lines).Draw(t, "a"), rapid.SampledFrom(lines).Draw(t, "b")
				_, was, _ := strings.Cut(a, "hmac:")
				_, is, _ := strings.Cut(b, "hmac:")
				lock = bytes.ReplaceAll(lock, []byte(was), []byte(is))
			case step == "a forged lock" && len(lines) > 0:
				_, was, _ := strings.Cut(rapid.SampledFrom(lines).Draw(t, "a"), "hmac:")
				digest, _ := (&secrets.Keyring{Identities: others}).Attest(anySealed(t), secrets.NewClear("clear-a"))
				lock = bytes.ReplaceAll(lock, []byte(was), []byte(digest+"\n"))
			}
			for who, ids := range map[string][]age.Identity{"ours": ours, "others": others, "nobody": nobody} {
				quick, thorough := w.judges(t, env, ids, lock), w.judges(t, env, ids, unattested(lock))
				if d := cmp.Diff(thorough.plan, quick.plan) + cmp.Diff(thorough.drift, quick.drift); d != "" {
					t.Fatalf("%v, %s: (-stripped +attested)\n%s\n%s", done, who, d, lock)
				}
				if quick.texts > thorough.texts || quick.drifts > thorough.drifts {
					t.Fatalf("%v, %s: %d and %d texts were opened, not %d and %d", done, who, quick.texts, quick.drifts, thorough.texts, thorough.drifts)
				}
				count.spared += thorough.texts - quick.texts
				count.moved += len(quick.made.Changes)
				if who != "ours" && (quick.texts != thorough.texts || quick.drifts != thorough.drifts) {
					t.Fatalf("%v: %s believes what it cannot know", done, who)
				}
			}
			count.all++
			count.attested += len(attestedLines(lock))
		}
	})
	t.Logf("%+v", count)
	if enough() && (count.attested < count.all/4 || count.spared < count.all/8 || count.moved == 0) {
		t.Errorf("too little was drawn: %+v", count)
	}
}

// keyed are providers whose secrets the service shows.
var keyed = []string{"p0", "p1", "p2"}

// withSecrets draws a manifest, and providers with a secret each.
func (w *world) withSecrets(t *rapid.T) *schema.Environment {
	env := w.desired(t, w.state(t))
	var objects []*schema.Declared
	for _, k := range schema.Kinds {
		if c := env.Collections[k.Name]; c != nil {
			objects = append(objects, c.Objects...)
		}
	}
	for _, name := range keyed {
		d := shownProvider(name, manifestSecret(t, schema.Path{"providers", name, "config", "clientSecret"}))
		if rapid.IntRange(0, 5).Draw(t, name+" without a secret") == 0 {
			delete(d.Fields["config"].(schema.Object), "clientSecret")
		}
		objects = append(objects, d)
	}
	slices.SortStableFunc(objects, func(a, b *schema.Declared) int { return strings.Compare(a.Key.Name, b.Key.Name) })
	env = environment(objects...)
	env.Recipients = []string{schematest.Identity().Recipient().String()}
	return env
}

// liveSecrets has somebody set the secrets of some of them.
func (w *world) liveSecrets(t *rapid.T) {
	for _, name := range keyed {
		if rapid.Bool().Draw(t, "live "+name) {
			d := shownProvider(name, liveSecret(t, schema.Path{name}))
			w.seed(t, &schema.Provider, name, (&schema.Provider).ToWire(opened(d.Fields)))
		}
	}
}

// opened are fields with their secrets as a service has them.
func opened(fields schema.Object) schema.Object {
	ring := &secrets.Keyring{}
	return schema.ReplaceSecrets(fields, nil, func(_ schema.Path, s schema.Secret) schema.Value {
		clear, err := ring.Open(s.Value)
		if err != nil {
			panic(err)
		}
		return schema.Text(clear.Reveal())
	}).(schema.Object)
}

func shownProvider(name string, secret secrets.Value) *schema.Declared {
	return &schema.Declared{Key: schema.Key{Kind: "provider", Name: name}, Fields: schema.Object{
		"providerType": schema.Text("OAUTH"), "name": schema.Object{"message": schema.Text(name)},
		"config": schema.Object{"clientId": schema.Text("a"), "clientSecret": schema.Secret{Value: secret}},
	}}
}

// sealedAgain is an environment of which some secrets are sealed again, or stand where
// they were not sealed for.
func sealedAgain(t *rapid.T, env *schema.Environment, how string) *schema.Environment {
	var objects []*schema.Declared
	ring := secrets.Keyring{Identities: []age.Identity{schematest.Identity()}}
	for _, k := range schema.Kinds {
		c := env.Collections[k.Name]
		if c == nil {
			continue
		}
		for _, d := range c.Objects {
			next := *d
			next.Fields = schema.ReplaceSecrets(d.Fields, nil, func(at schema.Path, s schema.Secret) schema.Value {
				if s.Form() != secrets.SealedForm || !rapid.Bool().Draw(t, d.Key.String()+at.String()) {
					return s
				}
				place := s.Binding()
				clear, err := ring.Open(s.Value)
				switch {
				case how == "moved":
					place.Env = ""
					return schema.Secret{Value: secrets.Sealed(s.Armored(), place)}
				case err != nil: // it was moved
					return s
				}
				v, err := secrets.Seal(clear, place, []age.Recipient{schematest.Identity().Recipient()})
				if err != nil {
					t.Fatal(err)
				}
				return schema.Secret{Value: v}
			}).(schema.Object)
			objects = append(objects, &next)
		}
	}
	again := environment(objects...)
	again.Recipients = env.Recipients
	return again
}

// anySealed is a sealed text of no place that a manifest has.
func anySealed(t fataler) secrets.Value {
	v, err := secrets.Seal(secrets.NewClear("clear-a"), secrets.Binding{Env: "test", Path: "x"}, []age.Recipient{schematest.Identity().Recipient()})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// Of an environment as it was applied no sealed text is opened, but the key of the keyed
// digests where a secret is in a variable; nor are they where the apply had nothing to do.
func TestAnUnmovedPlanOpensNothing(t *testing.T) {
	for _, row := range []struct {
		name     string
		value    func(name string) secrets.Value
		texts    int // opened for a plan
		older    int // and by a lock that attests nothing
		attested int
	}{
		{"sealed", sealedSecret(t), 0, 5, 5},
		{"in variables", func(string) secrets.Value { return secrets.Env("S_A") }, 1, 1, 0},
	} {
		t.Run(row.name, func(t *testing.T) {
			w := newWorld(t, transport.Options{})
			w.fresh(sandbox.Options{})
			var objects []*schema.Declared
			for i := range 5 {
				name := fmt.Sprintf("p%d", i)
				objects = append(objects, shownProvider(name, row.value(name)))
			}
			env := environment(objects...)
			env.Recipients = []string{schematest.Identity().Recipient().String()}
			ids := []age.Identity{schematest.Identity()}
			j := w.judges(t, env, ids, nil)
			report := sync.Apply(t.Context(), j.site, allowed(j.made), silent)
			if !report.Complete() || !asWanted(report) {
				t.Fatalf("%+v", report)
			}
			lock, err := os.ReadFile(j.site.Lock.Path())
			if err != nil {
				t.Fatal(err)
			}
			again := w.judges(t, env, ids, lock)
			if !again.made.Empty() || again.texts != row.texts || again.drifts > 1 {
				t.Errorf("%d texts are opened for a plan, %d for a drift, %+v", again.texts, again.drifts, again.made.Changes)
			}
			old := w.judges(t, env, ids, unattested(lock))
			if old.texts != row.older || len(attestedLines(lock)) != row.attested {
				t.Errorf("by the lock of an older version %d texts are opened\n%s", old.texts, lock)
			}
			if err := sync.Adopt(old.site, old.made); err != nil {
				t.Fatal(err)
			}
			if now, err := os.ReadFile(old.site.Lock.Path()); err != nil || string(now) != string(lock) {
				t.Errorf("an apply with nothing to do, by the lock of an older version, %v: %s", err, cmp.Diff(string(lock), string(now)))
			}
		})
	}
}

// sealedSecret seals a secret of a provider.
func sealedSecret(t *testing.T) func(name string) secrets.Value {
	return func(name string) secrets.Value {
		v, err := secrets.Seal(secrets.NewClear("clear-"+name), secrets.Binding{Env: "test", Path: "providers." + name + ".config.clientSecret"},
			[]age.Recipient{schematest.Identity().Recipient()})
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}
