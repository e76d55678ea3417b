package record_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"authsync/learn/record"
	"authsync/remote"
	"authsync/remote/sandbox"
	"authsync/remote/service"
	"authsync/remote/transport"
	"authsync/schema"
	"authsync/schema/quirk"
	"authsync/schema/schematest"
	"authsync/secrets"
	"authsync/sync"
)

const head = `apiVersion: authsync/v1
kind: Environment
name: prod
systems: {cloudbase: {envId: acmebakery-prod}, connectors: {url: https://auth.acmebakery.com}, devices: {url: https://iot.acmebakery.com}}
`

// live is what somebody has, beside what is drawn.
const live = head + `
apiKeys: {acmebakery-key: {keyType: api_key}}
authDomains: [app.acmebakery.com]
connectors:
  aliyun-dm: {type: Email, enabled: true, config: {access_key_id: LTAI5tacmebakery, access_key_secret: !plain secret-of-acmebakery, from: {name: Acmebakery 公司, phone: 13812345678}}}
applications:
  ykjCyWAG5MDnTmFY: {name: acmebakery, provider: internal-standalone, integrationModes: [apiServer], apiServer: {secureKey: !plain Secret-of-acmebakery-1, redirectUri: https://acmebakery.com/x, roleIdList: [r1], orgIdList: [o1]}}
records:
  sys_role: {envType: prod, key: code, rows: {acmebakery-admin: {name: Acmebakery Admin, phone: "13812345678", password: !plain secret-of-row}}}
`

type fataler interface {
	Helper()
	Fatal(...any)
	Fatalf(string, ...any)
}

// played is a sandbox that plays a seed, behind a real server.
func played(t fataler, text string, quirks quirk.Set) (*sandbox.Server, *httptest.Server, *schema.Environment) {
	t.Helper()
	loaded := schema.LoadText("seed.yaml", []byte(text), schema.SecretsPlain)
	if err := loaded.Faults.Mistakes().Err(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	s := sandbox.New(sandbox.Options{Quirks: quirks, Now: func() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }})
	if err := s.Seed(loaded.Environments[0]); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return s, httptest.NewServer(http.HandlerFunc(s.ServeHTTP)), loaded.Environments[0]
}

// read reads all that is live.
func read(t fataler, dir, url string, env *schema.Environment, quirks quirk.Set) (*sync.Site, *sync.Reading) {
	t.Helper()
	carrier, err := transport.New(transport.Options{Sandbox: url, Pause: time.Microsecond})
	if err != nil {
		t.Fatal(err)
	}
	wide := *env
	wide.File = filepath.Join(dir, "prod.yaml")
	wide.Collections = map[string]*schema.Collection{schema.Record.Name: {Kind: &schema.Record, Groups: env.Collections[schema.Record.Name].Groups}}
	wide.Quirks = schema.Quirks{}
	for _, q := range quirk.All() {
		if value, is := quirks[q.Name]; is {
			wide.Quirks.Add(q.System, schema.SandboxAddress, q.Name, schema.Finding{Value: value})
		}
	}
	for _, k := range schema.Kinds {
		if k.Arity == schema.Groups || k.Update.Seen == schema.InVault || !env.Has(k.System) {
			continue
		}
		c := &schema.Collection{Kind: k}
		for _, alias := range k.Key.Aliases {
			c.Objects = append(c.Objects, &schema.Declared{Key: schema.Key{Kind: k.Name, Name: alias}})
		}
		wide.Collections[k.Name] = c
	}
	site, err := remote.NewSite(&wide, remote.SiteConfig{Sandbox: "a digest", Config: service.Config{
		Transport: carrier, Keys: &secrets.Keyring{},
		LookupEnv: func(string) (string, bool) { return "", false },
		Hosts:     service.Sandboxed,
		Fallback: &service.Fallback{Account: service.Credentials{SecretID: sandbox.SecretID, SecretKey: sandbox.SecretKey},
			Token: sandbox.Token, IntegrationKey: sandbox.IntegrationKey},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return site, sync.Read(context.Background(), site, sync.Options{Others: sync.OthersWhole})
}

// shapes are what is live without what the texts say, by kind.
func shapes(reading *sync.Reading) map[string][]string {
	all := map[string][]string{}
	for kind, live := range reading.Live {
		k := schema.KindNamed(kind)
		for name, o := range live {
			if o.Presence == sync.Phantom {
				continue
			}
			var b strings.Builder
			fmt.Fprint(&b, shape(name))
			schema.Visit(k.Settable(o.Fields), nil, func(at schema.Path, v schema.Value) bool {
				switch v := v.(type) {
				case schema.Secret:
					fmt.Fprintf(&b, " %s=secret %v", at, v.Form())
				case schema.Text:
					fmt.Fprintf(&b, " %s=%s", at, shape(string(v)))
				case schema.Flag, schema.Bool:
					fmt.Fprintf(&b, " %s=%v", at, v)
				case schema.Number:
					fmt.Fprintf(&b, " %s=%s", at, shape(string(v)))
				}
				return true
			})
			all[kind] = append(all[kind], b.String())
		}
		slices.Sort(all[kind])
	}
	return all
}

// shape is the form of a text.
func shape(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r)):
			return rune('①' + utf8.RuneLen(r))
		case r >= utf8.RuneSelf:
		case unicode.IsLower(r):
			return 'a'
		case unicode.IsUpper(r):
			return 'A'
		case unicode.IsDigit(r):
			return '0'
		}
		return r
	}, text)
}

