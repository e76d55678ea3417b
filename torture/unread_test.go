package torture

import (
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// unreads are the ways in which a read does not come, as long as a run lasts.
var unreads = []string{"500", "half", "timeout"}

// As long as a read of any kind, list or detail, does not come, nothing of the
// environment is taken away, whatever was allowed. Once it comes the same command
// leads to where an undisturbed one does. (A read that fails once is the matrix's.)
func TestUnreadTakesNothingAway(t *testing.T) {
	if effort() != "" && effort() != full {
		t.Skip("one case is asked for")
	}
	for _, s := range scenarios {
		u := undisturb(t, s)
		dir := t.TempDir()
		for i, c := range unreadCases(u) {
			t.Run(fmt.Sprintf("%s/%s/%s", s.name, c.read, c.fault), func(t *testing.T) {
				t.Parallel()
				w, err := s.begin(filepath.Join(dir, strconv.Itoa(i)))
				if err != nil {
					t.Fatal(err)
				}
				defer w.close()
				c.play(t, w, u)
			})
		}
	}
}

// unreadCase is a request that is answered badly each time.
type unreadCase struct{ read, fault string }

// unreadCases are those of a scenario, or a sample.
func unreadCases(u undisturbed) []unreadCase {
	var all []unreadCase
	var names []string
	for _, r := range u.requests {
		if r.Write {
			break // what is read later is read back
		}
		if name := r.String(); !slices.Contains(names, name) {
			names = append(names, name)
			for _, fault := range unreads {
				all = append(all, unreadCase{name, fault})
			}
		}
	}
	if effort() == full {
		return all
	}
	return sample(all, 8)
}

func (c unreadCase) play(t *testing.T, w *world, u undisturbed) {
	flags := []string{"--timeout", "500ms"}
	if bench.gates {
		flags = append(flags, "--allow", "delete", "--allow", "replace", "--allow", "weaken")
	}
	tell := func(method, path, body string) {
		if err := w.tell(method, path, body); err != nil {
			t.Fatal(err)
		}
	}
	tell(http.MethodDelete, "/_sandbox/requests", "")
	tell(http.MethodPost, "/_sandbox/faults", fmt.Sprintf(`{"match":%q,"nth":1,"fault":%q,"times":100000}`, c.read, c.fault))
	o, err := w.run(applying(flags...)...)
	if err != nil {
		t.Fatal(err)
	}
	asked, err := w.asked()
	if err != nil {
		t.Fatal(err)
	}
	if o.code != 1 && o.code != 4 {
		t.Errorf("is not said to have failed: %v", o)
	}
	for _, r := range asked {
		if r.served() && (strings.HasPrefix(r.Action, "Delete") || r.Method == http.MethodDelete) {
			t.Errorf("%v was served: %v", r, o)
		}
	}
	tell(http.MethodDelete, "/_sandbox/faults", "")
	if o, err = w.consent(applying()...); err != nil || o.code != 0 {
		t.Fatalf("afterwards: %v%v", o, err)
	}
	var r result
	if err := r.settled(w, u); err != nil {
		t.Fatal(err)
	}
	for _, p := range r.problems {
		t.Error(p)
	}
}
