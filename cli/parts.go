package cli

import (
	"bytes"
	"errors"
	"io"
	stdsync "sync"

	"authsync/atomicfile"
)

// flow says when a format is written.
type flow int

const (
	// atEnd: it is written when the result of a run is known.
	atEnd flow = iota
	// inParts: what is written of many environments is what is written of each, one
	// after another, so that it is written at the turn of each.
	inParts
)

func byFlow[T any](outputs []output[T]) (parts, rest []output[T]) {
	for _, o := range outputs {
		if o.format.flow == atEnd {
			rest = append(rest, o)
		} else {
			parts = append(parts, o)
		}
	}
	return parts, rest
}

// parts writes results of one environment each, in the order of their numbers, though
// they come in any order. What goes to a file is written to it at the end.
type parts[T any] struct {
	outputs []output[T]
	out     io.Writer
	look    look

	mu      stdsync.Mutex
	next    int
	waiting map[int][][]byte // by number and output
	files   []bytes.Buffer
	err     error
}

func newParts[T any](outputs []output[T], out io.Writer, l look) *parts[T] {
	return &parts[T]{outputs: outputs, out: out, look: l, waiting: map[int][][]byte{}, files: make([]bytes.Buffer, len(outputs))}
}

// add adds the result with a number. Each number from 0 must be added once.
func (p *parts[T]) add(number int, result T) error {
	texts := make([][]byte, len(p.outputs))
	for i, o := range p.outputs {
		var text bytes.Buffer
		if err := o.format.write(&text, result, p.look); err != nil {
			return err
		}
		texts[i] = text.Bytes()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.waiting[number] = texts
	for texts, come := p.waiting[p.next]; come; texts, come = p.waiting[p.next] {
		delete(p.waiting, p.next)
		p.next++
		p.write(texts)
	}
	return p.err
}

func (p *parts[T]) write(texts [][]byte) {
	for i, o := range p.outputs {
		var err error
		if o.file == "" {
			_, err = p.out.Write(texts[i])
		} else {
			_, err = p.files[i].Write(texts[i])
		}
		p.err = errors.Join(p.err, err)
	}
}

func (p *parts[T]) end() error {
	err := p.err
	for i, o := range p.outputs {
		if o.file != "" {
			err = errors.Join(err, atomicfile.Output(o.file, p.files[i].Bytes(), 0o600))
		}
	}
	return err
}
