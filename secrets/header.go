package secrets

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"filippo.io/age"
	"filippo.io/age/armor"

	"authsync/schema/list"
)

// noteType is the type of a stanza that holds no key. Its arguments are a tag
// of each recipient, so that anybody can tell to whom a text is sealed: age by
// itself does not say for most sorts of recipient. Other programs skip stanzas
// that they do not know. Whoever can open the text can tell if the note was
// changed; whoever sealed it may have written anything.
const noteType = "authsync-recipients"

// tagOf is the tag of a recipient, "" for one that does not know its text. It
// is derived from the public key alone.
func tagOf(r age.Recipient) string {
	named, ok := r.(fmt.Stringer)
	if !ok {
		return ""
	}
	sum := sha256.Sum256([]byte("authsync recipient\n" + keyOf(named.String())))
	return base64.RawURLEncoding.EncodeToString(sum[:12])
}

// notingRecipient is the first recipient of a text, and adds the note about all.
type notingRecipient struct {
	age.Recipient
	note *age.Stanza
}

// withNote makes the first recipient add the note about all.
func withNote(recipients []age.Recipient) []age.Recipient {
	var tags []string
	for _, r := range recipients {
		tag := tagOf(r)
		if tag == "" {
			return recipients
		}
		tags = append(tags, tag)
	}
	slices.Sort(tags)
	list := slices.Clone(recipients)
	list[0] = &notingRecipient{list[0], &age.Stanza{Type: noteType, Args: tags}}
	return list
}

func (n *notingRecipient) Wrap(fileKey []byte) ([]*age.Stanza, error) {
	stanzas, _, err := n.WrapWithLabels(fileKey)
	return stanzas, err
}

// WrapWithLabels implements [age.RecipientWithLabels]. The labels are those of
// the recipient, since a text cannot have different ones.
func (n *notingRecipient) WrapWithLabels(fileKey []byte) (stanzas []*age.Stanza, labels []string, err error) {
	if labelled, ok := n.Recipient.(age.RecipientWithLabels); ok {
		stanzas, labels, err = labelled.WrapWithLabels(fileKey)
	} else {
		stanzas, err = n.Recipient.Wrap(fileKey)
	}
	if err != nil {
		return nil, nil, err
	}
	return append(stanzas, n.note), labels, nil
}

// A Header is what a sealed text shows without any key.
type Header struct {
	stanzas []*age.Stanza // of recipients
	tags    []string      // of the note
	noted   bool
}

// collector keeps the stanzas that an identity is shown, and opens nothing.
type collector struct{ stanzas []*age.Stanza }

// Unwrap implements [age.Identity].
func (c *collector) Unwrap(stanzas []*age.Stanza) ([]byte, error) {
	c.stanzas = stanzas
	return nil, age.ErrIncorrectIdentity
}

// ReadHeader reads the header of a sealed value, or fails with [ErrDamaged].
func ReadHeader(v Value) (Header, error) {
	file, err := io.ReadAll(armor.NewReader(strings.NewReader(v.Armored())))
	if err != nil {
		return Header{}, fmt.Errorf("%w in its armor", ErrDamaged)
	}
	var c collector
	_, err = age.Decrypt(bytes.NewReader(file), &c)
	if _, is := errors.AsType[*age.NoIdentityMatchError](err); !is {
		return Header{}, fmt.Errorf("%w in its header", ErrDamaged)
	}
	var h Header
	for _, s := range c.stanzas {
		switch {
		case s.Type == noteType:
			h.noted, h.tags = true, append(h.tags, s.Args...)
		case strings.HasSuffix(s.Type, "-grease"): // age's own noise
		default:
			h.stanzas = append(h.stanzas, s)
		}
	}
	return h, nil
}

