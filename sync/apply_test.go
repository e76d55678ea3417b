package sync_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"authsync/remote/sandbox"
	"authsync/remote/transport"
	"authsync/schema"
	"authsync/schema/quirk"
	"authsync/schema/schematest"
	"authsync/secrets"
	"authsync/sync"
)

// again connects the manifest of a text where the last one was, with its lock and state.
func (w *world) again(t *testing.T, text string) *sync.Site {
	t.Helper()
	return w.placed(t, manifest(t, text, schema.SecretsSealed))
}

func (w *world) placed(t *testing.T, env *schema.Environment) *sync.Site {
	t.Helper()
	env.File = filepath.Join(w.dir, "prod.yaml")
	return w.siteOf(t, env)
}

func (w *world) applied(t *testing.T, text string, o sync.Options) *sync.Report {
	t.Helper()
	site := w.again(t, text)
	report := sync.Apply(t.Context(), site, w.plan(t, site, o), silent)
	if !report.Complete() {
		t.Fatalf("%v, %+v", report.Errors, report.Steps)
	}
	return report
}

const twoSteps = "login: {emailLogin: true}\nclients: {default: {accessTokenExpiresIn: 1h}}\n"

// A plan that is refused makes no call, whoever asks.
func TestARefusedPlanMakesNoCall(t *testing.T) {
	w := newWorld(t, transport.Options{})
	w.put(t, sandbox.Options{}, "login: {emailLogin: false}\n")
	site := w.again(t, twoSteps)
	plan := w.plan(t, site, sync.Options{})
	plan.Refusals = []sync.Refusal{{Key: schema.Key{Kind: "login"}, Text: "is not to be"}}
	report := sync.Apply(t.Context(), site, plan, silent)
	if len(plan.Steps) != 2 || len(report.Errors) != 1 || !strings.Contains(report.Errors[0].Error(), "is not to be") || len(w.writes(t)) > 0 {
		t.Errorf("%d steps, %v, %+v", len(plan.Steps), report.Errors, w.writes(t))
	}
}

// A secret that cannot be opened stops a run before its first call, which has nothing to
// do with it.
func TestASecretThatStaysShutStopsTheRun(t *testing.T) {
	w := newWorld(t, transport.Options{})
	w.put(t, sandbox.Options{}, "login: {emailLogin: false}\n")
	site := w.again(t, twoSteps+"providers: {corp: {providerType: OIDC, name: {message: C}, config: {clientId: c, clientSecret: !env S_CORP, issuer: \"https://c.example\"}}}\n")
	plan := w.plan(t, site, sync.Options{})
	site.Keys = &secrets.Keyring{LookupEnv: func(string) (string, bool) { return "", false }}
	report := sync.Apply(t.Context(), site, plan, silent)
	if len(plan.Steps) != 3 || len(report.Errors) != 1 || len(w.writes(t)) > 0 {
		t.Errorf("%d steps, %v, %+v", len(plan.Steps), report.Errors, w.writes(t))
	}
}

// A run without anything to do keeps no journal.
func TestNothingToDoIsNoJournal(t *testing.T) {
	w := newWorld(t, transport.Options{})
	w.put(t, sandbox.Options{}, "login: {emailLogin: false}\n")
	for range 3 {
		w.applied(t, twoSteps, sync.Options{})
	}
	journals, err := filepath.Glob(filepath.Join(w.dir, ".authsync", "*.jsonl"))
	if err != nil || len(journals) != 1 {
		t.Errorf("%q, %v", journals, err)
	}
}

// What is gone since the plan was made is not written.
func TestWhatIsGoneIsNotWritten(t *testing.T) {
	const live = "providers: {corp: {providerType: OIDC, name: {message: C}, config: {clientId: c, clientSecret: !plain s, issuer: \"https://c.example\"}}}\n"
	w := newWorld(t, transport.Options{})
	w.put(t, sandbox.Options{}, live)
	site := w.again(t, "providers: {corp: {config: {clientId: d}}}\n")
	plan := w.plan(t, site, sync.Options{})
	w.put(t, sandbox.Options{}, "login: {emailLogin: false}\n")
	report := sync.Apply(t.Context(), site, plan, silent)
	if len(report.Steps) != 1 || report.Steps[0].Err == nil || !strings.Contains(report.Steps[0].Err.Error(), "it is gone") || len(w.writes(t)) > 0 {
		t.Errorf("%+v, %+v", report.Steps, w.writes(t))
	}
}

