package schema

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const everything = `apiVersion: authsync/v1
kind: Environment
name: prod
recipients:
  - age1n4jkj5grdlgrpffkytru5umezddty8ywfa3k45795vm47suq5eeqy0vfyg
secret:
  - connectors.dm.config.region
notSecret:
  - connectors.dm.config.token
own:
  - providers.github
ack:
  login.anonymousLogin: for the demo
labels:
  tier: prod
expires:
  providers.github.config.clientSecret: "2027-03-31"

systems:
  cloudbase:
    envId: acme-1
    secretId: !env ID
    secretKey: !env KEY
  connectors:
    url: https://auth.acme.example
    token: !env TOKEN

providers:
  github:
    providerType: OAUTH
    config:
      clientId: a
      clientSecret: !env GITHUB

authDomains:
  - app.acme.example

login:
  emailLogin: true

connectors:
  dm:
    config:
      region: !env REGION

records:
  sys_role:
    envType: prod
    key: code
    rows:
      admin:
        name: Administrator
`

// What is written of an environment is what was read of it, in the order of the format;
// what it does not have is not written.
func TestWhatIsWrittenOfAnEnvironment(t *testing.T) {
	for _, text := range []string{everything, "apiVersion: authsync/v1\nkind: Environment\nname: prod\n\nsystems: {}\n"} {
		l := LoadText("prod.yaml", []byte(text), SecretsSealed)
		if wrong := l.Faults.Wrong(); len(wrong) > 0 {
			t.Fatal(wrong)
		}
		got, err := Write(l.Environments[0], nil)
		if d := cmp.Diff(sections(text), sections(string(got))); d != "" || err != nil {
			t.Errorf("%v (-read +written)\n%s", err, d)
		}
	}
}

// sections are the parts of a manifest, of which only those before the systems have an order
// that matters here.
func sections(text string) map[string]string {
	all := map[string]string{}
	for i, part := range strings.Split(text, "\n\n") {
		name, _, _ := strings.Cut(part, ":")
		all[fmt.Sprint(name, i == 0)] = strings.TrimSpace(part)
	}
	return all
}

// An environment is laid out as a manifest is, with the settings of systems and groups.
func TestAWholeEnvironment(t *testing.T) {
	l := LoadText("prod.yaml", []byte(everything), SecretsSealed)
	e := l.Environments[0]
	all := e.Stated()
	delete(all, "provider")
	delete(all, "connector")
	want := `{"authDomains":["app.acme.example"],"labels":{"tier":"prod"},"login":{"emailLogin":true},"recipients":["age1n4jkj5grdlgrpffkytru5umezddty8ywfa3k45795vm47suq5eeqy0vfyg"],` +
		`"records":{"sys_role":{"envType":"prod","key":"code","rows":{"admin":{"name":"Administrator"}}}},` +
		`"systems":{"cloudbase":{"envId":"acme-1","secretId":"(env ID)","secretKey":"(env KEY)"},"connectors":{"token":"(env TOKEN)","url":"https://auth.acme.example"}}}`
	if d := cmp.Diff(want, Show(e.Whole(all))); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
	bare := &Environment{Systems: map[string]Object{}}
	if got := Show(bare.Whole(map[string]map[string]Object{"record": {"sys_role/a": {"x": Number("1")}}})); got != `{"records":{"sys_role":{"rows":{"a":{"x":1}}}},"systems":{}}` {
		t.Error(got)
	}
}

// The last day on which a secret is good ends at its end, UTC.
func TestWhenASecretEnds(t *testing.T) {
	l := LoadText("prod.yaml", []byte(everything), SecretsSealed)
	ends := l.Environments[0].Expiries
	if len(ends) != 1 || !ends[0].End.Equal(time.Date(2027, 4, 1, 0, 0, 0, 0, time.UTC)) || ends[0].Path.String() != "providers.github.config.clientSecret" {
		t.Errorf("%+v", ends)
	}
}

// A path leads to where a manifest states it, into lists too, or to what is around it.
func TestWhereAPathStands(t *testing.T) {
	l := LoadText("prod.yaml", []byte(everything+"apiKeys: {2: {keyType: api_key}}\napplications: {x: {apiServer: {roleIdList: [\"1\",\n \"2\"]}}}\n"), SecretsSealed)
	e := l.Environments[0]
	line := func(text string) int {
		before, _, found := strings.Cut(everything+"apiKeys: {2", text)
		if !found {
			t.Fatal(text)
		}
		return 1 + strings.Count(before, "\n")
	}
	last := strings.Count(everything, "\n")
	for path, want := range map[string]int{
		"nothing": 1, "labels.tier": line("  tier"), "labels.none": line("  tier"), "providers.github.config.clientId": line("      clientId"), "providers.github.config.scope": line("      clientId"),
		"authDomains": line("  - app"), "authDomains.0": line("  - app"), "authDomains.1": line("  - app"), `authDomains."app.acme.example"`: line("  - app"),
		"recipients.0": line("  - age1"), "recipients.x": line("  - age1"), "records.sys_role.rows.admin.name": line("        name"),
		"apiKeys.2": last + 1, "apiKeys.0": last + 1, "applications.x.apiServer.roleIdList.1": last + 3, "applications.x.apiServer.roleIdList.2": last + 2,
	} {
		at, err := ParsePath(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := e.Position(at); got.Line != want || got.File != "prod.yaml" {
			t.Errorf("%s: line %d, want %d", path, got.Line, want)
		}
	}
}
