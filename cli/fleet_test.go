package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	stdsync "sync"
	"sync/atomic"
	"testing"
	"time"

	"authsync/cli/progress"
	"authsync/remote/sandbox"
	"authsync/schema"
	"authsync/sync"
)

// manyShops are environments that differ from what is live in one switch, and a sandbox
// that plays them.
type manyShops struct {
	*testing.T
	dir    string
	server *sandbox.Server

	mu    stdsync.Mutex
	asked []string // tenants, in the order of their requests
	wrote map[string]int
	// before is called before each writing request.
	before func()
	// together, where it is set, keeps the first request waiting for one of another environment.
	together *meeting
}

// meeting is where the first who comes waits for somebody else.
type meeting struct {
	first string
	met   chan struct{}
}

func newMeeting() *meeting { return &meeting{met: make(chan struct{})} }

// come returns what the caller has to wait for, nil for nothing.
func (m *meeting) come(env string) <-chan struct{} {
	switch m.first {
	case "":
		m.first = env
		return m.met
	case env, "met":
		return nil
	}
	m.first = "met"
	close(m.met)
	return nil
}

const shopManifest = `apiVersion: authsync/v1
kind: Environment
name: %[1]s
systems: {cloudbase: {envId: %[1]s}}
login: {emailLogin: true, anonymousLogin: %[2]t}
providers:
  idp: {providerType: OIDC, name: {message: Company}, on: true, config: {clientId: a, issuer: "https://idp.example.com", scope: openid}}
`

func shop(i int) string { return fmt.Sprintf("shop-%03d", i) }

func openShops(t *testing.T, n int) *manyShops {
	secluded(t)
	m := &manyShops{T: t, dir: t.TempDir(), wrote: map[string]int{}, before: func() {}}
	for _, dir := range []string{"envs", "live"} {
		if err := os.Mkdir(filepath.Join(m.dir, dir), 0o700); err != nil {
			t.Fatal(err)
		}
		for i := range n {
			m.write(dir, i, dir == "live")
		}
	}
	var err error
	if m.server, err = seeded(sandboxOptions{seed: filepath.Join(m.dir, "live"), server: sandbox.Options{Rate: 100_000}}); err != nil {
		t.Fatal(err)
	}
	listening := httptest.NewServer(m)
	t.Cleanup(func() {
		m.server.Close()
		listening.Close()
	})
	t.Setenv("AUTHSYNC_SANDBOX", listening.URL)
	return m
}

func (m *manyShops) write(dir string, i int, anonymous bool) {
	m.Helper()
	text := fmt.Sprintf(shopManifest, shop(i), anonymous)
	if err := os.WriteFile(filepath.Join(m.dir, dir, shop(i)+".yaml"), []byte(text), 0o600); err != nil {
		m.Fatal(err)
	}
}

// ServeHTTP notes who asks before the sandbox answers.
func (m *manyShops) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	var about struct{ EnvId string }
	if action := r.Header.Get("X-TC-Action"); action != "" && json.Unmarshal(body, &about) == nil {
		m.mu.Lock()
		m.asked = append(m.asked, about.EnvId)
		var wait <-chan struct{}
		if m.together != nil {
			wait = m.together.come(about.EnvId)
		}
		if !strings.HasPrefix(action, "Describe") && !strings.HasPrefix(action, "Get") {
			m.before()
			m.wrote[about.EnvId]++
		}
		m.mu.Unlock()
		if wait != nil {
			select {
			case <-wait:
			case <-r.Context().Done():
			}
		}
	}
	m.server.ServeHTTP(w, r)
}

func (m *manyShops) envs() string { return filepath.Join(m.dir, "envs") }

// commit makes all files the first commit of a git repository.
func (m *manyShops) commit() {
	m.Helper()
	for _, words := range [][]string{{"init", "-q"}, {"add", "-A"}, {"-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-qm", "locks"}} {
		if out, err := exec.Command("git", append([]string{"-C", m.dir}, words...)...).CombinedOutput(); err != nil {
			m.Fatalf("git %v: %v: %s", words, err, out)
		}
	}
}

// move makes a change of what is live, as somebody does in the console.
func (m *manyShops) move(i int) {
	wire, err := schema.ParseJSON([]byte(`{"Id": "idp", "ProviderType": "OIDC", "Name": {"Message": "Moved"}, "On": "TRUE", "Config": {"ClientId": "a", "Issuer": "https://idp.example.com", "Scope": "openid"}}`))
	if err == nil {
		err = m.server.SeedProvider(shop(i), wire.(schema.Object))
	}
	if err != nil {
		m.Error(err)
	}
}

// underWay is the largest number of environments between whose first and last request
// one request stood.
func (m *manyShops) underWay() int {
	first, last := map[string]int{}, map[string]int{}
	for at, env := range m.asked {
		if _, begun := first[env]; !begun {
			first[env] = at
		}
		last[env] = at
	}
	most := 0
	for at := range m.asked {
		n := 0
		for env := range first {
			if first[env] <= at && at <= last[env] {
				n++
			}
		}
		most = max(most, n)
	}
	return most
}

