package secrets

import (
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"strings"

	"filippo.io/age"
	"filippo.io/age/agessh"
	"filippo.io/age/armor"
	"golang.org/x/crypto/ssh"
)

// A Passphrase asks for the passphrase of an identity. It is asked again, with a
// higher attempt, while what it gives is wrong; attempt counts from 1. Its error ends
// that, and [ErrNobodyToAsk] as well as [ErrWrongPassphrase] are told with the
// identity that they are about.
type Passphrase func(p *ProtectedIdentityError, attempt int) (Clear, error)

var (
	// ErrNobodyToAsk means that there is nobody who could give a passphrase.
	ErrNobodyToAsk = errors.New("nobody to ask")

	// ErrWrongPassphrase means that a passphrase is wrong, and that there are no
	// more attempts.
	ErrWrongPassphrase = errors.New("the passphrase is wrong")
)

// ageHeader begins an age file that is not armored.
const ageHeader = "age-encryption.org/"

// unlock opens a protected identity. The error is p where nobody was there to ask.
func unlock(p *ProtectedIdentityError, text string, ask Passphrase) ([]age.Identity, error) {
	for attempt := 1; ; attempt++ {
		passphrase, err := ask(p, attempt)
		switch {
		case errors.Is(err, ErrNobodyToAsk):
			return nil, p
		case err != nil:
			return nil, fmt.Errorf("%s: %s%s: %w", p.Source, atLine(p.Line), p.What, err)
		}
		if passphrase.IsZero() {
			continue
		}
		var ids []age.Identity
		if p.What == ageFile {
			ids, err = unlockFile(p, text, passphrase, ask)
		} else {
			ids, err = unlockKey(p, text, passphrase)
		}
		if !errors.Is(err, ErrWrongPassphrase) {
			return ids, err
		}
	}
}

// unlockFile opens an identity file that age has encrypted with a passphrase.
func unlockFile(p *ProtectedIdentityError, text string, passphrase Clear, ask Passphrase) ([]age.Identity, error) {
	damaged := &IdentityError{Source: p.Source, Line: p.Line, Reason: "the age identity file is damaged, or not encrypted with a passphrase"}
	id, err := age.NewScryptIdentity(passphrase.Reveal())
	if err != nil {
		return nil, damaged
	}
	var file io.Reader = strings.NewReader(text)
	if !strings.HasPrefix(text, ageHeader) {
		file = armor.NewReader(file)
	}
	opened, err := age.Decrypt(file, id)
	if noMatch, is := errors.AsType[*age.NoIdentityMatchError](err); is && len(noMatch.StanzaTypes) == 1 && noMatch.StanzaTypes[0] == "scrypt" {
		return nil, ErrWrongPassphrase
	}
	if err != nil {
		return nil, damaged
	}
	plaintext, err := io.ReadAll(opened)
	if err != nil {
		return nil, damaged
	}
	return ParseIdentities(string(plaintext), p.Source, ask)
}

// unlockKey opens an SSH private key.
func unlockKey(p *ProtectedIdentityError, text string, passphrase Clear) ([]age.Identity, error) {
	unsupported := &IdentityError{Source: p.Source, Line: p.Line, Reason: "malformed or unsupported SSH private key; " + identityForms}
	key, err := ssh.ParseRawPrivateKeyWithPassphrase([]byte(text), []byte(passphrase.Reveal()))
	if errors.Is(err, x509.IncorrectPasswordError) {
		return nil, ErrWrongPassphrase
	}
	if err != nil {
		return nil, unsupported
	}
	var id age.Identity
	switch key := key.(type) {
	case *ed25519.PrivateKey:
		id, err = agessh.NewEd25519Identity(*key)
	case *rsa.PrivateKey:
		id, err = agessh.NewRSAIdentity(key)
	default:
		return nil, unsupported
	}
	if err != nil {
		return nil, unsupported
	}
	return []age.Identity{unprintable(id)}, nil
}
