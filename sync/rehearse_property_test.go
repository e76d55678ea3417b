package sync_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"authsync/remote/rehearse"
	"authsync/remote/sandbox"
	"authsync/remote/transport"
	"authsync/schema"
	"authsync/schema/quirk"
	"authsync/schema/schematest"
	"authsync/sync"
)

// A rehearsal that says that a plan ends as wanted under all readings is right,
// however the service is: the apply ends as wanted, what the manifest does not name
// stays, and the next plan is empty. It makes no request.
func TestARehearsalForetellsTheApply(t *testing.T) {
	w := newWorld(t, transport.Options{})
	var count struct{ drawn, refused, all, some, foretold, careful int }
	rapid.Check(t, func(t *rapid.T) {
		quirks := schematest.Quirks(t, schema.CloudBase)
		w.fresh(sandbox.Options{Quirks: quirks})
		w.live(t, nil)
		w.accompanied(t)
		before := w.state(t)
		env := w.desired(t, before)
		env.Quirks = knownOf(t, env, quirks)
		site := w.site(t, env)
		plan := sync.Build(site, sync.Read(t.Context(), site, sync.Options{}), sync.Options{})
		asked := w.asked(t)
		rehearsed := rehearse.Plan(t.Context(), site, plan, rehearse.Deep)
		if again := w.asked(t); again != asked {
			t.Fatalf("the rehearsal made %d requests", again-asked)
		}
		count.drawn++
		switch {
		case len(plan.Refusals) > 0 || len(plan.Errors) > 0:
			count.refused++
			return
		case rehearsed.Without != "":
			t.Fatalf("%v: %s", quirks, rehearsed.Without)
		}
		report := sync.Apply(t.Context(), site, allowed(plan), silent)
		fine := asWanted(report) && sync.Build(site, sync.Read(t.Context(), site, sync.Options{}), sync.Options{}).Empty()
		told := under(rehearsed, quirks)
		switch {
		case fine && len(told) > 0:
			count.careful++ // not all of what is live can be read
			t.Logf("%v: it ends as wanted, and was told to: %+v", quirks, told)
		case !fine && len(told) == 0 && len(rehearsed.Divergences) == 0:
			for _, s := range report.Steps {
				t.Logf("%s %s: %s %v", s.Step.Key, s.Step.Call, s.Outcome, s.Err)
			}
			t.Fatalf("%v: of %d readings of %v this is told to end as wanted, and: %+v %v", quirks, rehearsed.Readings, rehearsed.Quirks, report.ReadBack, report.Errors)
		case !fine:
			count.foretold++
		case rehearsed.All():
			count.all++
		default:
			count.some++
		}
		if fine {
			untouched(t, env, plan, shownOf(before, quirks), shownOf(w.state(t), quirks))
		}
	})
	t.Logf("%+v", count)
	if enough() && (count.all*10 < count.drawn || count.careful*50 > count.drawn+100) {
		t.Errorf("too little was rehearsed: %+v", count)
	}
}

// under are the divergences that are told of a service that is so.
func under(r *sync.Rehearsal, quirks quirk.Set) (told []sync.Divergence) {
	for _, d := range r.Divergences {
		so := func(u quirk.Set) bool {
			for name, value := range u {
				if !quirks.Played(name, value) {
					return false
				}
			}
			return true
		}
		if strings.Contains(d.Text, "UnknownParameter") || len(d.Path) > 0 && d.Path[0] == schema.Extra {
			continue // objects that nobody has read may have the field
		}
		if len(d.Under) == 0 || slices.ContainsFunc(d.Under, so) {
			told = append(told, d)
		}
	}
	return told
}

// asked is how many requests the sandbox has answered.
func (w *world) asked(t fataler) int {
	t.Helper()
	return len(w.requests(t))
}
