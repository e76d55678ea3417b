package schema_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"authsync/schema"
)

// BenchmarkLoad reads manifests of four objects each. The time for an object
// is to be the same however many there are.
func BenchmarkLoad(b *testing.B) {
	const objects = 4
	for _, n := range []int{1, 10, 50, 200} {
		b.Run(fmt.Sprintf("manifests=%d", n), func(b *testing.B) {
			dir := b.TempDir()
			for i := range n {
				file := filepath.Join(dir, fmt.Sprintf("env%03d.yaml", i))
				if err := os.WriteFile(file, []byte(fmt.Sprintf(benchManifest, i, i)), 0o600); err != nil {
					b.Fatal(err)
				}
			}
			for b.Loop() {
				if err := schema.Load([]string{dir}, schema.SecretsSealed).Faults.Err(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n*objects), "ns/object")
		})
	}
}

const benchManifest = `apiVersion: authsync/v1
kind: Environment
name: env%03d
systems:
  cloudbase: {envId: bench-%03d}
login:
  emailLogin: true
  userNameLogin: true
  phoneNumberLogin: false
  anonymousLogin: false
  smsVerificationConfig: {type: default, smsDayLimit: 30}
clients:
  default: {accessTokenExpiresIn: 2h, refreshTokenExpiresIn: 30d, maxDevice: 5}
providers:
  github:
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
  email:
    providerType: EMAIL
    on: true
    emailConfig:
      on: true
      templateConfig:
        registerSignIn:
          zhCN: "<h1>验证码</h1><p>{{.VerificationCode}}</p>"
          enUS: "<h1>Your code</h1><p>{{.VerificationCode}}</p>"
`
