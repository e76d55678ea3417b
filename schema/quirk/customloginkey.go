package quirk

// The names of the quirks of custom login keys.
const (
	LoginKeyEnd  Name = "login-key-end"
	LoginKeyKept Name = "login-key-kept"
	LoginKeyList Name = "login-key-list"
)

// Answers that only these quirks have.
const (
	InTwoHours Value = "in-two-hours"
	AtOnce     Value = "at-once"

	EachKept Value = "each"
	LastKept Value = "last"
)

var customLoginKeys = []Quirk{
	{
		Name: LoginKeyEnd, System: "cloudbase",
		Question: "when a custom login key ends that another one took the place of",
		Readings: []Reading{{InTwoHours, "two hours after the other was made"}, {AtOnce, "when the other is made"}},
		Answer:   "has the new private key in the vault before the run goes on, keeps the former one for two hours, and says before a key is made that the one before it ends",
		Source:   "the service's own SDK says two hours; the models say nothing",
		Found:    Never, How: "a key ends those before it",
	},
	{
		Name: LoginKeyKept, System: "cloudbase",
		Question: "how many custom login keys live on beside the newest",
		Readings: []Reading{{EachKept, "each, until its own end"}, {LastKept, "the last before it; those before that end at once"}},
		Answer:   "makes no key while a former one lives on, unless it is asked for: `rotateAfter` is longer than two hours",
		Found:    Never, How: "a key ends those before it",
	},
	{
		Name: LoginKeyList, System: "cloudbase",
		Question: "whether a call lists custom login keys",
		Readings: []Reading{
			{Unlisted, "none does"},
			{Listed, "one does that no document names; the sandbox calls it `DescribeCustomLoginKeys`"},
		},
		Answer: "knows of the keys that the vault holds and of no others. A first key may take the place of one that was made elsewhere: it is held back by the gate `lockout`",
		Source: "the models have no such call",
		Found:  Never, How: "what no document names is not called",
	},
}
