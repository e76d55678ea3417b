package schema

import (
	"fmt"
	"strings"
	"testing"
)

// So many faults are told, in the order of the text, and the others are counted.
func TestMostFaults(t *testing.T) {
	for more, want := range map[int]string{-1: "", 0: "", 1: "and 1 more", 1000: "and 1,000 more"} {
		var faults Faults
		for i := range most + more {
			faults.add(Position{File: "a.yaml", Line: most + more - i, Column: 1}, nil, "fault %04d", i)
		}
		text := faults.Err().Error()
		if strings.Contains(text, " more") != (want != "") || !strings.Contains(text, want) {
			t.Errorf("%d more: %s", more, text)
		}
		if first, second := strings.Index(text, fmt.Sprintf("fault %04d", most+more-1)), strings.Index(text, fmt.Sprintf("fault %04d", most+more-2)); first < 0 || second < first {
			t.Errorf("%d more are not in their order: %s", more, text)
		}
	}
}

// A service's list is read item by item; an empty one is as if there were none.
func TestListsFromWire(t *testing.T) {
	for _, of := range []Type{ListOf{Item: String{}}, SetOf{Item: String{}}} {
		for _, row := range []struct {
			wire  Value
			items int
			fails bool
		}{
			{List{Text("a"), Text("b")}, 2, false},
			{List{Text("a"), Null{}}, 1, false},
			{List{}, 0, false},
			{Null{}, 0, false},
			{nil, 0, false},
			{Text("a"), 0, true},
			{List{Text("a"), Number("1"), List{}}, 0, true},
		} {
			v, err := of.fromWire(row.wire)
			items := 0
			switch v := v.(type) {
			case List:
				items = len(v)
			case Set:
				items = len(v)
			}
			if items != row.items || (err != nil) != row.fails || (v == nil) != (row.items == 0) {
				t.Errorf("%T of %v: %v, %v", of, row.wire, v, err)
			}
		}
	}
}
