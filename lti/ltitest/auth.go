package ltitest

import (
	"encoding/json"
	"net/http"
	"net/url"
)

// messageHint is JSON, as Moodle's: quotes and braces show whether a tool sends
// it back as it was.
func messageHint(link string) string {
	data, _ := json.Marshal(map[string]string{"link": link}) // strings only
	return string(data)
}

// serveAuth is GET and POST /auth: the authorization endpoint (Security Framework
// §5.1.1.2). Who and where to may be wrong without the tool being told; all else
// is answered to the tool.
func (l *LMS) serveAuth(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		http.Error(w, "unreadable form", http.StatusBadRequest)
		return
	}
	if r.Form.Get("client_id") != l.ClientID || r.Form.Get("redirect_uri") != l.target() {
		http.Error(w, "unknown client_id or redirect_uri", http.StatusBadRequest)
		return
	}
	answer := url.Values{"state": {r.Form.Get("state")}}
	if code, description := l.refuseAuth(r.Form); code != "" {
		answer.Set("error", code)
		answer.Set("error_description", description)
	} else {
		answer.Set("id_token", l.answerAuth(r.Form))
	}
	writeForm(w, l.target(), answer)
}

func (l *LMS) refuseAuth(form url.Values) (code, description string) {
	fixed := []struct{ name, value, code string }{
		{"scope", "openid", "invalid_scope"},
		{"response_type", "id_token", "unsupported_response_type"},
		{"response_mode", "form_post", "invalid_request"},
		{"prompt", "none", "invalid_request"},
	}
	for _, f := range fixed {
		if form.Get(f.name) != f.value {
			return f.code, f.name + " must be " + f.value
		}
	}
	if form.Get("nonce") == "" {
		return "invalid_request", "nonce is missing"
	}
	if _, err := l.person(form.Get("login_hint")); err != nil {
		return "login_required", "nobody is logged in as that"
	}
	if _, err := l.link(hintedLink(form)); err != nil {
		return "invalid_request", "no launch in lti_message_hint"
	}
	return "", ""
}

// answerAuth is for a request that refuseAuth has passed.
func (l *LMS) answerAuth(form url.Values) string {
	claims, err := l.Claims(form.Get("login_hint"), hintedLink(form), form.Get("nonce"))
	if err != nil {
		return ""
	}
	if l.Alter != nil {
		l.Alter(claims)
	}
	return l.IDToken(claims)
}

func hintedLink(form url.Values) string {
	var hint struct {
		Link string `json:"link"`
	}
	_ = json.Unmarshal([]byte(form.Get("lti_message_hint")), &hint) // not ours: no link
	return hint.Link
}
