package cloudbase_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"filippo.io/age"

	"authsync/remote/officetest"
	"authsync/remote/sandbox"
	"authsync/schema"
	"authsync/schema/schematest"
	"authsync/secrets"
	"authsync/sync"
	"authsync/sync/lock"
)

var newYear = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// keysOffice is an office whose manifests are about API keys. Its clock stands
// still at newYear.
func keysOffice(t *testing.T) *office {
	f := newOffice(t, sandbox.Options{Now: func() time.Time { return newYear }})
	f.Identities = []age.Identity{schematest.Identity()}
	f.Head = "recipients: [" + schematest.Identity().Recipient().String() + "]\nsystems: {cloudbase: {envId: " + officetest.EnvID + "}}\n"
	return f
}

func (f *office) liveKey(fields schema.Object) {
	f.Helper()
	if err := f.Server.SeedAPIKey(officetest.EnvID, fields); err != nil {
		f.Fatal(err)
	}
}

// keyWrites are the actions that write, in order.
func (f *office) keyWrites() []string {
	f.Helper()
	calls := []string{}
	for _, a := range f.Asked(schema.CloudBase) {
		if a.Write {
			calls = append(calls, a.Action)
		}
	}
	return calls
}

func (f *office) heldKeys() []string {
	f.Helper()
	ids := []string{}
	for id := range f.State("cloudbase", officetest.EnvID, "apiKeys") {
		ids = append(ids, id)
	}
	return ids
}

// Both types are listed, each to its end.
func TestAPIKeyPages(t *testing.T) {
	f := keysOffice(t)
	for i := range 120 {
		f.liveKey(schema.Object{"Name": schema.Text(fmt.Sprint("k", i))})
	}
	f.liveKey(schema.Object{"KeyType": schema.Text("publish_key")})
	plan := f.Planned(f.Site("apiKeys: {k119: {keyType: api_key}, web: {keyType: publish_key}}"), sync.Options{})
	if len(plan.Steps) > 0 || len(plan.Unmanaged) != 119 {
		t.Errorf("%d steps, %d unmanaged", len(plan.Steps), len(plan.Unmanaged))
	}
	pages := map[string]int{}
	for _, a := range f.Asked(schema.CloudBase) {
		body, err := schema.ParseJSON(a.Body)
		if err != nil {
			t.Fatal(err)
		}
		pages[body.(schema.Object).Text("KeyType")]++
	}
	officetest.Same(t, "pages", pages, map[string]int{"api_key": 3, "publish_key": 1})
}

// A service that shows fewer keys on a page than were asked for shows them all
// in the end.
func TestAPIKeyPagesOfAnotherSize(t *testing.T) {
	const size, total = 7, 20
	f := keysOffice(t)
	f.Between = func(w http.ResponseWriter, r *http.Request) bool {
		var in struct {
			KeyType    string
			PageNumber int
		}
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil || in.KeyType != "api_key" {
			io.WriteString(w, `{"Response": {"Total": 0, "Data": [], "RequestId": "r"}}`)
			return true
		}
		var items []string
		for i := (in.PageNumber - 1) * size; i < min(in.PageNumber*size, total); i++ {
			items = append(items, fmt.Sprintf(`{"KeyId": "id-%d", "Name": "k%d", "CreateAt": "2026-01-01T00:00:00Z"}`, i, i))
		}
		fmt.Fprintf(w, `{"Response": {"Total": %d, "Data": [%s], "RequestId": "r"}}`, total, strings.Join(items, ","))
		return true
	}
	plan := f.Planned(f.Site("apiKeys: {k19: {keyType: api_key}}"), sync.Options{})
	if len(plan.Steps) > 0 || len(plan.Unmanaged) != total-1 {
		t.Errorf("%d steps, %d unmanaged", len(plan.Steps), len(plan.Unmanaged))
	}
}

