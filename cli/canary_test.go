package cli

import (
	"fmt"
	"sync"
	"testing"

	"authsync/remote/sandbox"
	"authsync/schema/quirk"
)

// No secret is ever in what authsync prints or writes: not in a plan of any
// format, not in an error, not in a log line, not in a file. Canaries are
// planted wherever a secret can be, every command is run in good and in bad
// weather, and all that comes out is searched.
//
// What may hold a secret, and is not searched for it:
//   - the standard output of `secrets open`, which is for that, and of its
//     --textconv, which also leaves a file that cannot be read as it is
//   - the private file of `secrets edit` while the editor runs, and the copy
//     that this test's editor makes of it to show that it was there
//   - the standard output of `secrets keygen`, which holds a key of its own
//   - sealed texts: searched, but nobody can read them
//   - what the test itself writes: the seed of the sandbox, the manifests with
//     mistakes, the manifest in clear until it is sealed, and the identity
//   - the sandbox's own state and request log; not the lines that it prints
//
// A crash's report is searched by [TestCrashHoldsNoSecret], a passphrase at a
// terminal by [TestPassphrase].
func TestNoSecretIsShown(t *testing.T) {
	if testing.Short() {
		t.Skip("searching takes minutes under the race detector, and the scripts run the same commands under it")
	}
	// They mostly wait, so they all run at once, not as many as there are
	// processors.
	var wait sync.WaitGroup
	for _, w := range weathers() {
		wait.Go(func() {
			t.Run(w.name, func(t *testing.T) {
				n := newNest(t, w)
				n.commands()
				n.searchFiles()
			})
		})
	}
	wait.Wait()
}

// weather is what a run meets.
type weather struct {
	name   string
	server sandbox.Options
	faults []string
	url    string            // instead of a sandbox
	env    map[string]string // besides what every run has
	lost   bool              // no identity opens anything
	fair   bool              // everything works: the whole of authsync is run, and must
	writes bool              // only what writes meets it: what looks is not run again
	names  []string          // of the secrets of objects whose names are the service's own
}

func weathers() []weather {
	all := []weather{
		{name: "fair", fair: true},
		{name: "hidden secrets", server: sandbox.Options{Quirks: quirk.Set{quirk.ClientSecret: quirk.Masked, quirk.SMTPPassword: quirk.Masked}}},
		{name: "unreachable", url: "http://127.0.0.1:1"},
		{name: "no identity", lost: true},
		{name: "wrong secret id", env: map[string]string{"TENCENTCLOUD_SECRETID": "{id}", "TENCENTCLOUD_SECRETKEY": "{key}", "TENCENTCLOUD_SESSIONTOKEN": "{token}"}},
		{name: "wrong secret key", env: map[string]string{"TENCENTCLOUD_SECRETID": "sandbox", "TENCENTCLOUD_SECRETKEY": "{key}"}},
		{name: "half of the credentials", env: map[string]string{"TENCENTCLOUD_SECRET_KEY": "{key}"}},
	}
	for _, fault := range sandbox.Faults() {
		strike := func(match string, times int) string {
			if fault == "limit" {
				times = 1 // it is tried ten times, ever more slowly
			}
			return fmt.Sprintf(`{"match": %q, "fault": %q, "times": %d}`, match, fault, times)
		}
		all = append(all,
			// What fails is read side by side.
			weather{name: fault + " of what is read", faults: []string{strike("GetProviders", 5), strike("/api/v1/connectors", 1)}},
			// After one of these the others are not made.
			weather{name: fault + " of ModifyProvider", writes: true, faults: []string{strike("ModifyProvider", 1)}},
			weather{name: fault + " of CreateApiKey", writes: true, faults: []string{strike("CreateApiKey", 1)}})
	}
	gateway := weather{name: "the open API's errors"}
	for _, code := range sandbox.GatewayErrors() {
		gateway.faults = append(gateway.faults, fmt.Sprintf(`{"match": "/v1/model", "fault": %q}`, code))
	}
	return named(append(all, gateway))
}

// named gives each weather its names of secrets. All of them are tried where the
// whole of authsync is run, and where secrets are hidden; elsewhere two, others in
// each, since no fault knows a name.
func named(all []weather) []weather {
	for i := range all {
		n := len(tellingNames)
		all[i].names = []string{tellingNames[i%n], tellingNames[(i+n/2)%n]}
		if all[i].fair || len(all[i].server.Quirks) > 0 {
			all[i].names = tellingNames
		}
	}
	return all
}
