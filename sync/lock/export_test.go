package lock

import "os"

// BeforeWrites makes a lock call first before each time that it writes its file.
func (l *Lock) BeforeWrites(first func()) {
	put := l.writer.put
	l.writer.put = func(path string, text []byte, mode os.FileMode) error {
		first()
		return put(path, text, mode)
	}
}