// A key that is about to end is made again, and so is one that has ended.
func TestAPIKeyRotatesInTime(t *testing.T) {
	const day = 24 * time.Hour
	for _, row := range []struct {
		name  string
		now   time.Time
		steps int
	}{
		{"new", newYear, 0},
		{"a second before", newYear.Add(76*day - time.Second), 0},
		{"in time", newYear.Add(76 * day), 1}, // the old one lives on for a while
		{"after its end", newYear.Add(100 * day), 1},
	} {
		t.Run(row.name, func(t *testing.T) {
			f := keysOffice(t)
			const text = "apiKeys: {server: {keyType: api_key, expireIn: 90d, rotateBefore: 14d}}"
			f.Apply(text, sync.Options{Now: newYear})
			plan := f.Planned(f.Site(text), sync.Options{Now: row.now})
			officetest.Same(t, "steps", len(plan.Steps), row.steps)
			if row.steps > 0 && !strings.Contains(plan.Notes[0].Text, "it ends at 2026-04-01T00:00:00Z, which is less than 14d from now") {
				t.Errorf("notes: %+v", plan.Notes)
			}
		})
	}
}

// The token is on disk, sealed, when the next call is made, whatever that is.
func TestAPIKeyTokenIsKeptBeforeTheNextCall(t *testing.T) {
	f := keysOffice(t)
	f.liveKey(schema.Object{"Name": schema.Text("server"), "ExpireIn": schema.Number("7200")})
	var created int
	f.Between = func(w http.ResponseWriter, r *http.Request) bool {
		if r.Header.Get("X-TC-Action") == "" {
			return false
		}
		vault, err := lock.OpenVault(lock.File{Path: sync.VaultFile(f.File)}, lock.Owner{Env: "prod"})
		if err != nil {
			t.Error(err)
			return false
		}
		if got := len(vault.Keys()); got != created {
			t.Errorf("%s comes when %d tokens are in the vault, want %d", r.Header.Get("X-TC-Action"), got, created)
		}
		if r.Header.Get("X-TC-Action") == "CreateApiKey" {
			if _, begun := vault.Making(schema.Key{Kind: "apiKey", Name: "server"}); created == 0 && !begun {
				t.Error("the vault does not know of the call that is made")
			}
			created++
		}
		return false
	}
	f.Apply("apiKeys: {server: {keyType: api_key, expireIn: 90d}, two: {keyType: api_key}}", sync.Options{Overlap: new(schema.Seconds)})
	officetest.Same(t, "writes", f.keyWrites(), []string{"CreateApiKey", "CreateApiKey", "DeleteApiKey"})
	text, err := os.ReadFile(sync.VaultFile(f.File))
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range f.heldKeys() {
		if token := f.State("cloudbase", officetest.EnvID, "apiKeys", id).Text("ApiKey"); token == "" || strings.Contains(string(text), token) {
			t.Errorf("the token of %s stands in the vault as it is", id)
		}
	}
}

// A vault that cannot be written stops the run before anything is written, and
// one that cannot be written any more before the key is made.
func TestAPIKeyIsNotMadeWithoutAVault(t *testing.T) {
	const text = "login: {emailLogin: true}\napiKeys: {server: {keyType: api_key}}"
	f := keysOffice(t)
	site := f.Site(text)
	missing, err := lock.OpenVault(lock.File{Path: filepath.Join(t.TempDir(), "missing", "prod.vault.yaml")}, lock.Owner{Env: "prod"})
	if err != nil {
		t.Fatal(err)
	}
	site.Vault = missing
	report := sync.Apply(t.Context(), site, f.Planned(site, sync.Options{}), func(sync.Event) {})
	if len(report.Errors) != 1 || !strings.Contains(report.Errors[0].Error(), "apiKey/server: the vault cannot be written, so the key is not made: ") || report.Wrote() {
		t.Errorf("errors %v, wrote %v", report.Errors, report.Wrote())
	}
	officetest.Same(t, "writes", f.keyWrites(), []string{})

	f = keysOffice(t)
	site = f.Site(text)
	dir := filepath.Join(t.TempDir(), "later-gone")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if site.Vault, err = lock.OpenVault(lock.File{Path: filepath.Join(dir, "prod.vault.yaml")}, lock.Owner{Env: "prod"}); err != nil {
		t.Fatal(err)
	}
	f.Between = func(w http.ResponseWriter, r *http.Request) bool {
		if r.Header.Get("X-TC-Action") == "ModifyLoginConfig" {
			os.RemoveAll(dir)
		}
		return false
	}
	report = sync.Apply(t.Context(), site, f.Planned(site, sync.Options{}), func(sync.Event) {})
	last := report.Steps[len(report.Steps)-1]
	if last.Outcome != sync.Failed || !strings.Contains(last.Err.Error(), "the vault cannot be written, so the key is not made: ") {
		t.Errorf("%s: %v", last.Outcome, last.Err)
	}
	officetest.Same(t, "writes", f.keyWrites(), []string{"ModifyLoginConfig"})
}

