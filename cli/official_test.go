package cli

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"
	tchttp "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/http"
	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/profile"

	"authsync/remote/sandbox"
	"authsync/remote/sandbox/official"
	"authsync/schema/quirk"
)

// officialWorld is a sandbox as the makers' examples show the services, and where
// manifests of it are.
type officialWorld struct {
	*testing.T
	server *sandbox.Server
	at     string // host and port
	dir    string
	public string
}

func newOfficialWorld(t *testing.T, quirks quirk.Set) *officialWorld {
	secluded(t)
	w := &officialWorld{T: t, server: sandbox.New(sandbox.Options{Quirks: quirks}), dir: t.TempDir()}
	listening, err := sandbox.Start("127.0.0.1:0", w.server)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		w.server.Close()
		listening.Close()
	})
	w.at = strings.TrimPrefix(listening.URL, "http://")
	t.Setenv("AUTHSYNC_SANDBOX", listening.URL)
	key := filepath.Join(w.dir, "key.txt")
	w.public = strings.TrimSpace(strings.TrimPrefix(must(t, 0, "secrets", "keygen", "--out", key).err, "Public key: "))
	t.Setenv("AUTHSYNC_IDENTITY_FILE", key)
	return w
}

// exported is the manifest of an environment, whose own plan is empty.
func (w *officialWorld) exported(envID string) string {
	w.Helper()
	envs := filepath.Join(w.dir, envID)
	done := must(w.T, 0, "export", envs, "--env-id", envID, "--to", w.public)
	if !strings.Contains(done.err, "its own plan is empty") {
		w.Errorf("%s: %s", envID, done.err)
	}
	file := filepath.Join(envs, envID+".yaml")
	w.quiet(file)
	return file
}

// quiet wants a plan that does nothing, and has nothing to warn of.
func (w *officialWorld) quiet(file string) {
	w.Helper()
	plan := must(w.T, 0, "plan", file, "--exit-code")
	if !strings.Contains(plan.out, "nothing to do") || strings.Contains(plan.out+plan.err, "warning") {
		w.Errorf("%s\n%s", plan.out, plan.err)
	}
}

// edit changes a manifest's text, each word once.
func (w *officialWorld) edit(file string, words ...string) {
	w.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		w.Fatal(err)
	}
	edited := string(text)
	for i := 0; i < len(words); i += 2 {
		if !strings.Contains(edited, words[i]) {
			w.Fatalf("the manifest has no %q:\n%s", words[i], edited)
		}
		edited = strings.Replace(edited, words[i], words[i+1], 1)
	}
	if err := os.WriteFile(file, []byte(edited), 0o600); err != nil {
		w.Fatal(err)
	}
}

// applied makes a manifest so, and wants all of it read back as wanted.
func (w *officialWorld) applied(file string, flags ...string) {
	w.Helper()
	done := must(w.T, 0, append([]string{"apply", file, "--yes"}, flags...)...)
	if !strings.Contains(done.out, "read back: ") || strings.Contains(done.out, "not as wanted") {
		w.Error(done.out)
	}
	w.quiet(file)
}

// officialQuirks are the readings of what is not known that the examples show.
var officialQuirks = quirk.Set{
	quirk.ReservedProviders: quirk.Unlisted, quirk.ProviderUnset: quirk.Absent,
	quirk.WXOpen: quirk.Permanent, quirk.ProviderUpsert: quirk.Creates,
}

// What the examples show of an environment is exported, changed and applied
// without noise, and so it is under the other readings.
func TestOfficialStates(t *testing.T) {
	for name, quirks := range map[string]quirk.Set{"as shown": officialQuirks, "as documented": {}} {
		t.Run(name, func(t *testing.T) {
			w := newOfficialWorld(t, quirks)
			const envID = "env-123"
			if err := official.Seed(w.server, envID); err != nil {
				t.Fatal(err)
			}
			file := w.exported(envID)
			w.edit(file,
				"anonymousLogin: true", "anonymousLogin: false",
				"maxDevice: 1", "maxDevice: 2",
				"scope: email openid profile", "scope: openid email",
				"message: Google", "message: 谷歌",
			)
			w.applied(file, "--allow", "weaken")
		})
	}
}

