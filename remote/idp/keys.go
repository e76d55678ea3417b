package idp

import (
	"encoding/base64"
	"strings"

	"authsync/schema"
)

// keyFaults are what a published key may not be.
var keyFaults = []struct {
	is       func(schema.Object) bool
	severity schema.Severity
	text     string
}{
	{func(k schema.Object) bool { return k["d"] != nil || k["k"] != nil || k.Text("kty") == "oct" }, schema.Wrong,
		"publishes a key that signs: whoever reads it can log in as anybody; have the key replaced there at once"},
	{func(k schema.Object) bool { return k.Text("kty") != "oct" && strings.HasPrefix(k.Text("alg"), "HS") }, schema.Wrong,
		"publishes a public key for HS256 or its like, where whoever reads it can sign: have its alg put right there"},
	{func(k schema.Object) bool { return strings.EqualFold(k.Text("alg"), "none") }, schema.Wrong,
		"publishes a key with the algorithm none, which judges nothing"},
	{func(k schema.Object) bool { bits := modulus(k); return bits > 0 && bits < 2048 }, schema.Doubtful,
		"publishes an RSA key of less than 2048 bits, which can be broken"},
}

// asymmetric are the types of keys that only judge.
var asymmetric = map[string]struct{}{"RSA": {}, "EC": {}, "OKP": {}}

func (v *visit) judgeKeys(ask schema.Ask, set schema.Object) {
	list, _ := set["keys"].(schema.List)
	usable := 0
	told := map[string]struct{}{}
	for _, one := range list {
		key, _ := one.(schema.Object)
		if _, ok := asymmetric[key.Text("kty")]; ok && key.Text("use") != "enc" {
			usable++
		}
		for _, f := range keyFaults {
			if _, again := told[f.text]; !again && f.is(key) {
				told[f.text] = struct{}{}
				v.find(ask.At, f.text, f.severity)
			}
		}
	}
	if usable == 0 {
		v.wrong(ask.At, "publishes no key that could judge an ID token")
	}
}

// modulus is how many bits the modulus of an RSA key has; 0 = it has none.
func modulus(key schema.Object) int {
	n, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(key.Text("n"), "="))
	for len(n) > 0 && n[0] == 0 {
		n = n[1:]
	}
	if err != nil {
		return 0
	}
	return 8 * len(n)
}
