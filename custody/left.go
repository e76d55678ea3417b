package custody

import (
	"cmp"
	"fmt"
	"slices"

	"filippo.io/age"

	"authsync/schema"
	"authsync/secrets"
	"authsync/sync"
	"authsync/sync/lock"
)

// Answer says whether a leaving person could read a secret.
type Answer string

const (
	CanRead     Answer = "can read"
	MayHaveRead Answer = "may have read" // not today's text, but an older one in the history
)

// Left is what a leaving person could read.
type Left struct {
	Secrets []Readable
	// Variables are those that hold secrets, which are not in git, by environment.
	Variables []Variables
}

// Readable is a secret and whether it could be read.
type Readable struct {
	Where  string // the environment, or the place in a file
	Name   string // its name at the system where it is replaced
	Answer Answer
}

// Variables are those that an environment's manifest names.
type Variables struct {
	Environment string
	Names       []string
}

// leaving is a leaving recipient and the files.
type leaving struct {
	who    age.Recipient
	key    string // the recipient, as declared
	sealed []sealedFile
	listed map[schema.Position]struct{}
	found  []Readable
}

// Left lists what a recipient could read. A leaving person knows secrets, not only
// sealed texts, so a rekey is not enough.
func (r Repository) Left(recipient string) (*Left, error) {
	parsed, err := secrets.ParseRecipients([]string{recipient})
	if err != nil {
		return nil, fmt.Errorf("--left: %w", err)
	}
	loaded := r.load(r.Paths...)
	if err := loaded.Faults.Err(); err != nil {
		return nil, err
	}
	files, _ := r.files(r.Paths)
	sealed, faulty := r.sealedFiles(files)
	if err := faulty.ErrorOrNil(); err != nil {
		return nil, err
	}
	l := leaving{who: parsed[0], key: secrets.RecipientKey(recipient), sealed: sealed, listed: map[schema.Position]struct{}{}}
	for _, env := range loaded.Environments {
		l.environment(env)
	}
	l.rest()
	return &Left{l.found, variables(loaded.Environments)}, nil
}

// environment lists the secrets of an environment, and the tokens of its vault.
func (l *leaving) environment(env *schema.Environment) {
	var found []Readable
	for _, held := range env.Secrets {
		if held.Value.Form() != secrets.SealedForm {
			continue
		}
		l.listed[held.Pos] = struct{}{}
		found = append(found, Readable{env.Name, remoteName(held.Path), l.answer(held.Pos.File, held.Value)})
	}
	for _, h := range l.sealed {
		if h.File != sync.VaultFile(env.File) {
			continue
		}
		for _, text := range h.Sealed {
			key := lock.TokenKey(text.Paths[0][1])
			found = append(found, Readable{env.Name, fmt.Sprintf("%s token (%s)", key, schema.KindNamed(key.Kind).System),
				l.answer(h.File, secrets.Sealed(text.Armored, secrets.Binding{}))})
		}
	}
	slices.SortFunc(found, func(a, b Readable) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Answer, b.Answer)) })
	l.found = append(l.found, slices.Compact(found)...)
}

// rest lists the secrets in manifests that no environment of the run uses.
func (l *leaving) rest() {
	for _, h := range l.sealed {
		if h.File != h.manifest.Path {
			continue
		}
		for _, text := range h.Sealed {
			if _, is := l.listed[text.Pos]; is {
				continue
			}
			l.found = append(l.found, Readable{text.Pos.String(), remoteName(text.Paths[0]),
				l.answer(h.File, secrets.Sealed(text.Armored, secrets.Binding{}))})
		}
	}
}

func (l *leaving) answer(file string, v secrets.Value) Answer {
	header, err := secrets.ReadHeader(v)
	known := secrets.Unknown
	if err == nil {
		known = header.SealedTo(l.who)
	}
	if known == secrets.Yes || known == secrets.Unknown && l.declaredIn(file) {
		return CanRead
	}
	return MayHaveRead
}

func (l *leaving) declaredIn(file string) bool {
	for _, h := range l.sealed {
		if h.File == file {
			return slices.ContainsFunc(h.manifest.Recipients, func(r string) bool { return secrets.RecipientKey(r) == l.key })
		}
	}
	return false
}

// remoteName returns what to look for where a secret is replaced: the object, the
// field and the system.
func remoteName(path schema.Path) string {
	if len(path) > 2 && path[0] == "systems" {
		return fmt.Sprintf("%s (%s)", path, path[1])
	}
	for _, k := range schema.Kinds {
		if name, below, ok := k.NameAt(path); ok {
			return fmt.Sprintf("%s %s (%s)", schema.Key{Kind: k.Name, Name: name}, below, k.System)
		}
	}
	return path.String()
}

// variables returns the variables that hold secrets of environments.
func variables(envs []*schema.Environment) []Variables {
	var all []Variables
	for _, env := range envs {
		var names []string
		for _, held := range env.Secrets {
			if name := held.Value.EnvName(); name != "" && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
		if slices.Sort(names); len(names) > 0 {
			all = append(all, Variables{env.Name, names})
		}
	}
	return all
}
