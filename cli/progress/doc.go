// Package progress tells on standard error how a run goes on: live lines at a
// terminal, else plain lines, which a CI system folds.
//
// It must not know flags or exit codes, nor ask the process for its variables
// or its terminal: they are passed in. What it tells of, it is told by the
// engine. Begin reading at [Progress], then at the live region's painting.
package progress