// After each request that an example shows, the environment is exported without
// noise, whether a part of a config is laid over what there is or replaces it.
func TestOfficialRequests(t *testing.T) {
	book, err := official.Examples()
	if err != nil {
		t.Fatal(err)
	}
	for _, config := range []quirk.Value{quirk.Replaced, quirk.Merged} {
		t.Run(string(config), func(t *testing.T) {
			quirks := maps.Clone(officialQuirks)
			quirks[quirk.ProviderConfig], quirks[quirk.EmailConfig] = config, config
			w := newOfficialWorld(t, quirks)
			made := 0
			for i, call := range book.Calls {
				if writes(call) && w.make(fmt.Sprintf("env-%d", i), call) {
					made++
				}
			}
			if made < 15 {
				t.Errorf("only %d requests were made", made)
			}
		})
	}
}

// writes reports whether an example is one of a change of an environment.
func writes(call official.Call) bool {
	return call.System == "cloudbase" && !strings.HasPrefix(call.Call, "Describe") && call.Call != "GetProviders"
}

// make makes the request of an example, of an environment of its own, and exports
// that. The sandbox's own test has the actions that it does not play.
func (w *officialWorld) make(envID string, call official.Call) bool {
	w.Helper()
	if err := call.Prepare(w.server, envID); err != nil {
		w.Fatal(err)
	}
	err := w.send(envID, call)
	if err != nil && !strings.Contains(err.Error(), "InvalidAction") {
		w.Errorf("%s, %s: %v", call.Call, call.Title, err)
	}
	if err == nil {
		w.exported(envID)
	}
	return err == nil
}

// send makes the request of an example, in another environment.
func (w *officialWorld) send(envID string, call official.Call) error {
	params := map[string]any{}
	if err := json.Unmarshal(call.Request, &params); err != nil {
		w.Fatal(err)
	}
	if params["Id"] == params["EnvId"] {
		params["Id"] = envID
	}
	params["EnvId"] = envID
	p := profile.NewClientProfile()
	p.HttpProfile.Scheme, p.HttpProfile.Endpoint = "HTTP", w.at
	request := tchttp.NewCommonRequest("tcb", "2018-06-08", call.Call)
	if err := request.SetActionParameters(params); err != nil {
		w.Fatal(err)
	}
	key := common.NewCredential(sandbox.SecretID, sandbox.SecretKey)
	return common.NewCommonClient(key, "ap-shanghai", p).Send(request, tchttp.NewCommonResponse())
}

// restManifest asks for what the examples of the services with paths create.
const restManifest = `apiVersion: authsync/v1
kind: Environment
name: rest
systems:
  connectors: {url: https://your-domain.example, token: !env OFFICIAL_TOKEN}
  devices: {url: https://iot.example, token: !env OFFICIAL_TOKEN}
connectors:
  aliyun-dm:
    type: Email
    enabled: true
    config:
      access_key_id: LTAI5tExample
      access_key_secret: !env OFFICIAL_MAIL
      account_name: noreply@example.com
      region: cn-hangzhou
  github:
    type: Social
    enabled: true
    config: {client_id: Iv1.abcdef123456, client_secret: !env OFFICIAL_GITHUB}
applications:
  ykjCyWAG5MDnTmFY:
    name: API服务-测试
    description: "1"
    provider: internal-standalone
    integrationModes: [apiServer]
    apiServer:
      secureKey: !env OFFICIAL_KEY
      roleIdList: ["1589807922792402944"]
      orgIdList: ["1595617360684232704"]
`

