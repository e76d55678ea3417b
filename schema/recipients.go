package schema

import (
	"path/filepath"
	"strings"

	"authsync/secrets"
)

// fromFile begins an item of a list of recipients that names a file of them, as
// age's -R takes: one on each line, and lines that begin with #. It is relative
// to the manifest that names it.
const fromFile = "file:"

func readRecipients(r *reader, n *Node, at Path) []string {
	if n.Form != ListForm {
		r.fault(n, at, "takes a list of age recipients, not %s", n.Form)
		return nil
	}
	var recipients []string
	for _, item := range n.Items {
		text, ok := readText(r, item, at)
		if !ok {
			continue
		}
		if name, is := strings.CutPrefix(text, fromFile); is {
			recipients = append(recipients, readRecipientsFile(r, item, at, name)...)
			continue
		}
		if _, err := secrets.ParseRecipients([]string{text}); err != nil {
			r.fault(item, at, "%s", err)
			continue
		}
		recipients = append(recipients, text)
	}
	return recipients
}

func readRecipientsFile(r *reader, n *Node, at Path, name string) []string {
	path := filepath.Join(filepath.Dir(n.Pos.File), filepath.FromSlash(name))
	r.named = append(r.named, path)
	text, err := r.bounds.Read(path)
	if err != nil {
		r.fault(n, at, "%s cannot be read: %s", quote(name), reason(err))
		return nil
	}
	var recipients []string
	empty := true
	for i, line := range strings.Split(string(text), "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		empty = false
		if _, err := secrets.ParseRecipients([]string{line}); err != nil {
			r.faults.add(Position{path, i + 1, 1}, nil, "%s", err)
			continue
		}
		recipients = append(recipients, line)
	}
	if empty {
		r.fault(n, at, "%s names no recipient", quote(name))
	}
	return recipients
}
