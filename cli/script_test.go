package cli

import (
	"bytes"
	"encoding/json"
	"encoding/pem"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/testscript"

	"authsync/remote/sandbox"
	"authsync/schema"
	"authsync/schema/quirk"
)

// The test binary is authsync too, when a script calls it by that name: thousands of
// times. Properties with drawn input are tested in other packages, since package rapid
// takes milliseconds before each of those begins.
func TestMain(m *testing.M) {
	testscript.Main(plansChecked{m}, map[string]func(){
		"authsync": func() {
			keepPlans()
			code := Main(os.Args, Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr})
			noteMemory()
			os.Exit(code)
		},
		"age-plugin-stub": stubPlugin,
	})
}

// memoryFile names the file that a program leaves its state in, as the kernel tells
// it at its end. What the kernel tells whoever waits for it counts the test's memory.
const memoryFile = "TEST_MEMORY_FILE"

func noteMemory() {
	file := os.Getenv(memoryFile)
	if file == "" {
		return
	}
	if state, err := os.ReadFile("/proc/self/status"); err == nil {
		os.WriteFile(file, state, 0o600)
	}
}

// Under the race detector a program that ends waits a second for late races. A
// script starts too many programs for that.
const raceName, raceOptions = "GORACE", "atexit_sleep_ms=0"

// A program of a script lives for a moment. It need not collect garbage in it as
// often as one that lives on.
const garbageName, garbageOptions = "GOGC", "400"

// coverName says where a program that counts what of it runs leaves the counts.
// Without it the program writes a warning among its messages.
const coverName = "GOCOVERDIR"

// coverDir is where a test's programs leave their counts: where go test collects
// them, if it does.
func coverDir(t *testing.T) string {
	if dir := os.Getenv(coverName); dir != "" {
		return dir
	}
	return t.TempDir()
}

// TestScripts runs testdata/script/*.txtar. Each is one behaviour of the
// command line, told as a user would meet it; UPDATE=1 rewrites what they
// expect. Besides the commands of testscript there are:
//
//	sandbox [DIR] [-hide-secrets] [-devices-write-only] [-quirk NAME=VALUE]... [-rate N]
//	        serve a sandbox whose live state is DIR, and send authsync there;
//	        it is at $PORT
//	code N COMMAND...
//	        the command must exit with N
//	requests [-writes] [-bodies]
//	        what the sandbox was asked: tenant, action, a * for a write; by
//	        tenant, and reads that may run at once by name; ! requests: nothing
//	nowrites
//	        fail if the sandbox was asked to write
//	forget
//	        empty the sandbox's log
//	state PATH
//	        a part of what the sandbox holds, as JSON
//	identity VARIABLE JSON
//	        a job's token of the sandbox, into a variable; see its POST /_sandbox/web-identity
//	respells
//	        from now on authsync reads every address of the sandbox in small letters,
//	        and its lines end with CRLF
//	fault JSON
//	        make a request to the sandbox fail; see its POST /_sandbox/faults
//	answer JSON
//	        what an identity provider answers; see the sandbox's POST /_sandbox/answers
//	secure FILE...
//	        serve the sandbox over TLS too, with a certificate that authsync trusts by
//	        SSL_CERT_FILE; its HOST:PORT takes the place of SECURE in the files
//	await ACTION
//		until the sandbox has been asked for an action
//	journal DIR ENVIRONMENT
//		the last journal of an environment, with T for times, D for digests and N for the process
//	unarmored FILE
//	        the file with (sealed) in the place of every sealed text
//	elapsed FILE
//		let every time in a vault be over until when a key lives on
//	untimed FILE
//	        the file with (time) in the place of every time
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:           "testdata/script",
		UpdateScripts: os.Getenv("UPDATE") != "",
		Setup: func(env *testscript.Env) error {
			env.Values[sandboxKey{}] = new(scriptSandbox)
			env.Setenv(raceName, raceOptions)
			env.Setenv(garbageName, garbageOptions)
			env.Setenv("LF", "\n") // which a script has no other way to say
			env.Setenv("CR", "\r")
			ownKeys(t, env.WorkDir)
			env.Setenv("XDG_STATE_HOME", filepath.Join(env.WorkDir, ".tmp", "state"))
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"sandbox":   cmdSandbox,
			"seed":      cmdSeed,
			"code":      cmdCode,
			"requests":  cmdRequests,
			"nowrites":  cmdNoWrites,
			"forget":    cmdForget,
			"state":     cmdState,
			"fault":     cmdFault,
			"answer":    cmdAnswer,
			"secure":    cmdSecure,
			"respells":  cmdRespells,
			"identity":  cmdIdentity,
			"unarmored": cmdUnarmored,
			"elapsed":   cmdElapsed,
			"untimed":   cmdUntimed,
			"await":     cmdAwait,
			"journal":   cmdJournal,
			"lines":     cmdLines,
		},
	})
}

