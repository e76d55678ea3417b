package quirk

// The names of the quirks of the login configuration and of clients.
const (
	SMSSecretKey  Name = "sms-secret-key"
	LoginParts    Name = "login-parts"
	MaxDeviceZero Name = "max-device-zero"
	ClientStamp   Name = "client-stamp"
)

// AsValue is the answer of a number that is taken as it is.
const AsValue Value = "set"

var loginAndClients = []Quirk{
	{
		Name: SMSSecretKey, System: "cloudbase",
		Question: "how `DescribeLoginConfig` shows the `secretKey` of the SMS vendor",
		Readings: []Reading{
			{Stored, "as what it is stored as, which is not the key"},
			{Shown, "in clear"}, {Masked, "as `***`"}, {Part, "its beginning, and `***`"}, {Blank, "as an empty text"},
		},
		Answer: "does not believe what is shown, and does as with a hidden `client-secret`",
		Source: "the models say that it is stored encrypted",
		Found:  ByReading, How: "where a vendor is set, its key is looked for",
	},
	{
		Name: LoginParts, System: "cloudbase",
		Question: "whether `mfaConfig` and `pwdUpdateStrategy` are shown that nobody has set",
		Readings: []Reading{{Null, "as `null`"}, {Shown, "with their defaults"}},
		Answer:   "sends a part that the manifest names, whole, and no other",
		Source:   "the models say that they may be null",
		Found:    ByReading, How: "the login configuration is looked at",
	},
	{
		Name: MaxDeviceZero, System: "cloudbase",
		Question: "whether `maxDevice: 0` counts as empty, and so as not sent",
		Readings: []Reading{{AsValue, "it is 0 afterwards"}, {Ignored, "it is what it was"}},
		Answer:   "sends it; if it does not take, the read-back says so and the exit code is 4",
		Source:   "the documents say that only fields that are not empty are updated",
		Found:    Never, How: "only the default client could be tried, which is in use",
	},
	{
		Name: ClientStamp, System: "cloudbase",
		Question: "whether a client's `UpdatedAt` moves without a change",
		Readings: []Reading{{OnWrite, "with writes alone"}, {OnRead, "with reads too"}},
		Answer:   stampAnswer,
		Found:    ByReading, How: readsTwice,
	},
}
