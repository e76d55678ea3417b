package state

import (
	"bytes"
	"reflect"
	"testing"
)

// Any bytes are a journal. What a run could not write to its end changes nothing
// of what it says, and no call is pending that has an end after it.
func FuzzJournal(f *testing.F) {
	for _, text := range []string{
		"", "\n", "{", "null\n", `{"run":{}}` + "\n", `{"run":null,"begin":1}` + "\n",
		`{"run":{"time":"2026-01-02T03:04:05Z","systems":{"cloudbase":"a"},"options":[]}}` + "\n" + `{"begin":1,"object":"login","call":"x","fields":["a"]}` + "\n" +
			`{"begin":1,"object":"provider/a"}` + "\n" + `{"end":1,"outcome":"done"}` + "\n" + `{"begin":-1}` + "\n" + `{"begin":2,"end":2,"finished":"2026-01-02T03:04:05Z"}` + "\r\n",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		whole := traced(t, text)
		for _, call := range whole.pending() {
			if call.Step < 1 {
				t.Errorf("a call without a number: %+v", call)
			}
		}
		torn := traced(t, append(bytes.Clone(text), "\n{\"begin\":3,\"obj"...))
		if !reflect.DeepEqual(whole, torn) {
			t.Errorf("with a torn line %+v is %+v", whole, torn)
		}
	})
}

func traced(t *testing.T, text []byte) (all tracing) {
	err := eachLine(bytes.NewReader(text), func(l Line) bool {
		all.follow(l)
		return true
	})
	if err != nil {
		t.Error(err)
	}
	return all
}
