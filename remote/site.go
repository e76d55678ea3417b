package remote

import (
	"errors"
	"fmt"
	"maps"
	"time"

	"authsync/remote/cloudbase"
	"authsync/remote/connectors"
	"authsync/remote/devices"
	"authsync/remote/openapi"
	"authsync/remote/service"
	"authsync/remote/transport"
	"authsync/schema"
	"authsync/secrets"
	"authsync/sync"
	"authsync/sync/lock"
	"authsync/sync/state"
)

// SiteConfig is what reaching an environment's services needs besides its manifest.
type SiteConfig struct {
	service.Config
	// Version is the version of authsync, for the lock.
	Version string
	// Sandbox is the identity of the sandbox that plays the services; "" = none.
	Sandbox string
	// ReadLock reads another version of a lock than the file at its path; nil =
	// the file.
	ReadLock func(path string) ([]byte, error)
	// Allow are the gates that are allowed.
	Allow []string
	// StateDir is where this machine keeps its state of the runs; see [sync.StateOf].
	StateDir string
	// Listing lists that state once for all environments of a run that only reads; nil =
	// it is listed for each.
	Listing *state.Listing
	// MachineKey marks this machine's files.
	MachineKey state.MachineKey
	// Waits are the pauses between reads while a write is not visible; nil = the usual
	// ones. See [sync.Site].
	Waits []time.Duration
	// ReadTime is how long reading an environment may take; 0 = the default. See
	// [sync.Site].
	ReadTime time.Duration
}

var _ sync.Shared = (*transport.Error)(nil)

// NewSite connects an environment with the services that its manifest names.
// It makes no call.
func NewSite(env *schema.Environment, c SiteConfig) (*sync.Site, error) {
	site := &sync.Site{
		Env: env, Hosts: c.Hosts, Places: lock.PlacesOf(env, c.Sandbox), Keys: c.Keys, State: sync.StateOf(env.Name, env.File, c.StateDir),
		Lanes: c.Transport.Lanes(), Waits: c.Waits, ReadTime: c.ReadTime, Services: map[string]sync.Service{},
	}
	site.State.Key, site.State.Listing = c.MachineKey, c.Listing
	if err := site.OpenLock(c.Version, c.ReadLock); err != nil {
		return nil, err
	}
	if err := Reach(site, c); err != nil {
		return nil, err
	}
	withhold(site, c.Allow)
	var err error
	if site.Admit, err = cloudbase.Admission(env, c.Config); err != nil {
		return nil, &sync.Failure{Where: env.Name, Err: fmt.Errorf("systems.cloudbase: %w", err)}
	}
	return site, nil
}

// withhold removes the services of moved systems, to which nothing may be sent before
// that is allowed.
func withhold(site *sync.Site, allow []string) {
	for _, moved := range site.Withheld(allow) {
		for _, k := range schema.Kinds {
			if _, reached := site.Services[k.Name]; reached && k.System == moved.System {
				site.Services[k.Name] = &unconnected{&sync.DestinationError{Contradiction: moved}}
			}
		}
	}
}

// Reach gives a site the clients of its services. It makes no call.
func Reach(site *sync.Site, c SiteConfig) error {
	env := site.Env
	if _, ok := env.Systems[schema.CloudBase]; ok {
		services, err := at(c, env, schema.CloudBase, func() (map[string]sync.Service, error) { return cloudbase.Services(env, c.Config) })
		if err != nil {
			return &sync.Failure{Where: env.Name, Err: fmt.Errorf("systems.cloudbase: %w", err)}
		}
		maps.Copy(site.Services, services)
	}
	if settings, ok := env.Systems[schema.Connectors]; ok {
		connector, err := at(c, env, schema.Connectors, func() (sync.Service, error) { return connectors.New(settings, c.Config) })
		if err := connect(site, &schema.Connector, connector, err); err != nil {
			return err
		}
	}
	if settings, ok := env.Systems[schema.Devices]; ok {
		application, err := at(c, env, schema.Devices, func() (sync.Service, error) { return devices.New(settings, c.Config) })
		if err := connect(site, &schema.Application, application, err); err != nil {
			return err
		}
	}
	if env.Collections[schema.Record.Name] != nil {
		record, err := at(c, env, schema.OpenAPI, func() (sync.Service, error) { return openapi.New(env, c.Config) })
		if err := connect(site, &schema.Record, record, err); err != nil {
			return err
		}
	}
	return nil
}

// at makes the client of a system, if anything may be sent to its address.
func at[T any](c SiteConfig, env *schema.Environment, system string, client func() (T, error)) (T, error) {
	if err := c.Hosts.Refuses(env, system); err != nil {
		var none T
		return none, err
	}
	return client()
}

// connect gives a site the service of a kind, or a substitute if it cannot be reached
// with its settings. A credential that no request can carry is an error at once.
func connect(site *sync.Site, k *schema.Kind, service sync.Service, err error) error {
	if _, is := errors.AsType[*secrets.NotLineError](err); is {
		return &sync.Failure{Where: site.Env.Name, Err: fmt.Errorf("systems.%s: %w", k.System, err)}
	}
	site.Services[k.Name] = orUnconnected(service, k.System, err)
	return nil
}
