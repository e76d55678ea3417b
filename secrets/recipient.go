package secrets

import (
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"

	"filippo.io/age"
	"filippo.io/age/agessh"
	"filippo.io/age/plugin"
	"filippo.io/age/tag"
)

const recipientForms = "accepted are age1..., age1pq1..., age1tag1..., age1NAME1... of a plugin, ssh-ed25519 and ssh-rsa"

// A RecipientError means that a text is not a recipient.
type RecipientError struct {
	// Index is the place of the text among those given, counted from 0. The
	// message counts from 1.
	Index int
	// Text is the recipient, shortened in the middle. It is empty if the text has
	// no form of a public key and might be a private one.
	Text   string
	Reason string
}

func (e *RecipientError) Error() string {
	if e.Text == "" {
		return fmt.Sprintf("recipient %d: %s; %s", e.Index+1, e.Reason, recipientForms)
	}
	return fmt.Sprintf("recipient %d (%s): %s; %s", e.Index+1, e.Text, e.Reason, recipientForms)
}

// ParseRecipients reads recipients of every kind that age has. White space around one is
// dropped, and so is one that was seen before; an SSH key is known by its key, whatever
// its comment. The error joins a *[RecipientError] for each bad text, or is a
// *[MixedRecipientsError]. A plugin is not started until something is sealed, so a mix
// that only a plugin knows of shows then.
func ParseRecipients(texts []string) ([]age.Recipient, error) {
	var recipients []age.Recipient
	var faults []error
	seen := make(map[string]bool)
	for i, text := range texts {
		text = strings.TrimSpace(text)
		r, err := parseRecipient(text)
		if err != nil {
			faults = append(faults, &RecipientError{Index: i, Text: showPublic(text), Reason: err.Error()})
			continue
		}
		if key := keyOf(text); seen[key] {
			continue
		} else {
			seen[key] = true
		}
		recipients = append(recipients, r)
	}
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	if err := checkMix(BuiltIn(recipients)); err != nil {
		return nil, err
	}
	return recipients, nil
}

// recipientTypes are the forms of a recipient, by how it begins; the first that fits
// counts. A form without parse is refused. age's own errors are replaced: they quote the
// recipient, of which a post-quantum one has two thousand characters, and give the
// fault's place by Bech32 positions.
var recipientTypes = []struct {
	fits  func(text string) bool
	parse func(text string) (age.Recipient, error)
	fault string
}{
	{func(text string) bool { return text == "" }, nil, "it is empty"},
	{func(text string) bool { return strings.ContainsAny(text, "\r\n") }, nil, "more than one line"},
	{begins("age1tag1", "age1tagpq1"), parsed(tag.ParseRecipient), "malformed tag recipient: mistyped or cut off"},
	{begins("age1pq1"), parsed(age.ParseHybridRecipient), "malformed post-quantum recipient: mistyped or cut off"},
	{func(text string) bool { return strings.HasPrefix(text, "age1") && strings.Count(text, "1") > 1 }, parsePlugin, "malformed plugin recipient: mistyped or cut off"},
	{begins("age1"), parsed(age.ParseX25519Recipient), "malformed X25519 recipient: mistyped or cut off"},
	{begins("ssh-"), parseSSH, "malformed or unsupported SSH key, or RSA of less than 2048 bits"},
	{begins("ecdsa-", "sk-"), nil, "this type of SSH key can only sign"},
	{begins("github:"), nil, "age has no github: recipients; give the SSH keys themselves"},
	{isPrivate, nil, "this is an identity, which is private, and not a recipient"},
}

func begins(prefixes ...string) func(string) bool {
	return func(text string) bool {
		return slices.ContainsFunc(prefixes, func(prefix string) bool { return strings.HasPrefix(text, prefix) })
	}
}

func parsed[R age.Recipient](parse func(string) (R, error)) func(string) (age.Recipient, error) {
	return func(text string) (age.Recipient, error) { return parse(text) }
}

func parsePlugin(text string) (age.Recipient, error) {
	name, _, err := plugin.ParseRecipient(text)
	return &pluginRecipient{name: name, text: text}, err
}

func parseSSH(text string) (age.Recipient, error) {
	r, err := agessh.ParseRecipient(text)
	return &sshRecipient{r, text}, err
}

