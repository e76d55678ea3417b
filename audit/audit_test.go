package audit_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"authsync/audit"
	"authsync/schema"
)

// loaded reads manifests and policies of a folder.
func loaded(t *testing.T, files map[string]string) *schema.Loaded {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("apiVersion: authsync/v1\n"+text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	all := schema.Load([]string{"."}, schema.SecretsSealed)
	if err := all.Faults.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

func texts(found []*schema.Fault) string {
	var lines []string
	for _, f := range found {
		level := "error "
		if f.Severity == schema.Doubtful {
			level = "warning "
		}
		lines = append(lines, level+f.Rule+" "+f.Error())
	}
	return strings.Join(lines, "\n")
}

func expect(t *testing.T, found []*schema.Fault, want ...string) {
	t.Helper()
	if got := texts(found); got != strings.Join(want, "\n") {
		t.Errorf("found\n%s\nwant\n%s", got, strings.Join(want, "\n"))
	}
}

const head = "kind: Environment\nname: prod\nsystems: {cloudbase: {envId: acme-prod}}\n"

func never(string) audit.Applied { return audit.NeverApplied }

var noon = time.Date(2027, 3, 31, 12, 0, 0, 0, time.UTC)

func TestExceptionEndsWithItsLastDay(t *testing.T) {
	all := loaded(t, map[string]string{
		"prod.yaml":   head + "login: {emailLogin: false}\n",
		"policy.yaml": "kind: Policy\nrules: {mail: {field: login.emailLogin, equals: true}}\nexcept: [{rule: mail, environment: prod, until: 2027-03-31, why: x}]\n",
	})
	expect(t, audit.Manifests(all, never, noon))
	expect(t, audit.Manifests(all, never, noon.Add(12*time.Hour)),
		"error policy/mail prod.yaml:5:21: login.emailLogin: is false, and policy mail takes true",
		"error exception-ran-out policy.yaml:4:49: except.0.until: has run out: 2027-03-31 is over; mend prod, or agree to a later day")
}

func TestSecretIsToldBeforeItEnds(t *testing.T) {
	all := loaded(t, map[string]string{"prod.yaml": head +
		"providers: {github: {config: {clientSecret: !env GITHUB}}}\nexpires: {providers.github.config.clientSecret: 2027-03-31}\n"})
	at := "prod.yaml:6:49: providers.github.config.clientSecret: "
	for _, row := range []struct {
		before time.Duration
		want   string
	}{
		{31 * 24 * time.Hour, ""},
		{12 * 24 * time.Hour, "warning ends " + at + "expires in 12 days, on 2027-03-31"},
		{24 * time.Hour, "warning ends " + at + "expires in 1 day, on 2027-03-31"},
		{time.Hour, "warning ends " + at + "expires within a day, on 2027-03-31"},
		{-24 * time.Hour, "error ends " + at + "has expired 1 day ago, on 2027-03-31"},
	} {
		end := time.Date(2027, 4, 1, 0, 0, 0, 0, time.UTC)
		if got := texts(audit.Manifests(all, never, end.Add(-row.before))); got != row.want {
			t.Errorf("%s before the end: %s, want %s", row.before, got, row.want)
		}
	}
}

func TestCertificateInMetadataIsToldBeforeItEnds(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: noon.AddDate(-1, 0, 0), NotAfter: noon.AddDate(0, 0, 12)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	all := loaded(t, map[string]string{"prod.yaml": head + "providers:\n  corp:\n    config:\n      samlMetadata: |\n" +
		"        <ds:X509Certificate>\n        " + base64.StdEncoding.EncodeToString(der) + "\n        </ds:X509Certificate>\n"})
	expect(t, audit.Manifests(all, never, noon),
		"warning ends prod.yaml:8:21: providers.corp.config.samlMetadata: expires in 12 days, on 2027-04-12")
}

func TestRiskyStateIsToldOnceForThoseThatShareIt(t *testing.T) {
	all := loaded(t, map[string]string{
		"base.yaml": "kind: Base\nlogin: {anonymousLogin: true}\nclients: {default: {maxDevice: -1}}\n",
		"a.yaml":    "kind: Environment\nname: a\nextends: [base.yaml]\nsystems: {cloudbase: {envId: acme-1}}\n",
		"b.yaml":    "kind: Environment\nname: b\nextends: [base.yaml]\nsystems: {cloudbase: {envId: acme-2}}\nack: {clients.default.maxDevice: kiosks}\n",
		// What a policy says about a field counts, and not what is built in.
		"c.yaml":      "kind: Environment\nname: c\nlabels: {tier: demo}\nextends: [base.yaml]\nsystems: {cloudbase: {envId: acme-3}}\n",
		"policy.yaml": "kind: Policy\nrules: {demo: {field: clients.*.maxDevice, oneOf: [-1], in: {tier: demo}}, hosts: {field: providers.*.config.issuer, hosts: [login.example.com]}}\n",
		// A right host may still be reached in clear.
		"d.yaml": "kind: Environment\nname: d\nsystems: {cloudbase: {envId: acme-4}}\nproviders: {corp: {config: {issuer: \"http://login.example.com\"}}}\n",
	})
	expect(t, audit.Manifests(all, never, noon),
		"warning risky base.yaml:3:25: login.anonymousLogin: is true: anybody gets in without an account (a, b, c)",
		"warning risky base.yaml:4:32: clients.default.maxDevice: is -1: a stolen account can be used on any number of devices, and none of its user's is logged out (a)",
		"warning risky d.yaml:5:37: providers.corp.config.issuer: is http://login.example.com: anybody on the network path can name endpoints and keys of their own")
}

func TestKeyIsToldBeforeItEnds(t *testing.T) {
	all := loaded(t, map[string]string{"prod.yaml": head +
		"apiKeys:\n  plain: {keyType: api_key, expireIn: 90d}\n  turns: {keyType: api_key, expireIn: 90d, rotateBefore: 7d}\n  endless: {keyType: api_key}\n"})
	applied := func(at time.Time) func(string) audit.Applied {
		return func(string) audit.Applied {
			return func(key schema.Key) (time.Time, bool) { return at, key.Kind == "apiKey" }
		}
	}
	// The lock knows when a key was applied, and the manifest how long it lives.
	expect(t, audit.Manifests(all, applied(noon.AddDate(0, 0, -78)), noon),
		"warning ends prod.yaml:6:10: apiKeys.plain: expires in 12 days, on 2027-04-12")
	// One that an apply replaces in time is told when its time has come.
	expect(t, audit.Manifests(all, applied(noon.AddDate(0, 0, -85)), noon),
		"warning ends prod.yaml:6:10: apiKeys.plain: expires in 5 days, on 2027-04-05",
		"warning ends prod.yaml:7:10: apiKeys.turns: expires in 5 days, on 2027-04-05")
	// Live says when it ends.
	live := audit.State{Env: all.Environments[0], Side: schema.Held, Objects: map[string]map[string]schema.Object{
		"apiKey": {"plain": {"expireAt": schema.Text("2027-03-30T12:00:00Z")}},
	}}
	expect(t, audit.Everything(live, audit.NeverApplied, noon),
		"error ends prod.yaml:6:10: apiKeys.plain: has expired 1 day ago, on 2027-03-30")
}
