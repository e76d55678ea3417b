package sync_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	stdsync "sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"authsync/remote/sandbox"
	"authsync/remote/transport"
	"authsync/schema"
	"authsync/schema/schematest"
	"authsync/sync"
	"authsync/sync/lock"
	"authsync/sync/state"
)

const killedLive = "login: {emailLogin: false}\nclients: {default: {accessTokenExpiresIn: 2h, maxDevice: 3}}\n" +
	"providers: {github: {providerType: OAUTH, name: {message: G}, config: {clientId: a, clientSecret: !plain clear-a}}," +
	" gone: {providerType: OAUTH, name: {message: O}, config: {clientId: o, clientSecret: !plain clear-o}}}\n" +
	"connectors: {c1: {type: Email, config: {access_key_id: a, access_key_secret: !plain clear-b}}}\n"

const killedBefore = "login: {emailLogin: false}\nclients: {default: {accessTokenExpiresIn: 2h, maxDevice: 3}}\n" +
	"providers: {github: {name: {message: G}, config: {clientId: a, clientSecret: !env S_A}}, gone: {name: {message: O}, config: {clientId: o}}}\n" +
	"connectors: {c1: {type: Email, config: {access_key_id: a, access_key_secret: !env S_B}}}\n"

const killedAfter = "login: {emailLogin: true}\nclients: {default: {accessTokenExpiresIn: 1h, maxDevice: 3}}\n" +
	"providers: {github: {name: {message: Other}, config: {clientId: b, clientSecret: !env S_C}}}\n" +
	"connectors: {c1: {type: Email, config: {access_key_id: b, access_key_secret: !env S_B}}," +
	" c2: {type: Social, config: {client_id: z, client_secret: !env S_D}}, c3: {type: Email, config: {access_key_id: n}}}\n"

var oneRecipient = "recipients: [" + schematest.Identity().Recipient().String() + "]\n"

// aftermath is a run and what a kill leaves of it at each moment.
type aftermath struct {
	*world
	env     *schema.Environment
	journal []string          // its lines
	locks   map[string][]byte // the lock's texts, by digest
	first   []byte            // the lock before the run's first step
}

// lives makes a run, and keeps each text that the lock had meanwhile.
func lives(t *testing.T) *aftermath {
	t.Helper()
	w := newWorld(t, transport.Options{})
	w.putAll(t, sandbox.Options{}, allSystems+killedLive)
	before := readManifest(t, allSystems+oneRecipient+killedBefore, 0)
	site := w.site(t, before)
	if err := sync.Adopt(site, w.plan(t, site, sync.Options{})); err != nil {
		t.Fatal(err)
	}
	a := &aftermath{world: w, env: readManifest(t, allSystems+oneRecipient+killedAfter, 0), locks: map[string][]byte{}}
	site = w.site(t, a.env)
	plan := w.plan(t, site, sync.Options{Prune: sync.DeleteRemoved})
	var mu stdsync.Mutex
	look := func() {
		mu.Lock()
		defer mu.Unlock()
		text, err := os.ReadFile(site.Lock.Path())
		if err != nil {
			t.Error(err)
		}
		a.locks[site.Lock.Digest()] = text
		if a.first == nil {
			a.first = text
		}
	}
	var journal string
	site.State.Opened = func(f *os.File) { journal = f.Name() }
	report := sync.Apply(t.Context(), site, allowed(plan), func(sync.Event) { look() })
	if !report.Complete() || len(report.Steps) < 6 {
		t.Fatalf("%+v", report)
	}
	look()
	text, err := os.ReadFile(journal)
	if err != nil {
		t.Fatal(err)
	}
	a.journal = slices.Collect(strings.Lines(string(text)))
	return a
}

