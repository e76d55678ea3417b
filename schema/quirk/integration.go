package quirk

// The names of the quirks of the Integration Center.
const (
	IntegrationID        Name = "integration-id"
	IntegrationResults   Name = "integration-results"
	IntegrationPasswords Name = "integration-passwords"
	IntegrationListExt   Name = "integration-list-ext"
	IntegrationBindings  Name = "integration-bindings"
	IntegrationTemplates Name = "integration-templates"
	IntegrationPage      Name = "integration-page"
	IntegrationStamp     Name = "integration-stamp"
	MissingIntegration   Name = "missing-integration"
	RuntimeConfig        Name = "runtime-config"
)

// Answers that only these quirks have.
const (
	Prefix  Value = "prefix"
	Made    Value = "made"
	Count   Value = "count"
	Zero    Value = "zero"
	Counted Value = "counted"
)

var integrations = []Quirk{
	{
		Name: IntegrationID, System: "cloudbase",
		Question: "what the service makes of the `KeyID` that is asked for",
		Readings: []Reading{{Prefix, "the first half of the id"}, {Kept, "the id"}, {Made, "nothing: it makes one up"}},
		Answer:   "asks for the object's name, finds it again by its name, and remembers the id in the lock",
		Source:   "two documents say the first and the second",
		Found:    Never, How: "an integration needs credentials that are somebody's",
		Touches: []Touch{{Kind: "integration", Call: "create"}},
	},
	{
		Name: IntegrationResults, System: "cloudbase",
		Question: "what the numbers mean that its calls return",
		Readings: []Reading{{Count, "how many records there were"}, {Zero, "0 is success"}},
		Answer:   "does not look at them; what was written is read back",
		Source:   "two documents say different things",
		Found:    Never, How: "an integration needs credentials that are somebody's",
		Touches: []Touch{{Kind: "integration"}},
	},
	{
		Name: IntegrationPasswords, System: "cloudbase",
		Question: "whether a password that reads as empty is empty, or was not shown",
		Readings: []Reading{{Stored, "`NeedPwd` shows it, sealed"}, {Blank, "`\"\"`, whatever was asked for"}},
		Answer:   "takes it as hidden where the template requires it, else as empty",
		Source:   "the documents show `\"\"` without `NeedPwd`",
		Found:    ByReading, How: "an integration is read with `NeedPwd`",
	},
	{
		Name: IntegrationListExt, System: "cloudbase",
		Question: "whether a list shows `ext`",
		Readings: []Reading{{Blank, "it does, less its passwords"}, {Absent, "it does not"}},
		Answer:   "asks for each object that matters",
		Found:    ByReading, How: "the list is looked at",
	},
	{
		Name: IntegrationBindings, System: "cloudbase",
		Question: "whether a list shows everything that an integration is bound to",
		Readings: []Reading{{Listed, "it does"}, {Unlisted, "only the answer for one does"}},
		Answer:   "looks at the list and, for what the manifest names or a plan may delete, at the answer for one",
		Found:    ByReading, How: "both are looked at",
	},
	{
		Name: IntegrationTemplates, System: "cloudbase",
		Question: "which fields an integration's template has, and which are passwords",
		Readings: []Reading{{Listed, "the list of templates says"}, {Unlisted, "the list is empty"}},
		Answer:   "asks the service. Only `type: password` is sealed, as the official client does; without a template, nothing of `ext` is written",
		Source:   "no whole template is public",
		Found:    ByReading, How: "the list is looked at",
	},
	{
		Name: IntegrationPage, System: "cloudbase",
		Question: "whether its lists cut down the page that is asked for",
		Readings: []Reading{{Asked, "they do not"}, {Capped, "they do, without a word"}},
		Answer:   pagesAnswer,
		Found:    ByReading, How: pagesFound,
	},
	{
		Name: IntegrationStamp, System: "cloudbase",
		Question: "whether an integration's `UpdateAt` moves with each change, and without one",
		Readings: []Reading{{OnWrite, "with writes alone"}, {OnRead, "with reads too"}, {AtCreation, "with none: it stays as the creation gave it"}},
		Answer:   stampBelieved,
		Better:   stampKnown,
		Found:    ByReading, How: readsTwice,
	},
	{
		Name: MissingIntegration, System: "cloudbase",
		Question: "whether it is an error to change or to delete an integration that is not there",
		Readings: []Reading{{Counted, "the call succeeds, and counts none"}, {Refused, "`ResourceNotFound`"}},
		Answer:   "does neither to what is not there; what was written is read back",
		Found:    ByReading, How: "the answer for one is asked for that never was",
	},
	{
		Name: RuntimeConfig, System: "cloudbase",
		Question: "what `runtimeConfig` holds, and whether any call shows it",
		Readings: []Reading{{Unseen, "none does"}, {Shown, "the answer for one does"}},
		Answer:   "sends it as it is, and compares it with what was last applied",
		Found:    ByReading, How: "an integration that has one is read",
	},
}
