package schema

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// The one answer to "may this be a secret": what is in git in clear, what is shown,
// exported, saved and kept for an undo, and what the sandbox masks, all go by
// [MayBeSecret].

// MayBeSecret reports whether a value of which nothing is known but the name that
// it stands under may be a secret. Numbers and booleans are none, whatever their
// name, and neither are addresses without user info.
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

// NamesSecret reports whether a name is one of a secret. The pattern is slow, and
// most names hold none of the words that it asks for.
func NamesSecret(name string) bool { return mayMatch(name) && secretName.MatchString(name) }

// tellingTexts are secrets by what they are, whatever their name: an address with a
// password, a private key, the value of an Authorization header, a signed token, a
// connection string.
var tellingTexts = []*regexp.Regexp{
	regexp.MustCompile(`(?i)[a-z][a-z0-9+.-]*://[^/?#\s:@]*:[^/?#\s@]+@`),
	regexp.MustCompile(`^[^\s:/@]+:[^\s@]+@(tcp|unix)\(`),
	regexp.MustCompile(`-----BEGIN [A-Z0-9 ]*PRIVATE KEY|AGE-SECRET-KEY-1`),
	regexp.MustCompile(`(?i)^(authorization:\s*)?(bearer|basic|digest|token)\s+[^\s{}<>$]*[0-9+/=._-][^\s{}<>$]*$`),
	regexp.MustCompile(`^eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*$`),
	regexp.MustCompile(`(?i)(^|[;\s])(password|passwd|pwd|accountkey|sharedaccesskey)\s*=\s*[^;\s{}<>$"']+`),
}

func tells(text string) bool {
	for _, telling := range tellingTexts {
		if telling.MatchString(text) {
			return true
		}
	}
	return tellingPair(text)
}

// tellingPair reports whether a text has a secret in a pair name=value: in the
// query of an address, a form, or a connection string. What is to be filled in is
// none.
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

// Names of secrets. A name is one if it ends in one of these, however its words
// are put together: apiKey, api_key, APIKey, x-api-key, apiV3Key, api_key_2.
var (
	// anywhere end a name whatever stands before them, also without a new word.
	anywhere = []string{
		"secret", "password", "passwd", "passphrase", "passcode", "pwd", "token", "credential", "cookie", "authorization",
		"apikey", "secretkey", "privatekey",
	}
	// words end a name as a word of their own: userPin is one, pinyin and spin
	// are none.
	words = []string{"pass", "pin", "otp", "totp", "hotp", "jwt", "dsn", "session", "psk", "mnemonic", "bearer"}
	// keyWords are what key is the key of, where it is not to be known.
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
	// after may stand behind a name of a secret, and says in which form it is.
	after = []string{
		"value", "text", "string", "str", "old", "new", "prev", "previous", "current", "primary", "secondary", "backup", "json", "list", "array",
		"base64", "b64", "pem", "hex", "plain", "clear", "encrypted", "enc", "cipher", "hash", "seed", "md5", "sha1", "sha256", "v?[0-9]+",
	}
	chinese = []string{"密码", "口令", "密钥", "秘钥", "私钥", "令牌", "凭证", "授权码"}
)

// secretName is the table as one pattern, which JSON Schema takes as well.
var secretName = secretNames()

func secretNames() *regexp.Regexp {
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
	return regexp.MustCompile("(?:(?:" + strings.Join(ends, "|") + ")s?(?:" + joint + "(?i:" + strings.Join(after, "|") + "))*|" +
		strings.Join(chinese, "|") + ")$")
}

// telling are words of which a name of a secret holds one, whatever else it does.
var telling = tellingWords()

func tellingWords() []string {
	all := slices.Concat(anywhere, words, []string{"key"})
	for _, phrase := range phrases {
		first, _, _ := strings.Cut(phrase, " ")
		all = append(all, first)
	}
	return all
}

// mayMatch reports whether a name holds a telling word. A name that is not plain
// ASCII always may: other letters have cases of their own.
func mayMatch(name string) bool {
	if strings.ContainsFunc(name, func(r rune) bool { return r > unicode.MaxASCII }) {
		return true
	}
	lower := strings.ToLower(name)
	return slices.ContainsFunc(telling, func(word string) bool { return strings.Contains(lower, word) })
}

// ownWord is a word that begins where a name's words begin: at its start, after
// what is no letter, or by a capital.
func ownWord(word string) string {
	return "(?:(?:^|[^A-Za-z])" + word + "|" + strings.ToUpper(word[:1]) + word[1:] + "|(?:^|[^A-Z])" + strings.ToUpper(word) + ")"
}

// pairNames are what a name stands under where name and value are two fields, as
// in a list of headers.
var pairNames = []string{"key", "name", "header", "field"}

// NameIn is the name that a field of an object goes by. One that says in which form
// a secret is goes by the object's name as well: token: {value: x} is tokenValue: x.
// The value of a pair goes by what the pair calls it; beside finds a text beside it.
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

// marked is what a service sent under a name, with what it hides as hidden, and
// what may be a secret as one. Items go by the name of their list. JSON in a text
// that holds either is one as a whole.
func marked(name string, v Value) Value {
	switch v := v.(type) {
	case nil:
		return nil
	case Text:
		switch {
		case masked(string(v)):
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

// packsSecret reports whether a text is JSON with what may be a secret inside.
func packsSecret(name string, text Text) bool {
	inside := unpackAll(text)
	_, still := inside.(Text)
	return !still && HoldsSecret(marked(name, inside))
}
