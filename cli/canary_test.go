package cli

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"authsync/remote/sandbox"
	"authsync/schema"
	"authsync/secrets"
)

// No secret is ever in what authsync prints or writes: not in a plan of any
// format, not in an error, not in a log line, not in a file. Canaries are
// planted wherever a secret can be, every command is run in good and in bad
// weather, and all that comes out is searched.
//
// What may hold a secret, and is not searched for it:
//   - the standard output of `secrets open`, which is for that
//   - the standard output of `secrets keygen`, which holds a key of its own
//   - sealed texts: searched, but nobody can read them
//   - what the test itself writes: the seed of the sandbox, the manifest in
//     clear until it is sealed, and the identity
//   - the sandbox's own state and request log
func TestNoSecretIsShown(t *testing.T) {
	// They mostly wait, so they all run at once, not as many as there are
	// processors.
	var wait sync.WaitGroup
	for _, w := range weathers() {
		wait.Go(func() {
			t.Run(w.name, func(t *testing.T) {
				n := newNest(t, w)
				n.commands()
				n.searchFiles()
			})
		})
	}
	wait.Wait()
}

// weather is what a run meets.
type weather struct {
	name   string
	server sandbox.Options
	faults []string
	url    string            // instead of a sandbox
	env    map[string]string // besides what every run has
	lost   bool              // no identity opens anything
	fair   bool              // everything works: the whole of authsync is run, and must
}

func weathers() []weather {
	all := []weather{
		{name: "fair", fair: true},
		{name: "hidden secrets", server: sandbox.Options{HideSecrets: true}},
		{name: "unreachable", url: "http://127.0.0.1:1"},
		{name: "no identity", lost: true},
		{name: "wrong secret id", env: map[string]string{"TENCENTCLOUD_SECRETID": "{id}", "TENCENTCLOUD_SECRETKEY": "{key}", "TENCENTCLOUD_SESSIONTOKEN": "{token}"}},
		{name: "wrong secret key", env: map[string]string{"TENCENTCLOUD_SECRETID": "sandbox", "TENCENTCLOUD_SECRETKEY": "{key}"}},
		{name: "half of the credentials", env: map[string]string{"TENCENTCLOUD_SECRET_KEY": "{key}"}},
	}
	for _, fault := range []string{"limit", "500", "timeout", "reset", "half", "lost"} {
		for match, times := range map[string]int{"GetProviders": 5, "ModifyProvider": 1, "CreateApiKey": 1, "/api/v1/connectors": 1} {
			if fault == "limit" {
				times = 1 // it is tried ten times, ever more slowly
			}
			all = append(all, weather{name: fault + " of " + match, faults: []string{
				fmt.Sprintf(`{"match": %q, "fault": %q, "times": %d}`, match, fault, times)}})
		}
	}
	return all
}

// planted are all places of a manifest that take a secret. Where a service can
// show one, live holds another canary.
var planted = []string{
	"systems.cloudbase.secretId",
	"systems.cloudbase.secretKey",
	"systems.cloudbase.integrationKey",
	"login.smsVerificationConfig.templateProvider.secretKey",
	"providers.corp.config.clientSecret",
	"providers.email.emailConfig.smtpConfig.accountPassword",
	"integrations.wx.ext.appsecret",
	"systems.openapi.secretId",
	"systems.openapi.secretKey",
	"systems.devices.token",
	"systems.devices.password",
	"applications.app1.apiServer.secureKey",
	"connectors.dm.config.access_key_secret",
	"systems.connectors.token",
	"systems.connectors.clientSecret",
	"apiKeys.git-key.apiKey", // the service makes it up; see tokens
}

// TestEverySecretFieldIsPlanted holds the list above against the schema.
func TestEverySecretFieldIsPlanted(t *testing.T) {
	for _, k := range schema.Kinds {
		for _, at := range sealedFields(k.Type) {
			if !slices.ContainsFunc(planted, func(p string) bool {
				return strings.HasPrefix(p, k.Collection+".") && strings.HasSuffix(p, "."+at)
			}) {
				t.Errorf("%s of kind %s takes a secret: plant a canary there, in planted and in manifest", at, k.Name)
			}
		}
	}
	for _, s := range schema.Systems {
		for _, at := range sealedFields(s.Type) {
			if !slices.Contains(planted, "systems."+s.Name+"."+at) {
				t.Errorf("%s of system %s takes a secret: plant a canary there, in planted and in manifest", at, s.Name)
			}
		}
	}
}

