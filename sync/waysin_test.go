package sync_test

import (
	"fmt"
	"os"
	"slices"
	"testing"

	"authsync/remote/sandbox"
	"authsync/remote/transport"
	"authsync/schema"
	"authsync/sync"
)

// entry is who may log in: switches of the login configuration, a second factor, and
// providers that are absent, on or off.
type entry struct {
	email, user, factor bool
	providers           []string
}

// logins are all login configurations.
func logins() (all []entry) {
	for i := range 8 {
		all = append(all, entry{email: i&1 > 0, user: i&2 > 0, factor: i&4 > 0})
	}
	return all
}

// crossing is a provider of a plan: how it is before and afterwards. What comes to be is
// given, what goes is taken.
type crossing struct{ before, after string }

var (
	given = []crossing{{"", "on"}, {"", "off"}, {"off", "on"}}
	taken = []crossing{{"on", ""}, {"off", ""}, {"on", "off"}}
	stays = []crossing{{"on", "on"}, {"off", "off"}}
)

// sequences are all that consist of so many crossings.
func sequences(of []crossing, length int) [][]crossing {
	all := [][]crossing{nil}
	for range length {
		var longer [][]crossing
		for _, s := range all {
			for _, c := range of {
				longer = append(longer, append(slices.Clone(s), c))
			}
		}
		all = longer
	}
	return all
}

// crossings passes each set of so many providers. Calls that give are made before those
// that take, both by name, so that it need not be tried how their names mix.
func crossings(given, taken []crossing, providers int, pass func([]crossing)) {
	for gives := range providers + 1 {
		takes := sequences(taken, providers-gives)
		for _, g := range sequences(given, gives) {
			for _, t := range takes {
				pass(slices.Concat(g, t))
			}
		}
	}
}

// The bits of who can log in: those of providers come after these.
const (
	byEmail = 1 << iota
	byName
	factorAsked
	byProvider
)

// bits are who can log in.
func (e entry) bits() (bits int) {
	for _, has := range []struct {
		is  bool
		bit int
	}{{e.email, byEmail}, {e.user, byName}, {e.factor, factorAsked}} {
		if has.is {
			bits |= has.bit
		}
	}
	for i, state := range e.providers {
		if state == "on" {
			bits |= byProvider << i
		}
	}
	return bits
}

func provider(i int) string { return fmt.Sprint("p", i) }

// standingOf is what a plan calls bits.
func standingOf(bits int) (s sync.Standing) {
	for _, way := range []struct {
		bit  int
		name string
	}{{byEmail, "login emailLogin"}, {byName, "login userNameLogin"}} {
		if bits&way.bit > 0 {
			s.Ways = append(s.Ways, way.name)
		}
	}
	for i := 0; bits >= byProvider<<i; i++ {
		if bits&(byProvider<<i) > 0 {
			s.Ways = append(s.Ways, "provider/"+provider(i)+" on")
		}
	}
	s.SecondFactor = bits&factorAsked > 0
	return s
}

// objects are what a manifest has of it.
func (e entry) objects() []*schema.Declared {
	all := []*schema.Declared{{Key: schema.Key{Kind: "login"}, Fields: schema.Object{
		"emailLogin": schema.Bool(e.email), "userNameLogin": schema.Bool(e.user), "mfaConfig": schema.Object{"on": switched(e.factor), "email": schema.True}}}}
	for i, state := range e.providers {
		if state != "" {
			all = append(all, &schema.Declared{Key: schema.Key{Kind: "provider", Name: provider(i)}, Fields: schema.Object{
				"providerType": schema.Text("OAUTH"), "name": schema.Object{"message": schema.Text("P")}, "on": switched(state == "on"),
				"config": schema.Object{"clientId": schema.Text("c")},
			}})
		}
	}
	return all
}

func switched(on bool) schema.Value {
	if on {
		return schema.True
	}
	return schema.False
}

// withProviders gives a manifest a place for providers, so that they are read.
func withProviders(env *schema.Environment) *schema.Environment {
	if env.Collections[schema.Provider.Name] == nil {
		env.Collections[schema.Provider.Name] = &schema.Collection{Kind: &schema.Provider}
	}
	return env
}

// standings plans from one entry to another, whatever they are.
type standings struct {
	site *sync.Site
	// read is what is live by login configuration, with two providers, one on and one
	// off.
	read map[entryKey]*sync.Reading
	// alone are the calls of a provider that crosses alone.
	alone            map[crossing][]move
	all, plans, most int
}

type entryKey struct{ email, user, factor bool }

