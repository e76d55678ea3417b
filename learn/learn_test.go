package learn_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"authsync/learn"
	"authsync/remote"
	"authsync/remote/sandbox"
	"authsync/remote/service"
	"authsync/remote/transport"
	"authsync/schema"
	"authsync/schema/quirk"
	"authsync/schema/schematest"
	"authsync/secrets"
)

const envID = "acme-prod"

// town is a sandbox behind a real server, which is another one for each run.
type town struct {
	url     string
	current atomic.Pointer[sandbox.Server]
	// asked counts requests; with stop, the one that makes it that many cuts the run off.
	asked atomic.Int64
	stop  atomic.Pointer[func(n int64)]
	// lose says whether a request gets lost on its way, and arrives when the run is over;
	// nil = none does.
	lose func(*http.Request) bool
	late []*http.Request
	// gateway is the status with which something in between answers for what gets lost;
	// 0 = nothing does.
	gateway int
	// flying are the requests that are under way, also those that were given up on.
	flying  sync.WaitGroup
	timeout time.Duration // of a request
	dir     string
	runs    int
}

func newTown(t *testing.T) *town {
	w := &town{dir: t.TempDir(), timeout: time.Minute}
	w.current.Store(sandbox.New(sandbox.Options{}))
	h := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w.flying.Add(1)
		defer w.flying.Done()
		if w.lose != nil && w.lose(r) {
			w.lost(r)
			if w.gateway == 0 {
				panic(http.ErrAbortHandler)
			}
			rw.WriteHeader(w.gateway)
			io.WriteString(rw, "<html>upstream</html>")
			return
		}
		if !strings.HasPrefix(r.URL.Path, "/_sandbox") {
			n := w.asked.Add(1)
			if stop := w.stop.Load(); stop != nil {
				(*stop)(n)
			}
		}
		w.current.Load().ServeHTTP(rw, r)
	}))
	w.url = h.URL
	t.Cleanup(func() {
		w.current.Load().Close()
		h.CloseClientConnections()
		h.Close()
	})
	return w
}

// lost keeps a request for later.
func (w *town) lost(r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	late := r.Clone(context.Background())
	late.Body = io.NopCloser(bytes.NewReader(body))
	w.late = append(w.late, late)
}

// arrive waits until nothing is under way any more, and lets what got lost arrive.
func (w *town) arrive() {
	w.flying.Wait()
	for _, r := range w.late {
		w.current.Load().ServeHTTP(httptest.NewRecorder(), r)
	}
	w.late, w.lose = nil, nil
}

// open begins again, with what manifests say is live.
func (w *town) open(t fataler, quirks quirk.Set, live string) {
	s := sandbox.New(sandbox.Options{Quirks: quirks, Now: func() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }})
	w.runs++
	dir := filepath.Join(w.dir, fmt.Sprint(w.runs))
	file := filepath.Join(dir, "live.yaml")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(head+live), 0o600); err != nil {
		t.Fatal(err)
	}
	loaded := schema.Load([]string{file}, schema.SecretsPlain)
	if err := loaded.Faults.Mistakes().Err(); err != nil {
		t.Fatal(err)
	}
	for _, env := range loaded.Environments {
		if err := s.Seed(env); err != nil {
			t.Fatal(err)
		}
	}
	w.current.Store(s)
	w.asked.Store(0)
}

const head = "apiVersion: authsync/v1\nkind: Environment\nname: prod\n"

type fataler interface {
	Helper()
	Fatal(...any)
	Fatalf(string, ...any)
}

