package torture

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"authsync/schema/quirk"
)

// fault is what may become of a request.
type fault struct {
	name    string
	act     func(*tap, http.ResponseWriter, *http.Request)
	ends    bool          // the process does not come to its own end
	unheard bool          // the work is done, and nobody is told
	edits   bool          // somebody else changes what is live
	timeout time.Duration // of the program's; 0 is its own
}

var faults = []fault{
	{name: "limit", act: throw("limit")},
	{name: "500", act: throw("500")},
	{name: "timeout", act: throw("timeout"), timeout: 1500 * time.Millisecond},
	{name: "reset", act: throw("reset")},
	{name: "half", act: throw("half"), unheard: true},
	{name: "lost", act: throw("lost"), unheard: true},
	{name: "kill-before", act: killBefore, ends: true},
	{name: "kill-after", act: killAfter, ends: true, unheard: true},
	{name: "interrupt", act: interrupt},
	{name: "interrupts", act: insist, unheard: true},
	{name: "still", act: throw("still")}, // done, and the stamp of what it changes stays
	{name: "back", act: throw("back")},   // done, and the stamp goes back
	{name: "edit", act: edit, edits: true},
}

// scenario is what is done to an environment.
type scenario struct {
	name   string
	before string // what was applied before; "" is nothing
	git    string
	quirks quirk.Set // that the sandbox plays
}

var scenarios = []scenario{
	{name: "first", git: "first"},                  // what people clicked together becomes git's
	{name: "again", before: "first", git: "again"}, // git moves on, with a lock and a vault
}

// begin makes a world in which a scenario can be played.
func (s scenario) begin(dir string) (*world, error) {
	git := s.before
	if git == "" {
		git = s.git
	}
	w, err := newWorld(dir, "testdata/live", s.quirks)
	if err == nil {
		err = w.want(bench.git[git])
	}
	if err == nil {
		err = w.befriend()
	}
	if err != nil || s.before == "" {
		return w, err
	}
	o, err := w.consent(applying(wanted.of(s)...)...)
	if err == nil && o.code != 0 {
		err = errors.New(o.String())
	}
	if err == nil {
		wanted.are(s, o.args[len(applying()):])
		err = w.want(bench.git[s.git])
	}
	if err == nil {
		err = w.tell(http.MethodDelete, "/_sandbox/requests", "")
	}
	return w, err
}

// wanted are the flags that the apply before a scenario wants to be allowed by. Each
// world of the scenario begins alike: those after the first need not be refused.
var wanted remembered

// remembered are flags by scenario. Its zero value is empty.
type remembered struct{ flags sync.Map }

func (r *remembered) of(s scenario) []string {
	flags, _ := r.flags.Load(s.String())
	words, _ := flags.([]string)
	return words
}

func (r *remembered) are(s scenario, flags []string) { r.flags.Store(s.String(), flags) }

// String is the scenario's name, with what its sandbox plays.
func (s scenario) String() string { return fmt.Sprint(s.name, s.quirks) }

// undisturbed is where all cases of a scenario have to come to.
type undisturbed struct {
	scenario scenario
	requests []request
	allowed  []string // the flags by which its plan is allowed
	live     live
	edited   live // where it comes to if somebody else's edit was before all of it
	crossed  live // where it comes to if another run wrote the same issuer in the same moment: see [underived]
	lock     lockFile
	keys     []string // that the manifest names, in the vault
}

// result is what a case came to.
type result struct {
	scenario string
	strikes  []strike
	struck   []string // requests
	code     int      // of the run that was struck
	runs     int      // plain runs after it, until the exit code was 0
	gone     bool     // the disk that a token was to be kept on
	rotated  bool     // a token was lost, was said to be, and was replaced as told
	missing  int      // entries that the lock does not have
	took     time.Duration
	window   bool // an edit was lost that came with the very request that writes
	other    bool // the same command was not enough: less was left to be allowed
	left     int  // hidden files of writes that were cut off
	problems []string
	known    map[int]int // problems that are open, by their place in the list
}

// strike is a fault at the nth request after the strike before.
type strike struct {
	fault
	nth int
}

func (r result) name() string {
	name := r.scenario
	for _, s := range r.strikes {
		name += fmt.Sprintf("/%s/%d", s.name, s.nth)
	}
	return name
}

