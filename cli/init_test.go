package cli

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// On a terminal init asks for what no flag says, shows what it would take, and asks
// for nothing that it knows.
func TestInitAsks(t *testing.T) {
	tests := []struct {
		name, typed string
		flags       []string
		project     string
		code        int
		asked       []string
		wants       string // in the manifest prod.yaml
	}{
		{name: "everything", typed: "prod\nacme-prod-7gk2x9\nhttps://auth.acme.example\n\nsys_role:code, sys_user:name\ngithub\n",
			asked: []string{"name of the environment", "id of the CloudBase environment", "url of the connector service", "url of the device management platform", "data sources", "none, github or gitlab: "},
			wants: "connectors:\n    url: https://auth.acme.example\n    token: !env CONNECTORS_TOKEN"},
		{name: "what flags do not say", typed: "acme-prod-7gk2x9\n", flags: []string{"--name=prod", "--connectors=", "--devices=https://iot.acme.example", "--data-source=sys_role:code", "--host=none"}, code: 1},
		{name: "the rest", typed: "acme-prod-7gk2x9\n\n", flags: []string{"--name=prod", "--devices=https://iot.acme.example", "--data-source=sys_role:code", "--host=none"},
			asked: []string{"id of the CloudBase environment, such as prod-7gk2x9: ", "url of the connector service"}, wants: "devices:\n    url: https://iot.acme.example"},
		{name: "what is known elsewhere", typed: "prod\n\n\n\n\n\n", project: `{"envId": "acme-prod-7gk2x9"}`,
			asked: []string{"such as prod-7gk2x9 [acme-prod-7gk2x9]: "}, wants: "envId: acme-prod-7gk2x9"},
		{name: "nothing", typed: "\n\n\n\n\n\n", code: 1},
		{name: "no such host", typed: "prod\nacme-prod-7gk2x9\n\n\n\ngitea\n", code: 1},
		{name: "end of input", typed: "prod\n\x04", code: 1},
		{name: "yes, nothing is to be asked", flags: []string{"--yes", "--name=prod"}, code: 1},
		{name: "yes, and all is said", flags: []string{"--yes", "--name=prod", "--env-id=acme-prod-7gk2x9"}, wants: "envId: acme-prod-7gk2x9"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			exampleSandbox(t)
			dir := t.TempDir()
			if tt.project != "" {
				if err := os.WriteFile(filepath.Join(dir, "cloudbaserc.json"), []byte(tt.project), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			person, program := terminal(t)
			if _, err := io.WriteString(person, tt.typed); err != nil {
				t.Fatal(err)
			}
			var out, err bytes.Buffer
			args := append([]string{"authsync", "init", dir, "--key", filepath.Join(t.TempDir(), "key.txt")}, tt.flags...)
			if code := Main(args, Streams{In: program, Out: &out, Err: &err}); code != tt.code {
				t.Errorf("exit code %d, want %d\n%s", code, tt.code, err.String())
			}
			if asks := strings.Count(err.String(), "such as prod"); len(tt.asked) == 0 && tt.typed == "" && asks > 0 {
				t.Errorf("it asks:\n%s", err.String())
			}
			for _, question := range tt.asked {
				if !strings.Contains(err.String(), question) {
					t.Errorf("it does not ask %q:\n%s", question, err.String())
				}
			}
			text, _ := os.ReadFile(filepath.Join(dir, "envs", "prod.yaml"))
			if tt.code != 0 && text != nil || !strings.Contains(string(text), tt.wants) {
				t.Errorf("the manifest is\n%s", text)
			}
		})
	}
}
