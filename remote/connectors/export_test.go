package connectors

// ConnectorsPath is where connectors are, for tests.
const ConnectorsPath = connectorsPath

// OpenAnswer opens the envelope around an answer.
var OpenAnswer = openConnector
