package cli

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/go-multierror"

	"authsync/remote"
	"authsync/remote/cloudbase"
	"authsync/remote/service"
	"authsync/schema"
	"authsync/schema/list"
	"authsync/sync"
	"authsync/sync/fleet"
	"authsync/sync/lock"
)

// checkSandbox says whether the services are played, and makes what the further checks
// call them by.
func checkSandbox(_ context.Context, e *examination) {
	var err error
	if e.config, err = e.configWith(e.ids, schema.OutlinesOf(e.envs)); err != nil {
		e.add(finding{Name: "sandbox", State: unwell, Text: err.Error(), Fix: "correct --sandbox, or AUTHSYNC_SANDBOX"})
		return
	}
	switch {
	case e.sandbox == "":
		e.add(finding{Name: "sandbox", State: healthy, Text: "none: this is about the services themselves"})
	case e.config.Sandbox == "unknown":
		e.add(finding{Name: "sandbox", State: unwell, Text: "no sandbox answers at the address that was given", Fix: "start it (authsync sandbox), or unset AUTHSYNC_SANDBOX"})
		e.config.Transport = nil // nothing else would answer
	default:
		e.add(finding{Name: "sandbox", State: noted, Text: "a sandbox plays the services, and nothing real is touched"})
	}
}

// accounts are the environments to ask with: those of the manifests, or one of which
// nothing is known.
func (e *examination) accounts() []*schema.Environment {
	envs := list.Only(e.envs, func(env *schema.Environment) bool { return env.ID() != "" })
	if len(envs) == 0 {
		envs = []*schema.Environment{{}}
	}
	return envs
}

// checkCredentials says where the cloud's credentials come from.
func checkCredentials(ctx context.Context, e *examination) {
	if e.config.Transport == nil {
		return
	}
	for _, env := range e.accounts() {
		account, err := e.config.Account(env.Systems[schema.CloudBase])
		if err == nil {
			_, err = account.Get(ctx)
		}
		f := finding{Name: "credentials", State: healthy}
		if err != nil {
			f.State, f.Text, f.Fix = unwell, err.Error(), adviceOn(err)
		} else {
			f.Text, e.entitled = "of "+account.Source, true
		}
		e.addOnce(f)
	}
}

func adviceOn(err error) string {
	for _, cause := range sync.Causes(sync.Failures(err)) {
		return adviceFor(cause).String()
	}
	return ""
}

// checkReach visits every address, without credentials, and compares the clock of this
// machine with theirs.
func checkReach(ctx context.Context, e *examination) {
	if e.config.Transport == nil {
		return
	}
	places := map[string]string{} // system by address
	for _, env := range e.envs {
		for system, place := range lock.PlacesOf(env, "") {
			if err := e.hosts.Refuses(env, system); err != nil {
				e.add(finding{Name: "reach", Environment: env.Name, State: unwell, Text: err.Error()})
				continue
			}
			if _, shut := e.shut[place.Address]; !shut {
				places[place.Address] = system
			}
		}
	}
	if len(e.envs) == 0 {
		places[usualAddress()] = schema.Shared().Name
	}
	addresses := slices.Sorted(maps.Keys(places))
	var ahead *clock
	for i, v := range fleet.Turns(len(addresses), len(addresses), func(i int) visited { return e.visit(ctx, places[addresses[i]], addresses[i]) }) {
		e.add(v.finding)
		if v.finding.State == unwell {
			e.shut[addresses[i]] = struct{}{}
		}
		if v.clock != nil && (ahead == nil || v.clock.off().Abs() > ahead.off().Abs()) {
			ahead = v.clock
		}
	}
	if ahead == nil {
		e.add(finding{Name: "clock", State: untested, Text: "no service said what time it is"})
		return
	}
	e.add(ahead.finding())
}

// clock is the time of this machine and that of a service in the same moment.
type clock struct {
	host        string
	here, there time.Time
}

func (c clock) off() time.Duration { return c.here.Sub(c.there).Round(time.Second) }

// What the clock may be off: a signature that is older is refused.
const (
	clockDoubtful = 30 * time.Second
	clockRefused  = 5 * time.Minute
)

func (c clock) finding() finding {
	f := finding{Name: "clock", State: healthy, Text: fmt.Sprintf("within %s of that of %s", clockDoubtful, c.host)}
	if c.off().Abs() < clockDoubtful {
		return f
	}
	way := "ahead of"
	if c.off() < 0 {
		way = "behind"
	}
	f.State, f.Text, f.Fix = noted, fmt.Sprintf("%s %s that of %s; signatures are good for %s", c.off().Abs(), way, c.host, clockRefused), "set this machine's clock, or have it set by NTP"
	if c.off().Abs() >= clockRefused {
		f.State = unwell
	}
	return f
}

