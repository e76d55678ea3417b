package main

import (
	"errors"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

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
