package lti

import (
	"cmp"
	"crypto/hmac"
	"encoding/base64"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// One cookie for each state binds it to the browser, so that logins in parallel
// do not disturb one another (two tabs; Sakai starts every login twice).
const (
	cookiePrefix = "__Host-lti_"
	maxCookies   = 10
)

// ProbeCookie is the name of a cookie that says only that this browser keeps
// cookies of ours where it was set: in this frame or outside of one. A page may
// look for it in document.cookie before the platform's one-time request is spent
// on a login that cannot end well.
const ProbeCookie = cookiePrefix + "kept"

const probeLife = 365 * 24 * time.Hour

// probe is the ProbeCookie to set, if the browser has not sent it.
func probe(cookies []*http.Cookie) []*http.Cookie {
	if slices.ContainsFunc(cookies, func(c *http.Cookie) bool { return c.Name == ProbeCookie }) {
		return nil
	}
	c := stateCookie(ProbeCookie, "1", int(probeLife/time.Second))
	c.HttpOnly = false
	return []*http.Cookie{c}
}

// cookie of the state. Its value cannot be made from the state alone, and it
// begins with the time of the login, by which Login finds the oldest.
func (s state) cookie() *http.Cookie {
	issued := strconv.FormatInt(s.issued.Unix(), 36)
	proof := base64.RawURLEncoding.EncodeToString(mac(s.secret, labelCookie, append(s.id[:], issued...)))
	return stateCookie(s.cookieName(), issued+"."+proof, int(stateLife/time.Second))
}

func (s state) cookieName() string {
	return cookiePrefix + base64.RawURLEncoding.EncodeToString(s.id[:])
}

// stateCookie has the attributes with which a cookie reaches a frame of another
// site: SameSite=None, and Partitioned where third-party cookies are blocked.
func stateCookie(name, value string, maxAge int) *http.Cookie {
	return &http.Cookie{
		Name: name, Value: value, Path: "/", MaxAge: maxAge,
		Secure: true, HttpOnly: true, SameSite: http.SameSiteNoneMode, Partitioned: true,
	}
}

func deleteCookie(name string) *http.Cookie { return stateCookie(name, "", -1) }

// heldBy says whether the browser that sent the cookies is the one that the
// state was made for. Whoever lures somebody into a launch of their own
// (login CSRF) cannot give them this cookie.
func (s state) heldBy(cookies []*http.Cookie) error {
	want := s.cookie()
	seen := false
	for _, c := range cookies {
		if c.Name != want.Name {
			continue
		}
		seen = true
		if hmac.Equal([]byte(c.Value), []byte(want.Value)) {
			return nil
		}
	}
	if seen {
		return refuse(CookieMismatch, "the state's cookie has another value")
	}
	return refuse(CookieMissing, "the browser sent %d cookies, none for this state", len(cookies))
}

// surplus returns the deletion of the oldest state cookies, so that with the one
// to come there are maxCookies: an open header is limited to some kilobytes.
func surplus(cookies []*http.Cookie) []*http.Cookie {
	var kept []*http.Cookie
	for _, c := range cookies {
		if strings.HasPrefix(c.Name, cookiePrefix) && c.Name != ProbeCookie {
			kept = append(kept, c)
		}
	}
	slices.SortStableFunc(kept, func(a, b *http.Cookie) int { return cmp.Compare(loginTime(a), loginTime(b)) })
	var deleted []*http.Cookie
	for len(kept) > maxCookies-1 {
		deleted = append(deleted, deleteCookie(kept[0].Name))
		kept = kept[1:]
	}
	return deleted
}

// loginTime is 0 for a cookie that we did not make.
func loginTime(c *http.Cookie) int64 {
	issued, _, _ := strings.Cut(c.Value, ".")
	sec, err := strconv.ParseInt(issued, 36, 64)
	if err != nil {
		return 0
	}
	return sec
}
