package bbbtest

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"
)

type playbackPage struct {
	Title   string
	Live    bool
	Name    string
	Format  string
	When    string
	Minutes int
}

// showPlayback serves GET /playback/{record}.
func (s *Server) showPlayback(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	page, found := s.playback(r.PathValue("record"), q.Get("format"), q.Get("token"))
	if !found {
		s.render(w, http.StatusNotFound, "closing.html", closingPage{Title: "No recording here", Message: "It may be hidden, deleted, or its address used up."})
		return
	}
	s.render(w, http.StatusOK, "playback.html", page)
}

func (s *Server) playback(id, format, token string) (playbackPage, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.find(id)
	if r == nil || r.State != published {
		return playbackPage{}, false
	}
	if s.cfg.Protected && !s.useToken(token, id) {
		return playbackPage{}, false
	}
	if format == "" && len(r.Formats) > 0 {
		format = r.Formats[0]
	}
	if !slices.Contains(r.Formats, format) {
		return playbackPage{}, false
	}
	return playbackPage{
		Title:   r.Name,
		Name:    r.Name,
		Format:  format,
		When:    r.Start.UTC().Format(time.RFC1123),
		Minutes: int(r.End.Sub(r.Start).Minutes()),
	}, true
}

func (s *Server) useToken(token, id string) bool {
	good := token != "" && s.tokens[token] == id
	delete(s.tokens, token)
	return good
}

type frontPage struct {
	Title  string
	Live   bool
	Errors []refusal
}

// showFront serves GET /, the default logout address. A join with a bad checksum
// ends here.
func (s *Server) showFront(w http.ResponseWriter, r *http.Request) {
	page := frontPage{Title: "BigBlueButton stand-in"}
	if raw := r.URL.Query().Get("errors"); raw != "" {
		if json.NewDecoder(strings.NewReader(raw)).Decode(&page.Errors) != nil {
			page.Errors = nil
		}
	}
	s.render(w, http.StatusOK, "front.html", page)
}
