package web

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	"classbridge/admin"
	"classbridge/classroom"
	"classbridge/doctor"
	"classbridge/locales"
	"classbridge/lti"

	"github.com/gin-gonic/gin"
	"golang.org/x/time/rate"
)

// ChatLogin lets the chat say who somebody is (OAuth 2.0 with PKCE, RFC 7636);
// package bridge implements it.
type ChatLogin interface {
	AuthorizeURL(ctx context.Context, tenantID, redirectURI, state, challenge string) (string, error)
	Identify(ctx context.Context, tenantID, redirectURI, code, verifier string) (classroom.ChatUser, error)
}

// Observe is told what happened, for metrics. Each may be nil.
type Observe struct {
	Launch func(result, reason string) // "accepted", "" or "refused" and why
	Join   func(via, result string)    // "lms" or "chat"; "ok" or the code of the refusal
	SignIn func(method, result string) // to the console: "ok", "refused", "wait" or "failed"
}

// Config is everything that the pages stand on. All but Metrics, MetricsToken,
// Observe and TrustedProxies must be set.
type Config struct {
	URL       string // public base, without a trailing slash
	Classroom *classroom.Classroom
	Tool      *lti.Tool
	Chat      ChatLogin
	// ChatHealth looks at the chat's server; ChatGiven: the environment gives the
	// default tenant's connection.
	ChatHealth ChatHealth
	ChatGiven  bool
	// ChatCommand answers what people type in the chat; package bridge implements it.
	ChatCommand http.Handler
	Console     *admin.Console
	Alarm       *admin.Alarm
	Doctor      *doctor.Doctor
	Texts       *locales.Catalogue
	// Keys answers the tool's public keys as a JWK set.
	Keys  func(context.Context) ([]byte, error)
	Ready func(context.Context) error

	Metrics        http.Handler
	MetricsToken   string // empty: no /metrics here
	Observe        Observe
	TrustedProxies []netip.Prefix // whose X-Forwarded-For is believed
	Now            func() time.Time
	Log            *slog.Logger
}

// Server answers every address of the program. Make it with New; Close ends the
// streams, which otherwise last as long as their pages are open.
type Server struct {
	Config
	pages    *pages
	assets   *assets
	refusals *budget
	kept     *rate.Limiter // of refusals that are written down
	logins   logins
	readers  keyReaders
	hub      *hub
	protect  *http.CrossOriginProtection
	handler  http.Handler

	examining sync.Mutex // held while the doctor looks at everything
	closing   chan struct{}
	closeOnce sync.Once
}

// New makes a Server and starts its hub.
func New(c Config) (*Server, error) {
	assets, err := loadAssets()
	if err != nil {
		return nil, err
	}
	s := &Server{
		Config: c, pages: newPages(c.Texts, assets), assets: assets,
		refusals: newBudget(c.Now), kept: newKept(),
		hub:     newHub(c.Classroom.Versions, c.Log),
		closing: make(chan struct{}),
	}
	engine, err := s.engine()
	if err != nil {
		return nil, err
	}
	s.handler, err = s.protected(engine)
	if err != nil {
		return nil, err
	}
	go s.hub.run(s.closing)
	return s, nil
}

// Handler serves all addresses.
func (s *Server) Handler() http.Handler { return s.handler }

// Close ends the streams and the hub. Call it when the HTTP server begins to
// shut down (http.Server.RegisterOnShutdown): Shutdown waits for streams.
func (s *Server) Close() {
	s.closeOnce.Do(func() { close(s.closing) })
}

func (s *Server) engine() (*gin.Engine, error) {
	gin.SetMode(gin.ReleaseMode)
	e := gin.New()
	e.RedirectTrailingSlash = false
	e.HandleMethodNotAllowed = true
	proxies := make([]string, len(s.TrustedProxies))
	for i, p := range s.TrustedProxies {
		proxies[i] = p.String()
	}
	if err := e.SetTrustedProxies(proxies); err != nil {
		return nil, err
	}
	s.route(e)
	return e, nil
}

// protected refuses what other sites' pages make browsers send (CSRF), by
// Sec-Fetch-Site and Origin. The LMS and BigBlueButton post from elsewhere by
// design: state, signature and token protect their endpoints.
func (s *Server) protected(engine http.Handler) (http.Handler, error) {
	s.protect = http.NewCrossOriginProtection()
	// Our own forms, where neither the browser says Sec-Fetch-Site nor a proxy keeps Host.
	if err := s.protect.AddTrustedOrigin(s.URL); err != nil {
		return nil, err
	}
	for _, pattern := range []string{"POST /lti/login", "POST /lti/launch", "POST /lti/notices", "POST /bbb/recording/"} {
		s.protect.AddInsecureBypassPattern(pattern)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := s.protect.Check(r); err != nil {
			r = r.WithContext(context.WithValue(r.Context(), crossOriginKey{}, err))
		}
		engine.ServeHTTP(w, r)
	}), nil
}

// crossOriginKey carries the refusal into the engine, where pages are made.
type crossOriginKey struct{}

func crossOrigin(c *gin.Context) error {
	err, refused := c.Request.Context().Value(crossOriginKey{}).(error)
	if !refused {
		return nil
	}
	return &classroom.Error{Code: classroom.Forbidden, Message: "error.cross_origin", Err: err}
}

// secure reports whether the public address is https.
func (s *Server) secure() bool { return strings.HasPrefix(s.URL, "https://") }

// refuse is a refusal of the pages themselves, in the words of the domain.
func refuse(code classroom.Code, message string, cause string) error {
	return &classroom.Error{Code: code, Message: message, Err: errors.New(cause)}
}
