package lock

import "os"

// BeforeWrites makes a lock call first before each time that it writes its file.
func (l *Lock) BeforeWrites(first func()) {
	write := l.write
	l.write = func(path string, text []byte, mode os.FileMode) error {
		first()
		return write(path, text, mode)
	}
}
