package planfile

import (
	"authsync/schema/list"
	"authsync/sync"
)

// jsonStanding is who can log in after a call.
type jsonStanding struct {
	After        int      `json:"after"`
	Ways         []string `json:"ways"`
	SecondFactor bool     `json:"secondFactor"`
}

func waysInJSON(all []sync.Standing) []jsonStanding {
	return list.Each(all, func(s sync.Standing) jsonStanding {
		return jsonStanding{s.After, append([]string{}, s.Ways...), s.SecondFactor}
	})
}

func waysIn(all []jsonStanding) []sync.Standing {
	return list.Each(all, func(s jsonStanding) sync.Standing { return sync.Standing(s) })
}
