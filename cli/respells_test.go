package cli

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"

	"github.com/rogpeppe/go-internal/testscript"

	"authsync/schema/pattern"
)

var addresses = pattern.Of(`https:[^"]*`)

// cmdRespells puts a service with a spelling of its own before the sandbox.
func cmdRespells(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 0 {
		ts.Fatalf("usage: respells")
	}
	behind, err := url.Parse(sandboxOf(ts).url)
	ts.Check(err)
	front := httptest.NewServer(&httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(behind)
			r.Out.Host = r.In.Host
		},
		ModifyResponse: respelled,
	})
	ts.Defer(front.Close)
	ts.Setenv("AUTHSYNC_SANDBOX", front.URL)
}

func respelled(r *http.Response) error {
	text, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	text = addresses.ReplaceAllFunc(text, bytes.ToLower)
	text = bytes.ReplaceAll(text, []byte(`\n`), []byte(`\r\n`))
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(text)), int64(len(text))
	r.Header.Del("Content-Length")
	return nil
}
