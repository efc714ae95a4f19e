package admin

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"classbridge/classroom"

	"github.com/google/uuid"
)

// Alarm looks for what is wrong and tells people of it: by every way that they
// have chosen, once an incident, and once more when it is over.
type Alarm struct {
	Console *Console
	Probes  []Probe
	// Senders are the ways out, by kind.
	Senders map[AlertWayKind]Sender
	// Word is the text of that id in a language.
	Word func(locale, id string, args ...any) string

	mu     sync.Mutex
	probed map[string]time.Time // by probe and tenant
	looked map[string]time.Time // by tenant
}

// Probe looks for one or several kinds of findings. What it found before and does
// not find any more is over; when it answers an error, nothing is known.
type Probe struct {
	Name  string
	Kinds []IncidentKind
	Every time.Duration // 0: at each look
	Look  func(ctx context.Context, t classroom.Tenant, r AlertRules) ([]Finding, error)
}

// Sender sends a message by one kind of way.
type Sender interface {
	Send(ctx context.Context, w AlertWay, m Message) error
}

// probeTime bounds one probe of one tenant.
const probeTime = 12 * time.Second

// tenantsAtOnce is how many tenants are looked at at a time.
const tenantsAtOnce = 8

// incidentsKept is how long what is over is shown.
const incidentsKept = 180 * 24 * time.Hour

// Look sends what is to be sent, and looks at every tenant once: what it finds is
// sent by the next look, a moment later. Tenants that there is no time left for
// are the first ones then.
func (a *Alarm) Look(ctx context.Context) error {
	sent := a.deliver(ctx)
	tenants, err := a.Console.Store.Tenants(ctx)
	if err != nil {
		return errors.Join(sent, fmt.Errorf("alarm: %w", err))
	}
	a.longestAgoFirst(tenants)
	errs := make([]error, len(tenants))
	atOnce(tenantsAtOnce, len(tenants), func(i int) { errs[i] = a.lookAtInTime(ctx, tenants[i]) })
	return errors.Join(sent, errors.Join(errs...), a.Console.Store.ForgetIncidents(ctx, a.Console.Now().Add(-incidentsKept)))
}

// atOnce does n things, so many of them at a time.
func atOnce(limit, n int, do func(i int)) {
	slots := make(chan struct{}, limit)
	var all sync.WaitGroup
	for i := range n {
		slots <- struct{}{}
		all.Go(func() {
			defer func() { <-slots }()
			do(i)
		})
	}
	all.Wait()
}

func (a *Alarm) longestAgoFirst(tenants []classroom.Tenant) {
	a.mu.Lock()
	defer a.mu.Unlock()
	slices.SortStableFunc(tenants, func(x, y classroom.Tenant) int { return a.looked[x.ID].Compare(a.looked[y.ID]) })
}

// lookAtInTime leaves the tenant to the next look where a slow probe could be cut off.
func (a *Alarm) lookAtInTime(ctx context.Context, t classroom.Tenant) error {
	if end, ok := ctx.Deadline(); ok && time.Until(end) < probeTime {
		return nil
	}
	err := a.lookAt(ctx, t)
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.looked == nil {
		a.looked = map[string]time.Time{}
	}
	a.looked[t.ID] = a.Console.Now()
	return err
}

func (a *Alarm) lookAt(ctx context.Context, t classroom.Tenant) error {
	rules, err := a.Console.AlertRules(ctx, t.ID)
	if err != nil {
		return fmt.Errorf("alarm of tenant %s: %w", t.ID, err)
	}
	var found sync.Map // *Probe to []Finding
	var probes sync.WaitGroup
	for i := range a.Probes {
		p := &a.Probes[i]
		if !a.due(p, t.ID) {
			continue
		}
		probes.Go(func() {
			ctx, cancel := context.WithTimeout(ctx, probeTime)
			defer cancel()
			findings, err := p.Look(ctx, t, rules)
			if err != nil {
				a.Console.Log.WarnContext(ctx, "a probe could not look", "probe", p.Name, "tenant", t.ID, "err", err)
				return
			}
			found.Store(p, findings)
		})
	}
	probes.Wait()
	found.Range(func(p, findings any) bool {
		err = errors.Join(err, a.compare(ctx, t, rules, p.(*Probe).Kinds, findings.([]Finding)))
		return true
	})
	return err
}

// due reports whether it is the probe's turn, and takes it.
func (a *Alarm) due(p *Probe, tenantID string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	key, now := p.Name+" "+tenantID, a.Console.Now()
	if last, ok := a.probed[key]; ok && now.Sub(last) < p.Every {
		return false
	}
	if a.probed == nil {
		a.probed = map[string]time.Time{}
	}
	a.probed[key] = now
	return true
}

