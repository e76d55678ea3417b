package cli

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/urfave/cli/v2"

	"authsync/cli/line"
	"authsync/schema"
)

// manners are the ways to run authsync that are all searched: every command,
// with each of its formats and verbosities, and each file that it writes or
// reads besides manifests.
func manners(app *cli.App) []string {
	var all []string
	for _, c := range line.Commands(app.Commands) {
		if len(c.Command.Subcommands) > 0 {
			continue
		}
		all = append(all, c.Name)
		for _, f := range line.Visible(c.Command.Flags) {
			flag := f.(cli.Flag)
			switch name := flag.Names()[0]; {
			case name == "format":
				for _, format := range line.Choices(flag) {
					all = append(all, c.Name+" --format "+format.Word, c.Name+" --format "+format.Word+"=FILE")
				}
			case name == "quiet", name == "verbose", line.Placeholder(flag) == "FILE" && name != "identity" && name != "in":
				all = append(all, c.Name+" --"+name)
			}
		}
	}
	return append(all, "__complete")
}

// mannersOf are those of a command line.
func mannersOf(app *cli.App, args []string) []string {
	l := line.Read(app, args)
	var names []string
	for _, c := range l.Commands {
		names = append(names, c.Name)
	}
	name := strings.Join(names, " ")
	all := []string{name}
	for _, g := range l.Flags {
		flag := name + " --" + g.Flag.Names()[0]
		all = append(all, flag)
		if format, _, toFile := strings.Cut(g.Value, "="); toFile {
			all = append(all, flag+" "+format+"=FILE")
		} else {
			all = append(all, flag+" "+format)
		}
	}
	return all
}

// soon keeps a run from waiting for what never answers.
const soon = "--timeout=100ms"

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
		n.run("", "plan", "variables.yaml", "--format", "json", "--rehearse")
		n.run("", "plan", "variables.yaml", "--format", "markdown")
		n.run("", "apply", "clear.yaml") // without a yes
		n.run("", "plan", "clear.yaml", "--out", "first.plan", soon)
	}
	if !n.weather.writes {
		n.reads()
	}
	if n.weather.url == "" { // one refused connection is like another
		n.writes()
	}
}

// reads runs what writes nothing to a service.
func (n *nest) reads() {
	n.run("", "plan", "clear.yaml", "--format", "html", "--rewrite-secrets", soon)
	n.run("", "plan", "clear.yaml", "--format", "github", "--rewrite-secrets", soon)
	n.run("", "plan", "clear.yaml", "--format", "jsonl", "--format", "jsonl=plan.jsonl", "--rewrite-secrets", soon)
	n.run("", "plan", "clear.yaml", "--format", "json", "--format", "text=plan.txt", "--format", "markdown=plan.md", "--format", "json=plan.json", "--format", "html=plan.html", "--format", "github=plan.github", "--rewrite-secrets", "--prune-unmanaged", "--rehearse", soon)
	for _, format := range n.formats("text", "json", "jsonl", "markdown", "html", "github") {
		n.run("", "report", "merge", "plan.json", "--format", format, "--format", format+"=merged."+format)
	}
	n.run("", "plan", "clear.yaml", "--verbose", soon)
	n.run("", "plan", "clear.yaml", "--quiet", soon)
	n.run("", "validate", "clear.yaml", "--online", "--verbose", soon)
	n.looks()
	n.unwell()
	if len(n.weather.faults) == 0 {
		for _, file := range []string{"credentials.yaml", "token.yaml", "password.yaml", "bearer.yaml", "client.yaml"} {
			n.run("", "plan", file, "--verbose", soon)
		}
	}
	n.run("", "export", "new.yaml", "--env-id", "acme-nest", "--to", n.public, soon)
}

