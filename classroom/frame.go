package classroom

import (
	"context"
	"net/url"
	"slices"
)

// FrameOrigins lists the origins whose pages may frame ours: the platform's own,
// as its registration names them, and those that an admin added. An empty id
// means all platforms, for a refusal that belongs to none.
func (c *Classroom) FrameOrigins(ctx context.Context, platformID string) ([]string, error) {
	platforms, err := c.Store.Platforms(ctx)
	if err != nil {
		return nil, err
	}
	var origins []string
	for _, p := range platforms {
		if platformID == "" || p.ID == platformID {
			origins = append(origins, origin(p.Issuer), origin(p.AuthURL))
			origins = append(origins, p.FrameOrigins...)
		}
	}
	slices.Sort(origins)
	return slices.DeleteFunc(slices.Compact(origins), func(o string) bool { return o == "" }), nil
}

// origin is the scheme and host of an address; empty for what is none.
func origin(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return ""
	}
	return u.Scheme + "://" + u.Host
}
