package devices

// What the tests of this package use besides what everyone does.
const LoginPath = loginPath

var LifeOf = lifeOf
