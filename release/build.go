package main

import (
	"debug/buildinfo"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
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

// origin is the commit of the sources and the time that stands in all files:
// what COMMIT and SOURCE_DATE_EPOCH say, else what git knows. Sources that
// differ from their commit are marked, since nobody else has them.
func origin(sources string, lookup func(string) (string, bool)) (commit string, at time.Time, err error) {
	git := func(args ...string) (string, error) {
		cmd := exec.Command("git", append([]string{"-C", sources}, args...)...)
		text, err := cmd.Output()
		return strings.TrimSpace(string(text)), err
	}
	commit, named := lookup("COMMIT")
	if !named {
		if commit, err = git("rev-parse", "--short=12", "HEAD"); err != nil {
			commit = "" // an archive of the sources: it has no history
		} else if changes, err := git("status", "--porcelain"); err != nil || changes != "" {
			commit += "+changes"
		}
	}
	epoch, named := lookup("SOURCE_DATE_EPOCH")
	if !named {
		if epoch, err = git("log", "-1", "--format=%ct"); err != nil {
			return "", at, errors.New("there is no commit to take the time from; set SOURCE_DATE_EPOCH, in seconds since 1970")
		}
	}
	seconds, err := strconv.ParseInt(epoch, 10, 64)
	if err != nil || seconds < 0 {
		return "", at, fmt.Errorf("SOURCE_DATE_EPOCH takes seconds since 1970, not %q", epoch)
	}
	return commit, time.Unix(seconds, 0).UTC(), nil
}