// ownKeys closes files with private keys to others, as a person would.
func ownKeys(t *testing.T, dir string) {
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		text, err := os.ReadFile(path)
		if err == nil && bytes.Contains(text, []byte("AGE-SECRET-KEY-")) || bytes.Contains(text, []byte("PRIVATE KEY-----")) {
			return os.Chmod(path, 0o600)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

type sandboxKey struct{}

// scriptSandbox is the sandbox of one script. The zero value is none.
type scriptSandbox struct {
	url    string
	server *sandbox.Server
}

func sandboxOf(ts *testscript.TestScript) *scriptSandbox {
	s := ts.Value(sandboxKey{}).(*scriptSandbox)
	if s.url == "" {
		ts.Fatalf("there is no sandbox yet")
	}
	return s
}

func cmdSandbox(ts *testscript.TestScript, neg bool, args []string) {
	var o sandboxOptions
	flags := flag.NewFlagSet("sandbox", flag.ContinueOnError)
	o.server.Quirks = quirk.Set{}
	for name, short := range shorthands {
		flags.BoolFunc(name, "", func(string) error {
			o.server.Quirks.Add(short.sets)
			return nil
		})
	}
	flags.IntVar(&o.server.Rate, "rate", 0, "")
	flags.Func("quirk", "", func(text string) error { return addQuirks(o.server.Quirks, []string{text}) })
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		o.seed, args = ts.MkAbs(args[0]), args[1:]
	}
	ts.Check(flags.Parse(args))
	server, err := seeded(o)
	ts.Check(err)
	listening, err := sandbox.Start("127.0.0.1:0", server)
	ts.Check(err)
	ts.Defer(func() {
		server.Close()
		listening.Close()
	})
	*ts.Value(sandboxKey{}).(*scriptSandbox) = scriptSandbox{listening.URL, server}
	ts.Setenv("AUTHSYNC_SANDBOX", listening.URL)
	ts.Setenv("PORT", listening.URL[strings.LastIndex(listening.URL, ":")+1:])
}

// cmdSeed makes an object live as a service has it, whatever a manifest could
// say of it.
func cmdSeed(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: seed KIND TENANT JSON")
	}
	server := sandboxOf(ts).server
	seed := map[string]func(string, schema.Object) error{
		"apiKey": server.SeedAPIKey, "integration": server.SeedIntegration,
		"connector": server.SeedConnector, "provider": server.SeedProvider, "login": server.SeedLogin,
		"authDomain": server.SeedAuthDomain,
	}[args[0]]
	if seed == nil {
		ts.Fatalf("no kind %s to seed", args[0])
	}
	wire, err := schema.ParseJSON([]byte(args[2]))
	ts.Check(err)
	ts.Check(seed(args[1], wire.(schema.Object)))
}

