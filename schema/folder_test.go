package schema

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// inFolder writes files, whose texts may leave out the line of the version.
func inFolder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if strings.HasPrefix(strings.TrimPrefix(text, `"`), "kind") {
			text = "apiVersion: authsync/v1\n" + text
		}
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// told are the faults of a folder, without the folder's name.
func told(dir string, faults *Faults) string {
	return strings.ReplaceAll(strings.Join(faultTexts(faults), "\n"), dir+string(filepath.Separator), "")
}

const (
	anEnvironment = "kind: Environment\nname: prod\nsystems: {cloudbase: {envId: acme-1}}\nlogin: {emailLogin: true}\n"
	aPolicy       = "kind: Policy\nrules: {mail: {field: login.emailLogin, equals: false}}\n"
	aRollout      = "kind: Rollout\nwaves: [{select: {}}]\n"
	knownQuirks   = "kind: Quirks\nsystems: {}\n"
	foreign       = "services: {web: {image: nginx}}\n"
)

// Each file of a folder is a manifest, lies beside one, or is none of authsync's.
func TestFilesOfAFolder(t *testing.T) {
	const passedOver = "other.yaml: is passed over: it is no file of authsync, which begins with apiVersion: authsync/v1 and kind"
	for _, row := range []struct {
		name  string
		files map[string]string
		want  string
	}{
		{"a lock with its manifest", map[string]string{"a.yaml": anEnvironment, "a.lock.yaml": "x"}, ""},
		{"a lock with its manifest, in short", map[string]string{"a.yml": anEnvironment, "a.lock.yml": "x"}, ""},
		{"a lock alone", map[string]string{"a.yaml": anEnvironment, "b.lock.yaml": "x"},
			"b.lock.yaml: is a lock without its manifest, b.yaml: the objects applied from it still exist, and no plan includes them; restore the manifest, or delete the lock too"},
		{"a lock of another ending", map[string]string{"a.yml": anEnvironment, "a.lock.yaml": "x"},
			"a.lock.yaml: is a lock without its manifest, a.yaml: the objects applied from it still exist, and no plan includes them; restore the manifest, or delete the lock too"},
		{"a folder that is called as a lock", map[string]string{"a.yaml": anEnvironment, "b.lock.yaml/x": "x"}, ""},
		{"a vault, and what is hidden", map[string]string{"a.yaml": anEnvironment, "a.vault.yaml": "x", ".b.yaml": "x", "README.md": "x"}, ""},
		{"another's file", map[string]string{"a.yaml": anEnvironment, "other.yaml": foreign}, passedOver},
		{"a list", map[string]string{"a.yaml": anEnvironment, "other.yaml": "[a, b]"}, passedOver},
		{"of another version", map[string]string{"a.yaml": anEnvironment, "other.yaml": "apiVersion: v1\nkind: Service\n"}, passedOver},
		{"without a version, with a kind of ours", map[string]string{"a.yaml": anEnvironment, "other.yaml": "{kind: Base}"}, "other.yaml:1:1: apiVersion: is missing"},
		{"without a version, with systems", map[string]string{"a.yaml": anEnvironment, "other.yaml": "{systems: {}}"}, "other.yaml:1:1: apiVersion: is missing\nother.yaml:1:1: kind: is missing"},
		{"without a version, with what it extends", map[string]string{"a.yaml": anEnvironment, "other.yaml": "{extends: []}"}, "other.yaml:1:1: apiVersion: is missing\nother.yaml:1:1: kind: is missing"},
		{"nothing but another's", map[string]string{"other.yaml": foreign}, "other.yaml:1:1: apiVersion: is missing\nother.yaml:1:1: kind: is missing"},
		{"nothing", map[string]string{"README.md": ""}, "DIR: no manifest in this directory (*.yaml)"},
		{"quirks under another name", map[string]string{"a.yaml": anEnvironment, "known.yaml": knownQuirks}, "known.yaml:2:7: kind: is read for the manifests beside it only where the file is called quirks.yaml"},
		{"quirks under their name", map[string]string{"a.yaml": anEnvironment, "quirks.yml": knownQuirks}, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			dir := inFolder(t, row.files)
			got := strings.ReplaceAll(told(dir, &Load([]string{dir}, SecretsSealed).Faults), dir, "DIR")
			if d := cmp.Diff(row.want, got); d != "" {
				t.Errorf("-want +got\n%s", d)
			}
		})
	}
}

