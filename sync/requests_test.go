package sync_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
)

// writes are the write requests since the sandbox was new, in order.
func (w *world) writes(t fataler) []request {
	t.Helper()
	return slices.DeleteFunc(w.requests(t), func(r request) bool { return !r.Write })
}

// requests are all that the sandbox was asked.
func (w *world) requests(t fataler) []request {
	t.Helper()
	answer, err := http.Get(w.url + "/_sandbox/requests")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var list []request
	for d := json.NewDecoder(answer.Body); ; {
		var r request
		err := d.Decode(&r)
		if errors.Is(err, io.EOF) {
			return list
		}
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, r)
	}
}

// fault makes the nth request that matches fail.
func (w *world) fault(t fataler, body string) {
	t.Helper()
	answer, err := http.Post(w.url+"/_sandbox/faults", "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusCreated {
		t.Fatalf("the fault %s: HTTP %d", body, answer.StatusCode)
	}
}