// sealedFields are the paths of secrets below a type.
func sealedFields(t schema.Type) []string {
	switch t := t.(type) {
	case schema.Struct:
		var all []string
		for _, f := range t.Fields {
			for _, below := range sealedFields(f.Type) {
				all = append(all, strings.TrimSuffix(f.Name+"."+below, "."))
			}
		}
		return all
	case schema.ListOf:
		return sealedFields(t.Item)
	case schema.SetOf:
		return sealedFields(t.Item)
	case schema.Sealed:
		return []string{""}
	}
	return nil
}

// manifest spells an environment with a secret at every place, as secret spells
// it. Note is something by which git and live differ.
func manifest(recipient, note string, secret func(at string) string) string {
	return fmt.Sprintf(`apiVersion: authsync/v1
kind: Environment
name: nest
recipients: [%s]
systems:
  cloudbase:
    envId: acme-nest
    integrationKey: %s
  devices: {url: "http://iot.example.com"}
  connectors: {url: "http://auth.example.com"}
login:
  emailLogin: true
  smsVerificationConfig:
    type: template
    templateProvider:
      vendor: TENCENT_CN
      templateId: "1"
      sdkAppId: "2"
      signName: %s
      secretId: AKIDsms
      secretKey: %s
providers:
  corp:
    providerType: OIDC
    name: {message: %s}
    config:
      clientId: corp
      clientSecret: %s
      issuer: https://login.example.com
      redirectUri: https://app.example.com/callback
      scope: openid %s
      requestParametersMap:
        extra:
          Token: %s
  email:
    providerType: EMAIL
    emailConfig:
      on: false
      smtpConfig:
        senderAddress: login@example.com
        serverHost: %s.example.com
        serverPort: 465
        accountUsername: login
        accountPassword: %s
integrations:
  wx:
    authTypeCode: weixinmp
    description: %s
    ext: {appId: wx1, appsecret: %s}
    demoCodeFunctionName: wx-demo
    runtimeConfig: {MemorySize: 256}
applications:
  app1:
    name: %s
    provider: third-party
    integrationModes: [apiServer]
    apiServer:
      secureKey: %s
      roleIdList: ["1589807922792402944"]
      redirectUri: https://%s.example.com
connectors:
  dm:
    type: Email
    config: {access_key_id: %s, access_key_secret: %s, smtp: {auth: {pass: %s}}}
apiKeys:
  %s-key: {keyType: api_key}
records:
  sys_user:
    envType: prod
    key: name
    rows:
      bot: {note: %s, pin: %s, auth: {user: bot, key: %s}}
`, recipient, secret("systems.cloudbase.integrationKey"),
		note, secret("login.smsVerificationConfig.templateProvider.secretKey"),
		note, secret("providers.corp.config.clientSecret"), note, secret("providers.corp.config.requestParametersMap.extra.Token"),
		note, secret("providers.email.emailConfig.smtpConfig.accountPassword"),
		note, secret("integrations.wx.ext.appsecret"),
		note, secret("applications.app1.apiServer.secureKey"), note,
		note, secret("connectors.dm.config.access_key_secret"), secret("connectors.dm.config.smtp.auth.pass"), note,
		note, secret("records.sys_user.rows.bot.pin"), secret("records.sys_user.rows.bot.auth.key"))
}

const integrationKeyPath = "systems.cloudbase.integrationKey"

// nest is a directory full of canaries, and the environment to run authsync in.
type nest struct {
	*testing.T
	weather  weather
	dir      string
	url      string
	env      []string
	canaries []canary
	clear    map[string]canary // in git, by path
	sealing  canary            // the integration key
	key      string            // the private key
	public   string
}

