package bbbtest

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// Recording as getRecordings shows it.
type Recording struct {
	RecordID     string
	MeetingID    string
	Name         string
	State        string // processing, published, unpublished or deleted
	Start, End   time.Time
	Participants int
	Formats      []string
	Metadata     map[string]string
}

// States of a recording.
const (
	processing  = "processing"
	published   = "published"
	unpublished = "unpublished"
	deleted     = "deleted"
)

// recording is one with its formats that are still to come.
type recording struct {
	Recording
	pending []pendingFormat
	ready   []string // addresses to call for each format
}

type pendingFormat struct {
	kind string
	due  time.Time
}

// readySuffix ends the three names of the recording-ready metadata.
const readySuffix = "-recording-ready-url"

// process queues the recording of a meeting that has just ended. Formats are done
// one after the other, each published by itself.
func (s *Server) process(m *meeting, now time.Time) {
	r := &recording{Recording: Recording{
		RecordID:     m.internalID,
		MeetingID:    m.id,
		Name:         m.name,
		State:        processing,
		Start:        m.created,
		End:          now,
		Participants: len(m.people),
		Metadata:     maps.Clone(m.meta),
	}}
	for i, kind := range s.cfg.Formats {
		r.pending = append(r.pending, pendingFormat{kind, now.Add(time.Duration(i+1) * s.cfg.RecordingDelay)})
	}
	for key, value := range m.meta {
		if strings.HasSuffix(key, readySuffix) {
			r.ready = append(r.ready, value)
		}
	}
	s.recordings = append(s.recordings, r)
}

// publishDue publishes the formats whose time has come, and says so to the tool.
func (s *Server) publishDue(r *recording, now time.Time) {
	for len(r.pending) > 0 && !now.Before(r.pending[0].due) && r.State != deleted {
		r.Formats = append(r.Formats, r.pending[0].kind)
		r.pending = r.pending[1:]
		if r.State == processing {
			r.State = published
		}
		s.announceReady(r)
	}
}

func (s *Server) recorded(recordID string) bool { return s.find(recordID) != nil }

func (s *Server) find(recordID string) *recording {
	for _, r := range s.recordings {
		if r.RecordID == recordID {
			return r
		}
	}
	return nil
}

// setState moves a recording that is done; others cannot be moved. Scalelite
// drops the metadata of what is deleted.
func (s *Server) setState(r *recording, state string) bool {
	if r.State == deleted || r.State == processing {
		return false
	}
	r.State = state
	if state == deleted {
		r.Formats, r.pending = nil, nil
		if s.cfg.Scalelite {
			r.Metadata = nil
		}
	}
	return true
}

func (r *recording) clone() Recording {
	c := r.Recording
	c.Formats, c.Metadata = slices.Clone(r.Formats), maps.Clone(r.Metadata)
	return c
}
