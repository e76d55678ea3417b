package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os/exec"
	"path/filepath"
	"strings"

	"authsync/disk"
)

// gitRevision is a git revision that the user named, in any repository.
type gitRevision struct {
	name    string
	commits map[string]string // by repository
}

// read returns the content of a file at the revision, or [fs.ErrNotExist]. It uses the
// path as it is spelled, without following links: a link made since must not lead
// elsewhere.
func (r gitRevision) read(path string) ([]byte, error) {
	whole, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	paths := []string{whole}
	if real, err := filepath.EvalSymlinks(filepath.Dir(whole)); err == nil {
		paths = append(paths, filepath.Join(real, filepath.Base(whole)))
	}
	found := false
	for _, path := range paths {
		root := disk.Outermost(filepath.Dir(path))
		if root == "" {
			continue
		}
		found = true
		text, err := r.in(root, path)
		if !errors.Is(err, fs.ErrNotExist) {
			return text, err
		}
	}
	if !found {
		return nil, fmt.Errorf("--lock-from %s: %s is in no git repository", r.name, path)
	}
	return nil, &fs.PathError{Op: "read", Path: path, Err: fs.ErrNotExist}
}

// in reads a file in the outermost repository. The content of a submodule is not read,
// since its revision is another one.
func (r gitRevision) in(root, path string) ([]byte, error) {
	commit, err := r.commit(root)
	if err != nil {
		return nil, err
	}
	below, err := filepath.Rel(root, path)
	if err != nil {
		return nil, err
	}
	entry, err := git(root, "ls-tree", "-z", "--full-tree", commit, "--", ":(literal)"+filepath.ToSlash(below))
	if err != nil {
		return nil, fmt.Errorf("--lock-from %s: %w", r.name, err)
	}
	what, _, _ := strings.Cut(strings.TrimRight(string(entry), "\x00"), "\t")
	fields := strings.Fields(what) // mode, type, object
	switch {
	case len(fields) == 0:
		return nil, &fs.PathError{Op: "read", Path: path, Err: fs.ErrNotExist}
	case len(fields) != 3 || !strings.HasPrefix(fields[0], "100"):
		return nil, fmt.Errorf("--lock-from %s: %s is no regular file there", r.name, below)
	}
	text, err := git(root, "cat-file", "blob", fields[2])
	if err != nil {
		return nil, fmt.Errorf("--lock-from %s: %s: %w", r.name, below, err)
	}
	return text, nil
}

// commit resolves the revision in a repository.
func (r gitRevision) commit(root string) (string, error) {
	if known, ok := r.commits[root]; ok {
		return known, nil
	}
	out, err := git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", r.name+"^{commit}")
	if err != nil || r.name == "" {
		return "", fmt.Errorf("--lock-from %s: git knows no such revision in %s; fetch it first", r.name, root)
	}
	r.commits[root] = strings.TrimSpace(string(out))
	return r.commits[root], nil
}

// gitEnvironment is the part of the environment that git needs.
func gitEnvironment() []string {
	env := []string{"GIT_TERMINAL_PROMPT=0", "GIT_NO_LAZY_FETCH=1", "LC_ALL=C"}
	for _, name := range []string{"PATH", "HOME", "XDG_CONFIG_HOME", "TMPDIR", "SYSTEMROOT", "USERPROFILE", "TEMP"} {
		if value, ok := lookupEnv(name); ok {
			env = append(env, name+"="+value)
		}
	}
	return env
}

// maxGit is the maximum output of git in bytes.
const maxGit = 16 << 20

// git runs git on a repository, without following its settings about other object
// stores or bare repositories in it.
func git(root string, args ...string) ([]byte, error) {
	cmd := exec.Command("git", append([]string{"-C", root, "--no-replace-objects", "-c", "safe.bareRepository=explicit", "-c", "core.fsmonitor=false"}, args...)...)
	cmd.Env = gitEnvironment()
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
