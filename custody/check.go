package custody

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	stdsync "sync"
	"time"

	"filippo.io/age"
	"github.com/hashicorp/go-multierror"

	"authsync/audit"
	"authsync/disk"
	"authsync/schema"
	"authsync/schema/rewrite"
	"authsync/secrets"
	"authsync/spell"
	"authsync/sync"
)

// Checked is the result of a check.
type Checked struct {
	Faults   schema.Faults
	Texts    int // number of sealed texts
	Files    int // number of files with a sealed text
	Looked   []string
	Unnamed  int // sealed texts that do not name their recipients
	Unopened int // that no identity at hand opens
}

// Check finds secrets in clear, secrets sealed to others than their file's recipients,
// copies of a sealed text, unused ones, and those that end soon. With identities it also
// opens every secret, and finds those that were moved.
func (r Repository) Check(ids []age.Identity, now time.Time) *Checked {
	c := &checking{Repository: r, keys: &secrets.Keyring{Identities: ids}, seals: schema.NewSeals()}
	files, faults := r.files(r.Paths)
	c.Faults.Add(faults.Wrong()...)
	loaded := r.load(r.Paths...)
	c.Faults.Add(loaded.Faults.Wrong()...)
	c.basesAlone(files)
	looks := make([]manifestLook, len(files))
	schema.AtOnce(len(files), func(i int) { looks[i] = c.look(files[i]) })
	for i, f := range files {
		c.Looked = append(c.Looked, f.Path)
		c.manifest(f, looks[i])
	}
	for _, env := range loaded.Environments {
		c.Faults.Add(env.SealedTwice()...)
	}
	if readable(loaded) {
		c.unused(files, loaded)
		c.ends(loaded.Environments, now)
	}
	return &c.Checked
}

// ends finds what ends soon, or has ended.
func (c *checking) ends(envs []*schema.Environment, now time.Time) {
	var found []*schema.Fault
	for _, env := range envs {
		s, applied := audit.StatedBy(env), audit.NeverApplied
		if l, err := c.lock(sync.LockFile(env.File), env.Name); err == nil {
			applied = l.AppliedAt
		}
		found = slices.Concat(found, audit.Expiring(s, now), audit.Keys(s, applied, now))
	}
	c.Faults.Add(audit.Merge(envs, found)...)
}

// checking collects the faults of a repository's secrets.
type checking struct {
	Repository
	Checked
	keys   *secrets.Keyring
	sealed []sealedFile
	seals  *schema.Seals
	asking stdsync.Mutex // held while identities ask a person
}

func (c *checking) add(pos schema.Position, path schema.Path, format string, args ...any) {
	c.Faults.Add(&schema.Fault{Pos: pos, Path: path, Text: fmt.Sprintf(format, args...)})
}

// basesAlone finds secrets in clear in a Base that every environment overrules.
func (c *checking) basesAlone(files []schema.File) {
	for _, f := range files {
		if f.Kind != schema.BaseFile {
			continue
		}
		loaded := c.load(f.Path)
		c.Faults.Add(slices.DeleteFunc(loaded.Faults.Wrong(), func(f *schema.Fault) bool { return !inClear(loaded, f) })...)
	}
}

func inClear(loaded *schema.Loaded, fault *schema.Fault) bool {
	return slices.ContainsFunc(loaded.Clear, func(c schema.ClearSecret) bool { return c.Pos == fault.Pos })
}

// readable reports whether the only faults are secrets in clear. Only then is it known
// which secrets are used.
func readable(loaded *schema.Loaded) bool {
	return !slices.ContainsFunc(loaded.Faults.Wrong(), func(f *schema.Fault) bool { return !inClear(loaded, f) })
}

// manifestLook is what takes time of the check of a manifest and the files beside it:
// reading them, and opening what they have.
type manifestLook struct {
	found  []sealedFile
	faults *multierror.Error
	texts  [][]textLook // of each sealed file
}

// textLook is a sealed text's header, and why it cannot be read, or the text opened.
type textLook struct {
	header           secrets.Header
	broken, unopened error
}

// look reads a manifest and the files beside it, and opens what they have. A person, a
// program or a device that is needed for that is asked one thing at a time.
func (c *checking) look(f schema.File) manifestLook {
	var l manifestLook
	l.found, l.faults = c.sealedFiles([]schema.File{f})
	atOnce := secrets.AskNobody(c.keys.Identities)
	for _, h := range l.found {
		looks := make([]textLook, len(h.Sealed))
		schema.AtOnce(len(looks), func(i int) {
			looks[i].header, looks[i].broken = secrets.ReadHeader(secrets.Sealed(h.Sealed[i].Armored, secrets.Binding{}))
			if atOnce && looks[i].broken == nil {
				looks[i].unopened = c.opened(h, h.Sealed[i])
			}
		})
		l.texts = append(l.texts, looks)
	}
	if !atOnce {
		c.asking.Lock()
		defer c.asking.Unlock()
		for i, h := range l.found {
			for j := range h.Sealed {
				if l.texts[i][j].broken == nil {
					l.texts[i][j].unopened = c.opened(h, h.Sealed[j])
				}
			}
		}
	}
	return l
}

// opened opens a text, if there is a key, to check that it is at the place it was sealed
// for.
func (c *checking) opened(h sealedFile, s rewrite.SealedText) error {
	if len(c.keys.Identities) == 0 {
		return nil
	}
	_, _, err := Open(c.keys, h.Document, s)
	return err
}

// manifest checks a manifest and the files beside it.
func (c *checking) manifest(f schema.File, look manifestLook) {
	for _, one := range look.faults.WrappedErrors() {
		var fault *schema.Fault
		if !errors.As(one, &fault) {
			fault = &schema.Fault{Pos: schema.Position{File: f.Path}, Text: strings.TrimPrefix(disk.Told(one), f.Path+": ")}
		}
		c.Faults.Add(fault)
	}
	for i, h := range look.found {
		c.sealed = append(c.sealed, h)
		c.Texts += len(h.Sealed)
		c.Files += min(1, len(h.Sealed))
		for j, text := range h.Sealed {
			c.text(h, text, look.texts[i][j])
		}
	}
}

func (c *checking) text(h sealedFile, s rewrite.SealedText, look textLook) {
	at := s.Paths[0]
	bound := boundToPaths(h.Environment, s)[0]
	if other, copied := c.seals.Elsewhere(secrets.Sealed(s.Armored, bound), s.Pos); copied {
		c.add(s.Pos, at, "%s", schema.Copied(other))
	}
	if look.broken != nil {
		c.add(s.Pos, at, "%s; restore it from git", look.broken)
		return
	}
	if !look.header.Named() {
		c.Unnamed++
	}
	if len(h.recipients) > 0 {
		if differences := look.header.Against(h.recipients); len(differences) > 0 {
			c.add(s.Pos, at, "%s; seal it again with: authsync secrets rekey %s", strings.Join(differences, ", "), spell.Word(h.manifest.Path))
		}
	}
	c.place(s, look.unopened)
}

// place judges by the result of opening whether a text is at the place it was sealed for.
func (c *checking) place(s rewrite.SealedText, err error) {
	var moved *secrets.MisplacedError
	switch {
	case err == nil:
	case errors.As(err, &moved):
		c.add(s.Pos, s.Paths[0], "%s; open it at the place it was sealed for, and seal it again where it is", err)
	case errors.Is(err, secrets.ErrUnbound), errors.Is(err, secrets.ErrDamaged):
		c.add(s.Pos, s.Paths[0], "%s", err)
	default:
		c.Unopened++
	}
}
