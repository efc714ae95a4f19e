package bbb

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// RecordingQuery asks for recordings of meetings, or for recordings by their own
// ids, or for those that are both. Without any id it is refused: a server is
// shared, and what others recorded is not ours to list.
//
// It does not filter by metadata: BigBlueButton joins such filters by "and",
// Scalelite by "or", and with several tenants it finds nothing.
type RecordingQuery struct {
	MeetingIDs []string
	RecordIDs  []string
	States     []RecordingState // none: published and unpublished
}

// A batch keeps the address within what every proxy takes and the answer small.
const (
	batchIDs   = 50
	batchBytes = 3 << 10
)

// Recordings finds what the query asks for and nothing else, each recording once,
// in the server's order. It takes one call for every 50 ids.
func (c *Client) Recordings(ctx context.Context, query RecordingQuery) ([]Recording, error) {
	key, ids, err := query.ids()
	if err != nil {
		return nil, &Error{Call: "getRecordings", Reason: Invalid, Err: err}
	}
	found := newCollector(query)
	for _, batch := range batches(ids) {
		if err := c.recordings(ctx, key, batch, query.States, found); err != nil {
			return nil, err
		}
	}
	return found.list, nil
}

func (c *Client) recordings(ctx context.Context, key string, ids []string, states []RecordingState, found *collector) error {
	var q query
	q.set(key, strings.Join(ids, ","))
	q.set("state", joinStates(states))
	return c.do(ctx, call{
		name: "getRecordings", query: q.String(), list: true, repeatable: true,
		decode: func(body io.Reader) error { return decodeRecordings(body, found.add) },
	})
}

// ids chooses what the server is asked by. Where both are given it only looks at
// recordID; the collector does the rest.
func (q RecordingQuery) ids() (key string, ids []string, err error) {
	key, ids = "recordID", q.RecordIDs
	if len(ids) == 0 {
		key, ids = "meetingID", q.MeetingIDs
	}
	if len(ids) == 0 {
		return "", nil, errors.New("no meeting or recording is asked for")
	}
	for _, id := range slices.Concat(q.MeetingIDs, q.RecordIDs) {
		if err := checkMeetingID(id); err != nil {
			return "", nil, fmt.Errorf("%q: %w", id, err)
		}
	}
	return key, ids, nil
}

func joinStates(states []RecordingState) string {
	words := make([]string, len(states))
	for i, s := range states {
		words[i] = string(s)
	}
	return strings.Join(words, ",")
}

// batches cuts ids into runs of at most 50 that fit into one address.
func batches(ids []string) [][]string {
	var all [][]string
	var size, from int
	for i, id := range ids {
		size += len(id) + len("%2C")
		if i > from && (i-from == batchIDs || size > batchBytes) {
			all = append(all, ids[from:i])
			from, size = i, len(id)
		}
	}
	return append(all, ids[from:])
}

// collector keeps what was asked for. Servers answer with more: recordID is a
// prefix for them, pools send a recording twice, and old ones ignore unknown ids.
type collector struct {
	query RecordingQuery
	seen  map[string]bool
	list  []Recording
}

func newCollector(q RecordingQuery) *collector {
	return &collector{query: q, seen: map[string]bool{}}
}

func (f *collector) add(r Recording) {
	if r.RecordID == "" || f.seen[r.RecordID] || !f.asked(r) {
		return
	}
	f.seen[r.RecordID] = true
	f.list = append(f.list, r)
}

func (f *collector) asked(r Recording) bool {
	ofMeeting := len(f.query.MeetingIDs) == 0 || slices.Contains(f.query.MeetingIDs, r.MeetingID)
	byID := len(f.query.RecordIDs) == 0 || slices.Contains(f.query.RecordIDs, r.RecordID)
	return ofMeeting && byID
}

// decodeRecordings reads a reply of getRecordings one recording at a time: ten
// thousand of them never stand in memory at once.
func decodeRecordings(body io.Reader, add func(Recording)) error {
	d := xml.NewDecoder(body)
	root, err := nextStart(d)
	if err != nil {
		return err
	}
	if root.Name.Local != "response" {
		return errors.New("not a response")
	}
	var head status
	for {
		start, err := nextStart(d)
		if errors.Is(err, errEndOfElement) {
			break
		}
		if err == nil {
			err = decodeListPart(d, start, &head, add)
		}
		if err != nil {
			return err
		}
	}
	if refused := head.refusal(); refused != nil {
		return refused
	}
	return nil
}

func decodeListPart(d *xml.Decoder, start xml.StartElement, head *status, add func(Recording)) error {
	switch start.Name.Local {
	case "returncode":
		return d.DecodeElement(&head.ReturnCode, &start)
	case "messageKey":
		return d.DecodeElement(&head.MessageKey, &start)
	case "message":
		return d.DecodeElement(&head.Message, &start)
	case "recordings":
		return decodeList(d, add)
	}
	return d.Skip()
}

func decodeList(d *xml.Decoder, add func(Recording)) error {
	for {
		start, err := nextStart(d)
		if errors.Is(err, errEndOfElement) {
			return nil
		}
		if err != nil {
			return err
		}
		if start.Name.Local != "recording" {
			if err := d.Skip(); err != nil {
				return err
			}
			continue
		}
		var x recordingXML
		if err := d.DecodeElement(&x, &start); err != nil {
			return err
		}
		add(x.recording())
	}
}

var errEndOfElement = errors.New("end of element")

// nextStart moves to the next child of the open element; errEndOfElement says
// that there is none left.
func nextStart(d *xml.Decoder) (xml.StartElement, error) {
	for {
		token, err := d.Token()
		if err != nil {
			return xml.StartElement{}, err
		}
		switch t := token.(type) {
		case xml.StartElement:
			return t, nil
		case xml.EndElement:
			return xml.StartElement{}, errEndOfElement
		}
	}
}
