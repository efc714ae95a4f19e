package classroom

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"classbridge/lti"
)

// NoticeHandler is where a deployment was asked to post its notices (Platform
// Notification Service §4).
type NoticeHandler struct {
	TenantID     string
	PlatformID   string
	DeploymentID string    // the platform's
	ServiceURL   string    // of the platform, as the launch told it
	Handler      string    // ours
	AskedAt      time.Time // when the work to ask was last enqueued
	RegisteredAt time.Time // zero: not yet, or refused
}

// NoticeStore holds which deployments give notice of what happens there.
type NoticeStore interface {
	FindNoticeHandler(ctx context.Context, platformID, deploymentID string) (NoticeHandler, bool, error)
	SaveNoticeHandler(ctx context.Context, h NoticeHandler) error // inserts or replaces
}

const (
	// askNoticesAfter is how long a platform that refused is left alone.
	askNoticesAfter = 24 * time.Hour
	// noticeKept is how long the id of a notice is remembered.
	noticeKept = 7 * 24 * time.Hour
)

// errNoticed is a notice that came before, with another nonce.
var errNoticed = errors.New("the notice has been taken")

// TakeNotice does what a verified notice says and uses its nonce up, both or
// none. A notice that comes again in another token is taken without effect.
func (c *Classroom) TakeNotice(ctx context.Context, n *lti.Notice) error {
	p, err := c.Store.Platform(ctx, n.Platform.ID)
	if err != nil {
		return fmt.Errorf("notice: %w", err)
	}
	if err := c.listening(ctx, p, n.DeploymentID); err != nil {
		return err
	}
	originID, err := c.noticedOrigin(ctx, p, n)
	if err != nil {
		return fmt.Errorf("notice: %w", err)
	}
	_, err = retried(func() (struct{}, error) { return struct{}{}, c.takeNotice(ctx, p, n, originID) })
	if err != nil && !errors.Is(err, errNoticed) {
		return fmt.Errorf("notice: %w", err)
	}
	return nil
}

// listening refuses notices of whom no launch would be taken.
func (c *Classroom) listening(ctx context.Context, p Platform, deploymentID string) error {
	d, found, err := c.Store.FindDeployment(ctx, p.ID, deploymentID)
	if err != nil {
		return fmt.Errorf("notice of deployment %q: %w", deploymentID, err)
	}
	if p.Disabled || p.Pending || !found || d.State != DeploymentActive {
		return &Error{
			Code: Forbidden, Message: "error.platform_disabled",
			Err: fmt.Errorf("notice of deployment %q of platform %s, which is not connected", deploymentID, p.ID),
		}
	}
	return c.open(ctx, p.TenantID)
}

// noticedOrigin is the course that the notice says was copied; empty if it says
// something else, or of a course that is not known here.
func (c *Classroom) noticedOrigin(ctx context.Context, p Platform, n *lti.Notice) (string, error) {
	if n.Type != lti.ContextCopyNotice {
		return "", nil
	}
	found, err := c.coursesOf(ctx, p.ID, n.DeploymentID, n.OriginContexts[:min(len(n.OriginContexts), maxHistory)])
	if err != nil {
		return "", err
	}
	for _, o := range found {
		if o.ContextID != n.Context.ID {
			return o.ID, nil
		}
	}
	return "", nil
}

func (c *Classroom) takeNotice(ctx context.Context, p Platform, n *lti.Notice, originID string) error {
	known, err := c.Store.FindEntry(ctx, EntryKey{PlatformID: p.ID, DeploymentID: n.DeploymentID, ContextID: contextOf(n)})
	if err != nil {
		return err
	}
	return c.Store.Tx(ctx, func(tx Tx) error {
		if err := notReplayed(tx.Consume(ctx, "notice nonce "+p.ID+" "+n.Nonce, n.NonceExpires), p.ID); err != nil {
			return err
		}
		if originID == "" {
			return nil
		}
		err := tx.Consume(ctx, "notice "+p.ID+" "+n.ID, c.Now().Add(noticeKept))
		if Is(err, Conflict) {
			return errNoticed
		}
		if err != nil {
			return err
		}
		return c.noteCopy(ctx, tx, p, n, known.Course, originID)
	})
}

func contextOf(n *lti.Notice) string {
	if n.Context == nil {
		return ""
	}
	return n.Context.ID
}

// noteCopy writes down what a course was made of, before anybody launches from it.
func (c *Classroom) noteCopy(ctx context.Context, tx Tx, p Platform, n *lti.Notice, known *Course, originID string) error {
	if known == nil {
		return tx.CreateCourse(ctx, Course{
			ID: newID(), TenantID: p.TenantID, PlatformID: p.ID, DeploymentID: n.DeploymentID, ContextID: n.Context.ID,
			Label: n.Context.Label, Title: n.Context.Title, CopiedFrom: originID, CreatedAt: c.Now(),
		})
	}
	course, err := tx.LockCourse(ctx, known.ID)
	if err != nil || course.CopiedFrom != "" {
		return err
	}
	course.CopiedFrom, course.UpdatedAt = originID, c.Now()
	return tx.SaveCourse(ctx, course)
}

// wantNotices has a deployment that offers it asked to tell us of copied
// courses: once, and again when an address has changed.
func (c *Classroom) wantNotices(ctx context.Context, tx Tx, p Platform, l *lti.Launch) error {
	if l.Notices == nil || !slices.Contains(l.Notices.Types, lti.ContextCopyNotice) {
		return nil
	}
	h := NoticeHandler{
		TenantID: p.TenantID, PlatformID: p.ID, DeploymentID: l.DeploymentID,
		ServiceURL: l.Notices.URL, Handler: c.URL + "/lti/notices", AskedAt: c.Now(),
	}
	known, found, err := tx.FindNoticeHandler(ctx, p.ID, l.DeploymentID)
	if err != nil || found && known.serves(h) {
		return err
	}
	if err := tx.SaveNoticeHandler(ctx, h); err != nil {
		return err
	}
	return tx.Enqueue(ctx, RegisterNotices{PlatformID: p.ID, DeploymentID: l.DeploymentID}, time.Time{})
}

// serves reports that nothing has to be done for the other one.
func (h NoticeHandler) serves(other NoticeHandler) bool {
	if h.ServiceURL != other.ServiceURL || h.Handler != other.Handler {
		return false
	}
	return !h.RegisteredAt.IsZero() || other.AskedAt.Sub(h.AskedAt) < askNoticesAfter
}

// registerNotices asks the platform. One that refuses is asked again when
// somebody launches on another day.
func (c *Classroom) registerNotices(ctx context.Context, platformID, deploymentID string) error {
	h, found, err := c.Store.FindNoticeHandler(ctx, platformID, deploymentID)
	if err != nil || !found || !h.RegisteredAt.IsZero() {
		return err
	}
	p, err := c.Store.Platform(ctx, platformID)
	if err != nil || p.Disabled || p.Pending {
		return err
	}
	access := lti.Access{Platform: p.Platform, DeploymentID: deploymentID}
	err = c.Services.HandleNotices(ctx, access, h.ServiceURL, lti.ContextCopyNotice, h.Handler)
	if refused := (*lti.ServiceError)(nil); errors.As(err, &refused) && refused.Refused() {
		c.Log.WarnContext(ctx, "the platform does not want to give notice of copied courses", "platform", platformID, "err", err)
		return nil
	}
	if err != nil {
		return fmt.Errorf("register for notices of platform %s: %w", platformID, err)
	}
	h.RegisteredAt = c.Now()
	return c.Store.SaveNoticeHandler(ctx, h)
}
