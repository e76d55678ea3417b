package schema

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A survey finds the faults that Load finds, and each environment that is read at its
// turn is the one that Load reads.
func TestSurvey(t *testing.T) {
	good := map[string]string{
		"z-base.yaml": "apiVersion: authsync/v1\nkind: Base\nlogin: {emailLogin: true}\n",
		"policy.yaml": "apiVersion: authsync/v1\nkind: Policy\nrules:\n  mail: {field: login.emailLogin, equals: true, why: all do}\n",
		"quirks.yaml": "apiVersion: authsync/v1\nkind: Quirks\nsystems: {}\n",
		"team.txt":    "age1n4jkj5grdlgrpffkytru5umezddty8ywfa3k45795vm47suq5eeqy0vfyg\n",
	}
	for i := range 2*atATime + 3 {
		name := fmt.Sprintf("shop-%03d", i)
		good[name+".yaml"] = fmt.Sprintf(`apiVersion: authsync/v1
kind: Environment
name: %s
extends: [z-base.yaml]
recipients: ["file:team.txt"]
systems: {cloudbase: {envId: %[1]s}}
labels: {tier: prod}
login: {anonymousLogin: false}
providers:
  idp: {providerType: OIDC, name: {message: Company}, on: true, config: {clientId: %[1]s, clientSecret: !env SECRET, issuer: "https://idp.example.com", scope: openid}}
`, name)
	}
	with := func(name, text string) map[string]string {
		files := maps.Clone(good)
		files[name] = text
		return files
	}
	for _, row := range []struct {
		name  string
		files map[string]string
	}{
		{"none", good},
		{"in one file", with("shop-070.yaml", "apiVersion: authsync/v1\nkind: Environment\nname: shop-070\nlogin: {emailLogin: 7, other: true}\n")},
		{"no YAML", with("shop-100.yaml", "a: [")},
		{"a name twice, far apart", with("x.yaml", strings.Replace(good["shop-001.yaml"], "envId: shop-001", "envId: other", 1))},
		{"a tenant twice, far apart", with("x.yaml", strings.Replace(good["shop-001.yaml"], "name: shop-001", "name: other", 1))},
		{"in the Base of all", with("z-base.yaml", "apiVersion: authsync/v1\nkind: Base\nlogin: {emailLogin: 7}\n")},
		{"a missing Base", with("shop-003.yaml", strings.Replace(good["shop-003.yaml"], "z-base.yaml", "gone.yaml", 1))},
		{"in a policy", with("policy.yaml", "apiVersion: authsync/v1\nkind: Policy\nrules: 7\n")},
		{"in quirks", with("quirks.yaml", "apiVersion: authsync/v1\nkind: Quirks\nsystems: {other: {}}\n")},
		{"of a lock alone", with("left.lock.yaml", "objects: {}\n")},
	} {
		t.Run(row.name, func(t *testing.T) {
			dir := t.TempDir()
			for name, text := range row.files {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			loaded := Load([]string{dir}, SecretsSealed)
			found := Survey([]string{dir}, 500, func(*Environment) []*Fault { return nil })
			if diff := cmp.Diff(faultTexts(&loaded.Faults), faultTexts(&found.Faults)); diff != "" {
				t.Errorf("faults (-load +survey)\n%s", diff)
			}
			if len(loaded.Orphans) != len(found.Orphans) {
				t.Errorf("%d orphans, not %d", len(found.Orphans), len(loaded.Orphans))
			}
			if wrong := len(loaded.Faults.Wrong()); wrong > 0 {
				return
			} else if row.name != "none" && row.name != "of a lock alone" {
				t.Fatal("there is no fault")
			}
			for i, env := range loaded.Environments {
				for range 2 { // the first few are kept for their first turn
					read, err := found.Outlines[i].Environment()
					if err != nil {
						t.Fatal(err)
					}
					if diff := cmp.Diff(sightOf(env), sightOf(read)); diff != "" {
						t.Fatalf("%s: another one at its turn (-load +turn)\n%s", env.Name, diff)
					}
				}
			}
		})
	}
}

// sightOf is what a run sees of an environment.
func sightOf(env *Environment) (all []string) {
	add := func(format string, args ...interface{}) { all = append(all, fmt.Sprintf(format, args...)) }
	add("%s %s %v %v %v %v", env.Name, env.File, env.Sources, env.Named, env.Recipients, Show(env.Labels))
	for _, p := range env.Policies {
		add("policy %s: %d", p.File, len(p.Rules))
	}
	for _, k := range Kinds {
		c := env.Collections[k.Name]
		if c == nil {
			continue
		}
		add("%s %v", k.Name, c.Pos)
		for _, d := range c.Objects {
			add("%v %v %v %v %v %v", d.Key, d.Pos, Show(d.Fields), Show(d.Meta), d.Keep, d.Position(Path{"config", "clientId"}))
		}
	}
	for _, s := range env.Secrets {
		add("%v %v", s.Pos, s.Path)
	}
	return append(all, env.Variables()...)
}

func faultTexts(f *Faults) (texts []string) {
	for _, fault := range f.All() {
		texts = append(texts, fault.Error())
	}
	return texts
}

// An environment is read a second time from the same bytes, or not at all.
func TestOutlineOfAChangedFile(t *testing.T) {
	for name, change := range map[string]func(dir string) error{
		"its own":           func(dir string) error { return appendTo(filepath.Join(dir, "a.yaml"), "# seen\n") },
		"a list of its own": func(dir string) error { return os.WriteFile(filepath.Join(dir, "team.txt"), nil, 0o600) },
		"it is gone":        func(dir string) error { return os.Remove(filepath.Join(dir, "a.yaml")) },
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			for name, text := range map[string]string{
				"a.yaml":   "apiVersion: authsync/v1\nkind: Environment\nname: a\nrecipients: ['file:team.txt']\nsystems: {cloudbase: {envId: shop-a}}\nlogin: {emailLogin: true}\n",
				"team.txt": "age1n4jkj5grdlgrpffkytru5umezddty8ywfa3k45795vm47suq5eeqy0vfyg\n",
			} {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			found := Survey([]string{dir}, 0, func(*Environment) []*Fault { return nil })
			if err := found.Faults.Err(); err != nil {
				t.Fatal(err)
			}
			if err := change(dir); err != nil {
				t.Fatal(err)
			}
			if env, err := found.Outlines[0].Environment(); err == nil {
				t.Errorf("it is read all the same: %v", env.Name)
			}
		})
	}
}

func appendTo(file, text string) error {
	old, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	return os.WriteFile(file, append(old, text...), 0o600)
}

// What a survey keeps of an environment does not hold what the manifest says.
func TestOutlineKeepsNames(t *testing.T) {
	o := OutlineOf(&Environment{Name: "a", Collections: map[string]*Collection{
		"provider": {Objects: []*Declared{{Key: Key{Kind: "provider", Name: "idp"}}}},
		"record":   {Groups: map[string]Object{"sys_role": {}}},
	}})
	for _, key := range []Key{{Kind: "provider"}, {Kind: "provider", Name: "idp"}, {Kind: "record", Name: "sys_role"}} {
		if !o.Has(key) {
			t.Errorf("%s is not known", key)
		}
	}
	if o.Has(Key{Kind: "login"}) || o.Has(Key{Kind: "provider", Name: "other"}) {
		t.Error("it knows what is not there")
	}
	if all := OutlinesOf([]*Environment{{Name: "x"}, {Name: "y"}}); !slices.EqualFunc(all, []string{"x", "y"}, func(o *Outline, name string) bool { return o.Name == name }) {
		t.Errorf("%v", all)
	}
}
