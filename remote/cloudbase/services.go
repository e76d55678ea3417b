package cloudbase

import (
	"authsync/remote/service"
	"authsync/schema"
	"authsync/sync"
)

// Services returns the services of the kinds on this system.
func Services(env *schema.Environment, c service.Config) (map[string]sync.Service, error) {
	settings := env.Systems[schema.CloudBase]
	account, err := c.Account(settings)
	if err != nil {
		return nil, err
	}
	api, err := newAPI(c.Transport, config{
		URL: settings.Text("url"), Region: settings.Text("region"), EnvID: settings.Text("envId"), Account: account,
	})
	if err != nil {
		return nil, err
	}
	services := map[string]sync.Service{}
	credentials := credentialsInUse(env, c.Keys)
	for name, kind := range tcbKinds {
		own := &tcbService{api: api, kind: kind, credentials: credentials}
		services[name] = own
		if kind.check != nil {
			services[name] = checkingService{own}
		}
	}
	services[schema.Integration.Name] = &integrationService{tcbService: tcbService{api: api, kind: integration}, key: integrationKeyOf(settings, c), types: map[string]string{}}
	return services, nil
}
