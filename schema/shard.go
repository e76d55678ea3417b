package schema

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Shard is one of the parts into which the environments of a fleet are divided, so that
// several machines work on them at once. The zero value is the whole fleet.
type Shard struct {
	Index int `json:"index" doc:"The number of the part, from 1."`
	Of    int `json:"of" doc:"How many parts there are."`
}

// MostShards is the largest number of parts.
const MostShards = 10_000

// ParseShard reads a shard as it is on a command line: 3/8 is the third of eight.
func ParseShard(text string) (Shard, error) {
	index, of, both := strings.Cut(text, "/")
	i, errI := strconv.Atoi(index)
	n, errN := strconv.Atoi(of)
	if !both || errI != nil || errN != nil {
		return Shard{}, errors.New("a shard is i/n, such as 3/8")
	}
	s := Shard{i, n}
	return s, s.check()
}

func (s Shard) check() error {
	switch {
	case s.Of < 1 || s.Of > MostShards:
		return fmt.Errorf("the number of shards is from 1 to %d", MostShards)
	case s.Index < 1 || s.Index > s.Of:
		return fmt.Errorf("shards are counted from 1 to %d", s.Of)
	}
	return nil
}

// IsWhole reports whether nothing is divided.
func (s Shard) IsWhole() bool { return s == Shard{} }

// String is the form that [ParseShard] reads; "" for the whole fleet.
func (s Shard) String() string {
	if s.IsWhole() {
		return ""
	}
	return fmt.Sprintf("%d/%d", s.Index, s.Of)
}

// Takes reports whether an environment belongs to the shard. It depends on nothing but
// the name, so that every machine and every later run agree.
func (s Shard) Takes(environment string) bool {
	if s.IsWhole() {
		return true
	}
	sum := sha256.Sum256([]byte(environment))
	return binary.BigEndian.Uint64(sum[:])%uint64(s.Of) == uint64(s.Index-1)
}
