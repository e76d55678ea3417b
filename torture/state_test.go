package torture

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"sort"
	"strings"
)

// idFields are the names under which services show the ids that they give.
var idFields = []string{"KeyId", "KeyID", "_id", "id", "Id"}

// labels say by which field an object that the service has named is known.
var labels = []string{"Name", "connector_id", "code"}

// live is what a sandbox holds, made comparable, and what is left out of that.
type live struct {
	text   string            // all of it without what differs from run to run
	labels map[string]string // of objects whose id the service gave, by id
	tokens map[string]string // of API keys, by id
}

// liveIn reads a sandbox's state. Two that came about in different ways read
// the same if they hold the same: ids that the service gave and tokens are left
// out, objects are in the order of what they hold, and passwords are opened.
func liveIn(state []byte) (live, error) {
	l := live{labels: map[string]string{}, tokens: map[string]string{}}
	var all any
	if err := json.Unmarshal(state, &all); err != nil {
		return l, err
	}
	text, err := json.MarshalIndent(l.normal(all), "", " ")
	l.text = string(text)
	return l, err
}

// underived is what is live without the endpoints that the service derived from an
// issuer that changed. Of two runs that write the same issuer, the later may have
// read before the former wrote: to the service that issuer is no other one, so that
// it derives nothing, and the later body, whole, has no endpoints. The service takes
// no write under a condition, so that nobody can prevent it.
func underived(before, after []byte) ([]byte, error) {
	var was, is any
	if err := errors.Join(json.Unmarshal(before, &was), json.Unmarshal(after, &is)); err != nil {
		return nil, err
	}
	forget(was, is)
	return json.Marshal(is)
}

func forget(was, is any) {
	old, _ := was.(map[string]any)
	object, _ := is.(map[string]any)
	issuer, _ := object["Issuer"].(string)
	moved := old["Issuer"] != nil && issuer != "" && old["Issuer"] != issuer
	for name, inner := range object {
		if text, ok := inner.(string); ok && moved && strings.HasPrefix(text, issuer+"/oauth2/") {
			delete(object, name)
		}
		forget(old[name], inner)
	}
}

func (l live) normal(v any) any {
	switch v := v.(type) {
	case map[string]any:
		if len(v) > 0 && keyedByID(v) {
			return l.shelf(v)
		}
		normal := map[string]any{}
		for name, inner := range v {
			if name == "Id" && v["Domain"] != nil {
				continue // given by the service: a domain is known by itself
			}
			if name == "updated_at" || name == "UpdateAt" {
				continue // a fault may set it back
			}
			if name == "customLoginKey" {
				normal[name] = l.loginKeys(inner)
				continue
			}
			if text, ok := inner.(string); ok && name == "Ext" {
				normal[name] = opened(text)
				continue
			}
			normal[name] = l.normal(inner)
		}
		return normal
	case []any:
		normal := make([]any, len(v))
		for i, inner := range v {
			normal[i] = l.normal(inner)
		}
		return normal
	}
	return v
}

// keyedByID reports whether each entry is an object that has its key as id.
func keyedByID(v map[string]any) bool {
	for key, inner := range v {
		object, _ := inner.(map[string]any)
		if idOf(object) != key {
			return false
		}
	}
	return true
}

func idOf(object map[string]any) string {
	for _, name := range idFields {
		if id, ok := object[name].(string); ok {
			return id
		}
	}
	return ""
}

// shelf lists objects without the ids that the service gave them.
func (l live) shelf(v map[string]any) []any {
	list := make([]string, 0, len(v))
	for id, inner := range v {
		object := l.normal(inner).(map[string]any)
		for _, label := range labels {
			if text, ok := object[label].(string); ok {
				l.labels[id] = text
			}
		}
		if token, ok := object["ApiKey"].(string); ok {
			l.tokens[id] = token
			delete(object, "ApiKey")
		}
		if l.labels[id] != "" {
			for _, name := range idFields {
				delete(object, name)
			}
		}
		text, err := json.Marshal(object)
		if err != nil {
			panic(err) // it was JSON before
		}
		list = append(list, string(text))
	}
	sort.Strings(list)
	var shelf []any
	for _, text := range list {
		shelf = append(shelf, json.RawMessage(text))
	}
	return shelf
}

// loginKeys are how many keys have no end, of which the service keeps the public
// halves. Those that have one are of calls whose answers were lost.
func (l live) loginKeys(v any) any {
	count := 0
	keys, _ := v.(map[string]any)
	for id, inner := range keys {
		if key, _ := inner.(map[string]any); key["ExpireTime"] == nil {
			l.tokens[id], _ = key["PublicKey"].(string)
			count++
		}
	}
	return count
}

// shown is a token as the service knows it: of a private key, the public half.
func shown(token string) string {
	block, _ := pem.Decode([]byte(token))
	if block == nil {
		return token
	}
	pair, err := x509.ParsePKCS1PrivateKey(block.Bytes)
	if err != nil {
		return token
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "RSA PUBLIC KEY", Bytes: x509.MarshalPKCS1PublicKey(&pair.PublicKey)}))
}

// opened is an integration's ext with its passwords in clear: the base64 of 16
// bytes, and right behind it that of an AES-256-CBC text.
func opened(ext string) any {
	var fields map[string]any
	if json.Unmarshal([]byte(ext), &fields) != nil {
		return ext
	}
	for name, v := range fields {
		if text, ok := v.(string); ok {
			fields[name] = openedText(text)
		}
	}
	return fields
}

func openedText(sealed string) string {
	const ivText = 24
	if len(sealed) <= ivText || !strings.HasSuffix(sealed[:ivText], "==") {
		return sealed
	}
	iv, err := base64.StdEncoding.DecodeString(sealed[:ivText])
	text, err2 := base64.StdEncoding.DecodeString(sealed[ivText:])
	if err != nil || err2 != nil || len(text)%aes.BlockSize != 0 {
		return sealed
	}
	block, err := aes.NewCipher([]byte(integrationKey))
	if err != nil {
		panic(err) // the key is a constant
	}
	cipher.NewCBCDecrypter(block, iv).CryptBlocks(text, text)
	return fmt.Sprintf("opened %q", text)
}
