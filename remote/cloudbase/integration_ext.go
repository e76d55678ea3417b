package cloudbase

import (
	"crypto/rand"
	"errors"
	"fmt"

	"authsync/remote/service"
	"authsync/schema"
	"authsync/secrets"
)

// errNoIntegrationKey says that there is no key to seal the passwords of integrations.
var errNoIntegrationKey = errors.New("there is no integration key: give systems.cloudbase.integrationKey as a secret, or CLOUDBASE_INTEGRATION_KEY")

// integrationKey finds the key that seals passwords. It is a function, so that no
// printer can show the key.
type integrationKey func() (string, error)

// foundKey is the key, or why it is not available here.
type foundKey struct {
	text   func() string
	absent error
}

// open finds the key. A missing key is no error, since much can be done without it; an
// invalid one is.
func (k integrationKey) open() (foundKey, error) {
	text, err := k()
	var unset *secrets.UnsetEnvError
	var wrong *secrets.WrongIdentityError
	switch {
	case errors.Is(err, errNoIntegrationKey), errors.Is(err, secrets.ErrNoIdentity), errors.As(err, &unset), errors.As(err, &wrong):
		return foundKey{absent: err}, nil
	case err != nil:
		return foundKey{}, err
	}
	if _, err := extCipher(text); err != nil {
		return foundKey{}, fmt.Errorf("systems.cloudbase.integrationKey: %w", err)
	}
	return foundKey{text: func() string { return text }}, nil
}

// integrationKeyOf looks in the manifest, then in the environment's variables.
func integrationKeyOf(settings schema.Object, c service.Config) integrationKey {
	return func() (string, error) {
		text, err := c.Secret(settings, "integrationKey")
		switch {
		case err != nil:
			return "", fmt.Errorf("systems.cloudbase.%w", err)
		case text != "":
			return text, nil
		}
		if text, ok := c.LookupEnv("CLOUDBASE_INTEGRATION_KEY"); ok && text != "" {
			return text, secrets.CheckLine("environment variable CLOUDBASE_INTEGRATION_KEY", text)
		}
		if c.Fallback != nil && c.Fallback.IntegrationKey != "" {
			return c.Fallback.IntegrationKey, nil
		}
		return "", errNoIntegrationKey
	}
}

// extError is what is wrong with one field of an ext. It never contains the value.
type extError struct {
	field string
	err   error
}

func (e *extError) Error() string {
	path := schema.Path{"ext"}
	if e.field != "" {
		path = path.Then(e.field)
	}
	return path.String() + ": " + e.err.Error()
}

func (e *extError) Unwrap() error { return e.err }

var (
	errNoTemplate   = errors.New("the environment has no template of its type, so nobody can tell which fields are passwords")
	errTwice        = errors.New("was sealed twice: somebody updated it after a failed look at it; set it again in the console")
	errInClear      = errors.New("is a password of its type and stands in clear; write it as !age or !env NAME")
	errHidden       = errors.New("is hidden, and would be lost")
	errNotText      = errors.New("is a password and no text")
	errEmpty        = errors.New("is empty")
	errNotJSONExt   = errors.New("is no JSON object")
	errBrokenFields = errors.New("the template of its type cannot be read, so nobody can tell which fields are passwords")
)

// parseExt reads the ext of an integration, or of a template: JSON in a string.
func parseExt(v schema.Value) (schema.Object, error) {
	text, _ := v.(schema.Text)
	parsed, err := schema.ParseJSON([]byte(text))
	ext, ok := parsed.(schema.Object)
	if err != nil || !ok {
		return nil, &extError{"", errNotJSONExt}
	}
	return ext, nil
}

// open opens the passwords of an ext that was read with them. Without a key they are
// hidden. An empty password is unset, unless the type requires it: then the service
// did not show it.
func (t extTemplate) open(ext schema.Object, key foundKey) (schema.Object, error) {
	if t.err != nil {
		return hideSealed(ext), nil
	}
	out := ext.Clone()
	for _, f := range t.fields {
		v, there := ext[f.name]
		if !f.password || !there {
			continue
		}
		sealed, isText := v.(schema.Text)
		switch {
		case schema.IsUnset(v) && f.required, isText && sealed != "" && key.absent != nil:
			out[f.name] = schema.Secret{Value: secrets.Hidden("")}
		case schema.IsUnset(v):
		case !isText:
			return nil, &extError{f.name, errNotText}
		default:
			clear, err := openExt(key.text(), string(sealed))
			switch {
			case errors.Is(err, errNotSealed):
				err = fmt.Errorf("%w; set it again in the console", err)
			case err == nil && looksSealed(clear):
				err = errTwice
			}
			if err != nil {
				return nil, &extError{f.name, err}
			}
			out[f.name] = schema.Secret{Value: secrets.Plain(clear)}
		}
	}
	return out, nil
}

// hideSealed treats everything that looks sealed as a password, since there is no
// template.
func hideSealed(ext schema.Object) schema.Object {
	out := ext.Clone()
	for name, v := range ext {
		if text, ok := v.(schema.Text); ok && looksSealed(string(text)) {
			out[name] = schema.Secret{Value: secrets.Hidden("")}
		}
	}
	return out
}

// seal seals the passwords of an ext that is sent. Other secrets of a manifest are
// sent in clear, as the service stores them. A null field is left out.
func (t extTemplate) seal(ext schema.Object, key foundKey, reveal schema.Reveal) (schema.Object, error) {
	if t.err != nil {
		return nil, &extError{"", t.err}
	}
	out := schema.Object{}
	for _, name := range ext.Names() {
		v := ext[name]
		if _, cleared := v.(schema.Null); cleared {
			continue
		}
		secret, isSecret := v.(schema.Secret)
		if isSecret && secret.Form() == secrets.HiddenForm {
			return nil, &extError{name, errHidden}
		}
		if f := t.field(name); f != nil && f.password && !schema.IsUnset(schema.Unwrap(v)) {
			if !isSecret {
				return nil, &extError{name, errInClear}
			}
			sealed, err := sealSecret(secret.Value, key, reveal)
			if err != nil {
				return nil, &extError{name, err}
			}
			v = schema.Secret{Value: secrets.Plain(sealed)}
		}
		out[name] = v
	}
	return out, nil
}

func sealSecret(v secrets.Value, key foundKey, reveal schema.Reveal) (string, error) {
	if key.absent != nil {
		return "", fmt.Errorf("cannot be sealed: %w", key.absent)
	}
	if reveal == nil {
		return "", errors.New("there is nothing to open it with")
	}
	clear, err := reveal(v)
	if err != nil {
		return "", err
	}
	if clear.Reveal() == "" {
		return "", errEmpty
	}
	return sealExt(key.text(), clear.Reveal(), rand.Reader)
}