// compare brings the incidents of those kinds in line with what was found, and
// writes down in the same transaction who is to be told.
func (a *Alarm) compare(ctx context.Context, t classroom.Tenant, rules AlertRules, kinds []IncidentKind, findings []Finding) error {
	return a.Console.Store.AdminTx(ctx, func(tx Queries) error {
		open, err := tx.OpenIncidents(ctx, t.ID)
		if err != nil {
			return fmt.Errorf("open incidents: %w", err)
		}
		c := comparison{Alarm: a, tx: tx, tenantID: t.ID, rules: rules, open: map[string]Incident{}}
		for _, i := range open {
			for _, k := range kinds {
				if i.Kind == k {
					c.open[*i.OpenKey] = i
				}
			}
		}
		for _, f := range findings {
			if err := c.seen(ctx, f); err != nil {
				return err
			}
		}
		for _, i := range c.open { // what was not seen again
			if err := c.gone(ctx, i); err != nil {
				return err
			}
		}
		return nil
	})
}

// comparison is one transaction of compare.
type comparison struct {
	*Alarm
	tx       Queries
	tenantID string
	rules    AlertRules
	open     map[string]Incident
}

// seen notes a finding: a new incident, or one that lasts.
func (c comparison) seen(ctx context.Context, f Finding) error {
	key, now := string(f.Kind)+" "+f.SubjectID, c.Console.Now()
	i, known := c.open[key]
	delete(c.open, key)
	if !known {
		i = Incident{ID: newID(), TenantID: c.tenantID, Kind: f.Kind, OpenKey: &key, FirstSeen: now}
	}
	i.Subject, i.Detail, i.LastSeen = shorten(f.Subject, 200), shorten(f.Detail, 500), now
	raise := i.RaisedAt.IsZero() && now.Sub(i.FirstSeen) >= f.After && !c.rules.Mutes(f.Kind)
	if raise {
		i.RaisedAt = now
	}
	store := c.tx.SaveIncident
	if !known {
		store = c.tx.CreateIncident
	}
	if err := store(ctx, i); err != nil || !raise {
		return err
	}
	c.Console.Log.WarnContext(ctx, "an incident began", "kind", i.Kind, "subject", i.Subject, "tenant", c.tenantID, "err", i.Detail)
	return c.tell(ctx, i, Raised)
}

// gone ends an incident that was not found for a while. One that nobody was told
// of leaves nothing behind.
func (c comparison) gone(ctx context.Context, i Incident) error {
	now := c.Console.Now()
	switch {
	case i.RaisedAt.IsZero():
		return c.tx.DeleteIncident(ctx, i.ID)
	case now.Sub(i.LastSeen) < calm:
		return nil
	}
	i.OpenKey, i.ClearedAt = nil, now
	if err := c.tx.SaveIncident(ctx, i); err != nil {
		return err
	}
	c.Console.Log.InfoContext(ctx, "an incident is over", "kind", i.Kind, "subject", i.Subject, "tenant", c.tenantID)
	return c.tell(ctx, i, Cleared)
}

// tell writes down who is to be told: at the beginning all ways but those that
// stand in for others, at the end those that were told of the beginning.
func (c comparison) tell(ctx context.Context, i Incident, p Phase) error {
	if p == Cleared {
		return c.tellEnd(ctx, i)
	}
	ways, err := c.tx.AlertWays(ctx, c.tenantID)
	if err != nil {
		return err
	}
	for _, w := range ways {
		if w.Disabled || w.Fallback {
			continue
		}
		if err := c.tx.CreateDelivery(ctx, c.delivery(i, w.ID, p)); err != nil {
			return err
		}
	}
	return nil
}

func (c comparison) tellEnd(ctx context.Context, i Incident) error {
	began, err := c.tx.Deliveries(ctx, i.ID)
	if err != nil {
		return err
	}
	for _, d := range began {
		switch d.State {
		case DeliverySent:
			err = c.tx.CreateDelivery(ctx, c.delivery(i, d.WayID, Cleared))
		case DeliveryWaiting: // there is nothing left to tell
			d.State = DeliveryDropped
			err = c.tx.SaveDelivery(ctx, d)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (a *Alarm) delivery(i Incident, wayID string, p Phase) Delivery {
	now := a.Console.Now()
	return Delivery{
		ID: newID(), TenantID: i.TenantID, IncidentID: i.ID, WayID: wayID, Phase: p, State: DeliveryWaiting, NextAt: now, CreatedAt: now,
	}
}

func newID() string { return uuid.Must(uuid.NewV7()).String() }
