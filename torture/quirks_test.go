package torture

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"authsync/schema/quirk"
)

// elsewhere are the quirks under which a run may rightly end in another state
// than it usually does, and why.
var elsewhere = map[quirk.Name]string{
	quirk.ClientSecret:         "a secret that is hidden is not compared with what nobody has applied",
	quirk.SMTPPassword:         "a secret that is hidden is not compared with what nobody has applied",
	quirk.SecureKey:            "a secret that is hidden is not compared with what nobody has applied",
	quirk.IntegrationPasswords: "a secret that is hidden is not compared with what nobody has applied",
	quirk.IntegrationTemplates: "what is a password is not known, and nothing is written",
	quirk.ProviderNeeds:        "the service refuses a provider",
	quirk.WXOpen:               "it cannot be deleted",
	quirk.PermanentDeletion:    "it cannot be deleted",
	quirk.DevicesAPI:           "what nobody has applied is not seen, and so not deleted",
	quirk.DevicesLogin:         "nobody can log in",
	quirk.ApplicationEmptyText: "what is cleared is absent, and not empty",
	quirk.APIKeyNames:          "the name of a key is taken",
	quirk.OneConnectorPerType:  "the service deletes what it does not keep",
	quirk.ConnectorEmpty:       "what is cleared is absent, and not empty",
	quirk.ConnectorConfig:      "what is cleared stays",
	quirk.ProviderEmptyText:    "what is cleared stays",
	quirk.Unspecified:          "the service decides what git does not",
}

// readings are what a sandbox plays, one after the other: each reading by itself,
// and drawn combinations of a few.
func readings() []quirk.Set {
	count := struct{ alone, drawn int }{10, 10}
	if effort() == full {
		count.alone, count.drawn = 1000, 300
	}
	var all []quirk.Set
	for _, q := range quirk.All() {
		for _, value := range q.Values()[1:] {
			all = append(all, quirk.Set{q.Name: value})
		}
	}
	all = sample(all, count.alone)
	dice := dice(len(all))
	for range count.drawn {
		all = append(all, drawnReadings(dice, quirk.All()))
	}
	return all
}

// drawnReadings draws a few rows, and a reading of each.
func drawnReadings(dice *rand.Rand, rows []quirk.Quirk) quirk.Set {
	set := quirk.Set{}
	for range 1 + dice.IntN(8) {
		q := rows[dice.IntN(len(rows))]
		set[q.Name] = q.Readings[dice.IntN(len(q.Readings))].Value
	}
	return set
}

// However what is not known of the services is, a run either does what git wants,
// or says that it does not; and nothing is lost by the way.
func TestReadings(t *testing.T) {
	usual := map[string]live{}
	for _, s := range scenarios {
		usual[s.git] = undisturb(t, s).live
	}
	sets := readings()
	dir := t.TempDir()
	var wait sync.WaitGroup
	next := make(chan int)
	for range workers {
		wait.Go(func() {
			for i := range next {
				if err := playReading(filepath.Join(dir, strconv.Itoa(i)), sets[i], usual); err != nil {
					t.Errorf("%v: %v", sets[i], err)
				}
			}
		})
	}
	for i := range sets {
		next <- i
	}
	close(next)
	wait.Wait()
	t.Logf("%s: %d readings and combinations", effortName(), len(sets))
}

// playReading applies what git wants, and then what it wants next.
func playReading(dir string, quirks quirk.Set, usual map[string]live) error {
	w, err := newWorld(dir, "testdata/live", quirks)
	if err != nil {
		return err
	}
	defer w.close()
	for _, s := range scenarios {
		if err := errors.Join(w.want(bench.git[s.git]), w.tell(http.MethodDelete, "/_sandbox/requests", "")); err != nil {
			return err
		}
		o, err := w.consent(applying()...)
		if err != nil {
			return err
		}
		if err := w.holds(o, quirks, usual[s.git]); err != nil || o.code != 0 {
			return err
		}
	}
	return nil
}

// holds holds a run against its exit code, and what it left against what it was
// to leave.
func (w *world) holds(o outcome, quirks quirk.Set, usual live) error {
	asked, err := w.asked()
	if err != nil {
		return err
	}
	served := slices.ContainsFunc(asked, request.served)
	now, err := liveIn(w.page("/_sandbox/state"))
	if err != nil {
		return err
	}
	leaks, err := w.leaks()
	switch {
	case err != nil:
		return err
	case len(leaks) > 0:
		return errors.New(strings.Join(leaks, "; "))
	case strings.Contains(now.text, "***"):
		return errors.New("a mask was written")
	case (o.code == 1 || o.code == 3) && served, o.code == 4 && !served, !slices.Contains([]int{0, 1, 3, 4}, o.code):
		return fmt.Errorf("served: %v, and %v", served, o)
	case o.code != 0:
		return nil // it says so
	}
	plan, err := w.run(planning()...)
	if err != nil {
		return err
	}
	if plan.code != 0 {
		return fmt.Errorf("the next plan is not empty: %v%s", plan, plan.out)
	}
	for name := range quirks {
		if elsewhere[name] != "" {
			return nil
		}
	}
	if diff := cmp.Diff(usual.text, now.text); diff != "" {
		return fmt.Errorf("another end than usual (-usual +this):\n%s", diff)
	}
	return nil
}

// At a request of an apply, a fault, while the services are not as usual: a plain
// run after it leads to where an undisturbed one does.
func TestMatrixOfReadings(t *testing.T) {
	count := struct{ combinations, cases int }{2, 8}
	if effort() == full {
		count.combinations, count.cases = 12, 150
	}
	ending := slices.DeleteFunc(quirk.All(), func(q quirk.Quirk) bool { return elsewhere[q.Name] != "" })
	dice := dice(9)
	for range count.combinations {
		quirks := drawnReadings(dice, ending)
		s := scenarios[dice.IntN(len(scenarios))]
		s.quirks = quirks
		t.Run(fmt.Sprint(s.name, quirks), func(t *testing.T) {
			u := undisturb(t, s)
			var cases [][]strike
			for range count.cases {
				cases = append(cases, []strike{{faults[dice.IntN(len(faults))], 1 + dice.IntN(len(u.requests))}})
			}
			strikeEach(t, cases, u)
		})
	}
}
