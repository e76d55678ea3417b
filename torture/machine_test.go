package torture

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// Git moves, somebody else changes what is live, requests fail, and apply is
// run with any flags. Whenever it ends well its plan is empty; whenever it
// refuses the model knows why; and nothing but apply ever writes.
func TestTwoHands(t *testing.T) {
	var count counts
	// One after the other would mostly wait.
	for i := range hands() {
		t.Run(strconv.Itoa(i), func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) { play(t, &count) })
		})
	}
	t.Cleanup(func() { t.Logf("%s: %v", effortName(), &count) })
}

// hands is how many games go on at once.
func hands() int {
	if effort() == full {
		return 6
	}
	return 1
}

// game is one run of the state machine.
type game struct {
	t     *rapid.T
	w     *world
	git   *wants
	other *world // another working copy, of somebody who knows nothing of git
	count *counts
}

func play(t *rapid.T, count *counts) {
	dir, err := os.MkdirTemp("", "game")
	g := &game{t: t, git: newWants(), count: count}
	g.must(err)
	defer os.RemoveAll(dir)

	standing := newWants()
	standing.drawAll(t)
	for _, k := range kinds {
		standing.collections[k.name] = true // the services are there, also when empty
	}
	seed, err := standing.spell(bench.public, inClear)
	g.must(err)
	g.must(os.MkdirAll(filepath.Join(dir, "live"), 0o700))
	g.must(os.WriteFile(filepath.Join(dir, "live", manifestName), seed, 0o600))
	g.w, err = newWorld(filepath.Join(dir, "git"), filepath.Join(dir, "live"), nil)
	g.must(err)
	defer g.w.close()
	for _, role := range []string{"1601", "1602"} {
		g.w.tap.sandbox.SeedRole("iot.acme.example", role, "Role "+role)
	}
	g.other = &world{dir: filepath.Join(dir, "other"), env: g.w.env, tap: g.w.tap, conns: g.w.conns}
	g.must(os.MkdirAll(g.other.dir, 0o700))

	g.git.drawAll(t)
	g.write(g.w, g.git)
	count.add(func(c *counts) { c.games++ })
	t.Repeat(map[string]func(*rapid.T){
		"git":     func(t *rapid.T) { g.t = t; g.edit() },
		"live":    func(t *rapid.T) { g.t = t; g.meddle() },
		"apply":   func(t *rapid.T) { g.t = t; g.apply() },
		"look at": func(t *rapid.T) { g.t = t; g.look() },
	})
}

func (g *game) must(err error) {
	g.t.Helper()
	if err != nil {
		g.t.Fatal(err)
	}
}

func (g *game) write(w *world, what *wants) {
	text, err := what.spell(bench.public, inVariable)
	g.must(err)
	g.must(os.WriteFile(filepath.Join(w.dir, manifestName), text, 0o600))
}

func (g *game) run(w *world, args ...string) outcome {
	g.t.Helper()
	o, err := w.run(args...)
	g.must(err)
	return o
}

// applyOnce applies once, and allows what the plan wants to have allowed.
func (g *game) applyOnce(w *world, flags []string) outcome {
	g.t.Helper()
	o, err := w.consent(append([]string{"apply", manifestName, "--yes", "--no-color"}, flags...)...)
	g.must(err)
	return o
}

func (g *game) edit() {
	for range rapid.IntRange(1, 3).Draw(g.t, "edits") {
		g.git.edit(g.t)
	}
	g.write(g.w, g.git)
}

// meddle makes somebody else change what is live: with a manifest and a lock of
// their own, in a few collections, and without regard to what was there.
func (g *game) meddle() {
	what := newWants()
	for range rapid.IntRange(1, 3).Draw(g.t, "edits") {
		what.edit(g.t)
	}
	for _, k := range kinds { // not all of a service at once: that is refused, see --recreate
		if what.collections[k.name] && len(k.objects) > 1 {
			what.objects[k.key(k.objects[0])] = k.draw(g.t)
		}
	}
	g.write(g.other, what)
	os.Remove(filepath.Join(g.other.dir, "prod.lock.yaml"))
	flags := []string{"--rewrite-secrets"}
	if slices.Contains(bench.flags, "--replace") {
		flags = append(flags, "--replace")
	}
	if rapid.Bool().Draw(g.t, "delete") {
		flags = append(flags, "--prune-unmanaged")
	}
	g.applyOnce(g.other, flags)
	g.count.add(func(c *counts) { c.live++ })
}

// look runs what must not write.
func (g *game) look() {
	g.must(g.w.tell(http.MethodDelete, "/_sandbox/requests", ""))
	args := rapid.SampledFrom([][]string{
		{"plan", manifestName}, append([]string{"plan", manifestName, "--rewrite-secrets", "--format", "json"}, bench.flags...),
		{"validate", manifestName}, {"validate", manifestName, "--online"},
		{"export", "seen.yaml", "--env-id", "acme-prod-7gk2x9", "--to", bench.public},
		append([]string{"apply", manifestName}, bench.flags...), // nobody is there to say yes
	}).Draw(g.t, "look")
	g.run(g.w, args...)
	os.Remove(filepath.Join(g.w.dir, "seen.yaml"))
	os.Remove(filepath.Join(g.w.dir, "seen.lock.yaml"))
	asked, err := g.w.asked()
	g.must(err)
	if n := written(asked); n > 0 {
		g.t.Fatalf("%v made %d writes", args, n)
	}
	g.count.add(func(c *counts) { c.looks++ })
}