func newNest(t *testing.T, w weather) *nest {
	n := &nest{T: t, weather: w, dir: t.TempDir(), clear: map[string]canary{}, sealing: headerCanary("the integration key")}
	n.sealing.text = n.sealing.text[:32] // bytes: the service's passwords are sealed with it
	n.canaries = append(n.canaries, n.sealing)
	n.env = append(n.env, "CLOUDBASE_INTEGRATION_KEY="+n.sealing.text)
	w.server.IntegrationKey = n.sealing.text
	n.identity()
	n.write("clear.yaml", manifest(n.public, "git", func(at string) string {
		c := n.plant("git's " + at)
		if at == integrationKeyPath {
			c = n.sealing
		}
		n.clear[at] = c
		if strings.Contains(at, ".extra.") || strings.Contains(at, ".rows.") { // in clear it would be no secret
			return "!env " + n.variable(c)
		}
		return strconv.Quote(c.text)
	}))
	n.write("live/nest.yaml", strings.Replace(manifest(n.public, "live", func(at string) string {
		return "!plain " + strconv.Quote(n.plant("live's "+at).text)
	}), "      scope:", fmt.Sprintf("      extra: {Unknown: %q, Secret: {Deep: [%q]}}\n      scope:",
		n.plant("live's unknown field").text, n.plant("live's unknown list").text), 1))
	n.write("variables.yaml", manifest(n.public, "git", func(at string) string {
		if at == integrationKeyPath {
			return "!env " + n.variable(n.sealing)
		}
		return "!env " + n.variable(n.plant("variable "+at))
	}))
	n.credentials()

	url := w.url
	if url == "" {
		url = serve(t, sandboxOptions{seed: filepath.Join(n.dir, "live"), server: w.server})
		for _, fault := range w.faults {
			if err := ask("POST", url+"/_sandbox/faults", fault); err != nil {
				t.Fatal(err)
			}
		}
	}
	n.url = url
	n.env = append(n.env, "AUTHSYNC_SANDBOX="+url, "PATH="+os.Getenv("PATH"), "HOME="+n.dir, "TMPDIR="+n.dir, raceName+"="+raceOptions)
	return n
}

// identity makes the key of the nest; its secret part is a canary too.
func (n *nest) identity() {
	var text bytes.Buffer
	public, err := secrets.GenerateIdentity(&text, secrets.X25519, time.Now())
	if err != nil {
		n.Fatal(err)
	}
	n.public = public
	for line := range strings.Lines(text.String()) {
		if strings.HasPrefix(line, "AGE-SECRET-KEY-") {
			n.key = strings.TrimSpace(line)
		}
	}
	n.canaries = append(n.canaries, canary{"the identity", strings.TrimPrefix(n.key, "AGE-SECRET-KEY-")})
	n.write("key.txt", text.String())
}

// credentials are canaries as well where the weather has wrong ones. A
// manifest of its own has them in git.
func (n *nest) credentials() {
	for name, value := range n.weather.env {
		if strings.HasPrefix(value, "{") {
			c := headerCanary(name)
			n.canaries = append(n.canaries, c)
			value = c.text
		}
		n.env = append(n.env, name+"="+value)
	}
	id, key := headerCanary("git's secretId"), headerCanary("git's secretKey")
	n.canaries = append(n.canaries, id, key)
	n.write("credentials.yaml", fmt.Sprintf(`apiVersion: authsync/v1
kind: Environment
name: nest
systems:
  cloudbase: {envId: acme-nest, secretId: !env %[1]s, secretKey: !env %[2]s}
  openapi: {secretId: !env %[1]s, secretKey: !env %[2]s}
login: {emailLogin: false}
records: {sys_user: {envType: prod, key: name, rows: {bot: {note: git}}}}
`, n.variable(id), n.variable(key)))
	token, password := headerCanary("git's token"), newCanary("git's password")
	n.canaries = append(n.canaries, token, password)
	for file, text := range map[string]string{
		"token.yaml":    `devices: {url: "http://iot.example.com", token: !env ` + n.variable(token) + "}}\napplications: {}",
		"password.yaml": `devices: {url: "http://iot.example.com", username: sandbox, password: !env ` + n.variable(password) + "}}\napplications: {}",
		"bearer.yaml":   `connectors: {url: "http://auth.example.com", token: !env ` + n.variable(token) + "}}\nconnectors: {}",
		"client.yaml":   `connectors: {url: "http://auth.example.com", clientId: sandbox, clientSecret: !env ` + n.variable(password) + "}}\nconnectors: {}",
	} {
		n.write(file, "apiVersion: authsync/v1\nkind: Environment\nname: nest\nsystems: {"+text+"\n")
	}
}

