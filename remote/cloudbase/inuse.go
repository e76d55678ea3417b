package cloudbase

import (
	"fmt"
	"strings"

	"authsync/schema"
	"authsync/secrets"
)

// InUse implements [sync.UseReporter]: the token of an API key may be among the
// credentials of this run.
func (s *tcbService) InUse(_ string, live schema.Object) string {
	if s.kind.token == "" {
		return ""
	}
	token, _ := live[s.kind.token].(schema.Secret)
	for where, credential := range s.credentials {
		if isToken(token.Value, credential) {
			return "this run uses its token as " + where
		}
	}
	return ""
}

// isToken reports whether a credential is a token, as far as live shows that.
func isToken(token secrets.Value, credential string) bool {
	switch token.Form() {
	case secrets.PlainForm:
		clear, err := new(secrets.Keyring).Open(token)
		return err == nil && clear.Reveal() == credential
	case secrets.HiddenForm:
		first, rest, masked := strings.Cut(token.Visible(), "*")
		last := rest[strings.LastIndexByte(rest, '*')+1:]
		return masked && len(first)+len(last) >= 4 && len(credential) > len(first)+len(last) &&
			strings.HasPrefix(credential, first) && strings.HasSuffix(credential, last)
	}
	return false
}

// credentialsInUse returns the credentials of an environment's systems, by their
// paths. A credential that cannot be opened here is not in use here.
func credentialsInUse(env *schema.Environment, keys *secrets.Keyring) map[string]string {
	used := map[string]string{}
	for system, settings := range env.Systems {
		for name, v := range settings {
			secret, ok := v.(schema.Secret)
			if !ok || !keys.CanOpen(secret.Value) {
				continue
			}
			if clear, err := keys.Open(secret.Value); err == nil {
				used[fmt.Sprintf("systems.%s.%s", system, name)] = clear.Reveal()
			}
		}
	}
	return used
}
