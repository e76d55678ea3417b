package quirk

// The names of the quirks of the login configuration and of clients.
const (
	SMSSecretKey  Name = "sms-secret-key"
	SMSSecretID   Name = "sms-secret-id"
	SMSKeyID      Name = "sms-key-id"
	SMSAuthType   Name = "sms-auth-type"
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
		Shows: Place{Kind: "login", At: "smsVerificationConfig.templateProvider.secretKey"},
	},
	{
		Name: SMSSecretID, System: "cloudbase",
		Question: "how `DescribeLoginConfig` shows the `secretId` of the SMS vendor",
		Readings: []Reading{{Shown, "in clear"}, {Masked, "as `***`"}, {Part, "its beginning, and `***`"}, {Blank, "as an empty text"}},
		Answer:   "compares what is shown. The key and its ids are a group of their own: an update that changes none of them sends none, which keeps them, so that nothing hidden is written back and no plan is refused for it",
		Source:   "the models say nothing",
		Found:    ByReading, How: "where a vendor is set, its id is looked for",
		Shows: Place{Kind: "login", At: "smsVerificationConfig.templateProvider.secretId"},
	},
	{
		Name: SMSKeyID, System: "cloudbase",
		Question: "whether `DescribeLoginConfig` shows the `credentialAuthKeyId` that is in use",
		Readings: []Reading{{Shown, "in clear"}, {Blank, "as an empty text"}},
		Answer:   "takes an id that reads empty for the one last applied",
		Source:   "the models have it in the answer, and say that it may be null",
		Found:    ByReading, How: "where a vendor is set, its id is looked for",
		Shows: Place{Kind: "login", At: "smsVerificationConfig.templateProvider.credentialAuthKeyId"},
	},
	{
		Name: SMSAuthType, System: "cloudbase",
		Question: "how the `authType` of an SMS vendor is shown that nobody has set",
		Readings: []Reading{{Unset, "it is unset"}, {Resolved, "as its default, `SMS_AUTH_SECRET_KEY`"}},
		Answer:   "takes both as the same",
		Found:    ByReading, How: "where a vendor is set, it is looked at",
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
		Touches: []Touch{{Kind: "client", At: "maxDevice", Holds: []string{"0"}}},
	},
	{
		Name: ClientStamp, System: "cloudbase",
		Question: "whether a client's `UpdatedAt` moves without a change",
		Readings: []Reading{{OnWrite, "with writes alone"}, {OnRead, "with reads too"}},
		Answer:   stampAnswer,
		Found:    ByReading, How: readsTwice,
	},
}
