package secrets_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"authsync/secrets"

	"filippo.io/age"
	"filippo.io/age/plugin"
)

// TestMain makes the test binary an age plugin when it is started under a plugin's name.
func TestMain(m *testing.M) {
	name, isPlugin := strings.CutPrefix(filepath.Base(os.Args[0]), "age-plugin-")
	name = strings.TrimSuffix(name, ".exe")
	if isPlugin {
		os.Exit(pluginMain(name))
	}
	os.Exit(m.Run())
}

// stub wraps file keys to the native key of testdata, in stanzas of its own type. Its
// manner, which is the plugin's name, makes it fail as plugins do.
type stub struct {
	manner string
	p      *plugin.Plugin
	data   string
}

const (
	works    = "stub"    // does what it is asked
	asks     = "asks"    // wants a PIN first, and gives up without
	shrugs   = "shrugs"  // wants a confirmation, and says that it is the wrong key without
	tells    = "tells"   // fails with the identity in its message
	breaks   = "breaks"  // fails
	says     = "says"    // shows a message first, and then does what it is asked
	quantum  = "quantum" // has the label of post-quantum recipients
	missing  = "missing" // is not installed
	stubData = "canary of a plugin's identity"
)

func pluginMain(manner string) int {
	p, err := plugin.New(manner)
	if err != nil {
		return 1
	}
	p.HandleRecipient(func(data []byte) (age.Recipient, error) {
		if manner == quantum {
			return labelled{stub{manner, p, string(data)}}, nil
		}
		return stub{manner, p, string(data)}, nil
	})
	p.HandleIdentity(func(data []byte) (age.Identity, error) {
		return stub{manner, p, string(data)}, nil
	})
	return p.Main()
}

func (s stub) trouble() error {
	switch s.manner {
	case asks:
		if _, err := s.p.RequestValue("PIN", true); err != nil {
			return errors.New("no PIN")
		}
	case shrugs:
		if _, err := s.p.Confirm("sure?", "yes", "no"); err != nil {
			return age.ErrIncorrectIdentity
		}
	case says:
		return s.p.DisplayMessage("touch the key")
	case tells:
		return fmt.Errorf("cannot use %s", plugin.EncodeIdentity(s.manner, []byte(s.data)))
	case breaks:
		return errors.New("no device")
	}
	return nil
}

func (s stub) Wrap(fileKey []byte) ([]*age.Stanza, error) {
	if s.manner != tells && s.manner != shrugs {
		if err := s.trouble(); err != nil {
			return nil, err
		}
	}
	// XOR is no encryption; it is enough to be undone by Unwrap alone.
	return []*age.Stanza{{Type: s.manner, Args: []string{"v1"}, Body: xor(fileKey)}}, nil
}

func (s stub) Unwrap(stanzas []*age.Stanza) ([]byte, error) {
	if err := s.trouble(); err != nil {
		return nil, err
	}
	for _, stanza := range stanzas {
		if stanza.Type == s.manner && s.data == stubData {
			return xor(stanza.Body), nil
		}
	}
	return nil, age.ErrIncorrectIdentity
}

type labelled struct{ stub }

func (l labelled) WrapWithLabels(fileKey []byte) ([]*age.Stanza, []string, error) {
	stanzas, err := l.Wrap(fileKey)
	return stanzas, []string{"postquantum"}, err
}

func xor(key []byte) []byte {
	out := make([]byte, len(key))
	for i, b := range key {
		out[i] = b ^ 0x5a
	}
	return out
}

// installPlugins puts the stub on the PATH under the names of all its manners.
func installPlugins(t *testing.T) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, manner := range []string{works, asks, shrugs, tells, breaks, says, quantum} {
		if err := os.Symlink(self, filepath.Join(dir, "age-plugin-"+manner)); err != nil {
			t.Skip("no symbolic links here:", err)
		}
	}
	t.Setenv("PATH", dir)
}

func pluginRecipient(manner string) string {
	return plugin.EncodeRecipient(manner, []byte(stubData))
}

func pluginIdentity(manner, data string) string {
	return plugin.EncodeIdentity(manner, []byte(data)) + "\n"
}

func TestPluginRoundTrip(t *testing.T) {
	installPlugins(t)
	for _, manner := range []string{works, says} {
		t.Run(manner, func(t *testing.T) { roundTrip(t, manner) })
	}
}

