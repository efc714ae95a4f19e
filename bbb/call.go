package bbb

import (
	"bufio"
	"context"
	"encoding/xml"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"time"
)

const (
	maxReply   = 1 << 20
	maxList    = 64 << 20 // ten thousand recordings in one reply of Scalelite are 25 to 38 MB
	maxURL     = 8 << 10  // what nginx and Tomcat take in one header line
	retries    = 2
	retryPause = 100 * time.Millisecond
	peeked     = 1 << 10 // of a page that is not XML, for the error
)

// call is one call on its way.
type call struct {
	name       string
	query      string
	list       bool // large, slow, in a lane of its own
	repeatable bool // a second try does no harm
	slow       bool // gets twice the time
	decode     func(io.Reader) error
}

// do runs a call under all its limits. Its error is an *Error.
func (c *Client) do(ctx context.Context, a call) error {
	began := time.Now()
	err := c.limited(ctx, a)
	if c.Observe != nil {
		c.Observe(a.name, result(err), time.Since(began))
	}
	return err
}

func (c *Client) limited(caller context.Context, a call) error {
	if err := c.ready(); err != nil {
		return &Error{Call: a.name, Reason: Invalid, Err: err}
	}
	if !c.circuits.allow(a.name, c.now()) {
		return &Error{Call: a.name, Reason: CircuitOpen}
	}
	limit := c.timeout()
	if a.slow {
		limit *= 2
	}
	ctx, cancel := context.WithTimeout(caller, limit)
	defer cancel()
	release, err := c.enter(ctx, a)
	if err != nil {
		return &Error{Call: a.name, Reason: Unreachable, Err: err}
	}
	defer release()
	err = c.repeat(ctx, a)
	if caller.Err() == nil { // otherwise it says nothing about the server
		c.circuits.record(a.name, silent(err), c.now())
	}
	return err
}

// enter waits for a place in the call's lane.
func (c *Client) enter(ctx context.Context, a call) (release func(), err error) {
	lane := c.lane
	if a.list {
		lane = c.lists
	}
	select {
	case lane <- struct{}{}:
		return func() { <-lane }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// repeat tries a repeatable call again, a little later each time and not at the
// same moment as everybody else, as long as its failure may pass.
func (c *Client) repeat(ctx context.Context, a call) error {
	for try := 0; ; try++ {
		err := c.try(ctx, a, c.Hash, c.Secrets[0])
		if err == nil || !a.repeatable || try == retries || !passing(err) {
			return err
		}
		if !pause(ctx, retryPause<<(2*try)) {
			return err
		}
	}
}

// passing leaves out what a moment does not mend: a page where the API should be.
func passing(err error) bool {
	var e *Error
	if !errors.As(err, &e) || !Unavailable(err) {
		return false
	}
	return e.Reason != Unreadable || e.Status >= http.StatusInternalServerError
}

// pause waits for about d, and reports false if the call's time ends first.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d/2 + rand.N(d))
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// silent tells a server that is not there from one that refuses.
func silent(err error) bool {
	var e *Error
	return errors.As(err, &e) && (e.Reason == Unreachable || e.Reason == Unreadable)
}

// try makes one request, and an error of it that holds no secret.
func (c *Client) try(ctx context.Context, a call, h Hash, secret string) error {
	address := signedURL(c.base, a.name, a.query, h, secret)
	values := sensitive(a.query, c.Secrets)
	if len(address) > maxURL {
		return &Error{Call: a.name, Reason: Invalid, Message: "the parameters are too long for one address"}
	}
	err := c.get(ctx, address, a)
	if err == nil {
		return nil
	}
	if err.Reason == Unreachable && ctx.Err() != nil {
		err.Err = ctx.Err() // the connection may tell it in other words
	}
	err.Call = a.name
	err.Key = onlyKey(err.Key)
	err.Message = scrub(err.Message, values)
	if err.Err != nil {
		err.Err = scrubbed(err.Err, values)
	}
	return err
}

// get makes one request and reads its answer. The error is not yet scrubbed.
func (c *Client) get(ctx context.Context, address string, a call) *Error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return &Error{Reason: Invalid, Err: err}
	}
	req.Header.Set("Accept", "application/xml, text/xml")
	resp, err := c.client.Do(req)
	if err != nil {
		return &Error{Reason: unreached(err), Err: err}
	}
	defer resp.Body.Close()
	limit := int64(maxReply)
	if a.list {
		limit = maxList
	}
	return read(resp, limit, a.decode)
}

// read looks into the body whatever the HTTP status is: BigBlueButton refuses
// with 200, b3scale with 500, both in XML.
func read(resp *http.Response, limit int64, decode func(io.Reader) error) *Error {
	if resp.ContentLength > limit {
		return &Error{Reason: TooLarge, Status: resp.StatusCode}
	}
	source := &capped{from: resp.Body, left: limit}
	body := bufio.NewReaderSize(source, 32<<10)
	head, _ := body.Peek(peeked)
	head = slices.Clone(head) // the buffer is used again
	err := decode(body)
	if err == nil {
		return nil
	}
	var refused *Error
	switch {
	case errors.As(err, &refused):
		refused.Status = resp.StatusCode
		return refused
	case errors.Is(source.err, errTooLarge):
		return &Error{Reason: TooLarge, Status: resp.StatusCode}
	case source.err != nil:
		return &Error{Reason: Unreachable, Status: resp.StatusCode, Err: source.err}
	}
	return &Error{Reason: Unreadable, Status: resp.StatusCode, Message: string(head), Err: unreadable(err)}
}

// unreadable keeps the position of bad XML and nothing else of it.
func unreadable(err error) error {
	var syntax *xml.SyntaxError
	if errors.As(err, &syntax) {
		return syntax
	}
	return errNotResponse
}
