package notify

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	netmail "net/mail"
	"strconv"
	"strings"
	"time"

	"classbridge/admin"

	"github.com/wneessen/go-mail"
)

// Email sends alerts by the mail server of the way.
type Email struct {
	// Dial answers how a tenant's mail server is dialled; that decides where it may go.
	Dial func(tenantID string) func(ctx context.Context, network, address string) (net.Conn, error)
	TLS  *tls.Config // trust, for tests; nil: the system's
	Now  func() time.Time
}

// Send implements admin.Sender.
func (s *Email) Send(ctx context.Context, w admin.AlertWay, m admin.Message) error {
	letter, err := compose(w, m, s.Now())
	if err != nil {
		return err
	}
	line := &line{dial: s.Dial(w.TenantID)}
	defer line.hangUp()
	client, err := s.client(w, line.connect)
	if err != nil {
		return fmt.Errorf("mail server: %w", err)
	}
	if err := client.DialAndSendWithContext(ctx, letter); err != nil {
		return fmt.Errorf("mail server: %w", err)
	}
	return nil
}

// line is the connection of one letter. The library forgets to end one that the
// server does not encrypt.
type line struct {
	dial func(ctx context.Context, network, address string) (net.Conn, error)
	conn net.Conn
}

func (l *line) connect(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := l.dial(ctx, network, address)
	if err == nil {
		l.conn = conn
	}
	return conn, err
}

func (l *line) hangUp() {
	if l.conn != nil {
		_ = l.conn.Close()
	}
}

func (s *Email) client(w admin.AlertWay, connect mail.DialContextFunc) (*mail.Client, error) {
	host, portText, err := net.SplitHostPort(w.Server)
	if err != nil {
		return nil, err
	}
	port, err := strconv.Atoi(portText)
	if err != nil {
		return nil, fmt.Errorf("port %q is no number", portText)
	}
	trust := &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12}
	if s.TLS != nil {
		trust.RootCAs = s.TLS.RootCAs
	}
	dial, auth := connect, mail.SMTPAuthAutoDiscover
	options := []mail.Option{mail.WithPort(port), mail.WithTimeout(10 * time.Second), mail.WithTLSConfig(trust)}
	switch w.Encryption {
	case "tls": // implicit (RFC 8314). The library does not know of what our dialler encrypts
		auth = mail.SMTPAuthPlainNoEnc
		options = append(options, mail.WithTLSPolicy(mail.NoTLS))
		dial = func(ctx context.Context, network, address string) (net.Conn, error) {
			raw, err := connect(ctx, network, address)
			if err != nil {
				return nil, err
			}
			return handshake(ctx, raw, trust)
		}
	case "starttls":
		options = append(options, mail.WithTLSPolicy(mail.TLSMandatory))
	default:
		options = append(options, mail.WithTLSPolicy(mail.NoTLS))
	}
	options = append(options, mail.WithDialContextFunc(dial))
	if w.Username != "" {
		options = append(options, mail.WithSMTPAuth(auth), mail.WithUsername(w.Username), mail.WithPassword(w.Secret))
	}
	return mail.NewClient(host, options...)
}

func handshake(ctx context.Context, raw net.Conn, trust *tls.Config) (net.Conn, error) {
	conn := tls.Client(raw, trust)
	if err := conn.HandshakeContext(ctx); err != nil {
		_ = raw.Close()
		return nil, err
	}
	return conn, nil
}

// compose writes the letter; headers are encoded by the library, which refuses
// line breaks in addresses.
func compose(w admin.AlertWay, m admin.Message, now time.Time) (*mail.Msg, error) {
	letter := mail.NewMsg()
	if err := letter.From(w.Sender); err != nil {
		return nil, fmt.Errorf("sender: %w", err)
	}
	to, err := netmail.ParseAddressList(w.Target)
	if err != nil {
		return nil, fmt.Errorf("recipients: %w", err)
	}
	for _, one := range to {
		if err := letter.AddTo(one.String()); err != nil {
			return nil, fmt.Errorf("recipient: %w", err)
		}
	}
	letter.Subject(strings.Join(strings.Fields("Classbridge: "+m.Title), " "))
	letter.SetDateWithValue(now)
	letter.SetMessageID()
	letter.SetBulk()
	letter.SetBodyString(mail.TypeTextPlain, text(m))
	return letter, nil
}

// text is the message as a plain letter.
func text(m admin.Message) string {
	var lines []string
	for _, line := range []string{m.Tenant, m.Title, m.Text, m.Do, m.Link} {
		if line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n\n") + "\n"
}