// killed opens the lock of a run that was killed when the journal had so many lines and
// the lock a text, under a manifest.
func (a *aftermath) killed(t fataler, dir string, lines int, text []byte, env *schema.Environment) *lock.Lock {
	t.Helper()
	placed := *env
	placed.File = filepath.Join(dir, "test.yaml")
	state := filepath.Join(dir, ".authsync")
	if err := os.MkdirAll(state, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(state, "test-00000001.jsonl"), []byte(strings.Join(a.journal[:lines], "")), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(sync.LockFile(placed.File), text, 0o600); err != nil {
		t.Fatal(err)
	}
	return a.siteOf(t, &placed).Lock
}

// moments are the number of a journal's lines and the text of the lock at each moment
// at which a run can be killed: when a line is written, the file has the text that the
// line before it tells, or still the one before that.
func (a *aftermath) moments(each func(lines int, text []byte)) {
	texts := [][]byte{a.first}
	for i, line := range a.journal {
		var l struct{ Lock string }
		if json.Unmarshal([]byte(line), &l) == nil && a.locks[l.Lock] != nil {
			texts = append(texts[len(texts)-1:], a.locks[l.Lock])
		}
		for _, text := range texts {
			each(i+1, text)
		}
	}
}

// noted are the objects of the entries among a journal's lines, with how many lines of
// the journal tell of each.
func noted(lines []string) map[schema.Key]int {
	count := map[schema.Key]int{}
	for _, line := range lines {
		var l state.Line
		if err := json.Unmarshal([]byte(line), &l); err == nil && len(l.Entry) > 0 {
			key, _ := schema.ParseKey(l.Object)
			count[key]++
		}
	}
	return count
}

func entriesOf(l *lock.Lock) map[schema.Key]lock.Entry {
	all := map[schema.Key]lock.Entry{}
	for _, k := range schema.Kinds {
		for _, key := range l.Keys(k.Name) {
			all[key], _ = l.Entry(key)
		}
	}
	return all
}

// Whenever a run is killed, the next one finds in the lock what the killed one knew of
// each object, and nothing of what it had not done.
func TestALockCatchesUpWithAKilledRun(t *testing.T) {
	a := lives(t)
	all := noted(a.journal)
	last := entriesOf(a.killed(t, t.TempDir(), len(a.journal), a.locks[a.lastDigest()], a.env))
	first := entriesOf(a.killed(t, t.TempDir(), 1, a.first, a.env))
	moments := 0
	a.moments(func(lines int, text []byte) {
		moments++
		now := entriesOf(a.killed(t, t.TempDir(), lines, text, a.env))
		sofar := noted(a.journal[:lines])
		for key := range maps.Keys(all) {
			want := first[key]
			switch {
			case sofar[key] == all[key]:
				want = last[key]
			case sofar[key] > 0:
				continue
			}
			if diff := cmp.Diff(want, now[key]); diff != "" {
				t.Errorf("after %d lines, of %s (-want +got)\n%s", lines, key, diff)
			}
		}
	})
	if moments < len(a.journal) || len(all) < 6 {
		t.Errorf("%d moments of %d lines about %d objects", moments, len(a.journal), len(all))
	}
}

func (a *aftermath) lastDigest() string {
	var l struct{ Lock string }
	for _, line := range slices.Backward(a.journal) {
		if _ = json.Unmarshal([]byte(line), &l); l.Lock != "" {
			break
		}
	}
	return l.Lock
}

// Git may have changed since the run was killed. What the lock then says of a field is
// what the run would have said, or nothing; and nothing is said where the lock is not
// the one that the run wrote.
func TestALockSaysLessAfterGitHasChanged(t *testing.T) {
	a := lives(t)
	last := entriesOf(a.killed(t, t.TempDir(), len(a.journal), a.locks[a.lastDigest()], a.env))
	first := entriesOf(a.killed(t, t.TempDir(), 1, a.first, a.env))
	others := map[string]string{
		"other values":   strings.NewReplacer("1h", "30m", "Other", "Another", "access_key_id: n", "access_key_id: m").Replace(killedAfter),
		"the one before": killedBefore, "nothing": "login: {emailLogin: true}\n",
	}
	for name, text := range others {
		env := readManifest(t, allSystems+oneRecipient+text, 0)
		less := 0
		a.moments(func(lines int, text []byte) {
			for key, e := range entriesOf(a.killed(t, t.TempDir(), lines, text, env)) {
				for path, is := range e.Fields {
					if is != last[key].Fields[path] && is != first[key].Fields[path] {
						t.Errorf("%s: after %d lines %s of %s is %s", name, lines, path, key, is)
					}
				}
				for path := range last[key].Fields {
					if _, told := e.Fields[path]; !told {
						less++
					}
				}
			}
		})
		if less <= 0 {
			t.Errorf("%s: everything is known", name)
		}
	}
	foreign := append(bytes.Clone(a.first), "# by hand\n"...)
	if now := entriesOf(a.killed(t, t.TempDir(), len(a.journal), foreign, a.env)); !cmp.Equal(now, first) {
		t.Errorf("a lock that was edited: %s", cmp.Diff(first, now))
	}
}

// A journal that came with a repository is not believed: it is whoever's wrote it.
func TestALockBelievesNoCommittedJournal(t *testing.T) {
	a := lives(t)
	first := entriesOf(a.killed(t, t.TempDir(), 1, a.first, a.env))
	dir := t.TempDir()
	if now := entriesOf(a.killed(t, dir, len(a.journal), a.first, a.env)); cmp.Equal(now, first) {
		t.Fatal("the journal says nothing")
	}
	for _, args := range [][]string{{"init", "-q"}, {"add", "-f", ".authsync"}} {
		command := exec.Command("git", args...)
		command.Dir = dir
		if text, err := command.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, text)
		}
	}
	if now := entriesOf(a.killed(t, dir, len(a.journal), a.first, a.env)); !cmp.Equal(now, first) {
		t.Error(cmp.Diff(first, now))
	}
}

// The journal has no value: neither of git, nor of live, nor of the lock.
func TestAJournalHasNoValue(t *testing.T) {
	a := lives(t)
	text := strings.Join(a.journal, "")
	for _, value := range []string{"clear-", `"Other"`, `"b"`, "3600", `"z"`} {
		if strings.Contains(text, value) {
			t.Errorf("%s is in\n%s", value, text)
		}
	}
	if n := strings.Count(text, `"entry":`); n < 6 {
		t.Errorf("%d entries in\n%s", n, text)
	}
}
