package secrets

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"filippo.io/age"
	"filippo.io/age/agessh"
	"filippo.io/age/armor"
	"filippo.io/age/plugin"
	"golang.org/x/crypto/ssh"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// An IdentityError means that a text does not hold identities. It never quotes the text.
type IdentityError struct {
	Source string // the file or the variable that the text came from
	Line   int    // counted from 1; 0 is the text as a whole
	Reason string
}

func (e *IdentityError) Error() string {
	return e.Source + ": " + atLine(e.Line) + e.Reason
}

// A ProtectedIdentityError means that an identity is encrypted with a passphrase.
type ProtectedIdentityError struct {
	Source string // the file or the variable that the text came from
	Line   int    // where the identity begins, counted from 1
	What   string // "age identity file" or "SSH private key"
}

// What an identity is that is protected, as errors say it.
const (
	ageFile = "age identity file"
	sshFile = "SSH private key"
)

func (e *ProtectedIdentityError) Error() string {
	return fmt.Sprintf("%s: %sthe %s is protected by a passphrase", e.Source, atLine(e.Line), e.What)
}

func atLine(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("line %d: ", n)
}

const identityForms = "accepted are AGE-SECRET-KEY-1..., AGE-SECRET-KEY-PQ-1..., AGE-PLUGIN-NAME-1..., " +
	"and SSH private keys of type ed25519 and RSA"

// ParseIdentities reads identities from the text of an identity file: the lines that
// age-keygen writes, of X25519, post-quantum and plugin identities, and SSH private
// keys, together in any order. Empty lines and lines that begin with # mean nothing. A
// text with a byte order mark, such as PowerShell writes, is read by it.
// The source names the text in errors, which are *[IdentityError] or
// *[ProtectedIdentityError].
//
// The identities cannot be printed. A plugin is started only when a value is opened,
// and its questions are answered with a refusal, which makes a *[PluginError]. Ask is
// asked for the passphrase of an identity that is protected by one.
func ParseIdentities(text, source string, ask Passphrase) ([]age.Identity, error) {
	if decoded, _, err := transform.String(unicode.BOMOverride(transform.Nop), text); err == nil {
		text = decoded
	}
	if strings.HasPrefix(text, ageHeader) {
		return unlock(&ProtectedIdentityError{Source: source, Line: 1, What: ageFile}, text, ask)
	}
	var ids []age.Identity
	lines := strings.Split(text, "\n")
	for n := 0; n < len(lines); n++ {
		line := strings.TrimSpace(lines[n])
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		at := n + 1
		if !strings.HasPrefix(line, "-----BEGIN ") {
			id, err := parseIdentity(line)
			if err != nil {
				return nil, &IdentityError{Source: source, Line: at, Reason: err.Error()}
			}
			ids = append(ids, id)
			continue
		}
		lines := pemBlock(lines[n:])
		n += len(lines) - 1
		block := strings.Join(lines, "\n") + "\n"
		id, err := parseSSHIdentity(block)
		if protected, is := errors.AsType[*ProtectedIdentityError](err); is {
			protected.Source, protected.Line = source, at
			unlocked, err := unlock(protected, block, ask)
			if err != nil {
				return nil, err
			}
			ids = append(ids, unlocked...)
			continue
		}
		if err != nil {
			return nil, &IdentityError{Source: source, Line: at, Reason: err.Error()}
		}
		ids = append(ids, id)
	}
	if len(ids) == 0 {
		return nil, &IdentityError{Source: source, Reason: "no identities found"}
	}
	return ids, nil
}

// pemBlock returns the lines up to the end of the PEM block that they begin with, or
// all if it does not end.
func pemBlock(lines []string) []string {
	for i, line := range lines {
		lines[i] = strings.TrimSpace(line)
		if strings.HasPrefix(lines[i], "-----END ") {
			return lines[:i+1]
		}
	}
	return lines
}

