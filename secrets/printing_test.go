package secrets_test

import (
	"bytes"
	"encoding"
	"encoding/base64"
	"encoding/gob"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"strings"
	"testing"

	"authsync/secrets"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"
)

// canary begins every secret of these tests. Its length is a multiple of three, so that
// base64 of a text that begins with it begins with its base64.
const canary = "canary"

// traces are the spellings in which a printed secret would show.
var traces = []string{
	canary,
	strings.ToUpper(canary),
	hex.EncodeToString([]byte(canary)),
	strings.ToUpper(hex.EncodeToString([]byte(canary))),
	base64.StdEncoding.EncodeToString([]byte(canary)),
	"99 97 110 97 114 121",
	"99, 97, 110, 97, 114, 121",
	"99,97,110,97,114,121",
	"0x63, 0x61, 0x6e, 0x61, 0x72, 0x79",
	"63 61 6e 61 72 79",
	"63 61 6E 61 72 79",
}

func checkSilent(t *testing.T, where, output string) {
	t.Helper()
	for _, trace := range traces {
		if strings.Contains(output, trace) {
			t.Errorf("%s shows the secret as %q", where, trace)
		}
	}
}

// A fmt verb cannot call the methods of a value in an unexported field, so these are
// the hard cases.
type (
	unexported struct {
		v  secrets.Value
		c  secrets.Clear
		pv *secrets.Value
		pc *secrets.Clear
		m  map[string]secrets.Clear
		l  []secrets.Value
		i  any
	}
	exported struct {
		V  secrets.Value
		C  secrets.Clear
		PV *secrets.Value
		PC *secrets.Clear
		M  map[string]secrets.Clear
		L  []secrets.Value
	}
	embedded      struct{ secrets.Value }
	embeddedClear struct{ secrets.Clear }
	failure       struct{ c secrets.Clear }
	bare          struct {
		A string
		B []byte
	}
)

func (f failure) Error() string { return fmt.Sprintf("refused %v, %#v", f.c, f.c) }

// holders returns what may hold a secret: forms and clear, alone and in everything that
// can hold them.
func holders(secret string) map[string]any {
	held := make(map[string]any)
	c := secrets.NewClear(secret)
	for _, v := range []secrets.Value{
		secrets.Plain(secret), secrets.Sealed(secret, somewhere), secrets.Hidden(secret),
	} {
		name := v.String() + " "
		held[name+"alone"] = v
		held[name+"pointer"] = &v
		held[name+"exported"] = exported{v, c, &v, &c, map[string]secrets.Clear{"k": c}, []secrets.Value{v}}
		held[name+"unexported"] = unexported{v, c, &v, &c, map[string]secrets.Clear{"k": c}, []secrets.Value{v}, v}
		held[name+"pointer to unexported"] = &unexported{v: v, c: c, pv: &v, i: c}
		held[name+"embedded"] = embedded{v}
		held[name+"slice"] = []secrets.Value{v, v}
		held[name+"slice of any"] = []any{v, &v, c, &c}
		held[name+"map value"] = map[string]secrets.Value{"k": v}
		held[name+"map key"] = map[secrets.Value]string{v: "x"}
		held[name+"array"] = [1]secrets.Value{v}
		held[name+"error"] = fmt.Errorf("refused %v %+v %#v %s %q %x", v, v, v, v, v, v)
	}
	held["clear alone"] = c
	held["clear pointer"] = &c
	held["clear embedded"] = embeddedClear{c}
	held["clear slice"] = []secrets.Clear{c}
	held["clear map value"] = map[string]secrets.Clear{"k": c}
	held["clear in an error"] = failure{c}
	return held
}

