package sandbox

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"

	"authsync/schema"
	"authsync/schema/pattern"
	"authsync/secrets"
)

var errExt = errors.New("it is no JSON object")

// parseExt reads the Ext of a key or of a template.
func parseExt(text string) (schema.Object, error) {
	v, err := schema.ParseJSON([]byte(text))
	ext, ok := v.(schema.Object)
	if err != nil || !ok {
		return nil, errExt
	}
	return ext, nil
}

func encodeExt(ext schema.Object) (schema.Text, error) {
	text, err := schema.EncodeJSON(ext, secrets.OpenClear)
	return schema.Text(text), err
}

// blankedExt returns the Ext with "" in each of the given fields that it has. If it
// has none, the stored bytes are returned.
func blankedExt(text string, fields []string) string {
	ext, err := parseExt(text)
	if err != nil {
		return ""
	}
	changed := false
	for _, name := range fields {
		if !schema.IsUnset(ext[name]) {
			ext[name] = schema.Text("")
			changed = true
		}
	}
	if !changed {
		return text
	}
	blank, _ := encodeExt(ext) // it was JSON before
	return string(blank)
}

// sealedExt returns the text of a seeded Ext, with its clear passwords sealed.
func sealedExt(v schema.Value, fields []string, seal func(clear string) (string, error)) (schema.Value, error) {
	ext, isObject := v.(schema.Object)
	if !isObject {
		text, _ := v.(schema.Text)
		var err error
		if ext, err = parseExt(string(text)); err != nil {
			return nil, err
		}
	}
	changed := isObject
	for _, name := range fields {
		clear := ext.Text(name)
		if clear == "" || sealedForm.MatchString(clear) {
			continue
		}
		sealed, err := seal(clear)
		if err != nil {
			return nil, err
		}
		ext[name] = schema.Text(sealed)
		changed = true
	}
	if !changed {
		return v, nil
	}
	return encodeExt(ext)
}

// sealedForm is what a sealed field looks like: the base64 of 16 bytes, and that
// of any more.
var sealedForm = pattern.Of(`^[A-Za-z0-9+/]{22}==[A-Za-z0-9+/]{20,}={0,2}$`)

// sealPassword seals as the official SDK does: AES-256-CBC with the key's bytes, then
// the base64 of the initialization vector followed by the base64 of the ciphertext.
// The vector is derived from the salt, so that a seed always gives the same text.
func sealPassword(key, salt, clear string) (string, error) {
	if len(key) != 32 {
		return "", fmt.Errorf("the integration key has %d bytes, not 32", len(key))
	}
	block, err := aes.NewCipher([]byte(key))
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(salt))
	iv := sum[:aes.BlockSize]
	pad := aes.BlockSize - len(clear)%aes.BlockSize
	text := append([]byte(clear), bytes.Repeat([]byte{byte(pad)}, pad)...)
	cipher.NewCBCEncrypter(block, iv).CryptBlocks(text, text)
	return base64.StdEncoding.EncodeToString(iv) + base64.StdEncoding.EncodeToString(text), nil
}
