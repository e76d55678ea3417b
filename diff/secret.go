package diff

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"authsync/schema"
	"authsync/secrets"
)

// secretPass makes secrets equal on both sides that are equal or cannot be compared,
// so that go-cmp finds only differences.
type secretPass struct {
	opener  Opener
	applied Applied
	unknown []Unknown
	opened  []Opened
	// recalled are compared with what was applied, though live shows them.
	recalled []schema.Path
}

func (s *secretPass) object(before, after schema.Object, at schema.Path) (err error) {
	for _, name := range after.Names() {
		if after[name], err = s.value(before[name], after[name], at.Then(name)); err != nil {
			return err
		}
	}
	return nil
}

// value returns want, with live's value for each secret that does not differ from it.
func (s *secretPass) value(live, want schema.Value, at schema.Path) (schema.Value, error) {
	switch want := want.(type) {
	case schema.Object:
		if under, ok := live.(schema.Object); ok {
			return want, s.object(under, want, at)
		}
	case schema.List:
		if under, ok := live.(schema.List); ok && len(under) == len(want) {
			return s.list(under, want, at)
		}
	case schema.Secret:
		if shown, ok := live.(schema.Secret); ok && want.Form() != secrets.HiddenForm { // else it is live's own
			return s.secret(shown, want, want.Value, at)
		}
	case schema.Null:
		// An empty live secret may also be a hidden one: it counts as unset unless
		// another one was applied.
		if shown, ok := live.(schema.Secret); ok && schema.WhollyHidden(shown) && s.applied.Holds(at, want) != OtherThanApplied {
			return live, nil
		}
	case schema.Text:
		if hidden, ok := live.(schema.Secret); ok {
			return s.text(hidden, want, at)
		}
	}
	return want, nil
}

// text compares a text that the manifest does not mark as a secret and that live hides.
func (s *secretPass) text(live schema.Secret, want schema.Text, at schema.Path) (schema.Value, error) {
	if live.Visible() == string(want) {
		return live, nil
	}
	return s.secret(live, want, secrets.Plain(string(want)), at)
}

