package schema

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What is wrong with a policy is said at its place, and nothing else is.
func TestWrongPolicies(t *testing.T) {
	const rules = "rules: {mail: {field: login.emailLogin, equals: true, why: all do, level: warning, in: {tier: prod}}}\n"
	const except = "{rule: mail, environment: prod, until: '2027-01-01', why: it moves}"
	for policy, want := range map[string]string{
		rules: "", rules + "except: [" + except + "]\n": "", rules + "except: []\n": "",
		"except: []\n": "rules: is missing", rules + "except: {}\n": "except: takes a list of {rule, environment, until, why}, not a mapping", rules + "other: 1\n": "other: unknown field; known are apiVersion, kind, rules, except",
		"rules: []\n": "rules: takes a mapping, not a list", "rules: {mail: 7}\n": "rules.mail: takes a mapping, not a single value",
		rules + "except: [7]\n": "except.0: takes a mapping, not a single value", rules + "except: [{rule: mail}]\n": "except.0.environment: is missing\nexcept.0.until: is missing\nexcept.0.why: is missing",
		rules + "except: [" + strings.Replace(except, "mail", "mial", 1) + "]\n": "except.0.rule: unknown rule, did you mean mail?",
		"except: [" + except + "]\n": "rules: is missing\nexcept.0.rule: unknown rule; known are ",
		rules + "except: [" + strings.Replace(except, "2027-01-01", "2027-13-01", 1) + "]\n": `except.0.until: "2027-13-01" is not a day`,
		"rules: {a: {field: login.emailLogin}}\n":                                            "rules.a: says nothing of the field; it takes one of equals, not, oneOf, noneOf, max, min, hosts, set",
		"rules: {a: {field: login.emailLogin, equals: true, not: true}}\n":                   "rules.a.not: stands beside equals; a rule has one of them",
		"rules: {a: {field: login.emailLogin, equal: true}}\n":                               "rules.a.equal: unknown field, did you mean equals?",
		"rules: {a: {field: login.emailLogin, max: 1}}\n":                                    "rules.a.max: does not fit login.emailLogin, which takes true or false; its operators are equals, not, oneOf, noneOf, set",
		"rules: {a: {field: clients.*.maxDevice, hosts: [a]}}\n":                             "rules.a.hosts: does not fit clients.*.maxDevice, which takes a whole number: ",
		"rules: {a: {field: login.*, equals: true}}\n":                                       "rules.a.field: login.*: * stands for the name of an object, and these are fields: ",
		"rules: {a: {field: login.emialLogin, equals: true}}\n":                              "rules.a.field: login.emialLogin: unknown field, did you mean emailLogin?",
		"rules: {a: {field: login.emailLogin.x, equals: true}}\n":                            "rules.a.field: login.emailLogin.x: login.emailLogin is one value: nothing is in it",
		"rules: {a: {field: connectors.*.config.x, equals: !env SECRET}}\n":                  "rules.a.equals: is a secret, and a policy holds none",
		"rules: {a: {field: 'a..b', set: true}}\n":                                           "rules.a.field: ",
		"rules: {a: {field: login.emailLogin, equals: true, level: warn}}\n":                 `rules.a.level: "warn" is not one of error, warning`,
		"rules: {a: {field: login.emailLogin, equals: true, in: [prod]}}\n":                  "rules.a.in: takes a mapping, not a list",
		"rules: {a: {equals: true}}\n":                                                       "rules.a.field: is missing",
		"rules: {a: {field: providers.*.config.redirectUri, hosts: [1]}}\n":                  "rules.a.hosts.0: takes text",
		"rules: {a: {field: applications.*.integrationModes.x, equals: api}}\n":              "rules.a.field: applications.*.integrationModes.x: it is a list, of which * names the items",
	} {
		dir := inFolder(t, map[string]string{"a.yaml": anEnvironment, "p.yaml": "kind: Policy\n" + policy})
		var got []string
		for _, f := range Load([]string{dir}, SecretsSealed).Faults.Wrong() {
			_, text, _ := strings.Cut(told(dir, &Faults{list: []*Fault{f}}), ": ")
			got = append(got, text)
		}
		said := strings.Join(got, "\n")
		if (want == "") != (said == "") || !strings.HasPrefix(said, want) {
			t.Errorf("%s: %s\nwant %s", policy, said, want)
		}
	}
}

