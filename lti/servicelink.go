package lti

import (
	"context"
	"errors"
	"net/url"
	"strings"
)

// maxPages is more than the largest course has anywhere.
const maxPages = 1000

// pages calls a service page by page. Read gets each page once, and only if
// where its next one is makes sense.
func (s *Services) pages(ctx context.Context, r request, read func(*answer) error) error {
	seen := make(map[string]bool)
	for len(seen) < maxPages {
		seen[r.url] = true
		next := ""
		err := s.call(ctx, r, func(a *answer) (err error) {
			if next, err = a.link("next"); err != nil {
				return err
			}
			if seen[next] {
				return malformed("the next page is one that was read before")
			}
			return read(a)
		})
		if err != nil || next == "" {
			return err
		}
		r.url = next
	}
	return &ServiceError{
		Service: r.service, Platform: r.access.Platform.ID, Host: host(r.url), Status: 200,
		Err: errors.New("more pages than any course has"),
	}
}

// link is the absolute address that the answer relates to itself by rel, empty
// if there is none (RFC 8288). It must be of the origin of the page: our token
// goes there.
func (a *answer) link(rel string) (string, error) {
	target, found := findLink(a.header.Values("Link"), rel)
	if !found {
		return "", nil
	}
	u, err := url.Parse(target)
	if err != nil {
		return "", malformed("the address of the %s page cannot be read", rel)
	}
	if !u.IsAbs() {
		u = a.url.ResolveReference(u)
		target = u.String()
	}
	if origin(u) != origin(a.url) || !a.access.Platform.mayCall(target) {
		return "", &answerError{code: CodeAddressRefused, err: errors.New("the " + rel + " page is at another place, " + shown(u.Host))}
	}
	return target, nil
}

// findLink looks through Link headers for the first target with this relation.
// Addresses are opaque: not a letter of them is changed.
func findLink(headers []string, rel string) (target string, found bool) {
	for _, h := range headers {
		for {
			_, rest, opened := strings.Cut(h, "<")
			uri, rest, closed := strings.Cut(rest, ">")
			if !opened || !closed {
				break
			}
			params, after := cutParams(rest)
			if related(params, rel) {
				return strings.TrimSpace(uri), true
			}
			h = after
		}
	}
	return "", false
}

// cutParams separates the parameters of a link from the links after it, which
// begin at a comma outside of quotes.
func cutParams(s string) (params, after string) {
	quoted := false
	for i, r := range s {
		switch {
		case r == '"':
			quoted = !quoted
		case r == ',' && !quoted:
			return s[:i], s[i+1:]
		}
	}
	return s, ""
}

// related looks for rel="a b" in the parameters of a link. The quotes are
// missing at some platforms, and typographic ones in a part of Moodle.
func related(params, rel string) bool {
	for param := range strings.SplitSeq(params, ";") {
		name, value, _ := strings.Cut(param, "=")
		if !strings.EqualFold(strings.TrimSpace(name), "rel") {
			continue
		}
		for _, word := range strings.Fields(strings.Trim(strings.TrimSpace(value), "\"'“”")) {
			if strings.EqualFold(word, rel) {
				return true
			}
		}
	}
	return false
}

// withQuery adds parameters, name and value in turn, to the query that an
// address has, and leaves alone what is there. Empty values are not added.
func withQuery(raw string, params ...string) string {
	raw, _, _ = strings.Cut(raw, "#")
	base, query, _ := strings.Cut(raw, "?")
	there, _ := url.ParseQuery(query)
	for i := 0; i+1 < len(params); i += 2 {
		if params[i+1] == "" || there.Has(params[i]) {
			continue
		}
		if query != "" && !strings.HasSuffix(query, "&") {
			query += "&"
		}
		query += url.QueryEscape(params[i]) + "=" + url.QueryEscape(params[i+1])
	}
	if query == "" {
		return base
	}
	return base + "?" + query
}

// below is the address of what belongs to an item, with the item's own query
// kept behind it: Moodle's has one.
func below(raw, name string) string {
	raw, _, _ = strings.Cut(raw, "#")
	base, query, has := strings.Cut(raw, "?")
	base = strings.TrimSuffix(base, "/") + "/" + name
	if has {
		base += "?" + query
	}
	return base
}
