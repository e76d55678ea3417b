package cli

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"authsync/remote/sandbox"
)

// endlessManifest names something of each kind that is read by a list.
const endlessManifest = `apiVersion: authsync/v1
kind: Environment
name: dev
systems:
  cloudbase: {envId: acme-dev}
  connectors: {url: "https://auth.acme.example"}
apiKeys: {server: {keyType: api_key, expireIn: 90d}}
integrations: {pay: {description: pays}}
connectors: {github: {type: Social}}
records: {sys_role: {envType: prod, key: code, rows: {admin: {name: Administrator}}}}
`

// endless is a service whose lists have no end. Item is what each item holds beside
// its id; size is how many a page holds.
type endless struct {
	real http.Handler
	item string
	size int
	next atomic.Int64
}

func (e *endless) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	shape, ok := map[string][3]string{
		"DescribeApiKeyList":     {`{"Response":{"RequestId":"r","Total":1000000000,"Data":[`, "KeyId", `]}}`},
		"GetUserKeyList":         {`{"Response":{"RequestId":"r","Total":1000000000,"UserKeyList":[`, "KeyID", `]}}`},
		"GetUserKeyTemplateList": {`{"Response":{"RequestId":"r","Total":1000000000,"KeyTemplateList":[`, "AuthTypeCode", `]}}`},
	}[r.Header.Get("X-TC-Action")]
	switch {
	case ok:
	case r.URL.Path == "/api/v1/connectors":
		shape = [3]string{`{"code":0,"result":{"total":1000000000,"data":[`, "id", `]}}`}
	case strings.Contains(r.URL.Path, "sys_role"):
		shape = [3]string{`{"@odata.count":1000000000,"value":[`, "_id", `]}`}
	default:
		e.real.ServeHTTP(w, r)
		return
	}
	io.WriteString(w, shape[0])
	for i := range e.size {
		if i > 0 {
			io.WriteString(w, ",")
		}
		_, err := fmt.Fprintf(w, `{%q:"%d","code":"c","Name":"n","connector_id":"c","CreateAt":"2026-01-01T00:00:00Z"%s}`, shape[1], e.next.Add(1), e.item)
		if err != nil {
			return // nobody reads any more
		}
	}
	io.WriteString(w, shape[2])
}

// peak is the most memory that a program has had, in bytes.
func peak(t *testing.T, state string) int {
	t.Helper()
	text, err := os.ReadFile(state)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "VmHWM:")
	words := strings.Fields(rest)
	if len(words) == 0 {
		t.Fatalf("the kernel does not tell:\n%s", text)
	}
	kilobytes, err := strconv.Atoi(words[0])
	if err != nil {
		t.Fatal(err)
	}
	return kilobytes << 10
}

// A run that reads lists without an end ends, with what is wrong, and before it has
// taken the machine's memory.
func TestListsWithoutAnEnd(t *testing.T) {
	if testing.Short() {
		t.Skip("the race detector takes memory of its own")
	}
	const most = 200 << 20
	fields := func(n int, value string) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(`,"f` + strconv.Itoa(i) + `":` + value)
		}
		return b.String()
	}
	for _, row := range []struct {
		name, item string
		size       int
		says       string
	}{
		{"small items", "", 200, "more than 48 MB"},
		{"items of many fields", fields(200, "0"), 200, "more than 48 MB"},
		{"items of many objects", fields(50, `{"":0}`), 200, "more than 48 MB"},
		{"long texts", fields(1, `"`+strings.Repeat("x", 30_000)+`"`), 100, "more than 48 MB"},
		{"pages of one item", "", 1, "more than 1000 pages"},
		{"one answer of many values", fields(1, "["+strings.Repeat("{},", 300_000)+"{}]"), 1, "more than 250000 values"},
		{"one answer without an end", fields(1, `"`+strings.Repeat("x", 1<<20)+`"`), 1 << 20, "larger than 8 MiB"},
	} {
		t.Run(row.name, func(t *testing.T) {
			secluded(t)
			t.Setenv(raceName, raceOptions)
			real, err := seeded(sandboxOptions{})
			if err != nil {
				t.Fatal(err)
			}
			listening, err := sandbox.Start("127.0.0.1:0", &endless{real: real, item: row.item, size: row.size})
			if err != nil {
				t.Fatal(err)
			}
			defer listening.Close()
			defer real.Close()
			file := filepath.Join(t.TempDir(), "dev.yaml")
			if err := os.WriteFile(file, []byte(endlessManifest), 0o600); err != nil {
				t.Fatal(err)
			}
			command := exec.Command("authsync", "plan", file, "--sandbox", listening.URL, "--rate", "100000")
			state := filepath.Join(t.TempDir(), "state")
			command.Env = append(os.Environ(), memoryFile+"="+state, "GOGC=100", "TENCENTCLOUD_SECRETID=sandbox", "TENCENTCLOUD_SECRETKEY=sandbox")
			said, _ := command.CombinedOutput()
			if code := command.ProcessState.ExitCode(); code != int(CodeError) || !strings.Contains(string(said), row.says) {
				t.Errorf("%v, want exit code 1 and %q:\n%.3000s", command.ProcessState, row.says, said)
			}
			if used := peak(t, state); used > most {
				t.Errorf("it took %d MB", used>>20)
			}
		})
	}
}
