package sandbox

import (
	"testing"
	"time"
)

func TestDefaultClientIsMadeOnDemand(t *testing.T) {
	c := start(t, Options{})
	c.refused("DescribeClient", `{"Id":"e1"}`, "ResourceNotFound", "`e1`")
	c.refused("ModifyClient", `{"Id":"other"}`, "ResourceNotFound", "`other`")
	c.ok("ModifyClient", `{"Id":"e1"}`)
	same(t, "client", c.ok("DescribeClient", `{"Id":"e1"}`), `{
		"Id": "e1", "CreatedAt": "2026-03-01T12:00:00Z", "UpdatedAt": "2026-03-01T12:00:00Z",
		"RefreshTokenExpiresIn": 2592000, "AccessTokenExpiresIn": 7200, "MaxDevice": null}`)
}

func TestClientTimes(t *testing.T) {
	now := noon
	c := start(t, Options{Now: func() time.Time { return now }})
	c.ok("ModifyClient", `{"Id":"e1"}`)
	now = now.Add(time.Hour)
	c.ok("ModifyClient", `{"Id":"e1","MaxDevice":0}`)
	same(t, "client", c.ok("DescribeClient", `{"Id":"e1"}`), `{
		"Id": "e1", "CreatedAt": "2026-03-01T12:00:00Z", "UpdatedAt": "2026-03-01T13:00:00Z",
		"RefreshTokenExpiresIn": 2592000, "AccessTokenExpiresIn": 7200, "MaxDevice": 0}`)
}

func TestClientLives(t *testing.T) {
	for _, test := range []struct{ name, body, code, refresh, access, devices string }{
		{"as they are", `"RefreshTokenExpiresIn":86400,"AccessTokenExpiresIn":3600`, "", "86400", "3600", "5"},
		{"refresh is cut", `"RefreshTokenExpiresIn":2592001`, "", "2592000", "7200", "5"},
		{"refresh is too short", `"RefreshTokenExpiresIn":1799`, "InvalidParameter", "2592000", "7200", "5"},
		{"shortest refresh", `"RefreshTokenExpiresIn":1800`, "", "1800", "1140", "5"},
		{"short refresh sets access", `"RefreshTokenExpiresIn":7200,"AccessTokenExpiresIn":1800`, "", "7200", "6540", "5"},
		{"longer refresh does not", `"RefreshTokenExpiresIn":7201`, "", "7201", "7200", "5"},
		{"short access is ignored", `"AccessTokenExpiresIn":1799`, "", "2592000", "7200", "5"},
		{"shortest access", `"AccessTokenExpiresIn":1800`, "", "2592000", "1800", "5"},
		{"access not below refresh", `"RefreshTokenExpiresIn":8000,"AccessTokenExpiresIn":8000`, "InvalidParameter", "2592000", "7200", "5"},
		{"unlimited devices", `"MaxDevice":-1`, "", "2592000", "7200", "-1"},
		{"devices by agent", `"MaxDevice":0`, "", "2592000", "7200", "0"},
		{"most devices", `"MaxDevice":50`, "", "2592000", "7200", "50"},
		{"too many devices", `"MaxDevice":51`, "InvalidParameter", "2592000", "7200", "5"},
		{"too few devices", `"MaxDevice":-2`, "InvalidParameter", "2592000", "7200", "5"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := start(t, Options{})
			c.ok("ModifyClient", `{"Id":"e1","MaxDevice":5}`)
			if code := codeOf(c.call("ModifyClient", `{"Id":"e1",`+test.body+`}`)); code != test.code {
				t.Errorf("got %q, want %q", code, test.code)
			}
			client := c.ok("DescribeClient", `{"Id":"e1"}`)
			same(t, "refresh", client["RefreshTokenExpiresIn"], test.refresh)
			same(t, "access", client["AccessTokenExpiresIn"], test.access)
			same(t, "devices", client["MaxDevice"], test.devices)
		})
	}
}

// A seeded life outside the limits does not stand in the way of other changes.
func TestClientSeededOutsideTheLimits(t *testing.T) {
	c := start(t, Options{})
	if err := c.server.SeedClient("e1", "app", parse(t, `{"RefreshTokenExpiresIn":60,"AccessTokenExpiresIn":30}`)); err != nil {
		t.Fatal(err)
	}
	c.ok("ModifyClient", `{"Id":"app","MaxDevice":1}`)
	same(t, "refresh", c.ok("DescribeClient", `{"Id":"app"}`)["RefreshTokenExpiresIn"], `60`)
}
