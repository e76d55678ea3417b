package sandbox

import (
	"fmt"
	"slices"
	"strings"
)

// Quirk is what is not known of a service, and can be one way or another: the
// sandbox plays either.
type Quirk struct {
	Name   string
	Values []string // the first is how it is unless said otherwise
	Doc    string
}

// Quirks are those that the sandbox can play by name.
var Quirks = []Quirk{
	{oneConnectorPerType, []string{"no", "yes"}, "making a connector of type Email or Sms deletes the one of that type before it, without a word"},
}

const oneConnectorPerType = "one-connector-per-type"

// ParseQuirk reads NAME=VALUE.
func ParseQuirk(text string) (name, value string, err error) {
	name, value, _ = strings.Cut(text, "=")
	var all []string
	for _, q := range Quirks {
		if q.Name == name && slices.Contains(q.Values, value) {
			return name, value, nil
		}
		for _, v := range q.Values {
			all = append(all, q.Name+"="+v)
		}
	}
	return "", "", fmt.Errorf("%q: no such quirk; there are %s", text, strings.Join(all, ", "))
}
