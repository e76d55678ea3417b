package main

import (
	_ "embed"
	"fmt"
	"go/ast"
	"go/token"
	"slices"
)

// The file that is added to the package.
//
//go:embed switch.go.txt
var switchText []byte

// edit replaces what is between two places of a file.
type edit struct {
	from, to int
	text     string
}

// switched gives the text of every file that has faults, with all of them in it, each
// behind the switch of its number.
func (p *pkg) switched(faults []*fault) map[string][]byte {
	byNode := map[ast.Node]map[string]int{}
	edits := map[string][]edit{}
	var nodes []*fault
	for _, f := range faults {
		if f.apart {
			continue
		}
		if byNode[f.at.node] == nil {
			byNode[f.at.node] = map[string]int{}
			nodes = append(nodes, f)
		}
		byNode[f.at.node][f.sort] = f.id
	}
	// What stands within another is written after it where both begin, and before it
	// where both end: those that begin first, and of these the longest, come first.
	slices.SortStableFunc(nodes, func(a, b *fault) int {
		if c := int(a.at.node.Pos() - b.at.node.Pos()); c != 0 {
			return c
		}
		return int(b.at.node.End() - a.at.node.End())
	})
	for _, f := range nodes {
		edits[f.file] = append(edits[f.file], p.edits(f.at.node, byNode[f.at.node])...)
	}
	out := map[string][]byte{}
	for file, list := range edits {
		out[file] = apply(p.text[file], list)
	}
	return out
}

// edits writes one node as what a switch can change.
func (p *pkg) edits(n ast.Node, ids map[string]int) []edit {
	offset := func(pos token.Pos) int { return p.set.Position(pos).Offset }
	start, end := offset(n.Pos()), offset(n.End())
	switch n := n.(type) {
	case *ast.BinaryExpr:
		op := offset(n.OpPos)
		after := op + len(n.Op.String())
		switch n.Op {
		case token.EQL, token.NEQ:
			return []edit{{start, start, "(("}, {end, end, fmt.Sprintf(") != faultOn(%d))", ids["CONDITIONALS_NEGATION"])}}
		case token.LSS, token.LEQ, token.GTR, token.GEQ:
			return []edit{
				{start, start, fmt.Sprintf("%s(%d, %d, ", helpers[n.Op], ids["CONDITIONALS_BOUNDARY"], ids["CONDITIONALS_NEGATION"])},
				{op, after, ","}, {end, end, ")"},
			}
		}
		return []edit{
			{start, start, fmt.Sprintf("%s(%d, %d, ", helpers[n.Op], ids["ARITHMETIC_BASE"], ids["INVERT_NEGATIVES"])},
			{op, after, ","}, {end, end, ")"},
		}
	case *ast.UnaryExpr:
		return []edit{{start, start + 1, fmt.Sprintf("faultNegative(%d, %d, ", ids["ARITHMETIC_BASE"], ids["INVERT_NEGATIVES"])}, {end, end, ")"}}
	case *ast.IncDecStmt:
		op := offset(n.TokPos)
		return []edit{{op, op + 2, fmt.Sprintf(" %s= faultStep[%s](%d)", n.Tok.String()[:1], p.info.Types[n.X].Type, ids["INCREMENT_DECREMENT"])}}
	}
	panic("no edit")
}

var helpers = map[token.Token]string{
	token.LSS: "faultLess", token.LEQ: "faultAtMost", token.GTR: "faultMore", token.GEQ: "faultAtLeast",
	token.ADD: "faultAdd", token.SUB: "faultSubtract", token.MUL: "faultTimes", token.QUO: "faultOver", token.REM: "faultRest",
}

// apply makes edits. Those of one place that put something at the end of a node go in
// the other way round: the last begun ends first.
func apply(text []byte, list []edit) []byte {
	type placed struct {
		edit
		order int
	}
	var all []placed
	for i, e := range list {
		order := i
		if e.text[0] == ')' {
			order = -i - 1
		}
		all = append(all, placed{e, order})
	}
	slices.SortFunc(all, func(a, b placed) int {
		if a.from != b.from {
			return a.from - b.from
		}
		return a.order - b.order
	})
	var out []byte
	at := 0
	for _, e := range all {
		out = append(out, text[at:e.from]...)
		out = append(out, e.text...)
		at = e.to
	}
	return append(out, text[at:]...)
}
