package quirk

// The names of the quirks of security domains.
const (
	DomainAgain          Name = "domain-again"
	SystemDomainDeletion Name = "system-domain-deletion"
	DomainCase           Name = "domain-case"
	DomainPort           Name = "domain-port"
)

var authDomains = []Quirk{
	{
		Name: DomainAgain, System: "cloudbase",
		Question: "whether it is an error to add a security domain that is there",
		Readings: []Reading{{Refused, "`ResourceInUse`, and none of the call is added"}, {Accepted, "the call succeeds, and it is there once"}},
		Answer:   "adds what is not there. An addition whose outcome is not known is settled by reading",
		Found:    Never, How: "a domain lets its pages use the login",
		Touches: []Touch{{Kind: "authDomain", Call: "create"}},
	},
	{
		Name: SystemDomainDeletion, System: "cloudbase",
		Question: "what comes of deleting a security domain of the platform's own",
		Readings: []Reading{{Kept, "it stays, and `Deleted` does not count it"}, {Refused, "`OperationDenied`"}},
		Answer:   "never deletes one",
		Found:    Never, How: "its pages use the login",
	},
	{
		Name: DomainCase, System: "cloudbase",
		Question: "whether the case of a security domain is kept",
		Readings: []Reading{{Kept, "it is stored as it is sent, and two spellings are two domains"}, {Lowered, "it is stored in lower case"}},
		Answer:   "sends lower case, takes two spellings for one domain, and of several means the one that is on",
		Found:    Never, How: "a domain lets its pages use the login",
	},
	{
		Name: DomainPort, System: "cloudbase",
		Question: "whether a security domain may have a port",
		Readings: []Reading{
			{Kept, "it is stored with it"}, {Refused, "`InvalidParameterValue`"},
			{Dropped, "it is stored without, and lets in the pages of each port"},
		},
		Answer: "sends it as the manifest has it. A domain that is not there as it was sent is told by the read-back, with exit code 4",
		Found:  Never, How: "a domain lets its pages use the login",
		Touches: []Touch{{Kind: "authDomain", Call: "create"}},
	},
}
