package bbbtest

import (
	"errors"
	"time"
)

// ErrNoRecording says that there is no such recording, or not in a state for it.
var ErrNoRecording = errors.New("bbbtest: no such recording")

// Recordings that are known, deleted ones too, in the order of their meetings' end.
func (s *Server) Recordings() []Recording {
	s.advance()
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []Recording
	for _, r := range s.recordings {
		list = append(list, r.clone())
	}
	return list
}

// AddRecording puts one there that no meeting left.
func (s *Server) AddRecording(r Recording) {
	s.mu.Lock()
	defer s.mu.Unlock()
	rec := &recording{Recording: r}
	rec.Recording = rec.clone()
	s.recordings = append(s.recordings, rec)
}

// PublishRecording publishes all formats now, whatever is still processed, and
// one that was hidden.
func (s *Server) PublishRecording(recordID string) error {
	return s.changeRecording(recordID, func(r *recording) bool {
		for i := range r.pending {
			r.pending[i].due = time.Time{}
		}
		s.publishDue(r, s.cfg.Now())
		return s.setState(r, published)
	})
}

// Unpublish hides a recording.
func (s *Server) Unpublish(recordID string) error {
	return s.changeRecording(recordID, func(r *recording) bool { return s.setState(r, unpublished) })
}

// Delete deletes a recording.
func (s *Server) Delete(recordID string) error {
	return s.changeRecording(recordID, func(r *recording) bool { return s.setState(r, deleted) })
}

func (s *Server) changeRecording(recordID string, act func(*recording) bool) error {
	defer s.send()
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.find(recordID)
	if r == nil || !act(r) {
		return ErrNoRecording
	}
	return nil
}
