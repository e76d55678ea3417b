package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"aead.dev/minisign"
)

// The variables of a release that is signed: a secret key of minisign, as text or as
// the name of its file, and the password of one that has a password.
const (
	keyVariable      = "AUTHSYNC_SIGNING_KEY"
	passwordVariable = "AUTHSYNC_SIGNING_PASSWORD"
)

// signingKey is the key that a release is signed with; nil = it is not signed.
func signingKey(lookupEnv func(string) (string, bool)) (*minisign.PrivateKey, error) {
	given, _ := lookupEnv(keyVariable)
	if given == "" {
		return nil, nil
	}
	text := []byte(given)
	if file, err := os.ReadFile(given); err == nil {
		text = file
	}
	text = bytes.TrimSpace(text)
	var key minisign.PrivateKey
	var err error
	if minisign.IsEncrypted(text) {
		password, _ := lookupEnv(passwordVariable)
		key, err = minisign.DecryptKey(password, text)
	} else {
		err = key.UnmarshalText(text)
	}
	if err != nil { // its text may quote the key
		return nil, errors.New(keyVariable + " is no secret key of minisign, or " + passwordVariable + " is not its password")
	}
	return &key, nil
}

// sign signs the checksums, and with them everything that they are of.
func (r release) sign() (name string, err error) {
	const signed = "SHA256SUMS"
	text, err := os.ReadFile(filepath.Join(r.out, signed))
	if err != nil {
		return "", err
	}
	reader := minisign.NewReader(bytes.NewReader(text))
	if _, err := io.Copy(io.Discard, reader); err != nil {
		return "", err
	}
	signature := reader.SignWithComments(*r.key, "authsync "+r.version, fmt.Sprintf("signature from minisign key %X", r.key.ID()))
	return signed + ".minisig", r.write(signed+".minisig", signature)
}