func newStandings(t *testing.T) *standings {
	w := newWorld(t, transport.Options{})
	s := &standings{read: map[entryKey]*sync.Reading{}}
	for _, e := range logins() {
		w.fresh(sandbox.Options{})
		e.providers = []string{"off", "on"}
		live := environment(e.objects()...)
		live.Systems[schema.CloudBase]["region"] = schema.Text("ap-shanghai")
		if err := w.server.Seed(live); err != nil {
			t.Fatal(err)
		}
		s.site = w.site(t, live)
		s.read[entryKey{e.email, e.user, e.factor}] = w.read(t, s.site, sync.Options{})
	}
	s.alone = map[crossing][]move{}
	for _, c := range slices.Concat(given, taken, stays) {
		before, after := crossed(entry{user: true}, entry{user: true}, []crossing{c})
		s.alone[c] = s.built(t, before, after)
	}
	return s
}

// reading is what would be read of an entry.
func (s *standings) reading(e entry) *sync.Reading {
	whole := s.read[entryKey{e.email, e.user, e.factor}]
	r := *whole
	like := whole.Live[schema.Provider.Name]
	live := map[string]sync.LiveObject{}
	for i, state := range e.providers {
		if state == "" {
			continue
		}
		o := like[provider(slices.Index([]string{"off", "on"}, state))]
		o.ID = provider(i)
		live[provider(i)] = o
	}
	r.Live = map[string]map[string]sync.LiveObject{schema.Login.Name: whole.Live[schema.Login.Name], schema.Provider.Name: live}
	return &r
}

// built plans from one entry to another, and returns what the calls do.
func (s *standings) built(t *testing.T, before, after entry) []move {
	t.Helper()
	site := *s.site
	site.Env = withProviders(environment(after.objects()...))
	plan := sync.Build(&site, s.reading(before), sync.Options{Unmanaged: sync.DeleteUnmanaged})
	if len(plan.Errors) > 0 || len(plan.Refusals) > 0 {
		t.Fatal(plan.Errors, plan.Refusals)
	}
	s.plans++
	from, to := before.bits(), after.bits()
	lockout := slices.ContainsFunc(plan.Gates, func(g sync.Gate) bool { return g.Name == sync.GateLockout })
	if wants := from&^factorAsked > 0 && to&^factorAsked == 0; lockout != wants {
		t.Fatalf("%+v -> %+v: the gate for lockouts is %v: %+v", before, after, lockout, plan.Gates)
	}
	moves := movesBy(plan.Steps)
	if end := waysTold(t, plan, from, moves); end != to {
		t.Fatalf("%+v -> %+v: the calls make %+v", before, after, standingOf(end))
	}
	return moves
}

// joined is what the calls do that make one entry another, put together from what they do
// for the login configuration and for each provider alone: what gives is before what takes,
// and providers, by name, are given before the login configuration and taken after it.
func (s *standings) joined(login []move, all []crossing) (moves []move) {
	of := func(phase sync.Phase, alone []move, at int) {
		for _, m := range alone {
			if m.Phase != phase {
				continue
			}
			m.Number = len(moves) + 1
			if m.Key.Kind == schema.Provider.Name {
				m.Key.Name, m.opens, m.shuts = provider(at), m.opens<<at, m.shuts<<at
			}
			moves = append(moves, m)
		}
	}
	providers := func(phase sync.Phase) {
		for i, c := range all {
			of(phase, s.alone[c], i)
		}
	}
	providers(sync.Give)
	of(sync.Give, login, 0)
	of(sync.Take, login, 0)
	providers(sync.Take)
	return moves
}

// check makes each beginning of the calls from one entry to another, also where each of
// them fails.
func (s *standings) check(t *testing.T, before, after entry, login []move, all []crossing, build bool) {
	t.Helper()
	moves := s.joined(login, all)
	if build {
		for i, m := range s.built(t, before, after) {
			if j := moves[i]; m.Key != j.Key || m.Number != j.Number || m.Phase != j.Phase || m.opens != j.opens || m.shuts != j.shuts {
				t.Fatalf("%+v -> %+v: call %d is %s %s, opens %b and shuts %b, and alone %+v", before, after, i+1, m.Op, m.Key, m.opens, m.shuts, j)
			}
		}
	}
	s.all, s.most = s.all+1, max(s.most, len(moves))
	from, to := before.bits(), after.bits()
	for failing := range len(moves) + 1 {
		if at := weakAfter(moves, failing, from, to); at > 0 {
			t.Fatalf("%+v -> %+v: fewer than at both ends can log in after call %d, while call %d fails: %+v", before, after, at, failing, moves)
		}
	}
}

