package schema

// Side says which values a rule judges.
type Side int

const (
	// Stated values are a manifest's: what it leaves out is whatever live has.
	Stated Side = iota
	// Held values are all that an environment has, or will have after an apply: what
	// is not there is not set.
	Held
)

// Judge says what is wrong with the value at a place; no text = nothing is. It never
// shows a secret, nor what nobody models.
func (r *PolicyRule) Judge(v Value, side Side) (text string, level Severity) {
	t := &r.Test
	bare := Unwrap(v)
	if packed, is := bare.(Packed); is {
		bare = packed.Value
	}
	switch {
	case bare == nil && side == Stated:
		if t.operator.unset(t) {
			return "", r.Level
		}
		return "is not stated here, and policy " + r.demand() + "; plan and audit --live look at what is live", Doubtful
	case IsUnset(bare):
		if t.operator.unset(t) {
			return "", r.Level
		}
		return "is not set, and policy " + r.demand(), r.Level
	case t.operator.extent != ByPresence && HoldsSecret(bare):
		return "is a secret, whose value policy " + r.Name + " does not judge", Doubtful
	case t.operator.holds(t, bare):
		return "", r.Level
	case t.operator.extent == ByPresence:
		return "is set, and policy " + r.demand(), r.Level
	case HoldsUnmodelled(v):
		return "is another, and policy " + r.demand(), r.Level
	}
	return "is " + Display(v) + ", and policy " + r.demand(), r.Level
}

// Decides reports whether the rule leaves nothing open about a value that it holds of.
func (r *PolicyRule) Decides() bool { return r.Test.operator.decides == Decides }

// Unlooked says that nothing looks at what the rule is about, since the manifest has no
// place for it; "" = the rule holds of what nobody has set.
func (r *PolicyRule) Unlooked() string {
	if r.Test.operator.unset(&r.Test) {
		return ""
	}
	return "is not managed here, so that nobody looks at what is live, and policy " + r.demand()
}

func (r *PolicyRule) demand() string {
	text := r.Name + " " + r.Test.operator.demand(&r.Test)
	if r.Why != "" {
		text += ": " + r.Why
	}
	return text
}
