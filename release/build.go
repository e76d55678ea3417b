package main

import (
	"debug/buildinfo"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// binary is authsync as built for a platform.
type binary struct {
	platform platform
	name     string // authsync or authsync.exe
	text     []byte
	info     *buildinfo.BuildInfo
}

// settings are set for every build, whatever the machine's own are: each could
// change the bytes. The modules come from the cache.
var settings = []string{
	"CGO_ENABLED=0", "GOAMD64=v1", "GOARM64=v8.0", "GOFLAGS=-mod=readonly", "GOWORK=off", "GOPROXY=off",
}

// withoutDocs leaves out what the command line library writes documents with:
// authsync writes its own man page.
const withoutDocs = "urfave_cli_no_docs"

func (r release) build(p platform, work string) (binary, error) {
	b := binary{platform: p, name: "authsync"}
	if p.os == "windows" {
		b.name += ".exe"
	}
	file := filepath.Join(work, p.os+"_"+p.arch+"_"+b.name)
	// The commit is set by hand: what the toolchain would note by itself
	// depends on whether the sources are in a repository.
	link := fmt.Sprintf("-s -w -X authsync/cli.Version=%s -X authsync/cli.commit=%s", r.version, r.commit)
	cmd := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-tags", withoutDocs, "-ldflags", link, "-o", file, ".")
	cmd.Dir = r.sources
	cmd.Env = append(append(os.Environ(), settings...), "GOOS="+p.os, "GOARCH="+p.arch)
	if said, err := cmd.CombinedOutput(); err != nil {
		return b, fmt.Errorf("go build: %w\n%s", err, strings.TrimSpace(string(said)))
	}
	var err error
	if b.info, err = buildinfo.ReadFile(file); err != nil {
		return b, err
	}
	if b.text, err = os.ReadFile(file); err != nil {
		return b, err
	}
	if len(b.text) > maxBinary {
		return b, fmt.Errorf("the binary has %d bytes, and may have %d", len(b.text), maxBinary)
	}
	return b, nil
}
