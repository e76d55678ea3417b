package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"authsync/cli/render"
	"authsync/custody"
	"authsync/disk"
	"authsync/git"
	"authsync/schema"
	"authsync/schema/list"
	"authsync/spell"
	"authsync/sync"
	"authsync/sync/lock"
)

// checkProgram says which program this is, and what it was told by variables.
func checkProgram(_ context.Context, e *examination) {
	e.add(finding{Name: "program", State: healthy, Text: fmt.Sprintf("authsync %s, %s/%s", Version, runtime.GOOS, runtime.GOARCH)})
	if names := process.namesSet(); len(names) > 0 {
		e.add(finding{Name: "variables", State: healthy, Text: "set are " + strings.Join(names, ", ")})
	}
}

// checkManifests reads the manifests. What has mistakes is looked at no further.
func checkManifests(_ context.Context, e *examination) {
	if len(e.paths) == 0 {
		e.add(finding{Name: "manifests", State: noted, Text: "none: there is no envs here", Fix: "authsync init, or name a PATH"})
		return
	}
	loaded := loadWhole(e.paths)
	wrong := loaded.Faults.Wrong()
	for _, f := range wrong {
		e.mistakes[f.Error()] = struct{}{}
	}
	if len(wrong) > 0 {
		e.add(finding{Name: "manifests", State: unwell, Text: render.Count(len(wrong), "mistake", "mistakes") + ", the first: " + wrong[0].Error(), Fix: "authsync validate" + e.words()})
	}
	e.envs = list.Only(loaded.Environments, func(env *schema.Environment) bool {
		return !slices.ContainsFunc(wrong, func(f *schema.Fault) bool {
			return slices.ContainsFunc(env.Sources, func(s schema.Source) bool { return s.Path == f.Pos.File })
		})
	})
	if len(wrong) == 0 {
		e.add(finding{Name: "manifests", State: healthy, Text: render.Count(len(e.envs), "environment", "environments") + ": " + environmentNames(e.envs)})
	}
}

// words are the paths as a person types them.
func (e *examination) words() string {
	return list.Join(e.paths, "", func(path string) string { return " " + spell.Word(path) })
}

func checkIdentities(_ context.Context, e *examination) {
	var warnings bytes.Buffer
	ids, err := identities(e.identities, askNobody, &warnings)
	for warning := range strings.Lines(warnings.String()) {
		e.add(finding{Name: "identities", State: unwell, Text: strings.TrimSpace(strings.TrimPrefix(warning, "warning: ")), Fix: "chmod 600 it"})
	}
	switch {
	case err != nil:
		e.add(finding{Name: "identities", State: unwell, Text: disk.Told(err), Fix: hintFor(err).String()})
	case len(ids) == 0:
		e.add(finding{Name: "identities", State: noted, Text: "none: plans compare sealed secrets with what was last applied, and nothing that is sealed can be sent",
			Fix: "--identity FILE, AUTHSYNC_IDENTITY_FILE, or its text in AUTHSYNC_IDENTITY; authsync secrets keygen makes one"})
	default:
		e.ids = ids
		e.add(finding{Name: "identities", State: healthy, Text: render.Count(len(ids), "identity", "identities")})
	}
}

// checkRecipients looks at what is sealed, and to whom.
func checkRecipients(_ context.Context, e *examination) {
	if len(e.paths) == 0 {
		return
	}
	checked := repository(e.paths).Check(e.ids, e.options.Now)
	fix := "authsync secrets check" + e.words()
	wrong := slices.DeleteFunc(checked.Faults.Wrong(), func(f *schema.Fault) bool {
		_, told := e.mistakes[f.Error()]
		return told
	})
	if len(wrong) > 0 {
		e.add(finding{Name: "recipients", State: unwell, Text: wrong[0].Error(), Fix: fix})
	} else {
		e.add(finding{Name: "recipients", State: healthy, Text: fmt.Sprintf("%s in %s: sealed to those who are declared",
			render.Count(checked.Texts, "sealed value", "sealed values"), render.Count(checked.Files, "file", "files"))})
	}
	if checked.Unopened > 0 {
		e.add(finding{Name: "recipients", State: noted, Text: render.Count(checked.Unopened, "sealed value opens", "sealed values open") + " with no identity at hand",
			Fix: "give another identity, or have somebody who can open them add your recipient and run authsync secrets rekey" + e.words()})
	}
}

// checkKept looks at what authsync keeps of each environment, beside the manifest and
// on this machine.
func checkKept(_ context.Context, e *examination) {
	for _, env := range e.envs {
		e.checkLock(env)
		e.checkVault(env)
		e.checkState(env)
	}
}

const fromGit = "restore it from git"

