package web

import (
	"context"

	"classbridge/classroom"
)

// maintenanceBanner is the tenant's window as pages tell of it.
type maintenanceBanner struct {
	classroom.Maintenance
	Open bool // it has begun
}

// maintenance is the banner for the pages of a tenant; nil: there is none. A page
// is not refused for want of its banner.
func (s *Server) maintenance(ctx context.Context, tenantID string) *maintenanceBanner {
	m, found, err := s.Classroom.Maintenance(ctx, tenantID)
	if err != nil {
		s.Log.WarnContext(ctx, "whether there is maintenance could not be read", "tenant", tenantID, "err", err)
	}
	if !found {
		return nil
	}
	return &maintenanceBanner{m, m.Now(s.Now())}
}