func (n *nest) plant(name string) canary {
	c := newCanary(name)
	n.canaries = append(n.canaries, c)
	return c
}

// variable puts a canary into an environment variable and returns its name.
func (n *nest) variable(c canary) string {
	name := fmt.Sprintf("SECRET_%d", len(n.env))
	n.env = append(n.env, name+"="+c.text)
	return name
}

func (n *nest) write(name, text string) {
	file := filepath.Join(n.dir, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		n.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		n.Fatal(err)
	}
}

// commands runs authsync in every way that meets a secret.
func (n *nest) commands() {
	n.run("", "secrets", "seal", "--in", "clear.yaml", "--path", "providers.corp.config.clientSecret")
	if n.weather.fair {
		n.unsealed()
	}
	n.run("", "secrets", "seal", "--in", "clear.yaml")
	if !n.weather.lost {
		n.env = append(n.env, "AUTHSYNC_IDENTITY="+n.key)
	}
	if n.weather.fair {
		n.opens()
		n.mistakes()
		n.run("", "plan", "clear.yaml")
		n.run("", "plan", "variables.yaml", "--format", "json")
		n.run("", "plan", "variables.yaml", "--format", "markdown")
		n.run("", "apply", "clear.yaml") // without a yes
		n.run("", "plan", "--help")
		n.run("", "version")
	}
	n.run("", "plan", "clear.yaml", "--format", "json", "--format", "text=plan.txt", "--format", "markdown=plan.md", "--rewrite-secrets", "--prune", "--timeout", "100ms")
	n.run("", "plan", "clear.yaml", "--verbose", "--timeout", "100ms")
	n.looks()
	n.run("", "plan", "credentials.yaml", "--timeout", "100ms")
	n.run("", "plan", "token.yaml", "--timeout", "100ms")
	n.run("", "plan", "password.yaml", "--timeout", "100ms")
	n.run("", "plan", "bearer.yaml", "--timeout", "100ms")
	n.run("", "plan", "client.yaml", "--timeout", "100ms")
	n.run("", "export", "new.yaml", "--env-id", "acme-nest", "--to", n.public, "--timeout", "100ms")
	if n.weather.url != "" {
		return // one refused connection is like another
	}
	n.run("", "apply", "clear.yaml", "--yes", "--timeout", "100ms")
	n.run("", "apply", "variables.yaml", "--yes", "--rewrite-secrets", "--verbose", "--timeout", "100ms")
	n.run("", "apply", "clear.yaml", "--yes", "--timeout", "100ms", "--rotate", "apiKey/git-key", "--check", "--verbose")
	n.looks()
	n.run("", "check", "clear.yaml", "--yes", "--timeout", "100ms")
	n.run("", "secrets", "open", "--in", "clear.yaml", "--vault", "git-kez")
	n.run("", "export", "clear.yaml", "--verbose", "--timeout", "100ms")
	if n.weather.fair {
		n.run("", "secrets", "check", "clear.yaml")
		n.run("", "secrets", "check", "clear.yaml", "--left", n.public)
		n.run("", "secrets", "rekey", "clear.yaml")
		n.run("", "secrets", "open", "--textconv", "clear.yaml", "--identity", "nowhere.txt")
		n.run("", "export", "many", "--env-id", "acme-nest", "--env-id", "acme-nowhere", "--to", n.public)
		n.arrived()
	}
}

// looks runs what only looks, in every format and with and without an identity.
// The second time there is a lock, of other secrets than live has.
func (n *nest) looks() {
	for _, command := range []string{"diff", "drift"} {
		for _, manifest := range []string{"clear.yaml", "variables.yaml"} {
			n.run("", command, manifest, "--timeout", "100ms", "--format", "text", "--format", "json="+command+".json")
			n.run("", command, manifest, "--timeout", "100ms", "--format", "json", "--format", "text="+command+".txt", "--identity", "key.txt")
		}
	}
	if n.weather.fair {
		n.driftsAll()
	}
}

