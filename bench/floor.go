package main

import (
	"encoding/json"
	"strings"

	"authsync/schema/list"
)

// logged is a request as the sandbox logged it.
type logged struct {
	System string          `json:"system"`
	Action string          `json:"action"`
	Method string          `json:"method"`
	Path   string          `json:"path"`
	Query  string          `json:"query"`
	Tenant string          `json:"tenant"`
	Body   json.RawMessage `json:"body"`
	Write  bool            `json:"write"`
	Code   string          `json:"code"`
}

// throttledCode is the code of a request that came too early.
const throttledCode = "RequestLimitExceeded"

// round is the round of the floor in which a request can be made: lists first, then
// what a list tells of, then the writes.
func (l logged) round() int {
	switch {
	case l.Write:
		return 2
	case detailActions[l.Action], l.System == "connectors" && strings.Count(l.Path, "/") > listDepth, strings.Contains(l.Query, "page=") && !strings.Contains(l.Query, "page=1&") && !strings.HasSuffix(l.Query, "page=1"):
		return 1
	}
	return 0
}

// detailActions read one object of a list.
var detailActions = map[string]bool{"GetOneUserKey": true}

// listDepth is the number of slashes in the path of the list of connectors.
const listDepth = 3

// needless are lists that only writes need.
var needless = map[string]bool{"GetUserKeyTemplateList": true, "GetUserKeyTemplate": true}

// sameAs are the requests that authsync made, without those that came too early.
func sameAs(log []logged) []logged {
	return list.Only(log, func(l logged) bool { return l.Code != throttledCode })
}

// leastOf are the requests that nobody can avoid: each list once, each write, and of
// what is written what stands there before, once.
func leastOf(log []logged) []logged {
	writes := map[string]bool{}
	for _, l := range log {
		if l.Write {
			writes[l.Tenant+l.Path+string(l.Body)] = true
			writes[l.Tenant+l.Path] = true
		}
	}
	seen, written := map[string]bool{}, false
	var kept []logged
	for _, l := range sameAs(log) {
		key := l.Tenant + l.Action + l.Method + l.Path + l.Query + string(l.Body)
		detail := !l.Write && l.round() == 1 && !strings.Contains(l.Query, "page=")
		written = written || l.Write
		switch {
		case seen[key], needless[l.Action] && len(writes) == 0, detail && (written || !writes[l.Tenant+l.Path]):
			continue
		}
		seen[key] = true
		kept = append(kept, l)
	}
	return kept
}

// floorInput is the work of the floor program: a chain for each tenant. What is read
// after a write, is read when all is written.
func floorInput(url string, concurrency int, requests []logged) ([]byte, error) {
	type request struct {
		Host, Method, Path, Action string
		Body                       json.RawMessage `json:",omitempty"`
	}
	at, writes := map[string]int{}, map[string]bool{}
	var chains [][][]request
	for _, l := range requests {
		n, known := at[l.Tenant]
		if !known {
			n = len(chains)
			at[l.Tenant] = n
			chains = append(chains, make([][]request, 4))
		}
		r := request{Host: l.Tenant, Method: l.Method, Path: l.Path, Body: l.Body}
		if l.System == "cloudbase" {
			r.Host, r.Action, r.Path = "tcb.tencentcloudapi.com", l.Action, "/"
		}
		if l.Query != "" {
			r.Path += "?" + l.Query
		}
		writes[l.Tenant] = writes[l.Tenant] || l.Write
		round := l.round()
		if writes[l.Tenant] && !l.Write {
			round = 3
		}
		chains[n][round] = append(chains[n][round], r)
	}
	return json.Marshal(struct {
		URL         string
		Concurrency int
		Chains      [][][]request
	}{url, concurrency, chains})
}
