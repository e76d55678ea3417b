package state

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"authsync/disk"
	"authsync/schema/pattern"
)

// MachineKey marks what this machine has made. That a text is sealed to an
// environment's recipients proves nothing, since they are public. The key is outside
// of every repository, in a file that only its owner can read, and is made at its
// first use.
type MachineKey struct {
	// Path is the key's file; "" if there is no place for one.
	Path string
}

// ErrUnmarked means that a text does not have this machine's mark.
var ErrUnmarked = errors.New("was not made on this machine")

func (k MachineKey) String() string {
	if k.Path == "" {
		return "which has no place for its key: neither XDG_STATE_HOME nor HOME is set"
	}
	return "its key is " + k.Path
}

// markLine is the last line of a marked text.
var markLine = pattern.Of(`\nmac: ([0-9a-f]{64})\n$`)

// Mark adds the mark to a text, which must end with a newline.
func (k MachineKey) Mark(text []byte) ([]byte, error) {
	key, err := k.read()
	if errors.Is(err, fs.ErrNotExist) {
		key, err = k.generate()
	}
	if err != nil {
		return nil, err
	}
	return fmt.Appendf(bytes.Clone(text), "mac: %x\n", mac(key, text)), nil
}

// Check returns an error if a text does not have the mark.
func (k MachineKey) Check(text []byte) error {
	at := markLine.FindSubmatchIndex(text)
	if at == nil {
		return ErrUnmarked
	}
	key, err := k.read()
	if errors.Is(err, fs.ErrNotExist) {
		return ErrUnmarked
	}
	if err != nil {
		return err
	}
	marked, err := hex.DecodeString(string(text[at[2]:at[3]]))
	if err != nil || !hmac.Equal(marked, mac(key, text[:at[0]+1])) {
		return ErrUnmarked
	}
	return nil
}

// Remark gives a changed text the mark if the text before had it.
func (k MachineKey) Remark(before, after []byte) ([]byte, error) {
	at := markLine.FindIndex(after)
	if at == nil {
		return after, nil
	}
	bare := after[:at[0]+1]
	if err := k.Check(before); errors.Is(err, ErrUnmarked) {
		return bare, nil
	} else if err != nil {
		return nil, err
	}
	return k.Mark(bare)
}

func mac(key, text []byte) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte("authsync snapshot\x00"))
	h.Write(text)
	return h.Sum(nil)
}

const keySize = 32

// read reads the key. A key that others may read or write does not count.
func (k MachineKey) read() ([]byte, error) {
	if k.Path == "" {
		return nil, errors.New("there is no place for this machine's key: set XDG_STATE_HOME or HOME")
	}
	f, err := disk.Among(filepath.Dir(k.Path))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	name := filepath.Base(k.Path)
	file, err := f.Open(name, os.O_RDONLY)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	if info, err := file.Stat(); err != nil || disk.OpenToOthers(info) {
		return nil, errors.Join(err, fmt.Errorf("%s: can be read or written by others, and proves nothing any more; delete it", k.Path))
	}
	text, err := f.Read(name)
	if err != nil {
		return nil, err
	}
	key, err := hex.DecodeString(string(bytes.TrimSpace(text)))
	if err != nil || len(key) != keySize {
		return nil, fmt.Errorf("%s: is not the key of a machine; delete it", k.Path)
	}
	return key, nil
}

// Make makes the key if there is none, and returns why it cannot be used.
func (k MachineKey) Make() error {
	_, err := k.read()
	if errors.Is(err, fs.ErrNotExist) {
		_, err = k.generate()
	}
	return err
}

func (k MachineKey) generate() ([]byte, error) {
	key := make([]byte, keySize)
	rand.Read(key)
	if err := os.MkdirAll(filepath.Dir(k.Path), 0o700); err != nil {
		return nil, err
	}
	f, err := disk.Among(filepath.Dir(k.Path))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	err = f.Create(filepath.Base(k.Path), fmt.Appendf(nil, "%x\n", key))
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	return k.read() // another run may have made one at the same time
}
