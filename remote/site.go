package remote

import (
	"errors"
	"fmt"

	"authsync/schema"
	"authsync/secrets"
	"authsync/sync"
	"authsync/sync/lock"
)

// SiteConfig is what reaching an environment's services takes besides its
// manifest.
type SiteConfig struct {
	Transport *Transport
	Keys      *secrets.Keyring
	// LookupEnv finds credentials; os.LookupEnv outside of tests.
	LookupEnv func(string) (string, bool)
	// Version is authsync's, for the lock.
	Version string
	// StateDir is where this machine keeps what runs leave; see [sync.StateOf].
	StateDir string
	// Fallback is used where neither the manifest nor the environment has
	// credentials: the sandbox's own. Nil = none.
	Fallback *Fallback
}

// Fallback are credentials for want of others.
type Fallback struct {
	Account Credentials
	Token   string
	// IntegrationKey seals the passwords of integrations.
	IntegrationKey string
}

// NewSite connects an environment with the services that its manifest names.
// It makes no call.
func NewSite(env *schema.Environment, c SiteConfig) (*sync.Site, error) {
	site := &sync.Site{Env: env, Keys: c.Keys, State: sync.StateOf(env, c.StateDir), Lanes: c.Transport.Lanes(), Services: map[string]sync.Service{}}
	var err error
	if site.Lock, err = lock.Open(sync.LockFile(env.File), lock.Owner{
		Env: env.Name, Version: c.Version, Systems: env.Remotes(), Keys: c.Keys, Recipients: env.Recipients,
	}); err != nil {
		return nil, err
	}
	if site.Vault, err = secrets.OpenVault(sync.VaultFile(env.File), env.Name); err != nil {
		return nil, err
	}
	if _, ok := env.Systems[schema.CloudBase]; ok {
		api, err := cloudBaseOf(env, c)
		if err != nil {
			return nil, fmt.Errorf("%s: systems.cloudbase: %w", env.Name, err)
		}
		credentials := credentialsInUse(env, c.Keys)
		for name, kind := range tcbKinds {
			site.Services[name] = &tcbService{api: api, kind: kind, credentials: credentials}
		}
		site.Services[schema.Integration.Name] = newIntegrations(api, integrationKeyOf(env.Systems[schema.CloudBase], c))
	}
	if settings, ok := env.Systems[schema.Connectors]; ok {
		api, err := newConnectors(c, settings)
		site.Services[schema.Connector.Name] = orUnconnected(&connectorService{api}, schema.Connectors, err)
	}
	if settings, ok := env.Systems[schema.Devices]; ok {
		api, err := newDevices(c, settings)
		site.Services[schema.Application.Name] = orUnconnected(newApplications(api, c.Keys, settings.Text("username")), schema.Devices, err)
	}
	if env.Collections[schema.Record.Name] != nil {
		api, err := newOpenAPI(env, c)
		site.Services[schema.Record.Name] = orUnconnected(&recordService{api}, schema.OpenAPI, err)
	}
	return site, nil
}

func (f *Fallback) token() string {
	if f == nil {
		return ""
	}
	return f.Token
}

func cloudBaseOf(env *schema.Environment, c SiteConfig) (*CloudBase, error) {
	credentials, err := credentialsOf(env.Systems[schema.CloudBase], c)
	if err != nil {
		return nil, err
	}
	return NewCloudBase(c.Transport, CloudBaseConfig{
		URL:         env.Setting(schema.CloudBase, "url"),
		Region:      env.Setting(schema.CloudBase, "region"),
		EnvID:       env.Setting(schema.CloudBase, "envId"),
		Credentials: credentials,
	})
}

// credentialsOf looks in the manifest, then in the environment's variables.
func credentialsOf(settings schema.Object, c SiteConfig) (Credentials, error) {
	id, err := c.given(settings, "secretId")
	if err != nil {
		return Credentials{}, err
	}
	key, err := c.given(settings, "secretKey")
	if err != nil {
		return Credentials{}, err
	}
	if id != "" && key != "" {
		return Credentials{SecretID: id, SecretKey: key}, nil
	}
	credentials, err := CredentialsFromEnv(c.LookupEnv)
	if errors.Is(err, ErrNoCredentials) && c.Fallback != nil {
		return c.Fallback.Account, nil
	}
	return credentials, err
}

// given opens a secret of a system's settings; "" if it is not there. A
// variable that is not set counts as not there where a sandbox answers, which
// has credentials of its own.
func (c SiteConfig) given(settings schema.Object, name string) (string, error) {
	v, ok := settings[name].(schema.Secret)
	if !ok {
		return "", nil
	}
	clear, err := c.Keys.Open(v.Value)
	var unset *secrets.UnsetEnvError
	switch {
	case errors.As(err, &unset) && c.Fallback != nil:
		return "", nil
	case err != nil:
		return "", fmt.Errorf("%s: %w", name, err)
	}
	return clear.Reveal(), nil
}
