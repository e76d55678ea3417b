package quirk

// The names of the quirks of API keys.
const (
	APIKeyNames        Name = "api-key-names"
	PublishKeyAgain    Name = "publish-key-again"
	APIKeyPage         Name = "api-key-page"
	MissingKeyDeletion Name = "missing-key-deletion"
)

// Returned is the answer of a call that gives what there was.
const Returned Value = "returned"

var apiKeys = []Quirk{
	{
		Name: APIKeyNames, System: "cloudbase",
		Question: "whether two API keys may have one name",
		Readings: []Reading{{Free, "as many as there is room for"}, {Unique, "`ResourceInUse`"}},
		Answer:   rivalsAnswer + ", with its token",
		Found:    Never, How: "a key is a way in",
		Touches: []Touch{{Kind: "apiKey", Call: "create"}},
	},
	{
		Name: PublishKeyAgain, System: "cloudbase",
		Question: "what comes of creating the `publish_key` that is there",
		Readings: []Reading{{Returned, "the one that there is"}, {Refused, "`ResourceInUse`"}},
		Answer:   "creates one only where none is",
		Source:   "the documents say the first, the service's own tool set is ready for the second",
		Found:    Never, How: "a key is a way in",
		Touches: []Touch{{Kind: "apiKey", Call: "create", At: "keyType", Holds: []string{`"publish_key"`}}},
	},
	{
		Name: APIKeyPage, System: "cloudbase",
		Question: "whether `DescribeApiKeyList` cuts down the page that is asked for",
		Readings: []Reading{{Asked, "it does not"}, {Capped, "it does, without a word"}},
		Answer:   pagesAnswer,
		Found:    ByReading, How: pagesFound,
	},
	{
		Name: MissingKeyDeletion, System: "cloudbase",
		Question: "whether it is an error to delete a key that is not there",
		Readings: []Reading{{Accepted, "the call succeeds"}, {Refused, "`ResourceNotFound`"}},
		Answer:   "does not delete what is not there. A deletion whose outcome is not known is settled by reading",
		Source:   "the documents say that it can be repeated, and list the error",
		Found:    Never, How: "a key is a way in, and nothing but the scratch object is written",
	},
}
