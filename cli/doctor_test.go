package cli

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"regexp"
	"testing"
	"time"
)

// A clock that is off is told, with by how much and which way; signatures of one that
// is far off are refused, so that is wrong.
func TestDoctorComparesClocks(t *testing.T) {
	real, err := url.Parse(exampleSandbox(t))
	if err != nil {
		t.Fatal(err)
	}
	envs := exampleEnvs(t)
	for _, row := range []struct {
		there time.Duration // how far the service is ahead of this machine
		code  int
		wants string // a regular expression
	}{
		{0, 0, `ok       clock        within 30s of that of `},
		{2 * time.Minute, 0, `note     clock        (2m0|2m1|1m59)s behind that of `},
		{-3 * time.Minute, 0, `note     clock        (3m0|3m1|2m59)s ahead of that of `},
		{time.Hour, 2, `wrong    clock        (1h0m0|1h0m1|59m59)s behind that of `},
		{-24 * time.Hour, 2, `wrong    clock        (24h0m0|24h0m1|23h59m59)s ahead of that of `},
	} {
		proxy := httputil.NewSingleHostReverseProxy(real)
		proxy.ModifyResponse = func(answer *http.Response) error {
			answer.Header.Set("Date", time.Now().Add(row.there).UTC().Format(http.TimeFormat))
			return nil
		}
		server := httptest.NewServer(proxy)
		said := must(t, row.code, "doctor", envs, "--sandbox", server.URL).out
		server.Close()
		if !regexp.MustCompile("(?m)^" + row.wants).MatchString(said) {
			t.Errorf("%s: it does not say %q:\n%s", row.there, row.wants, said)
		}
	}
}

// What is wrong has a fix, whatever it is.
func TestEveryWrongFindingHasAFix(t *testing.T) {
	var e examination
	e.add(finding{Name: "lock", State: unwell, Text: "torn"})
	e.add(finding{Name: "lock", State: healthy, Text: "there"})
	if e.findings[0].Fix == "" || e.findings[1].Fix != "" {
		t.Errorf("%+v", e.findings)
	}
}
