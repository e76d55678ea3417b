package quirk

// The names of the quirks of which providers there are.
const (
	PermanentDeletion       Name = "permanent-deletion"
	MissingProviderDeletion Name = "missing-provider-deletion"
	ProviderUnderscore      Name = "provider-underscore"
	WXOpen                  Name = "wx-open"
	ReservedProviders       Name = "reserved-providers"
	ProviderUpsert          Name = "provider-upsert"
)

// Answers that only these quirks have.
const (
	Permanent Value = "permanent"
	Creates   Value = "creates"
)

var providerPresence = []Quirk{
	{
		Name: PermanentDeletion, System: "cloudbase",
		Question: "whether the providers `custom` and `email` can be deleted",
		Readings: []Reading{{Accepted, "the call succeeds, and an empty one is there again"}, {Refused, "`OperationDenied`"}},
		Answer:   "never deletes them",
		Found:    Never, How: "they are in use",
	},
	{
		Name: MissingProviderDeletion, System: "cloudbase",
		Question: "whether it is an error to delete a provider that is not there",
		Readings: []Reading{{Accepted, "the call succeeds"}, {Refused, "`ResourceNotFound`"}},
		Answer:   "does not delete what is not there. A deletion whose outcome is not known is settled by reading",
		Source:   "the action's list of errors has no `ResourceNotFound`",
		Found:    ByScratch, How: "the scratch object is deleted twice",
	},
	{
		Name: ProviderUnderscore, System: "cloudbase",
		Question: "whether `AddProvider` takes an id with an underscore or a hyphen (`wx_open`, `custom-oauth`)",
		Readings: []Reading{{Refused, "`InvalidParameterValue`; `ModifyProvider` makes it"}, {Accepted, "it does, and so does `ModifyProvider`"}},
		Answer:   "takes such a provider for the service's own: `ModifyProvider` writes it, and nothing deletes it",
		Source:   "the rule forbids it; official examples have `wx_open` and write it by `ModifyProvider`",
		Found:    Never, How: "one of such an id may be there for ever",
	},
	{
		Name: WXOpen, System: "cloudbase",
		Question: "whether `wx_open` is there from the start, as `custom` and `email` are",
		Readings: []Reading{{Absent, "it is not listed until it is written"}, {Permanent, "it is there, off; `ModifyProvider` makes it real"}},
		Answer:   "writes it by `ModifyProvider` either way; one that is off and empty is taken as not made",
		Source:   "the service's own tool set turns it on before anything has made it",
		Found:    ByReading, How: "the list is looked at",
	},
	{
		Name: ReservedProviders, System: "cloudbase",
		Question: "whether `GetProviders` shows `custom` and `email` while nobody has made them",
		Readings: []Reading{{Listed, "it appends them, off and empty"}, {Unlisted, "it shows what was made"}},
		Answer:   "takes one that is off and empty as not made, and creates either by `ModifyProvider`",
		Source:   "the documents say that it does, the official example does not",
		Found:    ByReading, How: "the list is looked at",
	},
	{
		Name: ProviderUpsert, System: "cloudbase",
		Question: "whether `ModifyProvider` makes a provider that is not there",
		Readings: []Reading{{Refused, "`ResourceNotFound`, but for `custom`, `email` and ids that `AddProvider` does not take"}, {Creates, "it makes it"}},
		Answer:   "makes providers by `AddProvider`, but for those; what has gone since the plan is refused before the call",
		Source:   "the service's own tool set turns `google` on by `ModifyProvider` alone",
		Found:    ByScratch, How: "it is called before the scratch object is made",
	},
}
