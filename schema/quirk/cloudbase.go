package quirk

// The names of CloudBase's quirks.
const (
	ProviderConfig Name = "provider-config"
	EmailConfig    Name = "email-config"
	ClientSecret   Name = "client-secret"
	SMTPPassword   Name = "smtp-password"
)

// Answers that several quirks have.
const (
	Replaced Value = "replace"
	Merged   Value = "merge"

	Shown  Value = "shown"
	Masked Value = "masked"
	Blank  Value = "blank"
	Hidden Value = "hidden"

	Yes Value = "yes"
	No  Value = "no"
)

const hiddenAnswer = "compares what is shown; takes `***` and the like as hidden, and an empty secret while its companion is set. A hidden secret is compared with what the lock says was applied, and never written back: the plan is refused until the manifest has it"

var cloudBase = []Quirk{
	{
		Name: ProviderConfig, System: "cloudbase",
		Question: "whether `ModifyProvider` merges `config` with what is stored, or replaces it",
		Readings: []Reading{
			{Replaced, "what is sent takes the place of what is stored"},
			{Merged, "what is stored and not sent stays"},
		},
		Answer: "sends `config` whole: live overlaid with the manifest",
		Source: "the service's own tool set sends it whole; an official example sends a part",
		Found:  ByScratch, How: "two fields are written, then one of them, and both are read",
	},
	{
		Name: EmailConfig, System: "cloudbase",
		Question: "whether `ModifyProvider` merges `emailConfig` with what is stored, or replaces it",
		Readings: []Reading{
			{Replaced, "what is sent takes the place of what is stored"},
			{Merged, "what is stored and not sent stays"},
		},
		Answer: "sends `emailConfig` whole: live overlaid with the manifest",
		Found:  Never, How: "only the provider `email` has it, which sends the environment's mail",
	},
	{
		Name: ClientSecret, System: "cloudbase",
		Question: "whether `GetProviders` shows a provider's `clientSecret`",
		Readings: []Reading{
			{Shown, "in clear"},
			{Masked, "as `***`"},
			{Blank, "as an empty text"},
		},
		Answer: hiddenAnswer,
		Source: "the official example shows one in clear",
		Found:  ByScratch, How: "one is written, and read",
	},
	{
		Name: SMTPPassword, System: "cloudbase",
		Question: "whether `GetProviders` shows the mail server's `accountPassword`",
		Readings: []Reading{
			{Shown, "in clear"},
			{Masked, "as `***`"},
			{Blank, "as an empty text"},
		},
		Answer: hiddenAnswer,
		Found:  ByReading, How: "where the mail server has a user, its password is looked for",
	},
}
