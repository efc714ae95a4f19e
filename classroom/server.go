package classroom

import "time"

// Server is one BigBlueButton server or Scalelite pool.
type Server struct {
	ID        string
	TenantID  string
	Name      string
	URL       string
	Secrets   []string // the first signs, all verify
	Hash      string   // "sha256" (default), "sha1" or "sha512"
	Disabled  bool
	Pool      bool      // Scalelite rather than a server of its own
	OldUntil  time.Time // when the secrets but the first are forgotten; zero: by hand
	CreatedAt time.Time
	UpdatedAt time.Time
}
