package sandbox

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"authsync/schema"
)

// identityProvider simulates the identity providers that the live providers of all
// environments refer to: discovery at any host, and the endpoints that live providers
// name. It accepts the client ids and secrets that live providers have.
type identityProvider struct {
	cloudbase *cloudbase
	canned    cannedAnswers
	keys      schema.Object
}

func newIdentityProvider(c *cloudbase) *identityProvider {
	key := newSigningKey().PublicKey
	public, err := key.Bytes() // 4, x, y
	if err != nil {
		panic(err) // the key was just made
	}
	coordinate := func(b []byte) schema.Text { return schema.Text(base64.RawURLEncoding.EncodeToString(b)) }
	return &identityProvider{cloudbase: c, keys: schema.Object{"keys": schema.List{schema.Object{
		"kty": schema.Text("EC"), "crv": schema.Text("P-256"), "use": schema.Text("sig"), "alg": schema.Text("ES256"),
		"kid": schema.Text("sandbox"), "x": coordinate(public[1:33]), "y": coordinate(public[33:]),
	}}}}
}

const discoveryPath = "/.well-known/openid-configuration"

// endpoints are the endpoints of an identity provider, by the Config field that has
// the URL, each with its path below an issuer if no field has one.
var endpoints = []struct {
	field, path string
	answer      func(*identityProvider, request) answer
}{
	{"AuthorizationEndpoint", discovered["AuthorizationEndpoint"], (*identityProvider).authorize},
	{"TokenEndpoint", discovered["TokenEndpoint"], (*identityProvider).token},
	{"UserinfoEndpoint", discovered["UserinfoEndpoint"], (*identityProvider).userinfo},
	{"JwksUri", discovered["JwksUri"], (*identityProvider).jwks},
	{"", discoveryPath, (*identityProvider).discovery},
	{"SamlMetadata", "/saml/metadata", (*identityProvider).metadata},
	{"", "/saml/sso", (*identityProvider).authorize},
}

func (i *identityProvider) name() string { return "identityProvider" }

func (i *identityProvider) claims(r *http.Request) bool {
	return r.Header.Get("X-TC-Action") == "" && i.usual(r) != nil
}

// namedEndpoints handles requests at other paths that live providers name. Finding
// them takes a search through all environments, so it is tried after every other
// system.
type namedEndpoints struct{ *identityProvider }

func (n namedEndpoints) claims(r *http.Request) bool {
	return r.Header.Get("X-TC-Action") == "" && n.answerTo(r) != nil
}

func (i *identityProvider) open(r request) exchange {
	refused := func() answer { return idpError(http.StatusTooManyRequests, "temporarily_unavailable") }
	e := line(i.name(), r, hostOf(r.Request))
	return exchange{entry: e, limit: refused, expire: refused, answer: func() answer { return i.answerTo(r.Request)(i, r) }}
}

// usual returns the handler of a request at the address of a canned answer or at a
// default path of identity providers; nil = none.
func (i *identityProvider) usual(r *http.Request) func(*identityProvider, request) answer {
	if canned, ok := i.canned.find(hostOf(r) + r.URL.Path); ok {
		return func(*identityProvider, request) answer { return canned }
	}
	for _, e := range endpoints {
		if strings.HasSuffix(r.URL.Path, e.path) {
			return e.answer
		}
	}
	return nil
}

// answerTo returns the handler of a request; nil = none.
func (i *identityProvider) answerTo(r *http.Request) func(*identityProvider, request) answer {
	if usual := i.usual(r); usual != nil {
		return usual
	}
	at := hostOf(r) + r.URL.Path
	for _, c := range i.configs() {
		for _, e := range endpoints {
			if placeOf(c.Text(e.field)) == at {
				return e.answer
			}
		}
	}
	return nil
}

// configs returns the Config fields of all live providers.
func (i *identityProvider) configs() []schema.Object {
	var all []schema.Object
	for _, env := range i.cloudbase.environments.all() {
		env.Lock()
		for _, p := range env.providers.all() {
			if config, ok := p["Config"].(schema.Object); ok {
				all = append(all, config)
			}
		}
		env.Unlock()
	}
	return all
}

