// Release builds what is handed out: for each platform an archive with the
// binary, the man page and the completions, and for all of them a software bill
// of materials and the checksums.
//
// The same sources, commit and toolchain give the same bytes, wherever and
// whenever it runs: no path, no time of the build and no name of a user gets
// into a file, and the order and the times of archives are fixed. It needs no
// network, only the modules in Go's cache. It makes nothing of sources that call
// a known vulnerability; with -check it looks for those alone. Where there is a key
// it signs the checksums. See make dist.
package main

import (
	"crypto/sha256"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"aead.dev/minisign"

	"authsync/cli"
)

// maxBinary is how large a binary may be, in bytes.
const maxBinary = 20_000_000

// platform is an operating system and a processor, by Go's names.
type platform struct{ os, arch string }

func (p platform) String() string { return p.os + "/" + p.arch }

var platforms = []platform{
	{"darwin", "amd64"}, {"darwin", "arm64"},
	{"linux", "amd64"}, {"linux", "arm64"},
	{"windows", "amd64"}, {"windows", "arm64"},
}

type release struct {
	sources string // the directory of the module
	out     string
	version string
	commit  string
	time    time.Time            // of everything in it
	key     *minisign.PrivateKey // nil = it is not signed
}

func main() {
	out := flag.String("out", "dist", "the directory to write to")
	only := flag.String("only", "", "one platform, such as linux/amd64, instead of all")
	check := flag.Bool("check", false, "look for known vulnerabilities, and make nothing")
	flag.Parse()
	err := checkVulnerable(os.Stdout, ".")
	if err == nil && !*check {
		err = run(*out, *only)
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "release: %v\n", err)
		os.Exit(1)
	}
}

func run(out, only string) error {
	chosen := platforms
	if only != "" {
		at := slices.IndexFunc(platforms, func(p platform) bool { return p.String() == only })
		if at < 0 {
			return fmt.Errorf("-only %s: there are %v", only, platforms)
		}
		chosen = platforms[at : at+1]
	}
	r := release{sources: ".", out: out, version: cli.Version}
	var err error
	if r.commit, r.time, err = origin(r.sources, os.LookupEnv); err != nil {
		return err
	}
	if r.key, err = signingKey(os.LookupEnv); err != nil {
		return err
	}
	if r.key == nil {
		fmt.Fprintln(os.Stderr, "release: unsigned: "+keyVariable+" is not set")
	}
	files, err := r.make(chosen)
	for _, file := range files {
		fmt.Println(filepath.Join(out, file))
	}
	return err
}

var validVersion = regexp.MustCompile(`^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$`)

// make writes the release and returns the names of its files. Those of an
// earlier one in the same directory are removed.
func (r release) make(chosen []platform) ([]string, error) {
	if !validVersion.MatchString(r.version) {
		return nil, fmt.Errorf("version %q is none; write it as 1.2.3, without a v", r.version)
	}
	if err := r.clear(); err != nil {
		return nil, err
	}
	beside, err := r.documents()
	if err != nil {
		return nil, err
	}
	work, err := os.MkdirTemp("", "authsync-release-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(work)
	var names []string
	var built []binary
	for _, p := range chosen {
		b, err := r.build(p, work)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p, err)
		}
		name, err := r.archive(b, beside)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p, err)
		}
		names, built = append(names, name), append(built, b)
	}
	sbom, err := r.bill(built)
	if err != nil {
		return nil, err
	}
	name := fmt.Sprintf("authsync_%s.spdx.json", r.version)
	if err := r.write(name, sbom); err != nil {
		return nil, err
	}
	names = append(names, name)
	slices.Sort(names)
	if err := r.sums(names); err != nil {
		return nil, err
	}
	names = append(names, "SHA256SUMS")
	if r.key == nil {
		return names, nil
	}
	name, err = r.sign()
	return append(names, name), err
}

// clear makes the directory, and removes an earlier release from it.
func (r release) clear() error {
	if err := os.MkdirAll(r.out, 0o755); err != nil {
		return err
	}
	old, err := filepath.Glob(filepath.Join(r.out, "authsync_*"))
	for _, file := range append(old, filepath.Join(r.out, "SHA256SUMS"), filepath.Join(r.out, "SHA256SUMS.minisig")) {
		if err := os.Remove(file); err != nil && !os.IsNotExist(err) {
			return err
		}
	}
	return err
}

func (r release) write(name string, text []byte) error {
	return os.WriteFile(filepath.Join(r.out, name), text, 0o644)
}

// sums writes the checksums, for sha256sum -c.
func (r release) sums(names []string) error {
	var text strings.Builder
	for _, name := range names {
		file, err := os.ReadFile(filepath.Join(r.out, name))
		if err != nil {
			return err
		}
		fmt.Fprintf(&text, "%x  %s\n", sha256.Sum256(file), name)
	}
	return r.write("SHA256SUMS", []byte(text.String()))
}
