package schema

// providerOnline: OpenID Connect Discovery 1.0, RFC 6749 and SAML metadata 2.0. WeChat's
// endpoints are the service's to know, and no manifest names them.
var providerOnline = Online{
	By: "providerType",
	Asks: map[Text][]Ask{
		"OIDC": {
			{Discovery, Path{"config", "issuer"}},
			{SigningKeys, Path{"config", "jwksUri"}},
			{LoginPage, Path{"config", "authorizationEndpoint"}},
			{TokenEndpoint, Path{"config", "tokenEndpoint"}},
			{Userinfo, Path{"config", "userinfoEndpoint"}},
		},
		"OAUTH": {
			{LoginPage, Path{"config", "authorizationEndpoint"}},
			{TokenEndpoint, Path{"config", "tokenEndpoint"}},
			{Userinfo, Path{"config", "userinfoEndpoint"}},
		},
		"SAML": {{SAMLMetadata, Path{"config", "samlMetadata"}}},
	},
	Claims: []Claim{
		{Name: "issuer", Field: Path{"config", "issuer"}},
		{Name: "jwks_uri", Field: Path{"config", "jwksUri"}},
		{Name: "authorization_endpoint", Field: Path{"config", "authorizationEndpoint"}},
		{Name: "token_endpoint", Field: Path{"config", "tokenEndpoint"}},
		{Name: "userinfo_endpoint", Field: Path{"config", "userinfoEndpoint"}},
		{Name: "response_types_supported", Field: Path{"config", "responseType"}, Holds: Lists},
		{Name: "scopes_supported", Field: Path{"config", "scope"}, Holds: ListsAll},
		{Name: "token_endpoint_auth_methods_supported", Field: Path{"config", "tokenEndpointAuthMethod"}, Holds: Lists,
			Words:  map[Text]Text{"CLIENT_SECRET_POST": "client_secret_post", "CLIENT_SECRET_BASIC": "client_secret_basic"},
			Unsaid: List{Text("client_secret_basic")}},
	},
	Usual: map[Text]map[string]string{
		"OIDC":  {"response_type": "id_token", "scope": "openid"},
		"OAUTH": {"response_type": "code"},
	},
	Parameters: map[string]Path{
		"client_id":     {"config", "requestParametersMap", "clientId"},
		"client_secret": {"config", "requestParametersMap", "clientSecret"},
		"redirect_uri":  {"config", "requestParametersMap", "redirectUri"},
		"grant_type":    {"config", "requestParametersMap", "grantType"},
	},
}
