package secrets_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"authsync/secrets"

	"filippo.io/age"
	"github.com/google/go-cmp/cmp"
)

const forms = "; accepted are age1..., age1pq1..., age1tag1..., age1NAME1... of a plugin, ssh-ed25519 and ssh-rsa"

// tagged is the recipient of a hardware key, of the kind that needs a plugin only to open.
const tagged = "age1tag1qwe0kafsjrar4txm6heqnhpfuggzr0gvznz7fvygxrlq90u5mq2pysxtw6h"

func TestParseRecipients(t *testing.T) {
	x := newX25519(t)
	pq := newHybrid(t)
	ed := newEd25519(t)
	names := func(recipients []age.Recipient) []string {
		var list []string
		for _, r := range recipients {
			list = append(list, fmt.Sprint(r))
		}
		return list
	}
	tests := []struct {
		name  string
		texts []string
		want  []string
	}{
		{"none", nil, nil},
		{"X25519", []string{x.recipient}, []string{x.recipient}},
		{"post-quantum", []string{pq.recipient}, []string{pq.recipient}},
		{"tag", []string{tagged}, []string{tagged}},
		{"plugin, not installed", []string{pluginRecipient(missing)}, []string{pluginRecipient(missing)}},
		{"SSH", []string{ed.recipient}, []string{ed.recipient}},
		{"white space", []string{" " + x.recipient + "\n"}, []string{x.recipient}},
		{"one of each classic sort", []string{x.recipient, ed.recipient, pluginRecipient(works)},
			[]string{x.recipient, ed.recipient, pluginRecipient(works)}},
		{"seen before", []string{x.recipient, ed.recipient, x.recipient + " ", ed.recipient + " comment"},
			[]string{x.recipient, ed.recipient}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := secrets.ParseRecipients(tt.texts)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, names(got)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestParseRecipientsRefuses(t *testing.T) {
	x := newX25519(t)
	mistyped := x.recipient[:len(x.recipient)-1] + "b" // no letter of Bech32
	short := x.recipient[:16] + "..." + mistyped[len(mistyped)-8:]
	tests := []struct {
		name, text string
		want       string
	}{
		{"empty", " ", "recipient 2: it is empty"},
		{"two lines", x.recipient + "\n" + x.recipient, "recipient 2 (" + x.recipient[:16] + "..." + x.recipient[len(x.recipient)-8:] + "): more than one line"},
		{"mistyped", mistyped, "recipient 2 (" + short + "): malformed X25519 recipient: mistyped or cut off"},
		{"cut off", "age1pq1qqqq", "recipient 2 (age1pq1qqqq): malformed post-quantum recipient: mistyped or cut off"},
		{"plugin's, mistyped", "age1stub1qqqqqqqq", "recipient 2 (age1stub1qqqqqqqq): malformed plugin recipient: mistyped or cut off"},
		{"tag, mistyped", "age1tag1qqqqqqqq", "recipient 2 (age1tag1qqqqqqqq): malformed tag recipient: mistyped or cut off"},
		{"SSH, cut off", "ssh-ed25519 AAAA", "recipient 2 (ssh-ed25519 AAAA): malformed or unsupported SSH key, or RSA of less than 2048 bits"},
		{"SSH that can only sign", "ecdsa-sha2-nistp256 AAAA", "recipient 2 (ecdsa-sha2-nistp256 AAAA): this type of SSH key can only sign"},
		{"SSH hardware key", "sk-ssh-ed25519@openssh.com AAAA", "recipient 2 (sk-ssh-ed25519@o...com AAAA): this type of SSH key can only sign"},
		{"github", "github:someone", "recipient 2 (github:someone): age has no github: recipients; give the SSH keys themselves"},
		{"identity", x.identity, "recipient 2: this is an identity, which is private, and not a recipient"},
		{"plugin's identity", pluginIdentity(works, stubData), "recipient 2: this is an identity, which is private, and not a recipient"},
		{"SSH identity", "-----BEGIN OPENSSH PRIVATE KEY-----", "recipient 2: this is an identity, which is private, and not a recipient"},
		{"anything", canary, "recipient 2: not a recipient"},
		{"control characters", "age1\x1b[31m\x00", "recipient 2 (age1 [31m ): malformed plugin recipient: mistyped or cut off"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := secrets.ParseRecipients([]string{x.recipient, tt.text})
			if err == nil {
				t.Fatal("accepted")
			}
			if diff := cmp.Diff(tt.want+forms, err.Error()); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			var fault *secrets.RecipientError
			if !errors.As(err, &fault) || fault.Index != 1 {
				t.Errorf("error is %#v", err)
			}
			checkSilent(t, "the error", err.Error())
			if strings.Contains(err.Error(), "SECRET-KEY") || strings.Contains(err.Error(), "AGE-PLUGIN") {
				t.Error("the error quotes an identity")
			}
		})
	}
}

func TestParseRecipientsTellsAllFaults(t *testing.T) {
	_, err := secrets.ParseRecipients([]string{"", newX25519(t).recipient, canary})
	want := "recipient 1: it is empty" + forms + "\nrecipient 3: not a recipient" + forms
	if err == nil || err.Error() != want {
		t.Errorf("error is %q, want %q", err, want)
	}
}

func TestMixedRecipients(t *testing.T) {
	installPlugins(t)
	short := func(text string) string { return text[:16] + "..." + text[len(text)-8:] }
	x, pq, ed := newX25519(t).recipient, newHybrid(t).recipient, newEd25519(t).recipient
	external := pluginRecipient(quantum)
	tests := []struct {
		name    string
		texts   []string
		parsing bool // whether it shows before anything is sealed
		want    secrets.MixedRecipientsError
	}{
		{"built in", []string{x, pq, ed}, true,
			secrets.MixedRecipientsError{PostQuantum: []string{short(pq)}, Classic: []string{short(x), short(ed)}}},
		{"by a plugin", []string{ed, external}, false,
			secrets.MixedRecipientsError{PostQuantum: []string{short(external)}, Classic: []string{short(ed)}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			recipients, err := secrets.ParseRecipients(tt.texts)
			if (err != nil) != tt.parsing {
				t.Fatalf("parsing gives %v", err)
			}
			if err == nil {
				_, err = secrets.Seal(secrets.NewClear(canary), somewhere, recipients)
			}
			var mixed *secrets.MixedRecipientsError
			if !errors.As(err, &mixed) {
				t.Fatalf("error is %v", err)
			}
			if diff := cmp.Diff(tt.want, *mixed); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}

	t.Run("message", func(t *testing.T) {
		err := &secrets.MixedRecipientsError{PostQuantum: []string{"a"}, Classic: []string{"b", "c"}, Other: []string{"d"}}
		const want = "recipients of different sorts cannot be mixed, as the weakest would decide (post-quantum: a; classic: b, c; other: d)"
		if err.Error() != want {
			t.Errorf("message is %q, want %q", err.Error(), want)
		}
	})
	t.Run("all post-quantum", func(t *testing.T) {
		if _, err := secrets.Seal(secrets.NewClear(canary), somewhere, parseRecipients(t, pq, external)); err != nil {
			t.Error(err)
		}
	})
	t.Run("age's own recipients", func(t *testing.T) {
		_, err := secrets.Seal(secrets.NewClear(canary), somewhere,
			append(parseRecipients(t, x), parseRecipients(t, pq)...))
		var mixed *secrets.MixedRecipientsError
		if !errors.As(err, &mixed) {
			t.Errorf("error is %v", err)
		}
	})
}
