package cli

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// interrupts receives the signals that would end the program, so that it can clean up
// first.
type interrupts chan os.Signal

func holdInterrupts() (held interrupts, release func()) {
	held = make(interrupts, 4)
	signal.Notify(held, endings()...)
	return held, func() { signal.Stop(held) }
}

var errInterrupted = errors.New("interrupted, nothing was written")

// pending returns errInterrupted if a signal has arrived.
func (i interrupts) pending() error {
	select {
	case <-i:
		return errInterrupted
	default:
		return nil
	}
}

// edit runs the user's editor on a file. The editor gets the environment of this
// process, which contains no secrets. An interrupt from the keyboard also reaches the
// editor, which decides what it means.
func edit(path string, s Streams, held interrupts) error {
	command, shown := editorCommand(path)
	command.Stdin, command.Stdout, command.Stderr = s.In, unguarded(s.Out), unguarded(s.Err)
	if err := command.Start(); err != nil {
		return fmt.Errorf("editor %s: %w; set EDITOR", shown, err)
	}
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()
	for {
		select {
		case err := <-ended:
			if err != nil {
				return fmt.Errorf("editor %s: %w; nothing was written", shown, err)
			}
			return nil
		case what := <-held:
			if what == os.Interrupt && isTerminal(s.In) {
				continue
			}
			stop(command.Process, ended)
			return errInterrupted
		}
	}
}

// patience is how long an editor may take to end after it was told to.
const patience = 2 * time.Second

// stop ends a process. Windows has no signal but the one that kills.
func stop(p *os.Process, ended <-chan error) {
	if p.Signal(syscall.SIGTERM) == nil {
		select {
		case <-ended:
			return
		case <-time.After(patience):
		}
	}
	p.Kill()
	<-ended
}

// editorCommand returns the command of $VISUAL or $EDITOR, which may have arguments:
// the shell splits it, as for git.
func editorCommand(path string) (command *exec.Cmd, shown string) {
	for _, name := range []string{"VISUAL", "EDITOR"} {
		if editor, _ := lookupEnv(name); editor != "" {
			if runtime.GOOS == "windows" {
				return exec.Command(editor, path), editor
			}
			script := editor + ` "$@"`
			if !strings.ContainsAny(editor, ";&|=(){}<>") {
				script = "exec " + script // so that a signal reaches the editor and not the shell
			}
			return exec.Command("sh", "-c", script, editor, path), editor
		}
	}
	if runtime.GOOS == "windows" {
		return exec.Command("notepad", path), "notepad"
	}
	return exec.Command("vi", path), "vi"
}
