package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"

	"golang.org/x/term"

	"authsync/cli/say"
	"authsync/secrets"
)

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