// writes runs what writes to the services, and in fair weather all else that there is.
func (n *nest) writes() {
	n.run("", "apply", "clear.yaml", "--yes", soon)
	n.run("", "plan", "variables.yaml", "--out", "saved.plan", "--rewrite-secrets", "--allow", "weaken", soon)
	n.run("", "plan", "--verify", "saved.plan", soon)
	n.run("", "apply", "--plan", "saved.plan", "--verbose", soon)
	n.run("", "apply", "variables.yaml", "--yes", "--rewrite-secrets", "--verbose", soon)
	n.run("", "apply", "clear.yaml", "--yes", soon, "--rotate", "apiKey/git-key", "--check", "--verbose")
	if len(n.weather.faults) == 0 {
		n.looks()
	}
	n.run("", "undo", "clear.yaml", "--yes", "--verbose", soon)
	n.run("", "check", "clear.yaml", "--yes", soon)
	n.run("", "learn", "nest", "clear.yaml", "--read-only", "--quiet", soon)
	n.run("", "learn", "nest", "clear.yaml", "--yes", "--verbose", soon)
	n.run("", "record", "nest", "clear.yaml", "--out", "recorded", "--verbose", soon)
	n.run("", "record", "nest", "variables.yaml", "--out", "recorded-quietly", "--quiet", soon)
	n.run("", "export", "clear.yaml", "--verbose", soon)
	n.run(n.plant("a new value").text, "secrets", "rotate", "providers.corp.config.clientSecret", "--in", "clear.yaml", "--verbose", soon)
	if len(n.weather.faults) == 0 { // no service is asked
		n.run("", "secrets", "open", "--in", "clear.yaml", "--vault", "git-kez")
		n.run(n.plant("a newer value").text, "secrets", "set", "providers.corp.config.clientSecret", "--in", "clear.yaml")
	}
	n.run("", "secrets", "rotate", "apiKey/git-key", "--in", "clear.yaml", "--yes", soon)
	n.pair("clear.yaml", "pair/variables.yaml")
	if n.weather.fair {
		n.pairs()
		n.tries()
		n.judged()
		n.quietly()
		n.run("", "secrets", "check", "clear.yaml")
		n.run("", "secrets", "check", "clear.yaml", "--left", n.public)
		n.run("", "secrets", "rekey", "clear.yaml")
		n.edits()
		n.begins()
		n.examines()
		n.run("", "export", "many", "--env-id", "acme-nest", "--env-id", "acme-nowhere", "--to", n.public)
		n.arrived()
		n.says()
		n.plays()
		for _, manner := range manners(testApp()) {
			if !n.ran[manner] {
				n.Errorf("authsync %s is not searched: run it here", manner)
			}
		}
	}
}

// formats are those to print in: where a service fails, one, another in each weather, since
// no fault knows a format.
func (n *nest) formats(all ...string) []string {
	if len(n.weather.faults) == 0 {
		return all
	}
	turn := slices.IndexFunc(weathers(), func(w weather) bool { return w.name == n.weather.name })
	return all[turn%len(all):][:1]
}

// looks runs what only looks, in every format and with and without an identity.
// The second time there is a lock, of other secrets than live has.
func (n *nest) looks() {
	for _, command := range []string{"diff", "drift"} {
		n.run("", command, "clear.yaml", soon, "--verbose", "--format", "text", "--format", "json="+command+".json")
		n.run("", command, "variables.yaml", soon, "--quiet", "--format", "json", "--format", "text="+command+".txt", "--identity", "key.txt")
	}
	n.run("", "drift", "variables.yaml", soon, "--format", "markdown=drift.md", "--format", "html=drift.html", "--format", "github=drift.github", "--identity", "key.txt")
	for _, format := range n.formats("markdown", "html", "github", "jsonl") {
		n.run("", "drift", "clear.yaml", soon, "--format", format, "--format", format+"=drift."+format)
	}
	if n.weather.fair {
		n.driftsAll()
	}
}

// pair holds live environments against each other whose secrets differ.
func (n *nest) pair(files ...string) {
	for _, file := range []string{"clear.yaml", "variables.yaml"} {
		text, err := os.ReadFile(filepath.Join(n.dir, file))
		if err != nil {
			n.Fatal(err)
		}
		n.write("pair/"+file, strings.NewReplacer("name: nest", "name: other", "acme-nest", "acme-other").Replace(string(text)))
	}
	n.run("", append([]string{"compare", "--live", "--verbose", soon, "nest", "other"}, files...)...)
	n.run("", append([]string{"promote", "--dry-run", "--verbose", "--live", soon, "other", "nest"}, files...)...)
}

