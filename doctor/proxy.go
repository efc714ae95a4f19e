package doctor

import (
	"context"
	"net/netip"
	"strings"
)

// CheckProxy looks at what the reverse proxy tells the program of who asks.
func (d *Doctor) CheckProxy(ctx context.Context) Result {
	self, echo := d.checkSelf(ctx)
	if self.State != OK {
		return proxyBehind()
	}
	return d.judgeProxy(echo)
}

func proxyBehind() Result {
	return addressCheck("address.proxy").skipped("doctor.address.proxy_behind")
}

// judgeProxy reads an echo. The probe came with a made-up X-Forwarded-For: a proxy
// replaces it or adds to it.
func (d *Doctor) judgeProxy(e Echo) Result {
	c := addressCheck("address.proxy")
	added, https := addedTo(e.Forwarded), d.base().Scheme == "https"
	switch {
	case e.Wide != "":
		return c.failed("doctor.address.proxy_wide", "Range", e.Wide)
	case e.Client == stranger && !d.trustedOrigin(added):
		return c.failed("doctor.address.proxy_forged", "Peer", e.Peer)
	case len(added) == 0 && https:
		// The program itself speaks no TLS: somebody does it for it, and is silent.
		return c.warning("doctor.address.proxy_silent", "Peer", e.Peer)
	case len(added) == 0:
		return c.ok("doctor.address.proxy_none", "Client", e.Peer)
	case !e.Trusted:
		return c.warning("doctor.address.proxy_untrusted", "Peer", e.Peer)
	case !strings.EqualFold(e.Host, d.base().Host):
		return c.warning("doctor.address.proxy_host", "Host", e.Host, "Want", d.base().Host)
	case e.Proto != "" && !strings.EqualFold(e.Proto, d.base().Scheme):
		return c.warning("doctor.address.proxy_proto", "Proto", e.Proto, "Want", d.base().Scheme)
	}
	return c.ok("doctor.address.proxy", "Peer", e.Peer, "Client", added[len(added)-1])
}

// addedTo is what proxies have put into X-Forwarded-For beside what we sent.
func addedTo(forwarded []string) []string {
	var added []string
	for _, line := range forwarded {
		for part := range strings.SplitSeq(line, ",") {
			if part = strings.TrimSpace(part); part != "" && part != stranger {
				added = append(added, part)
			}
		}
	}
	return added
}

// trustedOrigin reports that we ourselves asked from an address of a trusted proxy,
// as on a machine that has both: then our word about the client rightly counts.
func (d *Doctor) trustedOrigin(added []string) bool {
	if len(added) == 0 {
		return false
	}
	a, err := netip.ParseAddr(added[len(added)-1])
	if err != nil {
		return false
	}
	for _, p := range d.Proxies {
		if p.Contains(a.Unmap()) {
			return true
		}
	}
	return false
}
