package cli

import (
	"cmp"
	"context"
	"io"
	"os"
	"slices"
	stdsync "sync"
	"time"

	"filippo.io/age"

	"authsync/cli/render"
	"authsync/remote"
	"authsync/remote/credentials"
	"authsync/remote/sandbox"
	"authsync/remote/service"
	"authsync/remote/transport"
	"authsync/schema"
	"authsync/schema/list"
	"authsync/sync"
	"authsync/sync/fleet"
	"authsync/sync/state"
)

// connect makes the sites of a run. It makes no call.
func connect(envs []*schema.Environment, s selection) ([]*sync.Site, error) {
	config, err := s.config(envs)
	if err != nil {
		return nil, err
	}
	return s.sitesOf(envs, config)
}

// config returns what reaching the environments of a run needs. A system that would be
// reached in clear text is refused, at the place of its address.
func (s selection) config(envs []*schema.Environment) (remote.SiteConfig, error) {
	var clear schema.Faults
	clear.Add(list.Flat(envs, s.hosts.Faults)...)
	if err := clear.Err(); err != nil {
		return remote.SiteConfig{}, err
	}
	return s.configOf(schema.OutlinesOf(envs))
}

// configOf does so for environments whose addresses were looked at.
func (s selection) configOf(outlines []*schema.Outline) (remote.SiteConfig, error) {
	ids, err := identities(s.identities, askPassphrase, s.said)
	if err != nil {
		return remote.SiteConfig{}, err
	}
	return s.configWith(ids, outlines)
}

// configWith does so with these identities, wherever the systems are.
func (s selection) configWith(ids []age.Identity, outlines []*schema.Outline) (remote.SiteConfig, error) {
	var pause time.Duration // the usual one
	if s.sandbox != "" {
		pause = 10 * time.Millisecond // one that fails on purpose works again at once
	}
	carrier, err := transport.New(transport.Options{
		Sandbox: s.sandbox, Concurrency: s.concurrency, Rate: s.rate, Shard: s.options.Shard, Timeout: s.timeout,
		UserAgent: "authsync/" + Version, Access: s.access, About: sync.Subject,
		Pause: pause,
	})
	if err != nil {
		return remote.SiteConfig{}, err
	}
	config := remote.SiteConfig{
		Config:  service.Config{Transport: carrier, Keys: keyring(ids, outlines), LookupEnv: lookupEnv, Hosts: s.hosts},
		Version: Version, StateDir: s.stateDir, ReadLock: s.readLock, Allow: s.options.Allow, MachineKey: machineKey(),
	}
	if s.access == transport.ReadOnly {
		config.Listing = new(state.Listing)
	}
	config.Cloud, config.Sandbox = s.cloud(carrier), s.sandboxIdentity()
	if s.sandbox != "" {
		// A sandbox shows writes at once.
		config.Waits = []time.Duration{time.Millisecond, time.Millisecond, time.Millisecond, time.Millisecond}
		config.Fallback = &service.Fallback{
			Account: service.Credentials{SecretID: sandbox.SecretID, SecretKey: sandbox.SecretKey},
			Token:   sandbox.Token,

			IntegrationKey: sandbox.IntegrationKey,
		}
	}
	return config, nil
}

// cloud finds the account that all environments of a run share.
func (s selection) cloud(carrier *transport.Transport) func() (*service.Account, error) {
	return stdsync.OnceValues(func() (*service.Account, error) {
		around := credentials.Surroundings{LookupEnv: lookupEnv, Transport: carrier}
		if s.sandbox == "" { // the sandbox does not know a person's profile
			around.Home, _ = os.UserHomeDir()
		}
		return credentials.Find(around)
	})
}

// sayOfSandbox says first of all that a run uses a sandbox, if it does.
func sayOfSandbox(w io.Writer, sites []*sync.Site) {
	render.Sandbox(w, sandboxUsed(sites), render.Palette{})
}

// sandboxUsed returns the identity of the sandbox that sites use; "" = none.
func sandboxUsed(sites []*sync.Site) string {
	return cmp.Or(list.Each(sites, func(site *sync.Site) string { return site.Places.Sandbox() })...)
}

// sandboxIdentity asks the sandbox of a run for its identity; "" = none. If it does
// not answer, reads will fail too.
func sandboxIdentity(url string) string {
	if url == "" {
		return ""
	}
	identity, err := sandbox.Identify(context.Background(), url)
	if err != nil {
		return "unknown"
	}
	return identity
}

func (s selection) sandboxIdentity() string {
	if s.identity == nil {
		return sandboxIdentity(s.sandbox)
	}
	return s.identity()
}

// readTime returns how long reading each of so many environments may take. They share
// the rates of the services, so each waits for the others.
func readTime(environments int) time.Duration {
	return 15*time.Minute + time.Duration(environments)*10*time.Second
}

func (s selection) sitesOf(envs []*schema.Environment, config remote.SiteConfig) ([]*sync.Site, error) {
	config.ReadTime = readTime(len(envs))
	sites, err := fleet.Sites(len(envs), func(i int) (*sync.Site, error) { return s.siteOf(envs[i], config) })
	return slices.DeleteFunc(sites, func(site *sync.Site) bool { return site == nil }), err
}

// siteOf connects one environment. It makes no call.
func (s selection) siteOf(env *schema.Environment, config remote.SiteConfig) (*sync.Site, error) {
	config.Transport = config.Transport.Watched(s.progress.Watch(env.Name))
	config.Told = s.progress.Credentials(env.Name)
	return remote.NewSite(env, config)
}

func (s selection) plan(ctx context.Context) (*sync.Plan, error) {
	outlines, err := s.environments()
	if err != nil {
		return nil, err
	}
	run, err := s.run(outlines, fleet.AtOnce(s.concurrency), nil)
	if err != nil {
		return nil, err
	}
	plan, err := run.Plan(ctx, s.planner, letGo)
	if err != nil {
		return nil, err
	}
	return plan, s.excludesKnown(plan)
}

// environments returns the outlines of the selected environments, from their manifests
// alone.
func (s selection) environments() ([]*schema.Outline, error) {
	outlines, err := s.surveyed()
	if err != nil {
		return nil, err
	}
	if err := cmp.Or(targetsExist(outlines, s.options), allowedElsewhere(outlines, s.options.Allow)); err != nil {
		return nil, err
	}
	outlines, err = inWave(outlines, s.wave)
	return inShard(outlines, s.options.Shard), err
}

// excludesKnown refuses to leave out what nobody knows. A plan with failed reads does
// not tell who knows it, and is none to apply.
func (s selection) excludesKnown(plan *sync.Plan) error {
	unread := func(env *sync.EnvironmentPlan) bool { return len(env.Errors) > 0 }
	unmatched := sync.Unmatched(list.Each(plan.Environments, func(env *sync.EnvironmentPlan) sync.Limits { return env.Limits }))
	if slices.ContainsFunc(plan.Environments, unread) || len(unmatched) == 0 {
		return nil
	}
	s.said = io.Discard
	all, err := s.surveyed()
	return cmp.Or(err, excludesExist(all, unmatched))
}

func siteNames(sites []*sync.Site) []string {
	return list.Each(sites, func(site *sync.Site) string { return site.Env.Name })
}