// What the examples of the services with paths create, authsync creates by the same
// requests, and then has nothing to do.
func TestOfficialCreations(t *testing.T) {
	w := newOfficialWorld(t, nil)
	for name, value := range map[string]string{
		"TOKEN": sandbox.Token, "MAIL": "your-secret-key", "GITHUB": "your-github-client-secret", "KEY": "BkPZhjK36Zb8M2KRpKdAM2krCDCNNdYZ",
	} {
		t.Setenv("OFFICIAL_"+name, value)
	}
	w.server.SeedRole("iot.example", "1589807922792402944", "a role")
	w.server.SeedOrganization("iot.example", "1595617360684232704", "an organization")
	file := filepath.Join(w.dir, "rest.yaml")
	if err := os.WriteFile(file, []byte(restManifest), 0o600); err != nil {
		t.Fatal(err)
	}
	w.applied(file)

	sent := map[string]int{}
	for _, r := range w.sent() {
		sent[r.Method+" "+r.Path+" "+canonical(t, r.Body)]++
	}
	book, err := official.Examples()
	if err != nil {
		t.Fatal(err)
	}
	made := 0
	for _, call := range book.Calls {
		if call.System == "cloudbase" || !strings.HasPrefix(call.Call, "POST ") || call.Request == nil {
			continue
		}
		made++
		var body any
		if err := json.Unmarshal(call.Request, &body); err != nil {
			t.Fatal(err)
		}
		if want := call.Call + " " + canonical(t, body); sent[want] != 1 {
			t.Errorf("%s is not sent; there are %q", want, slices.Sorted(maps.Keys(sent)))
		}
	}
	if made != 3 {
		t.Errorf("%d creations were looked for", made)
	}
}

// sentRequest is a line of the sandbox's log.
type sentRequest struct {
	Action, Method, Path, Tenant string
	Body                         map[string]any
}

func (w *officialWorld) sent() []sentRequest {
	w.Helper()
	log, err := get("http://" + w.at + "/_sandbox/requests")
	if err != nil {
		w.Fatal(err)
	}
	var all []sentRequest
	for line := range strings.Lines(string(log)) {
		var r sentRequest
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			w.Fatal(err)
		}
		all = append(all, r)
	}
	return all
}

// What an example adds, authsync adds to another environment by a request that says
// the same.
func TestOfficialProvidersAreAddedAgain(t *testing.T) {
	book, err := official.Examples()
	if err != nil {
		t.Fatal(err)
	}
	w := newOfficialWorld(t, officialQuirks)
	added, again := 0, 0
	for i, call := range book.Calls {
		if call.Call != "AddProvider" {
			continue
		}
		added++
		from, to := fmt.Sprintf("env-%d", i), fmt.Sprintf("fresh-%d", i)
		if err := w.send(from, call); err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(w.exported(from))
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(t.TempDir(), from+".yaml") // secrets are bound to the name
		if err := os.WriteFile(file, []byte(strings.ReplaceAll(string(text), "envId: "+from, "envId: "+to)), 0o600); err != nil {
			t.Fatal(err)
		}
		w.applied(file, "--allow", "weaken")
		var want map[string]any
		if err := json.Unmarshal(call.Request, &want); err != nil {
			t.Fatal(err)
		}
		want["EnvId"] = to
		for _, r := range w.sent() {
			if r.Tenant != to || r.Action != call.Call {
				continue
			}
			again++
			if !says(r.Body, want) {
				t.Errorf("%s is sent as %s", canonical(t, want), canonical(t, r.Body))
			}
		}
	}
	if added != 3 || again != 3 {
		t.Errorf("%d providers were added, and %d again", added, again)
	}
}

// says reports whether a request has all that another one has.
func says(got, want map[string]any) bool {
	for name, value := range want {
		inner, isObject := value.(map[string]any)
		has, _ := got[name].(map[string]any)
		if isObject && !says(has, inner) || !isObject && !reflect.DeepEqual(got[name], value) {
			return false
		}
	}
	return true
}

// canonical is a JSON value as text, always the same.
func canonical(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
