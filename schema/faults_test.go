package schema_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"authsync/schema"
)

const head = "apiVersion: authsync/v1\nkind: Environment\nname: test\nsystems: {cloudbase: {envId: test-1a2b3c}}\n"

// faults are the lines that loading files gives, without the directory.
func faults(t *testing.T, files map[string]string, severity schema.Severity) []string {
	t.Helper()
	dir := put(t, files)
	agree(t, dir)
	loaded := schema.Load([]string{dir}, schema.SecretsSealed)
	loaded.Faults.Demand(nothing)
	list := loaded.Faults.Wrong()
	if severity == schema.Doubtful {
		list = loaded.Faults.Doubts()
	}
	var lines []string
	for _, fault := range list {
		lines = append(lines, strings.ReplaceAll(fault.Error(), dir+string(filepath.Separator), ""))
	}
	return lines
}

// nothing is live.
func nothing(*schema.Fault) bool { return false }

func TestFaultsOfAFile(t *testing.T) {
	for _, row := range []struct {
		name, text string
		want       []string
	}{
		{"an empty file", "", []string{"m.yaml:1:1: the file is empty; start with apiVersion: authsync/v1"}},
		{"comments alone", "# nothing\n", []string{"m.yaml:1:1: the file is empty; start with apiVersion: authsync/v1"}},
		{"not a mapping", "- a\n", []string{"m.yaml:1:1: a manifest is a mapping, not a list"}},
		{"no head", "login: {}\n", []string{"m.yaml:1:1: apiVersion: is missing", "m.yaml:1:1: kind: is missing"}},
		{"another version", strings.Replace(head, "authsync/v1", "authsync/v2", 1),
			[]string{`m.yaml:1:13: apiVersion: "authsync/v2" is unknown to this version of authsync, which reads authsync/v1`}},
		{"another kind", strings.Replace(head, "Environment", "Enviroment", 1),
			[]string{`m.yaml:2:7: kind: "Enviroment" is unknown, did you mean Environment? (Environment, Base, Policy, Rollout, Quirks)`}},
		{"a name that is none", strings.Replace(head, "name: test", "name: Test One", 1),
			[]string{`m.yaml:3:7: name: "Test One" is not a name (lower-case letters, digits, - . and _, at most 63)`}},
		{"a tab", head + "login:\n\temailLogin: true\n", []string{"m.yaml:6:1: not YAML: a tab stands here, where YAML wants blanks"}},
		{"a second document", head + "---\n" + head, []string{"m.yaml:5:1: a second document; keep one manifest per file"}},
		{"a tag before a name", head + "providers:\n  corp:\n    config:\n      !env clientSecret: CORP_SECRET\n", []string{"m.yaml:8:7: providers.corp.config.clientSecret: a name takes no tag, and has !env: a tag stands before a single value"}},
		{"a tag before a mapping", head + "providers:\n  corp:\n    config: &c !env {clientId: x}\n  github:\n    config: *c\n", []string{"m.yaml:7:13: providers.corp.config: a mapping takes no tag, and has !env: a tag stands before a single value"}},
		{"a tag before a list", head + "authDomains: !!set [a.example.com]\n", []string{"m.yaml:5:14: authDomains: a list takes no tag, and has !!set: a tag stands before a single value"}},
		{"a tag that says nothing new", head + "authDomains: !!seq [a.example.com]\n", nil},
		{"a name twice", head + "login: {emailLogin: true, emailLogin: false}\n", []string{"m.yaml:5:27: login.emailLogin: named twice"}},
		{"an object twice", head + "clients:\n  a: {}\n  a: {}\n", []string{"m.yaml:7:3: clients.a: named twice"}},
		{"a misspelt collection", head + "provider: {}\n", []string{"m.yaml:5:1: provider: unknown field, did you mean providers?"}},
		{"a misspelt field", head + "clients: {default: {accesTokenExpiresIn: 2h}}\n",
			[]string{"m.yaml:5:21: clients.default.accesTokenExpiresIn: unknown field, did you mean accessTokenExpiresIn?"}},
		{"the wire's spelling", head + "login: {EmailLogin: true}\n", []string{"m.yaml:5:9: login.EmailLogin: unknown field, did you mean emailLogin?"}},
		{"letters that changed places", head + "login: {mfaConfig: {smS: true, no: true}}\n",
			[]string{"m.yaml:5:21: login.mfaConfig.smS: unknown field, did you mean sms?", "m.yaml:5:32: login.mfaConfig.no: unknown field, did you mean on?"}},
		{"nothing near", head + "login: {mfaConfig: {telepathy: true}}\n",
			[]string{"m.yaml:5:21: login.mfaConfig.telepathy: unknown field; known are on, sms, email, requiredBindPhone, extra"}},
		{"a misspelt system", strings.Replace(head, "cloudbase", "cloudbas", 1) + "login: {}\n", []string{
			"m.yaml:4:11: systems.cloudbas: unknown system, did you mean cloudbase?",
			"m.yaml:5:1: login: needs systems.cloudbase, which says where they are"}},
		{"null for a collection", head + "providers:\n", []string{"m.yaml:5:11: providers: takes a mapping, not null; write {} where there is none"}},
		{"null that cannot clear", head + "login: {emailLogin: null, mfaConfig: {on: ~}}\n", []string{
			"m.yaml:5:21: login.emailLogin: cannot be cleared; leave the name out to leave the field alone",
			"m.yaml:5:43: login.mfaConfig.on: cannot be cleared; leave the name out to leave the field alone"}},
		{"empty text", head + "providers: {github: {picture: ''}}\n",
			[]string{"m.yaml:5:31: providers.github.picture: is empty; leave the name out to leave the field alone, or write null to clear it"}},
		{"a number for text", head + "providers: {github: {config: {clientId: 0123, scope: true}}}\n", []string{
			`m.yaml:5:41: providers.github.config.clientId: takes text; put quotes around it: "0123"`,
			`m.yaml:5:54: providers.github.config.scope: takes text; put quotes around it: "true"`}},
		{"a secret in clear", head + "providers: {github: {config: {clientSecret: hunter2hunter2}}}\n",
			[]string{"m.yaml:5:45: providers.github.config.clientSecret: is a secret in clear text; seal it with: authsync secrets seal --in m.yaml --path providers.github.config.clientSecret"}},
		{"a secret in clear, as a seed has it", head + "providers: {github: {config: {clientSecret: !plain hunter2}}}\n",
			[]string{"m.yaml:5:45: providers.github.config.clientSecret: !plain is for a sandbox's seed only; seal it with: authsync secrets seal --in m.yaml --path providers.github.config.clientSecret"}},
		{"a secret that is no secret", head + "providers: {github: {config: {clientId: !env ID}}}\n",
			[]string{"m.yaml:5:41: providers.github.config.clientId: is not a secret and cannot be !env; write it in clear"}},
		{"a secret that is not sealed", head + "providers: {github: {config: {clientSecret: !age hunter2}}}\n",
			[]string{"m.yaml:5:45: providers.github.config.clientSecret: is not an armored age file (-----BEGIN AGE ENCRYPTED FILE-----)"}},
		{"a variable with a wrong name", head + "providers: {github: {config: {clientSecret: !env 'A B'}}}\n",
			[]string{"m.yaml:5:45: providers.github.config.clientSecret: !env takes the name of an environment variable"}},
		{"an alias inside itself", head + "login: &l {extra: {a: *l}}\n", []string{"m.yaml:5:23: login.extra.a.extra.a: the alias *l stands inside its own anchor"}},
		{"a merge of no mapping", head + "login: {<<: [1]}\n", []string{"m.yaml:5:14: login: << takes a mapping or a list of mappings"}},
		{"a tag of another tool", head + "login: {extra: {a: !vault x}}\n", []string{"m.yaml:5:20: login.extra.a: !vault is not a tag of a manifest; there are !age and !env"}},
		{"no system", "apiVersion: authsync/v1\nkind: Environment\nname: test\nlogin: {}\n", []string{"m.yaml:4:1: login: needs systems.cloudbase, which says where they are"}},
		{"a recipient that is none", head + "recipients: [age1x]\n", []string{"m.yaml:5:14: recipients: "}},
		{"keep that is no switch", head + "clients: {default: {keep: often}}\n", []string{`m.yaml:5:27: clients.default.keep: takes true or false, not "often"`}},
	} {
		t.Run(row.name, func(t *testing.T) {
			got := faults(t, map[string]string{"m.yaml": row.text}, schema.Wrong)
			for i := range got {
				if i < len(row.want) && strings.HasSuffix(row.want[i], ": ") && strings.HasPrefix(got[i], row.want[i]) {
					got[i] = row.want[i] // the rest is another package's text
				}
				if strings.Contains(got[i], "hunter2") {
					t.Errorf("the fault shows the secret: %s", got[i])
				}
			}
			if diff := cmp.Diff(row.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// Aliases may blow a small file up to any size: a limit stops it.
func TestManyAliases(t *testing.T) {
	text := head + "login:\n  extra:\n    a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
	for i := range 9 {
		was, is := string(rune('0'+i)), string(rune('1'+i))
		text += "    a" + is + ": &a" + is + " [" + strings.TrimSuffix(strings.Repeat("*a"+was+", ", 10), ", ") + "]\n"
	}
	got := faults(t, map[string]string{"m.yaml": text}, schema.Wrong)
	if len(got) == 0 || !strings.Contains(strings.Join(got, "\n"), "aliases add more than 200000 values") {
		t.Errorf("got %q", got)
	}
}

// An object or a group under a wrong name is told for what is wrong in it too.
func TestFaultsUnderAWrongName(t *testing.T) {
	for _, k := range schema.Kinds {
		objects := k.Key.Pattern != nil && k.Arity == schema.Many && k.Notation != schema.NamesOnly
		if !objects && k.GroupKey.Pattern == nil {
			continue
		}
		text := head + k.Collection + ": {\"No name\": {noSuchField: 1}}\n"
		got := strings.Join(faults(t, map[string]string{"m.yaml": text}, schema.Wrong), "\n")
		if !strings.Contains(got, "is not ") || !strings.Contains(got, "noSuchField") {
			t.Errorf("%s: %s", k.Name, got)
		}
	}
}

// A path of a manifest that no field has is doubted, in each list of paths, and one that
// may mean something is not.
func TestPathsThatMeanNothing(t *testing.T) {
	misspelt := "providers.github.confg.clientId"
	good := []string{"providers.github", "providers.*.config", "providers.github.config.clientId", "providers.github.extra.newer", "login", "login.anonymousLogin",
		"connectors.dm.config.whatever.more", "integrations.pay.ext.key", "records.sys_role.rows.admin.phone", "apiKeys", "clients.default.maxDevice"}
	list := func(paths ...string) string { return "[" + strings.Join(paths, ", ") + "]" }
	for name, spell := range map[string]func(...string) string{
		"secret": list, "notSecret": list, "own": list,
		"ack": func(paths ...string) string { return "{" + strings.Join(paths, ": it is so, ") + ": it is so}" },
	} {
		text := func(paths ...string) string { return head + name + ": " + spell(paths...) + "\nlogin: {}\n" }
		if got := faults(t, map[string]string{"m.yaml": text(good...)}, schema.Doubtful); len(got) > 0 {
			t.Errorf("%s: %q", name, got)
		}
		got := faults(t, map[string]string{"m.yaml": text(good[0], misspelt)}, schema.Doubtful)
		if len(got) != 1 || !strings.HasPrefix(got[0], "m.yaml:5:") || !strings.HasSuffix(got[0], misspelt+": unknown field, did you mean config?") {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestFaultsOfSeveralFiles(t *testing.T) {
	for _, row := range []struct {
		name  string
		files map[string]string
		want  []string
	}{
		{
			"every fault of every file", map[string]string{
				"a.yaml": head + "login: {emailLogin: maybe, anonymousLogn: true}\nclients: {default: {maxDevice: 51}}\n",
				"b.yaml": strings.NewReplacer("test", "other").Replace(head) + "providers: {x: {}}\n",
			}, []string{
				`a.yaml:5:21: login.emailLogin: takes true or false, not "maybe"`,
				"a.yaml:5:28: login.anonymousLogn: unknown field, did you mean anonymousLogin?",
				"a.yaml:6:32: clients.default.maxDevice: 51 is out of range; it takes -1, 0, 1 to 50",
				`b.yaml:5:13: providers.x: "x" is not 2 to 32 lower-case letters, digits, - or _`,
			},
		},
		{
			"a fault in a Base is one, where it stands", map[string]string{
				"base.yaml": "apiVersion: authsync/v1\nkind: Base\nclients:\n  default:\n    maxDevice: 99\n",
				"a.yaml":    strings.Replace(head, "name:", "extends: [base.yaml]\nname:", 1),
				"b.yaml":    strings.NewReplacer("name: test", "extends: [base.yaml]\nname: other", "test-1a2b3c", "other-1a2b3c").Replace(head),
			}, []string{"base.yaml:5:16: clients.default.maxDevice: 99 is out of range; it takes -1, 0, 1 to 50"},
		},
		{
			"a fault in a Base that the environment covers is none", map[string]string{
				"base.yaml": "apiVersion: authsync/v1\nkind: Base\nclients: {default: {maxDevice: 99}}\n",
				"a.yaml":    strings.Replace(head, "name:", "extends: [base.yaml]\nname:", 1) + "clients: {default: {maxDevice: 1}}\n",
			}, nil,
		},
		{
			"a Base that nothing extends", map[string]string{
				"base.yaml": "apiVersion: authsync/v1\nkind: Base\nproviders: {github: {config: {scope: 1}}}\n",
			}, []string{`base.yaml:3:38: providers.github.config.scope: takes text; put quotes around it: "1"`},
		},
		{
			"a circle of two", map[string]string{
				"a.yaml": strings.Replace(head, "name:", "extends: [x.yaml]\nname:", 1) + "login: {}\n",
				"x.yaml": "apiVersion: authsync/v1\nkind: Base\nextends: [y.yaml]\n",
				"y.yaml": "apiVersion: authsync/v1\nkind: Base\nextends: [x.yaml]\n",
			}, []string{`y.yaml:3:11: extends: "x.yaml" extends itself, by way of a.yaml, x.yaml, y.yaml`},
		},
		{
			"itself", map[string]string{"a.yaml": strings.Replace(head, "name:", "extends: [a.yaml]\nname:", 1) + "login: {}\n"},
			[]string{`a.yaml:3:11: extends: "a.yaml" extends itself, by way of a.yaml`},
		},
		{
			"an Environment", map[string]string{
				"a.yaml": strings.Replace(head, "name:", "extends: [b.yaml]\nname:", 1) + "login: {}\n",
				"b.yaml": strings.NewReplacer("test", "other").Replace(head) + "login: {}\n",
			}, []string{`a.yaml:3:11: extends: "b.yaml" is an Environment; only a Base can be extended`},
		},
		{
			"what is not there, once", map[string]string{"a.yaml": strings.Replace(head, "name:", "extends: [none.yaml]\nname:", 1) + "login: {}\n"},
			[]string{`a.yaml:3:11: extends: "none.yaml" cannot be read: no such file or directory`},
		},
		{
			"one name and one envId twice", map[string]string{"a.yaml": head + "login: {}\n", "b.yaml": head + "login: {}\n"},
			[]string{
				`b.yaml:1:1: name: "test" is also the name of a.yaml`,
				`b.yaml:1:1: systems.cloudbase.envId: "test-1a2b3c" is also the environment of a.yaml; each would undo the other`,
			},
		},
	} {
		t.Run(row.name, func(t *testing.T) {
			if diff := cmp.Diff(row.want, faults(t, row.files, schema.Wrong)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}
