package secrets

import (
	"bytes"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"filippo.io/age"
	"filippo.io/age/armor"
	"golang.org/x/crypto/chacha20poly1305"
)

// form is the number of the only form that a sealed text has had so far.
const form = 1

// envelope is what a sealed text holds: the secret, and the place that it is bound to.
// age authenticates no context, so the place is sealed with the secret.
type envelope struct {
	Form  *int    `json:"authsync"`
	Env   *string `json:"env"`
	Path  *string `json:"path"`
	Value *string `json:"value"`
}

// Seal seals c to the recipients, for the place b. Each recipient alone can open it.
// Two seals of one secret differ, so keep the old one of a secret that did not change.
//
// The secret must be text ([ErrNotText]) and not empty ([ErrEmpty]), and the place must
// have a path. Post-quantum and classic recipients together are a
// *[MixedRecipientsError]; a plugin that fails is a *[PluginError].
func Seal(c Clear, b Binding, recipients []age.Recipient) (Value, error) {
	text := c.Reveal()
	switch {
	case len(recipients) == 0:
		return Value{}, ErrNoRecipients
	case text == "":
		return Value{}, ErrEmpty
	case !utf8.ValidString(text):
		return Value{}, fmt.Errorf("the secret is %w", ErrNotText)
	case b.Path == "":
		return Value{}, errors.New("a sealed value needs the path that it is bound to")
	case !utf8.ValidString(b.Env) || !utf8.ValidString(b.Path):
		return Value{}, fmt.Errorf("the place of a sealed value is %w", ErrNotText)
	}
	number := form
	plaintext, err := json.Marshal(envelope{&number, &b.Env, &b.Path, &text})
	if err != nil {
		return Value{}, err
	}
	armored, err := encrypt(padded(plaintext), withNote(recipients))
	if err != nil {
		return Value{}, sealError(err, recipients)
	}
	return Sealed(armored, b), nil
}

// block is what the length of an envelope is a multiple of. The length of a
// sealed text is there for all to see, and would otherwise tell the secret's.
const block = 64

// padded adds spaces, which mean nothing after JSON.
func padded(plaintext []byte) []byte {
	return append(plaintext, bytes.Repeat([]byte(" "), (block-len(plaintext)%block)%block)...)
}

func encrypt(plaintext []byte, recipients []age.Recipient) (string, error) {
	var b strings.Builder
	a := armor.NewWriter(&b)
	w, err := age.Encrypt(a, recipients...)
	if err != nil {
		return "", err
	}
	if _, err := w.Write(plaintext); err != nil {
		return "", err
	}
	if err := w.Close(); err != nil {
		return "", err
	}
	if err := a.Close(); err != nil {
		return "", err
	}
	return b.String(), nil
}

// sealError says what age's own error leaves out: which recipient it is about.
func sealError(err error, recipients []age.Recipient) error {
	if failed, is := errors.AsType[*PluginError](err); is {
		return failed
	}
	if mixed := checkMix(recipients); mixed != nil {
		return mixed
	}
	return fmt.Errorf("seal: %w", err)
}

// unseal opens a sealed value with the first of the identities that can, and checks
// that it stands where it belongs. The errors of the armor and of age's header are not
// passed on: they quote what they found, which is a secret if someone tagged one in
// clear as sealed.
func unseal(v Value, identities []age.Identity) (Clear, error) {
	if !LooksSealed(v.Armored()) {
		return Clear{}, fmt.Errorf("%w: it is not armored age text", ErrDamaged)
	}
	file, err := io.ReadAll(armor.NewReader(strings.NewReader(v.Armored())))
	if err != nil {
		return Clear{}, fmt.Errorf("%w in its armor", ErrDamaged)
	}
	fileKey, err := age.DecryptHeader(file, inOrder(identities)...) // reads no further than its end
	if noMatch, is := errors.AsType[*age.NoIdentityMatchError](err); is {
		return Clear{}, &WrongIdentityError{
			Identities: len(identities),
			SealedTo:   slices.DeleteFunc(slices.Clone(noMatch.StanzaTypes), func(t string) bool { return t == noteType }),
			Causes:     causes(noMatch.Errors),
		}
	}
	if err != nil {
		return Clear{}, fmt.Errorf("%w in its header", ErrDamaged)
	}
	plaintext, err := payload(file, fileKey)
	if err != nil {
		return Clear{}, fmt.Errorf("%w in its payload", ErrDamaged)
	}
	return unpack(plaintext, v.Binding())
}

// payload decrypts what follows the header: a nonce, and chunks. A secret is short and
// has one chunk, for which age's own readers would take 64 KiB each. See
// https://age-encryption.org/v1, "Payload".
func payload(file, fileKey []byte) ([]byte, error) {
	const (
		nonce = 16
		chunk = 64<<10 + chacha20poly1305.Overhead
	)
	_, mac, _ := bytes.Cut(file, []byte("\n--- ")) // the last line of the header
	_, body, _ := bytes.Cut(mac, []byte("\n"))
	if len(body) < nonce || len(body) > nonce+chunk {
		return longPayload(file, fileKey)
	}
	key, err := hkdf.Key(sha256.New, fileKey, body[:nonce], "payload", chacha20poly1305.KeySize)
	if err != nil {
		return nil, err
	}
	aead, err := chacha20poly1305.New(key)
	if err != nil {
		return nil, err
	}
	first := make([]byte, chacha20poly1305.NonceSize)
	first[len(first)-1] = 1 // it is the last one, too
	return aead.Open(nil, first, body[nonce:], nil)
}

func longPayload(file, fileKey []byte) ([]byte, error) {
	r, size, err := age.DecryptReaderAt(bytes.NewReader(file), int64(len(file)), age.NewInjectedFileKeyIdentity(fileKey))
	if err != nil {
		return nil, err
	}
	plaintext := make([]byte, size)
	_, err = io.ReadFull(io.NewSectionReader(r, 0, size), plaintext)
	return plaintext, err
}

// unpack takes the secret out of an opened envelope, if that is meant for the place.
// JSON errors are not passed on, since they quote the text.
func unpack(plaintext []byte, place Binding) (Clear, error) {
	var head struct {
		Form *int `json:"authsync"`
	}
	if err := json.Unmarshal(plaintext, &head); err != nil || head.Form == nil {
		return Clear{}, ErrUnbound
	}
	if *head.Form != form {
		return Clear{}, fmt.Errorf("sealed in form %d, which this version of authsync does not know", *head.Form)
	}
	var e envelope
	d := json.NewDecoder(bytes.NewReader(plaintext))
	d.DisallowUnknownFields()
	err := d.Decode(&e)
	if err != nil || slices.Contains([]*string{e.Env, e.Path, e.Value}, nil) || *e.Value == "" || !utf8.Valid(plaintext) {
		return Clear{}, fmt.Errorf("%w: it was not made by authsync", ErrDamaged)
	}
	if sealedFor := (Binding{Env: *e.Env, Path: *e.Path}); sealedFor != place {
		return Clear{}, &MisplacedError{SealedFor: sealedFor, StandsAt: place}
	}
	return NewClear(*e.Value), nil
}
