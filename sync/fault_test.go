package sync_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"authsync/remote/sandbox"
	"authsync/remote/transport"
	"authsync/schema/quirk"
	"authsync/sync"
)

const faultyLive = `
login: {emailLogin: false, userNameLogin: true, phoneNumberLogin: false, anonymousLogin: true}
clients: {default: {maxDevice: 1}}
providers:
  github: {providerType: OAUTH, name: {message: GitHub}, on: true, config: {clientId: a, clientSecret: !plain clear-a}}
  old: {providerType: OAUTH, name: {message: Old}, on: true, config: {clientId: o, clientSecret: !plain clear-o}}
`

// faultyManifest takes every write action: seven steps, five that give and two
// that take.
const faultyManifest = `
login: {emailLogin: true, anonymousLogin: false}
clients: {default: {maxDevice: 5}}
providers:
  corp: {providerType: OIDC, name: {message: Corp}, autoSignUpWithProviderUser: true, config: {issuer: https://corp.example, clientId: c, clientSecret: !env S_C, scope: openid}}
  github: {config: {clientId: b}}
`

var faultySteps = []string{
	"1 give ModifyClient client/default []",
	"2 give AddProvider provider/corp []",
	"3 give ModifyProvider provider/corp [2]",
	"4 give ModifyProvider provider/github []",
	"5 give ModifyLoginConfig login []",
	"6 take ModifyLoginConfig login [5]",
	"7 take DeleteProvider provider/old []",
}

// faults are what may become of a call: whether its work is done all the same,
// and as what its step ends.
var faults = []struct {
	name    string
	outcome sync.Outcome
	writes  int // requests that this one step comes to
	timeout time.Duration
}{
	{"limit", sync.Done, 2, 0}, // the service did nothing and says so: made again
	{"500", sync.Failed, 1, 0},
	{"timeout", sync.Failed, 1, 500 * time.Millisecond},
	{"reset", sync.Failed, 1, 0},
	{"half", sync.Settled, 1, 0},
	{"lost", sync.Settled, 1, 0},
}

func TestEveryCallMayFail(t *testing.T) {
	for _, f := range faults {
		seen := map[string]int{}
		for i, action := range []string{"ModifyClient", "AddProvider", "ModifyProvider", "ModifyProvider", "ModifyLoginConfig", "ModifyLoginConfig", "DeleteProvider"} {
			seen[action]++
			nth := seen[action]
			if f.outcome == sync.Done && (i == 2 || i == 4) {
				continue // as its next call, and holding the limiter back takes its time
			}
			t.Run(fmt.Sprintf("%s/step %d", f.name, i+1), func(t *testing.T) {
				t.Parallel()
				w := newWorld(t, transport.Options{Timeout: f.timeout})
				w.put(t, sandbox.Options{}, faultyLive)
				site := w.site(t, manifest(t, faultyManifest, 0))
				o := sync.Options{Unmanaged: sync.DeleteUnmanaged}
				plan := w.plan(t, site, o)
				if steps := brief(plan); !slices.Equal(steps, faultySteps) {
					t.Fatalf("the steps are %q", steps)
				}
				w.fault(t, fmt.Sprintf(`{"match":%q,"nth":%d,"fault":%q}`, action, nth, f.name))
				report := sync.Apply(t.Context(), site, plan, silent)
				judge(t, report, i, f.outcome)
				tried := len(plan.Steps) - report.Count(sync.Skipped)
				if got := len(w.writes(t)); got != tried-1+f.writes {
					t.Errorf("%d writes for %d steps: %+v", got, tried, w.writes(t))
				}
				if !report.Wrote() {
					t.Error("the report says that nothing can have changed")
				}
				// A plain second run does the rest, and a third finds nothing.
				if report = sync.Apply(t.Context(), site, w.plan(t, site, o), silent); !report.Complete() {
					t.Errorf("the second run: %+v", report.Steps)
				}
				if again := w.plan(t, site, o); !again.Empty() {
					t.Errorf("after it: %+v", again.Changes)
				}
			})
		}
	}
}

func brief(plan *sync.EnvironmentPlan) []string {
	var steps []string
	for _, s := range plan.Steps {
		steps = append(steps, fmt.Sprintf("%d %s %s %s %v", s.Number, s.Phase, s.Call, s.Key, s.After))
	}
	return steps
}

