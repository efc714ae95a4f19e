package bbb

import "context"

// Version is what the server says of itself; empty when it keeps that to itself,
// which is its default. The index is answered without a signature.
func (c *Client) Version(ctx context.Context) (string, error) {
	if err := c.ready(); err != nil {
		return "", &Error{Call: "index", Reason: Invalid, Err: err}
	}
	ctx, cancel := context.WithTimeout(ctx, c.timeout())
	defer cancel()
	var got struct {
		status
		Version string `xml:"bbbVersion"`
	}
	if err := c.get(ctx, c.base, call{decode: decodeInto(&got)}); err != nil {
		err.Call = "index"
		return "", err
	}
	return got.Version, nil
}
