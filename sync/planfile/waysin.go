package planfile

import "authsync/sync"

// jsonStanding is who can log in after a call.
type jsonStanding struct {
	After        int      `json:"after"`
	Ways         []string `json:"ways"`
	SecondFactor bool     `json:"secondFactor"`
}

func waysInJSON(all []sync.Standing) []jsonStanding {
	var out []jsonStanding
	for _, s := range all {
		out = append(out, jsonStanding{s.After, append([]string{}, s.Ways...), s.SecondFactor})
	}
	return out
}

func waysIn(all []jsonStanding) []sync.Standing {
	var out []sync.Standing
	for _, s := range all {
		out = append(out, sync.Standing(s))
	}
	return out
}
