package cli

import (
	"os"
	"runtime"
	"runtime/metrics"
	"testing"
)

// Garbage is collected as usual after the first time.
func TestFirstCollectionComesLate(t *testing.T) {
	if value, set := os.LookupEnv("GOGC"); set {
		t.Setenv("GOGC", value) // puts it back
		os.Unsetenv("GOGC")
	}
	percent := func() uint64 {
		sample := []metrics.Sample{{Name: "/gc/gogc:percent"}}
		metrics.Read(sample)
		return sample[0].Value.Uint64()
	}
	usual := percent()
	collectLate()
	if got := percent(); got != firstCollection {
		t.Errorf("%d percent before it", got)
	}
	for percent() != usual { // a cleanup runs some time after the collection
		runtime.GC()
		runtime.Gosched()
	}
}

// Who has chosen how often to collect is heeded.
func TestChosenCollection(t *testing.T) {
	t.Setenv("GOGC", "50")
	sample := []metrics.Sample{{Name: "/gc/gogc:percent"}}
	metrics.Read(sample)
	before := sample[0].Value.Uint64()
	collectLate()
	if metrics.Read(sample); sample[0].Value.Uint64() != before {
		t.Errorf("%d percent, and it was %d", sample[0].Value.Uint64(), before)
	}
}
