package parts

import (
	"math/rand/v2"
	"net"
	"strconv"
	"testing"
)

// FreePort finds a port on loopback that nothing listens on. It is below those
// that the kernel hands out by itself, so that a server that is stopped for a
// while finds it free again.
func FreePort(t testing.TB) int {
	t.Helper()
	for range 100 {
		port := 10000 + rand.IntN(10000)
		l, err := net.Listen("tcp4", "127.0.0.1:"+strconv.Itoa(port))
		if err == nil {
			l.Close()
			return port
		}
	}
	t.Fatal("no free port between 10000 and 20000")
	return 0
}
