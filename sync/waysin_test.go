package sync_test

import (
	"context"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
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

// entries are all with so many providers.
func entries(providers int) (all []entry) {
	states := [][]string{nil}
	for range providers {
		var more [][]string
		for _, s := range states {
			for _, state := range []string{"", "on", "off"} {
				more = append(more, append(slices.Clone(s), state))
			}
		}
		states = more
	}
	for i := range 8 {
		for _, s := range states {
			all = append(all, entry{i&1 > 0, i&2 > 0, i&4 > 0, s})
		}
	}
	return all
}

func (e entry) open() bool { return e.email || e.user || slices.Contains(e.providers, "on") }

// objects are what a manifest has of it.
func (e entry) objects() []*schema.Declared {
	all := []*schema.Declared{{Key: schema.Key{Kind: "login"}, Fields: schema.Object{
		"emailLogin": schema.Bool(e.email), "userNameLogin": schema.Bool(e.user), "mfaConfig": schema.Object{"on": switched(e.factor), "email": schema.True}}}}
	for i, state := range e.providers {
		if state != "" {
			all = append(all, &schema.Declared{Key: schema.Key{Kind: "provider", Name: fmt.Sprint("p", i)}, Fields: schema.Object{
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

// However the ways in change, somebody can log in after each call, and after each call
// where any one of them fails, and a second factor that stays is never off in between.
// All pairs of what is live and what is wanted are tried: plans of up to four calls,
// and with AUTHSYNC_TORTURE=full of up to six.
func TestThereIsAlwaysAWayIn(t *testing.T) {
	w := newWorld(t, transport.Options{})
	plans, most, providers := 0, 0, 2
	if os.Getenv("AUTHSYNC_TORTURE") == "full" {
		providers = 4
	}
	for _, before := range entries(providers) {
		w.fresh(sandbox.Options{})
		live := withProviders(environment(before.objects()...))
		live.Systems[schema.CloudBase]["region"] = schema.Text("ap-shanghai")
		if err := w.server.Seed(live); err != nil {
			t.Fatal(err)
		}
		read := sync.Read(context.Background(), w.site(t, live), sync.Options{Unmanaged: sync.DeleteUnmanaged})
		for _, after := range entries(providers) {
			wanted := withProviders(environment(after.objects()...))
			plan := sync.Build(w.site(t, wanted), read, sync.Options{Unmanaged: sync.DeleteUnmanaged})
			if len(plan.Errors) > 0 || len(plan.Refusals) > 0 {
				t.Fatal(plan.Errors, plan.Refusals)
			}
			plans, most = plans+1, max(most, len(plan.Steps))
			if !before.open() || !after.open() {
				continue
			}
			for _, g := range plan.Gates {
				if g.Name == sync.GateLockout {
					t.Fatalf("%+v -> %+v: %s", before, after, g.Text)
				}
			}
			for failing := range len(plan.Steps) + 1 {
				before.survives(t, after, plan, failing)
			}
		}
	}
	t.Logf("%d plans of up to %d calls", plans, most)
}

// survives makes the calls of a plan, by their bodies, of which one fails.
func (e entry) survives(t *testing.T, after entry, plan *sync.EnvironmentPlan, failing int) {
	t.Helper()
	now := map[string]bool{"EmailLogin": e.email, "UserNameLogin": e.user}
	factor := e.factor
	for i, state := range e.providers {
		now[fmt.Sprint("p", i)] = state == "on"
	}
	skipped := map[schema.Key]bool{}
	withheld := false
	for _, s := range plan.Steps {
		if skipped[s.Key] || withheld && s.Phase == sync.Take {
			continue
		}
		if s.Number == failing {
			skipped[s.Key], withheld = true, s.Phase == sync.Give
			continue
		}
		body := s.Call.Body
		switch s.Call.Action {
		case "ModifyLoginConfig":
			for _, name := range []string{"EmailLogin", "UserNameLogin"} {
				now[name] = body[name] == schema.Bool(true)
			}
			if on := body.At("MfaConfig", "On"); on != nil {
				factor = strings.Contains(schema.Show(on), "TRUE") || on == schema.True
			}
		case "DeleteProvider":
			now[s.Key.Name] = false
		default:
			if on := body["On"]; on != nil {
				now[s.Key.Name] = strings.Contains(schema.Show(on), "TRUE") || on == schema.True
			}
		}
		if !slices.Contains(slices.Collect(maps.Values(now)), true) {
			t.Fatalf("%+v -> %+v: nobody can log in after call %d, while call %d fails: %+v", e, after, s.Number, failing, plan.Steps)
		}
		if e.factor && after.factor && !factor {
			t.Fatalf("%+v -> %+v: no second factor after call %d, while call %d fails", e, after, s.Number, failing)
		}
	}
}
