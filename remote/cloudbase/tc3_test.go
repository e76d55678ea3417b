package cloudbase

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"authsync/remote/service"
)

// The signatures were computed with the vendor's SDK,
// github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common v1.3.209, by
// sending these bodies at these times.
func TestSignTC3(t *testing.T) {
	for _, row := range []struct {
		name, at, host, body, token string
		date, timestamp, signature  string
	}{
		{
			name: "the real host", at: "2026-03-05T07:59:58+08:00", host: "tcb.tencentcloudapi.com",
			body: `{"EnvId":"prod-7gk2x9"}`,
			date: "2026-03-04", timestamp: "1772668798",
			signature: "6d6cd78dd00dccb24bd34f0a1044b49a174953b40cd43b7b4eef4291db123de9",
		},
		{
			name: "a port, a token, the next day in UTC", at: "2026-03-05T00:00:01Z", host: "127.0.0.1:7070", token: "session",
			body: `{"EnvId":"prod-7gk2x9","Id":"github","Name":{"Message":"登录 \u003c\u0026\u003e"},"On":"TRUE"}`,
			date: "2026-03-05", timestamp: "1772668801",
			signature: "d66406b6b44e8a4aca45e16149124ffe6c5383bb89f2d2d09b9517435b06ce90",
		},
	} {
		t.Run(row.name, func(t *testing.T) {
			at, err := time.Parse(time.RFC3339, row.at)
			if err != nil {
				t.Fatal(err)
			}
			r, err := http.NewRequest(http.MethodPost, "http://elsewhere/", nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Host = row.host
			r.Header.Set("Content-Type", "application/json")
			SignTC3(r, []byte(row.body), at, service.Credentials{SecretID: "AKIDexample", SecretKey: "c2VjcmV0LWtleQ", Token: row.token}, "tcb")
			want := "TC3-HMAC-SHA256 Credential=AKIDexample/" + row.date +
				"/tcb/tc3_request, SignedHeaders=content-type;host, Signature=" + row.signature
			if got := r.Header.Get("Authorization"); got != want {
				t.Errorf("Authorization\n got %s\nwant %s", got, want)
			}
			if got := r.Header.Get("X-TC-Timestamp"); got != row.timestamp {
				t.Errorf("X-TC-Timestamp = %s, want %s", got, row.timestamp)
			}
		})
	}
}

func TestSignTC3Empty(t *testing.T) {
	sign := func(url string) string {
		r, err := http.NewRequest(http.MethodPost, url, nil)
		if err != nil {
			t.Fatal(err)
		}
		SignTC3(r, nil, time.Unix(0, 0), service.Credentials{SecretID: "id", SecretKey: "key", Token: ""}, "tcb")
		return r.Header.Get("Authorization")
	}
	if a, b := sign("http://host"), sign("http://host/"); a != b || !strings.Contains(a, "1970-01-01") {
		t.Errorf("an empty path is signed as %s, and / as %s", a, b)
	}
}
