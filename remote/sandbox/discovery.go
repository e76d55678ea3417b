package sandbox

import (
	"strings"

	"authsync/schema"
)

// discovered are the Config fields that the service fills from an issuer's
// /.well-known/openid-configuration, here by appending to the issuer.
var discovered = map[string]string{
	"AuthorizationEndpoint": "/oauth2/authorize",
	"TokenEndpoint":         "/oauth2/token",
	"UserinfoEndpoint":      "/oauth2/userinfo",
	"JwksUri":               "/oauth2/jwks",
}

// discoveredScope is the scope that every simulated issuer supports.
const discoveredScope = "openid email profile"

// discover does what the service does when the issuer of an OIDC provider is set or
// changed: it overwrites the endpoints, even those in the request, and fills in a
// missing scope (seed 002).
func discover(old, next schema.Object) {
	config, ok := next["Config"].(schema.Object)
	if !ok || next.Text("ProviderType") != "OIDC" {
		return
	}
	issuer := config.Text("Issuer")
	if issuer == "" || schema.Same(old.At("Config", "Issuer"), config["Issuer"]) {
		return
	}
	for name, path := range discovered {
		config[name] = schema.Text(strings.TrimSuffix(issuer, "/") + path)
	}
	if schema.IsUnset(config["Scope"]) {
		config["Scope"] = schema.Text(discoveredScope)
	}
}
