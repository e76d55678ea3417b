package disk

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Tracked returns the path of a file, at path or under it, that git has in its
// index; "" if there is none. Every repository that holds the path is looked at.
// git itself is not started: it may not be there, and what a repository tells it
// to run is a stranger's.
func Tracked(path string) (string, error) {
	dir, err := realPath(filepath.Dir(path))
	if err != nil {
		return "", err
	}
	whole := filepath.Join(dir, filepath.Base(path))
	for {
		if index := indexOf(dir); index != "" {
			in, err := filepath.Rel(dir, whole)
			if err != nil {
				return "", err
			}
			found, err := inIndex(index, filepath.ToSlash(in))
			if err != nil || found != "" {
				return found, err
			}
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", nil
		}
		dir = up
	}
}

// indexOf is the index of the work tree at dir, or "". In a worktree and in a
// submodule .git is a file that says where the repository is.
func indexOf(dir string) string {
	git := filepath.Join(dir, ".git")
	info, err := os.Stat(git)
	if err != nil {
		return ""
	}
	if info.Mode().IsRegular() {
		text, err := Read(git)
		at, is := strings.CutPrefix(strings.TrimSpace(string(text)), "gitdir: ")
		if err != nil || !is {
			return ""
		}
		if git = at; !filepath.IsAbs(git) {
			git = filepath.Join(dir, git)
		}
	}
	return filepath.Join(git, "index")
}

// inIndex looks for path, or something under it, in an index, and in the one that
// it shares with others.
func inIndex(file, path string) (string, error) {
	text, err := os.ReadFile(file) // as large as the repository makes it
	if errors.Is(err, os.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	hash := hashSize(filepath.Dir(file))
	index := index{text: text, hash: hash}
	found, shared, err := index.find(path)
	if err != nil {
		return "", fmt.Errorf("%s: %w", file, err)
	}
	if found != "" || shared == "" {
		return found, nil
	}
	return inIndex(filepath.Join(filepath.Dir(file), "sharedindex."+shared), path)
}

// hashSize is the size of a repository's digests.
func hashSize(dir string) int {
	if common, err := Read(filepath.Join(dir, "commondir")); err == nil { // of a worktree
		at := strings.TrimSpace(string(common))
		if !filepath.IsAbs(at) {
			at = filepath.Join(dir, at)
		}
		dir = at
	}
	text, _ := Read(filepath.Join(dir, "config"))
	compact := bytes.ToLower(bytes.ReplaceAll(text, []byte(" "), nil))
	if bytes.Contains(compact, []byte("objectformat=sha256")) {
		return 32
	}
	return 20
}

// index is the text of git's index file, of version 2, 3 or 4. See
// gitformat-index(5).
type index struct {
	text []byte
	hash int
}

var errIndex = errors.New("is an index of git that this version of authsync cannot read")

// find looks for path, or something under it. Shared is the digest of the index
// that this one is a part of, "" if it is whole.
func (x index) find(path string) (found, shared string, err error) {
	if len(x.text) < 12 || string(x.text[:4]) != "DIRC" {
		return "", "", errIndex
	}
	version, entries := binary.BigEndian.Uint32(x.text[4:]), binary.BigEndian.Uint32(x.text[8:])
	if version < 2 || version > 4 {
		return "", "", errIndex
	}
	at, name := 12, ""
	for range entries {
		if at, name, err = x.entry(version, at, name); err != nil {
			return "", "", err
		}
		if name == path || strings.HasPrefix(name, path+"/") {
			return name, "", nil
		}
	}
	return "", x.shared(at), nil
}

// entry reads the name of the entry at a place, and where the next one begins.
// From version 4 on a name says only how it differs from the one before.
func (x index) entry(version uint32, at int, before string) (next int, name string, err error) {
	const stat, flags, extended = 40, 2, 0x4000
	head := at + stat + x.hash + flags
	if head > len(x.text) {
		return 0, "", errIndex
	}
	if binary.BigEndian.Uint16(x.text[head-flags:])&extended != 0 {
		head += 2
	}
	if head > len(x.text) {
		return 0, "", errIndex
	}
	kept := 0
	if version == 4 {
		var drop, size int
		if drop, size = varint(x.text[head:]); size == 0 || drop > len(before) {
			return 0, "", errIndex
		}
		head, kept = head+size, len(before)-drop
	}
	length := bytes.IndexByte(x.text[head:], 0)
	if length < 0 {
		return 0, "", errIndex
	}
	name = before[:kept] + string(x.text[head:head+length])
	if next = head + length + 1; version < 4 {
		next = at + (head+length-at)/8*8 + 8 // padded to a multiple of eight
	}
	return next, name, nil
}

// varint reads a number as git's packs have offsets.
func varint(text []byte) (n, size int) {
	for i, b := range text {
		if i > 0 {
			n++
		}
		n = n<<7 | int(b&0x7f)
		if b&0x80 == 0 {
			return n, i + 1
		}
		if i == 4 {
			break // no name is that long
		}
	}
	return 0, 0
}

// shared is the digest in the extension "link" of a split index.
func (x index) shared(at int) string {
	for at >= 0 && at+8 <= len(x.text)-x.hash {
		size := int(binary.BigEndian.Uint32(x.text[at+4:]))
		if string(x.text[at:at+4]) == "link" && at+8+x.hash <= len(x.text) {
			digest := fmt.Sprintf("%x", x.text[at+8:at+8+x.hash])
			if strings.Trim(digest, "0") == "" {
				return ""
			}
			return digest
		}
		at += 8 + size
	}
	return ""
}
