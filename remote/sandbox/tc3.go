package sandbox

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"
)

// maxSkew is how far a timestamp may be from the server's clock (cloud docs,
// common errors: SignatureExpire).
const maxSkew = 5 * time.Minute

// commonHeaders are required in every request. Whether X-TC-Region is depends on the
// action.
var commonHeaders = []string{"X-TC-Action", "X-TC-Version", "X-TC-Timestamp"}

// verify checks the signature of a request to a product of the cloud, and returns its
// secret id.
func (k *keys) verify(r request, product string, now time.Time) (id string, err error) {
	if err := punctual(r); err != nil {
		return "", err
	}
	return k.signer(r, product, now)
}

// punctual checks the headers that every request needs, signed or not.
func punctual(r request) error {
	for _, name := range commonHeaders {
		if r.Header.Get(name) == "" {
			return missing(name)
		}
	}
	return nil
}

// signer checks the TC3-HMAC-SHA256 signature of a request.
func (k *keys) signer(r request, product string, now time.Time) (id string, err error) {
	auth, err := parseAuthorization(r.Header.Get("Authorization"), product)
	if err != nil {
		return "", err
	}
	timestamp := r.Header.Get("X-TC-Timestamp")
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil {
		return "", wrongType("X-TC-Timestamp")
	}
	at := time.Unix(seconds, 0).UTC()
	signer, known := k.find(auth.id)
	switch {
	case now.Sub(at).Abs() > maxSkew:
		return "", signatureExpired()
	case auth.date != at.Format(time.DateOnly):
		return "", refuse("AuthFailure.SignatureFailure", "The date in `Credential` is not the UTC date of `X-TC-Timestamp`.")
	case !known:
		return "", refuse("AuthFailure.SecretIdNotFound", "The SecretId is not found, please ensure that your SecretId is correct.")
	}
	if err := signer.judge(r.Header.Get("X-TC-Token"), now); err != nil {
		return "", err
	}
	for _, host := range signedHosts(r.Host) {
		if hmac.Equal([]byte(auth.signature), []byte(auth.sign(r, host, timestamp, signer.secret))) {
			return auth.id, nil
		}
	}
	return "", refuse("AuthFailure.SignatureFailure", "The provided credentials could not be validated. Please ensure your signature is correct.")
}

// signedHosts are the forms of the Host header that a client may have signed:
// as it was sent, and without the port, which the official SDK leaves out.
func signedHosts(host string) []string {
	hosts := []string{host}
	if _, port, err := net.SplitHostPort(host); err == nil {
		hosts = append(hosts, strings.TrimSuffix(host, ":"+port))
	}
	return hosts
}

// authorization is the Authorization header taken apart:
//
//	TC3-HMAC-SHA256 Credential=ID/DATE/SERVICE/tc3_request, SignedHeaders=A;B, Signature=HEX
type authorization struct {
	id, date, service string
	headers           []string
	signature         string
}

const algorithm = "TC3-HMAC-SHA256"

func parseAuthorization(text, product string) (authorization, error) {
	name, rest, _ := strings.Cut(text, " ")
	if name != algorithm {
		return authorization{}, badAuthorization("it must begin with " + algorithm)
	}
	parts := map[string]string{}
	for part := range strings.SplitSeq(rest, ",") {
		key, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		parts[key] = value
	}
	scope := strings.Split(parts["Credential"], "/")
	if len(scope) != 4 || scope[2] != product || scope[3] != "tc3_request" {
		return authorization{}, badAuthorization("`Credential` must be ID/DATE/" + product + "/tc3_request")
	}
	headers := strings.Split(parts["SignedHeaders"], ";")
	if !slices.Contains(headers, "content-type") || !slices.Contains(headers, "host") {
		return authorization{}, badAuthorization("`SignedHeaders` must hold content-type and host")
	}
	if len(parts["Signature"]) != 2*sha256.Size {
		return authorization{}, badAuthorization("`Signature` must be 64 hexadecimal digits")
	}
	return authorization{
		id: scope[0], date: scope[1], service: scope[2],
		headers:   headers,
		signature: parts["Signature"],
	}, nil
}

func badAuthorization(why string) error {
	return refuse("AuthFailure.InvalidAuthorization", "The request header `Authorization` is not valid: %s.", why)
}

// sign computes the signature that the request should carry.
func (a authorization) sign(r request, host, timestamp, secret string) string {
	var canonical strings.Builder
	for _, part := range []string{r.Method, r.URL.EscapedPath(), r.URL.RawQuery} {
		canonical.WriteString(part + "\n")
	}
	for _, name := range a.headers {
		value := host
		if name != "host" {
			value = strings.TrimSpace(r.Header.Get(name))
		}
		canonical.WriteString(name + ":" + strings.ToLower(value) + "\n")
	}
	canonical.WriteString("\n" + strings.Join(a.headers, ";") + "\n" + hexSHA256(signedBody(r)))

	toSign := strings.Join([]string{
		algorithm,
		timestamp,
		a.date + "/" + a.service + "/tc3_request",
		hexSHA256([]byte(canonical.String())),
	}, "\n")
	key := []byte("TC3" + secret)
	for _, part := range []string{a.date, a.service, "tc3_request"} {
		key = hmacSHA256(key, part)
	}
	return hex.EncodeToString(hmacSHA256(key, toSign))
}

// signedBody is what the signature covers of the body: all of it, or these words
// in its place where a header says so, as the cloud's own SDK does if it is asked
// to (tencentcloud/common, UnsignedPayload).
func signedBody(r request) []byte {
	const none = "UNSIGNED-PAYLOAD"
	if r.Header.Get("X-TC-Content-SHA256") == none {
		return []byte(none)
	}
	return r.body
}

func hexSHA256(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

func hmacSHA256(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

func signatureExpired() error {
	return refuse("AuthFailure.SignatureExpire", "The signature in your request has expired: the time of `X-TC-Timestamp` is more than five minutes away from the server's.")
}
