package sync_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/go-multierror"

	"authsync/schema/lang"
	"authsync/sync"
)

// stopped is an error of a call.
type stopped struct {
	made, cause, trace string
	writes             bool
}

func (e stopped) Error() string { return e.made + ": " + e.cause }
func (e stopped) Cause() string { return e.cause }
func (e stopped) Trace() string { return e.trace }
func (e stopped) Made() string  { return e.made }
func (e stopped) Writes() bool  { return e.writes }
func (e stopped) AdviceOn(calls []string) lang.Message {
	return lang.Text("allow " + strings.Join(calls, " and "))
}

func TestCauses(t *testing.T) {
	down := func(made string) error { return stopped{made: made, cause: "down", trace: "id of " + made} }
	for _, row := range []struct {
		name     string
		failures []sync.Failure
		want     []string
	}{
		{"none", nil, nil},
		{"one call is told as it is", []sync.Failure{{"prod", down("A")}}, []string{"[prod] A: down | allow A"}},
		{"several calls", []sync.Failure{{"prod", down("B")}, {"prod", down("A")}, {"prod", down("B")}},
			[]string{"[prod] down (3 reads, the first with id of B) | allow A and B"}},
		{"in several places", []sync.Failure{{"dev", down("A")}, {"prod", down("A")}}, []string{"[dev prod] down (2 reads, the first with id of A) | allow A"}},
		{"reads and a write", []sync.Failure{{"dev", down("A")}, {"dev", stopped{made: "W", cause: "down", writes: true}}},
			[]string{"[dev] down (1 read, 1 write, the first with id of A) | allow A and W"}},
		{"several in one error", []sync.Failure{{"dev", multierror.Append(nil, down("A"), errors.New("odd"), down("B"))}},
			[]string{"[dev] down (2 reads, the first with id of A) | allow A and B", "[dev] odd | "}},
		{"behind more words", []sync.Failure{{"dev", fmt.Errorf("login: %w", down("A"))}, {"dev", fmt.Errorf("client: %w", down("B"))}},
			[]string{"[dev] down (2 reads, the first with id of A) | allow A and B"}},
		{"no calls, and the same", []sync.Failure{{"dev", errors.New("odd")}, {"prod", errors.New("odd")}}, []string{"[dev prod] odd | "}},
		{"two causes in turn", []sync.Failure{{"dev", down("A")}, {"dev", errors.New("odd")}, {"prod", down("A")}},
			[]string{"[dev prod] down (2 reads, the first with id of A) | allow A", "[dev] odd | "}},
	} {
		t.Run(row.name, func(t *testing.T) {
			var got []string
			for _, c := range sync.Causes(row.failures) {
				got = append(got, fmt.Sprintf("%v %s | %s", c.Where, c, c.Advice))
			}
			if diff := cmp.Diff(row.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// Joined errors are told apart, however they were joined, and none is lost.
func TestFailuresOfJoinedErrors(t *testing.T) {
	a, b, c := errors.New("a"), errors.New("b"), errors.New("c")
	for name, row := range map[string]struct {
		err  error
		want string
	}{
		"one":                         {a, "a"},
		"by the standard library":     {errors.Join(a, errors.Join(b, c)), "a|b|c"},
		"by the other one":            {multierror.Append(nil, a, b), "a|b"},
		"one in the other":            {errors.Join(multierror.Append(nil, a), multierror.Append(nil, b, c)), "a|b|c"},
		"the other in the one":        {multierror.Append(nil, errors.Join(a, b), c), "a|b|c"},
		"a sentence about several":    {fmt.Errorf("%w, since %w", a, b), "a, since b"},
		"with the place of each":      {sync.At("prod", errors.Join(a, b)), "a|b"},
		"nothing but one that is nil": {errors.Join(nil, a), "a"},
	} {
		var texts []string
		for _, cause := range sync.Causes(sync.Failures(row.err)) {
			texts = append(texts, cause.Text)
		}
		if got := strings.Join(texts, "|"); got != row.want {
			t.Errorf("%s: got %s, want %s", name, got, row.want)
		}
	}
}