// printers are all the ways to make text of anything.
func printers() map[string]func(any) string {
	all := make(map[string]func(any) string)
	for _, verb := range "vTtbcdoOqxXUeEfFgGspw" {
		for _, flag := range []string{"", "+", "#", "-", "0", " ", "+#", "20", ".3", "20.90"} {
			format := "%" + flag + string(verb)
			all[format] = func(a any) string { return fmt.Sprintf(format, a) }
		}
	}
	all["Print"] = func(a any) string { return fmt.Sprint(a) }
	all["Errorf"] = func(a any) string { return fmt.Errorf("wrapped: %w", errors.Join(fmt.Errorf("%v", a))).Error() }
	all["json"] = func(a any) string { return encoded(json.Marshal(a)) }
	all["xml"] = func(a any) string { return encoded(xml.Marshal(a)) }
	all["yaml"] = func(a any) string { return encoded(yaml.Marshal(a)) }
	all["gob"] = func(a any) string {
		var b bytes.Buffer
		err := gob.NewEncoder(&b).Encode(a)
		return encoded(b.Bytes(), err)
	}
	all["slog text"] = func(a any) string {
		var b strings.Builder
		slog.New(slog.NewTextHandler(&b, nil)).Info("m", "a", a, "g", slog.GroupValue(slog.Any("a", a)))
		return b.String()
	}
	all["slog json"] = func(a any) string {
		var b strings.Builder
		slog.New(slog.NewJSONHandler(&b, nil)).Info("m", "a", a, "g", slog.GroupValue(slog.Any("a", a)))
		return b.String()
	}
	all["go-cmp"] = func(a any) string {
		everything := cmp.Exporter(func(reflect.Type) bool { return true })
		return cmp.Diff(a, reflect.Zero(reflect.TypeOf(a)).Interface(), everything)
	}
	return all
}

// encoded gives output and error together: both are looked through.
func encoded(text []byte, err error) string { return fmt.Sprintf("%s %v", text, err) }

func TestNothingPrintsASecret(t *testing.T) {
	held := holders(canary + " of a secret")
	for how, print := range printers() {
		for what, holder := range held {
			checkSilent(t, how+" of "+what, print(holder))
		}
	}
}

// TestCheckSilentSees keeps the test above from passing because it looks for nothing.
func TestCheckSilentSees(t *testing.T) {
	for how, print := range printers() {
		switch how {
		case "go-cmp", "gob":
			continue // they may say nothing of a bare string
		}
		if how[0] == '%' && !strings.ContainsAny(how[len(how)-1:], "vsqxX") || strings.HasSuffix(strings.TrimRight(how, "vsqxX"), ".3") {
			continue // verbs that are not for strings, and those that cut it short
		}
		output := print(bare{canary, []byte(canary)})
		seen := false
		for _, trace := range traces {
			seen = seen || strings.Contains(output, trace)
		}
		if !seen {
			t.Errorf("%s: a string in clear would not be seen in %q", how, output)
		}
	}
}

// silent is what printers look for. A type with all of it has the last word everywhere.
type silent interface {
	fmt.Stringer
	fmt.Formatter
	fmt.GoStringer
	json.Marshaler
	encoding.TextMarshaler
	yaml.Marshaler
	slog.LogValuer
	gob.GobEncoder
}

var (
	_ silent = secrets.Value{}
	_ silent = secrets.Clear{}
)

