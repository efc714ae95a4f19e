package classroom

import (
	"context"
	"net/url"
	"slices"
)

// FrameOrigins lists the origins whose pages may frame ours: the platform's own,
// as its registration names them, and those that an admin added.
func (c *Classroom) FrameOrigins(ctx context.Context, platformID string) ([]string, error) {
	p, err := c.Store.Platform(ctx, platformID)
	if err != nil {
		return nil, err
	}
	origins := append([]string{origin(p.Issuer), origin(p.AuthURL)}, p.FrameOrigins...)
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
