package schema_test

import (
	"bytes"
	"encoding/json"
	"io"
	"testing"

	"authsync/schema"
)

// decoded is what encoding/json reads, as the values of this package.
func decoded(v any) schema.Value {
	switch v := v.(type) {
	case bool:
		return schema.Bool(v)
	case json.Number:
		return schema.Number(v)
	case string:
		return schema.Text(v)
	case []any:
		list := schema.List{}
		for _, item := range v {
			list = append(list, decoded(item))
		}
		return list
	case map[string]any:
		object := schema.Object{}
		for name, field := range v {
			object[name] = decoded(field)
		}
		return object
	}
	return schema.Null{}
}

// What is JSON to encoding/json is JSON here, with the same values, and nothing else is.
func FuzzParseJSONAgrees(f *testing.F) {
	for _, text := range []string{
		"", " ", "null", "nul", "nulll", "true", "false", "tru", "TRUE", `""`, `"`, `"a`, `"a\`, `"a\"`, `"\u12"`, `"\ud83d\ude00\ud83d"`, `"\x"`, "\"\x01\"", "\"\xff\"", `"é 漢 😀"`,
		"0", "-0", "-", "01", "1.", ".5", "1.5e", "1e+", "1E-07", "1.50e+3", "+1", "0x1", "1_0", "Infinity",
		"[]", "[ ]", "[1,]", "[,1]", "[1 2]", "[1,2 , [3]]", "[", "[1", "[1,", "]",
		"{}", "{ }", `{"a":1}`, `{"a" : 1 , "b":{"c":[]}}`, `{"a":1,}`, `{"a":1,"a":2}`, `{"a"}`, `{"a":}`, `{a:1}`, `{1:1}`, `{"a":1 "b":2}`, "{", `{"a`, `{"a":`, `{"\u0061":1,"a":2}`, "}",
		"1 2", "1,", "{}{}", "\xef\xbb\xbf1", "\t\r\n1\n", "\v1", "nullx", "/**/1",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		got, err := schema.ParseJSON(text)
		if json.Valid(text) != (err == nil) {
			t.Fatalf("%q: %v", text, err)
		}
		if err != nil {
			return
		}
		d := json.NewDecoder(bytes.NewReader(text))
		d.UseNumber()
		var want any
		if err := d.Decode(&want); err != nil {
			t.Fatal(err)
		}
		if schema.Show(got) != schema.Show(decoded(want)) {
			t.Fatalf("%q: %s, want %s", text, schema.Show(got), schema.Show(decoded(want)))
		}
	})
}

// A text that was cut short is told from one that is something else.
func TestParseJSONOfACutText(t *testing.T) {
	whole := `{"a": [1, -2.5e+3, "b\u0041", true, null, {"c": false}]}`
	for n := range len(whole) {
		if _, err := schema.ParseJSON([]byte(whole[:n])); err != io.ErrUnexpectedEOF {
			t.Errorf("%q: %v", whole[:n], err)
		}
	}
}
