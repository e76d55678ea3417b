package cloudbase

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"pgregory.net/rapid"
)

const (
	extKey      = "sandbox-sandbox-sandbox-sandbox-"
	extOtherKey = "another-another-another-another-"
)

// The sealed texts are those of aesEncryptWithIv in lib/integration/crypto.js of
// @cloudbase/manager-node 5.6.5.
var sealedByTheSDK = []struct{ name, key, iv, clear, sealed string }{
	{"empty", extKey, "000102030405060708090a0b0c0d0e0f", "",
		"AAECAwQFBgcICQoLDA0ODw==be2RP1EaofveVvOirTKEBg=="},
	{"a letter", extKey, "000102030405060708090a0b0c0d0e0f", "a",
		"AAECAwQFBgcICQoLDA0ODw==woHECGAuxMXC6ZEgM7jKOA=="},
	{"a block", extKey, "000102030405060708090a0b0c0d0e0f", "0123456789abcdef",
		"AAECAwQFBgcICQoLDA0ODw==ARgSeOKqANYZyfykErt+9Cehp5J9D5bmfjIRVZ9e5uQ="},
	{"a block and a letter", extKey, "f0e1d2c3b4a5968778695a4b3c2d1e0f", "0123456789abcdefg",
		"8OHSw7Sllod4aVpLPC0eDw==uw86Sbt8fPKc9cqakRhDTbTN2j09xKRi5hE22Eo/ww4="},
	{"Chinese", extKey, "f0e1d2c3b4a5968778695a4b3c2d1e0f", "商户密钥",
		"8OHSw7Sllod4aVpLPC0eDw==6tk1d7YTbuaBFqNwup1X7w=="},
	{"a PEM key in one line", extKey, "000102030405060708090a0b0c0d0e0f", `-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\n-----END PRIVATE KEY-----\n`,
		"AAECAwQFBgcICQoLDA0ODw==90llrnM3KhYIUjuSr3t9wFZliJjcloAbafBGigqQt2T9olbKNMEocjLIMVYivRGeWme/eyCN5sZgO1ZivYGfCJmsoficHk52Mr2g5t/4byI="},
	{"a key of 32 bytes and 12 characters", "密钥密钥密钥密钥密钥ab", "000102030405060708090a0b0c0d0e0f", "secret",
		"AAECAwQFBgcICQoLDA0ODw==WG16W2Ypc49GzlSrXNU51g=="},
}

func TestExtAsTheSDK(t *testing.T) {
	for _, test := range sealedByTheSDK {
		t.Run(test.name, func(t *testing.T) {
			iv, err := hex.DecodeString(test.iv)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := sealExt(test.key, test.clear, bytes.NewReader(iv)); got != test.sealed || err != nil {
				t.Errorf("sealed: got %q, %v", got, err)
			}
			if got, err := openExt(test.key, test.sealed); got != test.clear || err != nil {
				t.Errorf("opened: got %q, %v", got, err)
			}
			if !looksSealed(test.sealed) {
				t.Error("does not look sealed")
			}
		})
	}
}

func TestOpenExtRefuses(t *testing.T) {
	const sealed = "AAECAwQFBgcICQoLDA0ODw==woHECGAuxMXC6ZEgM7jKOA=="
	for _, test := range []struct {
		name, key, text string
		want            error
	}{
		{"a short key", extKey[1:], sealed, errIntegrationKey},
		{"a long key", extKey + "-", sealed, errIntegrationKey},
		{"32 characters and more bytes", strings.Repeat("é", 32), sealed, errIntegrationKey},
		{"no key", "", sealed, errIntegrationKey},

		{"nothing", extKey, "", errNotSealed},
		{"a clear text", extKey, "secret", errNotSealed},
		{"24 characters", extKey, sealed[:24], errNotSealed},
		{"a long clear text", extKey, strings.Repeat("secret", 20), errNotSealed},
		{"half a block", extKey, sealed[:24] + "woHECGAuxMU=", errNotSealed},
		{"a block and a half", extKey, sealed + "woHECGAuxMU=", errNotSealed},
		{"cut off", extKey, sealed[:len(sealed)-1], errNotSealed},
		{"a vector of 18 bytes", extKey, "AAECAwQFBgcICQoLDA0ODxAR" + sealed[24:], errNotSealed},
		{"a vector of 17 bytes", extKey, "AAECAwQFBgcICQoLDA0ODxA=" + sealed[24:], errNotSealed},
		{"loose bits", extKey, "AAECAwQFBgcICQoLDA0ODx==" + sealed[24:], errNotSealed},
		{"a line break", extKey, sealed + "\n", errNotSealed},
		{"a space before it", extKey, " " + sealed, errNotSealed},
		{"the alphabet of urls", extKey, sealed[:24] + "ARgSeOKqANYZyfykErt-9A==", errNotSealed},

		{"another key: wrong padding", extOtherKey, sealed, errWrongIntegrationKey},
		{"another key: right padding, not UTF-8", extOtherKey, "AAAAAAAAAAAAAAAAAAAA/Q==IOTd4H58qbQijiGDUGTNHw==", errWrongIntegrationKey},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := openExt(test.key, test.text)
			if got != "" || !errors.Is(err, test.want) {
				t.Errorf("got %q, %v; want %v", got, err, test.want)
			}
		})
	}
}

