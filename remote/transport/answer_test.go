package transport

import (
	"strings"
	"testing"

	"authsync/schema"

	"github.com/google/go-cmp/cmp"
)

func TestParseObject(t *testing.T) {
	for _, row := range []struct{ name, body, err string }{
		{"an object", `{"a":"b"}`, ""},
		{"a byte order mark", "\ufeff{\"a\":\"b\"}", ""},
		{"white space", " \r\n{\"a\":\"b\"}\n", ""},
		{"empty", "", "an empty body instead of JSON"},
		{"only a mark", "\ufeff \n", "an empty body instead of JSON"},
		{"a page", "\n<!DOCTYPE html><html>", "an HTML or XML page instead of JSON"},
		{"cut in a name", `{"a`, "truncated JSON at byte 3"},
		{"cut after a value", `{"a":"b"`, "truncated JSON at byte 8"},
		{"cut in a word", `{"a":tr`, "truncated JSON at byte 7"},
		{"broken", `{"a":canary}`, "broken JSON at byte 6"},
		{"two", `{"a":"b"}{"a":"b"}`, "broken JSON at byte 10"},
		{"text", "canary", "text instead of JSON"},
		{"text like JSON", "true canary", "text instead of JSON"},
		{"a list", `["a"]`, "JSON of another kind instead of an object"},
		{"null", `null`, "JSON of another kind instead of an object"},
		{"too deep", strings.Repeat(`{"a":`, 20000), "broken JSON at byte 50001"},
	} {
		t.Run(row.name, func(t *testing.T) {
			got, err := ParseObject([]byte(row.body))
			if row.err == "" {
				if diff := cmp.Diff(schema.Object{"a": schema.Text("b")}, got); diff != "" || err != nil {
					t.Errorf("%v (-want +got)\n%s", err, diff)
				}
				return
			}
			if err == nil || err.Error() != row.err {
				t.Errorf("got %v, want %s", err, row.err)
			}
		})
	}
}

func FuzzParseObject(f *testing.F) {
	f.Add([]byte(`{"Response":{"Error":{"Code":"a","Message":"b"},"RequestId":"c"}}`))
	f.Add([]byte(`{"Response":[]}`))
	f.Add([]byte(`{"a":1e400,"b":[{}],"c":"\ud800"}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		object, err := ParseObject(body)
		if (object == nil) == (err == nil) {
			t.Errorf("an object %v and an error %v", object, err)
		}
		if err != nil && strings.Contains(err.Error(), "\n") {
			t.Errorf("the error has many lines: %q", err)
		}
	})
}
