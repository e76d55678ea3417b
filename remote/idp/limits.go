package idp

import (
	"errors"
	"net/netip"
	"slices"
	"syscall"
	"time"
)

// What one run takes from others at most.
const (
	mostTime     = 10 * time.Second // for one answer
	mostBody     = 256 << 10        // bytes
	mostHeader   = 64 << 10         // bytes
	mostHops     = 3                // redirects, all at one host
	mostRequests = 1000             // in a run
	mostBytes    = 64 << 20         // in a run
)

// errPrivate is the reason why an address is not dialled.
var errPrivate = errors.New("is at a private address, and is asked nothing")

// private are the networks that are not the internet, beside those that netip knows: of
// carriers, of tests and documents, and those that stand for an address of IPv4.
var private = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("192.88.99.0/24"), netip.MustParsePrefix("198.18.0.0/15"),
	netip.MustParsePrefix("198.51.100.0/24"), netip.MustParsePrefix("203.0.113.0/24"), netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("::/96"), netip.MustParsePrefix("64:ff9b::/96"), netip.MustParsePrefix("64:ff9b:1::/48"),
	netip.MustParsePrefix("100::/64"), netip.MustParsePrefix("2001::/23"), netip.MustParsePrefix("2001:db8::/32"),
	netip.MustParsePrefix("2002::/16"), netip.MustParsePrefix("3fff::/20"), netip.MustParsePrefix("5f00::/16"), netip.MustParsePrefix("fec0::/10"),
}

// public reports whether an address is one of the internet.
func public(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	if !a.IsGlobalUnicast() || a.IsPrivate() {
		return false
	}
	return !slices.ContainsFunc(private, func(network netip.Prefix) bool { return network.Contains(a) })
}

// publicOnly is a [net.Dialer]'s Control. It gets the address that is dialled, so no
// second look at the host's name can give another one.
func publicOnly(_, address string, _ syscall.RawConn) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil || !public(to.Addr()) {
		return errPrivate
	}
	return nil
}
