package cloudbase

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"authsync/remote/service"
	"authsync/schema"
	"authsync/spell"
	"authsync/sync"
)

var authDomain = tcbKind{
	address: func(_ *tcbService, op sync.Op, t sync.Target) schema.Object {
		if op == sync.OpDelete {
			return schema.Object{"DomainIds": schema.List{schema.Text(t.ID)}}
		}
		return schema.Object{"Domains": schema.List{schema.Text(schema.AuthDomain.Canonical(t.Name))}}
	},
	read:    readAuthDomains,
	check:   checkAuthDomain,
	actions: map[sync.Op]string{sync.OpCreate: "CreateAuthDomain", sync.OpDelete: "DeleteAuthDomain"},
	made:    countDeleted,
}

// The states of a domain (typed cloud API).
const (
	systemDomain   = "SYSTEM"
	disabledDomain = "DISABLE"
)

// readAuthDomains: DescribeAuthDomains has no pages.
func readAuthDomains(ctx context.Context, s *tcbService, q sync.Query) ([]sync.WireObject, error) {
	const action = "DescribeAuthDomains"
	list, err := s.api.whole(ctx, &schema.AuthDomain, q.Wants, action, "Domains")
	if err != nil {
		return nil, err
	}
	for i, o := range list {
		if o.Text("Id") == "" || o.Text("Domain") == "" {
			return nil, fmt.Errorf("cloudbase: %s: Domains[%d] has no Id or no Domain", action, i)
		}
	}
	wants := slices.Clone(q.Wants)
	for i := range wants {
		wants[i].ID = "" // a domain has no name but itself: another id is the same domain, made again
	}
	live, err := domainMatcher(list).Match(list, wants)
	for i, o := range list {
		if err == nil && o.Text("Type") == systemDomain {
			live[i].Presence = sync.Builtin
		}
	}
	return live, err
}

// domainMatcher: of several that differ in spelling alone the first is meant that
// is on.
func domainMatcher(list []schema.Object) service.Matcher {
	meant := map[string]string{} // id by domain
	for _, disabled := range []bool{false, true} {
		for _, o := range list {
			is := schema.AuthDomain.Canonical(o.Text("Domain"))
			if _, found := meant[is]; !found && (o.Text("Status") == disabledDomain) == disabled {
				meant[is] = o.Text("Id")
			}
		}
	}
	return service.Matcher{
		Kind: &schema.AuthDomain, ID: "Id", Made: "CreateTime",
		Identity: func(o schema.Object) []string {
			is := schema.AuthDomain.Canonical(o.Text("Domain"))
			if meant[is] != o.Text("Id") {
				is = "spelled " + o.Text("Domain")
			}
			return []string{is}
		},
		Sought: func(w sync.Want) string { return schema.AuthDomain.Canonical(w.Name) },
		Name:   func(o schema.Object) string { return o.Text("Domain") },
	}
}

// checkAuthDomain says what there is to know of a domain that git names and live
// has: no call modifies one.
func checkAuthDomain(w sync.Want, live schema.Object) []schema.Problem {
	switch {
	case live.Text("type") == systemDomain:
		return []schema.Problem{{Severity: schema.Doubtful, Text: "is the platform's own (SYSTEM): there is nothing to do, and it is never deleted"}}
	case live.Text("status") == disabledDomain:
		key := schema.Key{Kind: schema.AuthDomain.Name, Name: w.Name}
		return []schema.Problem{{Severity: schema.Doubtful, Text: "is there and switched off (DISABLE), and no call switches it on; do that in the console, or make it again with: authsync apply --rotate " + spell.Word(key.String())}}
	}
	return nil
}

// undeletedError means that a deletion has deleted less than it was to.
type undeletedError struct{ deleted string }

func (e *undeletedError) Error() string {
	return fmt.Sprintf("cloudbase: DeleteAuthDomain: the service says that it deleted %s of 1", e.deleted)
}

// EffectUnknown is true: whether the domain is there now is for a read to tell.
func (e *undeletedError) EffectUnknown() bool { return true }

var _ sync.Uncertain = (*undeletedError)(nil)

func countDeleted(action string, answer schema.Object) (sync.Made, error) {
	deleted, counted := answer["Deleted"].(schema.Number)
	if n, err := strconv.Atoi(string(deleted)); counted && err == nil && n < 1 {
		return sync.Made{}, &undeletedError{string(deleted)}
	}
	return sync.Made{}, nil
}
