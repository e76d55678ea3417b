package schema

import (
	"fmt"
	"strings"
)

// ExampleOf returns a whole manifest with a kind's example.
func ExampleOf(k *Kind) []byte {
	system := systemNamed(k.System)
	for system.Example == "" && system.Follows != "" {
		system = systemNamed(system.Follows)
	}
	return fmt.Appendf(nil, "apiVersion: %s\nkind: %s\nname: example\nsystems:\n  %s: %s\n\n%s\n",
		APIVersion, EnvironmentFile, system.Name, system.Example, strings.Trim(k.Example, "\n"))
}
