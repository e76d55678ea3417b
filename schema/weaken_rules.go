package schema

import (
	"math"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"authsync/schema/pattern"
)

// order ranks values; ok is false if the rank is unknown.
type order func(v Value) (rank float64, ok bool)

// rises is a change to a value of a higher rank.
func rises(rank order) Weakens {
	return func(_ Path, before, after Value) bool {
		was, okB := rank(before)
		is, okA := rank(after)
		return okA && okB && is > was
	}
}

// falls is a change to a value of a lower rank.
func falls(rank order) Weakens {
	return func(_ Path, before, after Value) bool {
		was, okB := rank(before)
		is, okA := rank(after)
		return okA && okB && is < was
	}
}

// turnsOn is a switch that goes on. Acts is its effect while it is unset or
// unspecified; if that is unknown, [Unspecified] ranks between the two.
func turnsOn(acts Flag) Weakens { return rises(state(acts)) }

// turnsOff is a switch that goes off, or is cleared if unset acts as off.
func turnsOff(acts Flag) Weakens { return falls(state(acts)) }

func state(acts Flag) order {
	ranks := map[Flag]float64{False: 0, Unspecified: 1, True: 2}
	return func(v Value) (float64, bool) {
		flag, ok := switched(v)
		if flag == Unspecified {
			flag = acts
		}
		return ranks[flag], ok
	}
}

// switched reads a switch in any of its spellings.
func switched(v Value) (state Flag, ok bool) {
	var text string
	switch v := v.(type) {
	case nil, Null:
		return Unspecified, true
	case Flag:
		return v, v == True || v == False || v == Unspecified
	case Bool:
		text = strconv.FormatBool(bool(v))
	case Text:
		text = strings.ToLower(string(v))
	case Number:
		text = string(v)
	}
	on, err := strconv.ParseBool(text)
	switch {
	case err != nil:
		return Unspecified, IsUnset(v)
	case on:
		return True, true
	}
	return False, true
}

// later is a change to an existing object. The fields of a new one make nothing
// existing less safe.
func later(w Weakens) Weakens {
	return func(at Path, before, after Value) bool { return before != nil && w(at, before, after) }
}

// longer is a greater number. Unset counts as the service's default; if that is nil,
// it is unknown, and no change from or to unset counts. Each of unlimited is greater
// than any number.
func longer(unset Value, unlimited ...Value) Weakens {
	return rises(func(v Value) (float64, bool) {
		if IsUnset(v) {
			v = unset
		}
		if v != nil && holds(unlimited, v) {
			return math.Inf(1), true
		}
		switch v := v.(type) {
		case Seconds:
			return float64(v), true
		case Number:
			amount, err := strconv.ParseFloat(string(v), 64)
			return amount, err == nil
		}
		return 0, false
	})
}

// ranked is a change to a word in an earlier row. Words in one row are equal; unset
// counts as the service's default, "" if it is unknown.
func ranked(unset Text, rows ...[]Text) Weakens {
	return falls(func(v Value) (float64, bool) {
		if IsUnset(v) {
			v = unset
		}
		word, _ := v.(Text)
		row := slices.IndexFunc(rows, func(row []Text) bool { return slices.Contains(row, word) })
		return float64(row), row >= 0
	})
}

// becomes is a change to one of the values from another than these.
func becomes(values ...Value) Weakens {
	return func(_ Path, before, after Value) bool { return holds(values, after) && !holds(values, before) }
}

// another is a value that is set, or replaces another one.
func another(_ Path, before, after Value) bool { return !IsUnset(after) && !Same(before, after) }

// replaced is a value that replaces another. The first value does not count.
func replaced(at Path, before, after Value) bool {
	return !IsUnset(before) && another(at, before, after)
}

// vanishes is a value that is cleared.
func vanishes(_ Path, before, after Value) bool { return !IsUnset(before) && IsUnset(after) }

// grows is a set of an existing object that gains a member.
func grows(_ Path, before, after Value) bool {
	was := itemsOf(before)
	return before != nil && slices.ContainsFunc(itemsOf(after), func(v Value) bool { return !holds(was, v) })
}

// either is any of several changes.
func either(changes ...Weakens) Weakens {
	return func(at Path, before, after Value) bool {
		return slices.ContainsFunc(changes, func(by Weakens) bool { return by(at, before, after) })
	}
}

// clearTextURL is a URL with http:// that was not there before. The machine itself
// does not count, since nobody is in between.
var clearTextURL = gains(inClearText)

// clearTextLocation is the same for the endpoints in SAML metadata.
var clearTextLocation = gains(func(text string) bool {
	return slices.ContainsFunc(samlLocation.FindAllStringSubmatch(text, -1), func(found []string) bool {
		return inClearText(found[1])
	})
})

// wildcardURL is a URL with a * that was not there before.
var wildcardURL = gains(func(text string) bool { return webURL.MatchString(text) && strings.Contains(text, "*") })

var (
	webURL       = pattern.Of(`(?i)^\s*https?://`)
	samlLocation = pattern.Of(`\b(?:Response)?Location\s*=\s*["']([^"']*)`)
)

// gains is a text of a sort that the old text was not.
func gains(sort func(text string) bool) Weakens {
	is := func(v Value) bool {
		text, ok := v.(Text)
		return ok && sort(string(text))
	}
	return func(_ Path, before, after Value) bool { return is(after) && !is(before) }
}

func inClearText(text string) bool {
	text = strings.TrimSpace(text)
	if !webURL.MatchString(text) || strings.HasPrefix(strings.ToLower(text), "https") {
		return false
	}
	u, err := url.Parse(text)
	if err != nil {
		return true
	}
	ip, err := netip.ParseAddr(u.Hostname())
	return !strings.EqualFold(u.Hostname(), "localhost") && (err != nil || !ip.IsLoopback())
}

// loosensAddresses is a list of addresses in a text that is cleared, so that every
// address is allowed, or gains an address that no network in it contained.
func loosensAddresses(_ Path, before, after Value) bool {
	was, is := addresses(before), addresses(after)
	if len(was) == 0 || len(is) == 0 {
		return len(was) > 0
	}
	return slices.ContainsFunc(is, func(address string) bool {
		return !slices.ContainsFunc(was, func(network string) bool { return covers(network, address) })
	})
}

func addresses(v Value) []string {
	text, _ := v.(Text)
	return strings.FieldsFunc(string(text), func(r rune) bool { return strings.ContainsRune(",; \t\r\n", r) })
}

func covers(network, address string) bool {
	outer, errOuter := prefix(network)
	inner, errInner := prefix(address)
	return network == address || errOuter == nil && errInner == nil && outer.Bits() <= inner.Bits() && outer.Contains(inner.Addr())
}

// prefix reads a network; a single address is a network of one.
func prefix(text string) (netip.Prefix, error) {
	if ip, err := netip.ParseAddr(text); err == nil {
		return ip.Prefix(ip.BitLen())
	}
	return netip.ParsePrefix(text)
}
