package admin

import (
	"context"
	"time"
)

// Delivery is one message about an incident on its way: that it began, or that it
// is over. There is one an incident, way and phase, however often it is tried.
type Delivery struct {
	ID         string
	TenantID   string
	IncidentID string
	WayID      string
	Phase      Phase
	State      DeliveryState
	Tries      int64
	NextAt     time.Time // not before
	Problem    string    // of the last try
	CreatedAt  time.Time
	SentAt     time.Time
}

// Phase is what a message tells of an incident.
type Phase string

const (
	Raised  Phase = "raised"
	Cleared Phase = "cleared"
	Test    Phase = "test" // of no incident
)

// DeliveryState is how far a delivery has come.
type DeliveryState string

const (
	DeliveryWaiting DeliveryState = "waiting"
	DeliverySent    DeliveryState = "sent"
	DeliveryDropped DeliveryState = "dropped" // over before it could be told, or given up
)

// giveUpAfter is how long a message is tried: who reads it later learns nothing.
const giveUpAfter = 24 * time.Hour

// DeliveryStore keeps deliveries.
type DeliveryStore interface {
	// CreateDelivery does nothing when there is one of that incident, way and phase.
	CreateDelivery(ctx context.Context, d Delivery) error
	// DeliveriesDue lists what is to be tried now, the oldest first.
	DeliveriesDue(ctx context.Context, now time.Time, limit int) ([]Delivery, error)
	// ClaimDelivery sets a delivery aside until then: true for one of those who try.
	ClaimDelivery(ctx context.Context, id string, was, until time.Time) (bool, error)
	SaveDelivery(ctx context.Context, d Delivery) error
	// Deliveries lists those of an incident.
	Deliveries(ctx context.Context, incidentID string) ([]Delivery, error)
}
