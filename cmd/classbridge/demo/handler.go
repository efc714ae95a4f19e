package demo

import (
	"net"
	"net/http"
	"strings"
)

// Handler answers for all parts and for the tool, told apart by the host that
// was asked for. A host that is none of them is sent to the LMS: somebody typed
// the address of the listener.
func (w *World) Handler(tool http.Handler) http.Handler {
	parts := map[string]http.Handler{"lms": w.lmsHandler(), "tool": tool, "bbb": w.bbb, "chat": w.chat}
	for _, p := range persons() {
		parts[deskHost(p)] = parts["lms"]
	}
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if h := parts[partOf(r.Host)]; h != nil {
			h.ServeHTTP(rw, r)
			return
		}
		http.Redirect(rw, r, w.LMS(), http.StatusFound)
	})
}

// partOf is the name before .localhost; empty for another host.
func partOf(hostPort string) string {
	host, _, err := net.SplitHostPort(hostPort)
	if err != nil {
		host = hostPort
	}
	name, found := strings.CutSuffix(strings.ToLower(host), ".localhost")
	if !found {
		return ""
	}
	return name
}

// lmsHandler is the protocol, and around it the pages that people see.
func (w *World) lmsHandler() http.Handler {
	mux := http.NewServeMux()
	for _, path := range []string{"/{$}", "/add", "/gradebook", "/participants", "/assets/"} {
		mux.Handle(path, w.course)
	}
	mux.Handle("/", w.lms)
	return mux
}