// The text of the last row above is a good one, under its own key.
func TestOpenExtOfRightPadding(t *testing.T) {
	if got, err := openExt(extKey, "AAAAAAAAAAAAAAAAAAAA/Q==IOTd4H58qbQijiGDUGTNHw=="); got != "secret" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestSealExtRefuses(t *testing.T) {
	broken := errors.New("no entropy")
	for _, test := range []struct {
		name, key, clear string
		random           io.Reader
		want             error // nil: any
	}{
		{"a short key", "short", "secret", rand.Reader, errIntegrationKey},
		{"no key", "", "secret", rand.Reader, errIntegrationKey},
		{"what is sealed", extKey, sealedByTheSDK[1].sealed, rand.Reader, errAlreadySealed},
		{"what is sealed with another key", extOtherKey, sealedByTheSDK[1].sealed, rand.Reader, errAlreadySealed},
		{"not UTF-8", extKey, "secret\xff", rand.Reader, nil},
		{"no randomness", extKey, "secret", iotest.ErrReader(broken), broken},
		{"too little randomness", extKey, "secret", strings.NewReader("fifteen bytes.."), io.ErrUnexpectedEOF},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := sealExt(test.key, test.clear, test.random)
			if got != "" || err == nil || test.want != nil && !errors.Is(err, test.want) {
				t.Errorf("got %q, %v; want %v", got, err, test.want)
			}
			if err != nil && strings.Contains(err.Error(), "secret") {
				t.Errorf("the error holds the text: %v", err)
			}
		})
	}
}

func TestSealedExtOpens(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		clear := rapid.String().Draw(t, "clear")
		key := string(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "key"))
		sealed, err := sealExt(key, clear, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := openExt(key, sealed); got != clear || err != nil {
			t.Fatalf("got %q, %v", got, err)
		}
		if again, err := sealExt(key, clear, rand.Reader); again == sealed || err != nil {
			t.Fatalf("sealed twice: the same text, or %v", err)
		}
		if twice, err := sealExt(key, sealed, rand.Reader); twice != "" || !errors.Is(err, errAlreadySealed) {
			t.Fatalf("what is sealed: got %q, %v", twice, err)
		}
	})
}

// FuzzOpenExt: whatever the text, it opens to UTF-8, or to nothing and an error
// that says which of the two ends is wrong.
func FuzzOpenExt(f *testing.F) {
	for _, test := range sealedByTheSDK {
		f.Add(test.key, test.sealed)
		f.Add(extOtherKey, test.sealed)
		f.Add(test.key, test.clear)
	}
	f.Fuzz(func(t *testing.T, key, text string) {
		clear, err := openExt(key, text)
		switch {
		case err == nil && !utf8.ValidString(clear):
			t.Errorf("opened to %q", clear)
		case err != nil && clear != "":
			t.Errorf("%v, and %q", err, clear)
		case len(key) != 32:
			if !errors.Is(err, errIntegrationKey) {
				t.Error(err)
			}
		case looksSealed(text) == errors.Is(err, errNotSealed):
			t.Errorf("looks sealed: %t; %v", looksSealed(text), err)
		}
	})
}
