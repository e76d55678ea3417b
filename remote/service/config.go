package service

import (
	"errors"
	"fmt"

	"authsync/remote/transport"
	"authsync/schema"
	"authsync/secrets"
)

// Config is what connecting a system takes besides its settings in a manifest.
type Config struct {
	Transport *transport.Transport
	Keys      *secrets.Keyring
	// LookupEnv finds credentials; os.LookupEnv outside of tests.
	LookupEnv func(string) (string, bool)
	// Hosts say where credentials may go.
	Hosts Hosts
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

// Secret opens a secret of a system's settings; "" if it is not there. A
// variable that is not set counts as not there where a sandbox answers, which
// has credentials of its own.
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

// FallbackToken is the token to use where nobody gave one; "" = none.
func (c Config) FallbackToken() string {
	if c.Fallback == nil {
		return ""
	}
	return c.Fallback.Token
}

// Account looks in the manifest, then in the environment's variables.
func (c Config) Account(settings schema.Object) (Credentials, error) {
	id, err := c.Secret(settings, "secretId")
	if err != nil {
		return Credentials{}, err
	}
	key, err := c.Secret(settings, "secretKey")
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