// driftsAll compares a lock with a live that has everything otherwise: of the
// manifest variables.yaml, under the lock of clear.yaml, and the reverse.
func (n *nest) driftsAll() {
	locks := []string{"clear.lock.yaml", "variables.lock.yaml"}
	for i, lock := range locks {
		text, err := os.ReadFile(filepath.Join(n.dir, lock))
		if err != nil {
			continue // nothing was applied yet
		}
		other := strings.Replace(locks[1-i], ".lock", ".swapped.lock", 1)
		n.write(other, string(text))
		manifest, err := os.ReadFile(filepath.Join(n.dir, strings.Replace(locks[1-i], ".lock", "", 1)))
		if err != nil {
			n.Fatal(err)
		}
		n.write(strings.Replace(other, ".lock", "", 1), string(manifest))
		n.run("", "drift", strings.Replace(other, ".lock", "", 1), "--format", "text", "--format", "json=swapped.json", "--identity", "key.txt")
	}
}

// unsealed runs what meets secrets that still stand in clear.
func (n *nest) unsealed() {
	n.run("", "validate", "clear.yaml")
	n.run("", "plan", "clear.yaml")
	n.run("", "secrets", "check", "clear.yaml")
	n.run("", "secrets", "rekey", "clear.yaml", "--identity", "nowhere.txt")
	n.run(n.clear["providers.corp.config.clientSecret"].text+"\n", "secrets", "seal", "--for", "nest", "--path", "providers.corp.config.clientSecret", "--to", n.public)
}

// tokens plants what the services have made up since: the tokens of API keys.
func (n *nest) tokens() {
	if n.weather.url != "" {
		return
	}
	text, err := get(n.url + "/_sandbox/state")
	if err != nil {
		n.Fatal(err)
	}
	state, err := schema.ParseJSON(text)
	if err != nil {
		n.Fatal(err)
	}
	keys, _ := state.(schema.Object).At("cloudbase", "acme-nest", "apiKeys").(schema.Object)
	for id, key := range keys {
		name := "the token of " + id
		if !slices.ContainsFunc(n.canaries, func(c canary) bool { return c.name == name }) {
			n.canaries = append(n.canaries, canary{name, key.(schema.Object).Text("ApiKey")})
		}
	}
}

// arrived checks that the canaries went where they belong: had every command
// stopped at its first line, nothing could have been seen.
func (n *nest) arrived() {
	log, err := get(n.url + "/_sandbox/requests")
	if err != nil {
		n.Fatal(err)
	}
	for _, c := range n.canaries {
		kind, at, _ := strings.Cut(c.name, " ")
		quoted := inQuotes(c.text)
		sent := strings.Contains(string(log), quoted) || strings.Contains(string(log), inQuotes(quoted)) // JSON in a string
		if strings.HasPrefix(at, "integrations.") {                                                      // sealed, and so not to be seen there either
			if sent || !strings.Contains(string(log), "UpdateUserKey") {
				n.Errorf("%s was sent in clear, or never", c.name)
			}
			continue
		}
		if (kind == "git's" || kind == "variable") && !strings.HasPrefix(at, "systems.") && !strings.HasPrefix(at, "secret") && !slices.Contains([]string{"token", "password"}, at) && !sent {
			n.Errorf("%s was never sent to the service", c.name)
		}
	}
	for _, file := range []string{"new.yaml", "many/acme-nest.yaml", "plan.txt", "plan.md"} {
		if _, err := os.Stat(filepath.Join(n.dir, file)); err != nil {
			n.Error(err)
		}
	}
	token, problem := n.start("", "secrets", "open", "--in", "clear.yaml", "--vault", "git-key")
	if problem != "" || leak(token, n.canaries) == "" {
		n.Errorf("the token of a new key is not in the vault, or the search does not find it: %s", problem)
	}
}

func inQuotes(text string) string {
	quoted := strconv.Quote(text)
	return quoted[1 : len(quoted)-1]
}

// opens shows that open does show the secret, on standard output alone, and
// that the search would have found it.
func (n *nest) opens() {
	const at = "providers.corp.config.clientSecret"
	out, err := n.start("", "secrets", "open", "--in", "clear.yaml", "--path", at)
	if out != n.clear[at].text {
		n.Errorf("secrets open did not open %s: %s", at, err)
	}
	if leak(out, n.canaries) == "" {
		n.Error("the search does not find what secrets open shows")
	}
	n.search("standard error of secrets open", err)
	out, err = n.start("", "secrets", "keygen")
	n.search("output of secrets keygen", out+err)
}

