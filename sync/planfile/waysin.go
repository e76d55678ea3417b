package planfile

import (
	"authsync/schema/list"
	"authsync/sync"
)

// jsonStanding is who can log in after a call.
type jsonStanding struct {
	After        int      `json:"after" doc:"The number of the call; 0 before the first."`
	Ways         []string `json:"ways" doc:"The ways in: KIND/NAME and the switch."`
	SecondFactor bool     `json:"secondFactor" doc:"Whether a second factor is asked for."`
}

func waysInJSON(all []sync.Standing) []jsonStanding {
	return list.Each(all, func(s sync.Standing) jsonStanding {
		return jsonStanding{s.After, append([]string{}, s.Ways...), s.SecondFactor}
	})
}

func waysIn(all []jsonStanding) []sync.Standing {
	return list.Each(all, func(s jsonStanding) sync.Standing { return sync.Standing(s) })
}
