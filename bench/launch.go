package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// result is what one process took.
type result struct {
	wall   time.Duration
	cpu    time.Duration // of all cores, the sandbox's not included
	peak   int           // bytes of resident memory, at most
	blocks int           // bytes written to the disk
}

// launchCommand is the first argument that makes this program a launcher.
const launchCommand = "launch"

// launch runs a command and prints what it took. It is a process of its own because
// the kernel counts the memory of a program from before it was loaded: a child of the
// harness would seem to have been as large as the harness is.
func launch(args []string) {
	command := exec.Command(args[0], args[1:]...)
	var problems bytes.Buffer
	command.Stdin, command.Stderr = os.Stdin, &problems
	began := time.Now()
	err := command.Run()
	wall := time.Since(began)
	if err != nil {
		fmt.Fprintln(os.Stderr, err, strings.TrimSpace(problems.String()))
		os.Exit(1)
	}
	usage, ok := command.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		fmt.Fprintln(os.Stderr, "this system does not tell what a process used")
		os.Exit(1)
	}
	cpu := usage.Utime.Nano() + usage.Stime.Nano()
	fmt.Println(wall.Nanoseconds(), cpu, usage.Maxrss*1024, usage.Oublock*512) // the kernel counts in KiB and blocks
}

// launched has the launcher run a command with an input. What takes ten minutes hangs.
func launched(program string, args []string, input []byte) (result, error) {
	self, err := os.Executable()
	if err != nil {
		return result{}, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	command := exec.CommandContext(ctx, self, append([]string{launchCommand, program}, args...)...)
	var out, problems bytes.Buffer
	command.Stdin, command.Stdout, command.Stderr = bytes.NewReader(input), &out, io.Writer(&problems)
	if err := command.Run(); err != nil {
		return result{}, fmt.Errorf("%s: %w: %s", strings.Join(args, " "), err, problems.Bytes())
	}
	var r result
	_, err = fmt.Sscan(out.String(), &r.wall, &r.cpu, &r.peak, &r.blocks)
	return r, err
}
