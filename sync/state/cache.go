package state

import "bytes"

// A cache is what a run has seen and a later one need not look for again. It may be
// missing at any time, and a run that cannot write it goes on without a word.

// maxCache is the size above which a cache is not read.
const maxCache = 64 << 20

// Cached returns the environment's cache with a name, if this machine has written it;
// nil = there is none. Anybody may have put a file into the directory, and a cache is
// believed.
func (r Runs) Cached(name string) []byte {
	if r.Nowhere() {
		return nil
	}
	f, err := r.open()
	if err != nil {
		return nil
	}
	defer f.Close()
	text, err := f.Read(r.file(name))
	if err != nil || len(text) > maxCache || r.Key.Check(text) != nil {
		return nil
	}
	return text[:bytes.LastIndex(text, []byte("\nmac: "))+1]
}

// Cache writes a cache, if that is possible. The text ends with a newline.
func (r Runs) Cache(name string, text []byte) {
	marked, err := r.Key.Mark(text)
	if r.Nowhere() || err != nil {
		return
	}
	f, err := r.make()
	if err != nil {
		return
	}
	defer f.Close()
	_ = f.Write(r.file(name), marked) // a cache may be missing
}
