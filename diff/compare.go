package diff

import (
	"errors"
	"fmt"
	"sort"
	"strings"

	"github.com/google/go-cmp/cmp"

	"authsync/schema"
	"authsync/secrets"
)

// Opener opens a secret for comparison; [secrets.Keyring] is one.
type Opener interface {
	Open(secrets.Value) (secrets.Clear, error)
}

// Result is what comparing one object gives.
type Result struct {
	// Fields are the differences, sorted by path.
	Fields []Field
	// Unknown are the secrets that cannot be compared.
	Unknown []Unknown
}

// Compare says in what live differs from desired:
//
//  1. What the manifest does not name is left out.
//  2. What the service will make of the manifest's values (clamps, forced
//     switches) is compared, not the values themselves; see schema.Kind.Settle.
//     A value that live has already needs no settling.
//  3. Absent, null and "" are one; so is an empty list.
//  4. A secret is compared in clear where both sides can be read; a mask that
//     contradicts it is a difference; what remains is unknown, not different.
func Compare(k *schema.Kind, desired, live schema.Object, opener Opener) (Result, error) {
	settled := settle(k, desired, live)
	after := schema.Canonical(settled)
	before := schema.Project(live, settled)
	s := secretPass{opener: opener}
	if err := s.object(before, after, nil); err != nil {
		return Result{}, err
	}
	r := new(reporter)
	cmp.Equal(before, after, cmp.Reporter(r))
	sort.SliceStable(r.fields, func(i, j int) bool {
		return r.fields[i].Path.String() < r.fields[j].Path.String()
	})
	return Result{Fields: r.fields, Unknown: s.unknown}, nil
}

func settle(k *schema.Kind, desired, live schema.Object) schema.Object {
	if k.Settle == nil {
		return desired
	}
	settled := k.Settle(desired, live).Clone()
	for name, want := range desired {
		if schema.Same(want, live[name]) {
			settled[name] = want
		}
	}
	return settled
}

// secretPass makes secrets that are the same, or that cannot be compared,
// equal on both sides, so that what go-cmp then finds are differences.
type secretPass struct {
	opener  Opener
	unknown []Unknown
}

func (s *secretPass) object(before, after schema.Object, at schema.Path) error {
	for _, name := range after.Names() {
		path := at.Then(name)
		switch want := after[name].(type) {
		case schema.Object:
			if live, ok := before[name].(schema.Object); ok {
				if err := s.object(live, want, path); err != nil {
					return err
				}
			}
		case schema.Secret:
			live, ok := before[name].(schema.Secret)
			if !ok {
				continue
			}
			verdict, reason, err := s.judge(want.Value, live.Value)
			if err != nil {
				return fmt.Errorf("%s: %w", path, err)
			}
			if verdict == same || verdict == unknowable {
				after[name] = live
			}
			if verdict == unknowable {
				s.unknown = append(s.unknown, Unknown{path, reason})
			}
		}
	}
	return nil
}

type verdict int

const (
	same verdict = iota
	different
	unknowable
)

func (s *secretPass) judge(want, live secrets.Value) (verdict, Reason, error) {
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
		if shown.Reveal() == clear.Reveal() {
			return same, "", nil
		}
		return different, "", nil
	default:
		if contradicts(live.Visible(), clear.Reveal()) {
			return different, "", nil
		}
		return unknowable, LiveHidden, nil
	}
}

// reporter collects the leaves that differ, with the path of each.
type reporter struct {
	path   cmp.Path
	fields []Field
}

func (r *reporter) PushStep(ps cmp.PathStep) { r.path = append(r.path, ps) }
func (r *reporter) PopStep()                 { r.path = r.path[:len(r.path)-1] }

func (r *reporter) Report(result cmp.Result) {
	if result.Equal() {
		return
	}
	var path schema.Path
	for _, step := range r.path {
		if index, ok := step.(cmp.MapIndex); ok {
			path = append(path, index.Key().String())
		}
	}
	before, after := r.path.Last().Values()
	field := Field{Path: path, Origin: OriginUnknown}
	if before.IsValid() {
		field.Before, _ = before.Interface().(schema.Value)
	}
	if after.IsValid() {
		field.After, _ = after.Interface().(schema.Value)
	}
	r.fields = append(r.fields, field)
}

// contradicts reports whether what a mask leaves visible is not the secret's
// own beginning or end: LTAI5t***, agKSFS******jKdhas.
func contradicts(mask, clear string) bool {
	first, last := strings.IndexByte(mask, '*'), strings.LastIndexByte(mask, '*')
	if first < 0 {
		return false
	}
	return !strings.HasPrefix(clear, mask[:first]) || !strings.HasSuffix(clear, mask[last+1:])
}
