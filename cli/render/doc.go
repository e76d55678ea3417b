// Package render writes results of the engine for a person: plans, diffs, drift and
// reports, as text for a terminal, as Markdown for a comment, and as a page for a browser.
//
// It must not know flags, files, exit codes or whether there is a terminal: it gets a
// writer and a [Palette], and the same result gives the same bytes. Begin reading at
// [Plan], then at [Markdown.Plan] and [HTMLPlan].
package render
