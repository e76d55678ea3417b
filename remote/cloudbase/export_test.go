package cloudbase

// What the tests of this package use besides what everyone does.
var (
	NewAPI      = newAPI
	SealExt     = sealExt
	OpenExt     = openExt
	LooksSealed = looksSealed
	ExtCipher   = extCipher
)

// Answer is what a read answers.
var Answer = (*api).answer

type (
	// API is the client of an environment.
	API = api
	// Config is what one is made of.
	Config = config
)
