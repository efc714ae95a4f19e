package classroom

import (
	"context"
	"time"
)

// PlatformBook is what those who look after registrations need of them, beside
// what launches do.
type PlatformBook interface {
	// ListPlatforms lists the tenant's, disabled ones too, oldest first.
	ListPlatforms(ctx context.Context, tenantID string) ([]Platform, error)
	// TenantPlatform reads one of the tenant, as it is now.
	TenantPlatform(ctx context.Context, tenantID, id string) (Platform, error)
	// TenantDeployments lists those of all registrations of the tenant, oldest first.
	TenantDeployments(ctx context.Context, tenantID string) ([]Deployment, error)
	// LastLaunches answers when each registration of the tenant was last launched from.
	LastLaunches(ctx context.Context, tenantID string) (map[string]time.Time, error)
	// LaunchesFrom lists the launches of a registration that were accepted, the newest first.
	LaunchesFrom(ctx context.Context, tenantID, platformID string, limit int) ([]ListedLaunch, error)
	// WeighPlatform counts what belongs to a registration.
	WeighPlatform(ctx context.Context, tenantID, id string) (PlatformWeight, error)
	// DeletePlatform deletes a registration with all that belongs to it; Conflict
	// unless it is disabled and no class runs there.
	DeletePlatform(ctx context.Context, tenantID, id string) error
	// ResemblingCourses lists the courses that look like one of another registration.
	ResemblingCourses(ctx context.Context, tenantID string, limit int) ([]Resemblance, error)
}

// ListedLaunch is an accepted launch as somebody who looks after its registration
// sees it.
type ListedLaunch struct {
	ID        string
	Moderator bool
	Why       string // the rule that decided, see Standing.Why
	RoleName  string // the role that it took, as it is known now
	Course    string
	Room      string
	Person    string
	Address   string
	CreatedAt time.Time
}

// PlatformWeight is what belongs to a registration, and goes with it.
type PlatformWeight struct {
	Courses, Rooms, Classes, Recordings, People, Links, Launches, Grades int64
	Adoptions                                                            int64 // that could not be taken back any more
	Running                                                              int64 // classes: they have to end first
}

// Resemblance is a new course that looks like one of another registration, which
// somebody may want to adopt.
type Resemblance struct {
	Course           string // name of the new one
	FromID, FromName string // registration of the course that it looks like
	ToID, ToName     string // its own
}
