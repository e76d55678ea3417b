package cli

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"

	"authsync/schema"
	"authsync/schema/list"
	"authsync/sync"
)

// shardAuto is the value of --shard that takes the shard from the variables of a
// pipeline.
const shardAuto = "auto"

func shardFlag() cli.Flag {
	return &cli.StringFlag{Name: "shard", Usage: "only the environments in part `i/n` of a fleet, counted from 1; auto takes i and n from CI_NODE_INDEX and CI_NODE_TOTAL, or JOB_COMPLETION_INDEX + 1 and AUTHSYNC_SHARDS"}
}

func shardOption() optionFlag {
	return optionFlag{
		flag: shardFlag(),
		read: func(c *cli.Context, o *sync.Options) (err error) {
			text, parse := c.String("shard"), schema.ParseShard
			if text == shardAuto {
				parse = func(string) (schema.Shard, error) { return shardOfPipeline(lookupEnv) }
			}
			if !c.IsSet("shard") {
				return nil
			}
			if o.Shard, err = parse(text); err != nil {
				return fmt.Errorf("--shard %s: %w", text, err)
			}
			return nil
		},
		words: func(o sync.Options) []string {
			if o.Shard.IsWhole() {
				return nil
			}
			return []string{"--shard=" + o.Shard.String()}
		},
	}
}

// shardVariables are pairs of variables that say which of how many jobs this one is.
var shardVariables = []struct {
	index, of string
	first     int // the number of the first job
}{
	{"CI_NODE_INDEX", "CI_NODE_TOTAL", 1},
	{"JOB_COMPLETION_INDEX", "AUTHSYNC_SHARDS", 0},
}

// shardOfPipeline returns the shard that variables say. One of a pair alone says none,
// and all that are set must agree: a wrong number would leave environments out, and
// nobody would notice.
func shardOfPipeline(lookup func(string) (string, bool)) (schema.Shard, error) {
	var index, of []shardNumber
	var pairs []string
	complete := false
	for _, v := range shardVariables {
		pairs = append(pairs, v.index+" and "+v.of)
		i, hasIndex := lookup(v.index)
		n, hasOf := lookup(v.of)
		complete = complete || i != "" && n != ""
		if hasIndex && i != "" {
			index = append(index, shardNumber{v.index, i, 1 - v.first})
		}
		if hasOf && n != "" {
			of = append(of, shardNumber{v.of, n, 0})
		}
	}
	if !complete {
		return schema.Shard{}, fmt.Errorf("takes %s; %s", strings.Join(pairs, ", or "), setAmong(append(index, of...)))
	}
	i, errI := agreed(index)
	n, errN := agreed(of)
	if err := errors.Join(errI, errN); err != nil {
		return schema.Shard{}, err
	}
	text := fmt.Sprintf("%d/%d", i, n)
	s, err := schema.ParseShard(text)
	if err != nil {
		return s, fmt.Errorf("%s: %w", text, err)
	}
	return s, nil
}

type shardNumber struct {
	name, text string
	add        int // to count from 1
}

func (s shardNumber) String() string { return fmt.Sprintf("%s is %q", s.name, s.text) }

func setAmong(all []shardNumber) string {
	if len(all) == 0 {
		return "none of them is set"
	}
	return "only " + list.Join(all, ", ", func(s shardNumber) string { return s.name }) + " of them is set"
}

// agreed returns the number that all variables state.
func agreed(all []shardNumber) (number int, err error) {
	for i, s := range all {
		n, err := strconv.Atoi(s.text)
		if err != nil {
			return 0, fmt.Errorf("%s, which is no number", s)
		}
		if n += s.add; i > 0 && n != number {
			return 0, fmt.Errorf("%s and %s contradict each other", all[0], s)
		}
		number = n
	}
	return number, nil
}

// part says which part of a fleet a run is for.
func (s selection) part() sync.Part { return sync.Part{Shard: s.options.Shard} }

func inShard(envs []*schema.Outline, s schema.Shard) []*schema.Outline {
	return list.Only(envs, func(env *schema.Outline) bool { return s.Takes(env.Name) })
}
