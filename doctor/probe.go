package doctor

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"classbridge/classroom"
)

// Where the installation answers to itself, and to nobody else. The test stream is
// where those of live pages are: proxies may be told about these alone.
const (
	PathProbe  = "/probe"
	PathStream = "/rooms/probe/events"
)

const (
	probePurpose classroom.Purpose = "doctor probe"
	probeTTL                       = time.Minute
	maxEcho                        = 16 << 10
	// stranger is whom we claim to be in X-Forwarded-For: an address that nobody
	// has (RFC 5737). Who believes it believes anybody.
	stranger = "192.0.2.251"
)

// challenge is what a probe asks to be answered.
type challenge struct{ Nonce string }

// Echo is what the installation saw of a probe. Only who holds the master key can
// ask for one, or make the proof.
type Echo struct {
	Proof     string    `json:"proof"`
	Peer      string    `json:"peer"`      // who is connected: the proxy, where there is one
	Client    string    `json:"client"`    // whom the program takes for the client
	Forwarded []string  `json:"forwarded"` // X-Forwarded-For as it came
	Proto     string    `json:"proto"`     // X-Forwarded-Proto as it came
	Host      string    `json:"host"`      // Host as it came
	Trusted   bool      `json:"trusted"`   // the peer's X-Forwarded-For is believed
	Wide      string    `json:"wide"`      // a range of trusted proxies that is too wide; empty: none
	At        time.Time `json:"at"`
}

// errStranger is a probe that is not ours.
var errStranger = &classroom.Error{Code: classroom.NotFound, Message: "error.page_unknown", Err: errors.New("not a probe of this installation")}

// Answer completes what was seen of a probe; NotFound for everybody but ourselves.
func (d *Doctor) Answer(token string, seen Echo) (Echo, error) {
	var c challenge
	if _, _, err := d.Signer.Open(probePurpose, token, &c); err != nil {
		return Echo{}, errStranger
	}
	seen.Proof, seen.At = d.proof(c), d.Now().UTC()
	peer, err := netip.ParseAddr(seen.Peer)
	seen.Trusted = err == nil && slices.ContainsFunc(d.Proxies, func(p netip.Prefix) bool { return p.Contains(peer.Unmap()) })
	seen.Wide = tooWide(d.Proxies)
	return seen, nil
}

func (d *Doctor) proof(c challenge) string { return d.Signer.Code("doctor proof", c.Nonce) }

// tooWide names the first range that holds more than a network of one's own.
func tooWide(proxies []netip.Prefix) string {
	for _, p := range proxies {
		if least := map[bool]int{true: 8, false: 16}[p.Addr().Unmap().Is4()]; p.Bits() < least {
			return p.String()
		}
	}
	return ""
}

// probe makes the address of a probe.
func (d *Doctor) probe(path string) (c challenge, address string, err error) {
	c.Nonce = rand.Text()
	token, err := d.Signer.Sign(probePurpose, c, probeTTL)
	return c, d.URL + path + "?" + url.Values{"challenge": {token}}.Encode(), err
}

// CheckSelf looks whether this very installation answers at the public address.
func (d *Doctor) CheckSelf(ctx context.Context) Result {
	r, _ := d.checkSelf(ctx)
	return r
}

func (d *Doctor) checkSelf(ctx context.Context) (Result, Echo) {
	c := addressCheck("address.self")
	ctx, cancel := within(ctx)
	defer cancel()
	asked, address, err := d.probe(PathProbe)
	if err != nil {
		return c.failed("doctor.address.self_unreached", "URL", d.URL, "Error", err.Error()), Echo{}
	}
	resp, err := d.get(ctx, address, "X-Forwarded-For", stranger)
	if err != nil {
		return c.failed("doctor.address.self_"+string(d.unreached(err)), "URL", d.URL, "Error", cause(err)), Echo{}
	}
	defer resp.Body.Close()
	return d.judgeEcho(c, asked, resp)
}

// unreached has one text for all that a certificate may be: CheckTLS tells which.
func (d *Doctor) unreached(err error) trouble {
	switch t := d.troubleOf(err); t {
	case unknownName, tooSlow, forbidden:
		return t
	case noConnection:
		return "unreached"
	}
	return "certificate"
}

// judgeEcho tells our own answer from that of another program at the same address:
// a captive page, another server, an installation with another master key.
func (d *Doctor) judgeEcho(c check, asked challenge, resp *http.Response) (Result, Echo) {
	body, _ := io.ReadAll(io.LimitReader(resp.Body, maxEcho)) // half an answer is no JSON
	var e Echo
	status := strconv.Itoa(resp.StatusCode)
	switch {
	case resp.StatusCode >= 300 && resp.StatusCode < 400:
		return c.failed("doctor.address.self_redirect", "URL", d.URL, "Host", hostOf(resp.Header.Get("Location"))), e
	case resp.StatusCode == http.StatusBadGateway, resp.StatusCode == http.StatusServiceUnavailable, resp.StatusCode == http.StatusGatewayTimeout:
		return c.failed("doctor.address.self_down", "URL", d.URL, "Status", status), e
	case resp.StatusCode == http.StatusNotFound && resp.Header.Get(HeaderProgram) != "":
		return c.failed("doctor.address.self_key", "URL", d.URL), e
	case json.Unmarshal(body, &e) != nil || e.Proof != d.proof(asked):
		return c.failed("doctor.address.self_foreign", "URL", d.URL, "Status", status), e
	}
	return c.ok("doctor.address.self", "URL", d.URL), e
}

// HeaderProgram is set on the answers to probes, good and bad ones: a server of
// ours with another master key is told from somebody else's.
const HeaderProgram = "Classbridge-Probe"

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return strings.TrimSpace(oneLine(address))
	}
	return u.Host
}
