package doctor

import (
	"context"
	"crypto/x509"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"
)

func addressCheck(name string) check { return check{name, GroupAddress} }

// examineAddress looks at the public address from the outside in: what stands
// behind a check that failed is not looked at.
func (d *Doctor) examineAddress(ctx context.Context) []Result {
	results := []Result{d.CheckName(ctx), d.CheckTLS(ctx), d.CheckRedirect(ctx)}
	self, echo := d.checkSelf(ctx)
	results = append(results, self)
	if self.State != OK {
		return append(results, proxyBehind(), addressCheck("address.stream").skipped("doctor.address.stream_behind"))
	}
	return append(results, d.judgeProxy(echo), d.CheckStream(ctx))
}

// base is the public address, taken apart.
func (d *Doctor) base() *url.URL {
	u, err := url.Parse(d.URL)
	if err != nil {
		return &url.URL{}
	}
	return u
}

// CheckName looks whether the name of the public address resolves from here.
func (d *Doctor) CheckName(ctx context.Context) Result {
	c, host := addressCheck("address.name"), d.base().Hostname()
	if loopback(host) {
		return c.warning("doctor.address.loopback", "Host", host)
	}
	ctx, cancel := within(ctx)
	defer cancel()
	addresses, err := d.Lookup(ctx, "ip", host)
	if err != nil || len(addresses) == 0 {
		return c.failed("doctor.address.name_unknown", "Host", host)
	}
	return c.ok("doctor.address.name", "Host", host, "Addresses", listed(addresses))
}

func listed(addresses []netip.Addr) string {
	var texts []string
	for _, a := range addresses[:min(len(addresses), 4)] {
		texts = append(texts, a.Unmap().String())
	}
	return strings.Join(texts, ", ")
}

// loopback reports a host that is this machine for whoever asks (RFC 6761 §6.3).
func loopback(host string) bool {
	if a, err := netip.ParseAddr(host); err == nil {
		return a.Unmap().IsLoopback()
	}
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}

// CheckTLS looks at the certificate as browsers do: chain, name and dates.
func (d *Doctor) CheckTLS(ctx context.Context) Result {
	c, host := addressCheck("address.tls"), d.base().Hostname()
	if d.base().Scheme != "https" {
		return c.skipped("doctor.address.tls_none")
	}
	ctx, cancel := within(ctx)
	defer cancel()
	resp, err := d.get(ctx, d.URL+"/robots.txt")
	if err != nil {
		switch t := d.troubleOf(err); t {
		case expired, otherName, untrusted, noTLS:
			return c.failed("doctor.address.tls_"+string(t), "Host", host, "Error", cause(err))
		default:
			return c.skipped("doctor.address.tls_unreached", "Host", host)
		}
	}
	resp.Body.Close()
	if resp.TLS == nil || len(resp.TLS.PeerCertificates) == 0 {
		return c.skipped("doctor.address.tls_unreached", "Host", host)
	}
	return d.judgeDates(c, resp.TLS.PeerCertificates[0])
}

// judgeDates warns of a certificate that should have been renewed by now:
// authorities renew when a third of the time is left.
func (d *Doctor) judgeDates(c check, cert *x509.Certificate) Result {
	left := cert.NotAfter.Sub(d.Now())
	about := []string{"Host", d.base().Hostname(), "Days", strconv.Itoa(int(left / (24 * time.Hour))), "Date", cert.NotAfter.UTC().Format(time.DateOnly)}
	if left < min(14*24*time.Hour, cert.NotAfter.Sub(cert.NotBefore)/4) {
		return c.warning("doctor.address.tls_due", about...)
	}
	return c.ok("doctor.address.tls", about...)
}

// CheckRedirect looks where somebody ends who types the name without https.
func (d *Doctor) CheckRedirect(ctx context.Context) Result {
	c, u := addressCheck("address.redirect"), d.base()
	if u.Scheme != "https" || u.Port() != "" && u.Port() != "443" {
		return c.skipped("doctor.address.redirect_none")
	}
	ctx, cancel := within(ctx)
	defer cancel()
	resp, err := d.get(ctx, "http://"+u.Hostname()+"/")
	if err != nil {
		return c.ok("doctor.address.redirect_closed", "Host", u.Hostname())
	}
	resp.Body.Close()
	to, err := resp.Location()
	if err == nil && to.Scheme == "https" && strings.EqualFold(to.Hostname(), u.Hostname()) {
		return c.ok("doctor.address.redirect", "Host", u.Hostname())
	}
	return c.warning("doctor.address.redirect_missing", "Host", u.Hostname(), "Status", strconv.Itoa(resp.StatusCode))
}

// get asks as a browser does, and follows no redirect. The body is the caller's to close.
func (d *Doctor) get(ctx context.Context, address string, header ...string) (*http.Response, error) {
	return d.getBy(ctx, d.HTTP, address, header...)
}

func (d *Doctor) getBy(ctx context.Context, client *http.Client, address string, header ...string) (*http.Response, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	r.Header.Set("User-Agent", d.UserAgent)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	own := *client
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return own.Do(r)
}
