package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"

	"authsync/schema/list"
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

// privateFile is a file that only this user can read. It is alone in its directory, so
// that files that an editor puts beside it are removed with it.
type privateFile struct {
	dir  string
	path string
}

// newPrivateFile makes the file, in memory if possible.
func newPrivateFile(name string, text []byte) (*privateFile, error) {
	dir, err := os.MkdirTemp(memoryDir(), "authsync-")
	if err != nil {
		return nil, err
	}
	f := &privateFile{dir, filepath.Join(dir, name)}
	if err := f.write(text); err != nil {
		return nil, errors.Join(err, f.remove())
	}
	return f, nil
}

func (f *privateFile) write(text []byte) error { return os.WriteFile(f.path, text, 0o600) }

// memoryDir returns a directory in memory, or "" for the usual one.
func memoryDir() string {
	runtimeDir, _ := lookupEnv("XDG_RUNTIME_DIR")
	return list.First([]string{runtimeDir, "/dev/shm"}, func(dir string) bool { return dir != "" && inMemory(dir) })
}

// remove overwrites the directory's files, as well as possible, and removes them.
func (f *privateFile) remove() error {
	filepath.WalkDir(f.dir, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.Type().IsRegular() {
			overwrite(path)
		}
		return nil
	})
	return os.RemoveAll(f.dir)
}

func overwrite(path string) {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil {
		f.Write(make([]byte, info.Size()))
		f.Sync()
	}
}
