package lock_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	stdsync "sync"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/google/go-cmp/cmp"

	"authsync/diff"
	"authsync/schema"
	"authsync/schema/schematest"
	"authsync/secrets"
	"authsync/sync/lock"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func lockAt(t *testing.T, path string) *lock.Lock {
	t.Helper()
	l, err := lock.Open(path, lock.Owner{Env: "prod", Version: "1.2.3"})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func record(t *testing.T, l *lock.Lock, key schema.Key, id string, fields schema.Object) {
	t.Helper()
	if err := l.Record(lock.Found{Key: key, ID: id, Fields: fields}, noon); err != nil {
		t.Fatal(err)
	}
}

func linesOf(t *testing.T, path string) []string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(string(text), "\n")
}

var ghKey = schema.Key{Kind: "connector", Name: "github"}

// What the file looks like, and that it is read as it was written.
func TestLockFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "prod.lock.yaml")
	l := lockAt(t, path)
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Fatalf("opening a lock made one: %v", err)
	}
	sealed, err := secrets.Seal(secrets.NewClear("the-secret"), secrets.Binding{Env: "prod", Path: "connectors.github.config.client_secret"},
		[]age.Recipient{schematest.Identity().Recipient()})
	if err != nil {
		t.Fatal(err)
	}
	fields := schema.Object{
		"type": schema.Text("Social"), "enabled": schema.Bool(true),
		"config": schema.Object{
			"client_id":     schema.Text("Iv1.abc"),
			"client_secret": schema.Secret{Value: sealed},
			"pass":          schema.Secret{Value: secrets.Env("GH_PASS")},
		},
	}
	record(t, l, ghKey, "conn_001", fields)
	got := strings.Join(linesOf(t, path), "\n")
	sum, _ := cutBetween(got, "sha256:", "\n")
	want := `# What authsync last applied. Commit this file; do not edit it.
apiVersion: authsync/v1
kind: Lock
environment: prod
objects:
  connector/github:
    id: conn_001
    applied: 2026-03-01T12:00:00Z
    authsync: 1.2.3
    fields:
      config.client_id: '"Iv1.abc"'
      config.client_secret: sha256:` + sum + `
      config.pass: secret
      enabled: "true"
      type: '"Social"'
`
	if diff := cmp.Diff(want, got); diff != "" || len(sum) != 64 {
		t.Errorf("(-want +got)\n%s", diff)
	}
	e, ok := lockAt(t, path).Entry(ghKey)
	if !ok || e.ID != "conn_001" || !e.Applied.Equal(noon) || e.Version != "1.2.3" {
		t.Errorf("read again: %+v", e)
	}
	for name, row := range map[string]struct {
		at   schema.Path
		v    schema.Value
		want diff.Match
	}{
		"a value":          {schema.Path{"enabled"}, schema.Bool(true), diff.SameAsApplied},
		"another":          {schema.Path{"enabled"}, schema.Bool(false), diff.OtherThanApplied},
		"a sealed secret":  {schema.Path{"config", "client_secret"}, fields.At("config", "client_secret"), diff.SameAsApplied},
		"one of variables": {schema.Path{"config", "pass"}, fields.At("config", "pass"), diff.Forgotten},
		"nothing":          {schema.Path{"config", "region"}, schema.Text("x"), diff.NewlyNamed},
	} {
		if got := lockAt(t, path).LastApplied(ghKey).Holds(row.at, row.v); got != row.want {
			t.Errorf("%s: %v, want %v", name, got, row.want)
		}
	}
}

func cutBetween(text, from, to string) (string, bool) {
	_, text, ok := strings.Cut(text, from)
	text, _, _ = strings.Cut(text, to)
	return text, ok
}

// Names and values of every sort are read as they were written.
func TestLockOfStrangeNames(t *testing.T) {
	path := filepath.Join(t.TempDir(), "prod.lock.yaml")
	l := lockAt(t, path)
	texts := []string{"a", "null", "1.5", "a: b", "# x", "two\nlines\n", "  spaces  ", "'\"", "密码", "?", "- a", "", "x\n\n  y"}
	for i, text := range texts {
		key := schema.Key{Kind: "record", Name: fmt.Sprintf("s%d/%s", i, text)}
		record(t, l, key, "id: "+text, schema.Object{text: schema.Text(text), "list": schema.List{schema.Text(text)}})
	}
	again := lockAt(t, path)
	for i, text := range texts {
		key := schema.Key{Kind: "record", Name: fmt.Sprintf("s%d/%s", i, text)}
		want, _ := l.Entry(key)
		if got, ok := again.Entry(key); !ok || cmp.Diff(want, got) != "" {
			t.Errorf("%q: (-written +read)\n%s", text, cmp.Diff(want, got))
		}
	}
}