// Against says how a text is sealed to others than the declared recipients, as
// far as its header shows: each difference as a few words, none if it agrees.
//
// With a note of its recipients, as Seal leaves one, all is told by name.
// Without, X25519 and post-quantum recipients can only be counted, SSH keys are
// known by their tag, and how many stanzas a plugin makes is not known.
func (h Header) Against(declared []age.Recipient) []string {
	if differences := h.againstNote(declared); len(differences) > 0 {
		return differences
	}
	return h.againstStanzas(declared)
}

func (h Header) againstNote(declared []age.Recipient) []string {
	if !h.noted {
		return nil
	}
	var differences []string
	known := map[string]bool{}
	for i, r := range declared {
		tag := tagOf(r)
		known[tag] = true
		if !slices.Contains(h.tags, tag) {
			differences = append(differences, "not sealed to "+nameOf(r, i)+", which is declared")
		}
	}
	strangers := 0
	for _, tag := range h.tags {
		if !known[tag] {
			strangers++
		}
	}
	if strangers > 0 {
		differences = append(differences, fmt.Sprintf("sealed to %d that %s not declared", strangers, isAre(strangers)))
	}
	return differences
}

func isAre(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

func (h Header) againstStanzas(declared []age.Recipient) []string {
	var want, have []string
	plugins := 0
	for _, r := range declared {
		if _, isPlugin := r.(*pluginRecipient); isPlugin {
			plugins++
			continue
		}
		want = append(want, shapesOf(r)...)
	}
	left := slices.Clone(want)
	others := 0
	for _, s := range h.stanzas {
		shape := shapeOf(s)
		have = append(have, shape)
		if i := slices.Index(left, shape); i >= 0 {
			left = slices.Delete(left, i, i+1)
		} else {
			others++
		}
	}
	switch {
	case len(left) == 0 && others == 0 && plugins == 0, len(left) == 0 && plugins > 0 && others >= plugins:
		return nil
	case plugins == 0 && len(have) != len(want):
		return []string{fmt.Sprintf("sealed to %d %s, %d %s declared", len(have), plural(len(have), "recipient"), len(want), isAre(len(want)))}
	}
	for range plugins {
		want = append(want, "a plugin's")
	}
	return []string{fmt.Sprintf("sealed to %s, but %s %s declared", strings.Join(counted(have), ", "), strings.Join(counted(want), ", "), isAre(len(want)))}
}

func plural(n int, word string) string {
	if n == 1 {
		return word
	}
	return word + "s"
}

// shapeOf is what is known of the recipient of a stanza: its type, and the tag
// of an SSH key, which is the same in every text.
func shapeOf(s *age.Stanza) string {
	if strings.HasPrefix(s.Type, "ssh-") && len(s.Args) > 0 {
		return s.Type + " " + s.Args[0]
	}
	return s.Type
}

// shapesOf has a recipient wrap a key that seals nothing. One that cannot has
// no shape, which another error will tell.
func shapesOf(r age.Recipient) []string {
	stanzas, _ := r.Wrap(make([]byte, 16))
	return list.Each(stanzas, shapeOf)
}

// Answer is an answer that may not be known.
type Answer int

const (
	Unknown Answer = iota
	No
	Yes
)

// SealedTo says whether a text is sealed to a recipient.
func (h Header) SealedTo(r age.Recipient) Answer {
	if h.noted {
		if slices.Contains(h.tags, tagOf(r)) {
			return Yes
		}
		return No
	}
	if _, isPlugin := r.(*pluginRecipient); isPlugin {
		return Unknown
	}
	for _, shape := range shapesOf(r) {
		found := slices.ContainsFunc(h.stanzas, func(s *age.Stanza) bool { return shapeOf(s) == shape })
		switch {
		case !found:
			return No
		case strings.HasPrefix(shape, "ssh-"):
			return Yes
		}
	}
	return Unknown
}

// Named reports whether a text says by name to whom it is sealed. Others than
// authsync, and authsync before it did so, seal without.
func (h Header) Named() bool { return h.noted }
