package schema

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A manifest names no variable that is a credential of the account, but for the
// account's own cloud, nor any of authsync's own or of a pipeline's.
func TestGuardedVariables(t *testing.T) {
	const (
		connector = "systems: {connectors: {url: 'https://a.example', token: !env NAME}}\nconnectors: {}\n"
		device    = "systems: {devices: {url: 'https://a.example', username: u, password: !env NAME}}\napplications: {}\n"
		provider  = "systems: {cloudbase: {envId: e-1}}\nproviders: {github: {providerType: OAUTH, config: {clientId: i, clientSecret: !env NAME}}}\n"
		extra     = "systems: {cloudbase: {envId: e-1}}\nproviders: {github: {extra: {New: !env NAME}}}\n"
		account   = "systems: {cloudbase: {envId: e-1, secretId: !env NAME, secretKey: !env NAME}}\nlogin: {}\n"
		key       = "systems: {cloudbase: {envId: e-1, integrationKey: !env NAME}}\nlogin: {}\n"
		intranet  = "systems: {cloudbase: {envId: e-1, url: 'https://tcb.internal.tencentcloudapi.com', secretId: !env NAME, secretKey: !env NAME}}\nlogin: {}\n"
		elsewhere = "systems: {cloudbase: {envId: e-1, url: 'https://a.example', secretId: !env NAME, secretKey: !env NAME}}\nlogin: {}\n"
		openHome  = "systems: {cloudbase: {envId: e-1}, openapi: {secretId: !env NAME, secretKey: !env NAME}}\nrecords: {}\n"
		openAway  = "systems: {cloudbase: {envId: e-1}, openapi: {url: 'https://a.example', secretId: !env NAME, secretKey: !env NAME}}\nrecords: {}\n"
	)
	everywhere := []string{connector, device, provider, extra, account, key, intranet, elsewhere, openHome, openAway}
	for _, row := range []struct {
		variables string
		refused   []string
	}{
		{"TENCENTCLOUD_SECRETKEY TENCENTCLOUD_SECRET_KEY TENCENTCLOUD_WEB_IDENTITY_TOKEN tencentcloud_secretid", []string{connector, device, provider, extra, elsewhere, openAway}},
		{"AUTHSYNC_IDENTITY AUTHSYNC_REVIEW_TOKEN GITHUB_TOKEN github_token GH_TOKEN GITLAB_TOKEN CI_REGISTRY_PASSWORD CI_DEPLOY_PASSWORD CNB_TOKEN ACTIONS_ID_TOKEN_REQUEST_TOKEN CI_JOB_TOKEN CI_JOB_JWT_V2", everywhere},
		{"GITHUB_SECRET GITHUB_TOKENS CONNECTORS_TOKEN MY_TENCENTCLOUD_KEY CI_TOKEN", nil},
	} {
		for _, name := range strings.Fields(row.variables) {
			for _, text := range everywhere {
				refused := false
				for _, f := range loadNaming(t, text, name).Faults.Wrong() {
					refused = refused || strings.Contains(f.Error(), name+" is ")
				}
				want := false
				for _, one := range row.refused {
					want = want || one == text
				}
				if refused != want {
					t.Errorf("%s in %srefused: %v, want %v", name, text, refused, want)
				}
			}
		}
	}
}

func loadNaming(t *testing.T, text, name string) *Loaded {
	t.Helper()
	file := filepath.Join(t.TempDir(), "prod.yaml")
	text = "apiVersion: authsync/v1\nkind: Environment\nname: prod\n" + strings.ReplaceAll(text, "NAME", name)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return Load([]string{file}, SecretsSealed)
}
