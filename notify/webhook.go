package notify

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"classbridge/admin"
)

// Webhook posts alerts to an address. Its clients decide where they may go.
type Webhook struct {
	HTTP       *http.Client // public addresses
	InsideHTTP *http.Client // those of the school's own network
	UserAgent  string
	Now        func() time.Time
}

// maxAnswer is how much of an answer is read: enough to use the connection again.
const maxAnswer = 4 << 10

// Send implements admin.Sender. Any status of 2xx is a receipt.
func (s *Webhook) Send(ctx context.Context, w admin.AlertWay, m admin.Message) error {
	body, err := json.Marshal(m)
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, w.Target, bytes.NewReader(body))
	if err != nil {
		return errors.New("the address cannot be used")
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", s.UserAgent)
	if w.Secret != "" {
		r.Header.Set("X-Classbridge-Signature", Signature(w.Secret, s.Now(), body))
	}
	resp, err := s.client(w).Do(r)
	if err != nil {
		return cause(err)
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, maxAnswer))
	if resp.StatusCode/100 != 2 {
		return fmt.Errorf("the webhook answered with status %d", resp.StatusCode)
	}
	return nil
}

// client follows no redirect: what is sent was meant for one address.
func (s *Webhook) client(w admin.AlertWay) *http.Client {
	c := *s.HTTP
	if w.Inside {
		c = *s.InsideHTTP
	}
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &c
}

// Signature is the header by which whoever has the key knows the sender.
func Signature(key string, at time.Time, body []byte) string {
	stamp := strconv.FormatInt(at.Unix(), 10)
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(stamp + "."))
	mac.Write(body)
	return "t=" + stamp + ",v1=" + hex.EncodeToString(mac.Sum(nil))
}

// cause is the error without the address, whose path may be a secret.
func cause(err error) error {
	var of *url.Error
	if errors.As(err, &of) {
		return of.Err
	}
	return err
}
