package cli

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"authsync/sync/planfile"
)

// A clock that was set back does not make a saved plan good for longer: one of a
// time that is still to come is refused. Two machines may differ by a little.
func TestASavedPlanOfTheFuture(t *testing.T) {
	exampleSandbox(t)
	file := filepath.Join(t.TempDir(), "plan.json")
	if code := Main([]string{"authsync", "plan", exampleEnvs(t), "--env", "dev", "--out", file}, Streams{strings.NewReader(""), io.Discard, io.Discard}); code != 0 {
		t.Fatalf("code %d", code)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for ago, good := range map[time.Duration]bool{
		0: true, time.Minute: true, time.Hour: false, 100 * 24 * time.Hour: false,
	} {
		_, err := planfile.ReadSaved(text, Version, time.Now().Add(-ago))
		var stale *planfile.StaleError
		if good != (err == nil) || !good && (!errors.As(err, &stale) || !strings.Contains(err.Error(), "is still to come")) {
			t.Errorf("read %s ago: %v", ago, err)
		}
	}
}