// mistakes puts secrets where they do not belong.
func (n *nest) mistakes() {
	c := n.plant("a mistake")
	for i, value := range []string{
		"%s", "*%s", "&%s x", "!age %s", "!plain %s", "!env %s", "!!int %s", "!%s x", "[%s]", "{%s: x}", "{x: %s}",
		"\"%s", "'%s", "%s: x", "@%s", "- %s", "|%s", "\"\\q%s\"",
		"\n%s", "x\n      clientSecrett: %s", "x\n      scope: [%s]",
	} {
		word := strings.Fields(c.text)[0] // up to where YAML would end the scalar
		if strings.Contains(value, `"`) || value == "%s" {
			word = c.text
		}
		file := fmt.Sprintf("mistakes/%d.yaml", i)
		n.write(file, "apiVersion: authsync/v1\nkind: Environment\nname: nest\nsystems: {cloudbase: {envId: acme-nest}}\n"+
			"providers:\n  corp:\n    config:\n      clientId: corp\n      clientSecret: "+strings.ReplaceAll(value, "%s", word)+"\n")
		n.run("", "secrets", "check", file)
		if i%2 == 0 {
			n.run("", "validate", file)
		} else {
			n.run("", "secrets", "seal", "--in", file, "--to", n.key)
		}
	}
	n.run("", "plan", "clear.yaml", "--identity", n.key)
	n.run("", "secrets", "open", "--in", "clear.yaml", "--path", "providers.corp.config.clientSecret", "--identity", n.key)
	n.run("", "secrets", "seal", "--path", "x.y", "--to", n.key)
	n.run("", "secrets", "seal", "mistakes", "--to", n.key)
	n.run("", "secrets", "check", "clear.yaml", "--left", n.key)
	n.run("", "export", "other.yaml", "--env-id", "acme-nest", "--to", n.key, "--timeout", "100ms")
	n.run("", "plan", "clear.yaml", "--sandbox", "http://user:"+strings.Fields(c.text)[0]+"@127.0.0.1:1")
	n.run("", "secrets", "open", "--in", "clear.yaml", "--path", "providers.corp.config.clientSecret", "--identity", "clear.yaml")
}

// run runs authsync and searches what it printed.
func (n *nest) run(input string, args ...string) {
	out, err := n.start(input, args...)
	n.tokens()
	command := strings.ReplaceAll(strings.Join(args, " "), n.key, "KEY")
	n.search("standard output of "+command, out)
	n.search("standard error of "+command, err)
}

// start runs authsync in the nest. Its exit code is not this test's affair, but
// it must have one: a program that is torn down prints what it held.
func (n *nest) start(input string, args ...string) (out, err string) {
	command := exec.CommandContext(context.WithoutCancel(n.Context()), "authsync", args...)
	command.Dir, command.Env = n.dir, n.env
	command.Stdin = strings.NewReader(input)
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	command.Run()
	if code := command.ProcessState.ExitCode(); code < 0 || code > int(CodePartly) {
		n.Errorf("authsync %s: exit code %d", args[0], code)
	}
	return stdout.String(), stderr.String()
}

// search fails the test if a text holds a canary. It does not show the text.
func (n *nest) search(what, text string) {
	n.Helper()
	if found := leak(text, n.canaries); found != "" {
		n.Errorf("%s holds %s", what, found)
	}
}

// searchFiles searches all that lies in the nest now, names included, but for
// what the test itself put there.
func (n *nest) searchFiles() {
	own := []string{"key.txt", "live", "mistakes"}
	kept := 0
	err := fs.WalkDir(os.DirFS(n.dir), ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case slices.Contains(own, name) && entry.IsDir():
			return fs.SkipDir
		case slices.Contains(own, name) || entry.IsDir():
			return nil
		}
		text, err := os.ReadFile(filepath.Join(n.dir, name))
		n.search("file "+name, name+"\n"+string(text))
		if filepath.Dir(name) == ".authsync" {
			kept++
		} else if strings.HasPrefix(filepath.Base(name), ".") {
			n.Errorf("%s was left behind", name)
		}
		return err
	})
	if err != nil {
		n.Fatal(err)
	}
	if n.weather.fair && kept < 4 { // .gitignore, the claim, and journals
		n.Errorf("%d files in .authsync: there are no journals to be searched", kept)
	}
}
