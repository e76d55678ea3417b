// Package progress shows on standard error how a run proceeds: live lines on a
// terminal, else plain lines, which a CI system folds.
//
// It must not know flags or exit codes, nor read the process's variables or its
// terminal: they are passed in, and the engine calls it. Begin reading at [Progress],
// then at the live region's painting.
package progress
