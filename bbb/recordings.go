package bbb

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
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
		length := len(url.QueryEscape(id)) + len("%2C")
		if i > from && (i-from == batchIDs || size+length > batchBytes) {
			all = append(all, ids[from:i])
			from, size = i, 0
		}
		size += length
	}
	return append(all, ids[from:])
}

// collector keeps what was asked for. Servers answer with more: recordID is a
// prefix for them, and pools send a recording twice.
type collector struct {
	meetings, records set // empty: any
	seen              set
	list              []Recording
}

type set map[string]struct{}

func newSet(ids []string) set {
	s := set{}
	for _, id := range ids {
		s[id] = struct{}{}
	}
	return s
}

func (s set) has(id string) bool {
	_, ok := s[id]
	return ok
}

func newCollector(q RecordingQuery) *collector {
	return &collector{meetings: newSet(q.MeetingIDs), records: newSet(q.RecordIDs), seen: set{}}
}

func (f *collector) add(r Recording) {
	ofMeeting := len(f.meetings) == 0 || f.meetings.has(r.MeetingID)
	byID := len(f.records) == 0 || f.records.has(r.RecordID)
	if !ofMeeting || !byID || r.RecordID == "" || f.seen.has(r.RecordID) {
		return
	}
	f.seen[r.RecordID] = struct{}{}
	f.list = append(f.list, r)
}
