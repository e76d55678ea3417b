package sandbox

import (
	"fmt"
	"net/http"
	"sync"

	"authsync/schema"
)

// The public auth API of an environment, by which apps log users in. Paths, parameters,
// answers and error names are those of the official client (cloudbase-js-sdk,
// packages/oauth) and of public programs. It judges by what is live alone, and by no
// table of schema.
//
// No source tells what the service answers where a login method is off, the HTTP status
// of an error, and how a second factor is passed. Here a method that is off is
// permission_denied, an error comes with HTTP 400, and a login that wants a second factor
// ends with two_factor_required, whose details say by what a code would be sent. The
// second factor is asked of those who log in with what the environment itself knows of
// them; an identity provider has its own.

// The one user, whom every environment and every identity provider knows.
const (
	UserName     = "sandbox"
	UserPassword = "sandbox"
	UserEmail    = "sandbox@example.com"
	UserPhone    = "+86 13800000000"
	// UserCode is what the user is sent to prove an address, and what an identity
	// provider sends back.
	UserCode = "000000"
)

// signin is the API of all environments.
type signin struct {
	cloudbase *cloudbase

	mu     sync.Mutex
	proofs map[string]proof
}

// proof is what a token of a login proves, or an open question that a code answers.
type proof struct{ env, by, of string }

// What a proof is by.
const (
	asked      = "asked"
	byPhone    = "phone_number"
	byEmail    = "email"
	byProvider = "provider"
)

func newSignin(c *cloudbase) *signin { return &signin{cloudbase: c, proofs: map[string]proof{}} }

// loginError is an error in the form of the public auth API.
type loginError struct {
	code, description string
	details           schema.List
}

func (e *loginError) Error() string { return e.code + ": " + e.description }

func (e *loginError) answer() answer {
	body := schema.Object{"error": schema.Text(e.code), "error_description": schema.Text(e.description)}
	if e.details != nil {
		body["details"] = e.details
	}
	a := jsonAnswer(http.StatusBadRequest, body)
	a.code = e.code
	return a
}

func noLogin(code, format string, args ...any) error {
	return &loginError{code: code, description: fmt.Sprintf(format, args...)}
}

// attempt is one request of a user.
type attempt struct {
	*signin
	env *environment // locked
	in  schema.Object
}

// logins are the operations, by path.
var logins = map[string]func(*attempt) (schema.Object, error){
	"/auth/v1/signin":               (*attempt).signIn,
	"/auth/v1/signin/anonymously":   (*attempt).anonymously,
	"/auth/v1/signin/with/provider": (*attempt).withProvider,
	"/auth/v1/provider/token":       (*attempt).providerToken,
	"/auth/v1/verification":         (*attempt).verification,
	"/auth/v1/verification/verify":  (*attempt).verify,
}

func (s *signin) serve(r request, env string) (answer, error) {
	if r.Method != http.MethodPost {
		return answer{}, noLogin("unimplemented", "method %s is not supported here", r.Method)
	}
	in, err := jsonObject(r)
	if err != nil {
		return answer{}, noLogin("invalid_argument", "%s", messageOf(err))
	}
	held, unlock := s.cloudbase.environments.locked(env)
	defer unlock()
	given, err := logins[r.URL.Path](&attempt{s, held, in})
	if err != nil {
		return answer{}, err
	}
	return jsonAnswer(http.StatusOK, given), nil
}

// prove keeps a proof, and returns the token that stands for it.
func (a *attempt) prove(by, of string) schema.Text {
	a.mu.Lock()
	defer a.mu.Unlock()
	token := inventedToken(a.env.id, fmt.Sprint("proof ", len(a.proofs)+1))
	a.proofs[token] = proof{a.env.id, by, of}
	return schema.Text(token)
}

// proven returns what a token proves; the zero proof = nothing.
func (a *attempt) proven(token string) proof {
	a.mu.Lock()
	defer a.mu.Unlock()
	if p := a.proofs[token]; p.env == a.env.id {
		return p
	}
	return proof{}
}

func (a *attempt) credentials(user, scope string) schema.Object {
	life := schema.Value(number(accessLife))
	if client, ok := a.env.clients.get(a.env.id); ok {
		life = client["AccessTokenExpiresIn"]
	}
	return schema.Object{
		"token_type": schema.Text("Bearer"), "access_token": a.prove("access", user), "refresh_token": a.prove("refresh", user),
		"expires_in": life, "scope": schema.Text(scope), "sub": schema.Text(user),
	}
}

