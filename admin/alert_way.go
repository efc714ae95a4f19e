package admin

import (
	"context"
	"errors"
	"fmt"
	"net/mail"
	"net/url"
	"strings"
	"time"

	"github.com/google/uuid"
)

// AlertWayKind is how alerts reach people.
type AlertWayKind string

const (
	ByMattermost AlertWayKind = "mattermost" // Target: the name of a channel in which the bot is
	ByWebhook    AlertWayKind = "webhook"    // Target: an address; Secret signs what is sent
	ByEmail      AlertWayKind = "email"      // Target: addresses; by the mail server Server
)

// AlertWay is one way to tell a tenant's people of incidents.
type AlertWay struct {
	ID         string
	TenantID   string
	Kind       AlertWayKind
	Target     string
	Server     string // ByEmail: host:port
	Encryption string // ByEmail: "tls" (from the start), "starttls" or "none"
	Username   string // ByEmail: to sign in; empty: no need
	Sender     string // ByEmail: the address that it comes from
	Secret     string // ByEmail: password; ByWebhook: key of the signature
	Fallback   bool   // only when another way has failed
	Inside     bool   // ByWebhook: the address is in the school's own network
	Disabled   bool
	Problem    string // of the last try; empty: it worked
	TriedAt    time.Time
	CreatedAt  time.Time
	UpdatedAt  time.Time
}

// AlertWayStore keeps the ways.
type AlertWayStore interface {
	AlertWays(ctx context.Context, tenantID string) ([]AlertWay, error) // the oldest first
	AlertWay(ctx context.Context, tenantID, id string) (AlertWay, error)
	CreateAlertWay(ctx context.Context, w AlertWay) error
	SaveAlertWay(ctx context.Context, w AlertWay) error
	// NoteAlertWay notes what came of a try, and nothing else: while it was tried
	// somebody may have changed the way.
	NoteAlertWay(ctx context.Context, tenantID, id string, triedAt time.Time, problem string) error
	// DeleteAlertWay deletes it with what waited to be sent by it.
	DeleteAlertWay(ctx context.Context, tenantID, id string) error
}

// FieldError says which field of a form is wrong, by the id of a text.
type FieldError struct{ Field, Message string }

func (e *FieldError) Error() string { return e.Field + ": " + e.Message }

// Check answers all that is wrong with the way, as *FieldErrors.
func (w AlertWay) Check() error {
	switch w.Kind {
	case ByMattermost:
		if strings.ContainsAny(w.Target, " /?#@") || w.Target == "" {
			return &FieldError{"target", "console.alerts.wrong.channel"}
		}
	case ByWebhook:
		if u, err := url.Parse(w.Target); err != nil || u.Host == "" || u.Scheme != "https" && !(w.Inside && u.Scheme == "http") || u.User != nil {
			return &FieldError{"target", "console.alerts.wrong.webhook"}
		}
	case ByEmail:
		return w.checkEmail()
	default:
		return &FieldError{"kind", "console.alerts.wrong.kind"}
	}
	return nil
}

func (w AlertWay) checkEmail() error {
	var wrong []error
	if to, err := mail.ParseAddressList(w.Target); err != nil || len(to) == 0 || len(to) > 20 {
		wrong = append(wrong, &FieldError{"target", "console.alerts.wrong.email"})
	}
	if _, err := mail.ParseAddress(w.Sender); err != nil {
		wrong = append(wrong, &FieldError{"sender", "console.alerts.wrong.sender"})
	}
	if host, port, found := strings.Cut(w.Server, ":"); !found || host == "" || port == "" || strings.ContainsAny(w.Server, "/ @") {
		wrong = append(wrong, &FieldError{"server", "console.alerts.wrong.server"})
	}
	switch {
	case w.Encryption == "none" && w.Secret != "": // a password in clear
		wrong = append(wrong, &FieldError{"encryption", "console.alerts.wrong.clear"})
	case w.Encryption != "tls" && w.Encryption != "starttls" && w.Encryption != "none":
		wrong = append(wrong, &FieldError{"encryption", "console.alerts.wrong.kind"})
	}
	return errors.Join(wrong...)
}

