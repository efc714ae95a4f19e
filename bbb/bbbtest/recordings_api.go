package bbbtest

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

func (s *Server) getRecordings(r *http.Request, q url.Values) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	found := s.selected(q)
	total := len(found)
	if !s.cfg.Scalelite { // which knows no paging and answers in one piece
		found = page(found, q)
	}
	if len(found) == 0 {
		return ok(note("noRecordings", "There are no recordings for the meeting(s).")...)
	}
	var list []el
	for _, rec := range found {
		list = append(list, s.recordingXML(rec, s.base(r)))
	}
	a := ok(node("recordings", list...))
	if q.Has("limit") && !s.cfg.Scalelite {
		a = append(a, leaf("totalElements", total))
	}
	return a
}

// selected by recordID (a prefix), else by meetingID, and by state. Scalelite has
// its newest first and knows of no recording that it has not imported.
func (s *Server) selected(q url.Values) []*recording {
	var found []*recording
	for _, r := range s.recordings {
		if s.matches(r, q) {
			found = append(found, r)
		}
	}
	if s.cfg.Scalelite {
		slices.SortStableFunc(found, func(a, b *recording) int { return b.Start.Compare(a.Start) })
	}
	return found
}

func (s *Server) matches(r *recording, q url.Values) bool {
	states := list(q, "state")
	if len(states) == 0 {
		states = []string{published, unpublished}
	}
	if !slices.Contains(states, r.State) && !slices.Contains(states, "any") || s.cfg.Scalelite && r.State == processing {
		return false
	}
	if ids := list(q, "recordID"); len(ids) > 0 {
		return slices.ContainsFunc(ids, func(id string) bool { return strings.HasPrefix(r.RecordID, id) })
	}
	ids := list(q, "meetingID")
	return len(ids) == 0 || slices.Contains(ids, r.MeetingID)
}

func list(q url.Values, key string) []string {
	return strings.FieldsFunc(q.Get(key), func(r rune) bool { return r == ',' })
}

func page(all []*recording, q url.Values) []*recording {
	offset, _ := strconv.Atoi(q.Get("offset"))
	all = all[min(max(offset, 0), len(all)):]
	if limit, err := strconv.Atoi(q.Get("limit")); err == nil && limit > 0 {
		all = all[:min(limit, 100, len(all))]
	}
	return all
}

func (s *Server) recordingXML(r *recording, base string) el {
	const size = 1 << 20
	var formats []el
	for _, kind := range r.Formats {
		f := []el{
			leaf("type", kind),
			leaf("url", s.playbackURL(r, kind, base)),
			leaf("processingTime", 7177),
			leaf("length", int(r.End.Sub(r.Start).Minutes())),
		}
		if !s.cfg.Scalelite {
			f = append(f, leaf("size", size))
		}
		formats = append(formats, node("format", f...))
	}
	kids := []el{
		leaf("recordID", r.RecordID),
		leaf("meetingID", r.MeetingID),
		leaf("internalMeetingID", r.RecordID),
		leaf("name", r.Name),
		leaf("isBreakout", false),
		leaf("published", r.State == published),
		leaf("state", r.State),
		leaf("startTime", millis(r.Start)),
		leaf("endTime", millis(r.End)),
		leaf("participants", r.Participants),
		node("metadata", pairs(r.Metadata)...),
		node("playback", formats...),
	}
	if !s.cfg.Scalelite {
		kids = append(kids, leaf("rawSize", 2*size), leaf("size", size*len(r.Formats)))
	}
	return node("recording", kids...)
}

// playbackURL of a protected recording is good for one viewing, and each reply
// mints a new one.
func (s *Server) playbackURL(r *recording, kind, base string) string {
	q := url.Values{"format": {kind}}
	if s.cfg.Protected {
		token := newToken()
		s.tokens[token] = r.RecordID
		q.Set("token", token)
	}
	return base + "/playback/" + url.PathEscape(r.RecordID) + "?" + q.Encode()
}

func (s *Server) publishRecordings(_ *http.Request, q url.Values) answer {
	state := map[string]string{"true": published, "false": unpublished}[q.Get("publish")]
	if state == "" {
		return failed("missingParamPublish", "You must specify one publish value true or false.")
	}
	return s.changeRecordings(q, "published", q.Get("publish"), state)
}

func (s *Server) deleteRecordings(_ *http.Request, q url.Values) answer {
	return s.changeRecordings(q, "deleted", "true", deleted)
}

func (s *Server) changeRecordings(q url.Values, element, value, state string) answer {
	ids := list(q, "recordID")
	if len(ids) == 0 {
		return failed("missingParamRecordID", "You must specify one or more a record IDs.")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	changed := false
	for _, id := range ids {
		if r := s.find(id); r != nil {
			changed = s.setState(r, state) || changed
		}
	}
	if !changed {
		return failed("notFound", "We could not find recordings")
	}
	return ok(leaf(element, value))
}