// A key is made, and its token cannot be kept: that is a change all the same,
// and the next run knows of the key.
func TestAPIKeyWhoseTokenCannotBeKept(t *testing.T) {
	f := keysOffice(t)
	const text = "apiKeys: {server: {keyType: api_key}}"
	site := f.Site(text)
	dir := filepath.Join(t.TempDir(), "gone")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	var err error
	if site.Vault, err = lock.OpenVault(lock.File{Path: filepath.Join(dir, "prod.vault.yaml")}, lock.Owner{Env: "prod"}); err != nil {
		t.Fatal(err)
	}
	f.Between = func(w http.ResponseWriter, r *http.Request) bool {
		if r.Header.Get("X-TC-Action") == "CreateApiKey" {
			os.RemoveAll(dir)
		}
		return false
	}
	report := sync.Apply(t.Context(), site, f.Planned(site, sync.Options{}), func(sync.Event) {})
	if r := report.Steps[0]; r.Outcome != sync.Failed || !strings.Contains(r.Err.Error(), "its token could not be kept") || !report.Wrote() {
		t.Errorf("%s: %v, wrote %v", r.Outcome, r.Err, report.Wrote())
	}
	plan := f.Planned(f.Site(text), sync.Options{})
	if len(plan.Steps) > 0 || len(plan.Notes) != 1 || plan.Notes[0].Code != sync.NoteToken {
		t.Errorf("steps %v, notes %v", plan.Steps, plan.Notes)
	}
}

// What the list says wrong is an error with the request's id, and no write
// follows.
func TestAPIKeysBadAnswers(t *testing.T) {
	for _, row := range []struct{ name, data, want string }{
		{"a time that is none", `"Data": [{"KeyId": "a", "Name": "server", "CreateAt": "yesterday", "ExpireAt": "tomorrow"}]`, "the CreateAt of a is not a time"},
		{"an end that is none", `"Data": [{"KeyId": "a", "Name": "server", "CreateAt": "2026-01-01T00:00:00Z", "ExpireAt": "tomorrow"}]`, "the ExpireAt of a is not a time"},
		{"a key without an id", `"Data": [{"Name": "server"}]`, "Data[0] of page 1 has no KeyId"},
		{"a page that repeats", `"Data": [{"KeyId": "a"}, {"KeyId": "a"}]`, "page 1 repeats a; the list cannot be read to its end"},
		{"no list", `"Total": 0`, "the answer has no Data"},
		{"an object", `"Data": {}`, "the answer's Data is not a list"},
	} {
		t.Run(row.name, func(t *testing.T) {
			f := keysOffice(t)
			f.Between = func(w http.ResponseWriter, r *http.Request) bool {
				if r.Header.Get("X-TC-Action") != "DescribeApiKeyList" {
					return false
				}
				io.WriteString(w, `{"Response": {`+row.data+`, "RequestId": "the-request"}}`)
				return true
			}
			plan := f.Plan(f.Site("apiKeys: {server: {keyType: api_key, expireIn: 90d}}"), sync.Options{})
			if len(plan.Errors) != 1 || len(plan.Steps) > 0 || plan.Errors[0].Error() != "cloudbase: DescribeApiKeyList: "+row.want+" (request id the-request)" {
				t.Errorf("errors %v, steps %v", plan.Errors, plan.Steps)
			}
		})
	}
}

