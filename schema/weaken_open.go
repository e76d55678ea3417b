package schema

import (
	"strings"

	"authsync/schema/pattern"
)

// openWeaker is for unmodelled fields: it judges only names and values with an obvious
// meaning.
var openWeaker = &Weakening{
	either(clearTextURL, wildcardURL, checksLess),
	"what goes there can be read or changed on the way, or ends where nobody has checked",
}

// Names of switches, with the effect of an unset one.
var (
	unsafeName = pattern.Of(`(?i)insecure|(skip|disable|ignore|without|^no)_?-?(ssl|tls|https|secure|verif|cert)`)
	verifyName = pattern.Of(`(?i)(verify|verification|reject_?unauthorized)$`)
	secureName = pattern.Of(`(?i)(ssl|tls|secure)$`)
	switchName = pattern.Of(`(?i)^(on|enabled?|required?)$`)
)

// checksLess is a switch that goes off and whose name ends in ssl, tls, secure, verify
// or similar, or one that goes on and whose name says insecure or skipVerify: tls,
// use_ssl, ssl.enabled, rejectUnauthorized.
func checksLess(at Path, before, after Value) bool {
	if len(at) == 0 {
		return false
	}
	name := at[len(at)-1]
	if switchName.MatchString(name) && len(at) > 1 {
		name = at[len(at)-2]
	}
	name = strings.TrimSpace(name)
	switch {
	case unsafeName.MatchString(name):
		return turnsOn(False)(at, before, after)
	case verifyName.MatchString(name):
		return turnsOff(True)(at, before, after)
	case secureName.MatchString(name):
		return turnsOff(False)(at, before, after)
	}
	return false
}
