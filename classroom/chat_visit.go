package classroom

import (
	"context"
	"errors"
	"fmt"
	"time"
)

const (
	chatVisitTime = 10 * time.Minute // from an admin's sign-in to the confirmation
	chatVisitKept = 24 * time.Hour   // the report, without the session
	chatVisitLost = 5 * time.Minute  // longer than a change takes: its process has died
)

var errVisitOver = &Error{Code: Conflict, Message: "error.chat_visit"}

// PlanChat signs an admin of the chat in and says what the wish would change
// there. The session waits for ApplyChat or LeaveChat, and ends by itself.
func (c *Classroom) PlanChat(ctx context.Context, tenantID, accountID string, l ChatLogin, w ChatWish) (ChatVisit, error) {
	w, err := c.wishOf(ctx, tenantID, w)
	if err != nil {
		return ChatVisit{}, err
	}
	if err := c.leaveOthers(ctx, tenantID, accountID); err != nil {
		return ChatVisit{}, err
	}
	s, err := c.ChatAdmin.SignIn(ctx, w, l)
	if err != nil {
		return ChatVisit{}, err
	}
	now := c.Now()
	v := ChatVisit{
		ID: newID(), TenantID: tenantID, AccountID: accountID, State: ChatVisitPlanned, Session: s, Wish: w,
		ExpiresAt: now.Add(chatVisitTime), CreatedAt: now, UpdatedAt: now,
	}
	if v.Plan, err = c.ChatAdmin.Plan(ctx, s, w); err == nil {
		err = c.keepVisit(ctx, v)
	}
	if err != nil {
		return v, errors.Join(err, c.signOut(ctx, v))
	}
	return v, nil
}

// keepVisit stores the visit with the work that ends it in time.
func (c *Classroom) keepVisit(ctx context.Context, v ChatVisit) error {
	return c.Store.Tx(ctx, func(tx Tx) error {
		if err := tx.CreateChatVisit(ctx, v); err != nil {
			return err
		}
		return tx.Enqueue(ctx, EndChatVisit{VisitID: v.ID}, v.ExpiresAt)
	})
}

// wishOf completes a wish by the connection that there is.
func (c *Classroom) wishOf(ctx context.Context, tenantID string, w ChatWish) (ChatWish, error) {
	current, connected, err := c.Store.FindChatConnection(ctx, tenantID)
	if err != nil {
		return w, err
	}
	w.Tenant, w.Current = tenantID, current
	if w.Purpose == ChatConnects {
		return w, nil
	}
	if !connected {
		return w, refuse(Conflict, "error.chat_none")
	}
	w.URL, w.Team = current.URL, current.TeamName
	return w, nil
}

// leaveOthers ends what the account has begun and not confirmed.
func (c *Classroom) leaveOthers(ctx context.Context, tenantID, accountID string) error {
	open, err := c.Store.OpenChatVisits(ctx, tenantID, accountID)
	if err != nil {
		return err
	}
	for _, v := range open {
		if err := c.leave(ctx, v); err != nil {
			c.Log.WarnContext(ctx, "an admin's chat session could not be ended yet", "visit", v.ID, "err", err)
		}
	}
	return nil
}

// ChatVisit reads a visit of the account.
func (c *Classroom) ChatVisit(ctx context.Context, tenantID, accountID, id string) (ChatVisit, error) {
	v, found, err := c.Store.FindChatVisit(ctx, tenantID, accountID, id)
	if err == nil && !found {
		err = refuse(NotFound, "error.chat_visit")
	}
	return v, err
}