// SaveWay adds a way, or changes the one of that id. An empty address of a webhook
// leaves the one that is stored, and so does an empty secret, unless the address
// that it is sent to has changed: whoever may change the address must not get the
// secret by it.
func (c *Console) SaveWay(ctx context.Context, v Visitor, w AlertWay) error {
	was := AlertWay{}
	if w.ID != "" {
		var err error
		if was, err = c.Store.AlertWay(ctx, v.Tenant.ID, w.ID); err != nil {
			return err
		}
		w.Kind, w.CreatedAt = was.Kind, was.CreatedAt
		if w.Kind == ByWebhook && w.Target == "" {
			w.Target = was.Target
		}
		if w.Secret == "" && w.Server == was.Server && (w.Kind != ByWebhook || w.Target == was.Target) {
			w.Secret = was.Secret
		}
	}
	if err := w.Check(); err != nil {
		return err
	}
	if err := c.Reach.Check(v.Tenant.ID, w.Inside); err != nil {
		return err
	}
	act := Act{Name: "alert_way.change", Subject: string(w.Kind) + " " + w.Shown(), SubjectID: w.ID, Detail: Changes(was.facts(), w.facts())}
	w.TenantID, w.UpdatedAt = v.Tenant.ID, c.Now()
	if w.ID != "" {
		return c.Record(ctx, v, act, c.Store.SaveAlertWay(ctx, w))
	}
	w.ID, w.CreatedAt = uuid.Must(uuid.NewV7()).String(), c.Now()
	act.Name, act.SubjectID = "alert_way.add", w.ID
	return c.Record(ctx, v, act, c.Store.CreateAlertWay(ctx, w))
}

// RemoveWay deletes a way.
func (c *Console) RemoveWay(ctx context.Context, v Visitor, id string) error {
	w, err := c.Store.AlertWay(ctx, v.Tenant.ID, id)
	if err != nil {
		return fmt.Errorf("remove alert way: %w", err)
	}
	act := Act{Name: "alert_way.remove", Subject: string(w.Kind) + " " + w.Shown(), SubjectID: id}
	return c.Record(ctx, v, act, c.Store.DeleteAlertWay(ctx, v.Tenant.ID, id))
}

// Shown is the target without what may be a secret: the paths of webhooks
// often are.
func (w AlertWay) Shown() string {
	if w.Kind != ByWebhook {
		return w.Target
	}
	u, err := url.Parse(w.Target)
	if err != nil {
		return ""
	}
	return u.Host
}

// facts are what the audit log may tell of a way.
func (w AlertWay) facts() map[string]string {
	if w.Kind == "" {
		return nil
	}
	return map[string]string{
		"target": w.Shown(), "server": w.Server, "encryption": w.Encryption, "user": w.Username, "sender": w.Sender,
		"fallback": fmt.Sprint(w.Fallback), "disabled": fmt.Sprint(w.Disabled), "inside": fmt.Sprint(w.Inside),
	}
}

// SendError is what came of a test; the way's Problem says it too.
type SendError struct{ Err error }

func (e *SendError) Error() string { return "the test was not sent: " + e.Err.Error() }
func (e *SendError) Unwrap() error { return e.Err }

// TestWay sends a message by one way, now. It answers a *SendError when the way
// does not work.
func (a *Alarm) TestWay(ctx context.Context, v Visitor, id string) error {
	w, err := a.Console.Store.AlertWay(ctx, v.Tenant.ID, id)
	if err != nil {
		return err
	}
	if err = a.send(ctx, v.Tenant, w, a.testMessage(v.Tenant)); err != nil {
		err = &SendError{err}
	}
	return a.Console.Record(ctx, v, Act{Name: "alert_way.test", Subject: string(w.Kind) + " " + w.Shown(), SubjectID: id}, err)
}
