package program

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httputil"
	"sync/atomic"
)

// Front is the proxy before the program that every school has: it spreads what
// comes over the program's processes.
type Front struct {
	backends []*httputil.ReverseProxy
	next     atomic.Uint64
	buffers  atomic.Bool
	strips   atomic.Bool
}

func newFront(addresses []string) *Front {
	f := &Front{}
	for _, a := range addresses {
		p := passTo(a)
		p.ModifyResponse = f.swallow
		f.backends = append(f.backends, p)
	}
	return f
}

// Buffer makes the proxy keep what it gets until it has all of it, as some do:
// of a stream that does not end, nothing ever arrives.
func (f *Front) Buffer() { f.buffers.Store(true) }

// KeepNoCookies makes browsers keep no cookies in frames, partitioned or not, as
// some do: none is set there, and none arrives.
func (f *Front) KeepNoCookies() { f.strips.Store(true) }

func (f *Front) stripped(r *http.Request) bool {
	return f.strips.Load() && r.Header.Get("Sec-Fetch-Dest") == "iframe"
}

func (f *Front) swallow(answer *http.Response) error {
	if f.stripped(answer.Request) {
		answer.Header.Del("Set-Cookie")
	}
	if !f.buffers.Load() {
		return nil
	}
	body, err := io.ReadAll(answer.Body)
	answer.Body.Close()
	answer.Body = io.NopCloser(bytes.NewReader(body))
	return err
}

// ServeHTTP asks the processes in turn, also one that is down: kills are to be felt.
func (f *Front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if f.stripped(r) {
		r.Header.Del("Cookie")
	}
	i := int(f.next.Add(1)) % len(f.backends)
	f.backends[i].ServeHTTP(w, r)
}
