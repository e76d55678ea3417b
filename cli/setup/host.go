package setup

import (
	"io/fs"
	"path"
	"slices"
	"strings"

	"authsync/examples"
	"authsync/schema/list"
)

// Host is a code host with a pipeline.
type Host struct {
	Name, Title string
	// to is where the host wants its pipeline, below the root of the repository.
	to string
	// Settings are what the pipeline needs to be told on the host, and Identity is
	// where the private key of the pipeline belongs.
	Settings []string
	Identity string
	// Last is what is to be changed in the files; "" = nothing.
	Last string
}

// Hosts are the code hosts that there are pipelines for.
var Hosts = []Host{
	{
		Name: "github", Title: "GitHub", to: ".github/workflows",
		Settings: []string{"AUTHSYNC_OIDC_PROVIDER", "AUTHSYNC_READ_ROLE", "AUTHSYNC_WRITE_ROLE", "AUTHSYNC_HOSTS"},
		Identity: "the secret AUTHSYNC_IDENTITY of the environment production",
		Last:     "in .github/workflows, the address and the commit of authsync, where they say your-org/authsync@0000000",
	},
	{
		Name: "gitlab", Title: "GitLab", to: ".",
		Settings: []string{"AUTHSYNC_RELEASES", "AUTHSYNC_VERSION", "AUTHSYNC_SHA256", "AUTHSYNC_PUBLIC_KEY", "AUTHSYNC_OIDC_PROVIDER",
			"AUTHSYNC_READ_ROLE", "AUTHSYNC_WRITE_ROLE", "AUTHSYNC_HOSTS", "AUTHSYNC_GITLAB_TOKEN", "AUTHSYNC_PUSH_TOKEN"},
		Identity: "the protected variable AUTHSYNC_IDENTITY of the environment production (its last line alone)",
	},
}

// HostNamed returns a code host; nil = there is none of that name.
func HostNamed(name string) *Host {
	if at := slices.IndexFunc(Hosts, func(h Host) bool { return h.Name == name }); at >= 0 {
		return &Hosts[at]
	}
	return nil
}

// HostOf returns the code host whose pipeline a folder has; nil = it has none.
func HostOf(folder fs.FS) *Host {
	for i := range Hosts {
		files, err := Hosts[i].pipeline()
		if err != nil {
			continue
		}
		for _, f := range files {
			if _, err := fs.Stat(folder, f.Path); err == nil {
				return &Hosts[i]
			}
		}
	}
	return nil
}

const otherPipeline = "is another one than authsync's, which comes if you move it away and run init again"

// files are the pipeline, and the scripts that it calls.
func (h *Host) files() ([]File, error) {
	all, err := h.pipeline()
	if err != nil {
		return nil, err
	}
	scripts, err := copied("ci/shell", "ci", 0o755)
	return append(all, list.Only(scripts, func(f File) bool { return !h.others(path.Base(f.Path)) })...), err
}

func (h *Host) pipeline() ([]File, error) { return copied("ci/"+h.Name, h.to, 0o644) }

// others reports whether a script is for another host.
func (h *Host) others(script string) bool {
	return slices.ContainsFunc(Hosts, func(o Host) bool { return o.Name != h.Name && strings.Contains(script, o.Name) })
}

func copied(from, to string, mode fs.FileMode) ([]File, error) {
	entries, err := examples.Pipelines.ReadDir(from)
	var files []File
	for _, e := range entries {
		text, failed := examples.Pipelines.ReadFile(path.Join(from, e.Name()))
		if failed != nil {
			return nil, failed
		}
		files = append(files, File{path.Join(to, e.Name()), mode, text, asItIs(otherPipeline)})
	}
	return files, err
}
