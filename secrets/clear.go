package secrets

// A Clear is a secret in clear, from the moment it is opened to the moment it is used.
// The zero Clear is an empty one.
//
// A Clear is immutable and safe for concurrent use. Compare with [Clear.Equal].
type Clear struct{ reveal func() string }

// NewClear returns text as a secret in clear.
func NewClear(text string) Clear {
	return Clear{func() string { return text }}
}

// Reveal returns the secret. It is the only way out of the package for one.
func (c Clear) Reveal() string {
	if c.reveal == nil {
		return ""
	}
	return c.reveal()
}

// IsZero reports whether the secret is empty.
func (c Clear) IsZero() bool { return c.Reveal() == "" }

// Equal reports whether c and d are the same secret, in a time that depends only on
// their lengths.
func (c Clear) Equal(d Clear) bool { return sameText(c.Reveal(), d.Reveal()) }