func cmdCode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: code N COMMAND...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	err = ts.Exec(args[1], args[2:]...)
	var ended *exec.ExitError
	switch {
	case errors.As(err, &ended):
		got = ended.ExitCode()
	case err != nil:
		ts.Fatalf("%v", err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// request is what the tests read of a line of the sandbox's log.
type request struct {
	Action, Tenant, Method, Path string
	Body                         json.RawMessage
	Write                        bool
}

func (r request) String() string {
	text := r.Tenant + " " + r.Action
	if r.Action == "" {
		text += r.Method + " " + r.Path
	}
	if r.Write {
		text += " *"
	}
	return text
}

// requestsOf are the requests that a sandbox got. The reads between two writes
// of a tenant may have come in any order: they are sorted.
func requestsOf(url string) ([]request, error) {
	text, err := get(url + "/_sandbox/requests")
	if err != nil {
		return nil, err
	}
	var all []request
	for d := json.NewDecoder(bytes.NewReader(text)); ; {
		var r request
		switch err := d.Decode(&r); {
		case err == io.EOF:
			sortRequests(all)
			return all, nil
		case err != nil:
			return nil, err
		}
		all = append(all, r)
	}
}

func sortRequests(all []request) {
	sort.SliceStable(all, func(i, j int) bool { return all[i].Tenant < all[j].Tenant })
	for from := 0; from < len(all); {
		to := from
		for to < len(all) && all[to].Tenant == all[from].Tenant && !all[to].Write {
			to++
		}
		reads := all[from:to]
		sort.SliceStable(reads, func(i, j int) bool { return reads[i].String() < reads[j].String() })
		from = max(to, from+1)
	}
}

func cmdRequests(ts *testscript.TestScript, neg bool, args []string) {
	flags := flag.NewFlagSet("requests", flag.ContinueOnError)
	writes := flags.Bool("writes", false, "")
	bodies := flags.Bool("bodies", false, "")
	ts.Check(flags.Parse(args))
	all, err := requestsOf(sandboxOf(ts).url)
	ts.Check(err)
	for _, r := range all {
		if *writes && !r.Write {
			continue
		}
		if neg {
			ts.Fatalf("the sandbox was asked: %s", r)
		}
		fmt.Fprint(ts.Stdout(), r)
		if *bodies {
			fmt.Fprintf(ts.Stdout(), " %s", r.Body)
		}
		fmt.Fprintln(ts.Stdout())
	}
}

func cmdNoWrites(ts *testscript.TestScript, neg bool, args []string) {
	all, err := requestsOf(sandboxOf(ts).url)
	ts.Check(err)
	for _, r := range all {
		if r.Write {
			ts.Fatalf("the sandbox was asked to write: %s", r)
		}
	}
}

func cmdForget(ts *testscript.TestScript, neg bool, args []string) {
	ts.Check(ask(http.MethodDelete, sandboxOf(ts).url+"/_sandbox/requests", ""))
}

func cmdState(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: state PATH")
	}
	path, err := schema.ParsePath(args[0])
	ts.Check(err)
	text, err := get(sandboxOf(ts).url + "/_sandbox/state")
	ts.Check(err)
	var part any
	ts.Check(json.Unmarshal(text, &part))
	for _, name := range path {
		object, _ := part.(map[string]any)
		var ok bool
		if part, ok = object[name]; !ok {
			ts.Fatalf("%s: there is no %s", path, name)
		}
	}
	e := json.NewEncoder(ts.Stdout())
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	ts.Check(e.Encode(part))
}

func cmdIdentity(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: identity VARIABLE JSON")
	}
	var wanted sandbox.WebIdentity
	ts.Check(json.Unmarshal([]byte(args[1]), &wanted))
	ts.Setenv(args[0], sandboxOf(ts).server.WebIdentity(wanted))
}

func cmdFault(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: fault JSON")
	}
	ts.Check(ask(http.MethodPost, sandboxOf(ts).url+"/_sandbox/faults", args[0]))
}

func cmdAnswer(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: answer JSON")
	}
	ts.Check(ask(http.MethodPost, sandboxOf(ts).url+"/_sandbox/answers", args[0]))
}

func cmdSecure(ts *testscript.TestScript, neg bool, args []string) {
	server := httptest.NewUnstartedServer(sandboxOf(ts).server)
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // of who does not trust it
	server.StartTLS()
	ts.Defer(server.Close)
	address := strings.TrimPrefix(server.URL, "https://")
	trusted := ts.MkAbs("trusted.pem")
	ts.Check(os.WriteFile(trusted, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}), 0o600))
	ts.Setenv("SSL_CERT_FILE", trusted)
	ts.Setenv("SECURE", address)
	for _, file := range args {
		ts.Check(os.WriteFile(ts.MkAbs(file), []byte(strings.ReplaceAll(ts.ReadFile(file), "SECURE", address)), 0o600))
	}
}

