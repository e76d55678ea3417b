package state_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"authsync/sync/state"
)

func runsIn(t *testing.T, env string) state.Runs {
	t.Helper()
	dir := t.TempDir()
	return state.Runs{Dir: filepath.Join(dir, ".authsync"), Env: env, Key: state.MachineKey{Path: filepath.Join(dir, "key", "machine.key")}}
}

func check(t *testing.T, errs ...error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

func anywhere(json.RawMessage) bool { return true }

// run leaves what a run leaves that began a call on an object, and ended or not.
func run(t *testing.T, r state.Runs, object, result string) state.Number {
	t.Helper()
	n, err := r.Next()
	check(t, err, r.KeepSnapshot(n, fmt.Appendf(nil, "environment: %s\nrun: %d\nobjects: %s\n", r.Env, n, object)))
	started := time.Date(2026, 1, 1, 0, 0, int(n), 0, time.UTC)
	j, err := r.NewJournal(n, state.Line{Run: &state.RunLine{Time: started, Env: r.Env, Options: []byte("{}")}})
	check(t, err)
	j.Note(state.Line{Begin: 1, Object: object, Op: "update"})
	if result != "" {
		j.Note(state.Line{End: 1, Outcome: "done"})
		check(t, j.Finish(result))
	}
	return n
}

func put(t *testing.T, r state.Runs, name, text string) {
	t.Helper()
	check(t, os.MkdirAll(r.Dir, 0o700), os.WriteFile(r.Path(name), []byte(text), 0o600))
}

func latest(t *testing.T, r state.Runs) string {
	t.Helper()
	file, _, err := r.LatestSnapshot("", everywhere)
	check(t, err)
	text, err := os.ReadFile(file)
	check(t, err)
	_, objects, _ := strings.Cut(string(text), "objects: ")
	objects, _, _ = strings.Cut(objects, "\n")
	return objects
}

const journalOfOld = `{"run":{"time":"9999-12-31T23:59:59Z","authsync":"0.1.0","environment":"prod","manifest":"envs/prod.yaml","pid":1,"steps":1,"options":{}}}
{"begin":1,"object":"login","op":"update","call":"ModifyLoginConfig"}
`

// The last run is the one that was made last, whatever any clock said.
func TestTheLastRunIsTheGreatestNumber(t *testing.T) {
	r := runsIn(t, "prod")
	put(t, r, "prod-99991231T235959.000000000Z-1.jsonl", journalOfOld)
	put(t, r, "prod-99991231T235959.000000000Z.snapshot.yaml", "objects: a stranger's\n")
	interrupted, err := r.Interrupted(anywhere)
	if err != nil || interrupted == nil || len(interrupted.Pending) != 1 || interrupted.Run.Year() != 9999 {
		t.Fatalf("what an older version has left is read: %+v, %v", interrupted, err)
	}
	for i, object := range []string{"login", "client/default", "provider/github"} {
		if n := run(t, r, object, "complete"); int(n) != i+1 {
			t.Errorf("run %d has number %d", i+1, n)
		}
		if got := latest(t, r); got != object {
			t.Errorf("the last run touched %s, not %s", object, got)
		}
		if interrupted, err := r.Interrupted(anywhere); err != nil || interrupted != nil {
			t.Errorf("%+v, %v", interrupted, err)
		}
	}
	touched, err := r.Touched(2)
	if diff := cmp.Diff(map[string]struct{}{"client/default": {}}, touched); diff != "" || err != nil {
		t.Errorf("%s, %v", diff, err)
	}
}

// A run that was cut off is told of until the next one, which settles it.
func TestInterruptedOnce(t *testing.T) {
	r := runsIn(t, "prod")
	run(t, r, "login", "")
	if interrupted, err := r.Interrupted(anywhere); err != nil || interrupted == nil || interrupted.Pending[0].Object != "login" {
		t.Fatalf("%+v, %v", interrupted, err)
	}
	run(t, r, "client/default", "complete")
	if interrupted, err := r.Interrupted(anywhere); err != nil || interrupted != nil {
		t.Errorf("%+v, %v", interrupted, err)
	}
	// One whose first line is not whole has made no call, nor settled anything.
	put(t, r, "prod-00000003.jsonl", `{"run":{"time":"20`)
	if interrupted, err := r.Interrupted(anywhere); err != nil || interrupted != nil {
		t.Errorf("%+v, %v", interrupted, err)
	}
}

// Of each sort the files of the last twenty runs are kept, and those of other
// environments.
func TestOldFilesGo(t *testing.T) {
	r := runsIn(t, "prod")
	var others []string
	for i := range 25 {
		put(t, r, fmt.Sprintf("prod-2026010%dT0304%02d.000000000Z-7.jsonl", i/10+1, i), "")
		for _, name := range []string{
			fmt.Sprintf("prod-eu-2026010%dT0304%02d.000000000Z-7.jsonl", i/10+1, i),
			fmt.Sprintf("prod-eu-%08d.jsonl", i+1),
			fmt.Sprintf("prod-00000001-%08d.snapshot.yaml", i+1),
		} {
			put(t, r, name, "")
			others = append(others, name)
		}
	}
	last := state.Number(0)
	for range 25 {
		last = run(t, r, "login", "complete")
	}
	check(t, r.SweepSnapshots())
	want := append(others, ".gitignore")
	for n := last - 19; n <= last; n++ {
		want = append(want, fmt.Sprintf("prod-%08d.jsonl", n), fmt.Sprintf("prod-%08d.snapshot.yaml", n))
	}
	entries, err := os.ReadDir(r.Dir)
	check(t, err)
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Numbers that no run can have are nobody's.
func TestNumbersWithoutEnd(t *testing.T) {
	r := runsIn(t, "prod")
	for _, name := range []string{"prod-9999999999999999999.jsonl", "prod-99999999999999999999.jsonl", "prod-00000000.jsonl", "prod--0000001.jsonl", "prod-0000001.jsonl"} {
		put(t, r, name, journalOfOld)
	}
	if n := run(t, r, "login", "complete"); n != 1 {
		t.Errorf("%d", n)
	}
	put(t, r, "prod-99999999.snapshot.yaml", "objects: a stranger's\n")
	if n := run(t, r, "client/default", "complete"); n != 100000000 || latest(t, r) != "client/default" {
		t.Errorf("%d, %s", n, latest(t, r))
	}
}

// What does not have this machine's mark is passed over, and so is what has it
// under another number, or in another text.
func TestOnlyWhatThisMachineMade(t *testing.T) {
	r := runsIn(t, "prod")
	run(t, r, "login", "complete")
	run(t, r, "client/default", "complete")
	first, err := os.ReadFile(r.Path("prod-00000001.snapshot.yaml"))
	check(t, err)
	marked := string(first)
	theirs := runsIn(t, "prod")
	run(t, theirs, "provider/backdoor", "complete")
	foreign, err := os.ReadFile(theirs.Path("prod-00000001.snapshot.yaml"))
	check(t, err)
	for name, text := range map[string]string{
		"another number":  marked,
		"another machine": strings.Replace(string(foreign), "run: 1", "run: 3", 1),
		"changed":         strings.Replace(strings.Replace(marked, "run: 1", "run: 3", 1), "login", "provider/backdoor", 1),
		"no mark":         "environment: prod\nrun: 3\nobjects: provider/backdoor\n",
		"empty":           "",
	} {
		put(t, r, "prod-00000003.snapshot.yaml", text)
		file, passedOver, err := r.LatestSnapshot("", everywhere)
		if err != nil || filepath.Base(file) != "prod-00000002.snapshot.yaml" || len(passedOver) != 1 {
			t.Errorf("%s: %s, %v, %v", name, file, passedOver, err)
		}
	}
	r.Key.Path = filepath.Join(t.TempDir(), "another")
	if _, _, err := r.LatestSnapshot("", everywhere); err == nil || !strings.Contains(err.Error(), "name it with --from") {
		t.Errorf("%v", err)
	}
	r.Key.Path = ""
	if _, _, err := r.LatestSnapshot("", everywhere); err == nil || strings.Contains(err.Error(), "\n") {
		t.Errorf("%v", err)
	}
	if err := r.Key.Make(); err == nil || !strings.Contains(err.Error(), "set XDG_STATE_HOME or HOME") {
		t.Errorf("%v", err)
	}
}

// A key that others may have read proves nothing.
func TestTheKeyIsForItsOwner(t *testing.T) {
	key := state.MachineKey{Path: filepath.Join(t.TempDir(), "a", "b", "machine.key")}
	check(t, key.Make(), key.Make())
	marked, err := key.Mark([]byte("text\n"))
	check(t, err, key.Check(marked))
	moved, err := key.Remark(marked, []byte(strings.Replace(string(marked), "text", "resealed", 1)))
	check(t, err, key.Check(moved))
	bare, err := key.Remark([]byte("text\nmac: "+strings.Repeat("0", 64)+"\n"), []byte("resealed\nmac: "+strings.Repeat("0", 64)+"\n"))
	if check(t, err); string(bare) != "resealed\n" {
		t.Errorf("what had no right mark got one: %q", bare)
	}
	check(t, os.Chmod(key.Path, 0o644))
	if err := key.Make(); err == nil || !strings.Contains(err.Error(), "can be read or written by others") {
		t.Errorf("%v", err)
	}
}

// A claim is had by one, and by nobody once it is released; other environments
// have their own.
func TestClaim(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state")
	prod, dev := state.Runs{Dir: dir, Env: "prod"}, state.Runs{Dir: dir, Env: "dev"}
	first, err := prod.Claim()
	if err != nil {
		t.Fatal(err)
	}
	var taken *state.ClaimedError
	if _, err := prod.Claim(); !errors.As(err, &taken) || !strings.Contains(err.Error(), fmt.Sprintf("(pid %d, since ", os.Getpid())) {
		t.Errorf("a second claim: %v", err)
	}
	other, err := dev.Claim()
	if err != nil {
		t.Fatal(err)
	}
	other.Release()
	first.Release()
	again, err := prod.Claim()
	if err != nil {
		t.Fatal(err)
	}
	again.Release()
	info, err := os.Stat(dir)
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("%v, %v", info, err)
	}
	if text, err := os.ReadFile(filepath.Join(dir, ".gitignore")); string(text) != "*\n" {
		t.Errorf(".gitignore: %q, %v", text, err)
	}
}

// A directory that cannot be used is an error that says what to do, before anything is
// made in it.
func TestADirectoryThatCannotBeUsed(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	check(t, os.WriteFile(file, []byte("x"), 0o600), os.MkdirAll(filepath.Join(dir, "repo", ".git"), 0o700))
	inTheWay := filepath.Join(dir, "repo", "state")
	check(t, os.WriteFile(inTheWay, nil, 0o600))
	for name, r := range map[string]state.Runs{
		"a file":                      {Dir: file, Env: "prod"},
		"below a file":                {Dir: filepath.Join(file, "state"), Env: "prod"},
		"a file above, in git's tree": {Dir: filepath.Join(inTheWay, "envs"), Above: inTheWay, Env: "prod"},
	} {
		journal, errJournal := r.NewJournal(1)
		if journal != nil {
			t.Errorf("%s: a journal", name)
		}
		_, errClaim := r.Claim()
		for what, err := range map[string]error{"prepare": r.Prepare(), "journal": errJournal, "claim": errClaim} {
			if err == nil || !strings.Contains(err.Error(), "--state-dir keeps what apply notes elsewhere") {
				t.Errorf("%s, %s: %v", name, what, err)
			}
		}
	}
	above := filepath.Join(dir, "repo", "runs")
	in := state.Runs{Dir: filepath.Join(above, "envs"), Above: above, Env: "prod"}
	check(t, in.Prepare(), in.Untracked())
	if entries, err := os.ReadDir(in.Dir); err != nil || len(entries) != 1 || entries[0].Name() != ".gitignore" {
		t.Errorf("%v, %v", entries, err)
	}
}

// A journal that cannot be written says so, and no call is made after it.
func TestAJournalThatCannotBeWritten(t *testing.T) {
	r := runsIn(t, "prod")
	first := state.Line{Run: &state.RunLine{Env: "prod", Options: []byte("{}")}}
	var file *os.File
	r.Opened = func(f *os.File) { file = f }
	j, err := r.NewJournal(1, first)
	check(t, err, j.Broken())
	if again, err := r.NewJournal(1, first); err == nil || again != nil {
		t.Error("a run got the journal of another")
	}
	check(t, file.Close())
	for range 2 {
		j.Note(state.Line{Begin: 1, Object: "login"})
		for what, err := range map[string]error{"flush": j.Flush(), "broken": j.Broken(), "finish": j.Finish("complete")} {
			if err == nil || !strings.Contains(err.Error(), "the journal cannot be written: ") {
				t.Errorf("%s: %v", what, err)
			}
		}
	}
	r.Opened = func(f *os.File) { f.Close() }
	if j, err := r.NewJournal(2, first); err == nil || j != nil {
		t.Errorf("%v, %v", j, err)
	}
}

// No journal records nothing, and nothing is wrong with that.
func TestNoJournal(t *testing.T) {
	var j *state.Journal
	j.Note(state.Line{Begin: 1, Object: "login"})
	check(t, j.Flush(), j.Broken(), j.Finish("complete"))
}

// everywhere takes every snapshot for one of the services here.
func everywhere([]byte) bool { return true }

// A listing that environments share has of each what the directory has.
func TestListingOfManyEnvironments(t *testing.T) {
	one := runsIn(t, "prod")
	var listing state.Listing
	for _, name := range []string{"prod", "prod-eu", "pro", "prod2", "prod-00000001", "staging"} {
		r := one
		r.Env = name
		for range len(name) {
			run(t, r, "login", "complete")
		}
		run(t, r, "login", "")
	}
	for _, name := range []string{"prod", "prod-eu", "pro", "prod2", "prod-00000001", "staging", "other", "zone"} {
		r := one
		r.Env = name
		want, err := r.Snapshots()
		check(t, err)
		wanted, err := r.Interrupted(anywhere)
		check(t, err)
		r.Listing = &listing
		got, err := r.Snapshots()
		check(t, err)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-listed +shared)\n%s", name, diff)
		}
		again, err := r.Interrupted(anywhere)
		check(t, err)
		if diff := cmp.Diff(wanted, again); diff != "" {
			t.Errorf("%s (-listed +shared)\n%s", name, diff)
		}
	}
}

