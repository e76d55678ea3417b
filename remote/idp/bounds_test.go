package idp

import (
	"errors"
	"testing"
)

// Only addresses of the internet are dialled, however they are spelled.
func TestOnlyPublicAddressesAreDialled(t *testing.T) {
	for _, row := range []struct {
		address string
		public  bool
	}{
		{"1.1.1.1:443", true},
		{"[2606:4700:4700::1111]:443", true},
		{"[::ffff:1.1.1.1]:443", true},
		{"[2606:4700:4700::1111%eth0]:443", true},
		{"127.0.0.1:443", false},
		{"[::1]:443", false},
		{"10.0.0.1:443", false},
		{"[::ffff:10.0.0.1]:443", false},
		{"172.16.0.1:443", false},
		{"192.168.0.1:443", false},
		{"169.254.0.23:80", false}, // the metadata service of a machine
		{"[fe80::1%eth0]:443", false},
		{"[fd00::1]:443", false},
		{"[64:ff9b::a00:1]:443", false}, // 10.0.0.1, translated
		{"[2002:a00:1::]:443", false},   // 10.0.0.1, in a tunnel
		{"100.64.0.1:443", false},
		{"0.0.0.0:443", false},
		{"[::]:443", false},
		{"255.255.255.255:443", false},
		{"224.0.0.1:443", false},
		{"idp.example:443", false}, // a name is never what is dialled
		{"", false},
	} {
		if err := publicOnly("tcp", row.address, nil); row.public != (err == nil) || err != nil && !errors.Is(err, errPrivate) {
			t.Errorf("%s: %v", row.address, err)
		}
	}
}