func parseRecipient(text string) (age.Recipient, error) {
	for _, form := range recipientTypes {
		if !form.fits(text) {
			continue
		}
		if form.parse != nil {
			if r, err := form.parse(text); err == nil {
				return r, nil
			}
		}
		return nil, errors.New(form.fault)
	}
	return nil, errors.New("not a recipient")
}

// sshRecipient knows its own text, which age's SSH recipients forget.
type sshRecipient struct {
	age.Recipient
	text string
}

// String returns the recipient, which is public.
func (s *sshRecipient) String() string { return s.text }

// keyOf returns what makes a recipient the same as another: for an SSH key all but its
// comment.
func keyOf(text string) string {
	fields := strings.Fields(text)
	return strings.Join(fields[:min(2, len(fields))], " ")
}

func isPrivate(text string) bool {
	upper := strings.ToUpper(text)
	return strings.Contains(upper, "SECRET-KEY") || strings.Contains(upper, "PRIVATE KEY") ||
		strings.HasPrefix(upper, "AGE-PLUGIN-")
}

// showPublic returns a text that begins as public keys do, shortened, and "" for any
// other.
func showPublic(text string) string {
	public := slices.ContainsFunc([]string{"age1", "ssh-", "ecdsa-", "sk-", "github:"},
		func(prefix string) bool { return strings.HasPrefix(text, prefix) })
	if !public || isPrivate(text) {
		return ""
	}
	return shorten(text)
}

// shorten keeps both ends: all SSH keys of a type begin alike, and a comment is last.
func shorten(text string) string {
	const head, tail = 16, 8
	r := []rune(text)
	if len(r) > head+tail {
		r = slices.Concat(r[:head], []rune("..."), r[len(r)-tail:])
	}
	return strings.Map(func(c rune) rune {
		if c < ' ' || c == 0x7f {
			return ' '
		}
		return c
	}, string(r))
}

// A MixedRecipientsError means that recipients cannot be sealed to together: whoever
// keeps the sealed text for a quantum computer would need to break only the weaker
// sort. Each recipient is shortened.
type MixedRecipientsError struct {
	PostQuantum, Classic []string
	// Other holds those that a plugin allows only among themselves.
	Other []string
}

func (e *MixedRecipientsError) Error() string {
	var sorts []string
	for _, s := range []struct {
		name string
		of   []string
	}{{"post-quantum", e.PostQuantum}, {"classic", e.Classic}, {"other", e.Other}} {
		if len(s.of) > 0 {
			sorts = append(sorts, s.name+": "+strings.Join(s.of, ", "))
		}
	}
	return "recipients of different sorts cannot be mixed, as the weakest would decide (" +
		strings.Join(sorts, "; ") + ")"
}

// postQuantum is the label by which age keeps recipients of that sort together.
const postQuantum = "postquantum"

// checkMix returns a *[MixedRecipientsError] if age would refuse the recipients together.
// It asks each for its labels by having it wrap a key that seals nothing. One that
// cannot is left out, as the cause of another error.
func checkMix(recipients []age.Recipient) error {
	key := make([]byte, 16)
	rand.Read(key)
	var mixed MixedRecipientsError
	sorts := make(map[string]bool)
	for i, r := range recipients {
		var labels []string
		if labelled, ok := r.(age.RecipientWithLabels); ok {
			var err error
			if _, labels, err = labelled.WrapWithLabels(key); err != nil {
				continue
			}
		}
		slices.Sort(labels)
		sorts[strings.Join(labels, " ")] = true
		of := &mixed.Other
		switch {
		case slices.Contains(labels, postQuantum):
			of = &mixed.PostQuantum
		case len(labels) == 0:
			of = &mixed.Classic
		}
		*of = append(*of, nameOf(r, i))
	}
	if len(sorts) < 2 {
		return nil
	}
	return &mixed
}

func nameOf(r age.Recipient, i int) string {
	if s, ok := r.(fmt.Stringer); ok {
		return shorten(s.String())
	}
	return fmt.Sprintf("recipient %d", i+1)
}

// ShortRecipient is a recipient as a person tells it from others: long ones have
// what they begin and end with.
func ShortRecipient(text string) string {
	key := RecipientKey(text)
	if len(key) <= 72 {
		return key
	}
	return key[:24] + "..." + key[len(key)-20:]
}

// RecipientKey returns what makes two recipients the same, whatever white space
// or comment they are written with.
func RecipientKey(text string) string { return keyOf(strings.TrimSpace(text)) }