func roundTrip(t *testing.T, manner string) {
	v, err := secrets.Seal(secrets.NewClear(canary), somewhere, parseRecipients(t, pluginRecipient(manner)))
	if err != nil {
		t.Fatal(err)
	}
	if c, err := open(t, v, pluginIdentity(manner, stubData)); err != nil || c.Reveal() != canary {
		t.Errorf("not opened: %v", err)
	}

	_, err = open(t, v, pluginIdentity(manner, "another"))
	want := "the identity does not open it (sealed to: " + manner + ")"
	if err == nil || err.Error() != want {
		t.Errorf("error is %q, want %q", err, want)
	}
}

// TestPluginTrouble opens what is sealed to the test key with a plugin that fails: alone,
// and beside the test key, which must not be kept from being tried.
func TestPluginTrouble(t *testing.T) {
	installPlugins(t)
	key := readFile(t, "identity.txt")
	_, recipients := testKey(t)
	v, err := secrets.Seal(secrets.NewClear(canary), somewhere, recipients)
	if err != nil {
		t.Fatal(err)
	}
	const wrong = "the identity does not open it (sealed to: X25519)"
	tests := []struct {
		manner string
		asked  bool
		want   string
	}{
		{works, false, wrong},
		{asks, true, wrong + "; asks plugin: it asks for input, which needs a terminal"},
		{shrugs, true, wrong + "; shrugs plugin: it asks for input, which needs a terminal"},
		{tells, false, wrong + "; tells plugin: its message repeats the identity, and is left out"},
		{breaks, false, wrong + "; breaks plugin: no device"},
		{missing, false, wrong + `; missing plugin: couldn't start plugin: "missing" plugin not found: exec: "age-plugin-missing": executable file not found in $PATH`},
	}
	for _, tt := range tests {
		t.Run(tt.manner, func(t *testing.T) {
			_, err := open(t, v, pluginIdentity(tt.manner, stubData))
			if err == nil || err.Error() != tt.want {
				t.Fatalf("error is %q, want %q", err, tt.want)
			}
			var failed *secrets.PluginError
			if errors.As(err, &failed) && (failed.Plugin != tt.manner || failed.Asked != tt.asked) {
				t.Errorf("plugin error is %+v", failed)
			}
			if failed == nil && tt.want != wrong {
				t.Error("no plugin error inside")
			}
			if c, err := open(t, v, pluginIdentity(tt.manner, stubData)+key); err != nil || c.Reveal() != canary {
				t.Errorf("not opened beside the right key: %v", err)
			}
		})
	}
}

// TestAllPluginsAreTried has plugins that fail before the one that opens.
func TestAllPluginsAreTried(t *testing.T) {
	installPlugins(t)
	v, err := secrets.Seal(secrets.NewClear(canary), somewhere, parseRecipients(t, pluginRecipient(works)))
	if err != nil {
		t.Fatal(err)
	}
	ids := pluginIdentity(missing, stubData) + pluginIdentity(breaks, stubData) + pluginIdentity(works, stubData)
	if c, err := open(t, v, ids); err != nil || c.Reveal() != canary {
		t.Errorf("not opened: %v", err)
	}
}

func TestPluginCannotSeal(t *testing.T) {
	installPlugins(t)
	for manner, want := range map[string]string{
		breaks:  "breaks plugin: no device",
		asks:    "asks plugin: it asks for input, which needs a terminal",
		missing: `missing plugin: couldn't start plugin: "missing" plugin not found: exec: "age-plugin-missing": executable file not found in $PATH`,
	} {
		_, err := secrets.Seal(secrets.NewClear(canary), somewhere, parseRecipients(t, pluginRecipient(manner)))
		var failed *secrets.PluginError
		if !errors.As(err, &failed) || failed.Plugin != manner || err.Error() != want {
			t.Errorf("error is %q, want %q", err, want)
		}
	}
}

// A recipient and an identity of a plugin do for age what any do: the one wraps a file's
// key so that the other finds it.
func TestPluginIsARecipientOfAge(t *testing.T) {
	installPlugins(t)
	key := []byte("a file key of 16")
	for _, recipient := range parseRecipients(t, pluginRecipient(works)) {
		stanzas, err := recipient.Wrap(key)
		if err != nil || len(stanzas) != 1 || stanzas[0].Type != works || string(xor(stanzas[0].Body)) != string(key) {
			t.Errorf("%v, %v", stanzas, err)
		}
	}
}
