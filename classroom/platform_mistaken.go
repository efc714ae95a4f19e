package classroom

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// Mistakable reports whether the token server of one of two registrations would
// take for its own what we sign for the other one, though the issuers are not the
// same. All are signed by the same key: the LMS of one could then get tokens that
// are for us at the other. At Brightspace, schools share the server, but no client.
func (p Platform) Mistakable(other Platform) bool {
	if p.Issuer == other.Issuer || p.ClientID != other.ClientID {
		return false
	}
	servers := other.tokenServers()
	return slices.ContainsFunc(p.tokenServers(), func(s string) bool { return slices.Contains(servers, s) })
}

// tokenServers are whom assertions are for: hosts with ports, or an audience that is no address.
func (p Platform) tokenServers() []string {
	var servers []string
	for _, address := range []string{p.TokenURL, p.Audience} {
		name := address
		if u, err := url.Parse(address); err == nil && u.Hostname() != "" {
			port := cmp.Or(u.Port(), map[string]string{"https": "443", "http": "80"}[u.Scheme])
			name = strings.TrimSuffix(strings.ToLower(u.Hostname()), ".") + ":" + port
		}
		if name != "" {
			servers = append(servers, name)
		}
	}
	return servers
}

// FindMistakable finds a registration, of any school, that is Mistakable for this one.
func FindMistakable(ctx context.Context, q Queries, p Platform) (Platform, bool, error) {
	all, err := q.PlatformsOfClient(ctx, p.ClientID)
	if err != nil {
		return Platform{}, false, err
	}
	i := slices.IndexFunc(all, p.Mistakable)
	if i < 0 {
		return Platform{}, false, nil
	}
	return all[i], true, nil
}

// unmistakable refuses a registration by an LMS that names another one's tokens.
func unmistakable(ctx context.Context, tx Tx, p Platform) error {
	other, found, err := FindMistakable(ctx, tx, p)
	if err != nil || !found {
		return err
	}
	return &Error{
		Code: Forbidden, Message: "error.register_mistakable",
		Err: fmt.Errorf("issuer %s names client and token server of platform %s", p.Issuer, other.ID),
	}
}
