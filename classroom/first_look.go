package classroom

import (
	"context"
	"sync"
	"time"
)

// FirstLook is Access for the page that follows a launch, which Enter has just
// read: it is not read again, once, within firstLookFor. It is for showing that
// page only: whoever acts is asked for by Access.
func (c *Classroom) FirstLook(ctx context.Context, launchID, roomID string) (Access, error) {
	if a, ok := c.arrived.take(launchID, c.Now()); ok && a.Room.ID == roomID {
		if err := c.usable(ctx, a); err != nil {
			return Access{}, err
		}
		return a, nil
	}
	return c.Access(ctx, launchID, roomID)
}

const (
	firstLookFor = 500 * time.Millisecond
	arrivedSize  = 256
)

// arrived are the launches whose page has not been asked for yet.
type arrived struct {
	mu       sync.Mutex
	launches map[string]Access // by launch id
}

func (r *arrived) put(a Access) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.launches == nil || len(r.launches) >= arrivedSize {
		r.launches = map[string]Access{}
	}
	r.launches[a.Launch.ID] = a
}

// take answers the launch if it was made just now; nobody gets it again.
func (r *arrived) take(launchID string, now time.Time) (Access, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	a, ok := r.launches[launchID]
	delete(r.launches, launchID)
	return a, ok && now.Sub(a.Launch.CreatedAt).Abs() < firstLookFor
}
