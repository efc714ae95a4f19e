package bbbtest

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// operation is one call of the API.
type operation struct {
	methods []string
	run     func(r *http.Request, q url.Values) answer
}

func (s *Server) operation(call string) (operation, bool) {
	get, both := []string{http.MethodGet}, []string{http.MethodGet, http.MethodPost}
	switch call {
	case "create":
		return operation{both, s.create}, true
	case "isMeetingRunning":
		return operation{both, s.isMeetingRunning}, true
	case "getMeetingInfo":
		return operation{both, s.getMeetingInfo}, true
	case "getMeetings":
		return operation{both, s.getMeetings}, true
	case "end":
		return operation{both, s.end}, true
	case "getRecordings":
		return operation{both, s.getRecordings}, true
	case "publishRecordings":
		return operation{get, s.publishRecordings}, true
	case "deleteRecordings":
		return operation{get, s.deleteRecordings}, true
	}
	return operation{}, false
}

func (s *Server) index(w http.ResponseWriter, _ *http.Request) {
	ok(leaf("version", "2.0"), leaf("apiVersion", "2.0")).write(w)
}

func (s *Server) api(w http.ResponseWriter, r *http.Request) {
	call := r.PathValue("call")
	s.count(call)
	if call == "" {
		s.index(w, r)
		return
	}
	if s.failNow(w, call) {
		return
	}
	if call == "join" && r.Method == http.MethodGet {
		s.join(w, r)
		return
	}
	if call == analyticsCallback && r.Method == http.MethodPost && s.cfg.Scalelite {
		s.takeAnalytics(w, r)
		return
	}
	op, known := s.operation(call)
	if !known || !slices.Contains(op.methods, r.Method) {
		s.unknown(w)
		return
	}
	s.run(w, r, call, op)
}

func (s *Server) run(w http.ResponseWriter, r *http.Request, call string, op operation) {
	if !s.signed(call, r.URL.RawQuery) {
		checksumError().write(w)
		return
	}
	if r.Method == http.MethodPost && !acceptable(r.Header.Get("Content-Type")) {
		failed("unsupportedContentType", "POST request Content-Type is missing or unsupported").write(w)
		return
	}
	// Parameters are read from the address only: what a form body holds is signed
	// differently by each version.
	op.run(r, r.URL.Query()).write(w)
}

func acceptable(contentType string) bool {
	kind, _, _ := strings.Cut(contentType, ";")
	switch strings.TrimSpace(kind) {
	case "application/x-www-form-urlencoded", "multipart/form-data", "application/xml", "text/xml":
		return true
	}
	return false
}

func checksumError() answer { return failed("checksumError", "Checksums do not match") }

func (s *Server) count(call string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests[call]++
}

func (s *Server) failNow(w http.ResponseWriter, call string) bool {
	key, fail := s.faults.take(call)
	switch {
	case fail && key == "":
		proxyPage(w, http.StatusBadGateway)
	case fail:
		failed(key, "The server was told to fail.").write(w)
	}
	return fail
}

// unknown calls, hooks among them: Scalelite says so in XML.
func (s *Server) unknown(w http.ResponseWriter) {
	if s.cfg.Scalelite {
		failed("unsupportedRequest", "This request is not supported.").write(w)
		return
	}
	proxyPage(w, http.StatusNotFound)
}
