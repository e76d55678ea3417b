package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/go-multierror"

	"authsync/remote/transport"
	"authsync/sync"
)

// unanswered are calls that got no answer at all, all for the same reason: a
// service that is down is one error, not one for each environment and call.
type unanswered struct {
	envs  []string
	calls int
	first *transport.Error
}

func (u *unanswered) Error() string {
	envs := strings.Join(u.envs, ", ")
	if u.calls == 1 {
		return fmt.Sprintf("%s: %v", envs, u.first)
	}
	return fmt.Sprintf("%s: %s: %s (%d calls)", envs, u.first.System, u.first.Message, u.calls)
}

func (u *unanswered) Unwrap() error { return u.first }

// readErrors are the reads of environments that failed.
func readErrors(envs []*sync.EnvironmentPlan) error {
	var all []error
	groups := map[string]*unanswered{}
	for _, env := range envs {
		for _, err := range env.Errors {
			var call *transport.Error
			if !errors.As(err, &call) || call.Status != 0 || call.Message == "" {
				all = append(all, fmt.Errorf("%s: %w", env.Name, err))
				continue
			}
			why := call.System + ": " + call.Message
			u := groups[why]
			if u == nil {
				u = &unanswered{first: call}
				groups[why] = u
				all = append(all, u)
			}
			u.calls++
			if n := len(u.envs); n == 0 || u.envs[n-1] != env.Name {
				u.envs = append(u.envs, env.Name)
			}
		}
	}
	return multierror.Append(nil, all...).ErrorOrNil()
}