// apply applies, with faults or without, and holds it to its exit code.
func (g *game) apply() {
	flags := g.flags()
	faulty := rapid.IntRange(0, 2).Draw(g.t, "faults")
	for range faulty {
		name := rapid.SampledFrom([]string{"500", "reset", "half", "lost"}).Draw(g.t, "fault")
		nth := rapid.IntRange(1, 60).Draw(g.t, "at")
		g.must(g.w.tell(http.MethodPost, "/_sandbox/faults", fmt.Sprintf(`{"match":"/","nth":%d,"fault":%q}`, nth, name)))
	}
	g.must(g.w.tell(http.MethodDelete, "/_sandbox/requests", ""))
	o := g.applyOnce(g.w, flags)
	g.must(g.w.tell(http.MethodDelete, "/_sandbox/faults", ""))
	struck := g.judge(o, flags)
	if g.ambiguous(o) {
		return // a person has to say which one is meant
	}
	if strings.Contains(o.err, "--recreate") {
		flags = append(flags, "--recreate")
		g.must(g.w.tell(http.MethodDelete, "/_sandbox/requests", ""))
		o = g.applyOnce(g.w, flags)
		g.judge(o, flags)
	}
	for again := 0; struck && o.code != 0 && o.code != 3 && again < 2; again++ {
		g.must(g.w.tell(http.MethodDelete, "/_sandbox/requests", ""))
		o = g.applyOnce(g.w, flags)
		g.judge(o, flags)
	}
	g.count.add(func(c *counts) {
		c.applies++
		if struck {
			c.struck++
		}
		if o.code == 3 {
			c.refused++
		}
	})
	switch o.code {
	case 3:
		return
	case 0:
	default:
		g.t.Fatalf("does not come to its end: %v", o)
	}
	flags = slices.DeleteFunc(flags, func(f string) bool { return f == "--rewrite-secrets" })
	if plan := g.run(g.w, append([]string{"plan", manifestName, "--exit-code"}, flags...)...); plan.code != 0 {
		g.t.Fatalf("after %v the plan is not empty: %v%s", o, plan, plan.out)
	}
	g.trueFiles()
}

func (g *game) flags() []string {
	var flags []string
	for _, flag := range append([]string{"--rewrite-secrets"}, bench.flags...) {
		if rapid.Bool().Draw(g.t, flag) {
			flags = append(flags, flag)
		}
	}
	if rapid.IntRange(0, 2).Draw(g.t, "target") == 0 {
		k := rapid.SampledFrom(kinds).Draw(g.t, "of")
		target := k.name
		if rapid.Bool().Draw(g.t, "one") {
			target = k.key(rapid.SampledFrom(k.objects).Draw(g.t, "object"))
		}
		flags = append(flags, "--target", target)
	}
	return flags
}

// judge holds an exit code against what the sandbox was asked, and reports
// whether a fault struck.
func (g *game) judge(o outcome, flags []string) (struck bool) {
	asked, err := g.w.asked()
	g.must(err)
	served, unclear := 0, 0
	for _, one := range asked {
		struck = struck || one.Fault != ""
		if one.served() {
			served++
		}
		if one.unclear() {
			unclear++
		}
	}
	known := struck || g.explained(o)
	switch {
	case o.code == 0:
	case o.code == 1 && served == 0 && (known || g.misnamed(flags)):
	case o.code == 3 && served == 0:
		for _, line := range regexp.MustCompile(`(?m)^authsync: refused: .*$`).FindAllString(o.err, -1) {
			if !g.rightly(line, flags) {
				g.t.Fatalf("refused, and the model does not know why: %s", line)
			}
		}
	case o.code == 4 && served+unclear > 0 && known:
	default:
		g.t.Fatalf("%d writes were done, of %d nobody can know, and: %v", served, unclear, o)
	}
	if o.code == 1 && !known && g.misnamed(flags) {
		g.t.Skip("the target is in no manifest")
	}
	return struck
}

// misnamed reports whether the target is one that the manifest does not have,
// which is an error unless something may be pruned.
func (g *game) misnamed(flags []string) bool {
	at := slices.Index(flags, "--target")
	if at < 0 || slices.Contains(flags, "--prune-unmanaged") {
		return false
	}
	kindName, object, _ := strings.Cut(flags[at+1], "/")
	return !g.git.collections[kindName] || object != "" && g.git.objects[flags[at+1]] == nil ||
		kindName == "login" && g.git.objects["login"] == nil
}

var (
	nothingListed = regexp.MustCompile(`it lists nothing, where (.*) existed at the last apply; .* --recreate`)
	severalMeant  = regexp.MustCompile(`\w+/(\S+): live has \d+ that it may be: .*; say with id: which is meant`)
)

