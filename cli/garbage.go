package cli

import (
	"runtime"
	"runtime/debug"
)

// firstCollection is when garbage is collected for the first time, in percent of the 4 MB
// that are usual: most runs end before 32 MB, and a tenth of their time was spent on
// collecting what they held anyway.
const firstCollection = 800

// collectLate puts the first collection off. From then on all is as usual, so that a large
// run takes no more memory than without it.
func collectLate() {
	if _, chosen := lookupEnv("GOGC"); chosen {
		return
	}
	usual := debug.SetGCPercent(firstCollection)
	collected := new([64]byte) // the first collection finds that nothing holds it
	runtime.AddCleanup(collected, func(percent int) { debug.SetGCPercent(percent) }, usual)
}
