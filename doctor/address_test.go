package doctor

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
	"time"
)

func TestCheckName(t *testing.T) {
	for _, test := range []struct {
		name, url string
		found     []netip.Addr
		state     State
		id        string
	}{
		{"known", "https://class.example.org", []netip.Addr{netip.MustParseAddr("203.0.113.9")}, OK, "doctor.address.name"},
		{"unknown", "https://class.example.org", nil, Failed, "doctor.address.name_unknown"},
		{"loopback name", "http://tool.localhost:8080", nil, Warning, "doctor.address.loopback"},
		{"loopback", "http://[::1]:8080", nil, Warning, "doctor.address.loopback"},
	} {
		t.Run(test.name, func(t *testing.T) {
			d, _ := newDoctor(t, test.url)
			d.Lookup = func(context.Context, string, string) ([]netip.Addr, error) {
				if test.found == nil {
					return nil, &net.DNSError{IsNotFound: true}
				}
				return test.found, nil
			}
			wantFound(t, d.CheckName(t.Context()), test.state, test.id)
		})
	}
}

// authority signs certificates for tests.
type authority struct {
	key  *ecdsa.PrivateKey
	cert *x509.Certificate
}

func newAuthority(t *testing.T) authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	ca := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Test"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, ca, ca, &key.PublicKey, key)
	must(t, err)
	cert, err := x509.ParseCertificate(der)
	must(t, err)
	return authority{key, cert}
}

func (a authority) sign(t *testing.T, name string, from, to time.Duration) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	leaf := &x509.Certificate{SerialNumber: big.NewInt(2), DNSNames: []string{name}, NotBefore: time.Now().Add(from), NotAfter: time.Now().Add(to)}
	der, err := x509.CreateCertificate(rand.Reader, leaf, a.cert, &key.PublicKey, a.key)
	must(t, err)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// leadTo dials the servers of a test whatever the name: plain for port 80.
func leadTo(secure, plain string, trusted *x509.CertPool) *http.Client {
	return &http.Client{Transport: &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: trusted},
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			to := secure
			if _, port, _ := net.SplitHostPort(address); port == "80" {
				to = plain
			}
			if to == "" {
				return nil, errors.New("connection refused")
			}
			return (&net.Dialer{}).DialContext(ctx, network, to)
		},
	}}
}

func TestCheckTLS(t *testing.T) {
	const day = 24 * time.Hour
	ours, theirs := newAuthority(t), newAuthority(t)
	trusted := x509.NewCertPool()
	trusted.AddCert(ours.cert)
	for _, test := range []struct {
		name  string
		cert  *tls.Certificate
		state State
		id    string
	}{
		{"good", pointer(ours.sign(t, "class.example.org", -30*day, 60*day)), OK, "doctor.address.tls"},
		{"short-lived, fresh", pointer(ours.sign(t, "class.example.org", -day, 5*day)), OK, "doctor.address.tls"},
		{"due", pointer(ours.sign(t, "class.example.org", -80*day, 9*day)), Warning, "doctor.address.tls_due"},
		{"short-lived, due", pointer(ours.sign(t, "class.example.org", -5*day, day)), Warning, "doctor.address.tls_due"},
		{"expired", pointer(ours.sign(t, "class.example.org", -80*day, -day)), Failed, "doctor.address.tls_expired"},
		{"another name", pointer(ours.sign(t, "www.example.org", -day, 60*day)), Failed, "doctor.address.tls_other"},
		{"unknown authority", pointer(theirs.sign(t, "class.example.org", -day, 60*day)), Failed, "doctor.address.tls_untrusted"},
		{"no TLS", nil, Failed, "doctor.address.tls_plain"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := httptest.NewUnstartedServer(http.NotFoundHandler())
			s.Config.ErrorLog = quiet()
			if test.cert != nil {
				s.TLS = &tls.Config{Certificates: []tls.Certificate{*test.cert}}
				s.StartTLS()
			} else {
				s.Start()
			}
			defer s.Close()
			d, _ := newDoctor(t, "https://class.example.org")
			d.HTTP = leadTo(s.Listener.Addr().String(), "", trusted)
			wantFound(t, d.CheckTLS(t.Context()), test.state, test.id)
		})
	}
	d, _ := newDoctor(t, "https://class.example.org")
	d.HTTP = leadTo("", "", nil)
	wantFound(t, d.CheckTLS(t.Context()), Skipped, "doctor.address.tls_unreached")
	d.URL = "http://localhost"
	wantFound(t, d.CheckTLS(t.Context()), Skipped, "doctor.address.tls_none")
}

func pointer[T any](v T) *T { return &v }

func TestCheckRedirect(t *testing.T) {
	redirect := func(to string) http.Handler { return http.RedirectHandler(to, http.StatusMovedPermanently) }
	for _, test := range []struct {
		name, url string
		plain     http.Handler // at port 80; nil: nobody
		state     State
		id        string
	}{
		{"leads on", "https://class.example.org", redirect("https://class.example.org/"), OK, "doctor.address.redirect"},
		{"closed", "https://class.example.org", nil, OK, "doctor.address.redirect_closed"},
		{"stays", "https://class.example.org", http.NotFoundHandler(), Warning, "doctor.address.redirect_missing"},
		{"leads elsewhere", "https://class.example.org", redirect("https://other.example.org/"), Warning, "doctor.address.redirect_missing"},
		{"port of its own", "https://class.example.org:8443", nil, Skipped, "doctor.address.redirect_none"},
	} {
		t.Run(test.name, func(t *testing.T) {
			plain := ""
			if test.plain != nil {
				s := httptest.NewServer(test.plain)
				defer s.Close()
				plain = s.Listener.Addr().String()
			}
			d, _ := newDoctor(t, test.url)
			d.HTTP = leadTo("", plain, nil)
			wantFound(t, d.CheckRedirect(t.Context()), test.state, test.id)
		})
	}
}

func TestTroubleForbidden(t *testing.T) {
	prohibited := errors.New("prohibited")
	d := &Doctor{Forbidden: []error{prohibited}}
	if got := d.troubleOf(&net.OpError{Err: prohibited}); got != forbidden {
		t.Errorf("trouble %q", got)
	}
	if got := d.troubleOf(context.DeadlineExceeded); got != tooSlow {
		t.Errorf("trouble %q", got)
	}
}
