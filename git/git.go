// Package git runs git, reads files as they are at a revision, and finds the environments
// of which a file has changed since one. It knows nothing of services or flags.
package git

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Environment is the part of the environment that git needs.
func Environment() []string {
	env := []string{"GIT_TERMINAL_PROMPT=0", "GIT_NO_LAZY_FETCH=1", "LC_ALL=C"}
	for _, name := range []string{"PATH", "HOME", "XDG_CONFIG_HOME", "TMPDIR", "SYSTEMROOT", "USERPROFILE", "TEMP"} {
		if value, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+value)
		}
	}
	return env
}

const maxGit = 16 << 20

// Run runs git on a repository, without following its settings about other object
// stores or bare repositories in it.
func Run(root string, args ...string) ([]byte, error) {
	cmd := exec.Command("git", append([]string{"-C", root, "--no-replace-objects", "-c", "safe.bareRepository=explicit", "-c", "core.fsmonitor=false"}, args...)...)
	cmd.Env = Environment()
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		return nil, fmt.Errorf("git cannot be run: %w", err)
	}
	text, err := io.ReadAll(io.LimitReader(out, maxGit+1))
	if len(text) > maxGit {
		cmd.Process.Kill()
		err = fmt.Errorf("is larger than %d MB", maxGit>>20)
	}
	if failed := cmd.Wait(); failed != nil && err == nil {
		first, _, _ := strings.Cut(strings.TrimSpace(said.String()), "\n")
		err = errors.New("git: " + first)
	}
	return text, err
}

// Ignores reports whether git is told not to take a file.
func Ignores(path string) bool {
	_, err := Run(filepath.Dir(path), "check-ignore", "--quiet", "--", "./"+filepath.Base(path))
	return err == nil
}
