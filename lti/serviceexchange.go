package lti

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

const (
	maxAnswer  = 4 << 20
	maxRefusal = 4 << 10 // of a body that says why

	// longAnswers may take so many timeouts, however steadily they come.
	longAnswers = 20
)

// exchange is a request with the authority to make it.
type exchange struct {
	request
	authorization string
	secret        string // must not come back to us in an error
}

// answer is a successful one.
type answer struct {
	url    *url.URL // after redirects
	header http.Header
	body   io.Reader
	access Access
}

// mayTell refuses an address that is neither where the answer came from, which a
// launch has signed, nor one that the registration names: our token goes there.
func (a *answer) mayTell(address string) error {
	p, told := a.access.Platform, originOf(address)
	for _, known := range []string{a.url.String(), p.Issuer, p.AuthURL, p.TokenURL, p.JWKSURL} {
		if told == originOf(known) {
			return nil
		}
	}
	return &answerError{code: CodeAddressRefused, err: errors.New("it leads to another place, " + shown(host(address)))}
}

// exchange sends the request and has its answer read.
func (s *Services) exchange(ctx context.Context, x exchange, read func(*answer) error) error {
	failed := &ServiceError{Service: x.service, Platform: x.access.Platform.ID, Host: host(x.url)}
	if !x.access.Platform.mayCall(x.url) {
		failed.Code, failed.Err = CodeAddressRefused, errors.New("must be https, or http on the hosts of a platform on premises")
		return failed
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	p := s.patience(x.long, cancel)

	resp, err := s.send(ctx, x, p)
	if err != nil {
		return failed.unanswered(ctx, s.final(err))
	}
	defer resp.Body.Close()
	body := http.MaxBytesReader(nil, steady{resp.Body, p}, cmp.Or(x.limit, maxAnswer))
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return failed.refusal(resp, body, x.secret, s.now())
	}
	a := &answer{url: resp.Request.URL, header: resp.Header, body: body, access: x.access}
	if err := read(a); err != nil {
		return failed.unread(ctx, resp.StatusCode, err)
	}
	// The rest of a short answer, so that the connection is used again.
	_, _ = io.CopyN(io.Discard, body, maxRefusal)
	return nil
}

func (s *Services) send(ctx context.Context, x exchange, p *patience) (*http.Response, error) {
	client := s.HTTP
	if x.access.Platform.inside(x.url) {
		client = s.OnPremisesHTTP
	}
	if client == nil {
		return nil, errors.New("no HTTP client for this kind of platform")
	}
	req, err := http.NewRequestWithContext(ctx, x.method, x.url, bytes.NewReader(x.body))
	if err != nil {
		return nil, err
	}
	for name, value := range map[string]string{
		"Accept": x.accept, "Content-Type": x.contentType, "Authorization": x.authorization,
		"User-Agent": cmp.Or(s.UserAgent, "Classbridge"),
	} {
		if value != "" {
			req.Header.Set(name, value)
		}
	}
	homebound := *client
	homebound.CheckRedirect = sameMethod(stayHome(client.CheckRedirect))
	defer p.stop(p.start())
	return homebound.Do(req)
}

// sameMethod refuses redirects that make a GET of a POST: the page at their end
// would look like a score that was accepted.
func sameMethod(also func(*http.Request, []*http.Request) error) func(*http.Request, []*http.Request) error {
	return func(req *http.Request, via []*http.Request) error {
		err := also(req, via)
		if req.Method != via[0].Method {
			err = fmt.Errorf("redirect of a %s", via[0].Method)
		}
		if err != nil {
			return &answerError{code: CodeAddressRefused, err: err}
		}
		return nil
	}
}

// final marks the refusals of the clients to connect, which waiting does not change.
func (s *Services) final(err error) error {
	for _, forbidden := range s.Forbidden {
		if errors.Is(err, forbidden) {
			return &answerError{code: CodeAddressRefused, err: forbidden}
		}
	}
	return err
}

// unanswered is for a request without an answer.
func (e *ServiceError) unanswered(ctx context.Context, err error) error {
	var with *url.Error
	if errors.As(err, &with) {
		err = with.Err // its text has the address, with a query that may be a secret
	}
	var wrong *answerError
	switch {
	case errors.As(err, &wrong):
		e.Code = wrong.code
	case context.Cause(ctx) != nil:
		err = context.Cause(ctx)
	}
	e.Err = err
	return e
}

// refusal is for an answer that is not a success.
func (e *ServiceError) refusal(resp *http.Response, body io.Reader, secret string, now time.Time) error {
	e.Status, e.RetryAfter = resp.StatusCode, retryAfter(resp.Header.Get("Retry-After"), now)
	said, _ := io.ReadAll(io.LimitReader(body, maxRefusal)) // what came of it
	e.describe(said, secret)
	return e
}

// unread is for an answer that did not come whole, or is not what was asked for.
func (e *ServiceError) unread(ctx context.Context, status int, err error) error {
	var (
		caller *callerError
		wrong  *answerError
		syntax *json.SyntaxError
		large  *http.MaxBytesError
	)
	switch {
	case errors.As(err, &caller):
		return caller.err
	case errors.As(err, &wrong):
		e.Status, e.Code, e.Err = status, wrong.code, err
	case errors.As(err, &syntax), errors.As(err, &large), errors.Is(err, io.EOF):
		e.Status, e.Err = status, err
	default:
		return e.unanswered(ctx, err)
	}
	return e
}

// callerError is what a function of our caller returned; it is handed back.
type callerError struct{ err error }

// theirs marks an error of our caller.
func theirs(err error) error {
	if err == nil {
		return nil
	}
	return &callerError{err}
}

func (e *callerError) Error() string { return e.err.Error() }

// patience lets a platform be slow but not silent: it ends a request when the
// next part of an answer, or all of it, is too long in coming. What we do with
// the parts between does not count.
type patience struct {
	timer      *time.Timer
	next, left time.Duration
}

func (s *Services) patience(long bool, end context.CancelCauseFunc) *patience {
	p := &patience{next: s.timeout(), left: s.timeout()}
	if long {
		p.left *= longAnswers
	}
	p.timer = time.AfterFunc(p.next, func() { end(context.DeadlineExceeded) })
	return p
}

func (p *patience) start() time.Time {
	p.timer.Reset(min(p.next, p.left))
	return time.Now()
}

func (p *patience) stop(since time.Time) {
	p.timer.Stop()
	p.left -= time.Since(since)
}

// steady is a body that is read with patience.
type steady struct {
	io.ReadCloser
	patience *patience
}

func (b steady) Read(data []byte) (int, error) {
	defer b.patience.stop(b.patience.start())
	return b.ReadCloser.Read(data)
}