// An environment that is named alone is judged by the policies beside it, and by none of
// another folder; those that are named judge all.
func TestPoliciesThatJudgeAnEnvironment(t *testing.T) {
	dir := inFolder(t, map[string]string{
		"a.yaml": anEnvironment, "here.yaml": aPolicy, "not.yaml": foreign, "broken.yaml": "a: [", "sub.yaml/x": "", "quoted.yaml": strings.Replace(aPolicy, "kind: Policy", `"kind": "Policy"`, 1),
		"b/b.yaml": strings.NewReplacer("prod", "b", "acme-1", "acme-2").Replace(anEnvironment), "b/there.yaml": aPolicy, "central/all.yaml": aPolicy, "central/.hidden.yaml": aPolicy,
	})
	at := func(name string) string { return filepath.Join(dir, name) }
	for _, row := range []struct {
		named []string
		of    string
		want  []string
	}{
		{[]string{"a.yaml"}, "prod", []string{"here.yaml", "quoted.yaml"}},
		{[]string{"b/b.yaml"}, "b", []string{"b/there.yaml"}},
		{[]string{"b"}, "b", []string{"b/there.yaml"}},
		{[]string{"a.yaml", "b"}, "prod", []string{"here.yaml", "quoted.yaml"}},
		{[]string{"a.yaml", "central"}, "prod", []string{"central/all.yaml", "here.yaml", "quoted.yaml"}},
		{[]string{"a.yaml", "b/there.yaml"}, "prod", []string{"b/there.yaml", "here.yaml", "quoted.yaml"}},
		{[]string{"a.yaml", "here.yaml"}, "prod", []string{"here.yaml", "quoted.yaml"}},
	} {
		var named []string
		for _, name := range row.named {
			named = append(named, at(name))
		}
		l := Load(named, SecretsSealed)
		if err := l.Faults.Err(); err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(l.Environments, func(e *Environment) bool { return e.Name == row.of })
		var got []string
		for _, p := range l.Environments[i].Policies {
			short, _ := filepath.Rel(dir, p.File)
			got = append(got, filepath.ToSlash(short))
		}
		if d := cmp.Diff(row.want, got); d != "" {
			t.Errorf("%s: -want +got\n%s", row.named, d)
		}
	}
	// One that may be a policy and is no YAML may be what would stop a plan.
	for name, text := range map[string]string{"broken.yaml": "kind: Policy\na: [", "here.yaml": "kind: Policy\nrules: 7\n"} {
		files := map[string]string{"a.yaml": anEnvironment, name: text}
		dir := inFolder(t, files)
		if l := Load([]string{filepath.Join(dir, "a.yaml")}, SecretsSealed); !strings.Contains(told(dir, &l.Faults), name+":") {
			t.Errorf("%s: %v", name, l.Faults.Err())
		}
	}
}

// Of what a manifest extends, the later counts, also of one that is named twice; and a
// file says all that it extends, by way of others too.
func TestWhatAManifestExtends(t *testing.T) {
	base := func(limit string, more string) string {
		return "kind: Base\n" + more + "systems: {cloudbase: {envId: acme-" + limit + "}}\n"
	}
	for extends, want := range map[string]string{"[one.yaml, two.yaml]": "acme-2", "[two.yaml, one.yaml]": "acme-1", "[one.yaml, two.yaml, one.yaml]": "acme-1", "[three.yaml, two.yaml]": "acme-2", "[three.yaml]": "acme-3"} {
		dir := inFolder(t, map[string]string{
			"a.yaml":   "kind: Environment\nname: prod\nextends: " + extends + "\nlogin: {}\n",
			"one.yaml": base("1", ""), "two.yaml": base("2", ""), "three.yaml": base("3", "extends: [one.yaml]\n"),
		})
		l := Load([]string{dir}, SecretsSealed)
		if err := l.Faults.Err(); err != nil || l.Environments[0].ID() != want {
			t.Errorf("%s: %v %v", extends, err, l.Environments)
		}
	}

	const recipient = "age1n4jkj5grdlgrpffkytru5umezddty8ywfa3k45795vm47suq5eeqy0vfyg"
	dir := inFolder(t, map[string]string{
		"a.yaml": anEnvironment + "extends: [one.yaml, two.yaml]\n", "one.yaml": base("1", "extends: [two.yaml]\n"), "two.yaml": base("2", "recipients: ["+recipient+"]\n"),
		"alone.yaml": base("3", ""), "policy.yaml": aPolicy, "rollout.yaml": aRollout, "quirks.yaml": knownQuirks,
	})
	files, faults := Files([]string{dir})
	if err := faults.Err(); err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, f := range files {
		got[filepath.Base(f.Path)] = f.Kind + " " + f.Name + " " + strings.Join(f.Recipients, ",") + " " + told(dir, &Faults{list: []*Fault{{Pos: f.RecipientsPos, Text: "."}}}) + " " +
			strings.ReplaceAll(strings.Join(f.Extends, ","), dir+string(filepath.Separator), "")
	}
	if d := cmp.Diff(map[string]string{
		"a.yaml": "Environment prod " + recipient + " two.yaml:3:13: . one.yaml,two.yaml", "one.yaml": "Base  " + recipient + " two.yaml:3:13: . two.yaml",
		"two.yaml": "Base  " + recipient + " two.yaml:3:13: . ", "alone.yaml": "Base   alone.yaml:1:1: . ",
	}, got); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
}

const sealedText = "-----BEGIN AGE ENCRYPTED FILE-----\n        YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSBhYWFhCg==\n        -----END AGE ENCRYPTED FILE-----\n"

