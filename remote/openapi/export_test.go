package openapi

// What the tests of this package use besides what everyone does.
const (
	TokenPath   = openTokenPath
	RecordsPath = recordsPath
)

var (
	NewAPI      = newAPI
	OpenRecords = openRecords
	Codes       = codes
)

// OpenAnswer opens the envelope around an answer.
var OpenAnswer = openRecords
