package sync_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"authsync/remote"
	"authsync/remote/service"
	"authsync/remote/transport"
	"authsync/schema"
	"authsync/secrets"
	"authsync/sync"
)

// BenchmarkBuild plans environments that are new, changed and equal in thirds
// of their providers. The time for an object is to be the same however many
// environments there are.
func BenchmarkBuild(b *testing.B) {
	const providers = 18
	for _, n := range []int{1, 10, 50} {
		b.Run(fmt.Sprintf("environments=%d", n), func(b *testing.B) {
			sites, live := benchSites(b, n, providers)
			for b.Loop() {
				for i, site := range sites {
					plan := sync.Build(site, live[i], sync.Options{})
					if len(plan.Steps) != providers*2/3 || len(plan.Refusals) > 0 {
						b.Fatalf("%d steps, refusals: %v", len(plan.Steps), plan.Refusals)
					}
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n*providers), "ns/object")
		})
	}
}

func benchSites(b *testing.B, n, providers int) ([]*sync.Site, []*sync.Reading) {
	dir := b.TempDir()
	for i := range n {
		var text strings.Builder
		fmt.Fprintf(&text, "apiVersion: authsync/v1\nkind: Environment\nname: env%02d\nsystems: {cloudbase: {envId: bench-%02d}}\nproviders:\n", i, i)
		for p := range providers {
			fmt.Fprintf(&text, benchProvider, p)
		}
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("env%02d.yaml", i)), []byte(text.String()), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	loaded := schema.Load([]string{dir}, schema.SecretsSealed)
	if err := loaded.Faults.Err(); err != nil {
		b.Fatal(err)
	}
	carrier, err := transport.New(transport.Options{})
	if err != nil {
		b.Fatal(err)
	}
	var sites []*sync.Site
	var live []*sync.Reading
	for _, env := range loaded.Environments {
		site, err := remote.NewSite(env, remote.SiteConfig{Config: service.Config{
			Transport: carrier, Keys: new(secrets.Keyring),
			LookupEnv: func(string) (string, bool) { return "", false },
			Hosts:     service.Sandboxed,
			Fallback:  &service.Fallback{Account: service.Credentials{SecretID: "bench", SecretKey: "bench"}},
		}})
		if err != nil {
			b.Fatal(err)
		}
		sites = append(sites, site)
		live = append(live, benchReading(env))
	}
	return sites, live
}

// benchReading is a live state without a third of the providers, with another
// name for a third, and with the rest as the manifest says.
func benchReading(env *schema.Environment) *sync.Reading {
	objects := map[string]sync.LiveObject{}
	for i, d := range env.Collections[schema.Provider.Name].Objects {
		fields := d.Fields.Clone()
		switch i % 3 {
		case 0:
			continue
		case 1:
			fields["name"] = schema.Object{"message": schema.Text("another name")}
		}
		objects[d.Key.Name] = sync.LiveObject{Fields: fields}
	}
	return &sync.Reading{Live: map[string]map[string]sync.LiveObject{schema.Provider.Name: objects}}
}

const benchProvider = `  p%d:
    providerType: OAUTH
    name: {message: GitHub}
    on: true
    config:
      clientId: Iv1.0123456789abcdef
      redirectUri: https://app.example/callback
      scope: read:user user:email
      authorizationEndpoint: https://github.com/login/oauth/authorize
      tokenEndpoint: https://github.com/login/oauth/access_token
      userinfoEndpoint: https://api.github.com/user
      responseParametersMap: {sub: id, username: login, picture: avatar_url}
`
