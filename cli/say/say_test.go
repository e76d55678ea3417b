package say

import (
	"errors"
	"strings"
	"testing"

	"authsync/schema"
)

func TestFprintf(t *testing.T) {
	type name string
	hostile := "a\x1b[2K\n::error::b"
	for _, row := range []struct {
		want string
		args []any
	}{
		{`<a\x1b[2K\n::error::b>`, []any{"<%s>\n", hostile}},
		{`<a\x1b[2K\n::error::b>`, []any{"<%s>\n", name(hostile)}},
		{`<a\x1b[2K\n::error::b>`, []any{"<%v>\n", errors.New(hostile)}},
		{`<"a\x1b[2K\n::error::b">`, []any{"<%q>\n", hostile}},
		{`<[a\x1b[2K\n::error::b]>`, []any{"<%v>\n", []string{hostile}}},
		{`<record/r/"a\x1b[2K\n::error::b">`, []any{"<%s>\n", schema.Key{Kind: "record", Name: "r/" + hostile}}},
		{`<config."a\x1b[2K\n::error::b">`, []any{"<%s>\n", schema.Path{"config", hostile}}},
		{"<\x1b[1mown\x1b[0m>", []any{"<%s>\n", Own("\x1b[1mown\x1b[0m")}},
		{`\x3a:error::b`, []any{"%s\n", "::error::b"}},
		{"<  7 true>", []any{"<%3d %t>\n", 7, true}},
	} {
		var b strings.Builder
		Fprintf(&b, row.args[0].(string), row.args[1:]...)
		if got := strings.TrimSuffix(b.String(), "\n"); got != row.want {
			t.Errorf("%q: %s, want %s", row.args, got, row.want)
		}
	}
}
