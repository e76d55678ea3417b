package schema

import (
	"net/url"
	"slices"
	"strings"
	"sync"
	"unicode"

	"authsync/schema/pattern"
)

// This is the only answer to "may this be a secret": values in git in clear, values
// that are shown, exported, saved or kept for an undo, and those that the sandbox
// masks are all judged by [MayBeSecret].

// MayBeSecret reports whether a value, of which only the name is known, may be a
// secret. Numbers and booleans never are, nor addresses without user info.
func MayBeSecret(name string, v Value) bool {
	text, ok := v.(Text)
	switch {
	case !ok || text == "":
		return false
	case tells(string(text)):
		return true
	}
	return NamesSecret(name) && !isAddress(string(text)) && text != "true" && text != "false"
}

// NamesSecret reports whether a name is that of a secret. The pattern is slow, and the
// same few names are in every object of a kind, so its answers are remembered.
func NamesSecret(name string) bool { return namesSecret.of(name) }

var namesSecret = answers{ask: func(name string) bool { return mayMatch(name) && secretName().MatchString(name) }}

// answers remembers the answers to a question about names. It remembers only so many:
// anybody may write names.
type answers struct {
	ask func(name string) bool

	mu    sync.RWMutex
	known map[string]bool
}

const (
	mostAnswers   = 4096
	longestAnswer = 128 // bytes of a name
)

func (a *answers) of(name string) bool {
	a.mu.RLock()
	answer, known := a.known[name]
	a.mu.RUnlock()
	if known {
		return answer
	}
	answer = a.ask(name)
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.known == nil {
		a.known = map[string]bool{}
	}
	if len(a.known) < mostAnswers && len(name) <= longestAnswer {
		a.known[strings.Clone(name)] = answer
	}
	return answer
}

// tellingTexts match secrets by their content: an address with a password, a private
// key, the value of an Authorization header, a signed token, a token of a known service,
// an address that whoever has it may write to, a connection string.
var tellingTexts = []tellingText{
	{"://", pattern.Of(`(?i)[a-z][a-z0-9+.-]*://[^/?#\s:@]*:[^/?#\s@]+@`)},
	{"@", pattern.Of(`^[^\s:/@]+:[^\s@]+@(tcp|unix)\(`)},
	{"KEY", pattern.Of(`-----BEGIN [A-Z0-9 ]*PRIVATE KEY|AGE-SECRET-KEY-1`)},
	{"", pattern.Of(`(?i)^(authorization:\s*)?(bearer|basic|digest|token)\s+[^\s{}<>$]*[0-9+/=._-][^\s{}<>$]*$`)},
	{"eyJ", pattern.Of(`^eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*$`)},
	{"_", pattern.Of(`^(gh[opsur]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}|[rs]k_live_[A-Za-z0-9]{10,})$`)},
	{"-", pattern.Of(`^(glpat-[A-Za-z0-9_-]{16,}|xox[a-z]-[A-Za-z0-9-]{10,})$`)},
	{"://", pattern.Of(`^https://(hooks\.slack\.com/services|open\.(feishu\.cn|larksuite\.com)/open-apis/bot/v2/hook)/[^/]+`)},
	{"=", pattern.Of(`://[^\s]*[?&](key|sig|signature)=[A-Za-z0-9%_./+-]{20,}`)},
	{"=", pattern.Of(`(?i)(^|[;\s])(password|passwd|pwd|accountkey|sharedaccesskey)\s*=\s*[^;\s{}<>$"']+`)},
}

// tellingText is a pattern of secrets. Without its part no text matches, and looking for
// that is quicker.
type tellingText struct {
	part    string
	pattern *pattern.Pattern
}

func tells(text string) bool {
	matches := func(t tellingText) bool { return strings.Contains(text, t.part) && t.pattern.MatchString(text) }
	return slices.ContainsFunc(tellingTexts, matches) || tellingPair(text)
}

// carriesSecret reports whether a text that is no sentence is a secret by its content.
func carriesSecret(text string) bool {
	return !strings.ContainsFunc(text, unicode.IsSpace) && tells(text)
}

// tellingPair reports whether a text has a secret in a pair name=value: in the query
// of an address, a form, or a connection string. A placeholder is not a secret.
func tellingPair(text string) bool {
	if !strings.Contains(text, "=") {
		return false
	}
	pairs := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("?&; \t\r\n", r) })
	return slices.ContainsFunc(pairs, func(pair string) bool {
		name, value, _ := strings.Cut(pair, "=")
		return NamesSecret(name) && !strings.ContainsAny(value, `{}<>"'`) && !strings.HasPrefix(value, "$") && MayBeSecret(name, Text(value))
	})
}

func isAddress(text string) bool {
	at, err := url.Parse(text)
	return err == nil && at.Scheme != "" && at.Host != "" && at.User == nil
}

