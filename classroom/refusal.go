package classroom

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"classbridge/lti"
)

// Refusal is a login, launch or deep link that was refused. What it says of the
// sender is believed only as far as it was proved: Subject, ContextID and LinkID are
// of a launch whose signature was good, the rest may be anybody's word.
type Refusal struct {
	ID           string
	TenantID     string // of the platform; the default tenant's where that is not known
	PlatformID   string // registration; empty: not known
	Reference    string // as page and log have it
	Reason       string // lti.Reason, or what the domain said
	Issuer       string
	ClientID     string
	DeploymentID string
	Subject      string
	ContextID    string
	LinkID       string
	Detail       string // the precise cause, as the log has it
	Address      string // from where
	CreatedAt    time.Time
}

// RefusalFilter chooses refusals; empty fields choose all.
type RefusalFilter struct {
	PlatformID string
	Reference  string
	Subject    string
	Before     string // id of one: older ones
	Limit      int
}

// RefusalStore keeps refusals.
type RefusalStore interface {
	CreateRefusal(ctx context.Context, r Refusal) error
	// Refusals lists those of a tenant, the newest first.
	Refusals(ctx context.Context, tenantID string, f RefusalFilter) ([]Refusal, error)
	FindRefusal(ctx context.Context, tenantID, reference string) (Refusal, bool, error)
	ForgetRefusals(ctx context.Context, before time.Time) error
}

// refusalKept is how long a refusal is kept: who cannot get in asks within days.
const refusalKept = 30 * 24 * time.Hour

// KeepRefusal writes a refusal down, for those who are asked why somebody cannot
// get in.
func (c *Classroom) KeepRefusal(ctx context.Context, r Refusal) error {
	r.ID, r.TenantID, r.CreatedAt = newID(), DefaultTenant, c.Now()
	for _, field := range []*string{&r.Issuer, &r.ClientID, &r.DeploymentID, &r.Subject, &r.ContextID, &r.LinkID, &r.Detail} {
		*field = keptText(*field)
	}
	if r.PlatformID != "" {
		p, err := c.Store.Platform(ctx, r.PlatformID)
		var unknown *Error
		switch {
		case err == nil:
			r.TenantID, r.Issuer, r.ClientID = p.TenantID, p.Issuer, p.ClientID
		case errors.As(err, &unknown) && unknown.Code == NotFound:
			r.PlatformID = ""
		default:
			return fmt.Errorf("platform of a refusal: %w", err)
		}
	}
	if r.PlatformID == "" {
		school, err := c.meantSchool(ctx, r)
		if err != nil {
			return fmt.Errorf("school of a refusal: %w", err)
		}
		r.TenantID = school
	}
	return c.Store.CreateRefusal(ctx, r)
}

// keptText is what databases take of what anybody may have sent.
func keptText(sent string) string {
	return cut(strings.ReplaceAll(strings.ToValidUTF8(sent, "\uFFFD"), "\x00", ""), 500)
}

// meantSchool is the one that all registrations of the client, or else of the issuer,
// belong to: somebody there has mistyped the other. Anybody can send this, and the
// school learns no more than that it came.
func (c *Classroom) meantSchool(ctx context.Context, r Refusal) (string, error) {
	var registered []Platform
	if r.ClientID != "" {
		var err error
		if registered, err = c.Store.PlatformsOfClient(ctx, r.ClientID); err != nil {
			return "", err
		}
	}
	if len(registered) == 0 && r.Issuer != "" && !lti.SharedIssuer(r.Issuer) && c.Tool != nil {
		of, err := c.Tool.Platforms.FindPlatforms(ctx, r.Issuer, "")
		if err != nil {
			return "", err
		}
		for _, one := range of {
			p, err := c.Store.Platform(ctx, one.ID)
			if err != nil {
				return "", err
			}
			registered = append(registered, p)
		}
	}
	for _, p := range registered {
		if p.TenantID != registered[0].TenantID {
			return DefaultTenant, nil
		}
	}
	if len(registered) == 0 {
		return DefaultTenant, nil
	}
	return registered[0].TenantID, nil
}
