package secrets

import (
	"encoding/json"
	"testing"
)

// FuzzUnpack takes arbitrary text as the inside of a sealed value, which anyone who knows
// the recipients can make. What opens must say the place that it was opened at, and be
// what Seal would have sealed for it.
func FuzzUnpack(f *testing.F) {
	place := Binding{Env: "prod", Path: "p"}
	for _, text := range []string{
		`{"authsync":1,"env":"prod","path":"p","value":"v"}`,
		`{"authsync":1,"env":"prod","path":"p","value":"v","path":"q"}`,
		`{"AUTHSYNC":1,"Env":"prod","pATH":"p","value":""}`,
		`{"authsync":1,"env":"","path":"p","value":"v"}`,
		`{"authsync":1e0}`, `[]`, `null`, ``,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, plaintext []byte) {
		c, err := unpack(plaintext, place)
		if err != nil {
			if !c.IsZero() {
				t.Errorf("it gives a secret with the error %v", err)
			}
			return
		}
		one, text := form, c.Reveal()
		again, err := json.Marshal(envelope{&one, &place.Env, &place.Path, &text})
		if err != nil {
			t.Fatal(err)
		}
		d, err := unpack(again, place)
		if err != nil || !d.Equal(c) {
			t.Errorf("sealed again it is %v", err)
		}
		if _, err := unpack(plaintext, Binding{Path: "p"}); err == nil {
			t.Error("opened at another place")
		}
	})
}
