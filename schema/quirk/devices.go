package quirk

// The names of the device platform's quirks.
const (
	DevicesAPI           Name = "devices-api"
	DevicesLogin         Name = "devices-login"
	APIServer            Name = "api-server"
	RedirectURI          Name = "redirect-uri"
	AppID                Name = "app-id"
	SecureKey            Name = "secure-key"
	ApplicationList      Name = "application-list"
	ApplicationEmptyText Name = "application-empty-text"
	ApplicationDeletion  Name = "application-deletion"
	RoleList             Name = "role-list"
)

// Answers that only these quirks have.
const (
	FamilyAPI     Value = "family"
	DocumentedAPI Value = "documented"

	PlainLogin     Value = "plain"
	CaptchaLogin   Value = "captcha"
	EncryptedLogin Value = "encrypted"

	Whole Value = "whole"
	Short Value = "short"

	DisabledFirst Value = "disabled-first"
	Any           Value = "any"
)

var devices = []Quirk{
	{
		Name: DevicesAPI, System: "devices",
		Question: "whether the platform offers more than the one call that is documented",
		Readings: []Reading{
			{FamilyAPI, "it has the calls of the family that it belongs to"},
			{Unlisted, "it has them, but for lists of applications"},
			{DocumentedAPI, "every other path is answered with 404 `error.resource_not_found`, another method with 406"},
		},
		Answer: "uses the family's calls where they answer. Without a list it asks for each application that the manifest names; one whose id the platform chooses is found by the id in the lock or with `id:`, and a plan that would make one says that it may be there; after a call whose answer was lost it is not made again until `id:` says which it is. Where an application's own path is not known either, applications are written only: compared with the lock, and every plan says so; a change is refused",
		Source: "the documents have one call; its answers are those of the family",
		Found:  ByReading, How: "the list is asked for",
	},
	{
		Name: DevicesLogin, System: "devices",
		Question: "whether the platform's login wants more than a name and a password",
		Readings: []Reading{
			{PlainLogin, "a name and a password are enough"},
			{CaptchaLogin, "it wants the letters of a picture"},
			{EncryptedLogin, "it wants the password encrypted"},
		},
		Answer: "asks the platform, and then says to give a token",
		Found:  ByReading, How: "the platform tells what its login wants",
	},
	{
		Name: APIServer, System: "devices",
		Question: "whether an update of `apiServer` merges or replaces it",
		Readings: []Reading{{Replaced, asReplacement}, {Merged, asMerge}},
		Answer:   "sends it whole, with `appId` filled in; a `redirectUri` that is not shown comes from the manifest or the lock, or the plan is refused",
		Better:   keptBetter,
		Source:   "the family keeps it in one column",
		Found:    Never, How: "it is the way in of an application",
		Touches: []Touch{{Kind: "application", Call: "update", At: "apiServer"}},
	},
	{
		Name: RedirectURI, System: "devices",
		Question: "whether an application's `apiServer.redirectUri` is shown",
		Readings: []Reading{{Unseen, "no answer has it"}, {Shown, "answers have it"}},
		Answer:   "compares it where it is shown, and else with what was last applied",
		Source:   "the one documented answer lacks it, and its request did; the family's own client fills its form from the answer",
		Found:    ByReading, How: "applications are looked at",
		Shows: Place{Kind: "application", At: "apiServer.redirectUri"},
	},
	{
		Name: AppID, System: "devices",
		Question: "whether an application's `apiServer.appId` is shown",
		Readings: []Reading{{Unseen, "no answer has it"}, {Shown, "answers have it"}},
		Answer:   "takes the application's id for it where it is not",
		Source:   "the one documented answer lacks it, and its request had it",
		Found:    ByReading, How: "applications are looked at",
		Shows: Place{Kind: "application", At: "apiServer.appId"},
	},
	{
		Name: SecureKey, System: "devices",
		Question: "whether an application's `apiServer.secureKey` is shown",
		Readings: []Reading{{Shown, "in clear"}, {Masked, "as `***`"}, {Blank, "as an empty text"}},
		Answer:   "does as with `client-secret`",
		Better:   shownBetter,
		Source:   "the one documented answer shows it",
		Found:    ByReading, How: "applications are looked at",
		Shows: Place{Kind: "application", At: "apiServer.secureKey"},
	},
	{
		Name: ApplicationList, System: "devices",
		Question: "whether a list shows applications whole",
		Readings: []Reading{{Whole, "as the answer for one"}, {Short, "without `apiServer`"}},
		Answer:   "asks for one that the list shows without what its modes need",
		Found:    ByReading, How: "a list and the answer for one are looked at",
	},
	{
		Name: ApplicationEmptyText, System: "devices",
		Question: "whether an update clears a text that is sent as `\"\"`",
		Readings: []Reading{{Clears, "it is empty afterwards"}, {Ignored, "it counts as not sent"}},
		Answer:   "sends `\"\"`; what did not take is told by the read-back, with exit code 4",
		Source:   "the family's own client leaves empty texts out",
		Found:    Never, How: "an application is a way in",
		Touches: []Touch{{Kind: "application", Call: "update", Holds: cleared}},
	},
	{
		Name: ApplicationDeletion, System: "devices",
		Question: "whether an application can be deleted that is on",
		Readings: []Reading{{DisabledFirst, "it has to be turned off first"}, {Any, "it can"}},
		Answer:   "turns it off first",
		Source:   "the family's own client turns it off first",
		Found:    Never, How: "an application is a way in",
		Touches: []Touch{{Kind: "application", Call: "delete"}},
	},
	{
		Name: RoleList, System: "devices",
		Question: "whether the lists of roles and organisations show all that there is",
		Readings: []Reading{{Listed, "they do"}, {Refused, "they are refused with 403"}},
		Answer:   "refuses an id that is not listed, unless live has it already; where a list cannot be read, says that it was not checked",
		Found:    ByReading, How: "the lists are asked for",
	},
}
