package admin

import (
	"context"
	"errors"
	"fmt"
	"time"

	"classbridge/classroom"
)

// Message is what people are told, in words.
type Message struct {
	Phase    Phase     `json:"phase"`
	Kind     string    `json:"kind,omitempty"`
	Tenant   string    `json:"school,omitempty"`
	Title    string    `json:"title"`
	Text     string    `json:"text"`
	Do       string    `json:"do,omitempty"` // what to do
	Incident string    `json:"incident,omitempty"`
	Since    time.Time `json:"since"`
	Until    time.Time `json:"until,omitzero"`
	Link     string    `json:"link"` // to the console
}

const (
	sendTime   = 8 * time.Second // of one try
	sendBatch  = 8
	sendAtOnce = 4
)

// deliver tries what is due. One try at a time: a claim keeps other replicas off.
func (a *Alarm) deliver(ctx context.Context) error {
	due, err := a.Console.Store.DeliveriesDue(ctx, a.Console.Now(), sendBatch)
	if err != nil {
		return fmt.Errorf("alerts to send: %w", err)
	}
	errs := make([]error, len(due))
	atOnce(sendAtOnce, len(due), func(i int) { errs[i] = a.deliverOne(ctx, due[i]) })
	return errors.Join(errs...)
}

func (a *Alarm) deliverOne(ctx context.Context, d Delivery) error {
	mine, err := a.Console.Store.ClaimDelivery(ctx, d.ID, d.NextAt, a.Console.Now().Add(2*sendTime))
	if err != nil || !mine {
		return err
	}
	i, err := a.Console.Store.Incident(ctx, d.TenantID, d.IncidentID)
	if err != nil {
		return fmt.Errorf("alert %s: %w", d.ID, err)
	}
	w, err := a.Console.Store.AlertWay(ctx, d.TenantID, d.WayID)
	if err != nil {
		return fmt.Errorf("alert %s: %w", d.ID, err)
	}
	if w.Disabled { // since it was written down
		d.State = DeliveryDropped
		return a.Console.Store.SaveDelivery(ctx, d)
	}
	t, err := a.Console.Store.Tenant(ctx, d.TenantID)
	if err != nil {
		return fmt.Errorf("alert %s: %w", d.ID, err)
	}
	return a.settle(ctx, d, a.send(ctx, t, w, a.message(t, i, d.Phase)))
}

// settle notes what came of a try. The first failure has the ways tried that
// stand in for others.
func (a *Alarm) settle(ctx context.Context, d Delivery, failed error) error {
	now := a.Console.Now()
	d.Tries++
	d.Problem = ""
	switch {
	case failed == nil:
		d.State, d.SentAt = DeliverySent, now
	case now.Sub(d.CreatedAt) >= giveUpAfter:
		d.State, d.Problem = DeliveryDropped, shorten(failed.Error(), 300)
	default:
		d.NextAt, d.Problem = now.Add(min(time.Duration(d.Tries)*time.Minute, 15*time.Minute)), shorten(failed.Error(), 300)
	}
	return a.Console.Store.AdminTx(ctx, func(tx Queries) error {
		if err := tx.SaveDelivery(ctx, d); err != nil {
			return err
		}
		if failed == nil || d.Tries > 1 {
			return nil
		}
		return a.standIn(ctx, tx, d)
	})
}

func (a *Alarm) standIn(ctx context.Context, tx Queries, d Delivery) error {
	ways, err := tx.AlertWays(ctx, d.TenantID)
	if err != nil {
		return err
	}
	for _, w := range ways {
		if !w.Fallback || w.Disabled || w.ID == d.WayID {
			continue
		}
		if err := tx.CreateDelivery(ctx, a.delivery(Incident{ID: d.IncidentID, TenantID: d.TenantID}, w.ID, d.Phase)); err != nil {
			return err
		}
	}
	return nil
}

// send tries one way once, and notes on it whether it works.
func (a *Alarm) send(ctx context.Context, t classroom.Tenant, w AlertWay, m Message) error {
	sender, ok := a.Senders[w.Kind]
	if !ok {
		return fmt.Errorf("nobody sends by %q", w.Kind)
	}
	within, cancel := context.WithTimeout(ctx, sendTime)
	defer cancel()
	err := sender.Send(within, w, m)
	problem := ""
	if err != nil {
		problem = shorten(err.Error(), 300)
		a.Console.Log.WarnContext(ctx, "an alert was not sent", "way", w.Kind, "tenant", t.ID, "err", err)
	}
	return errors.Join(err, a.Console.Store.NoteAlertWay(ctx, w.TenantID, w.ID, a.Console.Now(), problem))
}

func (a *Alarm) message(t classroom.Tenant, i Incident, p Phase) Message {
	m := Message{
		Phase: p, Kind: string(i.Kind), Tenant: t.Name, Incident: i.ID, Since: i.FirstSeen, Until: i.ClearedAt, Link: a.Console.URL + "/console/alerts",
	}
	kind := "console.alerts.kind." + string(i.Kind)
	m.Title = a.Word(t.Locale, kind, "Subject", i.Subject)
	m.Text = i.Detail
	if p == Cleared {
		m.Title, m.Text = a.Word(t.Locale, "console.alerts.over", "Title", m.Title), ""
		return m
	}
	m.Do = a.Word(t.Locale, kind+".do")
	return m
}

func (a *Alarm) testMessage(t classroom.Tenant) Message {
	return Message{
		Phase: Test, Tenant: t.Name, Since: a.Console.Now(), Link: a.Console.URL + "/console/alerts",
		Title: a.Word(t.Locale, "console.alerts.test.title"), Text: a.Word(t.Locale, "console.alerts.test.text"),
	}
}
