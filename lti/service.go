package lti

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"time"
)

// Services calls what platforms offer to the tool: rosters, gradebooks, groups
// and notices (LTI Advantage). It asks for access tokens as they are needed and
// remembers them. It is safe for many goroutines, and must not be copied.
//
// Its errors are *ServiceError, save those that the caller's own functions
// return, which come back as they are.
type Services struct {
	HTTP           *http.Client                           // for public addresses; decides where connections may go
	OnPremisesHTTP *http.Client                           // for the hosts of platforms registered as on premises
	Forbidden      []error                                // by which the clients' refusals to dial are known: they are final
	Key            func(context.Context) (ToolKey, error) // the key that signs now; asked for each new token
	UserAgent      string                                 // Canvas refuses requests without one; "Classbridge" if empty
	Timeout        time.Duration                          // of a request, for a roster of each part of it; 15 s if zero
	Now            func() time.Time
	Logger         *slog.Logger

	grants grants
}

const defaultServiceTimeout = 15 * time.Second

// Service is one of the services of a platform.
type Service string

// The services.
const (
	ServiceToken   Service = "token"
	ServiceRoster  Service = "roster"
	ServiceGrades  Service = "grades"
	ServiceGroups  Service = "groups"
	ServiceNotices Service = "notices"
)

// request is one call of a service.
type request struct {
	service     Service
	access      Access
	needs       []string // scopes; any one of them permits the call
	method, url string
	accept      string // one media type: Moodle refuses rosters to those who list several
	contentType string
	body        []byte
	limit       int64 // bytes of the answer; maxAnswer if zero
	long        bool  // its answer may take longer than the timeout, as long as it keeps coming
}

// call makes a request and has its answer read. A token that the platform no
// longer takes is replaced once; what it refuses a second time stays refused.
// Read runs at most once.
func (s *Services) call(ctx context.Context, r request, read func(*answer) error) error {
	err := s.try(ctx, r, read)
	if err, refused := err.(*rejected); refused {
		s.grants.drop(err.grant)
		return cause(s.try(ctx, r, read))
	}
	return err
}

// rejected is the refusal of a token that we thought good.
type rejected struct {
	error
	grant *grant
}

func cause(err error) error {
	if again, ok := err.(*rejected); ok {
		return again.error
	}
	return err
}

func (s *Services) try(ctx context.Context, r request, read func(*answer) error) error {
	g, err := s.grant(ctx, r)
	if err != nil {
		return err
	}
	err = s.exchange(ctx, exchange{request: r, authorization: "Bearer " + g.token, secret: g.token}, read)
	if e, ok := err.(*ServiceError); ok && (e.Status == http.StatusUnauthorized || e.Status == http.StatusForbidden && g.doubtful(s.now())) {
		return &rejected{e, g}
	}
	return err
}

func (s *Services) now() time.Time {
	if s.Now != nil {
		return s.Now()
	}
	return time.Now()
}

func (s *Services) timeout() time.Duration { return cmp.Or(s.Timeout, defaultServiceTimeout) }

func (s *Services) logger() *slog.Logger {
	if s.Logger != nil {
		return s.Logger
	}
	return slog.New(slog.DiscardHandler)
}