// A change of one object changes its lines and no others, and saving again
// changes none.
func TestLockChangesLittle(t *testing.T) {
	path := filepath.Join(t.TempDir(), "prod.lock.yaml")
	l := lockAt(t, path)
	for _, name := range []string{"wechat", "aliyun-dm", "github"} {
		record(t, l, schema.Key{Kind: "connector", Name: name}, "", schema.Object{"enabled": schema.Bool(true), "type": schema.Text("Social")})
	}
	before := linesOf(t, path)
	if err := lockAt(t, path).Check(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, linesOf(t, path)); diff != "" {
		t.Errorf("read and written (-before +after)\n%s", diff)
	}
	record(t, l, ghKey, "", schema.Object{"enabled": schema.Bool(false)})
	changed := 0
	for i, line := range linesOf(t, path) {
		if i >= len(before) || line != before[i] {
			changed++
		}
	}
	if changed != 1 {
		t.Errorf("%d lines changed for one field", changed)
	}
	e, _ := l.Entry(ghKey)
	if e.Fields["type"] != `"Social"` {
		t.Error("a field that was not written is forgotten")
	}
	if err := l.Forget(ghKey); err != nil {
		t.Fatal(err)
	}
	if text := strings.Join(linesOf(t, path), "\n"); strings.Contains(text, "github") || !strings.Contains(text, "wechat") {
		t.Errorf("forgotten:\n%s", text)
	}
}

// An empty id does not take away one that is known, and a new one is noted.
func TestLockRemembersIDs(t *testing.T) {
	l := lockAt(t, filepath.Join(t.TempDir(), "prod.lock.yaml"))
	id := func() string { e, _ := l.Entry(ghKey); return e.ID }
	if err := l.Identify(ghKey, "conn_001"); err != nil || id() != "" {
		t.Errorf("an object that was never applied has the id %q, %v", id(), err)
	}
	record(t, l, ghKey, "conn_001", nil)
	record(t, l, ghKey, "", nil)
	if id() != "conn_001" {
		t.Errorf("the id is %q", id())
	}
	if err := l.Identify(ghKey, "conn_002"); err != nil || id() != "conn_002" {
		t.Errorf("the id is %q, %v", id(), err)
	}
}

func TestLocksThatAreNone(t *testing.T) {
	head := "apiVersion: authsync/v1\nkind: Lock\nenvironment: prod\n"
	for _, row := range []struct{ name, text, want string }{
		{"empty", "", "restore it from git"},
		{"torn", head + "objects:\n  connector/github: {id: conn_001", "restore it from git"},
		{"of another version", strings.Replace(head, "v1", "v2", 1), "another version of authsync"},
		{"of another kind", strings.Replace(head, "Lock", "Vault", 1), "kind: Lock"},
		{"of another environment", strings.Replace(head, "prod", "dev", 1), `is the lock of "dev", not of "prod"`},
		{"with unknown names", head + "locks: {}\n", "restore it from git"},
		{"of an unknown kind that was listed", head + "listed: [conector]\n", `there is no kind "conector"`},
		{"of an unknown kind of object", head + "objects: {conector/github: {}}\n", "did you mean connector?"},
	} {
		t.Run(row.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "prod.lock.yaml")
			if err := os.WriteFile(path, []byte(row.text), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := lock.Open(path, lock.Owner{Env: "prod"})
			if err == nil || !strings.Contains(err.Error(), row.want) || !strings.Contains(err.Error(), path) {
				t.Errorf("got %v, want %q", err, row.want)
			}
		})
	}
}

// Whatever is recorded at once is on disk when each call has returned, and takes
// fewer writes than there are calls.
func TestLockSharesWrites(t *testing.T) {
	const calls = 200
	path := filepath.Join(t.TempDir(), "prod.lock.yaml")
	l := lockAt(t, path)
	writes := 0
	began, release := make(chan struct{}), make(chan struct{})
	l.BeforeWrites(func() {
		if writes++; writes == 1 {
			close(began)
			<-release
		}
	})
	key := func(i int) schema.Key { return schema.Key{Kind: "connector", Name: fmt.Sprintf("c%03d", i)} }
	var wait stdsync.WaitGroup
	save := func(i int) {
		wait.Go(func() {
			if err := l.Record(lock.Found{Key: key(i), ID: fmt.Sprint("id-", i), Fields: schema.Object{"enabled": schema.Bool(true)}}, noon); err != nil {
				t.Error(err)
			}
			if e, ok := lockAt(t, path).Entry(key(i)); !ok || e.ID != fmt.Sprint("id-", i) {
				t.Errorf("%s is not on disk: %+v", key(i), e)
			}
		})
	}
	save(0)
	<-began // the first write is under way, so all others have to wait for the next
	for i := 1; i < calls; i++ {
		save(i)
	}
	for len(l.Keys("connector")) < calls {
		runtime.Gosched()
	}
	close(release)
	wait.Wait()
	if writes != 2 {
		t.Errorf("%d writes for %d calls, want 2", writes, calls)
	}
	if n := len(lockAt(t, path).Keys("connector")); n != calls {
		t.Errorf("%d objects on disk", n)
	}
}

// A failed write is an error of every call that waited for it, and the next one
// saves what they changed.
func TestLockThatCannotBeWritten(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "later")
	l := lockAt(t, filepath.Join(dir, "prod.lock.yaml"))
	if err := l.Check(); err == nil {
		t.Error("it can be written?")
	}
	if err := l.Record(lock.Found{Key: ghKey, ID: "conn_001"}, noon); err == nil {
		t.Error("recorded nowhere")
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := l.Check(); err != nil {
		t.Fatal(err)
	}
	if _, ok := lockAt(t, filepath.Join(dir, "prod.lock.yaml")).Entry(ghKey); !ok {
		t.Error("what could not be saved at first is lost")
	}
}
