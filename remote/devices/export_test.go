package devices

// What the tests of this package use besides what everyone does.
const LoginPath = loginPath

var LifeOf = lifeOf

// OpenAnswer opens the envelope around an answer.
var OpenAnswer = openEnvelope
