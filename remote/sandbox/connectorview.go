package sandbox

import (
	"strings"

	"authsync/schema"
)

// secretMask is what is shown of a secret.
const secretMask = "***"

// shownConnector is a connector as it is sent, its config behind a veil.
func shownConnector(connector schema.Object, veil veil) schema.Object {
	o := connector.Clone()
	o["config"] = veil.over("config", connector["config"])
	return o
}

// veil decides what is shown of a text in a config, by its name.
type veil func(name, text string) string

// over lays the veil over a value and all below it. The elements of a list go by
// the name of the list.
func (show veil) over(name string, v schema.Value) schema.Value {
	switch v := v.(type) {
	case schema.Text:
		return schema.Text(show(name, string(v)))
	case schema.List:
		list := make(schema.List, len(v))
		for i, element := range v {
			list[i] = show.over(name, element)
		}
		return list
	case schema.Object:
		o := schema.Object{}
		for name, field := range v {
			o[name] = show.over(name, field)
		}
		return o
	}
	return v
}

// veilSecrets is for a single connector: ids are shown in full.
func veilSecrets(name, text string) string {
	if text != "" && isSecretName(name) {
		return secretMask
	}
	return text
}

// veilSecretsAndIDs is for lists: ids are shown in part. The documents have
// LTAI5t*** for LTAI5tExample and Iv1.abc*** for Iv1.abcdef123456, and no rule;
// just under one half does for both.
func veilSecretsAndIDs(name, text string) string {
	if text != "" && isIDName(name) {
		letters := []rune(text)
		return string(letters[:(len(letters)-1)/2]) + secretMask
	}
	return veilSecrets(name, text)
}

// isSecretName reports whether a config field of this name is a secret. Which
// are is not documented: access_key_secret, client_secret, password,
// private_key, and the pass of an SMTP server's auth are taken for such.
func isSecretName(name string) bool {
	name = strings.ToLower(name)
	for _, part := range []string{"secret", "password", "private"} {
		if strings.Contains(name, part) {
			return true
		}
	}
	return name == "pass"
}

func isIDName(name string) bool {
	return strings.HasSuffix(name, "_id") || strings.HasSuffix(name, "Id")
}

// secretsIn are the secrets of a config, at any depth.
func secretsIn(config schema.Value) []string {
	var found []string
	veil(func(name, text string) string {
		if isSecretName(name) {
			found = append(found, text)
		}
		return text
	}).over("config", config)
	return found
}