func TestFewEnvironmentsAreUnderWay(t *testing.T) {
	for _, row := range []struct {
		command     string
		code        int
		concurrency string
		most        int
	}{
		{"plan", 0, "1", 4}, {"plan", 0, "7", 7}, {"diff", 2, "2", 4}, {"drift", 0, "2", 4}, {"audit --live", 0, "1", 4},
	} {
		t.Run(row.command+" "+row.concurrency, func(t *testing.T) {
			m := openShops(t, 24)
			if row.command == "drift" {
				must(t, 0, "apply", m.envs(), "--yes")
				m.asked = nil
			}
			least := 1
			if row.concurrency != "1" {
				// The first request ends when another environment asks.
				m.together, least = newMeeting(), 2
			}
			must(t, row.code, append(strings.Fields(row.command), m.envs(), "--concurrency", row.concurrency)...)
			if n := m.underWay(); n > row.most || n < least {
				t.Errorf("%d are under way at once", n)
			}
		})
	}
}

// The sites, with manifests, locks and what is live, are let go after their turns.
func TestEnvironmentsAreLetGo(t *testing.T) {
	const most, all = 4, 40
	m := openShops(t, all)
	s := selection{paths: []string{m.envs()}, concurrency: 1, sandbox: os.Getenv("AUTHSYNC_SANDBOX"), timeout: time.Minute, said: io.Discard,
		progress: progress.New(progress.Results, progress.Surroundings{Err: io.Discard, LookupEnv: lookupEnv})}
	s.options.Now = time.Now()
	outlines, err := s.environments()
	if err != nil {
		t.Fatal(err)
	}
	run, err := s.run(outlines, most, nil)
	if err != nil {
		t.Fatal(err)
	}
	var live, peak atomic.Int64
	plan, err := run.Plan(t.Context(), s.planner, func(i int, site *sync.Site, env *sync.EnvironmentPlan) error {
		live.Add(1)
		runtime.AddCleanup(site.Env, func(n *atomic.Int64) { n.Add(-1) }, &live)
		// A cleanup runs some time after the collection that finds its object.
		for n := 0; n < 200 && live.Load() > 2*most; n++ {
			runtime.GC()
			runtime.Gosched()
		}
		peak.Store(max(peak.Load(), live.Load()))
		env.LetGo()
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(plan.Environments) != all || plan.Empty() {
		t.Fatalf("the plan has %d environments", len(plan.Environments))
	}
	if n := peak.Load(); n > 2*most {
		t.Errorf("of %d environments %d were in memory at once", all, n)
	}
}

// An environment of which the plan is another one by the time of its turn is refused,
// and no other one is begun after that.
func TestApplyRefusesWhatHasMovedSinceItWasPlanned(t *testing.T) {
	for _, row := range []struct {
		name string
		move func(m *manyShops, i int)
		told string
	}{
		{"live", (*manyShops).move, "the plan made now also changes provider/idp"},
		{"the manifest", func(m *manyShops, i int) { m.write("envs", i, true) }, "has changed since this run began to read it"},
		{"another apply", func(m *manyShops, i int) {
			if err := os.WriteFile(sync.LockFile(filepath.Join(m.envs(), shop(i)+".yaml")), []byte("objects: {}\n"), 0o600); err != nil {
				m.Error(err)
			}
		}, "another apply of shop-"},
	} {
		t.Run(row.name, func(t *testing.T) {
			m := openShops(t, 30)
			var once stdsync.Once
			m.before = func() {
				once.Do(func() {
					for i := 4; i < 30; i++ {
						row.move(m, i)
					}
				})
			}
			r := must(t, 4, "apply", m.envs(), "--yes", "--concurrency", "1")
			for i := range 30 {
				if wrote := m.wrote[shop(i)]; (wrote > 0) != (i < 4) {
					t.Errorf("%s got %d writes", shop(i), wrote)
				}
			}
			for _, text := range []string{row.told, "not begun, since shop-0"} {
				if !strings.Contains(r.err, text) {
					t.Errorf("%q is not told in\n%s", text, r.err)
				}
			}
		})
	}
}

// An apply reads an environment a second time only to write to it.
func TestApplyPlansTwiceOnlyWhatItWrites(t *testing.T) {
	m := openShops(t, 20)
	must(t, 0, "apply", m.envs(), "--yes", "--concurrency", "1")
	m.write("envs", 0, true)
	m.write("envs", 19, true)
	m.asked = nil
	must(t, 0, "apply", m.envs(), "--yes", "--concurrency", "1", "--allow", "weaken")
	asked := map[string]int{}
	for _, env := range m.asked {
		asked[env]++
	}
	idle := asked[shop(1)]
	for i := 2; i < 19; i++ {
		if asked[shop(i)] != idle {
			t.Errorf("%s was asked %d times, and %s %d times", shop(i), asked[shop(i)], shop(1), idle)
		}
	}
	if asked[shop(19)] <= asked[shop(0)] {
		t.Errorf("what was held was asked %d times, what was planned again %d times", asked[shop(0)], asked[shop(19)])
	}
	must(t, 0, "plan", m.envs(), "--exit-code")
}

// Locks of a git revision are read for several environments at the same time.
func TestLocksOfARevisionAreReadAtOnce(t *testing.T) {
	m := openShops(t, 24)
	must(t, 0, "apply", m.envs(), "--yes")
	m.commit()
	for i := range 24 {
		if err := os.Remove(sync.LockFile(filepath.Join(m.envs(), shop(i)+".yaml"))); err != nil {
			t.Fatal(err)
		}
		m.move(i)
	}
	must(t, 2, "drift", m.envs(), "--lock-from", "HEAD", "--concurrency", "8")
}