// visited is what came of visiting an address.
type visited struct {
	finding finding
	clock   *clock // nil = it said no time
}

// visit says whether anything answers at an address, and through which proxy.
func (e *examination) visit(ctx context.Context, system, address string) visited {
	ctx, stop := context.WithTimeout(ctx, 2*e.timeout)
	defer stop()
	_, host, _ := strings.Cut(address, "://")
	through := ""
	proxy, err := e.config.Transport.Proxy(address)
	if proxy != "" {
		through = " through the proxy " + proxy
	}
	var date, before time.Time
	if err == nil {
		before = time.Now()
		date, err = e.config.Transport.Visit(ctx, system, address)
	}
	if err != nil {
		return visited{finding: finding{Name: "reach", State: unwell, Text: err.Error(), Fix: "look at the network, its proxy (HTTPS_PROXY, NO_PROXY), and the address"}}
	}
	v := visited{finding: finding{Name: "reach", State: healthy, Text: fmt.Sprintf("%s at %s answers%s", system, host, through)}}
	if !date.IsZero() {
		// The answer's time is without its part of a second.
		v.clock = &clock{host: host, here: before.Add(time.Since(before) / 2), there: date.Add(500 * time.Millisecond)}
	}
	return v
}

// unreached reports whether an environment's own service is not reached.
func (e *examination) unreached(env *schema.Environment) bool {
	address := env.Address(schema.CloudBase)
	if len(env.Systems) == 0 {
		address = usualAddress()
	}
	_, is := e.shut[address]
	return is
}

// usualAddress is where the service is of which nothing else is known.
func usualAddress() string { return "https://" + schema.Shared().Hosts[0] }

// checkAccounts says to which account the credentials belong.
func checkAccounts(ctx context.Context, e *examination) {
	if !e.entitled {
		return
	}
	for _, env := range e.accounts() {
		if e.unreached(env) {
			continue
		}
		ask, err := cloudbase.Caller(env, e.config.Config)
		id := ""
		if err == nil {
			id, err = ask(ctx)
		}
		f := finding{Name: "account", State: healthy, Text: id}
		pinned := env.Systems[schema.CloudBase].Text("account")
		switch {
		case err != nil:
			f.State, f.Text, f.Fix = unwell, err.Error(), adviceOn(err)
		case pinned != "" && pinned != id:
			f.Environment, f.State, f.Text, f.Fix = env.Name, unwell, fmt.Sprintf("the credentials are of account %s, and the manifest pins %s", id, pinned), "use credentials of that account"
		}
		e.addOnce(f)
	}
}

// checkRights reads what each manifest names; of one that names nothing, all there is.
func checkRights(ctx context.Context, e *examination) {
	if e.config.Transport == nil {
		return
	}
	for _, env := range e.envs {
		if e.unreached(env) {
			e.add(finding{Name: "rights", Environment: env.Name, State: untested, Text: "not tried: " + env.Address(schema.CloudBase) + " is not reached"})
			continue
		}
		if namesNothing(env) {
			wanted(env, env.Has)
		}
		site, err := remote.NewSite(env, e.config)
		if errors.Is(err, service.ErrNoCredentials) {
			e.add(finding{Name: "rights", Environment: env.Name, State: untested, Text: "not tried, without credentials"})
			continue
		}
		var failed *multierror.Error
		var read *sync.Reading
		if err == nil {
			read = sync.Read(ctx, site, sync.Options{Now: e.options.Now})
			failed = multierror.Append(failed, read.Errors...)
		}
		failed = multierror.Append(failed, err)
		for _, cause := range sync.Causes(sync.Failures(failed.ErrorOrNil())) {
			e.add(finding{Name: "rights", Environment: env.Name, State: unwell, Text: cause.Text, Fix: adviceFor(cause).String()})
		}
		if read != nil && len(read.Live) > 0 {
			e.add(finding{Name: "rights", Environment: env.Name, State: healthy, Text: "can read " + strings.Join(collectionsRead(read), ", ") + "; what writes is not tried"})
		}
	}
}

func collectionsRead(read *sync.Reading) []string {
	kinds := list.Only(schema.Kinds, func(k *schema.Kind) bool {
		_, is := read.Live[k.Name]
		return is && k.Update.Seen != schema.InVault
	})
	return list.Each(kinds, func(k *schema.Kind) string { return k.Collection })
}
