package service

import (
	"errors"
	"fmt"

	"authsync/remote/transport"
	"authsync/schema"
	"authsync/secrets"
)

// Config is what connecting a system needs besides its settings in a manifest.
type Config struct {
	Transport *transport.Transport
	Keys      *secrets.Keyring
	// LookupEnv finds credentials; os.LookupEnv outside of tests.
	LookupEnv func(string) (string, bool)
	// Cloud finds the run's own account, for manifests that name none; nil = only from
	// variables.
	Cloud func() (*Account, error)
	// Told is called with the source of an environment's account; nil = not called.
	Told func(source string)
	// Hosts say where credentials may go.
	Hosts Hosts
	// Fallback is used if neither the manifest nor the environment has credentials:
	// the sandbox's own. Nil = none.
	Fallback *Fallback
}

// Fallback are default credentials.
type Fallback struct {
	Account Credentials
	Token   string
	// IntegrationKey seals the passwords of integrations.
	IntegrationKey string
}

// Secret opens a secret of a system's settings; "" if there is none. If a sandbox
// answers, which has credentials of its own, an unset variable counts as none.
func (c Config) Secret(settings schema.Object, name string) (string, error) {
	v, ok := settings[name].(schema.Secret)
	if !ok {
		return "", nil
	}
	clear, err := c.Keys.OpenLine(v.Value)
	var unset *secrets.UnsetEnvError
	switch {
	case errors.As(err, &unset) && c.Fallback != nil:
		return "", nil
	case err != nil:
		return "", fmt.Errorf("%s: %w", name, err)
	}
	return clear.Reveal(), nil
}

// FallbackToken is the default token; "" = none.
func (c Config) FallbackToken() string {
	if c.Fallback == nil {
		return ""
	}
	return c.Fallback.Token
}

// Account returns the account that a system's settings name, or the run's own, and
// reports its source.
func (c Config) Account(settings schema.Object) (*Account, error) {
	account, err := c.account(settings)
	if err == nil && c.Told != nil {
		c.Told(account.Source)
	}
	return account, err
}

func (c Config) account(settings schema.Object) (*Account, error) {
	id, err := c.Secret(settings, "secretId")
	if err != nil {
		return nil, err
	}
	key, err := c.Secret(settings, "secretKey")
	if err != nil {
		return nil, err
	}
	if id != "" && key != "" {
		return Static("the manifest's secretId and secretKey", Credentials{SecretID: id, SecretKey: key}), nil
	}
	account, err := c.cloud()
	if errors.Is(err, ErrNoCredentials) && c.Fallback != nil {
		return Static("the sandbox's own", c.Fallback.Account), nil
	}
	return account, err
}

// cloud returns the run's own account.
func (c Config) cloud() (*Account, error) {
	if c.Cloud == nil {
		return FromVariables(c.LookupEnv)
	}
	return c.Cloud()
}
