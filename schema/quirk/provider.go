package quirk

// The names of the quirks of what a provider holds.
const (
	ProviderConfig      Name = "provider-config"
	EmailConfig         Name = "email-config"
	ClientSecret        Name = "client-secret"
	SMTPPassword        Name = "smtp-password"
	ProviderEmptyText   Name = "provider-empty-text"
	DiscoveredEndpoints Name = "discovered-endpoints"
	Unspecified         Name = "unspecified"
	ProviderUnset       Name = "provider-unset"
	ProviderFlags       Name = "provider-flags"
	ProviderNeeds       Name = "provider-needs"
	UndeclaredFields    Name = "undeclared-fields"
)

// Answers that only these quirks have.
const (
	Clears      Value = "clears"
	Overwritten Value = "overwritten"
	Resolved    Value = "resolved"
	Null        Value = "null"
	Empty       Value = "empty"
	Absent      Value = "absent"
	Unset       Value = "unset"
	Least       Value = "least"
	Documented  Value = "documented"
)

var providerContent = []Quirk{
	{
		Name: ProviderConfig, System: "cloudbase",
		Question: "whether `ModifyProvider` merges `config` with what is stored, or replaces it",
		Readings: []Reading{{Replaced, asReplacement}, {Merged, asMerge}},
		Answer:   "sends `config` whole: live overlaid with the manifest",
		Better:   keptBetter,
		Source:   "the service's own tool set sends it whole; an official example sends a part",
		Found:    ByScratch, How: someWritten,
		Touches: []Touch{{Kind: "provider", Call: "update", At: "config"}},
	},
	{
		Name: EmailConfig, System: "cloudbase",
		Question: "whether `ModifyProvider` merges `emailConfig` with what is stored, or replaces it",
		Readings: []Reading{{Replaced, asReplacement}, {Merged, asMerge}},
		Answer:   "sends `emailConfig` whole: live overlaid with the manifest",
		Better:   keptBetter,
		Found:    Never, How: "only the provider `email` has it, which sends the environment's mail",
		Touches: []Touch{{Kind: "provider", Call: "update", At: "emailConfig"}},
	},
	{
		Name: ClientSecret, System: "cloudbase",
		Question: "whether `GetProviders` shows a provider's `clientSecret`",
		Readings: []Reading{{Shown, "in clear"}, {Masked, "as `***`"}, {Part, "its beginning, and `***`"}, {Blank, "as an empty text"}},
		Answer:   hiddenAnswer,
		Better:   shownBetter,
		Source:   "the official example shows one in clear",
		Found:    ByScratch, How: "one is written, and read",
		Shows: Place{Kind: "provider", At: "config.clientSecret"},
	},
	{
		Name: SMTPPassword, System: "cloudbase",
		Question: "whether `GetProviders` shows the mail server's `accountPassword`",
		Readings: []Reading{{Shown, "in clear"}, {Masked, "as `***`"}, {Part, "its beginning, and `***`"}, {Blank, "as an empty text"}},
		Answer:   "does as with `client-secret`",
		Better:   shownBetter,
		Found:    ByReading, How: "where the mail server has a user, its password is looked for",
		Shows: Place{Kind: "provider", At: "emailConfig.smtpConfig.accountPassword"},
	},
	{
		Name: ProviderEmptyText, System: "cloudbase",
		Question: "whether `ModifyProvider` clears a text that is sent as `\"\"`",
		Readings: []Reading{{Clears, "it is empty afterwards"}, {Ignored, "it counts as not sent"}},
		Answer:   "sends `\"\"`, which the official client sends too; `null` never reaches the wire. What did not take is told by the read-back, with exit code 4",
		Source:   "the same product documents both, for other actions",
		Found:    ByScratch, How: "a text is written, then `\"\"`",
		Touches: []Touch{{Kind: "provider", Call: "update", Holds: cleared}},
	},
	{
		Name: DiscoveredEndpoints, System: "cloudbase",
		Question: "whether Discovery overwrites endpoints that are sent along with a new `issuer`",
		Readings: []Reading{{Overwritten, "what the issuer says counts"}, {Kept, "what was sent counts"}},
		Answer:   "does not send old endpoints with a new issuer; those that the manifest states are written once more after it",
		Source:   "the documents say that they are overwritten, and not when they are sent",
		Found:    Never, How: "the service would ask an issuer that is somebody's",
		Touches: []Touch{{Kind: "provider", At: "config.issuer"}},
	},
	{
		Name: Unspecified, System: "cloudbase",
		Question: "whether a flag that is written as `unspecified` is kept so",
		Readings: []Reading{{Kept, "it reads `UNSPECIFIED`"}, {Resolved, "it reads what it acts as"}},
		Answer:   "is content with either",
		Found:    ByScratch, How: "one is written, and read",
		Touches: []Touch{{Kind: "provider", Holds: []string{`"unspecified"`}}},
	},
	{
		Name: ProviderUnset, System: "cloudbase",
		Question: "how a provider's field is shown that nobody has set",
		Readings: []Reading{{Null, "as `null`"}, {Empty, "texts as `\"\"`, others as `null`"}, {Absent, "not at all"}},
		Answer:   "takes all three as unset",
		Source:   "the official example has `\"\"`; the models say that it may be null",
		Found:    ByReading, How: "the scratch object, or any provider, is looked at",
	},
	{
		Name: ProviderFlags, System: "cloudbase",
		Question: "whether a flag that nobody has set is shown as what it acts as",
		Readings: []Reading{{Unset, "it is unset"}, {Resolved, "it has its default"}},
		Answer:   "compares the flags that the manifest names, and no others",
		Found:    ByReading, How: "providers are looked at",
	},
	{
		Name: ProviderNeeds, System: "cloudbase",
		Question: "which fields a provider of a type really needs",
		Readings: []Reading{{Least, "what nothing else can supply: `clientId`, `samlMetadata`"}, {Documented, "the whole of the documented list"}},
		Answer:   "takes the least for an error, and warns of the rest in `validate`, since it may be live, or hidden",
		Source:   "official examples leave out what the list requires",
		Found:    ByScratch, How: "a provider is made without them",
		Touches: []Touch{{Kind: "provider"}},
	},
	{
		Name: UndeclaredFields, System: "cloudbase",
		Question: "what becomes of a field that the documents do not name",
		Readings: []Reading{{Refused, "`UnknownParameter`"}, {Kept, "it is stored, and shown"}, {Dropped, "it is taken, and forgotten"}},
		Answer:   "sends what stands under `extra:` as it is, and tells what did not take. Live fields that are not modelled travel along with what is sent whole, are counted in the plan, and not printed",
		Source:   "the gateway documents the error; live objects have fields that no document names",
		Found:    ByScratch, How: "one is written",
		Touches: []Touch{{Kind: "login", At: "extra"}, {Kind: "client", At: "extra"}, {Kind: "provider", At: "extra"}, {Kind: "integration", At: "extra"}},
	},
}