// The sandbox of a seed shows all that the environment shows, in the same form; and no
// secret of it is in the seed, nor a name.
func TestARecordedEnvironment(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		quirks := quirk.Set{}
		for _, system := range schema.Systems {
			quirks.Add(schematest.Quirks(t, system.Name))
		}
		delete(quirks, quirk.DevicesAPI) // what no call shows is in no seed
		delete(quirks, quirk.DevicesLogin)
		delete(quirks, quirk.ApplicationEmptyText)
		server, at, env := played(t, live, quirks)
		defer at.Close()
		defer server.Close()
		shapeOf := schematest.Shape{Secret: schematest.PlainSecret}
		for i := range rapid.IntRange(0, 4).Draw(t, "providers") {
			id := fmt.Sprintf("acmebakery%d", i)
			wire := shapeOf.Wire(t, &schema.Provider, id, "providerType", "name")
			wire["Id"] = schema.Text(id)
			wire["TransparentMode"] = schema.Text("FALSE") // else it forces others, and no service holds them otherwise
			if err := server.SeedProvider("acmebakery-prod", wire); err != nil {
				t.Fatal(err)
			}
		}
		site, before := read(t, dir, at.URL, env, quirks)
		text, left, err := record.Seed(site, before)
		if err != nil {
			t.Fatalf("%v: %v", quirks, err)
		}
		// The name is long, since the letters of others are drawn.
		if strings.Contains(strings.ToLower(string(text)), "acmebakery") || strings.Contains(string(text), "13812345678") {
			t.Fatalf("a name is in the seed:\n%s", text)
		}
		again, there, copied := played(t, string(text), quirks)
		defer there.Close()
		defer again.Close()
		_, after := read(t, dir, there.URL, copied, quirks)
		if len(after.Errors) > 0 {
			t.Fatalf("%v", after.Errors)
		}
		if d := cmp.Diff(shapes(before), shapes(after)); d != "" {
			t.Fatalf("%v: left %q (-environment +recorded)\n%s\n%s", quirks, left, d, text)
		}
	})
}

// The same text is replaced by the same one, and two never by one.
func TestTextsAreReplacedAlike(t *testing.T) {
	dir := t.TempDir()
	server, at, env := played(t, live+"providers:\n  acmebakery: &p {providerType: OAUTH, name: {message: Acmebakery}, on: true, config: {clientId: acmebakery-1, clientSecret: !plain one-secret, redirectUri: https://login.acmebakery.com/cb}}\n  acmebakery2: *p\n", quirk.Set{})
	defer at.Close()
	defer server.Close()
	site, before := read(t, dir, at.URL, env, quirk.Set{})
	text, _, err := record.Seed(site, before)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"clientId: ", "clientSecret: ", "redirectUri: "} {
		found := map[string]int{}
		for line := range strings.Lines(string(text)) {
			if _, value, is := strings.Cut(line, name); is && !strings.Contains(value, "invalid") {
				found[value]++
			}
		}
		if len(found) != 1 {
			t.Errorf("%s has %v", name, found)
		}
	}
	if strings.Contains(string(text), "one-secret") {
		t.Errorf("the secret is in it:\n%s", text)
	}
	if err := os.WriteFile(filepath.Join(dir, "seed.yaml"), text, 0o600); err != nil {
		t.Fatal(err)
	}
}

// What could not be read is told, and what no manifest could hold is left out; nothing
// is written of a reading that failed.
func TestWhatASeedLeavesOut(t *testing.T) {
	server, at, env := played(t, live, quirk.Set{})
	defer at.Close()
	defer server.Close()
	site, whole := read(t, t.TempDir(), at.URL, env, quirk.Set{})

	failed := *whole
	failed.Errors = []error{errors.New("no answer")}
	if text, _, err := record.Seed(site, &failed); err == nil || !strings.Contains(err.Error(), "no answer") || text != nil {
		t.Errorf("%v: %s", err, text)
	}

	unread := *whole
	unread.Unreadable = map[string]error{schema.Connector.Name: errors.New("is not opened")}
	text, left, err := record.Seed(site, &unread)
	if err != nil || !slices.Contains(left, "connectors: is not opened") || strings.Contains(string(text), "\nconnectors:\n") || !strings.Contains(string(text), "\napplications:\n") {
		t.Errorf("%v: %q\n%s", err, left, text)
	}

	odd := *whole
	odd.Live = maps.Clone(whole.Live)
	connectors := maps.Clone(whole.Live[schema.Connector.Name])
	for name, o := range connectors {
		o.Fields = o.Fields.Clone()
		o.Fields["type"] = schema.Text("")
		connectors[name] = o
	}
	odd.Live[schema.Connector.Name] = connectors
	text, left, err = record.Seed(site, &odd)
	told := slices.ContainsFunc(left, func(what string) bool {
		return strings.HasPrefix(what, "connectors.") && strings.Contains(what, " is left out: type ")
	})
	if err != nil || !told || strings.Contains(string(text), "\nconnectors:\n") || !strings.Contains(string(text), "\napplications:\n") {
		t.Errorf("%v: %q\n%s", err, left, text)
	}
}
