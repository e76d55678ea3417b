package record

import (
	"strings"
	"testing"
)

// What a service looks at stays, and everything else is replaced: a name between < and
// > is no element, and a name between {{ and }} no variable.
func TestWhatIsKeptOfATextTellsOfNobody(t *testing.T) {
	p := newPseudonyms()
	for _, text := range []string{
		`<p>{{.VerificationCode}}</p>`, `<br/>`, `<h1></h1>`, `https://`, `***`, `<md:EntityDescriptor><ds:X509Certificate></ds:X509Certificate></md:EntityDescriptor>`,
		`urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST`, `-----BEGIN CERTIFICATE-----`,
	} {
		if got := p.text(text); got != text {
			t.Errorf("%q becomes %q", text, got)
		}
	}
	for _, text := range []string{
		"Alice Smith <alice.smith@corp.example>", "</alice>", "<alice smith=corp>", "{{alice}}", "{{ smith.corp }}", "{{.alice}", "<alice:corp>", "<md:alice>", "<palice>", "<p>alice</p>",
		"https://alice:smith@corp.example/alice?smith=corp", "http://www.w3.org/alice.corp", "urn:oasis:alice-corp",
		"-----ALICE SMITH-----",
	} {
		got := strings.ToLower(p.text(text))
		for _, name := range []string{"alice", "smith", "corp"} {
			if strings.Contains(got, name) {
				t.Errorf("%q becomes %q", text, got)
			}
		}
	}
	if p.text("alice and <alice>") == p.text("bob and <bob>") || strings.Fields(p.text("alice alice"))[0] != strings.Fields(p.text("alice alice"))[1] {
		t.Error("what is alike is not replaced alike")
	}
	const key = "-----BEGIN PRIVATE KEY-----\nMIIBalice\n-----END PRIVATE KEY-----\n"
	if got := p.secret(key); strings.Contains(got, "alice") || !strings.HasPrefix(got, "-----BEGIN PRIVATE KEY-----\n") || !strings.HasSuffix(got, "\n-----END PRIVATE KEY-----\n") {
		t.Errorf("a key becomes %q", got)
	}
	for _, secret := range []string{"-----alice", "-----BEGIN alice-----", "{{.VerificationCode}}alice", "<p>alice", "***alice"} {
		if got := p.secret(secret); strings.Contains(got, "alice") || strings.Contains(got, "BEGIN") {
			t.Errorf("the secret %q becomes %q", secret, got)
		}
	}
}
