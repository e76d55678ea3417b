package record

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"strings"
	"unicode"
	"unicode/utf8"

	"authsync/schema/pattern"
)

// pseudonyms replace texts. No two texts of one run get the same one, as long as there
// are enough of their form.
type pseudonyms struct {
	key   []byte
	by    map[string]string
	given map[string]struct{}
}

func newPseudonyms() *pseudonyms {
	key := make([]byte, 32)
	rand.Read(key)
	return &pseudonyms{key: key, by: map[string]string{}, given: map[string]struct{}{}}
}

// pemHeads are the lines around a key.
const pemHeads = `-----(?:BEGIN|END) (?:CERTIFICATE|PUBLIC KEY|(?:RSA |EC |ENCRYPTED )?PRIVATE KEY)-----`

var pemHead = pattern.Of(`^` + pemHeads + `\s*$`)

// form is what a text keeps, since the services look at it: variables and elements of
// mails, elements and names of SAML, heads of PEM. Each is one of a list: anything else
// between the same signs may be a name, as in Alice <alice@acme.example>.
var form = pattern.Of(strings.Join([]string{
	`\{\{\s*\.(?:VerificationCode|ExpireMinutes)\s*\}\}`,
	`http://www\.w3\.org/(?:2000/09/xmldsig#|2001/04/xmlenc#|2001/XMLSchema(?:-instance)?)`,
	`https?://`,
	`\*{3,}`,
	`</?(?:a|b|body|br|button|center|code|div|em|font|footer|h[1-6]|head|header|hr|html|i|img|li|meta|ol|p|pre|small|span|strong|style|table|tbody|td|th|thead|title|tr|u|ul)\b`,
	`</?(?:(?:md|ds|saml2?p?):)?(?:EntityDescriptor|IDPSSODescriptor|SPSSODescriptor|KeyDescriptor|KeyInfo|X509Data|X509Certificate|SingleSignOnService|SingleLogoutService|NameIDFormat|Organization|OrganizationName|OrganizationDisplayName|OrganizationURL|ContactPerson|GivenName|SurName|Company|EmailAddress|Extensions|Attribute|AttributeValue)\b`,
	pemHeads,
	`urn:oasis:names:tc:SAML:[\d.]+:(?:protocol|metadata|assertion|bindings:[A-Z][A-Za-z\-]+|nameid-format:[a-z][A-Za-z0-9]+|attrname-format:[a-z]+)\b`,
	`\bopenid\b`,
}, "|"))

// text replaces a text word by word, so that what two texts share is replaced alike in
// both: the host of two addresses, a name in a sentence.
func (p *pseudonyms) text(text string) string {
	var out strings.Builder
	for text != "" {
		kept := form.FindStringIndex(text)
		if kept == nil {
			kept = []int{len(text), len(text)}
		}
		p.words(&out, text[:kept[0]])
		out.WriteString(text[kept[0]:kept[1]])
		text = text[kept[1]:]
	}
	return out.String()
}

func (p *pseudonyms) words(out *strings.Builder, text string) {
	for text != "" {
		end := strings.IndexFunc(text, func(r rune) bool { return !isWord(r) })
		switch {
		case end < 0:
			end = len(text)
		case end == 0:
			_, size := utf8.DecodeRuneInString(text)
			out.WriteString(text[:size])
			text = text[size:]
			continue
		}
		out.WriteString(p.other(aWord, text[:end]))
		text = text[end:]
	}
}

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r) }

// secret replaces a secret line by line as a whole, since its parts must not be told
// either. The lines around a key stay.
func (p *pseudonyms) secret(text string) string {
	var out strings.Builder
	for line := range strings.Lines(text) {
		if pemHead.MatchString(line) {
			out.WriteString(line)
			continue
		}
		out.WriteString(p.other(aSecret, line))
	}
	return out.String()
}

// sort is what is replaced: a secret's word is replaced otherwise than a name.
type sort string

const (
	aWord   sort = "word"
	aSecret sort = "secret"
)

// other is another text of the same length and form.
func (p *pseudonyms) other(is sort, text string) string {
	known := string(is) + " " + text
	if out, again := p.by[known]; again {
		return out
	}
	out := text
	for try := range uint64(200) {
		source := &stream{key: p.key, seed: binary.BigEndian.AppendUint64([]byte(known), try)}
		out = strings.Map(func(r rune) rune { return alike(r, source) }, text)
		if _, taken := p.given[out]; !taken && out != text {
			break
		}
	}
	p.by[known] = out
	p.given[out] = struct{}{}
	return out
}

// alike is another letter of the same sort.
func alike(r rune, source *stream) rune {
	switch {
	case r >= 'a' && r <= 'z':
		return 'a' + source.below(26)
	case r >= 'A' && r <= 'Z':
		return 'A' + source.below(26)
	case r >= '0' && r <= '9':
		return '0' + source.below(10)
	case unicode.Is(unicode.Han, r) && utf8.RuneLen(r) == 3:
		return 0x4e00 + source.below(0x5000)
	case r > ' ' && r < utf8.RuneSelf: // of a secret: text keeps what is between words
		return rune("-_.~!+="[source.below(7)])
	case isWord(r):
		return map[int]rune{2: 'é', 3: '字', 4: '𠀀'}[utf8.RuneLen(r)]
	}
	return r
}

// stream is an endless text of a key and a seed.
type stream struct {
	key, seed []byte
	count     uint64
	left      []byte
}

func (s *stream) below(n int) rune {
	if len(s.left) < 4 {
		h := hmac.New(sha256.New, s.key)
		h.Write(binary.BigEndian.AppendUint64(append([]byte(nil), s.seed...), s.count))
		s.count++
		s.left = h.Sum(nil)
	}
	v := binary.BigEndian.Uint32(s.left)
	s.left = s.left[4:]
	return rune(v % uint32(n))
}
