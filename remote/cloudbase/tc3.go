package cloudbase

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"authsync/remote/service"
)

const tc3Algorithm = "TC3-HMAC-SHA256"

// SignTC3 signs a request for the cloud API, version 3 (wire name TC3-HMAC-SHA256;
// cloud docs, "signature v3"). It signs the Host that is sent, with its port if it has
// one, the content type and the exact body, and sets X-TC-Timestamp and Authorization.
// The service accepts the signature for five minutes before and after now.
func SignTC3(r *http.Request, body []byte, now time.Time, c service.Credentials, service string) {
	path := r.URL.EscapedPath()
	if path == "" {
		path = "/"
	}
	canonical := fmt.Sprintf("%s\n%s\n%s\ncontent-type:%s\nhost:%s\n\ncontent-type;host\n%s",
		r.Method, path, r.URL.RawQuery, r.Header.Get("Content-Type"), r.Host, hexSHA256(body))

	timestamp := strconv.FormatInt(now.Unix(), 10)
	date := now.UTC().Format(time.DateOnly)
	scope := date + "/" + service + "/tc3_request"
	toSign := tc3Algorithm + "\n" + timestamp + "\n" + scope + "\n" + hexSHA256([]byte(canonical))

	key := []byte("TC3" + c.SecretKey)
	for _, part := range []string{date, service, "tc3_request"} {
		key = hmacSHA256(key, part)
	}
	r.Header.Set("X-TC-Timestamp", timestamp)
	r.Header.Set("Authorization", fmt.Sprintf("%s Credential=%s/%s, SignedHeaders=content-type;host, Signature=%x",
		tc3Algorithm, c.SecretID, scope, hmacSHA256(key, toSign)))
}

func hexSHA256(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func hmacSHA256(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}