// placeOf returns the host and path of a URL, or of the entity id of SAML metadata.
func placeOf(text string) string {
	if _, after, ok := strings.Cut(text, `entityID="`); ok {
		text, _, _ = strings.Cut(after, `"`)
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" {
		return ""
	}
	return tenantName(u.Host) + u.Path
}

func (i *identityProvider) discovery(r request) answer {
	issuer := "https://" + r.Host + strings.TrimSuffix(r.URL.Path, discoveryPath)
	at := func(field string) schema.Text { return schema.Text(issuer + discovered[field]) }
	return jsonAnswer(http.StatusOK, schema.Object{
		"issuer": schema.Text(issuer), "jwks_uri": at("JwksUri"), "authorization_endpoint": at("AuthorizationEndpoint"),
		"token_endpoint": at("TokenEndpoint"), "userinfo_endpoint": at("UserinfoEndpoint"),
		"response_types_supported":              schema.List{schema.Text("code"), schema.Text("id_token")},
		"id_token_signing_alg_values_supported": schema.List{schema.Text("ES256")},
		"scopes_supported":                      texts(strings.Fields(discoveredScope)),
		"token_endpoint_auth_methods_supported": texts([]string{"client_secret_post", "client_secret_basic"}),
	})
}

func (i *identityProvider) jwks(request) answer { return jsonAnswer(http.StatusOK, i.keys) }

func (i *identityProvider) userinfo(request) answer {
	return idpError(http.StatusUnauthorized, "invalid_token")
}

// authorize shows a login page, or says that nobody is logged in if no page may be
// shown.
func (i *identityProvider) authorize(r request) answer {
	query := r.URL.Query()
	back, err := url.Parse(query.Get("redirect_uri"))
	if query.Get("prompt") != "none" || err != nil || back.Host == "" {
		return inHTML(http.StatusOK, "Log in</html>")
	}
	back.RawQuery = url.Values{"error": {"login_required"}, "state": {query.Get("state")}}.Encode()
	return answer{status: http.StatusFound, contentType: "text/html", header: http.Header{"Location": {back.String()}}}
}

// token accepts no authorization code. Its errors differ for known and unknown
// clients.
func (i *identityProvider) token(r request) answer {
	form, err := url.ParseQuery(string(r.body))
	if r.Method != http.MethodPost || err != nil {
		return idpError(http.StatusMethodNotAllowed, "invalid_request")
	}
	id, secret, basic := r.BasicAuth()
	if basic { // RFC 6749, section 2.3.1
		id, _ = url.QueryUnescape(id)
		secret, _ = url.QueryUnescape(secret)
	} else {
		id, secret = form.Get("client_id"), form.Get("client_secret")
	}
	known := slices.ContainsFunc(i.configs(), func(c schema.Object) bool {
		return id != "" && c.Text("ClientId") == id && c.Text("ClientSecret") == secret
	})
	switch {
	case !known:
		return idpError(http.StatusUnauthorized, "invalid_client")
	case form.Get("grant_type") != "authorization_code":
		return idpError(http.StatusBadRequest, "unsupported_grant_type")
	default:
		return idpError(http.StatusBadRequest, "invalid_grant")
	}
}

// metadata returns the SAML metadata of the live provider with the requested entity
// id.
func (i *identityProvider) metadata(r request) answer {
	for _, c := range i.configs() {
		if text := c.Text("SamlMetadata"); placeOf(text) == hostOf(r.Request)+r.URL.Path {
			return answer{status: http.StatusOK, contentType: "application/samlmetadata+xml", body: []byte(text)}
		}
	}
	return inHTML(http.StatusNotFound, "404</html>")
}

func idpError(status int, code string) answer {
	a := jsonAnswer(status, schema.Object{"error": schema.Text(code)})
	a.code = code
	return a
}
