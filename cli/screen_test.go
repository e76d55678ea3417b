package cli

import (
	"regexp"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"
)

// screen is a small terminal: it knows what the live region uses, breaks lines
// at its width, and breaks them anew when it becomes narrower, as terminals do.
// What it does not know it shows, so that a test sees it.
type screen struct {
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

func (s *screen) Write(text []byte) (int, error) {
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

func (s *screen) obey(command string, n int) {
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

func (s *screen) put(r rune) {
	if s.column+columnsOfRune(r) > s.columns {
		s.row, s.column = s.row+1, 0
	}
	s.reach(s.row)
	line := s.lines[s.row]
	for len(line) < s.column+columnsOfRune(r) {
		line = append(line, ' ')
	}
	line[s.column] = r
	if columnsOfRune(r) == 2 {
		line[s.column+1] = 0 // the right half
	}
	s.lines[s.row] = line
	s.column += columnsOfRune(r)
}

func (s *screen) reach(row int) {
	for len(s.lines) <= row {
		s.lines = append(s.lines, nil)
	}
}

// resize breaks lines anew. The cursor stands on an empty line.
func (s *screen) resize(columns, rows int) {
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

func (s *screen) size() (columns, rows int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.columns, s.rows
}

func (s *screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var lines []string
	for _, line := range s.lines {
		lines = append(lines, strings.ReplaceAll(strings.TrimRight(string(line), " "), "\x00", ""))
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n")
}
