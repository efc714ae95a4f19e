package web

import (
	"classbridge/classroom"
	"classbridge/storage/storagetest"
)

// waitingDeployment is one of the registration that nobody has approved.
func (w *world) waitingDeployment(p classroom.Platform) classroom.Deployment {
	w.Helper()
	d := classroom.Deployment{
		ID: storagetest.ID(), TenantID: p.TenantID, PlatformID: p.ID, DeploymentID: "deployment " + storagetest.ID(),
		State: classroom.DeploymentPending, CreatedAt: w.clock.Now(),
	}
	w.must(w.db.CreateDeployment(w.Context(), d))
	return d
}

// invited is an invitation of the default tenant.
func (w *world) invited() classroom.Invitation {
	w.Helper()
	i, _, err := w.room.Invite(w.Context(), classroom.DefaultTenant, classroom.InvitationWish{Name: "Moodle", For: classroom.InvitationLife})
	w.must(err)
	return i
}

// adopted is an adoption of the default tenant that moved nothing.
func (w *world) adopted() classroom.Adoption {
	w.Helper()
	a := classroom.Adoption{
		ID: storagetest.ID(), TenantID: classroom.DefaultTenant, FromPlatformID: w.platform.ID, ToPlatformID: w.platform.ID,
		ByWhom: "somebody", CreatedAt: w.clock.Now(),
	}
	w.must(w.db.CreateAdoption(w.Context(), a))
	return a
}
