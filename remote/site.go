package remote

import (
	"errors"
	"fmt"

	"authsync/schema"
	"authsync/secrets"
	"authsync/sync"
)

// SiteConfig is what reaching an environment's services takes besides its
// manifest.
type SiteConfig struct {
	Transport *Transport
	Keys      *secrets.Keyring
	// LookupEnv finds credentials; os.LookupEnv outside of tests.
	LookupEnv func(string) (string, bool)
	// Fallback are used where neither the manifest nor the environment has
	// credentials: the sandbox's own. Nil = none.
	Fallback *Credentials
}

// NewSite connects an environment with the services that its manifest names.
// It makes no call.
func NewSite(env *schema.Environment, c SiteConfig) (*sync.Site, error) {
	site := &sync.Site{Env: env, Keys: c.Keys, Services: map[string]sync.Service{}}
	if _, ok := env.Systems["cloudbase"]; ok {
		api, err := cloudBaseOf(env, c)
		if err != nil {
			return nil, fmt.Errorf("%s: systems.cloudbase: %w", env.Name, err)
		}
		for name, kind := range tcbKinds {
			site.Services[name] = &tcbService{api: api, kind: kind}
		}
	}
	return site, nil
}

func cloudBaseOf(env *schema.Environment, c SiteConfig) (*CloudBase, error) {
	credentials, err := credentialsOf(env.Systems["cloudbase"], c)
	if err != nil {
		return nil, err
	}
	return NewCloudBase(c.Transport, CloudBaseConfig{
		URL:         env.Setting("cloudbase", "url"),
		Region:      env.Setting("cloudbase", "region"),
		EnvID:       env.Setting("cloudbase", "envId"),
		Credentials: credentials,
	})
}

// credentialsOf looks in the manifest, then in the environment's variables.
func credentialsOf(settings schema.Object, c SiteConfig) (Credentials, error) {
	if id, ok := settings["secretId"].(schema.Secret); ok {
		key, _ := settings["secretKey"].(schema.Secret)
		clearID, err := c.Keys.Open(id.Value)
		if err != nil {
			return Credentials{}, fmt.Errorf("secretId: %w", err)
		}
		clearKey, err := c.Keys.Open(key.Value)
		if err != nil {
			return Credentials{}, fmt.Errorf("secretKey: %w", err)
		}
		return Credentials{SecretID: clearID.Reveal(), SecretKey: clearKey.Reveal()}, nil
	}
	credentials, err := CredentialsFromEnv(c.LookupEnv)
	if errors.Is(err, ErrNoCredentials) && c.Fallback != nil {
		return *c.Fallback, nil
	}
	return credentials, err
}
