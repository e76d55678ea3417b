package merge

import (
	"bytes"
	"strings"

	"gopkg.in/yaml.v3"

	"authsync/schema/rewrite"
)

// Lines merges three texts by lines, as git does. In a conflict, both sides are
// between markers.
type Lines func(base, ours, theirs []byte) (text []byte, outcome Outcome, err error)

// Outcome says whether a merge is complete.
type Outcome int

const (
	Clean Outcome = iota
	Contradictory
)

// Result is a merged text. It is complete if it is Clean and has no contradictions.
type Result struct {
	Text           []byte
	Outcome        Outcome
	Contradictions []Contradiction
	// Lost counts comments of theirs that could not be kept, if that is the only
	// conflict.
	Lost int
	// Why is why the texts were merged by lines alone; nil = they were not.
	Why error
}

// Texts merges ours and theirs, two versions of a file, with their common ancestor.
func Texts(file string, base, ours, theirs []byte, byLines Lines) (Result, error) {
	lines, outcome, err := byLines(base, ours, theirs)
	if err != nil {
		return Result{}, err
	}
	trees, err := treesOf(file, base, ours, theirs)
	if err != nil { // none of authsync's files, or one that is edited by hand just now
		return Result{Text: lines, Outcome: outcome, Why: err}, nil
	}
	m := &merger{rules: rulesOf(trees[1])}
	both := m.values(nil, trees[0], trees[1], trees[2])
	if len(m.contradictory) == 0 && outcome == Clean && says(file, lines, both.ours) {
		return Result{Text: lines}, nil
	}
	text, err := rewrite.Say(file, ours, both.ours)
	if err != nil {
		return Result{Text: lines, Outcome: Contradictory, Why: err, Contradictions: m.contradictory}, nil
	}
	if len(m.contradictory) == 0 {
		lost := lostComments(text, base, theirs)
		if lost > 0 && outcome == Contradictory {
			text = lines // with markers, between which the comments are
		}
		return Result{Text: text, Outcome: outcomeOf(lost), Lost: lost}, nil
	}
	other, err := rewrite.Say(file, text, both.theirs)
	if err != nil {
		return Result{Text: lines, Outcome: Contradictory, Why: err, Contradictions: m.contradictory}, nil
	}
	return Result{Text: marked(text, other), Outcome: Contradictory, Contradictions: m.contradictory}, nil
}

func treesOf(file string, texts ...[]byte) ([]*yaml.Node, error) {
	var trees []*yaml.Node
	for _, text := range texts {
		if len(bytes.TrimSpace(text)) == 0 { // both sides have made the file
			trees = append(trees, &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"})
			continue
		}
		tree, err := rewrite.Tree(file, text)
		if err != nil {
			return nil, err
		}
		trees = append(trees, tree)
	}
	return trees, nil
}

// says reports whether a text has the content of a tree.
func says(file string, text []byte, tree *yaml.Node) bool {
	is, err := rewrite.Tree(file, text)
	return err == nil && rewrite.Alike(is, tree)
}

// lostComments counts the comments that theirs added and that the text does not have.
func lostComments(text, base, theirs []byte) int {
	lost, had, has := 0, comments(base), comments(text)
	for comment := range comments(theirs) {
		_, old := had[comment]
		if _, kept := has[comment]; !old && !kept {
			lost++
		}
	}
	return lost
}

func outcomeOf(lost int) Outcome {
	if lost > 0 {
		return Contradictory
	}
	return Clean
}

// comments returns the lines of a text that are comments or seem to end in one.
func comments(text []byte) map[string]struct{} {
	all := map[string]struct{}{}
	for line := range strings.Lines(string(text)) {
		if at := strings.Index(" "+line, " #"); at >= 0 {
			all[strings.TrimSpace(line[at:])] = struct{}{}
		}
	}
	return all
}