// A cache may be missing at any time: where none can be written nothing is said, and
// what is there is believed only if this machine wrote it.
func TestACacheMayBeMissing(t *testing.T) {
	const text = "seen: 1\n"
	for what, spoil := range map[string]func(r *state.Runs){
		"it is nowhere":            func(r *state.Runs) { r.Dir = "" },
		"a file is in its place":   func(r *state.Runs) { check(t, os.RemoveAll(r.Dir), os.WriteFile(r.Dir, nil, 0o600)) },
		"there is no key":          func(r *state.Runs) { r.Key.Path = filepath.Join(r.Path("key"), "below", "a\x00") },
		"another machine wrote it": func(r *state.Runs) { r.Key.Path += "-other" },
		"somebody changed it": func(r *state.Runs) {
			written, err := os.ReadFile(r.Path("prod.seen"))
			check(t, err)
			put(t, *r, "prod.seen", strings.Replace(string(written), "1", "2", 1))
		},
		"it is gone": func(r *state.Runs) { check(t, os.Remove(r.Path("prod.seen"))) },
	} {
		r := runsIn(t, "prod")
		r.Cache(".seen", []byte(text))
		if got := r.Cached(".seen"); string(got) != text {
			t.Fatalf("%q is read", got)
		}
		spoil(&r)
		if got := r.Cached(".seen"); got != nil {
			t.Errorf("%s: %q is believed", what, got)
		}
		switch r.Cache(".seen", []byte(text)); what {
		case "it is nowhere", "a file is in its place", "there is no key":
			if got := r.Cached(".seen"); got != nil {
				t.Errorf("%s: %q was written", what, got)
			}
		default:
			if got := r.Cached(".seen"); string(got) != text {
				t.Errorf("%s: it is not written again: %q", what, got)
			}
		}
	}
}