func (e *examination) checkLock(env *schema.Environment) {
	f := finding{Name: "lock", Environment: env.Name, State: healthy}
	path := sync.LockFile(env.File)
	l, err := lock.Open(path, lock.Owner{Env: env.Name, Version: Version, Places: lock.PlacesOf(env, e.config.Sandbox)})
	if err != nil {
		f.State, f.Text, f.Fix = unwell, disk.Told(err), fromGit
		e.add(f)
		return
	}
	for _, moved := range l.Moved() {
		e.shut[moved.Is.Address] = struct{}{}
		e.add(finding{Name: "lock", Environment: env.Name, State: unwell, Text: (&sync.DestinationError{Contradiction: moved}).Error(),
			Fix: "if the new address is right: authsync plan " + spell.Word(env.File) + " --allow " + string(sync.GateDestination)})
	}
	switch {
	case l.Other() != "":
		f.State, f.Text = noted, path+" is not believed: "+l.Other()
	case !l.Present():
		f.State, f.Text, f.Fix = noted, "none: nothing is known of what was applied last", "authsync apply "+spell.Word(env.File)+", and commit "+path
	case l.Latest().IsZero():
		f.Text = path
	default:
		f.Text = path + ", of " + l.Latest().UTC().Format(time.RFC3339)
	}
	e.add(f)
}

func (e *examination) checkVault(env *schema.Environment) {
	path := sync.VaultFile(env.File)
	v, err := lock.OpenVault(lock.File{Path: path}, lock.Owner{Env: env.Name})
	switch {
	case err != nil:
		e.add(finding{Name: "vault", Environment: env.Name, State: unwell, Text: disk.Told(err), Fix: fromGit})
	case len(v.Keys()) > 0:
		e.add(finding{Name: "vault", Environment: env.Name, State: healthy, Text: path + ", " + render.Count(len(v.Keys()), "token", "tokens")})
	}
}

func (e *examination) checkState(env *schema.Environment) {
	f := finding{Name: "state", Environment: env.Name, State: healthy}
	kept := sync.StateOf(env.Name, env.File, e.stateDir)
	cut, err := kept.Interrupted(func(json.RawMessage) bool { return true })
	if tracked := kept.Untracked(); tracked != nil {
		err = tracked
	}
	_, none := os.Lstat(kept.Dir)
	switch {
	case err != nil:
		f.State, f.Text, f.Fix = unwell, disk.Told(err), "see docs/troubleshooting.md"
	case errors.Is(none, fs.ErrNotExist):
		f.Text = "none: nothing was applied from this machine"
	case cut != nil:
		f.State, f.Text = noted, "the apply of "+cut.Run.UTC().Format(time.RFC3339)+" did not end"
		f.Fix = "authsync plan " + spell.Word(env.File) + " shows what is left of it"
	default:
		f.Text = kept.Dir
	}
	e.add(f)
}

// checkKeysInTree looks for private keys among files that may be committed.
func checkKeysInTree(_ context.Context, e *examination) {
	paths := e.paths
	if len(paths) == 0 {
		paths = []string{"."}
	}
	keys, err := repository(paths).PrivateKeys()
	if err != nil {
		e.add(finding{Name: "keys", State: unwell, Text: disk.Told(err)})
	}
	for _, k := range keys {
		e.add(keyFound(k))
	}
	if err == nil && len(keys) == 0 {
		e.add(finding{Name: "keys", State: healthy, Text: "no private key among files that may be committed"})
	}
}

func keyFound(k custody.PrivateKey) finding {
	f := finding{Name: "keys", State: noted, Text: k.Path + " is a private key among files that may be committed",
		Fix: "keep it elsewhere; if it is no secret, begin it with the line: # authsync: not a secret"}
	if k.Tracked {
		f.State, f.Text = unwell, k.Path+" is a private key, and git has it"
	}
	if k.Tracked && k.Opens {
		f.Fix = "make a new one, authsync secrets rekey, and replace every secret: who reads the repository can open them"
	}
	return f
}

// checkGit looks whether this clone compares and merges manifests as .gitattributes
// says.
func checkGit(_ context.Context, e *examination) {
	dir := "."
	if len(e.paths) > 0 {
		dir = e.paths[0]
		if info, err := os.Stat(dir); err == nil && !info.IsDir() {
			dir = filepath.Dir(dir)
		}
	}
	whole, err := filepath.Abs(dir)
	if err != nil || disk.Outermost(whole) == "" {
		e.add(finding{Name: "git", State: noted, Text: "these files are in no git repository"})
		return
	}
	lacks := list.Only(gitSettings, func(setting [2]string) bool {
		have, err := git.Run(whole, "config", "--get", setting[0])
		return err != nil || strings.TrimSpace(string(have)) == ""
	})
	if len(lacks) > 0 {
		names := list.Join(lacks, ", ", func(setting [2]string) string { return setting[0] })
		e.add(finding{Name: "git", State: noted, Text: "this clone is not told how to compare and merge manifests: " + names, Fix: "authsync init"})
		return
	}
	e.add(finding{Name: "git", State: healthy, Text: "compares and merges manifests by what they say"})
}
