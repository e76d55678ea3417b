package sync_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	stdsync "sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"authsync/remote/sandbox"
	"authsync/remote/transport"
	"authsync/schema"
	"authsync/schema/schematest"
	"authsync/sync"
)

// fourServices has one object of each kind that needs no other.
const fourServices = `
connectors: {mail: {type: Email, enabled: true, config: {host: smtp.example}}}
integrations: {notes: {authTypeCode: custom, ext: {COLOUR: blue}}}
records: {sys_role: {envType: prod, key: code, rows: {admin: {name: Administrator}}}}
applications: {aB3dE6gH9jK2mN5p: {name: Shop, provider: third-party, integrationModes: [page]}}
`

// everyKindOld and everyKindNew name every kind, and no object of the one is in
// the other.
const everyKindOld = `
login: {emailLogin: false, userNameLogin: true, phoneNumberLogin: false, anonymousLogin: true}
clients: {default: {maxDevice: 1}}
providers: {old: {providerType: OAUTH, name: {message: Old}, config: {clientId: o}}}
apiKeys: {old: {keyType: api_key}}
connectors: {old: {type: Email, config: {host: smtp.example}}}
integrations: {old: {authTypeCode: custom, ext: {COLOUR: red}}}
records: {sys_role: {envType: prod, key: code, rows: {old: {name: Old}}}}
applications: {old-application: {name: Old, provider: third-party, integrationModes: [page]}}
`

var everyKindNew = fourServices + "recipients: [" + schematest.Identity().Recipient().String() + `]
login: {emailLogin: true, anonymousLogin: false}
clients: {default: {maxDevice: 5}}
providers: {github: {providerType: OAUTH, name: {message: GitHub}, config: {clientId: g}}}
apiKeys: {server: {keyType: api_key}}
`

// The plan says what runs at once: what others rest on first, and in reverse
// what goes.
func TestLevelsOfAPlan(t *testing.T) {
	w := newWorld(t, transport.Options{})
	w.putAll(t, sandbox.Options{}, allSystems+everyKindOld)
	site := w.site(t, readManifest(t, allSystems+everyKindNew, schema.SecretsSealed))
	var levels []string
	for _, s := range w.plan(t, site, sync.Options{Unmanaged: sync.DeleteUnmanaged}).Steps {
		levels = append(levels, fmt.Sprint(s.Level, " ", s.Op, " ", s.Key))
	}
	want := []string{
		"1 create integration/notes", "1 create connector/mail", "1 create record/sys_role/admin", "1 create application/aB3dE6gH9jK2mN5p",
		"2 update client/default", "3 create provider/github", "4 update login", "5 create apiKey/server",
		"6 update login", "7 delete provider/old",
		"8 delete integration/old", "8 delete connector/old", "8 delete record/sys_role/old",
		"8 delete application/Old", "8 delete application/Old", // it is disabled first
		"9 delete apiKey/old",
	}
	if diff := cmp.Diff(want, levels); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// What needs nothing of one another is written side by side: each of the four
// services gets its write while the others have not answered theirs.
func TestFourServicesAreWrittenSideBySide(t *testing.T) {
	w := newWorld(t, transport.Options{Timeout: 20 * time.Second})
	w.putAll(t, sandbox.Options{}, allSystems+"connectors: {}\nintegrations: {}\nrecords: {sys_role: {envType: prod, key: code, rows: {}}}\napplications: {}\n")
	site := w.site(t, readManifest(t, allSystems+fourServices, schema.SecretsSealed))
	plan := w.plan(t, site, sync.Options{})
	var all stdsync.WaitGroup
	all.Add(4)
	w.before = func(_ http.ResponseWriter, r *http.Request) bool {
		if creates(r) {
			all.Done()
			all.Wait()
		}
		return false
	}
	if report := sync.Apply(t.Context(), site, plan, silent); !report.Complete() {
		t.Errorf("%+v", report.Steps)
	}
}

// creates reports whether a request makes one of the four objects.
func creates(r *http.Request) bool {
	if action := r.Header.Get("X-TC-Action"); action != "" {
		return action == "CreateUserKey" || action == "CreateApiKey"
	}
	made := []string{"/connectors", "/sys_role", "/application"}
	return r.Method == http.MethodPost && slices.ContainsFunc(made, func(end string) bool { return strings.HasSuffix(r.URL.Path, end) })
}