// cmdAwait asks again and again: a program in the background tells nobody how
// far it has come. That it comes there is what the script goes on from.
func cmdAwait(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 || len(args) > 2 {
		ts.Fatalf("usage: await ACTION [TIMES]")
	}
	times := 1
	if len(args) == 2 {
		var err error
		times, err = strconv.Atoi(args[1])
		ts.Check(err)
	}
	for end := time.Now().Add(time.Minute); time.Now().Before(end); {
		all, err := requestsOf(sandboxOf(ts).url)
		ts.Check(err)
		asked := 0
		for _, r := range all {
			if r.Action == args[0] {
				asked++
			}
		}
		if asked >= times {
			return
		}
	}
	ts.Fatalf("nobody has asked for %s", args[0])
}

// cmdLines wants each line of a file to be the environment of that number in a JSON
// result.
func cmdLines(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: lines JSONL JSON")
	}
	var all struct{ Environments []any }
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[1])), &all))
	lines := strings.Split(strings.TrimSuffix(ts.ReadFile(args[0]), "\n"), "\n")
	if len(lines) != len(all.Environments) {
		ts.Fatalf("%d lines for %d environments", len(lines), len(all.Environments))
	}
	for i, line := range lines {
		var got map[string]any
		ts.Check(json.Unmarshal([]byte(line), &got))
		if diff := cmp.Diff(all.Environments[i], any(got)); diff != "" {
			ts.Fatalf("line %d (-json +jsonl)\n%s", i+1, diff)
		}
	}
}

// journalPlaces are where a journal says that systems are: the sandbox's identity
// is another in each script.
var journalPlaces = regexp.MustCompile(`"systems":\{(?:"[a-z]+":\{[^}]*\},?)*\},`)

var inJournal = regexp.MustCompile(`"20[0-9]{2}-[0-9-]+T[0-9:]+Z"|"pid":[0-9]+|[0-9a-f]{32,}`)

func cmdJournal(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: journal DIR ENVIRONMENT")
	}
	all, err := filepath.Glob(filepath.Join(ts.MkAbs(args[0]), args[1]+"-0*.jsonl"))
	ts.Check(err)
	if len(all) == 0 {
		ts.Fatalf("there is no journal")
	}
	text := journalPlaces.ReplaceAllString(ts.ReadFile(all[len(all)-1]), "")
	fmt.Fprint(ts.Stdout(), inJournal.ReplaceAllStringFunc(text, func(found string) string {
		switch {
		case strings.HasPrefix(found, `"pid"`):
			return `"pid":N`
		case !strings.HasPrefix(found, `"`):
			return "D"
		case strings.HasPrefix(found, `"2026-01-02T`): // the script's own
			return found
		}
		return `"T"`
	}))
}

var armor = regexp.MustCompile(`(?s)-----BEGIN AGE ENCRYPTED FILE-----.*?-----END AGE ENCRYPTED FILE-----`)

func cmdUnarmored(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: unarmored FILE")
	}
	fmt.Fprint(ts.Stdout(), armor.ReplaceAllString(ts.ReadFile(args[0]), "(sealed)"))
}

var instant = regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ`)

var until = regexp.MustCompile(`until: \d{4}-`)

func cmdElapsed(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: elapsed FILE")
	}
	text := ts.ReadFile(args[0])
	if !until.MatchString(text) {
		ts.Fatalf("%s: nothing lives on there", args[0])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(until.ReplaceAllString(text, "until: 2001-")), 0o600))
}

func cmdUntimed(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: untimed FILE")
	}
	fmt.Fprint(ts.Stdout(), instant.ReplaceAllString(ts.ReadFile(args[0]), "(time)"))
}

var sandboxClient = &http.Client{Timeout: 30 * time.Second}

// get reads one of a sandbox's own pages.
func get(url string) ([]byte, error) {
	answer, err := sandboxClient.Get(url)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s", url, answer.Status)
	}
	return io.ReadAll(answer.Body)
}

// ask makes a sandbox do something.
func ask(method, url, body string) error {
	r, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		return err
	}
	answer, err := sandboxClient.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode >= 300 {
		err = fmt.Errorf("%s: %s: %s", url, answer.Status, text)
	}
	return err
}
