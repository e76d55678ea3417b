package cli

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"authsync/schema/pattern"
	"authsync/secrets"
)

// evil is what somebody could choose as a name or a value: it erases lines, forges
// a line, commands the runners of pipelines, and turns what follows around.
const evil = "x\x1b[2K\r\n::error::forged ##[add-mask]y ##vso[task.z]\n  gate none: all is well\u202e\u200b\u0085\u2028"

// quotedEvil is evil as a YAML text.
const quotedEvil = `"x\e[2K\r\n::error::forged ##[add-mask]y ##vso[task.z]\n  gate none: all is well\u202e\u200b\u0085\u2028"`

var (
	// ownCommands are what authsync says to a runner itself.
	ownCommands = pattern.Of(`(?m)^::(group::[a-z]+: (reading|applying)|endgroup::)$|(?m)^::(error|warning) (file=[^:\n]*,)?(line=\d+,col=\d+,)?title=[^:\n]*::|\x1b\[0Ksection_(start:\d+:[\w.-]+\[collapsed=true\]|end:\d+:[\w.-]+)\r\x1b\[0K`)
	// acting is what a terminal or a runner obeys, and a line that a name forges.
	acting = pattern.Of("(?m)^\\s*::|##\\w*\\[|^\\s*gate none|^forged|[\x00-\x08\x0b-\x1f\x7f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
)

// stage is a directory with hostile names, and what was run there.
type stage struct {
	*testing.T
	dir string
	env []string
	ran map[string]bool
	url string // of its sandbox
}

// shows is runs, where what is evil is in what is printed.
func (s *stage) shows(args ...string) {
	s.Helper()
	if text := s.runs(args...); !strings.Contains(text, "forged") {
		s.Errorf("authsync %q does not show what is evil, so that nothing is tested: %s", args, text)
	}
}

// runs runs authsync and looks for what acts in both of its streams.
func (s *stage) runs(args ...string) string {
	s.Helper()
	for _, manner := range mannersOf(testApp(), args) {
		s.ran[manner] = true
	}
	command := exec.CommandContext(context.WithoutCancel(s.Context()), "authsync", args...)
	command.Dir, command.Env = s.dir, s.env
	command.Stdin = strings.NewReader(evil)
	var out, err bytes.Buffer
	command.Stdout, command.Stderr = &out, &err
	command.Run()
	for _, text := range []string{out.String(), err.String()} {
		text = ownCommands.ReplaceAllString(text, "")
		if at := acting.FindStringIndex(text); at != nil {
			s.Errorf("authsync %q prints what acts, %q, in %q", args, text[at[0]:at[1]], text[max(0, at[0]-200):min(len(text), at[1]+100)])
		}
	}
	return out.String() + err.String()
}

func (s *stage) write(name, text string) {
	file := filepath.Join(s.dir, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		s.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		s.Fatal(err)
	}
}

// hostileManifest names what live has, too: a row and values that are evil.
func hostileManifest(recipient, row, value string) string {
	return "apiVersion: authsync/v1\nkind: Environment\nname: prod\nrecipients: [" + recipient + "]\n" +
		"systems: {cloudbase: {envId: prod-1}}\n" +
		"providers:\n  email: {providerType: EMAIL, name: {message: " + value + "}, emailConfig: {on: true, templateConfig: {registerSignIn: {zhCN: \"{{.VerificationCode}}" + value[1:] + "}}}}\n" +
		"records:\n  sys_role:\n    envType: prod\n    key: code\n    rows:\n      " + row + ": {name: " + value + ", text: \"1\\n2\\n3\\n" + value[1:len(value)-1] + "\\n4\\n\"}\n"
}

// Nothing that others have chosen acts on a terminal or on the runner of a
// pipeline: whatever the command, the format and the stream are.
func TestNothingThatIsPrintedActs(t *testing.T) {
	for _, row := range []struct{ name, variable string }{{"on GitHub", "GITHUB_ACTIONS"}, {"on GitLab", "GITLAB_CI"}, {"elsewhere", "NOWHERE"}} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, row.variable)
			s.reads()
			s.writes()
			s.refusals()
			for _, manner := range manners(testApp()) {
				if flag := strings.Contains(manner, " --"); (!flag || strings.Contains(manner, "--format")) && !strings.HasSuffix(manner, "=FILE") && !s.ran[manner] {
					t.Errorf("authsync %s is not run here", manner)
				}
			}
		})
	}
}