// explained reports whether all errors of a run are ones that the model knows
// the reason of: nothing is left of a kind, or several objects have a name.
func (g *game) explained(o outcome) bool {
	lines := regexp.MustCompile(`(?m)^authsync: prod: .*$`).FindAllString(o.err, -1)
	for _, line := range lines {
		found := nothingListed.FindStringSubmatch(line)
		gone := found != nil && !slices.ContainsFunc(strings.Split(found[1], ", "), g.stands)
		if found := severalMeant.FindStringSubmatch(line); !gone && (found == nil || !g.twins(found[1])) {
			return false
		}
	}
	return len(lines) > 0
}

func (g *game) ambiguous(o outcome) bool { return o.code != 0 && severalMeant.MatchString(o.err) }

// twins reports whether two API keys or more have a name.
func (g *game) twins(name string) bool {
	now, err := liveIn(g.w.page("/_sandbox/state"))
	g.must(err)
	n := 0
	for _, label := range now.labels {
		if label == name {
			n++
		}
	}
	return n > 1
}

// stands reports whether the sandbox holds an object of a kind that is listed.
// Only the rows that git names are listed, so "nothing" is said of them alone.
func (g *game) stands(key string) bool {
	kindName, name, _ := strings.Cut(key, "/")
	var state any
	g.must(json.Unmarshal(g.w.page("/_sandbox/state"), &state))
	for _, name := range map[string][]string{
		"record":      {"openapi", "acme-prod-7gk2x9", "prod", "sys_role"},
		"application": {"devices", "iot.acme.example", "applications"},
		"connector":   {"connectors", "auth.acme.example"},
		"integration": {"cloudbase", "acme-prod-7gk2x9", "integrations"},
		"apiKey":      {"cloudbase", "acme-prod-7gk2x9", "apiKeys"},
	}[kindName] {
		object, _ := state.(map[string]any)
		state = object[name]
	}
	all, _ := state.(map[string]any)
	for _, inner := range all {
		object, _ := inner.(map[string]any)
		for _, label := range append(labels, "id") {
			if object[label] == name[strings.LastIndex(name, "/")+1:] {
				return true
			}
		}
	}
	return false
}

// refusal is a reason for which a plan is rightly refused, and how the model
// knows that it holds of an object and the fields that the reason names.
type refusal struct {
	text  *regexp.Regexp
	holds func(g *game, key string, fields, flags []string) bool
}

var refusalReasons = []refusal{
	{regexp.MustCompile(`the service hides (.*), and the call must send it; add it to the manifest`), lacks},
	{regexp.MustCompile(`the service never shows (.*), and the call would lose it; add it to the manifest`), lacks},
	{regexp.MustCompile(`does not exist yet, and creating it takes (.*); add it to the manifest`), lacks},
	{regexp.MustCompile(`since (?:.*) cannot be changed|cannot be changed: it would have to be deleted and created again; allow that with --replace`),
		func(_ *game, _ string, _, flags []string) bool { return !slices.Contains(flags, "--replace") }},
	{regexp.MustCompile(`was created from here and is gone, and .* exists`),
		func(g *game, key string, _, flags []string) bool {
			return !g.stands(key) && !slices.Contains(flags, "--recreate")
		}},
	{regexp.MustCompile(`there is no room for it: an environment has at most 5 of api_key`),
		func(g *game, _ string, _, _ []string) bool {
			now, err := liveIn(g.w.page("/_sandbox/state"))
			g.must(err)
			return len(now.tokens) >= 4
		}},
}

// lacks reports whether the manifest does not state one of the fields.
func lacks(g *game, key string, fields, _ []string) bool {
	return slices.ContainsFunc(fields, func(path string) bool { return !g.git.has(key, path) })
}

var refusedKey = regexp.MustCompile(`^authsync: refused: prod: ([^:]+): `)

func (g *game) rightly(line string, flags []string) bool {
	key := refusedKey.FindStringSubmatch(line)
	for _, reason := range refusalReasons {
		if found := reason.text.FindStringSubmatch(line); found != nil && key != nil {
			fields := strings.FieldsFunc(strings.ReplaceAll(strings.Join(found[1:], ","), " and ", ","), func(r rune) bool { return r == ',' || r == ' ' })
			return reason.holds(g, key[1], fields, flags)
		}
	}
	return false
}

// trueFiles fails if the lock or the vault cannot be read or names an id that is not live's,
// or if a secret has come out.
func (g *game) trueFiles() {
	now, err := liveIn(g.w.page("/_sandbox/state"))
	g.must(err)
	vault, err := g.w.openVault()
	g.must(err)
	for name, kept := range vault.Tokens {
		if token, stands := now.tokens[kept.ID]; stands && token != "" && !same(kept.Token, token) {
			g.t.Fatalf("the vault does not open to the token of %s", name)
		}
	}
	_, err = g.w.readLock()
	g.must(err)
	leaks, err := g.w.leaks()
	g.must(err)
	if len(leaks) > 0 {
		g.t.Fatalf("%s", strings.Join(leaks, "; "))
	}
	g.w.said = nil
}
