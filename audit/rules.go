package audit

import "strings"

// The rules that are no policy's.
const (
	// Risky states are those to which a change from the default would trip gate weaken.
	Risky = "risky"
	// Ends are secrets, keys and certificates that end.
	Ends = "ends"
	// RanOut exceptions of a policy are over.
	RanOut = "exception-ran-out"
	// Manifest is the rule of what a manifest may say.
	Manifest = "manifest"
)

const policies = "policy/"

// PolicyRule returns the name of a fault's rule for a rule of a policy.
func PolicyRule(name string) string { return policies + name }

// Meaning says what a rule is about.
func Meaning(rule string) string {
	if name, is := strings.CutPrefix(rule, policies); is {
		return "A rule of a policy: " + name + "."
	}
	return map[string]string{
		Risky:    "A change from the service's default to this state would make the environment less safe.",
		Ends:     "A secret, a key or a certificate ends soon, or has ended.",
		RanOut:   "An exception of a policy is over.",
		Manifest: "What a manifest, a policy and what is sealed may be.",
	}[rule]
}
