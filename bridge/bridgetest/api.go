package bridgetest

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// call is one call of the API.
type call struct {
	*Server
	r       *http.Request
	w       http.ResponseWriter
	user    *user // who asks; nil: nobody
	session *session
}

// handler answers a call, with the server locked.
type handler func(*call) (any, error)

// refusal is an error as the API tells it.
type refusal struct {
	ID            string `json:"id"`
	Message       string `json:"message"`
	DetailedError string `json:"detailed_error"`
	Status        int    `json:"status_code"`
}

func (e *refusal) Error() string { return fmt.Sprintf("%d %s", e.Status, e.ID) }

func refuse(status int, id string) error {
	return &refusal{ID: id, Message: id, Status: status}
}

var (
	errForbidden = &refusal{ID: "api.context.permissions.app_error", Message: "You do not have the appropriate permissions.", Status: http.StatusForbidden}
	errSession   = &refusal{ID: "api.context.session_expired.app_error", Message: "Invalid or expired session, please login again.", Status: http.StatusUnauthorized}
	errBody      = &refusal{ID: "api.context.invalid_body_param.app_error", Message: "Invalid or missing parameter in request body.", Status: http.StatusBadRequest}
)

// open lists the calls that need no session.
var open = map[string]bool{
	"/api/v4/users/login": true, "/api/v4/config/client": true, "/api/v4/license/client": true,
}

// api makes an http.HandlerFunc of h.
func (s *Server) api(h handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		c := s.caller(w, r)
		if c.user == nil && !open[r.URL.Path] {
			answer(w, nil, errSession)
			return
		}
		v, err := h(c)
		answer(w, v, err)
	}
}

// caller finds out who asks. A deactivated account has no session.
func (s *Server) caller(w http.ResponseWriter, r *http.Request) *call {
	c := &call{Server: s, r: r, w: w}
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		token = ""
		if cookie, err := r.Cookie(sessionCookie); err == nil {
			token = cookie.Value
		}
	}
	if c.session = s.sessions[token]; c.session != nil {
		if u := s.users[c.session.userID]; u.DeleteAt == 0 {
			c.user = u
		}
	}
	return c
}

func answer(w http.ResponseWriter, v any, err error) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Version-Id", version+".0.bridgetest.false")
	status := http.StatusOK
	var refused *refusal
	switch {
	case errors.As(err, &refused):
		v, status = refused, refused.Status
	case err != nil:
		v, status = &refusal{ID: err.Error(), Status: http.StatusInternalServerError}, http.StatusInternalServerError
	}
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

var ok = map[string]string{"status": "OK"}

// body decodes what was sent.
func body[T any](c *call) (T, error) {
	var v T
	if json.NewDecoder(http.MaxBytesReader(nil, c.r.Body, 300_000)).Decode(&v) != nil {
		return v, errBody
	}
	return v, nil
}

func (c *call) isAdmin() bool { return c.user != nil && c.user.isAdmin() }

// version is what this server takes itself for.
const version = "11.4.0"
