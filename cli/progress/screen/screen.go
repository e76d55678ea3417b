// Package screen is a small terminal for tests: what was written to it is what
// a person would see. It knows no more than the sequences that live lines use,
// and shows what it does not know. Begin reading at [Screen].
package screen

import (
	"regexp"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"authsync/cli/render"
)

// Screen is a small terminal: it knows what the live region uses, breaks lines
// at its width, and breaks them again when it becomes narrower, as terminals do.
// What it does not know it shows, so that a test sees it.
type Screen struct {
	mu            sync.Mutex
	columns, rows int
	lines         [][]rune // all there ever were; the last ones are seen
	row, column   int      // of the cursor, in lines
	paintings     int      // writes
	begun         string   // what was not written to its end
}

var (
	sequence = regexp.MustCompile(`^\x1b\[(\d*)([AJK])`)
	cutShort = regexp.MustCompile(`^\x1b(\[\d*)?$`)
)

// New is an empty screen of so many columns and rows.
func New(columns, rows int) *Screen { return &Screen{columns: columns, rows: rows} }

// Paintings are how many times something was written.
func (s *Screen) Paintings() int { return s.paintings }

func (s *Screen) Write(text []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.paintings++
	rest := s.begun + string(text)
	for rest != "" && !cutShort.MatchString(rest) && utf8.FullRuneInString(rest) {
		if m := sequence.FindStringSubmatch(rest); m != nil {
			rest = rest[len(m[0]):]
			n, _ := strconv.Atoi(m[1])
			s.obey(m[2], n)
			continue
		}
		r, size := utf8.DecodeRuneInString(rest)
		rest = rest[size:]
		switch r {
		case '\r':
			s.column = 0
		case '\n':
			s.row++
		default:
			s.put(r)
		}
	}
	s.begun = rest
	s.reach(s.row)
	return len(text), nil
}

func (s *Screen) obey(command string, n int) {
	s.reach(s.row)
	switch command {
	case "A":
		s.row = max(s.row-max(n, 1), 0, len(s.lines)-s.rows)
	case "K":
		s.lines[s.row] = s.lines[s.row][:min(s.column, len(s.lines[s.row]))]
	case "J":
		s.lines[s.row] = s.lines[s.row][:min(s.column, len(s.lines[s.row]))]
		s.lines = s.lines[:s.row+1]
	}
}

func (s *Screen) put(r rune) {
	if s.column+render.ColumnsOfRune(r) > s.columns {
		s.row, s.column = s.row+1, 0
	}
	s.reach(s.row)
	line := s.lines[s.row]
	for len(line) < s.column+render.ColumnsOfRune(r) {
		line = append(line, ' ')
	}
	line[s.column] = r
	if render.ColumnsOfRune(r) == 2 {
		line[s.column+1] = 0 // the right half
	}
	s.lines[s.row] = line
	s.column += render.ColumnsOfRune(r)
}

func (s *Screen) reach(row int) {
	for len(s.lines) <= row {
		s.lines = append(s.lines, nil)
	}
}

// Resize breaks lines again. The cursor stands on an empty line.
func (s *Screen) Resize(columns, rows int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var lines [][]rune
	for i, line := range s.lines {
		for len(line) > columns {
			lines, line = append(lines, line[:columns:columns]), line[columns:]
		}
		lines = append(lines, line)
		if i == s.row {
			s.row = len(lines) - 1
			break
		}
	}
	s.lines, s.columns, s.rows = lines, columns, rows
}

// Size is how large the screen is now.
func (s *Screen) Size() (columns, rows int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.columns, s.rows
}

// String is what is seen, without blanks at the ends of lines.
func (s *Screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var lines []string
	for _, line := range s.lines {
		lines = append(lines, strings.ReplaceAll(strings.TrimRight(string(line), " "), "\x00", ""))
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n")
}