// Names of secrets. A name is one if it ends in one of these, however its words are
// joined: apiKey, api_key, APIKey, x-api-key, apiV3Key, api_key_2.
var (
	// anywhere may end a name without beginning a new word.
	anywhere = []string{
		"secret", "password", "passwd", "passphrase", "passcode", "pwd", "pswd", "token", "credential", "cookie", "authorization",
		"apikey", "secretkey", "privatekey",
	}
	// words end a name only as a word of their own: userPin is one, pinyin and spin
	// are not.
	words = []string{"pass", "pin", "otp", "totp", "hotp", "jwt", "dsn", "session", "psk", "sk", "mnemonic", "bearer"}
	// keyWords make a following "key" secret.
	keyWords = []string{
		"api", "app", "secret", "private", "secure", "security", "encryption", "encrypt", "aes", "des", "sm4", "hmac", "cipher",
		"sign", "signing", "signature", "master", "root", "shared", "session", "auth", "webhook", "server", "service", "role",
		"account", "admin", "merchant", "mch", "pay", "partner", "license", "deploy", "ssh", "cert",
	}
	// phrases are several words.
	phrases = []string{
		"connection string", "conn string", "basic auth", "service client", "session id", "pin code", "otp code", "backup code",
		"recovery code", "auth code", "private pem", "key pem",
	}
	// after may follow a name of a secret, and says in which form it is.
	after = []string{
		"value", "text", "string", "str", "old", "new", "prev", "previous", "current", "primary", "secondary", "backup", "json", "list", "array",
		"base64", "b64", "pem", "hex", "plain", "clear", "encrypted", "enc", "cipher", "hash", "seed", "md5", "sha1", "sha256", "v?[0-9]+",
	}
	chinese = []string{"密码", "口令", "密钥", "秘钥", "私钥", "令牌", "凭证", "授权码"}
)

// secretName is the table as one pattern, which JSON Schema takes as well.
var secretName = sync.OnceValue(func() *pattern.Pattern {
	const joint = `[-_. ]?`
	ends := []string{"(?i:" + strings.Join(anywhere, "|") + ")"}
	for _, word := range words {
		ends = append(ends, ownWord(word))
	}
	for _, word := range keyWords {
		ends = append(ends, ownWord(word)+"(?:"+joint+"[vV]?[0-9]+)?"+joint+"(?i:key)")
	}
	for _, phrase := range phrases {
		first, rest, _ := strings.Cut(phrase, " ")
		ends = append(ends, ownWord(first)+joint+"(?i:"+rest+")")
	}
	return pattern.Of("(?:(?:" + strings.Join(ends, "|") + ")s?(?:" + joint + "(?i:" + strings.Join(after, "|") + "))*|" +
		strings.Join(chinese, "|") + ")$")
})

// telling are words of which every name of a secret contains one.
var telling = sync.OnceValue(func() []string {
	all := slices.Concat(anywhere, words, []string{"key"})
	for _, phrase := range phrases {
		first, _, _ := strings.Cut(phrase, " ")
		all = append(all, first)
	}
	return all
})

// mayMatch reports whether a name contains a telling word. A name that is not ASCII
// always may, since other letters have cases of their own.
func mayMatch(name string) bool {
	if strings.ContainsFunc(name, func(r rune) bool { return r > unicode.MaxASCII }) {
		return true
	}
	lower := strings.ToLower(name)
	return slices.ContainsFunc(telling(), func(word string) bool { return strings.Contains(lower, word) })
}

// ownWord matches a word at the beginning of a word in a name: at its start, after a
// character that is not a letter, or with a capital.
func ownWord(word string) string {
	return "(?:(?:^|[^A-Za-z])" + word + "|" + strings.ToUpper(word[:1]) + word[1:] + "|(?:^|[^A-Z])" + strings.ToUpper(word) + ")"
}

// pairNames are fields with a name where name and value are two fields, as in a list
// of headers.
var pairNames = []string{"key", "name", "header", "field"}

// NameIn returns the name by which a field is judged. A field that says in which form
// a secret is adds to the object's name: token: {value: x} is tokenValue: x. The value
// of a pair has the name in the pair; beside returns a text of a neighbouring field.
func NameIn(object, field string, beside func(name string) string) string {
	if joined := object + "." + field; NamesSecret(object) && NamesSecret(joined) {
		return joined
	}
	if !strings.EqualFold(field, "value") {
		return field
	}
	for _, name := range pairNames {
		if told := beside(name); NamesSecret(told) {
			return told
		}
	}
	return field
}

// marked returns a service's value with hidden values marked as hidden, and possible
// secrets as secrets. Items have the name of their list. JSON in a text that contains
// either is one secret.
func marked(name string, v Value) Value {
	switch v := v.(type) {
	case nil:
		return nil
	case Text:
		switch {
		case IsMask(string(v)):
			return hiddenText(v)
		case MayBeSecret(name, v), packsSecret(name, v):
			secret, _ := Sealed{}.fromWire(v)
			return secret
		}
		return v
	case Object:
		return v.with(nil, func(at Path, part Value) Value { return marked(NameIn(name, at[0], v.Text), part) })
	}
	return v.with(nil, func(_ Path, part Value) Value { return marked(name, part) })
}

// packsSecret reports whether a text is JSON that may contain a secret.
func packsSecret(name string, text Text) bool {
	inside := unpackAll(text)
	_, still := inside.(Text)
	return !still && HoldsSecret(marked(name, inside))
}
