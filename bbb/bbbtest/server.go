package bbbtest

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Config of a Server. Secrets is needed.
type Config struct {
	URL       string   // public address, without a path; empty: the host of each request
	Secrets   []string // BigBlueButton has one; Scalelite signs with the first and accepts all
	Scalelite bool
	Hashes    []string // sha1, sha256, sha384, sha512; nil: all that this kind of server knows
	Protected bool     // playback addresses hold a token for one viewing

	RecordingDelay time.Duration // from the end of a meeting to its first format, and from each to the next
	Formats        []string      // nil: presentation
	Linger         time.Duration // how long an ended meeting is still shown
	AwayAfter      time.Duration // a browser that is silent for so long has left; zero: never

	Now    func() time.Time // nil: time.Now
	HTTP   *http.Client     // for callbacks; nil: one with a timeout
	Logger *slog.Logger     // nil: silent
}

// Server is the stand-in. It is safe for concurrent use.
type Server struct {
	cfg Config
	mux *http.ServeMux

	mu         sync.Mutex
	meetings   map[string]*meeting
	sessions   map[string]visit // what browsers hold; outlives the meeting
	recordings []*recording
	ready      map[string]string // Scalelite: external meeting id -> recording-ready address
	tokens     map[string]string // of protected recordings: token -> record id
	analytics  analyticsState
	faults     faults
	requests   map[string]int
	outbox     outbox
}

// New makes a server without meetings.
func New(cfg Config) *Server {
	cfg.URL = strings.TrimRight(cfg.URL, "/")
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	if cfg.Formats == nil {
		cfg.Formats = []string{"presentation"}
	}
	s := &Server{
		cfg:      cfg,
		mux:      http.NewServeMux(),
		meetings: map[string]*meeting{},
		sessions: map[string]visit{},
		ready:    map[string]string{},
		tokens:   map[string]string{},
		requests: map[string]int{},
	}
	s.analytics.kept = map[string]string{}
	s.outbox.init(cfg.HTTP)
	s.routes()
	return s
}

func (s *Server) routes() {
	s.mux.HandleFunc("GET /bigbluebutton/api", s.index)
	s.mux.HandleFunc("/bigbluebutton/api/{call...}", s.api)
	s.mux.HandleFunc("GET /node/api/join", s.nodeJoin)
	s.mux.HandleFunc("GET /meeting/{session}", s.showMeeting)
	s.mux.HandleFunc("POST /meeting/{session}/{act}", s.act)
	s.mux.HandleFunc("GET /playback/{record}", s.showPlayback)
	s.mux.HandleFunc("GET /{$}", s.showFront)
	s.mux.Handle("GET /static/", http.FileServerFS(files))
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !s.faults.pass(w, r) {
		return
	}
	s.advance()
	s.mux.ServeHTTP(w, r)
	s.send()
}

// Run lets time pass until ctx ends.
func (s *Server) Run(ctx context.Context) {
	t := time.NewTicker(250 * time.Millisecond)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
			s.advance()
			s.send()
		}
	}
}

// Tick does what is due by Config.Now and waits until the callbacks that go out
// have been answered. Not to be called by whoever receives one.
func (s *Server) Tick() {
	s.advance()
	s.send()
	s.outbox.wait()
}

// advance brings the state up to now.
func (s *Server) advance() {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.cfg.Now()
	for id, m := range s.meetings {
		s.awayLeave(m, now)
		if m.ended.IsZero() && m.expired(now) {
			s.finish(m, endedByClock, now)
		}
		if !m.ended.IsZero() && (s.cfg.Scalelite || !now.Before(m.ended.Add(s.cfg.Linger))) {
			delete(s.meetings, id)
		}
	}
	for _, r := range s.recordings {
		s.publishDue(r, now)
	}
}

// base is the address that the outside knows.
func (s *Server) base(r *http.Request) string {
	if s.cfg.URL != "" {
		return s.cfg.URL
	}
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

func newToken() string { return strings.ToLower(rand.Text()) }
