// Package examples holds the example pipelines as files of the program, so that
// authsync init writes the very files that are tested here.
//
// It must not know what becomes of them. Begin reading at [Pipelines].
package examples

import "embed"

// Pipelines are the files of the example pipelines: a folder for each code host, and
// the scripts that all of them call.
//
//go:embed ci/github/*.yml ci/gitlab/.gitlab-ci.yml ci/shell/*.sh
var Pipelines embed.FS
