package quirk

// The names of the quirks of security domains.
const (
	DomainAgain          Name = "domain-again"
	SystemDomainDeletion Name = "system-domain-deletion"
)

var authDomains = []Quirk{
	{
		Name: DomainAgain, System: "cloudbase",
		Question: "whether it is an error to add a security domain that is there",
		Readings: []Reading{{Refused, "`ResourceInUse`, and none of the call is added"}, {Accepted, "the call succeeds, and it is there once"}},
		Answer:   "adds what is not there. An addition whose outcome is not known is settled by reading",
		Found:    Never, How: "a domain lets its pages use the login",
	},
	{
		Name: SystemDomainDeletion, System: "cloudbase",
		Question: "what comes of deleting a security domain of the platform's own",
		Readings: []Reading{{Kept, "it stays, and `Deleted` does not count it"}, {Refused, "`OperationDenied`"}},
		Answer:   "never deletes one",
		Found:    Never, How: "its pages use the login",
	},
}
