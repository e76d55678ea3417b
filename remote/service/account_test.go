package service

import (
	"context"
	"fmt"
	"net/http"
	stdsync "sync"
	"testing"
	"testing/synctest"
	"time"

	"authsync/remote/transport"
)

// numbered gives out the credentials 1, 2, 3 and so on.
func numbered(life time.Duration) (*Account, *int) {
	n := new(int)
	return Temporary("a test", "test", func(context.Context) (Credentials, time.Duration, error) {
		*n++
		return Credentials{"id", "key", fmt.Sprint(*n)}, life, nil
	}), n
}

func tokenOf(t *testing.T, a *Account) string {
	t.Helper()
	c, err := a.Get(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return c.Token
}

// Temporary credentials are fetched once by however many callers, and again before
// they end.
func TestTemporaryAccount(t *testing.T) {
	for _, row := range []struct{ life, good time.Duration }{
		{2 * time.Hour, 2*time.Hour - renewEarly},
		{time.Minute, 30 * time.Second},
		{0, 0},
	} {
		synctest.Test(t, func(t *testing.T) {
			account, fetched := numbered(row.life)
			var callers stdsync.WaitGroup
			for range 5 {
				callers.Go(func() { account.Get(t.Context()) })
			}
			callers.Wait()
			if want := 1; row.life > 0 && *fetched != want {
				t.Errorf("a life of %v: %d fetches", row.life, *fetched)
			}
			first := tokenOf(t, account)
			time.Sleep(row.good - time.Nanosecond)
			if again := tokenOf(t, account); row.life > 0 && again != first {
				t.Errorf("a life of %v: fetched again too soon", row.life)
			}
			time.Sleep(2 * time.Nanosecond)
			if again := tokenOf(t, account); again == first {
				t.Errorf("a life of %v: not fetched again", row.life)
			}
		})
	}
}

// Who gives up while another fetches, fetches nothing, and leaves nothing behind.
func TestAccountGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		account, fetched := numbered(time.Hour)
		ended, end := context.WithCancel(t.Context())
		end()
		if _, err := account.Get(ended); err == nil || *fetched != 0 {
			t.Error(err, *fetched)
		}
		if tokenOf(t, account) != "1" {
			t.Error("not fetched")
		}
	})
}

// Credentials that have ended before their time are fetched again, once for all who
// were refused with them. Those that never change are not.
func TestAccountRenew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		account, _ := numbered(time.Hour)
		refused := func(token string) transport.Request {
			header := http.Header{}
			header.Set(TokenHeader, token)
			return transport.Request{Header: header}
		}
		ended := &transport.Error{Code: "AuthFailure.TokenFailure"}
		tokenOf(t, account)
		if account.Renew(refused("1"), &transport.Error{Code: "AuthFailure.SignatureFailure"}) || tokenOf(t, account) != "1" {
			t.Error("renewed for another reason")
		}
		if !account.Renew(refused("1"), ended) || tokenOf(t, account) != "2" {
			t.Error("not renewed")
		}
		if !account.Renew(refused("1"), ended) || tokenOf(t, account) != "2" {
			t.Error("renewed twice for the same end")
		}
		fixed := Static("a test", Credentials{"id", "key", "1"})
		if fixed.Renew(refused("1"), ended) || tokenOf(t, fixed) != "1" || fixed.Fixed().SecretKey != "key" {
			t.Error("what never changes is renewed")
		}
	})
}

func TestAccountDoesNotPrint(t *testing.T) {
	account := Static("a test", Credentials{"canary-id", "canary-key", "canary-token"})
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		if text := fmt.Sprintf(verb, account); len(text) > 40 {
			t.Errorf("an account prints itself with %s: %s", verb, text)
		}
	}
}
