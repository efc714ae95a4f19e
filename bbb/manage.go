package bbb

import (
	"context"
	"strconv"
)

// Publish shows a recording to those who have its address, or hides it.
func (c *Client) Publish(ctx context.Context, recordID string, published bool) error {
	q, err := recordQuery("publishRecordings", recordID)
	if err != nil {
		return err
	}
	q.set("publish", strconv.FormatBool(published))
	return c.do(ctx, call{name: "publishRecordings", query: q.String(), decode: decodeInto(&struct{ status }{})})
}

// Delete deletes a recording for good. NotFound: it was gone already.
func (c *Client) Delete(ctx context.Context, recordID string) error {
	q, err := recordQuery("deleteRecordings", recordID)
	if err != nil {
		return err
	}
	return c.do(ctx, call{name: "deleteRecordings", query: q.String(), decode: decodeInto(&struct{ status }{})})
}

func recordQuery(name, recordID string) (*query, error) {
	if err := checkMeetingID(recordID); err != nil {
		return nil, &Error{Call: name, Reason: Invalid, Err: err}
	}
	q := &query{}
	q.set("recordID", recordID)
	return q, nil
}
