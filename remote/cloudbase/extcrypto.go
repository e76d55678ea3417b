package cloudbase

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// The errors of sealing and opening an integration's password. No text of theirs, nor
// of an error that wraps them, contains the password or the key.
var (
	// errIntegrationKey says that a text cannot be a key.
	errIntegrationKey = errors.New("the integration key is not 32 bytes long")

	// errNotSealed says that a text to be opened is in clear, or broken.
	errNotSealed = errors.New("not sealed: no AES-256-CBC in the Integration Center's format")

	errAlreadySealed = errors.New("already sealed in the Integration Center's format")

	// errWrongIntegrationKey says that a text was sealed with another key, or damaged.
	errWrongIntegrationKey = errors.New("the integration key does not open it")
)

const (
	extKeySize = 32 // bytes: the key's own, as UTF-8
	extIVText  = 24 // characters: the base64 of 16 bytes
)

// sealExt seals a password for an integration's Ext in the format of the official SDK:
// AES-256-CBC with PKCS#7 padding, the base64 of a random initialization vector
// followed directly by the base64 of the ciphertext. The vector is read from random,
// so no two results are the same.
//
// A sealed text is never sealed again ([errAlreadySealed]): a program that did so
// could no longer tell what the service has.
func sealExt(key, clear string, random io.Reader) (string, error) {
	block, err := extCipher(key)
	switch {
	case err != nil:
		return "", err
	case looksSealed(clear):
		return "", errAlreadySealed
	case !utf8.ValidString(clear):
		return "", errors.New("not UTF-8, which every reader takes it for")
	}
	iv := make([]byte, aes.BlockSize)
	if _, err := io.ReadFull(random, iv); err != nil {
		return "", fmt.Errorf("initialization vector: %w", err)
	}
	pad := aes.BlockSize - len(clear)%aes.BlockSize
	text := append([]byte(clear), bytes.Repeat([]byte{byte(pad)}, pad)...)
	cipher.NewCBCEncrypter(block, iv).CryptBlocks(text, text)
	return base64.StdEncoding.EncodeToString(iv) + base64.StdEncoding.EncodeToString(text), nil
}

// openExt opens what [sealExt] or the official SDK sealed. On an error it returns "".
//
// The format has no authentication. A wrong key shows in the padding or in a result
// that is not UTF-8, and remains unnoticed less than once in a hundred thousand times.
func openExt(key, sealed string) (string, error) {
	block, err := extCipher(key)
	if err != nil {
		return "", err
	}
	iv, text, ok := splitSealed(sealed)
	if !ok {
		return "", errNotSealed
	}
	cipher.NewCBCDecrypter(block, iv).CryptBlocks(text, text)
	clear, ok := unpad(text)
	if !ok || !utf8.Valid(clear) {
		return "", errWrongIntegrationKey
	}
	return string(clear), nil
}

// looksSealed reports whether the text has the format of a sealed password, without a
// key.
func looksSealed(text string) bool {
	_, _, ok := splitSealed(text)
	return ok
}

func extCipher(key string) (cipher.Block, error) {
	if len(key) != extKeySize {
		return nil, errIntegrationKey
	}
	return aes.NewCipher([]byte(key))
}

// splitSealed splits a sealed text into the initialization vector and one block or
// more.
func splitSealed(sealed string) (iv, text []byte, ok bool) {
	// The decoder ignores line breaks, which no sealed text has.
	if len(sealed) <= extIVText || strings.ContainsAny(sealed, "\r\n") {
		return nil, nil, false
	}
	decode := base64.StdEncoding.Strict().DecodeString
	iv, badIV := decode(sealed[:extIVText])
	text, badText := decode(sealed[extIVText:])
	ok = badIV == nil && badText == nil && len(iv) == aes.BlockSize && len(text) > 0 && len(text)%aes.BlockSize == 0
	return iv, text, ok
}

// unpad removes the padding of PKCS#7: n bytes of the value n.
func unpad(text []byte) ([]byte, bool) {
	pad := int(text[len(text)-1])
	if pad == 0 || pad > aes.BlockSize {
		return nil, false
	}
	body := len(text) - pad
	return text[:body], bytes.Equal(text[body:], bytes.Repeat([]byte{byte(pad)}, pad))
}
