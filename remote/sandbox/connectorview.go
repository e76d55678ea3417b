package sandbox

import (
	"strings"

	"authsync/schema"
)

// secretMask is shown in place of a secret.
const secretMask = "***"

// shownConnector returns a connector as the service sends it, with its config masked.
func shownConnector(connector schema.Object, mask masking) schema.Object {
	o := connector.Clone()
	o["config"] = mask.over("config", connector["config"])
	return o
}

// masking returns what is shown of a text in a config, by the name of its field.
type masking func(name, text string) string

// over masks a value and everything in it. The elements of a list count under the name
// of the list.
func (show masking) over(name string, v schema.Value) schema.Value {
	switch v := v.(type) {
	case schema.Text:
		return schema.Text(show(name, string(v)))
	case schema.List:
		return valuesOf(v, func(element schema.Value) schema.Value { return show.over(name, element) })
	case schema.Object:
		o := schema.Object{}
		for inner, field := range v {
			o[inner] = show.over(schema.NameIn(name, inner, v.Text), field)
		}
		return o
	}
	return v
}

// maskSecrets masks the config of a single connector: ids are shown in full. Which
// fields are secrets is not documented, so every field that may be one is masked.
func maskSecrets(name, text string) string {
	if schema.MayBeSecret(name, schema.Text(text)) {
		return secretMask
	}
	return text
}

// inPart masks all but the beginning, as some services do.
func (show masking) inPart() masking {
	return func(name, text string) string {
		if covered := show(name, text); covered != secretMask {
			return covered
		}
		letters := []rune(text)
		return string(letters[:len(letters)/3]) + secretMask
	}
}

// veilSecretsAndIDs is for lists: ids are shown in part. The documents have
// LTAI5t*** for LTAI5tExample and Iv1.abc*** for Iv1.abcdef123456, and no rule;
// just under one half does for both.
func veilSecretsAndIDs(name, text string) string {
	if text != "" && (strings.HasSuffix(name, "_id") || strings.HasSuffix(name, "Id")) {
		letters := []rune(text)
		return string(letters[:(len(letters)-1)/2]) + secretMask
	}
	return maskSecrets(name, text)
}

// secretsIn returns the secrets of a config, at any depth.
func secretsIn(config schema.Value) []string {
	var found []string
	masking(func(name, text string) string {
		if schema.NamesSecret(name) {
			found = append(found, text)
		}
		return text
	}).over("config", config)
	return found
}