// hit reports whether a fault of a sort has struck a request of a sort.
func (r result) hit(sort func(fault) bool, name func(request string) bool) bool {
	for i, request := range r.struck {
		if sort(r.strikes[i].fault) && name(request) {
			return true
		}
	}
	return false
}

func edits(f fault) bool   { return f.edits }
func ends(f fault) bool    { return f.ends }
func unheard(f fault) bool { return f.unheard }
func anyFault(fault) bool  { return true }
func anything(string) bool { return true }

// wrote reports whether a request that was struck is a write.
func (r result) wrote() bool { return r.hit(anyFault, struckWrite) }

func (r *result) problem(format string, args ...any) {
	r.problems = append(r.problems, fmt.Sprintf(format, args...))
}

func applying(more ...string) []string {
	return append(append([]string{"apply", manifestName, "--yes", "--no-color"}, bench.flags...), more...)
}

func planning(more ...string) []string {
	return append(append([]string{"plan", manifestName, "--exit-code", "--no-color"}, bench.flags...), more...)
}

// reached is where scenarios come to, each found out once for all tests.
var reached sync.Map

// undisturb returns where the scenario comes to without any fault.
func undisturb(t *testing.T, s scenario) undisturbed {
	t.Helper()
	once, _ := reached.LoadOrStore(s.String(), sync.OnceValues(s.undisturbed))
	u, err := once.(func() (undisturbed, error))()
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// undisturbed runs the scenario without any fault.
func (s scenario) undisturbed() (undisturbed, error) {
	u := undisturbed{scenario: s}
	dir, err := os.MkdirTemp("", "undisturbed")
	if err != nil {
		return u, err
	}
	defer os.RemoveAll(dir)
	first, err := s.begin(filepath.Join(dir, "first"))
	if err != nil {
		return u, err
	}
	u.allowed, err = first.allowed()
	first.close()
	if err != nil {
		return u, err
	}
	w, err := s.begin(filepath.Join(dir, "second")) // as each case begins: without a plan before
	if err != nil {
		return u, err
	}
	defer w.close()
	before := w.page("/_sandbox/state")
	o, err := w.run(applying(u.allowed...)...)
	if err != nil || o.code != 0 {
		return u, fmt.Errorf("%v%w", o, err)
	}
	if u.edited, err = s.edited(filepath.Join(dir, "edited")); err != nil {
		return u, err
	}
	if err := u.reads(w, before); err != nil {
		return u, err
	}
	var r result
	err = r.settled(w, u)
	for _, r := range u.requests {
		if line := (&http.Request{Method: r.Method, Header: http.Header{}}); writes(named(line, r)) != r.Write {
			err = errors.Join(err, fmt.Errorf("%v: taken for a write: %v", r, !r.Write))
		}
	}
	for _, p := range r.problems {
		err = errors.Join(err, errors.New(p))
	}
	return u, err
}

// reads takes from a world, in which the scenario has come to its end, what cases are
// held against.
func (u *undisturbed) reads(w *world, before []byte) (err error) {
	after := w.page("/_sandbox/state")
	if u.requests, err = w.asked(); err != nil {
		return err
	}
	if u.live, err = liveIn(after); err != nil {
		return err
	}
	crossed, err := underived(before, after)
	if err != nil {
		return err
	}
	if u.crossed, err = liveIn(crossed); err != nil {
		return err
	}
	if u.lock, err = w.readLock(); err != nil {
		return err
	}
	vault, err := w.readVault()
	if err != nil {
		return err
	}
	known := 0
	for name, kept := range vault.Tokens {
		u.keys = append(u.keys, name)
		known += 1 + len(kept.Former)
		if err := w.opens(name, u.live.tokens[kept.ID]); err != nil {
			return err
		}
	}
	slices.Sort(u.keys)
	if known != len(u.live.tokens) {
		return fmt.Errorf("the vault knows of %d keys of %d", known, len(u.live.tokens))
	}
	return nil
}

// edited is where a scenario comes to when somebody else's edit was there before
// it began.
func (s scenario) edited(dir string) (live, error) {
	w, err := s.begin(dir)
	if err != nil {
		return live{}, err
	}
	defer w.close()
	w.tap.somebody()
	o, err := w.consent(applying()...)
	if err == nil && (o.code != 0 || w.tap.trouble != nil) {
		err = fmt.Errorf("%v%w", o, w.tap.trouble)
	}
	if err != nil {
		return live{}, err
	}
	return liveIn(w.page("/_sandbox/state"))
}

// named gives a request the marks by which the tap tells a write.
func named(to *http.Request, r request) *http.Request {
	to.Header.Set("X-TC-Action", r.Action)
	to.URL = mustURL(r.Path)
	return to
}

// strikeAt runs one case: faults at requests of an apply and of the plain runs
// after it, until all is well.
func strikeAt(dir string, strikes []strike, u undisturbed) (r result) {
	r = result{scenario: u.scenario.name, strikes: strikes}
	began := time.Now()
	defer func() { r.took = time.Since(began) }()
	w, err := u.scenario.begin(dir)
	if err != nil {
		r.problem("%v", err)
		return r
	}
	defer w.close()
	if err := r.play(w, u); err != nil {
		r.problem("%v", err)
	}
	r.problems, r.known = parted(r.problems)
	return r
}

func (r *result) play(w *world, u undisturbed) error {
	flags := u.allowed
	var blows []blow
	var patience []string
	for _, s := range r.strikes {
		blows = append(blows, blow{s.nth, s.act})
		if s.timeout > 0 {
			patience = []string{"--timeout", s.timeout.String()}
		}
	}
	w.tap.arm(false, blows...)
	first, err := w.run(append(applying(flags...), patience...)...)
	if err != nil {
		return err
	}
	r.code, r.struck = first.code, w.tap.struckAt()
	asked, err := w.asked()
	if err != nil {
		return err
	}
	r.judge(first, asked)
	again := applying(flags...)
	if len(blows) > 1 {
		again = append(again, patience...)
	}
	last, err := r.plainly(w, first, again)
	r.struck = w.tap.struckAt()
	w.tap.disarm()
	if err := errors.Join(err, w.tap.trouble, w.tell(http.MethodDelete, "/_sandbox/faults", "")); err != nil {
		return err
	}
	if last.code != 0 {
		r.problem("does not come to its end: %v", last)
		return nil
	}
	return r.atLast(w, u)
}

// plainly runs again as each run tells, until one ends well: three times, and once
// more for each strike after the first.
func (r *result) plainly(w *world, last outcome, again []string) (outcome, error) {
	for ; last.code != 0 && r.runs < 2+len(r.strikes); r.runs++ {
		if err := age(w); err != nil {
			return last, err
		}
		if words := next(last.err); words != nil {
			again = words
		} else if last.code == 4 && !strings.Contains(last.err, "stopped at once") {
			r.problem("does not say how to go on: %v", last)
		}
		var err error
		if last, err = w.run(again...); err != nil {
			return last, err
		}
		if flags := told(last.err); last.code == 3 && len(flags) > 0 {
			r.other = true
			again = append(again, flags...)
		}
	}
	return last, nil
}

// judge holds the exit code against what the sandbox was asked.
func (r *result) judge(o outcome, asked []request) {
	served, unclear := 0, 0
	for _, one := range asked {
		if one.served() {
			served++
		}
		if one.unclear() {
			unclear++
		}
	}
	if len(r.struck) == 0 {
		r.problem("nothing was struck: the run had fewer requests")
	}
	switch {
	case o.code == killed && r.hit(ends, anything):
	case r.strikes[0].ends:
		if o.code != killed {
			r.problem("was not killed: %v", o)
		}
	case o.code == 0:
	case o.code == 1 && served == 0:
	case o.code == 3 && served == 0:
	case o.code == 4 && served+unclear > 0:
	default:
		r.problem("%d writes were done, of %d nobody can know, and: %v", served, unclear, o)
	}
}

func struckWrite(name string) bool {
	method, path, isPath := strings.Cut(name, " ")
	line := &http.Request{Method: method, Header: http.Header{}, URL: mustURL("/")}
	if isPath {
		line.URL = mustURL(path)
	} else {
		line.Header.Set("X-TC-Action", name)
	}
	return writes(line)
}

var rotateHint = regexp.MustCompile(`replace (?:it|what has this name) with: authsync apply --rotate (\S+)`)

// atLast does what a plan says of tokens that nobody has, and holds what stands then
// against the undisturbed run.
func (r *result) atLast(w *world, u undisturbed) error {
	plan, err := w.run(planning()...)
	if err != nil {
		return err
	}
	told := rotateHint.FindAllStringSubmatch(plan.out, -1)
	if len(told) == 0 && !w.remembers() {
		return r.stands(w, u, plan) // another plan would be this one
	}
	if err := r.rotate(w, plan, told); err != nil {
		return err
	}
	return r.settled(w, u)
}

// remembers reports whether a plan has left what the next one reads in the place of
// something live.
func (w *world) remembers() bool {
	found, err := filepath.Glob(filepath.Join(w.dir, ".authsync", "*.stamps"))
	return err != nil || len(found) > 0
}

// rotate does what a plan says of tokens that nobody has. That may be so only
// when the answer that showed one was never read.
func (r *result) rotate(w *world, plan outcome, told [][]string) error {
	if len(told) == 0 {
		return nil
	}
	if !r.gone && !r.hit(unheard, func(request string) bool { return request == "CreateApiKey" }) {
		r.problem("a token was lost: %s", plan.out)
	}
	var flags []string
	for _, hint := range told {
		flags = append(flags, "--rotate", hint[1])
	}
	r.rotated = true
	o, err := w.consent(applying(flags...)...)
	if err == nil && o.code != 0 {
		r.problem("what was told does not help: %v", o)
	}
	return err
}

// settled holds what stands at the end against the undisturbed run.
func (r *result) settled(w *world, u undisturbed) error {
	plan, err := w.run(planning()...)
	if err != nil {
		return err
	}
	return r.stands(w, u, plan)
}

// stands holds a plan, and what stands when it was made, against the undisturbed run.
func (r *result) stands(w *world, u undisturbed, plan outcome) error {
	if plan.code != 0 {
		r.problem("the next plan is not empty: %v%s", plan, plan.out)
	}
	now, err := liveIn(w.page("/_sandbox/state"))
	if err != nil {
		return err
	}
	want := u.live
	if r.hit(edits, anything) {
		want = u.edited
	}
	diff := cmp.Diff(want.text, now.text)
	switch {
	case diff != "" && want.text == u.edited.text && r.hit(edits, struckWrite):
		r.window = true
	case diff != "" && want.text == u.edited.text:
		r.problem("an edit of somebody else is lost (-undisturbed +this):\n%s", diff)
	case diff != "":
		r.problem("another end than undisturbed (-undisturbed +this):\n%s", diff)
	}
	lock, err := w.readLock()
	if err != nil {
		return err
	}
	problems, missing := lockProblems(lock, u.lock, now, u.live)
	r.problems, r.missing = append(r.problems, problems...), missing
	problems, err = w.vaultProblems(u.keys, now)
	if err != nil {
		return err
	}
	leaks, err := w.leaks()
	if err != nil {
		return err
	}
	r.problems = append(append(r.problems, problems...), leaks...)
	r.left, problems, err = remains(w)
	r.problems = append(r.problems, problems...)
	return err
}

// halfWritten are the names of what is renamed once it is whole.
var halfWritten = regexp.MustCompile(`^\.prod\.(lock|vault)\.yaml\.`)

// age makes what a run has left look as if it had been a while ago: what is new
// may be somebody's who writes it at this moment.
func age(w *world) error {
	entries, err := os.ReadDir(w.dir)
	for _, e := range entries {
		if halfWritten.MatchString(e.Name()) {
			long := time.Now().Add(-time.Hour)
			err = errors.Join(err, os.Chtimes(filepath.Join(w.dir, e.Name()), long, long))
		}
	}
	return err
}

// remains counts the files that a run which was cut off in the middle of a
// write has left, and names those that nothing should have left.
func remains(w *world) (left int, problems []string, err error) {
	entries, err := os.ReadDir(w.dir)
	known := []string{manifestName, "prod.lock.yaml", "prod.vault.yaml", ".authsync", "somebody"}
	for _, e := range entries {
		switch {
		case slices.Contains(known, e.Name()):
		case halfWritten.MatchString(e.Name()):
			left++
		default:
			problems = append(problems, e.Name()+" is left")
		}
	}
	return left, problems, err
}

var errNoCase = errors.New("a case is called SCENARIO/FAULT/NUMBER, such as first/lost/41, or first/lost/41/kill-after/3")
