package connectors

// ConnectorsPath is where connectors are, for tests.
const ConnectorsPath = connectorsPath