// parseIdentity reads an identity that is one line. age's own errors are replaced, to
// be sure that none ever quotes the line.
func parseIdentity(line string) (age.Identity, error) {
	switch {
	case strings.HasPrefix(line, "AGE-SECRET-KEY-PQ-1"):
		id, err := age.ParseHybridIdentity(line)
		if err != nil {
			return nil, errors.New("malformed post-quantum identity: mistyped or cut off")
		}
		return unprintable(id), nil
	case strings.HasPrefix(line, "AGE-SECRET-KEY-1"):
		id, err := age.ParseX25519Identity(line)
		if err != nil {
			return nil, errors.New("malformed X25519 identity: mistyped or cut off")
		}
		return unprintable(id), nil
	case strings.HasPrefix(line, "AGE-PLUGIN-"):
		name, _, err := plugin.ParseIdentity(line)
		if err != nil {
			return nil, errors.New("malformed plugin identity: mistyped or cut off")
		}
		return unprintable(&pluginIdentity{name: name, text: line}), nil
	case strings.HasPrefix(line, "age1"), strings.HasPrefix(line, "ssh-"):
		return nil, errors.New("this is a recipient, which is public, and not an identity; " + identityForms)
	default:
		return nil, errors.New("not an identity; " + identityForms)
	}
}

func parseSSHIdentity(block string) (age.Identity, error) {
	if strings.HasPrefix(block, armor.Header) {
		return nil, &ProtectedIdentityError{What: ageFile}
	}
	if strings.HasPrefix(block, "-----BEGIN ENCRYPTED ") {
		return nil, &ProtectedIdentityError{What: sshFile}
	}
	id, err := agessh.ParseIdentity([]byte(block))
	if _, is := errors.AsType[*ssh.PassphraseMissingError](err); is {
		return nil, &ProtectedIdentityError{What: sshFile}
	}
	if err != nil {
		return nil, errors.New("malformed or unsupported SSH private key; " + identityForms)
	}
	return unprintable(id), nil
}

// identity is an age identity that cannot be printed, unlike those of age, and whose
// failure does not keep others from being tried.
type identity struct {
	unwrap func([]*age.Stanza) ([]byte, error)
	rank   int
	text   func() string // its private text; nil = it shows none
}

// The order in which identities are tried: first what asks for nothing but time.
const (
	native = iota
	sshKey
	program
)

// unprintable wraps an identity so that nothing prints it. A wrapped one stays as it is.
func unprintable(id age.Identity) *identity {
	switch id := id.(type) {
	case *identity:
		return id
	case *age.X25519Identity, *age.HybridIdentity, *age.ScryptIdentity:
		return &identity{id.Unwrap, native, textOf(id)}
	case *pluginIdentity, *plugin.Identity:
		return &identity{id.Unwrap, program, nil}
	default:
		return &identity{id.Unwrap, sshKey, nil}
	}
}

// AskNobody reports whether identities open without a person, a program or a device,
// so that several texts can be opened at once.
func AskNobody(ids []age.Identity) bool {
	return !slices.ContainsFunc(ids, func(id age.Identity) bool { return unprintable(id).rank != native })
}

func (i *identity) Unwrap(stanzas []*age.Stanza) ([]byte, error) {
	key, err := i.unwrap(stanzas)
	if err != nil && !errors.Is(err, age.ErrIncorrectIdentity) {
		return nil, &cause{err}
	}
	return key, err
}

// Format implements [fmt.Formatter]: every verb prints "(identity)".
func (*identity) Format(f fmt.State, _ rune)   { io.WriteString(f, "(identity)") }
func (*identity) String() string               { return "(identity)" }
func (*identity) MarshalText() ([]byte, error) { return []byte("(identity)"), nil }

// cause is a failure of an identity. age stops at the first error that is not
// ErrIncorrectIdentity, so it passes for one, and is told apart when all were tried.
type cause struct{ err error }

func (c *cause) Error() string        { return c.err.Error() }
func (c *cause) Unwrap() error        { return c.err }
func (c *cause) Is(target error) bool { return target == age.ErrIncorrectIdentity }

func causes(errs []error) []error {
	var list []error
	for _, err := range errs {
		if c, is := errors.AsType[*cause](err); is {
			list = append(list, c.err)
		}
	}
	return list
}

// inOrder returns unprintable forms of the identities, in the order of trying.
func inOrder(ids []age.Identity) []age.Identity {
	wrapped := make([]age.Identity, len(ids))
	for i, id := range ids {
		wrapped[i] = unprintable(id)
	}
	slices.SortStableFunc(wrapped, func(a, b age.Identity) int {
		return a.(*identity).rank - b.(*identity).rank
	})
	return wrapped
}
