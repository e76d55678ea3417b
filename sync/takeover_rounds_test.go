package sync_test

import (
	"errors"
	"strings"
	"testing"

	"authsync/remote/sandbox"
	"authsync/remote/transport"
	"authsync/schema"
	"authsync/sync"
)

// A text is read again until it says what was taken over: what it cannot say is left,
// what a Base still states is cleared, and what that brings up is taken over too.
func TestTakeOverReadsAgain(t *testing.T) {
	const git = "clients: {default: {maxDevice: 5}}\nproviders: {github: {providerType: OAUTH, name: {message: G}, picture: \"https://a.example/p.png\", config: {clientId: a}}}\n"
	const live = "clients: {default: {maxDevice: 7, refreshTokenExpiresIn: 3d}}\nproviders: {corp: {providerType: OAUTH, name: {message: C}, config: {clientId: live-c}}, github: {providerType: OAUTH, name: {message: G}, config: {clientId: a}}}\n"
	fault := func(path string) []*schema.Fault {
		return []*schema.Fault{{Path: strings.Split(path, "."), Text: "is too much"}}
	}
	failed := errors.New("cannot be read")
	type load = func(round int, text string) (string, []*schema.Fault, error)
	for _, row := range []struct {
		name string
		load load
		want []string // parts of the text
		not  []string
		left sync.Reason
		err  error
	}{
		{name: "at once", load: func(_ int, text string) (string, []*schema.Fault, error) { return text, nil, nil },
			want: []string{"maxDevice: 7"}, not: []string{"p.png"}},
		{name: "one field cannot be said", load: func(round int, text string) (string, []*schema.Fault, error) {
			if round == 0 {
				return "", fault("clients.default.maxDevice"), nil
			}
			return text, nil, nil
		}, want: []string{"maxDevice: 5"}, not: []string{"p.png"}, left: sync.Unsayable},
		{name: "what was never taken over cannot be said", load: func(int, string) (string, []*schema.Fault, error) {
			return "", fault("login.emailLogin"), nil
		}, err: new(sync.UnsayableError)},
		{name: "it cannot be read", load: func(int, string) (string, []*schema.Fault, error) { return "", nil, failed }, err: failed},
		{name: "a base brings another field", load: func(_ int, text string) (string, []*schema.Fault, error) {
			if !strings.Contains(text, "refreshTokenExpiresIn") {
				text = strings.Replace(text, "maxDevice: 7", "maxDevice: 7, refreshTokenExpiresIn: 9d", 1)
			}
			return text, nil, nil
		}, want: []string{"maxDevice: 7", "refreshTokenExpiresIn: 3d"}, not: []string{"9d"}},
		{name: "a base states what was taken out", load: func(_ int, text string) (string, []*schema.Fault, error) {
			if !strings.Contains(text, "picture") {
				text = strings.Replace(text, "config: ", "picture: \"https://base.example/p.png\", config: ", 1)
			}
			return text, nil, nil
		}, want: []string{"picture: null"}, not: []string{"p.png"}},
		{name: "a base brings another object", load: func(_ int, text string) (string, []*schema.Fault, error) {
			if !strings.Contains(text, "live-c") {
				text = strings.Replace(text, "providers: {", "providers: {corp: {providerType: OAUTH, name: {message: C}, config: {clientId: base-c}}, ", 1)
			}
			return text, nil, nil
		}, want: []string{"maxDevice: 7", "live-c"}, not: []string{"base-c"}},
		{name: "a base brings a field, and an object that live has not", load: func(_ int, text string) (string, []*schema.Fault, error) {
			if !strings.Contains(text, "refreshTokenExpiresIn") {
				text = strings.Replace(text, "maxDevice: 7", "maxDevice: 7, refreshTokenExpiresIn: 9d", 1)
			}
			return strings.Replace(text, "providers: {", "providers: {lost: {providerType: OAUTH, name: {message: L}, config: {clientId: l}}, ", 1), nil, nil
		}, want: []string{"refreshTokenExpiresIn: 3d"}, not: []string{"lost"}},
		{name: "what a base brings is stronger than live", load: func(_ int, text string) (string, []*schema.Fault, error) {
			if !strings.Contains(text, "refreshTokenExpiresIn") {
				text = strings.Replace(text, "maxDevice: 7", "maxDevice: 7, refreshTokenExpiresIn: 1d", 1)
			}
			return text, nil, nil
		}, want: []string{"refreshTokenExpiresIn: 3d"}, not: []string{"1d"}},
		{name: "a base brings an object that live has not", load: func(_ int, text string) (string, []*schema.Fault, error) {
			return strings.Replace(text, "providers: {", "providers: {lost: {providerType: OAUTH, name: {message: L}, config: {clientId: l}}, ", 1), nil, nil
		}, want: []string{"maxDevice: 7"}, not: []string{"lost"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			w := newWorld(t, transport.Options{})
			w.put(t, sandbox.Options{}, live)
			site := w.site(t, manifest(t, git, schema.SecretsSealed))
			read := w.read(t, site, sync.Options{Others: sync.OthersWhole})
			keys := &sealedHere{w.keys}
			over, err := sync.TakeOver(site, read, sync.Takes{Losing: true}, keys.seal)
			if err != nil {
				t.Fatal(err)
			}
			round := -1
			text, err := over.Rewrite(site, read, sync.Takes{Losing: true}, keys.seal, []byte(manifestHead+git), func(text []byte) (*schema.Environment, []*schema.Fault, error) {
				round++
				stands, faults, err := row.load(round, string(text))
				if len(faults) > 0 || err != nil {
					return nil, faults, err
				}
				return readManifest(t, stands, schema.SecretsSealed), nil, nil
			})
			var unsayable *sync.UnsayableError
			switch {
			case row.err == failed:
				if !errors.Is(err, failed) {
					t.Error(err)
				}
				return
			case row.err != nil:
				if !errors.As(err, &unsayable) || err.Error() != "is too much" {
					t.Error(err)
				}
				return
			case err != nil:
				t.Fatal(err)
			}
			for _, part := range row.want {
				if !strings.Contains(string(text), part) {
					t.Errorf("%s is not in\n%s", part, text)
				}
			}
			for _, part := range row.not {
				if strings.Contains(string(text), part) {
					t.Errorf("%s is in\n%s", part, text)
				}
			}
			if row.left != "" && (len(over.Left) != 1 || over.Left[0].Why != row.left || over.Left[0].Fault != "is too much") {
				t.Errorf("%+v", over.Left)
			}
		})
	}
}