// TestEveryPrinterSaysTheSame states what is printed, where methods can be called.
func TestEveryPrinterSaysTheSame(t *testing.T) {
	values := map[string]silent{
		"":            secrets.Value{},
		"(sealed)":    secrets.Sealed("x", somewhere),
		"(env TOKEN)": secrets.Env("TOKEN"),
		"(in clear)":  secrets.Plain("x"),
		"(hidden)":    secrets.Hidden("x"),
		"(secret)":    secrets.NewClear("x"),
	}
	for want, v := range values {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%U", "%20s"} {
			if got := fmt.Sprintf(verb, v); got != want {
				t.Errorf("%s gives %q for %q", verb, got, want)
			}
		}
		if got, _ := json.Marshal(map[string]any{"k": v}); string(got) != `{"k":"`+want+`"}` {
			t.Errorf("JSON gives %s for %q", got, want)
		}
		var node map[string]string
		got, err := yaml.Marshal(map[string]any{"k": v})
		if err := errors.Join(err, yaml.Unmarshal(got, &node)); err != nil || node["k"] != want {
			t.Errorf("YAML gives %s for %q: %v", got, want, err)
		}
		if got := v.GoString(); got != want {
			t.Errorf("GoString gives %q for %q", got, want)
		}
		if got := v.LogValue().String(); got != want {
			t.Errorf("slog gives %q for %q", got, want)
		}
		if err := gob.NewEncoder(new(bytes.Buffer)).Encode(v); err == nil || err.Error() != "a secret cannot be encoded as gob" {
			t.Errorf("gob of %q gives the error %v", want, err)
		}
	}
}

// TestOmitted has the zero Value left out where the field says so, and no other one.
func TestOmitted(t *testing.T) {
	type object struct {
		Secret secrets.Value `yaml:"secret,omitempty" json:"secret,omitzero"`
	}
	for _, tt := range []struct {
		value      secrets.Value
		yaml, json string
	}{
		{secrets.Value{}, "{}\n", `{}`},
		{secrets.Plain(""), "secret: (in clear)\n", `{"secret":"(in clear)"}`},
	} {
		asYAML, err := yaml.Marshal(object{tt.value})
		if err != nil || string(asYAML) != tt.yaml {
			t.Errorf("YAML of %q is %q, %v", tt.value, asYAML, err)
		}
		asJSON, err := json.Marshal(object{tt.value})
		if err != nil || string(asJSON) != tt.json {
			t.Errorf("JSON of %q is %q, %v", tt.value, asJSON, err)
		}
	}
}

// TestReflectionFindsNoText walks a value as a printer by reflection would, through
// unexported fields and pointers, and finds no text that holds the secret.
func TestReflectionFindsNoText(t *testing.T) {
	for what, holder := range holders(canary + " of a secret") {
		var walk func(v reflect.Value, depth int)
		walk = func(v reflect.Value, depth int) {
			if depth > 12 {
				return
			}
			switch v.Kind() {
			case reflect.String:
				checkSilent(t, "a string inside "+what, v.String())
			case reflect.Slice, reflect.Array:
				for i := range v.Len() {
					if v.Index(i).Kind() == reflect.Uint8 {
						t.Errorf("%s holds bytes", what)
						return
					}
					walk(v.Index(i), depth+1)
				}
			case reflect.Map:
				for _, key := range v.MapKeys() {
					walk(key, depth+1)
					walk(v.MapIndex(key), depth+1)
				}
			case reflect.Struct:
				for i := range v.NumField() {
					walk(v.Field(i), depth+1)
				}
			case reflect.Pointer, reflect.Interface:
				if !v.IsNil() {
					walk(v.Elem(), depth+1)
				}
			}
		}
		walk(reflect.ValueOf(holder), 0)
	}
}

func FuzzPrint(f *testing.F) {
	f.Add("", "%v")
	f.Add("\x00\xff\u2028<>&", "%[1]*.[1]*[1]s")
	f.Add("%s%v\n", "%#+ 020.3x")
	all := printers()
	f.Fuzz(func(t *testing.T, secret, format string) {
		for _, trace := range traces {
			if strings.Contains(format, trace) {
				t.Skip("the format itself has the trace")
			}
		}
		held := holders(canary + secret)
		for what, holder := range held {
			if len(format) < 64 && !strings.ContainsAny(format, "*123456789") { // widths make long output
				checkSilent(t, "the format on "+what, fmt.Sprintf(format, holder))
			}
			for _, how := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d", "json", "yaml", "slog text", "go-cmp"} {
				checkSilent(t, how+" of "+what, all[how](holder))
			}
		}
	})
}
