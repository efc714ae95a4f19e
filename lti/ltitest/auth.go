package ltitest

import (
	"net/http"
	"net/url"
)

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
	writeForm(w, l.target(), l.answerAuth(r.Form))
}

func (l *LMS) answerAuth(form url.Values) url.Values {
	answer := url.Values{"state": {form.Get("state")}}
	if code, description := l.refuseAuth(form); code != "" {
		return refusal(answer, code, description)
	}
	o, found := l.opened(form)
	if !found {
		return refusal(answer, "invalid_request", "no launch in lti_message_hint")
	}
	claims, err := l.claims(o, form.Get("nonce"))
	if err != nil {
		return refusal(answer, "invalid_request", err.Error())
	}
	if l.Alter != nil {
		l.Alter(claims)
	}
	answer.Set("id_token", l.IDToken(claims))
	return answer
}

func refusal(answer url.Values, code, description string) url.Values {
	answer.Set("error", code)
	answer.Set("error_description", description)
	return answer
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
	if !l.loggedIn(form.Get("login_hint")) {
		return "login_required", "nobody is logged in as that"
	}
	return "", ""
}