// Of what was applied once a plan and drift read what they need, and nothing else.
func TestWhatIsRead(t *testing.T) {
	w := newWorld(t, transport.Options{})
	w.put(t, sandbox.Options{}, "login: {emailLogin: false}\nproviders: {old: {providerType: OIDC, name: {message: C}, config: {clientId: c, clientSecret: !plain s, issuer: \"https://c.example\"}}}\n")
	w.applied(t, "login: {emailLogin: true}\nclients: {default: {accessTokenExpiresIn: 1h}}\n", sync.Options{})

	// The manifest has no clients any more, and the lock has one.
	site := w.again(t, "login: {emailLogin: true}\n")
	read := w.read(t, site, sync.Options{})
	drift := sync.ReadDrift(t.Context(), site, sync.Options{})
	for what, live := range map[string]map[string]map[string]sync.LiveObject{"plan": read.Live, "drift": drift.Live} {
		var kinds []string
		for kind, objects := range live {
			if objects != nil {
				kinds = append(kinds, kind)
			}
		}
		slices.Sort(kinds)
		if !slices.Equal(kinds, []string{"client", "login"}) {
			t.Errorf("%s reads %q", what, kinds)
		}
	}
}

// What git no longer names is looked for by a list, and the lock forgets what is not there.
func TestWhatGitNoLongerNames(t *testing.T) {
	const one = "providers: {corp: {providerType: OIDC, name: {message: C}, config: {clientId: c, issuer: \"https://c.example\"}}}\n"
	w := newWorld(t, transport.Options{})
	w.put(t, sandbox.Options{}, "login: {emailLogin: false}\n")
	w.applied(t, one, sync.Options{})
	site := w.again(t, "providers: {}\n")
	if plan := w.plan(t, site, sync.Options{}); len(plan.Removed) != 1 || plan.Removed[0].Key.Name != "corp" {
		t.Errorf("removed: %+v", plan.Removed)
	}
	w.put(t, sandbox.Options{}, "login: {emailLogin: false}\n") // somebody has deleted it
	w.applied(t, "providers: {}\n", sync.Options{})
	text, err := os.ReadFile(filepath.Join(w.dir, "prod.lock.yaml"))
	if err != nil || strings.Contains(string(text), "corp") {
		t.Errorf("%v\n%s", err, text)
	}
}

// Where every login method that is on goes off, nobody could log in.
func TestAPlanThatShutsEveryEntrance(t *testing.T) {
	const live = "login: {emailLogin: true, userNameLogin: false, phoneNumberLogin: false, anonymousLogin: false}\n" +
		"providers: {corp: {providerType: OIDC, on: true, name: {message: C}, config: {clientId: c, clientSecret: !plain s, issuer: \"https://c.example\"}}}\n"
	for text, shuts := range map[string]bool{
		"login: {emailLogin: false}\nproviders: {corp: {on: false}}\n": true,
		"login: {emailLogin: false}\n":                                 false,
		"providers: {corp: {on: false}}\n":                             false,
	} {
		w := newWorld(t, transport.Options{})
		w.put(t, sandbox.Options{}, live)
		site := w.again(t, text)
		gated := slices.ContainsFunc(w.plan(t, site, sync.Options{}).Gates, func(g sync.Gate) bool {
			return g.Name == sync.GateLockout && strings.Contains(g.Text, "login emailLogin, provider/corp on go off")
		})
		if gated != shuts {
			t.Errorf("%s: a gate: %v, want %v", text, gated, shuts)
		}
	}
}

// A system that is at another address than the lock remembers is told.
func TestASystemThatHasMoved(t *testing.T) {
	const text = "login: {emailLogin: true}\n"
	w := newWorld(t, transport.Options{})
	w.put(t, sandbox.Options{}, "login: {emailLogin: false}\n")
	w.applied(t, text, sync.Options{})
	env := manifest(t, text, schema.SecretsSealed)
	env.Systems[schema.CloudBase]["url"] = schema.Text("https://elsewhere.test")
	moved := w.placed(t, env).Moved()
	if len(moved) != 1 || moved[0].System != schema.CloudBase {
		t.Errorf("%+v", moved)
	}
	if same := w.again(t, text).Moved(); len(same) > 0 {
		t.Errorf("%+v", same)
	}
}

