package program

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
)

// Exchange is one request and its answer, as they went over the wire.
type Exchange struct {
	Where   string // the server that was asked: tool, lms, bbb, mattermost
	Method  string
	URL     string // path and query
	Request Message
	Status  int // zero: the answer was lost
	Answer  Message
}

// Message is what one side said.
type Message struct {
	Header http.Header
	Body   string
}

// String is all of the message, for looking into.
func (m Message) String() string {
	var b strings.Builder
	_ = m.Header.Write(&b)
	b.WriteString(m.Body)
	return b.String()
}

// String names the exchange; it is not its content.
func (e Exchange) String() string {
	return fmt.Sprintf("%s %s at %s (%d)", e.Method, e.URL, e.Where, e.Status)
}

// Tape remembers everything that went through the servers of a school.
type Tape struct {
	mu        sync.Mutex
	exchanges []Exchange
}

// Exchanges returns what was recorded, in the order of the answers' end.
func (t *Tape) Exchanges() []Exchange {
	t.mu.Lock()
	defer t.mu.Unlock()
	return append([]Exchange(nil), t.exchanges...)
}

// Record is the handler with everything remembered. Nobody compresses, so that
// what is remembered can be read.
func (t *Tape) Record(where string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Header.Del("Accept-Encoding")
		body, err := io.ReadAll(r.Body)
		if err != nil {
			panic(http.ErrAbortHandler) // whoever asked is gone
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		asked := Message{Header: r.Header.Clone(), Body: string(body)}
		e := Exchange{Where: where, Method: r.Method, URL: r.URL.RequestURI(), Request: asked}
		rec := &recorder{ResponseWriter: w}
		defer func() { t.add(e, rec) }() // a lost answer is remembered too
		next.ServeHTTP(rec, r)
	})
}

func (t *Tape) add(e Exchange, rec *recorder) {
	e.Status, e.Answer = rec.status, Message{Header: rec.Header().Clone(), Body: rec.body.String()}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.exchanges = append(t.exchanges, e)
}

// recorder passes an answer on and keeps a copy.
type recorder struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(p []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	r.body.Write(p)
	return r.ResponseWriter.Write(p)
}

// Unwrap lets http.ResponseController flush.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
