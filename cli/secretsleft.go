package cli

import (
	"fmt"
	"slices"
	"strings"

	"filippo.io/age"

	"authsync/schema"
	"authsync/secrets"
	"authsync/sync"
)

// The two things that can be said of a secret and of one who leaves.
const (
	canRead     = "can read"
	mayHaveRead = "may have read"
)

// leaving is who leaves, and what there is.
type leaving struct {
	who     age.Recipient
	key     string // who, as declared
	holders []holder
	listed  map[schema.Position]struct{}
	lines   []string
	past    bool // some can only have been read in the past
}

// runLeft lists what a recipient could read: a person who leaves knows secrets,
// not texts, so a rekey is not enough.
func runLeft(paths []string, recipient string, s Streams) error {
	parsed, err := secrets.ParseRecipients([]string{recipient})
	if err != nil {
		return fmt.Errorf("--left: %w", err)
	}
	loaded := loadAll(paths)
	if err := loaded.Faults.Err(); err != nil {
		return err
	}
	files, _ := filesOf(paths)
	holders, err := readHolders(files)
	if err != nil {
		return err
	}
	l := leaving{who: parsed[0], key: secrets.RecipientKey(recipient), holders: holders, listed: map[schema.Position]struct{}{}}
	for _, env := range loaded.Environments {
		l.environment(env)
	}
	l.rest()
	for _, line := range l.lines {
		fmt.Fprintln(s.Out, line)
	}
	l.remarks(loaded.Environments, s)
	return nil
}

// environment lists the secrets of an environment, and the tokens of its vault.
func (l *leaving) environment(env *schema.Environment) {
	var lines []string
	for _, held := range env.Secrets {
		if held.Value.Form() != secrets.SealedForm {
			continue
		}
		l.listed[held.Pos] = struct{}{}
		lines = append(lines, fmt.Sprintf("%s: %s: %s", env.Name, remoteName(held.Path), l.answer(held.Pos.File, held.Value)))
	}
	for _, h := range l.holders {
		if h.File != sync.VaultFile(env.File) {
			continue
		}
		for _, text := range h.Sealed {
			key := schema.Key{Kind: tokenKind().Name, Name: text.Paths[0][1]}
			lines = append(lines, fmt.Sprintf("%s: %s token (%s): %s", env.Name, key, tokenKind().System,
				l.answer(h.File, secrets.Sealed(text.Armored, secrets.Binding{}))))
		}
	}
	slices.Sort(lines)
	l.lines = append(l.lines, slices.Compact(lines)...)
}

// rest lists what stands in manifests and no environment of the run reads.
func (l *leaving) rest() {
	for _, h := range l.holders {
		if h.File != h.manifest.Path {
			continue
		}
		for _, text := range h.Sealed {
			if _, is := l.listed[text.Pos]; is {
				continue
			}
			l.lines = append(l.lines, fmt.Sprintf("%s: %s: %s", text.Pos, remoteName(text.Paths[0]),
				l.answer(h.File, secrets.Sealed(text.Armored, secrets.Binding{}))))
		}
	}
}

func (l *leaving) answer(file string, v secrets.Value) string {
	header, err := secrets.ReadHeader(v)
	known := secrets.Unknown
	if err == nil {
		known = header.SealedTo(l.who)
	}
	if known == secrets.Yes || known == secrets.Unknown && l.declaredIn(file) {
		return canRead
	}
	l.past = true
	return mayHaveRead
}

func (l *leaving) declaredIn(file string) bool {
	for _, h := range l.holders {
		if h.File == file {
			return slices.ContainsFunc(h.manifest.Recipients, func(r string) bool { return secrets.RecipientKey(r) == l.key })
		}
	}
	return false
}

// remoteName is what a secret is called where it is replaced: the object, the
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

func (l *leaving) remarks(envs []*schema.Environment, s Streams) {
	if l.past {
		fmt.Fprintf(s.Err, "%q is not among the recipients of the text of today, and may have been of an older one in the history: "+
			"replace the secret, unless its value has changed since\n", mayHaveRead)
	}
	for _, env := range envs {
		var names []string
		for _, held := range env.Secrets {
			if name := held.Value.EnvName(); name != "" && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
		if slices.Sort(names); len(names) > 0 {
			fmt.Fprintf(s.Err, "%s: in variables, not in git, and so not listed: %s\n", env.Name, strings.Join(names, ", "))
		}
	}
}
