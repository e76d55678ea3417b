package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"
	"slices"
	"strings"

	"filippo.io/age"
	"golang.org/x/term"

	"authsync/cli/say"
	"authsync/custody"
	"authsync/disk"
	"authsync/schema"
	"authsync/secrets"
)

// identities reads the private keys of a run: from the files of flags, or else from
// the variables. Ask is called for passphrases.
func identities(files []string, ask secrets.Passphrase, warnings io.Writer) ([]age.Identity, error) {
	if len(files) == 0 {
		if file, _ := lookupEnv("AUTHSYNC_IDENTITY_FILE"); file != "" {
			files = []string{file}
		}
	}
	var all []age.Identity
	for _, file := range files {
		text, err := disk.ReadGiven(file)
		why, inPath := errors.AsType[*fs.PathError](err)
		switch {
		case err != nil && looksPrivate(file):
			return nil, errors.New("identity: --identity and AUTHSYNC_IDENTITY_FILE take the name of a file; the text of a key goes into AUTHSYNC_IDENTITY")
		case inPath:
			return nil, fmt.Errorf("identity: %s: %w", file, why.Err)
		case err != nil:
			return nil, fmt.Errorf("identity: %w", err)
		}
		ids, err := secrets.ParseIdentities(string(text), file, ask)
		if err != nil {
			return nil, err
		}
		warnOpen(warnings, file, text)
		all = append(all, ids...)
	}
	if text, _ := lookupEnv("AUTHSYNC_IDENTITY"); text != "" && len(files) == 0 {
		return secrets.ParseIdentities(text, "AUTHSYNC_IDENTITY", ask)
	}
	return all, nil
}

// keyring returns the keyring of environments. Their variables are hidden from this
// program's children, since a plugin may be one.
func keyring(ids []age.Identity, outlines []*schema.Outline) *secrets.Keyring {
	declared := map[string][]string{}
	for _, env := range outlines {
		process.hide(env.Variables...)
		declared[env.Name] = env.Recipients
		// A value of a Base serves all environments that extend it.
		for _, recipient := range env.Recipients {
			if !slices.Contains(declared[""], recipient) {
				declared[""] = append(declared[""], recipient)
			}
		}
	}
	return &secrets.Keyring{Identities: ids, LookupEnv: lookupEnv,
		Declared: func(b secrets.Binding) []string { return declared[b.Env] }}
}

// looksPrivate reports whether the name of a file is in fact a key. An error must not
// quote it.
func looksPrivate(name string) bool {
	return strings.ContainsAny(name, "\n\r") || strings.Contains(name, "-----BEGIN") ||
		strings.Contains(strings.ToUpper(name), "AGE-SECRET-KEY-") || strings.Contains(strings.ToUpper(name), "AGE-PLUGIN-")
}

// warnOpen warns that others may read a file with a private key. A pipe cannot be read
// by others.
func warnOpen(w io.Writer, file string, text []byte) {
	info, err := os.Stat(file)
	if err != nil || !info.Mode().IsRegular() || !disk.OpenToOthers(info) || custody.NoSecret(text) {
		return
	}
	say.Fprintf(w, "warning: %s: holds a private key, and others can read it (mode %04o): chmod 600 it\n", file, info.Mode().Perm())
}

// attempts is how often the program asks for a passphrase.
const attempts = 3

// askPassphrase asks on the terminal of the process, even if standard input is not it.
// The input is not shown.
func askPassphrase(p *secrets.ProtectedIdentityError, attempt int) (secrets.Clear, error) {
	in, out, err := terminalOfProcess()
	if err != nil {
		return secrets.Clear{}, secrets.ErrNobodyToAsk
	}
	defer in.Close()
	defer out.Close()
	if attempt > 1 {
		say.Fprintf(out, "the passphrase is wrong\n")
	}
	if attempt > attempts {
		return secrets.Clear{}, secrets.ErrWrongPassphrase
	}
	return readPassphrase(in, out, fmt.Sprintf("passphrase of the %s %s: ", p.What, p.Source))
}

// readPassphrase reads a line without showing it: it turns echo off before it asks. A
// signal ends it and restores the terminal.
func readPassphrase(in, out *os.File, question string) (secrets.Clear, error) {
	held, release := holdInterrupts()
	defer release()
	before, err := term.MakeRaw(int(in.Fd()))
	if err != nil {
		return secrets.Clear{}, secrets.ErrNobodyToAsk
	}
	defer term.Restore(int(in.Fd()), before)
	typed, failed := make(chan string, 1), make(chan error, 1)
	go func() {
		terminal := term.NewTerminal(struct {
			io.Reader
			io.Writer
		}{in, out}, "")
		text, err := terminal.ReadPassword(question)
		if err != nil {
			failed <- err
			return
		}
		typed <- text
	}()
	select {
	case text := <-typed:
		return secrets.NewClear(text), nil
	case <-failed: // also ctrl-c and ctrl-d
		return secrets.Clear{}, errors.New("no passphrase was given")
	case <-held:
		return secrets.Clear{}, errors.New("interrupted")
	}
}

// terminalOfProcess opens the process's terminal for reading and writing.
func terminalOfProcess() (in, out *os.File, err error) {
	reads, writes := "/dev/tty", "/dev/tty"
	if runtime.GOOS == "windows" {
		reads, writes = "CONIN$", "CONOUT$"
	}
	if in, err = os.OpenFile(reads, os.O_RDWR, 0); err != nil {
		return nil, nil, err
	}
	if out, err = os.OpenFile(writes, os.O_RDWR, 0); err != nil {
		in.Close()
		return nil, nil, err
	}
	return in, out, nil
}

// askNobody never asks: what a passphrase protects stays closed.
func askNobody(*secrets.ProtectedIdentityError, int) (secrets.Clear, error) {
	return secrets.Clear{}, secrets.ErrNobodyToAsk
}
