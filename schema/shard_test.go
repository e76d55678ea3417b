package schema_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"authsync/schema"
)

// Each environment is in exactly one shard, whatever the number of shards.
func TestShardsTakeEachEnvironmentOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		of := rapid.IntRange(1, 100).Draw(t, "of")
		name := rapid.String().Draw(t, "name")
		taken := 0
		for i := range of {
			if (schema.Shard{Index: i + 1, Of: of}).Takes(name) {
				taken++
			}
		}
		if taken != 1 {
			t.Fatalf("%q is in %d of %d shards", name, taken, of)
		}
	})
}

// The division is part of what users rely on: jobs of different versions work on one
// fleet, and results are joined later.
func TestShardsStayTheSame(t *testing.T) {
	got := ""
	for _, name := range []string{"dev", "staging", "prod", "env-0001", "环境"} {
		for i := range 8 {
			if s := (schema.Shard{Index: i + 1, Of: 8}); s.Takes(name) {
				got += fmt.Sprintf("%s %s\n", name, s)
			}
		}
	}
	const want = "dev 8/8\nstaging 5/8\nprod 7/8\nenv-0001 7/8\n环境 6/8\n"
	if got != want {
		t.Errorf("got\n%s", got)
	}
}

// A large fleet is divided evenly enough.
func TestShardsAreEven(t *testing.T) {
	const environments, of = 10_000, 10
	for i := range of {
		n := 0
		for e := range environments {
			if (schema.Shard{Index: i + 1, Of: of}).Takes(fmt.Sprintf("env-%04d", e)) {
				n++
			}
		}
		if n < 900 || n > 1100 {
			t.Errorf("shard %d of %d has %d of %d environments", i+1, of, n, environments)
		}
	}
}

func TestParseShard(t *testing.T) {
	for text, want := range map[string]string{
		"1/1": "1/1", "3/8": "3/8", "10000/10000": "10000/10000",
		"0/8": "", "9/8": "", "8": "", "a/b": "", "1/0": "", "-1/2": "", "1/10001": "", "": "", "1/2/3": "", "1 / 2": "",
	} {
		got, err := schema.ParseShard(text)
		if (err == nil) != (want != "") || err == nil && got.String() != want {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
}
