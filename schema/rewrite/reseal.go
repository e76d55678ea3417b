package rewrite

import (
	"errors"
	"slices"

	"gopkg.in/yaml.v3"

	"authsync/schema"
	"authsync/schema/list"
	"authsync/secrets"
)

// Sealer seals a secret for its place to recipients.
type Sealer func(c secrets.Clear, b secrets.Binding, recipients []string) (secrets.Value, error)

// Resealed is a manifest that was edited in clear, with its secrets sealed.
type Resealed struct {
	Text []byte
	// Sealed are the secrets that were sealed again, in the order of the file.
	Sealed []schema.Path
	// Recipients are those of the edited manifest.
	Recipients []string
}

// Seal seals the secrets of an edited text. One that has neither changed nor
// moved keeps its sealed text and the way that it was spelled, to the byte; so
// does all that is no secret. The faults are mistakes of the edited text, at
// their places there.
func (u *Unsealed) Seal(edited []byte, seal Sealer) (*Resealed, []*schema.Fault) {
	loaded := schema.LoadText(u.file, edited, schema.SecretsClear, u.beside...)
	envs := append(loaded.Environments, loaded.Bases...)
	if faults := inFile(u.file, loaded); len(faults) > 0 {
		return nil, faults
	}
	switch wrong := loaded.Faults.Wrong(); {
	case len(envs) != 1 && len(wrong) > 0:
		return nil, wrong
	case len(envs) != 1:
		return nil, []*schema.Fault{{Pos: schema.Position{File: u.file, Line: 1, Column: 1}, Text: "is no manifest: it holds no secrets"}}
	}
	document, err := parsed(edited)
	if err != nil {
		return nil, []*schema.Fault{{Pos: schema.Position{File: u.file, Line: 1, Column: 1}, Text: err.Error()}}
	}
	out := &Resealed{Text: edited, Recipients: envs[0].Recipients}
	faults := u.moved(document)
	for _, s := range scalars(document) {
		if fault := u.sealScalar(out, s, loaded.Clear, seal); fault != nil {
			faults = append(faults, fault)
		}
	}
	if len(faults) == 0 {
		// What is kept must be a manifest; nothing else makes sure of it.
		sealed := schema.LoadText(u.file, out.Text, schema.SecretsSealed, u.beside...)
		faults = inFile(u.file, sealed)
	}
	if len(faults) > 0 {
		return nil, faults
	}
	return out, nil
}

// inFile are the mistakes in one file. A value that is still to be set is none: it may
// be set here.
func inFile(file string, loaded *schema.Loaded) []*schema.Fault {
	return slices.DeleteFunc(loaded.Faults.Mistakes().Wrong(), func(fault *schema.Fault) bool { return fault.Pos.File != file })
}

// sealScalar seals one value of the text, if it is a secret in clear.
func (u *Unsealed) sealScalar(out *Resealed, s scalar, clear []schema.ClearSecret, seal Sealer) *schema.Fault {
	pos := position(u.file, s.node)
	uses := list.Only(clear, func(c schema.ClearSecret) bool { return c.Pos == pos })
	switch {
	case len(uses) > 0:
	case s.node.ShortTag() == "!plain":
		return &schema.Fault{Pos: pos, Path: s.path, Text: "is in clear, and is not sealed, since nothing reads it: a field beside << has its name; take one of them out"}
	default:
		return nil
	}
	secret := secrets.NewClear(s.node.Value)
	if fault := u.severalPlaces(uses); fault != nil {
		return fault
	}
	for _, use := range uses {
		if before, ok := u.opened[use.Binding]; ok && before.clear.Equal(secret) {
			text, err := restoreScalar(out.Text, s.path, before.armored, before.spelled)
			if err != nil { // it is spelled otherwise now
				text, err = ReplaceScalar(u.file, out.Text, s.path, before.armored)
			}
			return out.take(text, pos, s.path, err)
		}
	}
	b := uses[0].Binding
	if secret.IsZero() {
		return &schema.Fault{Pos: pos, Path: s.path, Text: "is an empty secret; give it a value, or take the field out"}
	}
	if len(out.Recipients) == 0 {
		return &schema.Fault{Pos: pos, Path: s.path, Text: "cannot be sealed: the manifest has no recipients; add recipients: [age1...]"}
	}
	value, err := seal(secret, b, out.Recipients)
	if err != nil {
		return &schema.Fault{Pos: pos, Path: s.path, Text: "cannot be sealed: " + err.Error()}
	}
	out.Sealed = append(out.Sealed, s.path)
	text, err := ReplaceScalar(u.file, out.Text, s.path, value.Armored())
	return out.take(text, pos, s.path, err)
}

// severalPlaces refuses an alias that makes a secret stand at another place as
// well. One that was there before the edit was so in the sealed text.
func (u *Unsealed) severalPlaces(uses []schema.ClearSecret) *schema.Fault {
	first := uses[0]
	for _, use := range uses {
		if use.Binding != first.Binding && (!u.uses[use.Binding] || !u.uses[first.Binding]) {
			return &schema.Fault{Pos: first.Pos, Path: first.Path, Text: "is used in several places through an alias, and a sealed value opens in one; write the secret in each"}
		}
	}
	return nil
}

func (out *Resealed) take(text []byte, pos schema.Position, path schema.Path, err error) *schema.Fault {
	if err != nil {
		return &schema.Fault{Pos: pos, Path: path, Text: "cannot be sealed in place; put it on a line of its own, in quotes"}
	}
	out.Text = text
	return nil
}

// moved are the values that stayed sealed and stand elsewhere now, where they
// will not open.
func (u *Unsealed) moved(document *yaml.Node) []*schema.Fault {
	var faults []*schema.Fault
	env := environmentOf(document)
	for _, s := range scalars(document) {
		b := secrets.Binding{Env: env, Path: s.read.String()}
		value := secrets.Sealed(s.node.Value, b)
		before, known := u.shut[value.Armored()]
		if s.node.ShortTag() != "!age" || !known || slices.Contains(before, b) {
			continue
		}
		if _, err := u.open(value); err != nil {
			var moved *secrets.MisplacedError
			text := "stayed sealed and was moved here, where it does not open; put it back where it was"
			if errors.As(err, &moved) {
				text = err.Error()
			}
			faults = append(faults, &schema.Fault{Pos: position(u.file, s.node), Path: s.path, Text: text})
		}
	}
	return faults
}
