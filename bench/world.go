package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"text/template"
	"time"

	"filippo.io/age"

	"authsync/secrets"
)

// size is how many objects an environment has, and how many environments there are.
type size struct{ environments, Providers, Keys, Integrations, Connectors int }

// page is what a manifest is made of.
type page struct {
	size
	Name string
	Live bool // the live state, with its secrets in clear
	sealed
}

// sealed seals each secret once: every environment has the same ones.
type sealed struct {
	recipients []age.Recipient
	Recipient  string
}

var manifest = template.Must(template.New("manifest").Funcs(template.FuncMap{
	"times": func(n int) []struct{} { return make([]struct{}, n) },
}).Parse(`apiVersion: authsync/v1
kind: Environment
name: {{.Name}}
{{- if not .Live}}
recipients: [{{.Recipient}}]
{{- end}}
systems:
  cloudbase: {envId: bench-{{.Name}}}
{{- if .Connectors}}
  connectors: {url: https://{{.Name}}.example, token: !env CONNECTORS_TOKEN}
{{- end}}
{{- if .Providers}}
providers:
{{- range $i, $_ := times .Providers}}
  oidc-{{$i}}:
    providerType: OIDC
    name: {message: Provider {{$i}}}
    on: true
    config:
      issuer: https://login.acme.example/{{$i}}
      clientId: cloudbase-{{$i}}
      redirectUri: https://bench.ap-shanghai.tcb-api.tencentcloudapi.com/auth/v1/callback
      clientSecret: {{$.Secret (printf "providers.oidc-%d.config.clientSecret" $i)}}
      scope: openid email profile
{{- end}}
{{- end}}
{{- if .Keys}}
apiKeys:
{{- range $i, $_ := times .Keys}}
  key-{{$i}}: {keyType: api_key, expireIn: 90d}
{{- end}}
{{- end}}
{{- if .Integrations}}
integrations:
{{- range $i, $_ := times .Integrations}}
  pay-{{$i}}:
    name: pay-{{$i}}
    authTypeCode: alipaydc
    ext:
      appId: "2021004150600000"
      alipayPublicKey: MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA
      privateKey: {{$.Secret (printf "integrations.pay-%d.ext.privateKey" $i)}}
{{- end}}
{{- end}}
{{- if .Connectors}}
connectors:
{{- range $i, $_ := times .Connectors}}
  mail-{{$i}}:
    type: Email
    enabled: true
    config: {access_key_id: LTAI5tAcmeExample, access_key_secret: {{$.Secret (printf "connectors.mail-%d.config.access_key_secret" $i)}}, account_name: noreply@acme.example, region: cn-hangzhou}
{{- end}}
{{- end}}
`))

// Secret is a secret of its own for each place: sealed in a manifest, in clear in a
// seed.
func (p page) Secret(path string) (string, error) {
	text := "secret of " + p.Name + " at " + path
	if p.Live {
		return fmt.Sprintf("!plain %q", text), nil
	}
	value, err := secrets.Seal(secrets.NewClear(text), secrets.Binding{Env: p.Name, Path: path}, p.recipients)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("!age %q", strings.TrimSpace(value.Armored())+"\n"), nil
}

// world is a number of environments on disk.
type world struct {
	envs, seeds string
	identity    string // the file of the key that opens the secrets
	page
}

// generate writes manifests and the live state that is just as they say.
func generate(dir string, s size) (*world, error) {
	w := &world{envs: filepath.Join(dir, "envs"), seeds: filepath.Join(dir, "seeds"), identity: filepath.Join(dir, "key.txt"), page: page{size: s}}
	for _, path := range []string{w.envs, w.seeds} {
		if err := os.MkdirAll(path, 0o700); err != nil {
			return nil, err
		}
	}
	var key bytes.Buffer
	var err error
	if w.Recipient, err = secrets.GenerateIdentity(&key, secrets.X25519, time.Now()); err != nil {
		return nil, err
	}
	if w.recipients, err = secrets.ParseRecipients([]string{w.Recipient}); err != nil {
		return nil, err
	}
	if err := os.WriteFile(w.identity, key.Bytes(), 0o600); err != nil {
		return nil, err
	}
	for i := range s.environments {
		w.Name = fmt.Sprintf("env%05d", i)
		w.Live = true
		if err := w.write(w.seeds); err != nil {
			return nil, err
		}
		w.Live = false
		if err := w.write(w.envs); err != nil {
			return nil, err
		}
	}
	return w, nil
}

func (w *world) write(dir string) error {
	var text bytes.Buffer
	if err := manifest.Execute(&text, w.page); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, w.Name+".yaml"), text.Bytes(), 0o600)
}

// edit changes so many connectors of the last environment, and nothing else.
func (w *world) edit(connectors int) error {
	file := filepath.Join(w.envs, w.Name+".yaml")
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	return os.WriteFile(file, bytes.Replace(text, []byte("enabled: true"), []byte("enabled: false"), connectors), 0o600)
}

// touch commits the manifests to a git repository of their own, and changes a provider of
// so many environments after that.
func (w *world) touch(environments int) error {
	for _, words := range [][]string{{"init", "-q"}, {"add", "-A"}, {"-c", "user.name=bench", "-c", "user.email=bench@acme.example", "commit", "-qm", "as live"}} {
		if out, err := exec.Command("git", append([]string{"-C", w.envs}, words...)...).CombinedOutput(); err != nil {
			return fmt.Errorf("git %s: %w: %s", words[0], err, out)
		}
	}
	for i := range environments {
		file := filepath.Join(w.envs, fmt.Sprintf("env%05d.yaml", i))
		text, err := os.ReadFile(file)
		if err == nil {
			err = os.WriteFile(file, bytes.Replace(text, []byte("Provider 0"), []byte("Provider zero"), 1), 0o600)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// lockSize is how many bytes all locks have.
func (w *world) lockSize() (bytes int, err error) {
	locks, err := filepath.Glob(filepath.Join(w.envs, "*.lock.yaml"))
	for _, lock := range locks {
		info, err := os.Stat(lock)
		if err != nil {
			return 0, err
		}
		bytes += int(info.Size())
	}
	return bytes, err
}
