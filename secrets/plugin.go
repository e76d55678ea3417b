package secrets

import (
	"errors"
	"slices"
	"strings"

	"filippo.io/age"
	"filippo.io/age/plugin"
)

// errNobody refuses a plugin's question.
var errNobody = errors.New("it asks for input, which needs a terminal")

// refusals is the plugins' view of a user who is not there. age passes on only that a
// question was refused, so each call has refusals of its own to remember it.
type refusals struct{ asked bool }

func (r *refusals) ui() *plugin.ClientUI {
	return &plugin.ClientUI{
		// A message is most often "touch your key" or the reason of the question
		// that follows: nothing went wrong by not showing it.
		DisplayMessage: func(_, _ string) error { return nil },
		RequestValue: func(_, _ string, _ bool) (string, error) {
			r.asked = true
			return "", errNobody
		},
		Confirm: func(_, _, _, _ string) (bool, error) {
			r.asked = true
			return false, errNobody
		},
	}
}

// pluginRecipient is a recipient whose plugin is started with nobody to talk to.
type pluginRecipient struct{ name, text string }

func (p *pluginRecipient) Wrap(fileKey []byte) ([]*age.Stanza, error) {
	stanzas, _, err := p.WrapWithLabels(fileKey)
	return stanzas, err
}

func (p *pluginRecipient) WrapWithLabels(fileKey []byte) ([]*age.Stanza, []string, error) {
	var r refusals
	inner, err := plugin.NewRecipient(p.text, r.ui())
	if err != nil {
		return nil, nil, err
	}
	stanzas, labels, err := inner.WrapWithLabels(fileKey)
	if err != nil {
		if r.asked {
			err = errNobody
		}
		return nil, nil, &PluginError{Plugin: p.name, Asked: r.asked, Err: err}
	}
	return stanzas, labels, nil
}

// String returns the recipient, which is public.
func (p *pluginRecipient) String() string { return p.text }

// BuiltIn are the recipients that are sealed to without starting a program.
func BuiltIn(recipients []age.Recipient) []age.Recipient {
	return slices.DeleteFunc(slices.Clone(recipients), func(r age.Recipient) bool {
		_, external := r.(*pluginRecipient)
		return external
	})
}

// pluginIdentity is an identity whose plugin is started with nobody to talk to. It
// holds the identity in clear: it is only ever seen through [unprintable].
type pluginIdentity struct{ name, text string }

func (p *pluginIdentity) Unwrap(stanzas []*age.Stanza) ([]byte, error) {
	var r refusals
	inner, err := plugin.NewIdentity(p.text, r.ui())
	if err != nil {
		return nil, errors.New("malformed plugin identity")
	}
	key, err := inner.Unwrap(stanzas)
	switch {
	case err == nil:
		return key, nil
	case r.asked: // even if it then says that it is the wrong identity
		return nil, &PluginError{Plugin: p.name, Asked: true, Err: errNobody}
	case errors.Is(err, age.ErrIncorrectIdentity):
		return nil, err
	case strings.Contains(strings.ToUpper(err.Error()), p.text):
		err = errors.New(p.name + " plugin: its message repeats the identity, and is left out")
	}
	return nil, &PluginError{Plugin: p.name, Err: err}
}
