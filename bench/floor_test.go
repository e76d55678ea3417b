package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// requestsOf makes requests of lines "TENANT METHOD PATH[?QUERY]" or "TENANT ACTION";
// a ! behind it marks a write, a # one that came too early.
func requestsOf(text string) []logged {
	var all []logged
	for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
		words := strings.Fields(line)
		l := logged{Tenant: words[0], Write: strings.HasSuffix(line, "!"), System: "connectors", Method: words[1]}
		if strings.HasSuffix(line, "#") {
			l.Code = throttledCode
		}
		if l.Path, l.Query, _ = strings.Cut(words[2], "?"); l.Path == "/" {
			l.System, l.Method, l.Action = "cloudbase", "POST", words[1]
		}
		all = append(all, l)
	}
	return all
}

func spelled(all []logged) string {
	var lines []string
	for _, l := range all {
		lines = append(lines, strings.Join([]string{l.Tenant, l.Method + l.Action, l.Path + "?" + l.Query}, " "))
	}
	return strings.Join(lines, "\n")
}

const updated = `
a GET /api/v1/connectors?page=1
a GET /api/v1/connectors?page=2
a GET /api/v1/connectors/x
a GET /api/v1/connectors/y
a GET /api/v1/connectors/y
a PUT /api/v1/connectors/y !
a GET /api/v1/connectors/y
a GET /api/v1/connectors?page=1
b GetUserKeyTemplateList /
b GetUserKeyList / #
b GetUserKeyList /
b GetOneUserKey /
`

// The least has each list once, what is written, and what stood there before.
func TestLeast(t *testing.T) {
	want := requestsOf(`
a GET /api/v1/connectors?page=1
a GET /api/v1/connectors?page=2
a GET /api/v1/connectors/y
a PUT /api/v1/connectors/y !
b GetUserKeyTemplateList /
b GetUserKeyList /
`)
	if diff := cmp.Diff(spelled(want), spelled(leastOf(requestsOf(updated)))); diff != "" {
		t.Error(diff)
	}
	read := requestsOf("b GetUserKeyTemplateList /\nb GetUserKeyList /\nb GetOneUserKey /\n")
	if diff := cmp.Diff(spelled(read[1:2]), spelled(leastOf(read))); diff != "" {
		t.Errorf("nothing is written: %s", diff)
	}
	if got := sameAs(requestsOf(updated)); len(got) != 11 {
		t.Errorf("%d requests are the same", len(got))
	}
}

// The floor asks for lists, then for what they tell of, then it writes, and then it
// reads back.
func TestRounds(t *testing.T) {
	text, err := floorInput("http://x", 10, sameAs(requestsOf(updated)))
	if err != nil {
		t.Fatal(err)
	}
	var work struct {
		Chains [][][]struct{ Host, Method, Path, Action string }
	}
	if err := json.Unmarshal(text, &work); err != nil {
		t.Fatal(err)
	}
	var sizes [][]int
	for _, chain := range work.Chains {
		var rounds []int
		for _, round := range chain {
			rounds = append(rounds, len(round))
		}
		sizes = append(sizes, rounds)
	}
	if diff := cmp.Diff([][]int{{1, 4, 1, 2}, {2, 1, 0, 0}}, sizes); diff != "" {
		t.Error(diff)
	}
}
