package sandbox

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"net/http"
	"strings"
	"time"

	"authsync/schema"
)

// The identity of a pipeline's job, as the sandbox's issuer states it and its token
// service accepts it.
const (
	// WebIdentityAudience is whom a job's token is for.
	WebIdentityAudience = "sts.tencentcloudapi.com"
	// WebIdentitySubject is the default job.
	WebIdentitySubject = "repo:acme/auth:ref:refs/heads/main"

	issuerURL = "https://token.actions.githubusercontent.com"
)

// issuer simulates GitHub's OIDC issuer, which gives a job a token with the job's
// identity. A real job finds the address in ACTIONS_ID_TOKEN_REQUEST_URL.
type issuer struct {
	known, other *ecdsa.PrivateKey // the key that the cloud was told of, and another
}

func newSigningKey() *ecdsa.PrivateKey {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err) // rand.Reader does not fail
	}
	return key
}

func (i *issuer) name() string { return "github" }

func (i *issuer) claims(r *http.Request) bool {
	return strings.HasSuffix(hostOf(r), ".actions.githubusercontent.com")
}

func (i *issuer) open(r request) exchange {
	refused := func(status int, message string) func() answer {
		return func() answer { return jsonAnswer(status, schema.Object{"message": schema.Text(message)}) }
	}
	return exchange{
		entry:  line(i.name(), r, ""),
		limit:  refused(http.StatusTooManyRequests, "too many requests"),
		expire: refused(http.StatusUnauthorized, "the request token has expired"),
		answer: func() answer {
			if r.Method != http.MethodGet || bearer(r) != Token {
				return refused(http.StatusUnauthorized, "unauthorized")()
			}
			token := i.sign(WebIdentity{Audience: r.URL.Query().Get("audience")})
			return jsonAnswer(http.StatusOK, schema.Object{"count": number(int64(len(token))), "value": schema.Text(token)})
		},
	}
}

// WebIdentity has the claims of a job's token. The defaults are what the sandbox's
// role requires.
type WebIdentity struct {
	Audience string `json:"aud"`
	Subject  string `json:"sub"`
	Issuer   string `json:"iss"`
	// Seconds is how long the token is valid; if negative, how long ago it expired.
	Seconds int64 `json:"seconds"`
	// Key "other" signs with a key that the cloud does not know.
	Key string `json:"key"`
}

// WebIdentity issues a job's token.
func (s *Server) WebIdentity(w WebIdentity) string { return s.issuer.sign(w) }

func (s *Server) postWebIdentity(w http.ResponseWriter, r *http.Request) {
	var wanted WebIdentity
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<16)).Decode(&wanted); err != nil {
		writeJSON(w, http.StatusBadRequest, map[string]string{"error": err.Error()})
		return
	}
	writeJSON(w, http.StatusOK, map[string]string{"token": s.WebIdentity(wanted)})
}

type identityClaims struct {
	Audience string `json:"aud"`
	Subject  string `json:"sub"`
	Issuer   string `json:"iss"`
	Expires  int64  `json:"exp"`
}

// sign creates the token, a JWT with the algorithm ES256.
func (i *issuer) sign(w WebIdentity) string {
	claims := identityClaims{w.Audience, w.Subject, w.Issuer, time.Now().Unix() + w.Seconds}
	for _, usual := range []struct {
		claim *string
		text  string
	}{{&claims.Audience, WebIdentityAudience}, {&claims.Subject, WebIdentitySubject}, {&claims.Issuer, issuerURL}} {
		if *usual.claim == "" {
			*usual.claim = usual.text
		}
	}
	if w.Seconds == 0 {
		claims.Expires += 300
	}
	key := i.known
	if w.Key != "" {
		key = i.other
	}
	inside, _ := json.Marshal(claims)
	signed := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"ES256","typ":"JWT"}`)) + "." + base64.RawURLEncoding.EncodeToString(inside)
	sum := sha256.Sum256([]byte(signed))
	r, s, err := ecdsa.Sign(rand.Reader, key, sum[:])
	if err != nil {
		panic(err) // rand.Reader does not fail
	}
	return signed + "." + base64.RawURLEncoding.EncodeToString(append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...))
}

// read returns the claims of a token if its key is known to the cloud.
func (i *issuer) read(token string) (claims identityClaims, ok bool) {
	signed, signature := token, ""
	if end := strings.LastIndexByte(token, '.'); end >= 0 {
		signed, signature = token[:end], token[end+1:]
	}
	raw, err := base64.RawURLEncoding.DecodeString(signature)
	if err != nil || len(raw) != 64 {
		return claims, false
	}
	sum := sha256.Sum256([]byte(signed))
	r, s := new(big.Int).SetBytes(raw[:32]), new(big.Int).SetBytes(raw[32:])
	if !ecdsa.Verify(&i.known.PublicKey, sum[:], r, s) {
		return claims, false
	}
	_, inside, _ := strings.Cut(signed, ".")
	text, err := base64.RawURLEncoding.DecodeString(inside)
	return claims, err == nil && json.Unmarshal(text, &claims) == nil
}
