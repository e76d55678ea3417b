package quirk

// The names of the device platform's quirks.
const (
	DevicesAPI   Name = "devices-api"
	DevicesLogin Name = "devices-login"
)

// Answers that only these quirks have.
const (
	FamilyAPI     Value = "family"
	DocumentedAPI Value = "documented"

	PlainLogin   Value = "plain"
	CaptchaLogin Value = "captcha"
)

var devices = []Quirk{
	{
		Name: DevicesAPI, System: "devices",
		Question: "whether the platform offers more than the one call that is documented",
		Readings: []Reading{
			{FamilyAPI, "it has the calls of the family that it belongs to"},
			{DocumentedAPI, "every other path is answered with 404 `error.resource_not_found`, another method with 406"},
		},
		Answer: "uses the family's calls where they answer. Where a list or an application's own path is not known, applications are written only: compared with the lock, and every plan says so. Where that path is not known at all, a change is refused",
		Source: "the documents have one call; its answers are those of the family",
		Found:  ByReading, How: "the list is asked for",
	},
	{
		Name: DevicesLogin, System: "devices",
		Question: "whether the platform's login wants more than a name and a password",
		Readings: []Reading{
			{PlainLogin, "a name and a password are enough"},
			{CaptchaLogin, "it wants the letters of a picture"},
		},
		Answer: "asks the platform, and then says to give a token",
		Found:  ByReading, How: "the platform tells what its login wants",
	},
}