// run is one run against the town, with a site that remembers what runs before left.
func (w *town) run(t fataler, access transport.Access) learn.Run {
	t.Helper()
	file := filepath.Join(w.dir, fmt.Sprint(w.runs), "prod.yaml")
	text := head + "systems: {cloudbase: {envId: " + envID + "}}\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	loaded := schema.Load([]string{file}, schema.SecretsSealed)
	if err := loaded.Faults.Err(); err != nil {
		t.Fatal(err)
	}
	carrier, err := transport.New(transport.Options{Sandbox: w.url, Pause: time.Microsecond, Timeout: w.timeout, Rate: 10000, Access: access})
	if err != nil {
		t.Fatal(err)
	}
	budget := learn.Budget()
	site, err := remote.NewSite(loaded.Environments[0], remote.SiteConfig{Version: "1.2.3", Sandbox: "a digest", Waits: make([]time.Duration, 4), Config: service.Config{
		Transport: carrier.Bounded(budget), Keys: &secrets.Keyring{},
		LookupEnv: func(string) (string, bool) { return "", false },
		Hosts:     service.Sandboxed,
		Fallback:  &service.Fallback{Account: service.Credentials{SecretID: sandbox.SecretID, SecretKey: sandbox.SecretKey}, Token: sandbox.Token},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return learn.Run{Site: site, Budget: budget, Version: "1.2.3", Now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
}

// learned looks and tries.
func (w *town) learned(ctx context.Context, t fataler) (*learn.Survey, *learn.Report) {
	t.Helper()
	survey, err := learn.Look(ctx, w.run(t, transport.ReadWrite))
	if err != nil {
		return nil, &learn.Report{Errors: []error{err}}
	}
	report, err := survey.Try(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return survey, report
}

// state is what the sandbox holds.
func (w *town) state(t fataler) schema.Object {
	t.Helper()
	text, err := w.current.Load().State()
	if err != nil {
		t.Fatal(err)
	}
	v, err := schema.ParseJSON(text)
	if err != nil {
		t.Fatal(err)
	}
	return v.(schema.Object)
}

type asked struct {
	Action string
	Write  bool
	Body   struct {
		Id     string
		Config struct{ ClientSecret string }
	}
}

// requests are what the sandbox was asked, as it logs it.
func (w *town) requests(t fataler) (all []asked) {
	t.Helper()
	answer, err := http.Get(w.url + "/_sandbox/requests")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	for d := json.NewDecoder(answer.Body); ; {
		var a asked
		if err := d.Decode(&a); err == io.EOF {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, a)
	}
}

func (w *town) fault(t fataler, body string) {
	t.Helper()
	answer, err := http.Post(w.url+"/_sandbox/faults", "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusCreated {
		t.Fatalf("the fault %s: HTTP %d", body, answer.StatusCode)
	}
}

func (w *town) noFaults(t fataler) {
	t.Helper()
	r, _ := http.NewRequest(http.MethodDelete, w.url+"/_sandbox/faults", nil)
	gone, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	gone.Body.Close()
}

// told is all that a run leaves on this machine, and says.
func (w *town) told(t fataler, report *learn.Report) string {
	t.Helper()
	var all strings.Builder
	fmt.Fprintf(&all, "%+v %v", report.Findings, report.Errors)
	files, err := filepath.Glob(filepath.Join(w.dir, fmt.Sprint(w.runs), ".authsync", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(text)
	}
	return all.String()
}

// held checks that a run wrote to its scratch object alone, made no more requests than
// it may, and told none of the secrets that it wrote.
func (w *town) held(t fataler, survey *learn.Survey, report *learn.Report) {
	t.Helper()
	all, told := w.requests(t), w.told(t, report)
	for _, a := range all {
		if secret := a.Body.Config.ClientSecret; secret != "" && strings.Contains(told, secret) {
			t.Fatalf("the secret is told: %s", told)
		}
	}
	if len(all) > learn.Most || w.asked.Load() > learn.Most {
		t.Fatalf("%d requests", len(all))
	}
	for _, a := range all {
		mine := survey != nil && (a.Body.Id == survey.Scratch.Name ||
			slices.ContainsFunc(survey.Leftovers, func(k schema.Key) bool { return k.Name == a.Body.Id }))
		if a.Write && !mine {
			t.Fatalf("%s wrote to %q", a.Action, a.Body.Id)
		}
	}
}

func (w *town) forget(t fataler) {
	w.asked.Store(0)
	r, _ := http.NewRequest(http.MethodDelete, w.url+"/_sandbox/requests", nil)
	gone, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	gone.Body.Close()
}

var byScratch = func() (names []quirk.Name) {
	for _, q := range quirk.All() {
		if q.Found == quirk.ByScratch {
			names = append(names, q.Name)
		}
	}
	return names
}()

// right checks that nothing is named that is otherwise, and counts what is.
func right(t fataler, quirks quirk.Set, report *learn.Report) (named []quirk.Name) {
	t.Helper()
	for _, f := range report.Findings {
		if !quirks.Played(f.Name, f.Value) {
			t.Fatalf("%s is named %s (%s); the sandbox plays %v", f.Name, f.Value, f.Seen, quirks)
		}
		if slices.Contains(byScratch, f.Name) {
			named = append(named, f.Name)
		}
	}
	return named
}

// drawnLive is what somebody has in an environment.
func drawnLive(t *rapid.T) string {
	var b strings.Builder
	b.WriteString("systems: {cloudbase: {envId: " + envID + "}}\n")
	b.WriteString(rapid.SampledFrom([]string{"", "login: {emailLogin: true, mfaConfig: {on: true}}\n",
		"login: {phoneNumberLogin: true, smsVerificationConfig: {type: template, templateProvider: {vendor: TENCENT_CN, templateId: \"1\", sdkAppId: \"2\", signName: a, secretId: AKIDexample, secretKey: !plain a-secret-key}}}\n",
	}).Draw(t, "login"))
	b.WriteString("providers:\n")
	for i := range rapid.SampledFrom([]int{0, 1, 3, 17, 19}).Draw(t, "providers") {
		fmt.Fprintf(&b, "  p%02d: {providerType: OAUTH, name: {message: P}, on: %v, config: {clientId: a, clientSecret: !plain secret-%d}}\n", i, i%2 == 0, i)
	}
	b.WriteString(rapid.SampledFrom([]string{"", "  custom: {providerType: CUSTOM, on: true}\n",
		"  email: {providerType: EMAIL, on: true, emailConfig: {on: false, smtpConfig: {senderAddress: a@example.com, serverHost: smtp.example.com, serverPort: 465, accountUsername: a, accountPassword: !plain a-password}}}\n",
	}).Draw(t, "one more"))
	if strings.HasSuffix(b.String(), "providers:\n") {
		b.WriteString("  {}\n")
	}
	return b.String()
}

// drawnFaults are what goes wrong on the way. One refusal of a kind that a service
// could really give is among them at most: a service that always gives it is like that.
func drawnFaults(t *rapid.T) []string {
	faults := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) string {
		if rapid.IntRange(0, 19).Draw(t, "slow") == 0 {
			return fault(t, []string{"limit", "timeout"}, 1)
		}
		return fault(t, []string{"500", "reset", "half", "lost", "InternalError", "done:InternalError"},
			rapid.SampledFrom([]int{1, 1, 1, 1, 1, 1, 2, 30}).Draw(t, "times"))
	}), 0, 2).Draw(t, "faults")
	if rapid.Bool().Draw(t, "refuses") {
		faults = append(faults, fault(t, []string{"InvalidParameterValue", "done:InvalidParameterValue", "ResourceNotFound", "UnknownParameter", "done:ResourceNotFound", "done:UnknownParameter", "ResourceInUse"}, 1))
	}
	return faults
}

func fault(t *rapid.T, names []string, times int) string {
	return fmt.Sprintf(`{"match":%q,"nth":%d,"fault":%q,"times":%d}`,
		rapid.SampledFrom([]string{"GetProviders", "AddProvider", "ModifyProvider", "DeleteProvider", "POST /", "DescribeLoginConfig"}).Draw(t, "match"),
		rapid.SampledFrom([]int{1, 1, 2, 3, 4, 6, 9, 13}).Draw(t, "nth"), rapid.SampledFrom(names).Draw(t, "fault"), times)
}

// Whatever the hidden quirks are and whatever fails: no quirk is named that is
// otherwise, nothing but the scratch object is written, there are no more requests than
// there may be, and nothing stays behind, after the next run where a fault kept it.
func TestLearningUnderAnyReading(t *testing.T) {
	w := newTown(t)
	var count struct{ runs, faulty, possible, named, left int }
	lost := map[quirk.Name]int{}
	rapid.Check(t, func(t *rapid.T) {
		quirks := schematest.Quirks(t, schema.CloudBase)
		w.open(t, quirks, drawnLive(t))
		before := w.state(t)
		faults := drawnFaults(t)
		w.timeout = time.Minute
		if slices.ContainsFunc(faults, func(f string) bool { return strings.Contains(f, `"timeout"`) }) {
			w.timeout = 200 * time.Millisecond
		}
		for _, fault := range faults {
			w.fault(t, fault)
		}
		survey, report := w.learned(t.Context(), t)
		w.held(t, survey, report)
		named := right(t, quirks, report)
		count.runs++
		if len(faults) > 0 {
			count.faulty++
		}
		if len(faults) == 0 && (len(report.Errors) > 0 || len(report.Left) > 0) {
			t.Fatalf("%v: %v, left %v", quirks, report.Errors, report.Left)
		}
		if survey != nil && survey.Barred == "" {
			count.possible += len(byScratch)
			count.named += len(named)
			for _, name := range byScratch {
				if !slices.Contains(named, name) {
					lost[name]++
					if len(faults) == 0 {
						t.Fatalf("%v: %s is not named", quirks, name)
					}
				}
			}
		}
		if len(report.Left) > 0 {
			count.left++
		}
		w.arrive()
		w.noFaults(t)
		w.forget(t)
		w.timeout = time.Minute
		if len(faults) > 0 {
			again, cleaned := w.learned(t.Context(), t)
			w.held(t, again, cleaned)
			right(t, quirks, cleaned)
			if len(cleaned.Errors) > 0 || len(cleaned.Left) > 0 {
				t.Fatalf("%v: the next run: %v, left %v", faults, cleaned.Errors, cleaned.Left)
			}
		}
		if d := cmp.Diff(before, w.state(t)); d != "" {
			t.Fatalf("%v: what is live has changed (-before +after)\n%s", faults, d)
		}
	})
	t.Logf("%+v, not named: %v", count, lost)
	if count.named*10 < count.possible*9 {
		t.Errorf("%d of %d quirks were named", count.named, count.possible)
	}
}

// A run that is interrupted at any of its requests cleans up, and says that it was
// stopped.
func TestLearningInterrupted(t *testing.T) {
	w := newTown(t)
	for at := int64(1); at <= 12; at++ {
		w.open(t, quirk.Set{}, "systems: {cloudbase: {envId: "+envID+"}}\nproviders:\n  github: {providerType: OAUTH, name: {message: G}, on: true, config: {clientId: a}}\n")
		before := w.state(t)
		ctx, stop := context.WithCancelCause(t.Context())
		cut := func(n int64) {
			if n == at {
				stop(errors.New("somebody pressed a key"))
			}
		}
		w.stop.Store(&cut)
		survey, report := w.learned(ctx, t)
		w.held(t, survey, report)
		if d := cmp.Diff(before, w.state(t)); d != "" || len(report.Left) > 0 {
			t.Errorf("request %d: left %v (-before +after)\n%s", at, report.Left, d)
		}
		if ctx.Err() != nil && survey != nil && report.Stopped == nil {
			t.Errorf("request %d: it does not say that it was stopped", at)
		}
		right(t, quirk.Set{}, report)
	}
}

// Whichever requests fail, and in whatever way, those of the clean-up too: what stays behind
// is said to be left, and the next run deletes it.
func TestWhatStaysBehindIsTold(t *testing.T) {
	w := newTown(t)
	left := 0
	for _, fault := range []string{"500", "reset", "lost", "done:InternalError", "InvalidParameterValue", "done:InvalidParameterValue", "done:ResourceNotFound"} {
		for match, most := range map[string]int{"POST /": 13, "AddProvider": 1, "ModifyProvider": 2, "DeleteProvider": 2} {
			for nth := range most {
				nth++
				for _, times := range []int{1, 30} {
					quirks := quirk.Set{quirk.ProviderUpsert: []quirk.Value{quirk.Creates, quirk.Refused}[nth%2]}
					w.open(t, quirks, "systems: {cloudbase: {envId: "+envID+"}}\nproviders: {}\n")
					before := w.state(t)
					w.fault(t, fmt.Sprintf(`{"match":%q,"nth":%d,"fault":%q,"times":%d}`, match, nth, fault, times))
					survey, report := w.learned(t.Context(), t)
					w.held(t, survey, report)
					what := fmt.Sprintf("%s at %s %d, %d times", fault, match, nth, times)
					if d := cmp.Diff(before, w.state(t)); d != "" {
						left++
						if len(report.Left) == 0 {
							t.Errorf("%s: nothing is said to be left (-before +after)\n%s", what, d)
						}
					}
					w.noFaults(t)
					w.forget(t)
					if len(report.Left) == 0 {
						continue
					}
					_, next := w.learned(t.Context(), t)
					if d := cmp.Diff(before, w.state(t)); d != "" || len(next.Left) > 0 {
						t.Errorf("%s: the next run leaves %v (-before +after)\n%s", what, next.Left, d)
					}
				}
			}
		}
	}
	if left == 0 {
		t.Error("nothing stayed behind")
	}
}

// A write that gets no answer may arrive when the run is over, and make the scratch object
// again: then the run has said that it may be there, and the next one deletes it. So it is
// whichever write gets lost, and if the run is interrupted then.
func TestAWriteThatArrivesLate(t *testing.T) {
	w := newTown(t)
	arrived := 0
	for _, quirks := range []quirk.Set{{}, {quirk.ProviderUpsert: quirk.Creates}, {quirk.ProviderNeeds: quirk.Documented, quirk.ProviderUpsert: quirk.Creates, quirk.UndeclaredFields: quirk.Kept}} {
		for nth := 1; nth <= 8; nth++ {
			for _, w.gateway = range []int{0, http.StatusBadGateway, http.StatusGatewayTimeout} {
				for _, interrupted := range []bool{false, true} {
					arrived += w.lateWrite(t, quirks, nth, interrupted, "")
				}
			}
		}
	}
	if arrived == 0 {
		t.Error("no late write made the scratch object again")
	}
}

// That the attempts after it are refused says nothing of the one that may arrive, unless it
// would be refused for what it says, too.
func TestALateWriteBeforeRefusals(t *testing.T) {
	w := newTown(t)
	arrived := 0
	for _, code := range []string{"LimitExceeded", "FailedOperation", "ResourceInsufficient", "UnauthorizedOperation", "InternalError"} {
		arrived += w.lateWrite(t, quirk.Set{quirk.ProviderNeeds: quirk.Least}, 1, false, code)
	}
	if arrived == 0 {
		t.Error("no late write made the scratch object again")
	}
}

// lateWrite learns while the nth write gets lost, and has it arrive after that. With a
// code, the nth AddProvider gets lost, and the two behind it are refused with the code. It
// returns 1 if the state is another one then.
func (w *town) lateWrite(t *testing.T, quirks quirk.Set, nth int, interrupted bool, code string) (arrived int) {
	w.open(t, quirks, "systems: {cloudbase: {envId: "+envID+"}}\nproviders: {}\n")
	before := w.state(t)
	if code != "" {
		w.fault(t, fmt.Sprintf(`{"match":"AddProvider","nth":1,"fault":%q,"times":2}`, code))
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	writes := 0
	w.lose = func(r *http.Request) bool {
		action := r.Header.Get("X-TC-Action")
		if action != "AddProvider" && (code != "" || action != "ModifyProvider" && action != "DeleteProvider") {
			return false
		}
		writes++
		if writes == nth && interrupted {
			stop()
		}
		return writes == nth
	}
	survey, report := w.learned(ctx, t)
	w.held(t, survey, report)
	right(t, quirks, report)
	w.noFaults(t)
	w.arrive()
	if d := cmp.Diff(before, w.state(t)); d != "" {
		arrived = 1
		if len(report.Left) == 0 {
			t.Errorf("%v, write %d lost (%d), interrupted %v, then %s: nothing is said to be left (-before +after)\n%s", quirks, nth, w.gateway, interrupted, code, d)
		}
	}
	w.forget(t)
	_, next := w.learned(t.Context(), t)
	if d := cmp.Diff(before, w.state(t)); d != "" || len(next.Left) > 0 {
		t.Errorf("%v, write %d lost (%d), interrupted %v, then %s: the next run leaves %v (-before +after)\n%s", quirks, nth, w.gateway, interrupted, code, next.Left, d)
	}
	return arrived
}

// What a look between two calls is refused with says nothing of the call.
func TestALookThatIsRefusedNamesNothing(t *testing.T) {
	w := newTown(t)
	quirks := quirk.Set{quirk.ProviderNeeds: quirk.Least, quirk.ProviderUpsert: quirk.Creates}
	for _, call := range []string{"AddProvider", "ModifyProvider"} {
		for _, code := range []string{"InvalidParameterValue", "ResourceNotFound", "UnknownParameter", "ResourceInUse"} {
			for nth := 2; nth <= 6; nth++ {
				w.open(t, quirks, "systems: {cloudbase: {envId: "+envID+"}}\nproviders: {}\n")
				w.fault(t, fmt.Sprintf(`{"match":%q,"nth":1,"fault":"500"}`, call))
				w.fault(t, fmt.Sprintf(`{"match":"GetProviders","nth":%d,"fault":%q}`, nth, code))
				survey, report := w.learned(t.Context(), t)
				w.held(t, survey, report)
				right(t, quirks, report)
			}
		}
	}
}

// What one row says it is found out by is what the trials settle, and the other way
// round.
func TestTrialsSettleWhatTheTableSays(t *testing.T) {
	w := newTown(t)
	w.open(t, quirk.Set{}, "systems: {cloudbase: {envId: "+envID+"}}\n")
	survey, report := w.learned(t.Context(), t)
	var settled []quirk.Name
	for _, c := range survey.Calls() {
		settled = append(settled, c.Settles...)
	}
	for _, name := range byScratch {
		if !slices.Contains(settled, name) {
			t.Errorf("%s is settled by no trial", name)
		}
	}
	for _, name := range settled {
		if q, _ := quirk.Find(name); q.Found == quirk.Never {
			t.Errorf("%s is tried, and is never to be", name)
		}
	}
	for _, f := range report.Findings {
		if f.Quirk.Found == quirk.Never || f.Seen == "" || f.At != "2026-03-01T12:00:00Z" || f.Version != "1.2.3" {
			t.Errorf("%s: %+v", f.Name, f.Finding)
		}
	}
	if len(report.Unknown()) == 0 {
		t.Error("what reading did not tell is not said to be unknown")
	}
}