// A secret that the service hides is left out of an export, with the command that puts it
// in.
func TestExportOfAHiddenSecret(t *testing.T) {
	w := newWorld(t, transport.Options{})
	w.put(t, sandbox.Options{Quirks: quirk.Set{quirk.ClientSecret: quirk.Masked}}, "providers: {corp: {providerType: OIDC, name: {message: C}, config: {clientId: c, clientSecret: !plain the-secret, issuer: \"https://c.example\"}}}\n")
	site := w.again(t, "providers: {}\n")
	seal := func(secrets.Value, schema.Path) (secrets.Value, error) {
		t.Error("a hidden secret is sealed")
		return secrets.Value{}, nil
	}
	env, remarks, err := sync.Export(site, w.read(t, site, sync.Options{Others: sync.OthersWhole}), seal)
	if err != nil {
		t.Fatal(err)
	}
	config, _ := env.Collections["provider"].Object("corp").Fields["config"].(schema.Object)
	told := slices.ContainsFunc(remarks, func(r schema.Remark) bool {
		return strings.HasPrefix(r.Text, "clientSecret is left out: the service hides it; put it in with: authsync secrets set providers.corp.config.clientSecret --in ")
	})
	if config["clientSecret"] != nil || !told {
		t.Errorf("%v, %+v", config, remarks)
	}
}

// The tokens of all keys that are gone and that nobody names go from the vault.
func TestTheVaultForgetsEveryKeyThatIsGone(t *testing.T) {
	w := newWorld(t, transport.Options{})
	w.put(t, sandbox.Options{}, "login: {emailLogin: false}\n")
	held := func(text string) int {
		env := manifest(t, text, schema.SecretsSealed)
		env.Recipients = []string{schematest.Identity().Recipient().String()}
		site := w.placed(t, env)
		report := sync.Apply(t.Context(), site, w.plan(t, site, sync.Options{}), silent)
		if !report.Complete() {
			t.Fatalf("%v, %+v", report.Errors, report.Steps)
		}
		return len(w.placed(t, env).Vault.Keys())
	}
	if n := held("apiKeys: {a: {keyType: api_key}, b: {keyType: api_key}, c: {keyType: api_key}}\n"); n != 3 {
		t.Fatalf("the vault has %d", n)
	}
	w.put(t, sandbox.Options{}, "login: {emailLogin: false}\n") // somebody has deleted them all
	if n := held("apiKeys: {}\n"); n != 0 {
		t.Errorf("the vault has %d of keys that are gone", n)
	}
}

// Recipients that git adds are trusted by a run that read everything, and by no other:
// what could not be read was not judged.
func TestNewRecipientsAreTrustedOnceAllWasRead(t *testing.T) {
	w := newWorld(t, transport.Options{})
	w.put(t, sandbox.Options{}, "login: {emailLogin: true}\n")
	env := manifest(t, "login: {emailLogin: true}\n", schema.SecretsSealed)
	colleague := schematest.Identity().Recipient().String()
	env.Recipients = []string{colleague}
	if report := sync.Apply(t.Context(), w.placed(t, env), w.plan(t, w.placed(t, env), sync.Options{}), silent); !report.Complete() {
		t.Fatalf("%v", report.Errors)
	}
	const joins = "age1joins"
	for _, row := range []struct {
		errors []error
		want   []string
	}{{[]error{errors.New("not read")}, []string{colleague}}, {nil, []string{colleague, joins}}} {
		env.Recipients = []string{colleague, joins}
		site := w.placed(t, env)
		plan := w.plan(t, site, sync.Options{})
		plan.Errors, plan.Seals.Unknown = row.errors, []string{joins}
		if err := sync.Adopt(site, plan); err != nil {
			t.Fatal(err)
		}
		if got := site.Lock.Recipients(); !slices.Equal(got, row.want) {
			t.Errorf("with %v: %v, want %v", row.errors, got, row.want)
		}
	}
}

// --prune says what it leaves alone, and nothing where that is nothing.
func TestPruneTellsOfWhatItSpares(t *testing.T) {
	w := newWorld(t, transport.Options{})
	for live, want := range map[string]string{
		"providers: {}\n": "",
		"providers: {corp: {providerType: OAUTH, name: {message: C}, config: {clientId: c}}}\n": "1 live object that git has never named is left alone: --prune-unmanaged deletes it too",
	} {
		w.put(t, sandbox.Options{}, live)
		env := manifest(t, "providers: {}\n", schema.SecretsSealed)
		if report := sync.Apply(t.Context(), w.placed(t, env), w.plan(t, w.placed(t, env), sync.Options{}), silent); !report.Complete() {
			t.Fatalf("%v", report.Errors)
		}
		told := ""
		for _, n := range w.plan(t, w.placed(t, env), sync.Options{Prune: sync.DeleteRemoved}).Notes {
			if n.Code == sync.NotePrune {
				told += n.Text
			}
		}
		if told != want {
			t.Errorf("%q, want %q", told, want)
		}
	}
}
