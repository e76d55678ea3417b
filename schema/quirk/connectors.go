package quirk

// The names of the connector service's quirks.
const (
	OneConnectorPerType  Name = "one-connector-per-type"
	ConnectorConfig      Name = "connector-config"
	ConnectorEmpty       Name = "connector-empty"
	ConnectorMask        Name = "connector-mask"
	ConnectorIDs         Name = "connector-ids"
	ConnectorOwnID       Name = "connector-own-id"
	ConnectorTotal       Name = "connector-total"
	ConnectorPage        Name = "connector-page"
	ConnectorStamp       Name = "connector-stamp"
	ConnectorDeletion    Name = "connector-deletion"
	ConnectorErrorStatus Name = "connector-error-status"
)

// Answers that only these quirks have.
const (
	ExactTotal   Value = "exact"
	SurplusTotal Value = "surplus"

	StatusOfCode Value = "code"
	StatusOK     Value = "ok"

	Envelope Value = "envelope"
	NoBody   Value = "no-body"

	Stars Value = "stars"
)

var connectors = []Quirk{
	{
		Name: OneConnectorPerType, System: "connectors",
		Question: "whether the service keeps more than one connector of type `Email` or `Sms`",
		Readings: []Reading{{No, "it keeps all that are made"}, {Yes, "making another deletes the one before, without a word"}},
		Answer:   "says so beside a creation that meets another of its type, and counts what live has of that type in the gate `delete`; one with `keep: true` refuses the creation. After each creation it reads the list once more and tells what has gone: with exit code 4 where git names it, or no gate had said so. What was made from here and has gone, while another of its type stands, is not made again: the plan is refused until one of them is out of the manifest, or with `--recreate`",
		Better:   "known to keep all, a second one of a type needs no gate, and the plan says what rests on that",
		Source:   "logto, of the same family, deletes the one before",
		Found:    Never, How: "a second connector could take the place of the one in use",
		Touches: []Touch{{Kind: "connector", Call: "create"}},
	},
	{
		Name: ConnectorConfig, System: "connectors",
		Question: "whether `PATCH` merges `config` or replaces it",
		Readings: []Reading{{Replaced, asReplacement}, {Merged, asMerge}},
		Answer:   "sends it whole: live overlaid with the manifest",
		Better:   keptBetter,
		Source:   "the documents say that it is replaced",
		Found:    Never, How: "a second connector could take the place of the one in use",
		Touches: []Touch{{Kind: "connector", Call: "update", At: "config"}},
	},
	{
		Name: ConnectorEmpty, System: "connectors",
		Question: "whether what is empty in `config` is stored",
		Readings: []Reading{{Kept, "it is"}, {Dropped, "`\"\"`, `[]` and `{}` are left out"}},
		Answer:   "takes an empty value and none as the same",
		Source:   "logto, of the same family, drops it",
		Found:    Never, How: "a second connector could take the place of the one in use",
		Touches: []Touch{{Kind: "connector", At: "config", Holds: empty}},
	},
	{
		Name: ConnectorMask, System: "connectors",
		Question: "which values of an open object (`config`, `ext`, a row) are secrets, and how they are masked",
		Readings: []Reading{{Stars, "as `***`"}, {Part, "their beginning, and `***`"}},
		Answer: "takes for a secret what a template calls a password, what is masked, what has a name such as `client_secret`, `apiV3Key` or `pin`, what is one by itself (a URL with a password, a private key, a signed token), and what the manifest holds as `!age` or `!env`. " +
			"`secret:` and `notSecret:` of a manifest overrule names. What looks random without a telling name is exported in clear and listed: read an export before it is committed",
		Source: "the documents mask secrets wholly, and ids in lists in part",
		Found:  ByReading, How: "connectors are looked at",
	},
	{
		Name: ConnectorIDs, System: "connectors",
		Question: "whether two connectors for social login may have one `connector_id`",
		Readings: []Reading{{Free, "they may"}, {Unique, "the second is refused with 422"}},
		Answer:   rivalsAnswer,
		Source:   "logto, of the same family, refuses it for social ones",
		Found:    Never, How: "a second connector could take the place of the one in use",
		Touches: []Touch{{Kind: "connector", Call: "create"}},
	},
	{
		Name: ConnectorOwnID, System: "connectors",
		Question: "whether a connector can be made under an id of the caller's",
		Readings: []Reading{{Refused, "the service chooses the id, and refuses another"}, {Accepted, "the id is taken; one that is there already is refused with 422"}},
		Answer:   "sends no id, and remembers the one that the service gives",
		Source:   "logto, of the same family, takes one",
		Found:    Never, How: "a second connector could take the place of the one in use",
	},
	{
		Name: ConnectorTotal, System: "connectors",
		Question: "whether the `total` of a list is the number of connectors",
		Readings: []Reading{{ExactTotal, "as many as there are"}, {SurplusTotal, "one more than there are"}},
		Answer:   "does not believe it: a list ends with a page that brings nothing new",
		Source:   "the documented example counts 3 and shows 2",
		Found:    ByReading, How: "the list is counted",
	},
	{
		Name: ConnectorPage, System: "connectors",
		Question: "whether the list cuts down the page that is asked for",
		Readings: []Reading{{Asked, "only one of more than 100"}, {Capped, "it does, without a word"}},
		Answer:   pagesAnswer,
		Found:    ByReading, How: pagesFound,
	},
	{
		Name: ConnectorStamp, System: "connectors",
		Question: "whether a connector's `updated_at` moves with each change, and without one",
		Readings: []Reading{{OnWrite, "with writes alone"}, {OnRead, "with reads too"}, {AtCreation, "with none: it stays as the creation gave it"}},
		Answer:   stampBelieved,
		Better:   stampKnown,
		Found:    ByReading, How: readsTwice,
	},
	{
		Name: ConnectorDeletion, System: "connectors",
		Question: "how a deletion is answered",
		Readings: []Reading{{Envelope, "with the envelope, and `null`"}, {NoBody, "with 204 and no body"}},
		Answer:   "takes either as done",
		Source:   "the documents say the first, logto of the same family does the second",
		Found:    Never, How: "no connector is deleted for it",
		Touches: []Touch{{Kind: "connector", Call: "delete"}},
	},
	{
		Name: ConnectorErrorStatus, System: "connectors",
		Question: "with which HTTP status an error is answered",
		Readings: []Reading{{StatusOfCode, "that of the envelope's code"}, {StatusOK, "always 200"}},
		Answer:   "looks at both, the status and the code",
		Source:   "its own SDK takes another status than 2xx for an error",
		Found:    ByReading, How: "a connector is asked for that is not there",
	},
}