func newStage(t *testing.T, variable string) *stage {
	s := &stage{T: t, dir: t.TempDir(), ran: map[string]bool{}}
	var key bytes.Buffer
	recipient, err := secrets.GenerateIdentity(&key, secrets.X25519, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	s.write("key.txt", key.String())
	other := strings.Replace(quotedEvil, "all is well", "all is new", 1)
	s.write("seed/prod.yaml", hostileManifest(recipient, `"live `+quotedEvil[1:], quotedEvil))
	s.write("envs/prod.yaml", hostileManifest(recipient, quotedEvil, other))
	s.write("elsewhere/prod.yaml", hostileManifest(recipient, quotedEvil, quotedEvil))
	s.write("two/prod.yaml", hostileManifest(recipient, quotedEvil, other))
	stage := strings.NewReplacer("name: prod\n", "name: stage\n", "prod-1", "stage-1").Replace(hostileManifest(recipient, quotedEvil, quotedEvil))
	s.write("two/stage.yaml", stage)
	s.write("two/theirs", stage)
	s.write("bad/"+strings.ReplaceAll(evil, "/", "")+".yaml", "apiVersion: authsync/v1\nkind: Environment\nname: prod\n"+quotedEvil+": {a: 1}\nsystems: {cloudbase: {envId: "+quotedEvil+"}}\nlogin: {emailLogin: "+quotedEvil+"}\n")
	s.write("::error::bad.yaml", "apiVersion: authsync/v1\nkind: Environment\nname: "+quotedEvil+"\n")
	s.write("noyaml.yaml", "a: [\n::error::forged\x1b[2K\n")
	s.url = serve(t, sandboxOptions{seed: filepath.Join(s.dir, "seed")})
	s.env = append(s.env, "AUTHSYNC_SANDBOX="+s.url, "AUTHSYNC_IDENTITY_FILE=key.txt", "EDITOR=false",
		"PATH="+os.Getenv("PATH"), "HOME="+s.dir, "TMPDIR="+s.dir, raceName+"="+raceOptions, garbageName+"="+garbageOptions, coverName+"="+coverDir(t), variable+"=true")
	return s
}

// answers asks an identity provider that puts what is evil wherever it is told.
func (s *stage) answers() {
	s.write("login/prod.yaml", "apiVersion: authsync/v1\nkind: Environment\nname: prod\nsystems: {cloudbase: {envId: prod-1}}\n"+
		"providers: {corp: {providerType: OIDC, name: {message: Corp}, on: true, config: {issuer: \"https://login.example\", clientId: a, scope: openid}}}\n")
	evil := strings.NewReplacer(`\e`, `\u001b`).Replace(quotedEvil)
	for _, body := range []string{
		`{"issuer": ` + evil + `}`,
		`{` + evil + `: 1, ` + evil + `: 2}`,
		`{"issuer": "https://login.example", "jwks_uri": "https://evil.example/x` + evil[1:] + `, "scopes_supported": [` + evil + `], "id_token_signing_alg_values_supported": [` + evil + `]}`,
	} {
		if err := ask("POST", s.url+"/_sandbox/answers", `{"at": "login.example/.well-known/openid-configuration", "body": `+body+`}`); err != nil {
			s.Fatal(err)
		}
		if text := s.runs("validate", "login", "--online", "--try-secrets"); !strings.Contains(text, "forged") {
			s.Errorf("what is evil is not told: %s", text)
		}
	}
}

// reads runs what only looks.
func (s *stage) reads() {
	s.runs("validate", "envs", "--online")
	s.answers()
	s.runs("plan", "envs", "--prune", "--format", "json=plan.json")
	for _, format := range []string{"text", "json", "jsonl", "markdown", "html", "github"} {
		s.shows("plan", "envs", "--prune", "--format", format, "--verbose")
		s.runs("report", "merge", "plan.json", "--format", format)
	}
	for _, format := range []string{"text", "json"} {
		s.shows("diff", "envs", "--format", format)
	}
	for _, format := range []string{"text", "json", "markdown"} {
		s.shows("compare", "stage", "prod", "two", "--format", format)
	}
	s.write("two/policy.yaml", "apiVersion: authsync/v1\nkind: Policy\nrules:\n  "+quotedEvil+": {field: providers.*.name.message, equals: "+quotedEvil+", why: "+quotedEvil+"}\n  rows: {field: records.*.rows.*.name, equals: none, why: "+quotedEvil+"}\n")
	for _, format := range []string{"text", "json", "sarif", "junit", "markdown", "html", "github"} {
		s.runs("validate", "bad", "--format", format)
		s.shows("validate", "two", "--format", format)
		s.shows("audit", "two", "--format", format)
		s.shows("audit", "envs", "two/policy.yaml", "--live", "--format", format)
		s.runs("secrets", "check", "bad", "--format", format)
	}
	s.runs("audit", "bad", "--live", "--verbose")
	s.runs("audit", "two", "--live", "--quiet")
	s.shows("promote", "stage", "prod", "two", "--dry-run")
	s.runs("merge-driver", "envs/prod.yaml", "two/stage.yaml", "two/theirs")
	s.shows("export", "envs/prod.yaml", "--dry-run")
	s.runs("export", "new.yaml", "--env-id", "prod-1", "--verbose")
	s.write("cloudbaserc.json", `{"envId": "{{`+"::error::forged\u202e"+`}}"}`)
	s.runs("init", ".", "--name", evil)
	s.runs("init", "fresh", "--env-id", "prod-1", "--name", "fresh", "--data-source", evil, "--connectors", evil)
	s.runs("init", evil, "--env-id", "prod-1", "--name", "fresh", "--key", "outside/"+evil)
	for _, format := range []string{"text", "json"} {
		s.runs("doctor", "bad", "--format", format)
		s.runs("doctor", "--identity", evil, "--format", format)
	}
	s.runs("doctor", "envs", "--report", "report.txt", "--sandbox", "http://"+evil)
	s.runs("__complete", "plan", "envs", "--target", ":record/")
	s.runs("__complete", "plan", ":"+evil)
	s.runs("schema")
	s.runs("explain", "providers."+evil)
	s.runs("version")
	s.runs("completion", "bash")
	s.runs("man")
	s.runs("sandbox", "--seed", "bad")
	s.runs("secrets", "keygen", "--out", "envs")
}

// writes runs what writes, and what looks at what it left.
func (s *stage) writes() {
	s.shows("plan", "envs", "--out", "saved.plan")
	s.shows("apply", "envs", "--yes", "--verbose", "--format", "json", "--format", "json=did.json")
	s.runs("apply", "--plan", "saved.plan")                    // it is stale
	s.shows("apply", "elsewhere", "--yes", "--format", "html") // somebody else's hand
	for _, format := range []string{"text", "json", "jsonl", "markdown", "html", "github"} {
		s.shows("drift", "envs", "--format", format, "--format", "json=drift.json")
		s.shows("report", "merge", "drift.json", "--format", format)
		s.runs("report", "merge", "did.json", "--format", format)
		s.shows("plan", "envs", "--format", format, "--rehearse") // what both have moved
	}
	s.shows("export", "envs/prod.yaml", "--dry-run")
	s.runs("check", "envs", "--yes")
	s.write("learned/prod.yaml", "apiVersion: authsync/v1\nkind: Environment\nname: prod\nsystems: {cloudbase: {envId: prod-1}}\n")
	s.write("learned/quirks.yaml", "apiVersion: authsync/v1\nkind: Quirks\nsystems: {cloudbase: {sandbox: {client-secret: {value: masked, seen: "+quotedEvil+"}}}}\n")
	s.shows("learn", "prod", "learned", "--yes", "--verbose")
	s.runs("learn", evil, "learned", "--yes")
	s.runs("record", "prod", "learned", "--out", "recorded")
	s.runs("record", "prod", "elsewhere", "--out", evil)
	s.shows("apply", "envs", "--yes", "--format", "markdown")
	s.shows("undo", "envs/prod.yaml", "--yes")
	s.runs("secrets", "set", "providers.email.emailConfig.smtpConfig.accountPassword", "--in", "envs/prod.yaml")
	s.runs("secrets", "rotate", "providers.email.emailConfig.smtpConfig.accountPassword", "--in", "envs/prod.yaml")
	s.runs("secrets", "open", "--in", "envs/prod.yaml", "--path", evil)
	s.runs("secrets", "seal", "envs")
	s.runs("secrets", "check", "envs")
	s.runs("secrets", "rekey", "envs")
	s.runs("secrets", "edit", "envs/prod.yaml")
}

// refusals are errors about what somebody else has chosen.
func (s *stage) refusals() {
	for _, command := range [][]string{{"validate"}, {"plan"}, {"apply", "--yes"}, {"drift"}, {"diff"}, {"export"}, {"secrets", "check"}, {"secrets", "seal"}, {"secrets", "rekey"}, {"undo"}} {
		for _, path := range []string{"bad", "::error::bad.yaml", "noyaml.yaml", evil} {
			s.runs(append(command, path)...)
		}
	}
	s.shows(evil)
	s.shows("plan", "--"+evil)
	s.shows("plan", "envs", "--env", evil)
	s.shows("plan", "envs", "--target", "record/r/"+evil)
	s.runs("plan", "envs", "--format", evil)
	s.runs("plan", "envs", "--identity", "bad/"+evil)
	s.write("envs/prod.lock.yaml", "apiVersion: authsync/v1\nkind: "+quotedEvil+"\n")
	s.runs("plan", "envs")
	s.write("other.plan", `{"apiVersion": "`+"::error::forged\u202e"+`"}`)
	s.runs("apply", "--plan", "other.plan")
}
