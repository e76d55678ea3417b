package cli

import (
	"fmt"
	"strings"

	"authsync/sync"
)

// mostListed is how many environments are named one by one; of more only the first are.
const mostListed = 10

func listed(names []string) string {
	if len(names) <= mostListed {
		return strings.Join(names, ", ")
	}
	few, more := sync.Few(names)
	return strings.Join(few, ", ") + more
}

// refused are the reasons for which environments are refused, in their order.
type refused struct {
	list  [][2]string         // environment and reason
	where map[string][]string // by reason
}

func (r *refused) add(env, text string) {
	if r.where == nil {
		r.where = map[string][]string{}
	}
	r.list, r.where[text] = append(r.list, [2]string{env, text}), append(r.where[text], env)
}

// errors returns an error for each environment and reason; of a reason that many have
// only one.
func (r *refused) errors() (errs []error) {
	told := map[string]bool{}
	for _, one := range r.list {
		env, text := one[0], one[1]
		if names := r.where[text]; len(names) > mostListed {
			if told[text] {
				continue
			}
			told[text], env = true, fmt.Sprintf("%d environments (%s)", len(names), listed(names))
		}
		errs = append(errs, fmt.Errorf("refused: %s: %s", env, text))
	}
	return errs
}