// A zero time is how services say never: such a key does not end, and is not
// replaced because it soon will.
func TestAPIKeysThatNeverEnd(t *testing.T) {
	for _, never := range []string{`""`, "null", "0", `"0001-01-01T00:00:00Z"`, `"0000-00-00 00:00:00"`, `"1970-01-01T08:00:00+08:00"`, `"1970-01-01 08:00:00"`} {
		t.Run(never, func(t *testing.T) {
			f := keysOffice(t)
			f.liveKey(schema.Object{"Name": schema.Text("server")})
			f.replace("DescribeApiKeyList", func(_, out map[string]any) {
				for _, key := range out["Data"].([]any) {
					key.(map[string]any)["ExpireAt"] = json.RawMessage(never)
				}
			})
			plan := f.Planned(f.Site("apiKeys: {server: {keyType: api_key, expireIn: 0}}"), sync.Options{})
			if !plan.Empty() {
				t.Errorf("%v", plan.Changes)
			}
			plan = f.Planned(f.Site("apiKeys: {server: {keyType: api_key, expireIn: 90d, rotateBefore: 14d}}"), sync.Options{})
			if len(plan.Changes) != 1 || len(plan.Changes[0].Fields) != 1 || !schema.IsUnset(plan.Changes[0].Fields[0].Before) {
				t.Errorf("it has an end: %v", plan.Changes)
			}
		})
	}
}

// An empty list where keys were applied may be a fault of the service; made
// again, they would be there twice. Whoever knows better says so.
func TestAPIKeysThatVanish(t *testing.T) {
	f := keysOffice(t)
	const text = "apiKeys: {server: {keyType: api_key}}"
	f.Apply(text, sync.Options{})
	f.Server = sandbox.New(sandbox.Options{})
	plan := f.Plan(f.Site(text), sync.Options{})
	if len(plan.Errors) != 1 || !strings.Contains(plan.Errors[0].Error(),
		"cloudbase: DescribeApiKeyList: it lists nothing, where apiKey/server existed at the last apply; if they are really gone, take them out of the manifest with export --prune, or create them again with --recreate (request id ") {
		t.Errorf("%v", plan.Errors)
	}
	officetest.Same(t, "steps", len(f.Planned(f.Site(text), sync.Options{Gone: sync.BelieveGone}).Steps), 1)
	// Another kind's objects say nothing of keys.
	officetest.Same(t, "a new key", len(f.Planned(f.Site("apiKeys: {other: {keyType: api_key}}"), sync.Options{}).Steps), 1)
}

// A publish_key that is there already comes back as it is: its token is kept,
// and nothing is surprising.
func TestPublishKeyThatIsThereAlready(t *testing.T) {
	f := keysOffice(t)
	f.liveKey(schema.Object{"KeyType": schema.Text("publish_key")})
	var shown atomic.Bool
	f.Between = func(w http.ResponseWriter, r *http.Request) bool {
		if r.Header.Get("X-TC-Action") != "DescribeApiKeyList" || shown.Load() {
			shown.Store(true)
			return false
		}
		io.WriteString(w, `{"Response": {"Data": [], "RequestId": "r"}}`) // as if it was made just after this
		return true
	}
	const text = "apiKeys: {web: {keyType: publish_key}}"
	f.Apply(text, sync.Options{})
	officetest.Same(t, "keys", len(f.heldKeys()), 1)
	id := f.heldKeys()[0]
	token, _ := f.Site(text).Vault.Entry(schema.Key{Kind: "apiKey", Name: "web"})
	clear, err := keyringWith(f).Open(token.Value)
	if err != nil || token.ID != id || clear.Reveal() != f.State("cloudbase", officetest.EnvID, "apiKeys", id).Text("ApiKey") {
		t.Errorf("in the vault: %s, %v", token.ID, err)
	}
}

func keyringWith(f *office) *secrets.Keyring { return &secrets.Keyring{Identities: f.Identities} }

// An answer that lacks the token is a key that nobody can use.
func TestCreateAPIKeyWithoutAToken(t *testing.T) {
	f := keysOffice(t)
	f.Between = func(w http.ResponseWriter, r *http.Request) bool {
		if r.Header.Get("X-TC-Action") != "CreateApiKey" {
			return false
		}
		io.WriteString(w, `{"Response": {"KeyId": "a", "RequestId": "r"}}`)
		return true
	}
	site := f.Site("apiKeys: {server: {keyType: api_key}}")
	report := sync.Apply(t.Context(), site, f.Planned(site, sync.Options{}), func(sync.Event) {})
	if r := report.Steps[0]; r.Outcome != sync.Failed || !strings.Contains(r.Err.Error(), "its token was lost with the answer; replace it with: authsync apply --rotate apiKey/server") {
		t.Errorf("%s: %v", r.Outcome, r.Err)
	}
}