// A sealed text opens in one place, and a secret is bound to its environment, or to its
// path alone where it stands in a Base.
func TestWhereSecretsAreBound(t *testing.T) {
	secret := "providers:\n  one:\n    config:\n      clientSecret: "
	dir := inFolder(t, map[string]string{
		"base.yaml": "kind: Base\n" + secret + "&s !age |\n        " + sealedText + "  two: {config: {clientSecret: *s}}\n",
		"a.yaml":    "kind: Environment\nname: prod\nextends: [base.yaml]\nsystems: {cloudbase: {envId: acme-1, secretId: !env ID, secretKey: clear}}\nproviders: {three: {config: {clientSecret: seen}}, one: {config: {clientId: a}}}\n",
		"b.yaml":    "kind: Environment\nname: b\nsystems: {cloudbase: {envId: acme-2}}\n" + secret + "!age |\n        " + sealedText,
	})
	l := Load([]string{dir}, SecretsClear)
	if err := l.Faults.Err(); err != nil {
		t.Fatal(err)
	}
	env := l.Environments[1]
	var bound []string
	for _, held := range env.Secrets {
		bound = append(bound, held.Path.String()+" "+held.Value.Binding().Env+" "+held.Value.Binding().Path)
	}
	for _, clear := range l.Clear {
		bound = append(bound, "clear "+clear.Path.String()+" "+clear.Binding.Env)
	}
	slices.Sort(bound)
	if d := cmp.Diff([]string{
		"clear providers.three.config.clientSecret prod", "clear systems.cloudbase.secretKey prod",
		"providers.one.config.clientSecret  providers.one.config.clientSecret", "providers.two.config.clientSecret  providers.two.config.clientSecret",
		"systems.cloudbase.secretId  ",
	}, bound); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
	twice := env.SealedTwice()
	if len(twice) != 1 || !strings.Contains(twice[0].Error(), "two.config.clientSecret: is the same sealed text as providers.one.config.clientSecret, by an alias") {
		t.Errorf("%v", twice)
	}
	if other := l.Environments[0]; len(other.SealedTwice()) != 0 {
		t.Errorf("%v", other.SealedTwice())
	}
	seals := NewSeals()
	if copies := append(seals.Copies(env), seals.Copies(env)...); len(copies) != 0 {
		t.Errorf("%v", copies)
	}
	copies := seals.Copies(l.Environments[0])
	if len(copies) != 1 || !strings.Contains(told(dir, &Faults{list: copies}), "is a copy of the sealed text at base.yaml:6:21") {
		t.Errorf("%v", copies)
	}
}

// Quirks are read from the file beside a manifest, and what is no such file is not.
func TestQuirksBesideAManifest(t *testing.T) {
	const known = "kind: Quirks\nsystems: {cloudbase: {sandbox: {provider-config: merge}}}\n"
	for _, row := range []struct {
		name  string
		files map[string]string
		known int
		want  string
	}{
		{"none", nil, 0, ""},
		{"one", map[string]string{"quirks.yaml": known}, 1, ""},
		{"in short", map[string]string{"quirks.yml": known}, 1, ""},
		{"of another kind", map[string]string{"quirks.yaml": "kind: Base\n", "quirks.yml": known}, 1, ""},
		{"a folder", map[string]string{"quirks.yaml/x": ""}, 0, "quirks.yaml: is a directory"},
		{"a misspelt quirk", map[string]string{"quirks.yaml": strings.Replace(known, "-config", "-confg", 1)}, 0, "quirks.yaml:3:33: systems.cloudbase.sandbox.provider-confg: unknown quirk, did you mean provider-config?"},
		{"no quirk", map[string]string{"quirks.yaml": strings.Replace(known, "provider-config", "abc", 1)}, 0, "quirks.yaml:3:33: systems.cloudbase.sandbox.abc: unknown quirk; docs/unknowns.md lists them"},
	} {
		t.Run(row.name, func(t *testing.T) {
			files := maps.Clone(row.files)
			if files == nil {
				files = map[string]string{}
			}
			files["a.yaml"] = anEnvironment
			dir := inFolder(t, files)
			l := Load([]string{filepath.Join(dir, "a.yaml")}, SecretsSealed)
			if got := told(dir, &l.Faults); !strings.HasPrefix(got, row.want) || row.want == "" && got != "" || len(l.Environments[0].Quirks["cloudbase"]["sandbox"]) != row.known {
				t.Errorf("%q %v, want %q", got, l.Environments[0].Quirks, row.want)
			}
		})
	}
	dir := inFolder(t, map[string]string{"a.yaml": anEnvironment, "quirks.yml": known})
	for file, want := range map[string]string{"a.yaml": "kind: is Environment, and this takes Quirks", "gone.yaml": "gone.yaml: no such file or directory"} {
		if known, faults := LoadQuirks(filepath.Join(dir, file)); known != nil || !strings.HasSuffix(told(dir, faults), want) {
			t.Errorf("%s: %v %s", file, known, told(dir, faults))
		}
	}
	if got := filepath.Base(QuirksBeside(filepath.Join(dir, "a.yaml"))); got != "quirks.yml" {
		t.Error(got)
	}
}
