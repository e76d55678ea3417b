package secrets_test

import (
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	"authsync/secrets"
)

func TestGenerateIdentity(t *testing.T) {
	created := time.Date(2026, 3, 4, 5, 6, 7, 0, time.FixedZone("", 8*60*60))
	tests := []struct {
		kind secrets.IdentityKind
		file string // a pattern of all of it
	}{
		{"", `^# created: 2026-03-04T05:06:07\+08:00\n# public key: (age1[a-z0-9]{58})\nAGE-SECRET-KEY-1[A-Z0-9]{58}\n$`},
		{secrets.X25519, `^# created: 2026-03-04T05:06:07\+08:00\n# public key: (age1[a-z0-9]{58})\nAGE-SECRET-KEY-1[A-Z0-9]{58}\n$`},
		{secrets.PostQuantum, `^# created: 2026-03-04T05:06:07\+08:00\n# public key: (age1pq1[a-z0-9]+)\nAGE-SECRET-KEY-PQ-1[A-Z0-9]{58}\n$`},
	}
	for _, tt := range tests {
		t.Run("kind "+string(tt.kind), func(t *testing.T) {
			var b strings.Builder
			recipient, err := secrets.GenerateIdentity(&b, tt.kind, created)
			if err != nil {
				t.Fatal(err)
			}
			match := regexp.MustCompile(tt.file).FindStringSubmatch(b.String())
			if match == nil || match[1] != recipient {
				t.Fatal("not as age-keygen writes it, or for another recipient")
			}
			v, err := secrets.Seal(secrets.NewClear(canary), somewhere, parseRecipients(t, recipient))
			if err != nil {
				t.Fatal(err)
			}
			if c, err := open(t, v, b.String()); err != nil || c.Reveal() != canary {
				t.Errorf("not opened: %v", err)
			}
		})
	}
}

func TestGenerateIdentityRefuses(t *testing.T) {
	var b strings.Builder
	_, err := secrets.GenerateIdentity(&b, "rsa", time.Time{})
	const want = `unknown kind of identity "rsa": it is "x25519" or "pq"`
	if err == nil || err.Error() != want || b.Len() > 0 {
		t.Errorf("error is %q, want %q", err, want)
	}
}

type full struct{}

var errFull = errors.New("no space left")

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestGenerateIdentityIntoNothing(t *testing.T) {
	recipient, err := secrets.GenerateIdentity(full{}, secrets.X25519, time.Time{})
	if !errors.Is(err, errFull) || recipient != "" {
		t.Errorf("recipient %q, error %v", recipient, err)
	}
}