// pairs does so in git, and brings the one's objects into a third.
func (n *nest) pairs() {
	n.write("pair/third.yaml", "apiVersion: authsync/v1\nkind: Environment\nname: third\nrecipients: ["+n.public+"]\nsystems: {cloudbase: {envId: acme-third}}\n")
	names := []string{"nest", "other", "clear.yaml", "pair/variables.yaml"}
	n.run("", append([]string{"compare", "--format", "text", "--format", "json=pair.json", "--format", "markdown=pair.md"}, names...)...)
	n.run("", append([]string{"compare", "--identity", "key.txt", "--format", "json", "--format", "text=pair.txt"}, names...)...)
	n.run("", append([]string{"compare", "--quiet", "--format", "markdown"}, names...)...)
	n.run("", append([]string{"promote", "--prune", "--quiet"}, names...)...)
	n.run("", "promote", "other", "nest", "variables.yaml", "pair/clear.yaml", "--dry-run")
	n.run("", "promote", "nest", "third", "clear.yaml", "pair/third.yaml", "--allow", "destination")
	n.run("", "validate", "pair/third.yaml")
	for from, to := range map[string]string{"clear.yaml": "merge/base.yaml", "variables.yaml": "merge/ours.yaml", "pair/clear.yaml": "merge/theirs.yaml"} {
		text, err := os.ReadFile(filepath.Join(n.dir, from))
		if err != nil {
			n.Fatal(err)
		}
		n.write(to, string(text))
	}
	n.run("", "merge-driver", "merge/base.yaml", "merge/ours.yaml", "merge/theirs.yaml", "prod.yaml")
}

// tries sends a client secret to the token endpoint that the manifest names, which
// answers as it should, and then with the secret wherever an answer has room for it.
func (n *nest) tries() {
	text, err := os.ReadFile(filepath.Join(n.dir, "variables.yaml"))
	if err != nil {
		n.Fatal(err)
	}
	const issuer, host = "issuer: https://login.example.com\n", "login.example.com/oauth2/token"
	n.write("tried.yaml", strings.ReplaceAll(string(text), issuer, issuer+"      tokenEndpoint: https://"+host+"\n"))
	was := n.asked(host)
	n.run("", "validate", "tried.yaml", "--online", "--try-secrets", "--verbose")
	at := slices.IndexFunc(n.canaries, func(c canary) bool { return c.name == "variable providers.corp.config.clientSecret" })
	echo := n.canaries[at].text
	for _, answer := range []map[string]any{
		{"at": host, "status": 400, "body": map[string]string{"error": echo, "error_description": echo}},
		{"at": host, "status": 302, "header": map[string]string{"Location": "https://login.example.com/?error=" + url.QueryEscape(echo)}},
		{"at": host, "status": 500, "body": echo},
	} {
		answer, err := json.Marshal(answer)
		if err != nil {
			n.Fatal(err)
		}
		if err := ask("POST", n.url+"/_sandbox/answers", string(answer)); err != nil {
			n.Fatal(err)
		}
		n.run("", "validate", "tried.yaml", "--online", "--try-secrets", "--verbose")
	}
	if tries := n.asked(host) - was; tries != 4 {
		n.Errorf("the secret was tried %d times in 4 runs", tries)
	}
}

// asked is how often something was posted to a host and path.
func (n *nest) asked(at string) int {
	all, err := requestsOf(n.url)
	if err != nil {
		n.Fatal(err)
	}
	count := 0
	for _, r := range all {
		if r.Tenant+r.Path == at && r.Method == "POST" {
			count++
		}
	}
	return count
}

