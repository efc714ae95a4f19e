package bbb

import "context"

// Pooled reports whether the address is Scalelite's rather than a server's own. A
// pool knows a part of the calls only, and says so of the others in XML.
func (c *Client) Pooled(ctx context.Context) (bool, error) {
	if err := c.ready(); err != nil {
		return false, &Error{Call: "getRecordingTextTracks", Reason: Invalid, Err: err}
	}
	ctx, cancel := context.WithTimeout(ctx, c.timeout())
	defer cancel()
	// A server of its own answers this one in JSON, and an old one with a page.
	err := c.try(ctx, call{name: "getRecordingTextTracks", decode: decodeInto(&struct{ status }{})}, c.Hash, c.Secrets[0])
	if HasKey(err, KeyUnsupported) {
		return true, nil
	}
	return false, ctx.Err()
}