// judge checks that one step ended as its fault makes it, that what waits for
// it was skipped, and that the rest was done.
func judge(t *testing.T, report *sync.Report, struck int, outcome sync.Outcome) {
	t.Helper()
	for i, r := range report.Steps {
		want := sync.Done
		// Its own object's steps wait for it; if it gives, so do all that take.
		waits := slices.Contains(r.Step.After, struck+1) || r.Step.Phase == sync.Take && report.Steps[struck].Step.Phase == sync.Give
		switch {
		case i == struck:
			want = outcome
		case outcome == sync.Failed && waits:
			want = sync.Skipped
		}
		if r.Outcome != want {
			t.Errorf("step %d (%s %s): %s, want %s: %v", i+1, r.Step.Call, r.Step.Key, r.Outcome, want, r.Err)
		}
		if failed := r.Outcome == sync.Failed || r.Outcome == sync.Skipped; failed != (r.Err != nil) {
			t.Errorf("step %d: %s with the error %v", i+1, r.Outcome, r.Err)
		}
	}
	for _, b := range report.ReadBack {
		if b.Status != sync.AsWanted {
			t.Errorf("%s: %s: %+v", b.Key, b.Status, b.Fields)
		}
	}
	if report.Complete() != (outcome != sync.Failed) {
		t.Errorf("complete: %v after %s", report.Complete(), outcome)
	}
}

// Steps whose work a read cannot tell from that of another, or not at all, are
// not taken for done.
func TestWhatCannotBeSeenIsNotSettled(t *testing.T) {
	for _, row := range []struct {
		name, live, manifest string
		sandbox              sandbox.Options
		options              sync.Options
		nth                  int // of the ModifyProvider calls
	}{
		{
			name:     "a secret that the service hides",
			live:     "providers: {github: {providerType: OAUTH, name: {message: G}, config: {clientId: a, clientSecret: !plain clear-a}}}\n",
			manifest: "providers: {github: {config: {clientSecret: !env S_B}}}\n",
			sandbox:  sandbox.Options{Quirks: quirk.Set{quirk.ClientSecret: quirk.Masked, quirk.SMTPPassword: quirk.Masked}}, options: sync.Options{Secrets: sync.RewriteUnknown}, nth: 1,
		},
		{
			name: "endpoints that discovery has overwritten",
			live: "providers: {corp: {providerType: OIDC, name: {message: C}, config: {issuer: 'https://a.example', clientId: a, clientSecret: !plain clear-a, " +
				"tokenEndpoint: 'https://own.example/token', redirectUri: 'https://r.example'}}}\n",
			manifest: "providers: {corp: {config: {issuer: 'https://b.example', tokenEndpoint: 'https://own.example/token'}}}\n",
			nth:      2,
		},
		{
			name:     "what a new object takes in a second call",
			live:     "providers: {}\n",
			manifest: "providers: {corp: {providerType: OAUTH, name: {message: C}, config: {clientId: a}, autoSignUpWithProviderUser: true}}\n",
			nth:      1,
		},
	} {
		t.Run(row.name, func(t *testing.T) {
			w := newWorld(t, transport.Options{})
			w.put(t, row.sandbox, row.live)
			site := w.site(t, manifest(t, row.manifest, 0))
			plan := w.plan(t, site, row.options)
			w.fault(t, fmt.Sprintf(`{"match":"ModifyProvider","nth":%d,"fault":"reset"}`, row.nth))
			report := sync.Apply(t.Context(), site, plan, silent)
			if last := report.Steps[len(report.Steps)-1]; report.Complete() || last.Outcome != sync.Failed {
				t.Fatalf("the call did nothing, and its step is %s", last.Outcome)
			}
			w.fault(t, `{"match":"ModifyProvider","nth":1,"fault":"lost"}`)
			if report = sync.Apply(t.Context(), site, w.plan(t, site, row.options), silent); len(report.Steps) != 1 {
				t.Fatalf("a second run has %d steps", len(report.Steps))
			}
			if again := w.plan(t, site, sync.Options{}); !again.Empty() {
				t.Errorf("after it: %+v", again.Changes)
			}
		})
	}
}

// What a plan refuses is not sent even by a caller who does not look.
func TestAMaskIsNotSentEvenIfAsked(t *testing.T) {
	w := newWorld(t, transport.Options{})
	w.put(t, sandbox.Options{Quirks: quirk.Set{quirk.ClientSecret: quirk.Masked, quirk.SMTPPassword: quirk.Masked}}, faultyLive)
	site := w.site(t, manifest(t, faultyManifest, 0))
	plan := sync.Build(site, w.read(t, site, sync.Options{}), sync.Options{})
	if len(plan.Refusals) != 1 || plan.Refusals[0].Key.Name != "github" {
		t.Fatalf("%+v", plan.Refusals)
	}
	report := sync.Apply(t.Context(), site, plan, silent)
	if report.Complete() || report.Wrote() || report.Count(sync.Skipped) != len(plan.Steps) || len(w.writes(t)) > 0 {
		t.Errorf("%+v, %+v", report, w.writes(t))
	}
}