// move is what a call does, by its body.
type move struct {
	sync.Step
	opens, shuts int
}

func movesBy(steps []sync.Step) (moves []move) {
	for _, step := range steps {
		m := move{Step: step}
		var number int
		fmt.Sscanf(step.Key.Name, "p%d", &number)
		body := step.Call.Body
		switch step.Call.Action {
		case "ModifyLoginConfig":
			m.turn(byEmail, body["EmailLogin"])
			m.turn(byName, body["UserNameLogin"])
			m.turn(factorAsked, body.At("MfaConfig", "On"))
		case "DeleteProvider":
			m.turn(byProvider<<number, schema.Text("FALSE"))
		default:
			m.turn(byProvider<<number, body["On"])
		}
		moves = append(moves, m)
	}
	return moves
}

// turn notes what a call says of a bit; nil = nothing.
func (m *move) turn(bit int, to schema.Value) {
	switch {
	case to == nil:
	case to == schema.Bool(true) || to == schema.True || to == schema.Text("TRUE"):
		m.opens |= bit
	default:
		m.shuts |= bit
	}
}

func (m move) after(bits int) int { return bits&^m.shuts | m.opens }

// waysTold checks that a plan tells who can log in after each call, and returns who can at
// last.
func waysTold(t *testing.T, plan *sync.EnvironmentPlan, bits int, moves []move) int {
	t.Helper()
	all := plan.WaysIn
	if len(all) == 0 {
		all = []sync.Standing{standingOf(bits)}
	}
	for _, m := range moves {
		bits = m.after(bits)
		if len(all) > 1 && all[1].After == m.Number {
			all = all[1:]
		}
		want := standingOf(bits)
		if !slices.Equal(all[0].Ways, want.Ways) || all[0].SecondFactor != want.SecondFactor {
			t.Fatalf("after call %d: %+v, and the plan tells %+v", m.Number, want, plan.WaysIn)
		}
	}
	return bits
}

// weakAfter makes the calls, of which one fails, and returns after which one fewer can log
// in than at both ends; 0 = after none.
func weakAfter(moves []move, failing, from, to int) int {
	now, failed := from, move{}
	for _, m := range moves {
		switch {
		case failed.Number > 0 && (failed.Phase == sync.Give && m.Phase == sync.Take || m.Key == failed.Key):
			continue
		case m.Number == failing:
			failed = m
			continue
		}
		now = m.after(now)
		nobody := now&^factorAsked == 0 && from&^factorAsked > 0 && to&^factorAsked > 0
		if nobody || from&to&^now > 0 {
			return m.Number
		}
	}
	return 0
}

// longestPlan is the length of plans up to which all are tried.
const longestPlan = 8

// However the ways in change, after each call, and after each call where any one of them
// fails, somebody can log in, by each way that is open at both ends at least, and a second
// factor that stays is asked for; and the plan tells who. All plans of up to eight calls
// are tried: each login configuration to each other one, with as many providers that come,
// go or are switched as calls are left. Those of up to four calls are built; longer ones
// are put together, as those were, and with AUTHSYNC_TORTURE=full all are built.
func TestThereIsAlwaysAWayIn(t *testing.T) {
	s := newStandings(t)
	short := 4
	if os.Getenv("AUTHSYNC_TORTURE") == "full" {
		short = longestPlan
	}
	for _, before := range logins() {
		for _, after := range logins() {
			login := s.built(t, before, after)
			for providers := range longestPlan - len(login) + 1 {
				// How one comes or goes, by one call or another, is tried among few.
				given, taken := given, taken
				if providers > 4 {
					given, taken = given[:2], taken[:2]
				}
				crossings(given, taken, providers, func(all []crossing) {
					before, after := crossed(before, after, all)
					s.check(t, before, after, login, all, len(login)+providers <= short)
				})
			}
			// One that stays is the same whatever the others do.
			for _, all := range sequences(slices.Concat(given, taken, stays), 2) {
				before, after := crossed(before, after, all)
				s.check(t, before, after, login, all, len(login)+2 <= short)
			}
		}
	}
	t.Logf("%d plans of up to %d calls, %d of them built", s.all, s.most, s.plans)
	if s.most < longestPlan {
		t.Errorf("no plan has more than %d calls", s.most)
	}
}

// crossed are two entries with providers that cross from one to the other.
func crossed(before, after entry, all []crossing) (entry, entry) {
	before.providers, after.providers = make([]string, len(all)), make([]string, len(all))
	for i, c := range all {
		before.providers[i], after.providers[i] = c.before, c.after
	}
	return before, after
}
