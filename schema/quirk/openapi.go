package quirk

// The names of the open API's quirks.
const (
	RecordPage         Name = "record-page"
	RecordCount        Name = "record-count"
	RecordNull         Name = "record-null"
	GatewayErrorStatus Name = "gateway-error-status"
)

var openAPI = []Quirk{
	{
		Name: RecordPage, System: "openapi",
		Question: "how many rows a page has at most",
		Readings: []Reading{{Asked, "as many as are asked for, up to 1000"}, {Capped, "fewer, without a word"}},
		Answer:   "goes on until a page is empty, or until it has as many rows as the count says",
		Source:   "clients ask for 5000, 9999 and 100000",
		Found:    ByReading, How: pagesFound,
	},
	{
		Name: RecordCount, System: "openapi",
		Question: "whether a page says how many rows there are",
		Readings: []Reading{{Shown, "as `@odata.count`, where it is asked for"}, {Unseen, "it does not"}},
		Answer:   "goes on until a page is empty where it does not",
		Source:   "OData has it; no document of the service does",
		Found:    ByReading, How: "a list is asked for",
	},
	{
		Name: RecordNull, System: "openapi",
		Question: "whether a column can be emptied with `null`",
		Readings: []Reading{{Accepted, "it is empty afterwards"}, {Refused, "`InvalidParameter`"}},
		Answer:   "sends `null` where the manifest has it; an error is told as it is",
		Found:    Never, How: "rows are the user's",
		Touches: []Touch{{Kind: "record", Holds: []string{"null"}}},
	},
	{
		Name: GatewayErrorStatus, System: "openapi",
		Question: "with which HTTP status the gateway answers an error",
		Readings: []Reading{{StatusOfCode, "that of its code"}, {StatusOK, "200"}},
		Answer:   "looks at the body, whatever the status",
		Source:   "clients have seen 200 with an error of authentication",
		Found:    ByReading, How: "a path is asked for that is not there",
	},
}
