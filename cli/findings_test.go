package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"authsync/cli/render/rendertest"
	"authsync/schema"
)

// What each command finds stands at the place of the value in its file, whatever file
// states it, and what is written is SARIF.
func TestFindingsStandAtTheirPlaces(t *testing.T) {
	sarif := rendertest.NewSARIF(t)
	dir := t.TempDir()
	for name, text := range map[string]string{
		"policy.yaml": "kind: Policy\nrules:\n  mail: {field: login.emailLogin, equals: true}\n  few: {field: clients.*.maxDevice, max: 5, level: warning}\n" +
			"  nobody: {field: login.emailLogin, equals: true, in: {tier: none}} # here: nobody\n" +
			"except:\n  - {rule: mail, environment: prod, why: x, until: 2020-01-01} # here: 2020-01-01\n",
		"base.yaml": "kind: Base\nlogin:\n  emailLogin: false # here: false\n  anonymousLogin: true # here: true\n",
		"prod.yaml": "kind: Environment\nname: prod\nextends: [base.yaml]\nsystems: {cloudbase: {envId: acme-prod}}\n" +
			"clients:\n  默认的: &c {maxDevice: 20} # no client id\n",
		"dev.yaml": "kind: Environment\nname: dev\nextends: [base.yaml]\nsystems: {cloudbase: {envId: acme-dev}}\n" +
			"clients:\n  default:\n    maxDevice: 20 # here: 20\nproviders:\n  corp: {config: {issuer: \"http://中文.example\"}} # here: \"http\n" +
			"  hub: {config: {clientSecret: in clear}} # here: in clear\n",
	} {
		if name == "prod.yaml" {
			text = strings.Replace(text, "  默认的: &c {maxDevice: 20} # no client id\n", "  default: {maxDevice: 30} # here: 30\n", 1)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte("apiVersion: authsync/v1\n"+text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	mistake := run(t, "validate", ".", "--format", "sarif")
	check := run(t, "secrets", "check", ".", "--format", "sarif")
	rest, err := os.ReadFile("dev.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("dev.yaml", bytes.Replace(rest, []byte("clientSecret: in clear}} # here: in clear"), []byte("clientId: a}}"), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		result
		want  int // results
		names string
	}{
		{mistake, 1, "validate of a mistake"},
		{check, 1, "secrets check"},
		{run(t, "validate", ".", "--format", "sarif"), 7, "validate"},
		{run(t, "audit", ".", "--format", "sarif"), 7, "audit"},
	} {
		places := sarif.Places(t, row.out)
		if len(places) != row.want {
			t.Errorf("%s: %d results, want %d: %s%s", row.names, len(places), row.want, row.out, row.err)
		}
		if row.names == "validate" || row.names == "audit" {
			atTheirMarks(t, places)
		}
	}
}

// atTheirMarks looks for what the line says that is there.
func atTheirMarks(t *testing.T, places []schema.Position) {
	t.Helper()
	for _, p := range places {
		text, err := os.ReadFile(p.File)
		if err != nil {
			t.Fatal(err)
		}
		line := strings.Split(string(text), "\n")[p.Line-1]
		_, mark, marked := strings.Cut(line, " # here: ")
		if rest := string([]rune(line)[p.Column-1:]); !marked || !strings.HasPrefix(rest, mark) {
			t.Errorf("%s is %q, and not %q", p, rest, mark)
		}
	}
}