// A rule says what it wants, why, and how bad it is.
func TestWhatARuleSays(t *testing.T) {
	for rule, want := range map[string]string{
		"{field: login.emailLogin, equals: true}":                              "is false, and policy it takes true: wrong",
		"{field: login.emailLogin, equals: true, why: all do}":                 "is false, and policy it takes true: all do: wrong",
		"{field: login.emailLogin, equals: true, why: all do, level: warning}": "is false, and policy it takes true: all do: doubtful",
		"{field: login.emailLogin, equals: true, level: error}":                "is false, and policy it takes true: wrong",
	} {
		dir := inFolder(t, map[string]string{"a.yaml": anEnvironment, "p.yaml": "kind: Policy\nrules: {it: " + rule + "}\n"})
		l := Load([]string{dir}, SecretsSealed)
		text, level := l.Policies[0].Rules[0].Judge(Bool(false), Held)
		if got := text + ": " + map[Severity]string{Wrong: "wrong", Doubtful: "doubtful"}[level]; got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

// Rules and exceptions that can match nothing are doubted; so is none of a policy that lies
// beside an environment that was named alone.
func TestIdleRules(t *testing.T) {
	const policy = "kind: Policy\nrules:\n  fits: {field: login.emailLogin, equals: true}\n  tier: {field: login.emailLogin, equals: true, in: {tier: prod}}\n" +
		"  none: {field: providers.github.on, equals: true}\n  some: {field: providers.*.on, equals: true}\nexcept:\n" +
		"- {rule: fits, environment: prod, until: '2027-01-01', why: x}\n- {rule: fits, environment: other, until: '2027-01-01', why: x}\n"
	dir := inFolder(t, map[string]string{"a.yaml": anEnvironment + "providers: {}\n", "p.yaml": policy})
	all := Load([]string{dir}, SecretsSealed)
	want := "p.yaml:5:3: rules.tier: matches nothing: no environment has {\"tier\":\"prod\"}\n" +
		"p.yaml:6:3: rules.none: matches nothing: no environment has providers.github.on\n" +
		"p.yaml:10:43: except.1.until: excepts nothing: there is no environment other"
	if d := cmp.Diff(want, told(dir, &Faults{list: all.Idle()})); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
	if idle := Load([]string{filepath.Join(dir, "a.yaml")}, SecretsSealed).Idle(); len(idle) > 0 {
		t.Errorf("%v", idle)
	}
	alone := inFolder(t, map[string]string{"a.yaml": anEnvironment, "b/c.yaml": strings.Replace(strings.Replace(anEnvironment, "acme-1", "acme-2", 1), "prod", "b", 1), "b/p.yaml": aPolicy})
	l := Load([]string{filepath.Join(alone, "a.yaml"), filepath.Join(alone, "b", "p.yaml")}, SecretsSealed)
	if err := l.Faults.Err(); err != nil || len(l.Idle()) != 0 {
		t.Errorf("%v %v", err, l.Idle())
	}
}

// A number of environments that may fail is one from 0 on, or up to 100 % of a wave.
func TestToleranceAsText(t *testing.T) {
	for text, want := range map[string]string{"0": "0", "3": "3", "0%": "0%", "2%": "2%", "100%": "100%", "-1": "", "101%": "", "-1%": "", "": "", "%": "", "1.5": "", "x": ""} {
		got, err := ParseTolerance(text)
		if (err != nil) != (want == "") || err == nil && got.String() != want {
			t.Errorf("%q: %s %v", text, got, err)
		}
	}
	for soak, want := range map[string]bool{"7d": true, "604800": true, "604801": false, "8d": false} {
		dir := inFolder(t, map[string]string{"a.yaml": anEnvironment, "r.yaml": fmt.Sprintf("kind: Rollout\nwaves: [{select: {}, soak: %s}]\n", soak)})
		if err := Load([]string{dir}, SecretsSealed).Faults.Err(); (err == nil) != want {
			t.Errorf("%s: %v", soak, err)
		}
	}
}

// Of ten environments without a wave each is told, of eleven one is counted.
func TestEnvironmentsWithoutAWave(t *testing.T) {
	for n, counted := range map[int]bool{mostWaveless: false, mostWaveless + 1: true} {
		l := newLoader(SecretsSealed, nil)
		f := parseText("r.yaml", []byte("apiVersion: authsync/v1\n"+aRollout))
		l.waveless(f, make([]staged, n))
		if got := strings.Contains(strings.Join(faultTexts(&l.out.Faults), "\n"), "more environments are in no wave"); got != counted {
			t.Errorf("%d: %v", n, faultTexts(&l.out.Faults))
		}
	}
}

// A list of names holds texts, each once.
func TestWrongNamesInAList(t *testing.T) {
	for names, want := range map[string]string{
		"[a.example.com, b.example.com]": "",
		"[[a.example.com]]":              "prod.yaml:5:15: authDomains: takes a list of names, not a list in it",
		"[1]":                            "prod.yaml:5:15: authDomains: takes texts; put what looks like another value in quotes",
		"[a.example.com, a.example.com]": `prod.yaml:5:30: authDomains."a.example.com": named twice`,
		"[a.example.com, A.example.com]": `authDomains."A.example.com": is "a.example.com" once more`,
		"{a.example.com: {}}":            "prod.yaml:5:14: authDomains: takes a list of names, not a mapping",
		"":                               "; write [] where there is none",
	} {
		if got := wrongIn("systems: {cloudbase: {envId: acme-1}}\nauthDomains: " + names + "\n"); (got == "") != (want == "") || !strings.Contains(got, want) {
			t.Errorf("%s: %s, want %s", names, got, want)
		}
	}
}

// A wave has its environments by name, and of two rollouts the first file counts.
func TestOrderOfARollout(t *testing.T) {
	second := strings.NewReplacer("prod", "b", "acme-1", "acme-2").Replace(anEnvironment)
	dir := inFolder(t, map[string]string{"1.yaml": second, "2.yaml": strings.Replace(anEnvironment, "prod", "a", 1), "r.yaml": aRollout, "s.yaml": aRollout})
	l := Load([]string{dir}, SecretsSealed)
	if got := told(dir, &l.Faults); got != "s.yaml:2:7: kind: is a second Rollout beside r.yaml; one of them orders a run" {
		t.Error(got)
	}
	if got := strings.Join(l.Rollout.Waves[0].Environments, " "); got != "a b" {
		t.Error(got)
	}
}
