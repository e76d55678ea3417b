package planfile

// planDoc is what the types of the JSON plan do not say of a name in it.
type planDoc struct {
	doc   string
	kind  string   // where its Go type does not tell
	enum  []string // all that it may be
	fixed int      // the only number that it may be
}

// planDocs say what each name of the JSON plan means: plan.empty is empty of
// jsonPlan.
var planDocs = map[string]planDoc{
	"plan.formatVersion": {doc: "Grows when a reader of the old format would misread the new one. New names alone do not make it grow.", fixed: FormatVersion},
	"plan.tool":          {doc: "authsync."},
	"plan.version":       {doc: "The version of authsync that made the plan."},
	"plan.empty":         {doc: "Whether there is nothing to do in any environment; false also while something could not be read."},
	"plan.sandbox":       {doc: "The identity of the sandbox that plays the services: nothing real is touched. Missing where they are spoken to themselves."},
	"plan.shard":         {doc: "Which part of a fleet the plan is for: --shard. Missing where it is for all."},
	"plan.shards":        {doc: "Whose plans were joined: report merge. Missing in the plan of one run."},
	"plan.rollout":       {doc: "In which order the environments are applied: kind: Rollout. Missing where there is none."},
	"plan.environments":  {doc: "The environments, by name."},

	"plan.changedSince": {doc: "Why the plan has only some environments: --changed-since. Missing where it has all."},

	"shard.index": {doc: "The number of the part, from 1."},
	"shard.of":    {doc: "How many parts there are."},

	"joined.of":      {doc: "How many shards there are."},
	"joined.missing": {doc: "The numbers of those that did not report."},
	"joined.digests": {doc: "The digests of saved plans. Missing where none was saved."},

	"sharddigest.index":  {doc: "The number of the shard."},
	"sharddigest.digest": {doc: "The digest of its saved plan."},

	"rollout.file":   {doc: "The Rollout, as its path was given."},
	"rollout.sha256": {doc: "The digest of its text."},
	"rollout.waves":  {doc: "The waves, in order."},

	"wave.environments": {doc: "The environments of the plan that are in the wave, by name."},
	"wave.select":       {doc: "The labels that select them."},
	"wave.soak":         {doc: "How long the next wave waits after this one, in seconds. Missing where it does not."},
	"wave.parallel":     {doc: "How many environments at most are under way at once. Missing where the run decides."},
	"wave.maxFailures":  {doc: "How many environments may fail, as a number or in percent of the wave."},

	"since.ref":       {doc: "The git revision, as it was named."},
	"since.commit":    {doc: "The commit that it was. Missing where the files are in several repositories."},
	"since.unchanged": {doc: "The environments that are left out, since no file of them differs from that revision."},
	"since.deleted":   {doc: "The environments that git had then and has no longer: what was applied from them still exists, and no plan includes it."},

	"deleted.name": {doc: "The environment."},
	"deleted.file": {doc: "Where its manifest was."},

	"plan.saved":  {doc: "What a plan that apply --plan carries out rests on; missing in one that is only to be looked at."},
	"plan.digest": {doc: "sha256: of the file with this field empty. A file that was edited is refused."},

	"saved.made":         {doc: "When the plan was made."},
	"saved.expires":      {doc: "Until when it may be carried out."},
	"saved.apiVersion":   {doc: "The version of the manifests."},
	"saved.request":      {doc: "What was asked for."},
	"saved.environments": {doc: "What the plan of each environment rests on."},

	"request.paths":        {doc: "The manifests, as they were named."},
	"request.environments": {doc: "--env."},

	"foundation.name":       {doc: "The environment."},
	"foundation.systems":    {doc: "The remote ends that it stands for, by system."},
	"foundation.places":     {doc: "Where those are, by system: the plan is for no other service."},
	"foundation.recipients": {doc: "To whom secrets were sealed. Missing where there is nobody."},
	"foundation.manifest":   {doc: "The files that say what is wanted."},
	"foundation.unopened":   {doc: "What could not be opened when the plan was made: paths of secrets, and variables after \"env \". It is carried out with no more knowledge."},
	"foundation.key":        {doc: "The key of the digests in live, sealed to the recipients."},
	"foundation.live":       {doc: "The objects that the plan rests on, as they were."},

	"place.address": {doc: "Scheme and host. All hosts of the cloud's own API are one."},
	"place.tenant":  {doc: "Which of the service's tenants is meant, where it has several."},
	"place.sandbox": {doc: "The identity of the sandbox that plays the service. Missing for the service itself."},

	"source.path":   {doc: "The file."},
	"source.sha256": {doc: "The digest of its text."},

	"fact.object": {doc: "The object, as KIND/NAME."},
	"fact.absent": {doc: "Whether it did not exist. Missing where it did."},
	"fact.id":     {doc: "The service's id of it, where that is not its name."},
	"fact.fields": {doc: "Its values by path: JSON, or hmac: of what is a secret or not modelled, or (a secret)."},

	"environment.name":         {doc: "Its name in its manifest."},
	"environment.file":         {doc: "The manifest, as its path was given."},
	"environment.envId":        {doc: "The id of the CloudBase environment, if it has one."},
	"environment.sandbox":      {doc: "As in the plan, for who reads the environment by itself."},
	"environment.targets":      {doc: "The objects that the plan is limited to (--target), as KIND/NAME or KIND. Missing where it is about all."},
	"environment.excluded":     {doc: "The objects that the plan leaves out (--exclude), as KIND/NAME or KIND. Missing where it leaves out none."},
	"environment.changedFiles": {doc: "Those of its files that differ from the revision of changedSince. Missing without one."},
	"environment.summary":      {doc: "How much there is to do."},
	"environment.destinations": {doc: "Where the systems are, to which credentials and what is written go."},
	"environment.seals":        {doc: "What the plan seals, and to whom. Missing where it seals nothing."},
	"environment.gates":        {doc: "The dangers in the plan. While one is not allowed, nothing is written to any environment."},
	"environment.refusals":     {doc: "Why the plan must not be applied. While there is one, nothing is written to any environment."},
	"environment.errors":       {doc: "Why reads failed, each cause once. No step is planned for their systems."},
	"environment.causes":       {doc: "The errors as data, in the same order. Missing where there is none."},
	"environment.unread":       {doc: "Kinds that the manifest names and that could not be read this time. While there is one, no step of phase take is made, in any system. Missing where there is none."},
	"environment.changes":      {doc: "The objects that differ, by kind and name."},
	"environment.steps":        {doc: "The calls that make the changes, in order."},
	"environment.notes":        {doc: "What a reviewer should know; notes stop nothing."},
	"environment.notCompared":  {doc: "Secrets that are left as they are, since it cannot be told whether they differ. Missing where there is none."},
	"environment.unreadable":   {doc: "Kinds of which live cannot be read: they were compared with what was last applied. Missing where there is none."},
	"environment.unmanaged":    {doc: "Live objects that the manifest does not name; left alone. KIND/NAME each."},
	"environment.builtin":      {doc: "Those of unmanaged that the service has by itself: they are never deleted. Missing where there is none."},

	"environment.overlaps": {doc: "Objects that another one took the place of, and that live on beside it until a time. Missing where there is none."},

	"overlap.object":  {doc: "What took its place, as KIND/NAME."},
	"overlap.id":      {doc: "The service's id of what lives on."},
	"overlap.until":   {doc: "Until when; the first apply after that deletes it."},
	"overlap.overdue": {doc: "Whether that time is over."},

	"kept.id":      {doc: "The service's id of what lives on."},
	"kept.seconds": {doc: "How long it lives on beside what the step makes."},
	"kept.ends":    {doc: "When it ends by itself, if that is sooner: it does not live on for longer."},

	"environment.removed": {doc: "What git no longer names, though the lock says that it was applied from here; live keeps it. Missing where there is none."},

	"environment.accepted": {doc: "Drift that git takes over: it states what live has, though something else was last applied. Nothing is written for it. Missing where there is none."},

	"environment.waysIn":    {doc: "Who can log in before the first call, and after each that changes that. Missing where none does."},
	"standing.after":        {doc: "The number of the call; 0 before the first."},
	"standing.ways":         {doc: "The ways in: KIND/NAME and the switch."},
	"standing.secondFactor": {doc: "Whether a second factor is asked for."},

	"environment.rehearsal": {doc: "What came of making the plan's calls on a copy of live in memory. Missing where nobody asked for it, and in an apply also where it ends as wanted."},

	"rehearsal.without":     {doc: "Why the plan was not rehearsed. Missing where it was."},
	"rehearsal.readings":    {doc: "How many combinations there are of the answers of quirks."},
	"rehearsal.asWanted":    {doc: "Under how many of them the plan ends as wanted."},
	"rehearsal.untried":     {doc: "About how many of them nothing is said, since they are too many. Missing where it is none."},
	"rehearsal.quirks":      {doc: "The quirks that are not known and matter to the calls."},
	"rehearsal.divergences": {doc: "The ways in which the plan does not end as wanted."},

	"divergence.what":   {doc: "A call is refused, what was written reads otherwise, something is lost that the plan is not about, or the next plan has something to do.", enum: []string{"refused", "otherwise", "lost", "unfinished"}},
	"divergence.object": {doc: "The object, as KIND/NAME; empty where it is about none."},
	"divergence.path":   {doc: "The field. Missing where it is about the object as a whole."},
	"divergence.text":   {doc: "What comes of it."},
	"divergence.under":  {doc: "The answers of quirks under which it ends so, each with those that decide; empty where it ends so under each."},
	"divergence.advice": {doc: "What can be done."},

	"accepted.object": {doc: "The object, as KIND/NAME."},
	"accepted.fields": {doc: "The fields, with the applied value before and git's after; none where the object appeared after the last apply."},

	"removed.object": {doc: "The object, as KIND/NAME."},
	"removed.path":   {doc: "The field; missing where git has removed the whole object."},
	"removed.live":   {doc: "What live keeps of the field, in the manifest's form. A secret is a word in parentheses."},
	"removed.unread": {doc: "Why it is not known what live keeps; missing where it is."},
	"removed.ack":    {doc: "Why that is as it should be, by the manifest's ack; missing where it says nothing."},

	"uncompared.object": {doc: "The object, as KIND/NAME."},
	"uncompared.path":   {doc: "Where in the object."},
	"uncompared.reason": {doc: "Why it cannot be told."},
	"uncompared.ack":    {doc: "Why that is as it should be, by the manifest's ack; missing where it says nothing."},

	"summary.create":  {doc: "Objects to create."},
	"summary.update":  {doc: "Objects to update."},
	"summary.delete":  {doc: "Objects to delete for good."},
	"summary.replace": {doc: "Objects that others take the place of."},
	"summary.steps":   {doc: "Calls."},

	"cause.text":   {doc: "What happened, without what tells one call from another."},
	"cause.reads":  {doc: "How many reads it stopped; 0 where it was no call that failed."},
	"cause.trace":  {doc: "The id by which the service finds the first of them. Missing where it has none."},
	"cause.advice": {doc: "What to do about it, for a person; missing where nothing is known."},

	"destination.system":  {doc: "The system."},
	"destination.address": {doc: "Scheme and host. All hosts of the cloud's own API are one."},
	"destination.tenant":  {doc: "Which of the service's tenants is meant, where it has several."},
	"destination.account": {doc: "The cloud account that the manifest pins; with credentials of another one nothing is read. Missing where it pins none."},
	"destination.memory":  {doc: "Whether the lock has the system there: remembered, first-seen where it has no address of it, contradicted where it has another."},
	"destination.was":     {doc: "The address that the lock has. Missing unless it is another one."},

	"sealing.recipients": {doc: "Those that can open it."},
	"sealing.unknown":    {doc: "Those of them that the lock does not know. Missing where there is none, or the lock knows none at all."},
	"sealing.objects":    {doc: "The objects whose tokens are sealed, as KIND/NAME."},

	"gate.gate":    {doc: "Which gate: objects are deleted, the environment becomes less safe, somebody would be locked out, or an object is replaced. There may be more."},
	"gate.allow":   {doc: "What allows it, after --allow: the gate's name, or delete=N with the exact number."},
	"gate.allowed": {doc: "Whether it was allowed when the plan was made."},
	"gate.object":  {doc: "The object that trips it, as KIND/NAME; missing where several do."},
	"gate.fields":  {doc: "The fields that trip it, by path."},
	"gate.text":    {doc: "Why, for a person."},

	"refusal.object": {doc: "The object that cannot be written, or that breaks a rule, as KIND/NAME; empty where it is about none."},
	"refusal.fields": {doc: "The fields that stand in the way, by path."},
	"refusal.text":   {doc: "Why, for a person."},
	"refusal.rule":   {doc: "The rule of a policy that the end state breaks, as policy/NAME. Missing where the object cannot be written."},

	"change.object": {doc: "The object, as KIND/NAME."},
	"change.action": {doc: "What becomes of the object. replace: a new one takes an old one's place."},
	"change.fields": {doc: "What differs, by path."},

	"field.path":    {doc: "Where in the object, spelled as in the manifest."},
	"field.before":  {doc: "The live value, in the manifest's form: times in seconds, flags as true, false or \"unspecified\", null where it is unset. A secret is a word in parentheses."},
	"field.after":   {doc: "The wanted value, in the same form."},
	"field.origin":  {doc: "Whose doing the difference is, by what was last applied: git moved, live moved (drift), both did, or it is not known."},
	"field.applied": {doc: "What was last applied, where origin is both and that is remembered in clear."},

	"step.number":           {doc: "From 1, in each environment."},
	"step.level":            {doc: "What runs at once, from 1: the steps of one level are made side by side, once those of the level before have ended. Those of one object follow one another all the same, and so do those of a kind that its service takes one at a time."},
	"step.object":           {doc: "The object, as KIND/NAME."},
	"step.operation":        {doc: "What the call does to the object."},
	"step.phase":            {doc: "Nothing is removed before everything added has succeeded and was read back."},
	"step.fields":           {doc: "The top-level fields sent because something in them differs. What is always sent is in the body besides."},
	"step.after":            {doc: "The numbers of earlier steps of the same object, which must have succeeded."},
	"step.completedOnApply": {doc: "The body is completed from a read just before the call, since it rests on what the service makes of an earlier step. Missing where it is false."},
	"step.keeps":            {doc: "What it takes the place of and what lives on beside it for a while. Missing where nothing does."},
	"step.call":             {doc: "The call itself."},

	"call.system": {doc: "The service."},
	"call.action": {doc: "What an RPC-style service is asked to do; else there are method and path."},
	"call.method": {doc: "The HTTP method, where there is no action."},
	"call.path":   {doc: "The path of the URL, where there is no action."},
	"call.body": {kind: "object", doc: "The exact body. A secret is \"(sealed)\", \"(env NAME)\" or \"(in clear)\" (live shows it); " +
		"what authsync does not model and sends along as it is, is \"(carried)\"."},

	"note.object": {doc: "The object, as KIND/NAME; empty where the note is about none."},
	"note.code":   {doc: "What sort of note. There may be more."},
	"note.fields": {doc: "The fields that it is about, by path."},
	"note.text":   {doc: "The note, for a person."},
}
