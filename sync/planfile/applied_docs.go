package planfile

// appliedDocs say what each name of the JSON of an apply means; see [planDocs].
var appliedDocs = map[string]planDoc{
	"applied.formatVersion": {doc: "Grows when a reader of the old format would misread the new one. New names alone do not make it grow.", fixed: AppliedFormatVersion},
	"applied.tool":          {doc: "authsync."},
	"applied.version":       {doc: "The version of authsync that ran."},
	"applied.sandbox":       {doc: "The identity of the sandbox that played the services: nothing real was touched. Missing where they were spoken to themselves."},
	"applied.shard":         {doc: "Which part of a fleet the run was for: --shard. Missing where it was for all."},
	"applied.shards":        {doc: "Whose results were joined: report merge. Missing in those of one run."},
	"applied.complete":      {doc: "Whether everything is as wanted now: the exit code is 0."},
	"applied.exitCode":      {doc: "The exit code of the run."},
	"applied.errors":        {doc: "What the run said at its end, each cause once, such as why it was refused."},
	"applied.environments":  {doc: "The environments, by name. None where the run did not come to a plan."},

	"appliedenv.name":     {doc: "Its name in its manifest."},
	"appliedenv.file":     {doc: "The manifest, as its path was given."},
	"appliedenv.envId":    {doc: "The id of the CloudBase environment, if it has one."},
	"appliedenv.standing": {doc: "How it stands now."},
	"appliedenv.written":  {doc: "The calls that did their work, in order."},
	"appliedenv.readBack": {doc: "The objects that were read again after they were written."},
	"appliedenv.left":     {doc: "The calls that did not do their work, or of which that is not known, in order."},
	"appliedenv.overlaps": {doc: "Objects that another one took the place of, and that lived on beside it when the plan was made. Missing where there is none."},
	"appliedenv.errors":   {doc: "Failures outside of calls: reads, the lock, the journal."},

	"shard.index": planDocs["shard.index"],
	"shard.of":    planDocs["shard.of"],

	"joined.of":          planDocs["joined.of"],
	"joined.missing":     planDocs["joined.missing"],
	"joined.digests":     planDocs["joined.digests"],
	"sharddigest.index":  planDocs["sharddigest.index"],
	"sharddigest.digest": planDocs["sharddigest.digest"],

	"written.number":    {doc: "The number of the step in the plan."},
	"written.object":    {doc: "The object, as KIND/NAME."},
	"written.operation": {doc: "What the call did to the object."},
	"written.system":    {doc: "Of which service."},
	"written.call":      {doc: "The action, or the method and the path."},
	"written.outcome":   {doc: "How it is known that the work was done."},

	"readback.object":   {doc: "The object, as KIND/NAME."},
	"readback.standing": {doc: "What the read shows."},
	"readback.fields":   {doc: "The fields that are not as wanted."},
	"readback.unseen":   {doc: "Secrets that a read cannot show. Missing where there is none."},

	"got.path":   {doc: "Where in the object, as in the manifest."},
	"got.wanted": {doc: "The value that was sent."},
	"got.got":    {doc: "The value that was read."},

	"left.number":    {doc: "The number of the step in the plan."},
	"left.object":    {doc: "The object, as KIND/NAME."},
	"left.operation": {doc: "What the call would have done to the object."},
	"left.system":    {doc: "Of which service."},
	"left.call":      {doc: "The action, or the method and the path."},
	"left.outcome":   {doc: "What became of the step."},
	"left.unknown":   {doc: "Whether the work may have been done all the same: the answer was lost."},
	"left.why":       {doc: "Why. Missing where no step was begun; the errors of the whole say it then."},

	"overlap.object":  planDocs["overlap.object"],
	"overlap.id":      planDocs["overlap.id"],
	"overlap.until":   planDocs["overlap.until"],
	"overlap.overdue": planDocs["overlap.overdue"],
}
