package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
)

// pkg is the package whose faults are tried.
type pkg struct {
	folder string // of the package, absolute
	work   string // a folder for what is built
	name   string
	set    *token.FileSet
	files  map[string]*ast.File
	text   map[string][]byte
	info   *types.Info
	look   types.Importer
}

// spot is where a token stands in the tree of its file.
type spot struct {
	node ast.Node
	pos  token.Pos
}

// listedPackage is what go list tells of a package.
type listedPackage struct {
	Name, ImportPath, Export string
	GoFiles                  []string
}

func load(folder, work string) (*pkg, error) {
	folder, err := filepath.Abs(folder)
	if err != nil {
		return nil, err
	}
	p := &pkg{folder: folder, work: work, set: token.NewFileSet(), files: map[string]*ast.File{}, text: map[string][]byte{}}
	list := exec.Command("go", "list", "-deps", "-export", "-json=Name,GoFiles,ImportPath,Export", ".")
	list.Dir, list.Stderr = folder, os.Stderr
	said, err := list.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	exports := map[string]string{}
	var last listedPackage
	for d := json.NewDecoder(bytes.NewReader(said)); d.More(); {
		last = listedPackage{}
		if err := d.Decode(&last); err != nil {
			return nil, err
		}
		exports[last.ImportPath] = last.Export
	}
	// The package comes after what it imports.
	p.name = last.Name
	for _, name := range last.GoFiles {
		text, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			return nil, err
		}
		if p.files[name], err = parser.ParseFile(p.set, name, text, parser.ParseComments); err != nil {
			return nil, err
		}
		p.text[name] = text
	}
	p.look = importer.ForCompiler(p.set, "gc", func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) })
	p.info, err = p.check()
	return p, err
}

// check finds the types of the package as its files are now.
func (p *pkg) check() (*types.Info, error) {
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}}
	var files []*ast.File
	for _, f := range p.files {
		files = append(files, f)
	}
	_, err := (&types.Config{Importer: p.look}).Check(p.folder, p.set, files, info)
	return info, err
}

// become says what each sort of fault makes of a token.
var become = map[string]map[token.Token]token.Token{
	"ARITHMETIC_BASE":       {token.ADD: token.SUB, token.SUB: token.ADD, token.MUL: token.QUO, token.QUO: token.MUL, token.REM: token.MUL},
	"CONDITIONALS_BOUNDARY": {token.GEQ: token.GTR, token.GTR: token.GEQ, token.LEQ: token.LSS, token.LSS: token.LEQ},
	"CONDITIONALS_NEGATION": {token.EQL: token.NEQ, token.NEQ: token.EQL, token.GEQ: token.LSS, token.GTR: token.LEQ, token.LEQ: token.GTR, token.LSS: token.GEQ},
	"INCREMENT_DECREMENT":   {token.INC: token.DEC, token.DEC: token.INC},
	"INVERT_NEGATIVES":      {token.SUB: token.ADD},
}

// place finds what each fault replaces, and whether it can be switched.
func (p *pkg) place(faults []*fault) error {
	tokens := map[token.Position]spot{}
	for _, file := range p.files {
		ast.Inspect(file, func(n ast.Node) bool {
			pos := token.NoPos
			switch n := n.(type) {
			case *ast.BinaryExpr:
				pos = n.OpPos
			case *ast.UnaryExpr:
				pos = n.OpPos
			case *ast.IncDecStmt:
				pos = n.TokPos
			}
			if pos != token.NoPos {
				at := p.set.Position(pos)
				at.Offset = 0
				tokens[at] = spot{node: n, pos: pos}
			}
			return true
		})
	}
	for i, f := range faults {
		f.id = i + 1
		at, ok := tokens[token.Position{Filename: f.file, Line: f.line, Column: f.col}]
		if !ok {
			return fmt.Errorf("there is nothing to change: %s", f)
		}
		f.at = at
		f.from = *p.token(at)
		if f.to, ok = become[f.sort][f.from]; !ok {
			return fmt.Errorf("it is not known what becomes of %s: %s", f.from, f)
		}
	}
	for _, f := range faults {
		if p.switchable(f) {
			continue
		}
		f.apart = true
		*p.token(f.at) = f.to
		_, err := p.check()
		f.broken = err != nil
		*p.token(f.at) = f.from
	}
	return nil
}

// token gives the token of a spot.
func (p *pkg) token(s spot) *token.Token {
	switch n := s.node.(type) {
	case *ast.BinaryExpr:
		return &n.Op
	case *ast.UnaryExpr:
		return &n.Op
	case *ast.IncDecStmt:
		return &n.Tok
	}
	panic("no token")
}

// switchable says whether the place can be written as an expression that is right or
// wrong as a variable tells. A constant cannot, nor what is wrong for its type.
func (p *pkg) switchable(f *fault) bool {
	switch n := f.at.node.(type) {
	case *ast.BinaryExpr:
		constant := p.info.Types[n].Value != nil
		switch n.Op {
		case token.EQL, token.NEQ:
			return !constant && basic(p.info.Types[n].Type)
		case token.LSS, token.LEQ, token.GTR, token.GEQ:
			return !constant && basic(p.info.Types[n].Type)
		case token.REM:
			return !constant && is(p.info.Types[n].Type, types.IsInteger)
		default:
			return !constant && is(p.info.Types[n].Type, types.IsInteger|types.IsFloat)
		}
	case *ast.UnaryExpr:
		return p.info.Types[n].Value == nil && is(p.info.Types[n].Type, types.IsInteger|types.IsFloat)
	case *ast.IncDecStmt:
		return basic(p.info.Types[n.X].Type)
	}
	return false
}

func basic(t types.Type) bool {
	_, ok := t.(*types.Basic)
	return ok
}

func is(t types.Type, what types.BasicInfo) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&what != 0
}

// with gives the text of a file with one fault in it.
func (p *pkg) with(f *fault) []byte {
	at := p.set.Position(f.at.pos).Offset
	text := p.text[f.file]
	return slices.Concat(text[:at], []byte(f.to.String()), text[at+len(f.from.String()):])
}
