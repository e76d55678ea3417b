// Mutate tries the faults that gremlins finds in a package: does a test of the package fail
// by each? Gremlins builds the tests anew for each fault and runs them all. Mutate builds
// them once, with every fault in them behind a switch, looks which tests reach which
// faults, and runs those tests, the quick ones first. A fault lives only if all tests of
// the package pass.
//
//	gremlins unleash --dry-run | mutate [-draw N] [-seed N] [-file FILE] PACKAGE
//
// It works in the folder of the module, and writes nothing there.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
)

func main() {
	var of choice
	flag.IntVar(&of.draw, "draw", 0, "try so many faults, which the seed draws; 0 is all of them")
	flag.StringVar(&of.seed, "seed", "1", "draws them")
	flag.StringVar(&of.file, "file", "", "try those of this file")
	workers := flag.Int("workers", runtime.NumCPU(), "so many tests run at once")
	flag.Parse()
	if err := mutate(os.Stdin, os.Stdout, of, flag.Arg(0), *workers); err != nil {
		fmt.Fprintln(os.Stderr, "mutate:", err)
		os.Exit(1)
	}
}

func mutate(in io.Reader, out io.Writer, of choice, folder string, workers int) error {
	faults, err := listed(in)
	if err != nil {
		return err
	}
	faults = of.from(faults)
	work, err := os.MkdirTemp("", "mutate")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	p, err := load(folder, work)
	if err != nil {
		return err
	}
	if err := p.place(faults); err != nil {
		return err
	}
	t, err := prepare(p, faults)
	if err != nil {
		return err
	}
	return t.tryAll(faults, workers, out)
}
