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

func (f *Front) swallow(answer *http.Response) error {
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
	i := int(f.next.Add(1)) % len(f.backends)
	f.backends[i].ServeHTTP(w, r)
}