// list compares the secrets in a list; the rest of the list is the manifest's.
func (s *secretPass) list(live, want schema.List, at schema.Path) (schema.Value, error) {
	out := make(schema.List, len(want))
	for i := range want {
		var err error
		if out[i], err = s.value(live[i], schema.Map(want[i], unchanged), at.Then(strconv.Itoa(i))); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func unchanged(v schema.Value) schema.Value { return v }

// secret returns live if it equals want or cannot be compared with it.
func (s *secretPass) secret(live schema.Secret, want schema.Value, value secrets.Value, at schema.Path) (schema.Value, error) {
	one := Opened{at, value, live.Value}
	shown := value.Form() == secrets.SealedForm && live.Form() == secrets.PlainForm
	if shown && s.applied.Attests(one) {
		return live, nil
	}
	comparison, reason, err := s.judge(value, live.Value)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", at, err)
	}
	if shown && comparison == same {
		s.opened = append(s.opened, one)
	}
	if comparison == unknowable {
		comparison, reason = s.lastApplied(at, want, live, reason)
	}
	switch comparison {
	case different:
		return want, nil
	case unknowable:
		s.unknown = append(s.unknown, Unknown{at, reason})
	}
	return live, nil
}

// lastApplied compares with what was last applied. A new secret that live shows does
// not count as a change, since only an identity can tell whether live has it already.
func (s *secretPass) lastApplied(at schema.Path, want schema.Value, live schema.Secret, reason Reason) (comparison, Reason) {
	shown := live.Form() == secrets.PlainForm
	if shown && s.applied.Holds(at, want) == NewlyNamed {
		return unknowable, reason
	}
	comparison, reason := s.compareApplied(at, want, reason)
	if comparison != unknowable && shown {
		s.recalled = append(s.recalled, at)
	}
	return comparison, reason
}

// writeOnly does the same for fields that the service never shows.
func (s *secretPass) writeOnly(t schema.Struct, before, after schema.Object, at schema.Path) {
	for _, f := range t.Fields {
		want, managed := after[f.Name]
		inner, isStruct := f.Type.(schema.Struct)
		wants, isObject := want.(schema.Object)
		live, _ := before[f.Name].(schema.Object)
		switch {
		case !managed:
		case f.Sight == schema.WriteOnly:
			s.compareAppliedAll(before, after, f.Name, at.Then(f.Name))
		case isStruct && isObject && live != nil:
			s.writeOnly(inner, live, wants, at.Then(f.Name))
		}
	}
}

func (s *secretPass) compareAppliedAll(before, after schema.Object, name string, at schema.Path) {
	if wants, ok := after[name].(schema.Object); ok {
		live, _ := before[name].(schema.Object)
		for _, inner := range wants.Names() {
			s.compareAppliedAll(live, wants, inner, at.Then(inner))
		}
		return
	}
	live := before[name]
	if hidden, ok := live.(schema.Secret); !schema.IsUnset(live) && (!ok || hidden.Form() != secrets.HiddenForm) {
		return // the service shows it
	}
	comparison, reason := s.compareApplied(at, after[name], LiveWriteOnly)
	switch comparison {
	case unknowable:
		s.unknown = append(s.unknown, Unknown{at, reason})
		fallthrough
	case same:
		after[name] = before[name]
	case different:
		if s.applied.Holds(at, after[name]) == OtherThanApplied {
			before[name] = schema.Secret{Value: secrets.Hidden("")} // what was applied, or what became of it
		}
	}
}

// compareApplied compares a value with the one last applied. If that is not possible,
// it returns the given reason, or what is missing.
func (s *secretPass) compareApplied(at schema.Path, want schema.Value, reason Reason) (comparison, Reason) {
	switch s.applied.Holds(at, want) {
	case SameAsApplied:
		return same, ""
	case OtherThanApplied:
		return different, ""
	case NewlyNamed:
		return different, ""
	case NeedsKey:
		return unknowable, reason + AndNoKey
	}
	return unknowable, reason
}

type comparison int

const (
	same comparison = iota
	different
	unknowable
)

// judge compares two secrets as far as both can be read. A sealed one of which live
// shows nothing is not opened: that takes time, and tells nothing.
func (s *secretPass) judge(want, live secrets.Value) (comparison, Reason, error) {
	if want.Form() == secrets.SealedForm && live.Form() == secrets.HiddenForm && strings.Trim(live.Visible(), "*") == "" {
		return unknowable, LiveHidden, nil
	}
	clear, err := s.opener.Open(want)
	var unset *secrets.UnsetEnvError
	var wrong *secrets.WrongIdentityError
	switch {
	case errors.Is(err, secrets.ErrNoIdentity), errors.As(err, &wrong):
		return unknowable, NoKey, nil
	case errors.As(err, &unset):
		return unknowable, NoVariable, nil
	case err != nil:
		return unknowable, "", err
	}
	switch live.Form() {
	case secrets.PlainForm:
		shown, err := s.opener.Open(live)
		if err != nil {
			return unknowable, "", err
		}
		if shown.Reveal() == clear.Reveal() || sameJSON(shown.Reveal(), clear.Reveal()) {
			return same, "", nil
		}
		return different, "", nil
	default:
		if Contradicts(live.Visible(), clear.Reveal()) {
			return different, "", nil
		}
		return unknowable, LiveHidden, nil
	}
}

// sameJSON reports whether two texts are the same JSON object or list in different
// spellings, since a service may spell a row's column in its own way.
func sameJSON(a, b string) bool {
	if !strings.HasPrefix(a, "{") && !strings.HasPrefix(a, "[") {
		return false
	}
	x, errX := schema.ParseJSON([]byte(a))
	y, errY := schema.ParseJSON([]byte(b))
	return errX == nil && errY == nil && schema.Same(x, y)
}

// Contradicts reports whether the visible part of a mask is not the beginning or end
// of the secret: LTAI5t***, agKSFS******jKdhas.
func Contradicts(mask, clear string) bool {
	first, last := strings.IndexByte(mask, '*'), strings.LastIndexByte(mask, '*')
	if first < 0 {
		return false
	}
	return !strings.HasPrefix(clear, mask[:first]) || !strings.HasSuffix(clear, mask[last+1:])
}