// verification sends the user a code: by SMS in the one region where that works.
func (a *attempt) verification() (schema.Object, error) {
	by, of := byEmail, a.in.Text("email")
	if phone := a.in.Text("phone_number"); phone != "" {
		by, of = byPhone, phone
	}
	switch {
	case of == "":
		return nil, noLogin("invalid_argument", "email or phone_number is missing")
	case by == byPhone && !a.sendsSMS():
		return nil, noLogin("failed_precondition", "SMS is not sent in %s", a.env.region)
	}
	known := by == byEmail && of == UserEmail || by == byPhone && of == UserPhone
	return schema.Object{"verification_id": a.prove(asked+" "+by, of), "is_user": schema.Bool(known), "expires_in": number(600)}, nil
}

// sendsSMS reports whether SMS is sent where the environment is (cloudbase docs, guide of
// the tools).
func (a *attempt) sendsSMS() bool { return a.env.region == "ap-shanghai" }

// verify takes the code.
func (a *attempt) verify() (schema.Object, error) {
	question := a.proven(a.in.Text("verification_id"))
	for _, by := range []string{byEmail, byPhone} {
		if question.by == asked+" "+by && a.in.Text("verification_code") == UserCode {
			return schema.Object{"verification_token": a.prove(by, question.of), "expires_in": number(600)}, nil
		}
	}
	return nil, noLogin("invalid_verification_code", "the code is not the one that was sent")
}

// signIn logs the user in by the password, or by a code.
func (a *attempt) signIn() (schema.Object, error) {
	token := a.in.Text("verification_token")
	if token == "" {
		if a.in.Text("username") != UserName || a.in.Text("password") != UserPassword {
			return nil, noLogin("invalid_password", "no user has this name and password")
		}
		return a.own("UserNameLogin")
	}
	switch a.proven(token) {
	case proof{a.env.id, byEmail, UserEmail}:
		return a.own("EmailLogin")
	case proof{a.env.id, byPhone, UserPhone}:
		return a.own("PhoneNumberLogin")
	}
	return nil, noLogin("not_found", "no user has this address")
}

// own logs in a user who has proven to be one, by a method of the environment's own.
func (a *attempt) own(method string) (schema.Object, error) {
	if a.env.login[method] != schema.Bool(true) {
		return nil, noLogin("permission_denied", "%s is off", method)
	}
	mfa, _ := a.env.login["MfaConfig"].(schema.Object)
	if mfa.Text("On") != "TRUE" {
		return a.credentials(UserName, ""), nil
	}
	by := schema.List{}
	if mfa.Text("Sms") == "TRUE" && a.sendsSMS() {
		by = append(by, schema.Text("sms"))
	}
	if mfa.Text("Email") == "TRUE" {
		by = append(by, schema.Text("email"))
	}
	if len(by) == 0 && mfa.Text("Sms") == "TRUE" {
		return nil, noLogin("failed_precondition", "a second factor by SMS is asked for, and SMS is not sent in %s", a.env.region)
	}
	return nil, &loginError{code: "two_factor_required", description: "a second factor is asked for", details: by}
}

// anonymously logs in somebody who has no account.
func (a *attempt) anonymously() (schema.Object, error) {
	if a.env.login["AnonymousLogin"] != schema.Bool(true) {
		return nil, noLogin("permission_denied", "AnonymousLogin is off")
	}
	return a.credentials("anonymous", "anonymous"), nil
}

// open returns why users cannot log in by a provider, if they cannot.
func (a *attempt) open(id string) error {
	p, there := a.env.providers.get(id)
	switch {
	case !there:
		return noLogin("not_found", "the provider %s does not exist", id)
	case p.Text("ProviderType") == "EMAIL":
		return noLogin("failed_precondition", "the provider %s sends mail, and lets nobody in", id)
	case p.Text("On") == "FALSE": // TRUE if it is not set
		return noLogin("permission_denied", "the provider %s is off", id)
	}
	return nil
}

// providerToken takes what an identity provider sent back.
func (a *attempt) providerToken() (schema.Object, error) {
	id := a.in.Text("provider_id")
	if err := a.open(id); err != nil {
		return nil, err
	}
	if a.in.Text("provider_code") != UserCode {
		return nil, noLogin("invalid_grant", "the code is not one of the provider %s", id)
	}
	return schema.Object{"provider_token": a.prove(byProvider, id), "expires_in": number(600)}, nil
}

// withProvider logs in whom an identity provider knows.
func (a *attempt) withProvider() (schema.Object, error) {
	p := a.proven(a.in.Text("provider_token"))
	if p.by != byProvider {
		return nil, noLogin("invalid_grant", "the token is not one of a provider")
	}
	if err := a.open(p.of); err != nil {
		return nil, err
	}
	return a.credentials(UserName, ""), nil
}
