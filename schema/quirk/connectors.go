package quirk

// The names of the connector service's quirks.
const (
	OneConnectorPerType  Name = "one-connector-per-type"
	ConnectorTotal       Name = "connector-total"
	ConnectorErrorStatus Name = "connector-error-status"
)

// Answers that only these quirks have.
const (
	ExactTotal   Value = "exact"
	SurplusTotal Value = "surplus"

	StatusOfCode Value = "code"
	StatusOK     Value = "ok"
)

var connectors = []Quirk{
	{
		Name: OneConnectorPerType, System: "connectors",
		Question: "whether the service keeps more than one connector of type `Email` or `Sms`",
		Readings: []Reading{
			{No, "it keeps all that are made"},
			{Yes, "making another deletes the one before, without a word"},
		},
		Answer: "says so beside a creation that meets another of its type, and after each creation reads the list once more and tells what has gone, with exit code 4. What was made from here and has gone, while another of its type stands, is not made anew: the plan is refused until one of them is out of the manifest, or with `--recreate`",
		Source: "logto, of the same family, deletes the one before",
		Found:  Never, How: "a second connector could take the place of the one in use",
	},
	{
		Name: ConnectorTotal, System: "connectors",
		Question: "whether the `total` of a list is the number of connectors",
		Readings: []Reading{
			{ExactTotal, "as many as there are"},
			{SurplusTotal, "one more than there are"},
		},
		Answer: "does not believe it: a list ends with an empty or a short page",
		Source: "the documented example counts 3 and shows 2",
		Found:  ByReading, How: "the list is counted",
	},
	{
		Name: ConnectorErrorStatus, System: "connectors",
		Question: "with which HTTP status an error is answered",
		Readings: []Reading{
			{StatusOfCode, "that of the envelope's code"},
			{StatusOK, "always 200"},
		},
		Answer: "looks at both, the status and the code",
		Source: "its own SDK takes another status than 2xx for an error",
		Found:  ByReading, How: "a connector is asked for that is not there",
	},
}
