package transport

// line is a row of permits, of which each can step out at any time. A permit stands in
// one line at most.
type line struct {
	first, last *permit
	length      int
}

// push puts a permit at the end.
func (l *line) push(t *permit) {
	t.in, t.before = l, l.last
	if l.last == nil {
		l.first = t
	} else {
		l.last.after = t
	}
	l.last = t
	l.length++
}

// remove takes a permit out, if it stands in the line.
func (l *line) remove(t *permit) {
	if t.in != l {
		return
	}
	if t.before == nil {
		l.first = t.after
	} else {
		t.before.after = t.after
	}
	if t.after == nil {
		l.last = t.before
	} else {
		t.after.before = t.before
	}
	t.in, t.before, t.after = nil, nil, nil
	l.length--
}
