package transport

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"sort"
	"strconv"
	"strings"
	"unicode"

	"authsync/schema/list"
)

const scrubbed = "(secret)"

// leastPrefix is the shortest beginning of a secret that is removed, since services
// cut what they quote.
const leastPrefix = 8

// scrub replaces the secrets in the error's texts by "(secret)": in clear, as JSON, in
// a URL and in base64, also if they are cut. [Transport.Do] does this for the secrets
// of its request.
func (e *Error) scrub(secrets []string) {
	forms := formsOf(secrets)
	for _, text := range []*string{&e.Code, &e.Message, &e.RequestID} {
		for _, form := range forms {
			*text = strings.ReplaceAll(*text, form, scrubbed)
		}
		for _, form := range forms {
			*text = coverPrefix(*text, form)
		}
	}
}

// formsOf returns every spelling of a secret that a service may quote, the longest
// first, so that a part never hides the whole.
func formsOf(secrets []string) []string {
	seen := map[string]bool{"": true}
	var forms []string
	add := func(form string) {
		if !seen[form] {
			seen[form] = true
			forms = append(forms, form)
		}
	}
	for _, secret := range secrets {
		for _, clear := range append(longLines(secret), secret) {
			add(clear)
			add(inJSON(clear))
			add(strings.ReplaceAll(inJSON(clear), "/", `\/`))
			add(strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace(inJSON(clear)))
			add(inASCII(clear))
			add(url.QueryEscape(clear))
			add(url.PathEscape(clear))
			for _, coded := range inBase64(clear) {
				add(coded)
			}
		}
	}
	sort.SliceStable(forms, func(i, j int) bool { return len(forms[i]) > len(forms[j]) })
	return forms
}

// longLines returns the lines of a multi-line secret, such as a PEM, since a service
// may join them in its own way.
func longLines(secret string) []string {
	return list.Only(strings.FieldsFunc(secret, func(r rune) bool { return r == '\n' || r == '\r' }), func(line string) bool {
		return len(line) >= leastPrefix
	})
}

func inJSON(text string) string {
	b, err := json.Marshal(text)
	if err != nil {
		return ""
	}
	return string(b[1 : len(b)-1])
}

// inASCII encodes JSON with everything escaped that is not ASCII.
func inASCII(text string) string {
	quoted := strconv.QuoteToASCII(text)
	return quoted[1 : len(quoted)-1]
}

// inBase64 returns the base64 characters that a text always produces wherever it is in
// a longer one, such as "user:text".
func inBase64(text string) []string {
	var coded []string
	for before := range 3 {
		for _, alphabet := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
			long := alphabet.EncodeToString([]byte(strings.Repeat("\x00", before) + text))
			first := (before*8 + 5) / 6
			last := (before + len(text)) * 8 / 6
			// A few characters of base64 occur in every text.
			if last-first >= 4 {
				coded = append(coded, long[first:last])
			}
		}
	}
	return coded
}

// coverPrefix replaces the beginning of a form of a secret in a text, and the rest of
// that word: it may be the same secret in a spelling that is not listed.
func coverPrefix(text, form string) string {
	if len(form) < leastPrefix {
		return text
	}
	var b strings.Builder
	for {
		at := strings.Index(text, form[:leastPrefix])
		if at < 0 {
			return b.String() + text
		}
		b.WriteString(text[:at] + scrubbed)
		text = text[at+commonPrefix(text[at:], form):]
		text = text[wordLength(text):]
	}
}

func commonPrefix(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

func wordLength(text string) int {
	if end := strings.IndexAny(text, " \t\r\n\"'"); end >= 0 {
		return end
	}
	return len(text)
}

// OneLine makes a service's text fit for a terminal and a log: one line of printable
// characters with a maximum length.
func OneLine(text string, most int) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r), unicode.IsControl(r):
			return ' '
		case !unicode.IsGraphic(r), r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, text)
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > most {
		text = string(runes[:most-1]) + "…"
	}
	return text
}
