package ltitest

import (
	"cmp"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
)

// jar keeps cookies by host as browsers do on loopback, where Secure ones travel
// over http too (which net/http/cookiejar does not do). It knows no Domain, no
// Path and no expiry but Max-Age below zero.
type jar struct {
	mu    sync.Mutex
	hosts map[string]map[string]*http.Cookie
}

func (j *jar) SetCookies(u *url.URL, cookies []*http.Cookie) {
	j.mu.Lock()
	defer j.mu.Unlock()
	kept := j.hosts[u.Hostname()]
	if kept == nil {
		kept = make(map[string]*http.Cookie)
		j.hosts[u.Hostname()] = kept
	}
	for _, c := range cookies {
		switch {
		case c.MaxAge < 0:
			delete(kept, c.Name)
		case acceptable(c):
			kept[c.Name] = &http.Cookie{Name: c.Name, Value: c.Value}
		}
	}
}

// acceptable is what browsers demand of the __Host- prefix, and of SameSite=None.
func acceptable(c *http.Cookie) bool {
	if strings.HasPrefix(c.Name, "__Host-") && (!c.Secure || c.Path != "/" || c.Domain != "") {
		return false
	}
	return c.Secure || c.SameSite != http.SameSiteNoneMode && !c.Partitioned
}

func (j *jar) Cookies(u *url.URL) []*http.Cookie {
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.SortedFunc(maps.Values(j.hosts[u.Hostname()]), func(a, b *http.Cookie) int { return cmp.Compare(a.Name, b.Name) })
}
