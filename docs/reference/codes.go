package main

import (
	"maps"
	"slices"
	"strings"

	"authsync/remote/cloudbase"
	"authsync/remote/transport"
)

// codeRow is a row of the table of error codes.
type codeRow struct{ Code, Cause, Advice, Read, Write string }

// tries say in words what becomes of calls that fail, by what a code means.
var tries = map[transport.Meaning][2]string{
	transport.Refusal:    {"fails", "fails; nothing was done"},
	transport.Throttled:  {"is tried again", "is tried again; nothing was done"},
	transport.Failing:    {"is tried again", "may have been done: is looked up by reading"},
	transport.Unanswered: {"fails", "may have been done: is looked up by reading"},
	transport.Missing:    {"is taken for an object that is not there", "fails; nothing was done"},
	transport.Existing:   {"fails", "fails; nothing was done"},
}

func codesOfCloud() []codeRow {
	var rows []codeRow
	for _, code := range slices.Sorted(maps.Keys(cloudbase.Codes)) {
		fact := cloudbase.Codes[code]
		called := strings.NewReplacer("tcb:{call}", "`tcb:` and its name", "{call}", "the action")
		rows = append(rows, codeRow{code, called.Replace(fact.Cause), called.Replace(fact.Advice), tries[fact.Means][0], tries[fact.Means][1]})
	}
	return rows
}