// ApplyChat does what was planned, once. The visit that it answers has the
// report; the admin's session has ended, whatever came of it.
func (c *Classroom) ApplyChat(ctx context.Context, tenantID, accountID, id string, agreed []string) (ChatVisit, error) {
	v, err := c.ChatVisit(ctx, tenantID, accountID, id)
	if err != nil {
		return v, err
	}
	if v.State != ChatVisitPlanned || !c.Now().Before(v.ExpiresAt) {
		return v, errVisitOver
	}
	if v.Wish, err = c.wishOf(ctx, tenantID, v.Wish); err != nil {
		return v, err
	}
	err = c.Store.TurnChatVisit(ctx, v.ID, ChatVisitPlanned, ChatVisitWorking, c.Now())
	if Is(err, Conflict) {
		return v, errVisitOver
	}
	if err != nil {
		return v, err
	}
	ctx = context.WithoutCancel(ctx) // half a change is worse than one that nobody waits for
	report, err := c.ChatAdmin.CarryOut(ctx, v.Session, v.Wish, agreed, func(ctx context.Context, conn ChatConnection) error {
		conn.TenantID, conn.UpdatedAt = tenantID, c.Now()
		return c.Store.SaveChatConnection(ctx, conn)
	})
	v.State, v.Report = ChatVisitDone, report
	if err != nil {
		v.State, v.Report.Problem = ChatVisitFailed, err.Error()
	}
	return v, errors.Join(err, c.endVisit(ctx, v))
}

// endVisit ends the admin's session and forgets it. Where that cannot be done
// now, EndChatVisit tries again.
func (c *Classroom) endVisit(ctx context.Context, v ChatVisit) error {
	if err := c.signOut(ctx, v); err != nil {
		c.Log.WarnContext(ctx, "an admin's chat session could not be ended yet", "visit", v.ID, "err", err)
		return c.Store.KeepChatReport(ctx, v)
	}
	v.UpdatedAt = c.Now()
	return c.Store.EndChatVisit(ctx, v)
}

func (c *Classroom) signOut(ctx context.Context, v ChatVisit) error {
	if !v.Session.Ours || v.Session.Token == "" {
		return nil
	}
	return c.ChatAdmin.SignOut(context.WithoutCancel(ctx), v.Wish, v.Session)
}

// LeaveChat gives up what was planned and ends the admin's session.
func (c *Classroom) LeaveChat(ctx context.Context, tenantID, accountID, id string) error {
	v, err := c.ChatVisit(ctx, tenantID, accountID, id)
	if err != nil {
		return err
	}
	return c.leave(ctx, v)
}

func (c *Classroom) leave(ctx context.Context, v ChatVisit) error {
	err := c.Store.TurnChatVisit(ctx, v.ID, ChatVisitPlanned, ChatVisitLeft, c.Now())
	if Is(err, Conflict) {
		return nil // being done, or over
	}
	if err != nil {
		return err
	}
	v.State = ChatVisitLeft
	return c.endVisit(ctx, v)
}

// endLate is for a visit that nobody ended: abandoned, or its process died.
func (c *Classroom) endLate(ctx context.Context, id string) (Outcome, error) {
	v, found, err := c.Store.FindChatVisit(ctx, "", "", id)
	if err != nil || !found || v.Session.Token == "" {
		return Outcome{}, err
	}
	if v.State == ChatVisitWorking && c.Now().Sub(v.UpdatedAt) < chatVisitLost {
		return Outcome{Again: time.Minute}, nil
	}
	switch v.State {
	case ChatVisitPlanned:
		v.State = ChatVisitLeft
	case ChatVisitWorking:
		v.State = ChatVisitFailed
	}
	if err := c.signOut(ctx, v); err != nil && c.Now().Sub(v.ExpiresAt) < chatVisitKept {
		return Outcome{}, fmt.Errorf("end the chat session of visit %s: %w", id, err)
	}
	v.UpdatedAt = c.Now()
	return Outcome{}, c.Store.EndChatVisit(ctx, v)
}

// DisconnectChat forgets how the tenant's chat is reached. Channels and posts
// stay where they are, and so does the bot; the slash command goes, if it can.
func (c *Classroom) DisconnectChat(ctx context.Context, tenantID string) error {
	if err := c.Channels.RemoveCommand(ctx, tenantID); err != nil && !errors.Is(err, ErrNoChat) {
		c.Log.WarnContext(ctx, "the slash command of a chat could not be removed", "tenant", tenantID, "err", err)
	}
	return c.Store.DeleteChatConnection(ctx, tenantID)
}