// judged holds a policy against everything, secrets too, and shows what it finds in every
// format.
func (n *nest) judged() {
	n.write("policies/rules.yaml", `apiVersion: authsync/v1
kind: Policy
rules:
  no-secret: {field: providers.*.config.clientSecret, set: false}
  no-token: {field: systems.connectors.token, set: false}
  other: {field: connectors.*.config.*, equals: nothing has this}
  deep: {field: applications.*.apiServer, set: false}
  extra: {field: providers.*.extra.*, equals: nothing has this}
  ext: {field: integrations.*.ext.*, noneOf: [1], level: warning}
  columns: {field: records.*.rows.*.*, oneOf: [1]}
`)
	all := []string{"--format", "text", "--format", "text=found.txt", "--format", "json=found.json", "--format", "sarif=found.sarif", "--format", "junit=found.xml", "--format", "markdown=found.md", "--format", "html=found.html", "--format", "github=found.github"}
	for _, command := range [][]string{{"validate"}, {"audit"}, {"audit", "--live", "--verbose", soon}, {"audit", "--live", "--quiet", soon, "--identity", "key.txt"}, {"secrets", "check"}} {
		n.run("", slices.Concat(command, all, []string{"clear.yaml", "policies/rules.yaml"})...)
		for _, format := range []string{"json", "sarif", "junit", "markdown", "html", "github"} {
			n.run("", slices.Concat(command, []string{"--format", format, "clear.yaml", "policies/rules.yaml"})...)
		}
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

// quietly runs what was not yet run so with the verbosities that are left.
func (n *nest) quietly() {
	n.run("", "validate", "clear.yaml", "--online", "--quiet")
	n.run("", "apply", "variables.yaml", "--yes", "--rewrite-secrets", "--quiet", "--format", "json=apply.json", "--format", "markdown=apply.md", "--format", "html=apply.html")
	n.run("", "apply", "clear.yaml", "--yes", "--rewrite-secrets", "--format", "json")
	n.run("", "apply", "variables.yaml", "--yes", "--rewrite-secrets", "--format", "markdown")
	n.run("", "apply", "clear.yaml", "--yes", "--rewrite-secrets", "--format", "html")
	n.run("", "undo", "variables.yaml", "--yes", "--quiet")
	for _, kept := range n.kept(".snapshot.yaml") {
		n.run("", "undo", "clear.yaml", "--from", kept)
	}
	for _, kept := range n.kept(".jsonl") {
		n.run("", "undo", "clear.yaml", "--from", kept) // not one
	}
	n.run("", "check", "clear.yaml", "--yes", "--quiet")
	n.run("", "check", "clear.yaml", "--yes", "--verbose")
	n.run("", "export", "clear.yaml", "--quiet")
	n.run("", "secrets", "rotate", "apiKey/git-key", "--in", "clear.yaml", "--yes", "--quiet")
	n.run("", "drift", "clear.yaml", "--format", "json")
	n.run("", "plan", "variables.yaml", "--rewrite-secrets", "--format", "text")
}

// kept is the first of the files that runs have kept, by their end.
func (n *nest) kept(suffix string) []string {
	names, err := filepath.Glob(filepath.Join(n.dir, ".authsync", "*"+suffix))
	if err != nil || len(names) == 0 {
		n.Errorf("no run has kept a %s: %v", suffix, err)
		return nil
	}
	return names[:1]
}

// edits has an editor change a secret. While it runs, the text is in clear in
// the private file, which is the one place; what the editor sees of the
// environment is searched, and so is all that is left.
func (n *nest) edits() {
	c, was := n.plant("an edited value"), n.canaries
	n.write("value", strconv.Quote(c.text))
	n.write("editor.sh", `#!/bin/sh
env > environment.txt
echo "$0 $*" > arguments.txt
sed 's|^\( *\)clientSecret: .*|\1clientSecret: CANARY|' "$1" > "$1.new"
awk 'NR==FNR { v=$0; next } { i=index($0,"CANARY"); if (i) { print substr($0,1,i-1) v } else print }' value "$1.new" > "$1"
cp "$1" shown.txt
`)
	if err := os.Chmod(filepath.Join(n.dir, "editor.sh"), 0o700); err != nil {
		n.Fatal(err)
	}
	whole := n.env
	defer func() { n.env = whole }()
	// What the manifest does not name is not taken from the editor.
	n.env = slices.DeleteFunc(slices.Clone(whole), func(pair string) bool {
		name, _, _ := strings.Cut(pair, "=")
		return strings.HasPrefix(name, "SECRET_") && !n.names("clear.yaml", name)
	})
	n.env = append(n.env, "EDITOR="+filepath.Join(n.dir, "editor.sh"), "TENCENTCLOUD_SECRETKEY="+n.plant("the secret key").text)
	n.run("", "secrets", "edit", "clear.yaml")
	shown, err := os.ReadFile(filepath.Join(n.dir, "shown.txt"))
	if err != nil || leak(string(shown), was) == "" {
		n.Errorf("the editor did not see the secrets: %v", err)
	}
	opened, problem := n.start("", "secrets", "open", "--in", "clear.yaml", "--path", "providers.corp.config.clientSecret")
	if opened != c.text {
		n.Errorf("what was edited is not sealed: %s", problem)
	}
	n.run("", "secrets", "open", "--in", "clear.yaml", "--textconv", "nowhere.yaml")
	clear, problem := n.start("", "secrets", "open", "--textconv", "clear.yaml")
	if leak(clear, n.canaries) == "" {
		n.Error("textconv did not open anything")
	}
	n.search("standard error of textconv", problem)
	n.run("", "secrets", "open", "--textconv", "clear.yaml", "--identity", "nowhere.txt")
	_, problem = n.start("", "secrets", "open", "--textconv", "mistakes/0.yaml", "--identity", "key.txt")
	n.search("standard error of textconv of a mistake", problem)
	for _, file := range []string{"value", "shown.txt", "editor.sh"} {
		os.Remove(filepath.Join(n.dir, file))
	}
}

// names reports whether a manifest names a variable.
func (n *nest) names(file, variable string) bool {
	text, err := os.ReadFile(filepath.Join(n.dir, file))
	return err == nil && regexp.MustCompile(`!env `+variable+`\b`).Match(text)
}

// says runs what reads no live state: what it prints is as public as authsync.
func (n *nest) says() {
	n.run("", "version")
	n.run("", "man")
	n.run("", "schema")
	n.run("", "schema", "plan")
	n.run("", "explain", "provider")
	n.run("", "explain", "login.mfaConfig.on")
	n.run("", "plan", "--help")
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		n.run("", "completion", shell)
	}
	for _, words := range [][]string{
		{"plan", "clear.yaml", "--target", ":"}, {"plan", "clear.yaml", "--env", ":"}, {"plan", ":"},
		{"check", "clear.yaml", ":"}, {"secrets", "rotate", "--in", "clear.yaml", ":"},
		{"secrets", "open", "--in", "clear.yaml", "--path", ":"}, {"secrets", "open", "--in", "clear.yaml", "--vault", ":"},
		{"secrets", "open", "--in", "mistakes/0.yaml", "--path", ":"}, {"plan", "mistakes/0.yaml", "--target", ":"},
	} {
		n.run("", append([]string{"__complete"}, words...)...)
	}
}

// plays runs a sandbox as a user does. Its lines say where it listens, and
// nothing of what it holds and is asked.
func (n *nest) plays() {
	n.run("", "sandbox", "--quirks", "clear.yaml") // not of that kind
	args := []string{"sandbox", "--listen", "127.0.0.1:0", "--seed", "live"}
	n.note(args)
	command := exec.Command("authsync", args...)
	command.Dir, command.Env = n.dir, n.env
	var problems strings.Builder
	command.Stderr = &problems
	out, err := command.StdoutPipe()
	if err != nil {
		n.Fatal(err)
	}
	if err := command.Start(); err != nil {
		n.Fatal(err)
	}
	lines := bufio.NewReader(out)
	first, err := lines.ReadString('\n')
	if err != nil {
		n.Error(err)
	}
	url := strings.TrimSpace(strings.TrimPrefix(first, "sandbox listening on "))
	n.run("", "plan", "clear.yaml", "--sandbox", url)
	n.run("", "apply", "variables.yaml", "--sandbox", url, "--yes", "--rewrite-secrets", "--allow", "replace")
	command.Process.Signal(syscall.SIGTERM)
	var rest strings.Builder
	lines.WriteTo(&rest)
	if err := command.Wait(); err != nil {
		n.Error(err)
	}
	n.search("the sandbox's lines", first+rest.String()+problems.String())
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
		if strings.HasSuffix(at, ".ext.appsecret") {                                                     // sealed, and so not to be seen there either
			if sent || !strings.Contains(string(log), "UpdateUserKey") {
				n.Errorf("%s was sent in clear, or never", c.name)
			}
			continue
		}
		if kind == "git's" && strings.Contains(at, ".runtimeConfig.") {
			continue // never shown, so not compared, and not sent without being asked to
		}
		if (kind == "git's" || kind == "variable") && !strings.HasPrefix(at, "systems.") && !sent {
			n.Errorf("%s was never sent to the service", c.name)
		}
	}
	for _, file := range []string{"new.yaml", "many/acme-nest.yaml", "plan.txt", "plan.md", "plan.json", "plan.html", "saved.plan"} {
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
	n.run("", "secrets", "keygen", "--out", "made.txt")
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
