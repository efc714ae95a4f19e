package bridgetest

import (
	"net/http"
	"sync"
	"time"
)

// Config is what a server needs to know.
type Config struct {
	URL string           // its own address, without a slash at the end
	Now func() time.Time // nil: the clock
}

// Server is a Mattermost server as http.Handler. It is safe for concurrent use.
type Server struct {
	url    string
	clock  func() time.Time
	mux    *http.ServeMux
	faults faults

	mu       sync.Mutex
	last     int64 // the newest time that was given out, in ms
	users    map[string]*user
	teams    map[string]*team
	channels map[string]*channel
	posts    []*Post // in the order of their making
	pending  map[string]*pendingPost
	sessions map[string]*session // by token
	codes    map[string]*code
	apps     map[string]*app
	commands map[string]*command
	roles    map[string]*role
	config   map[string]map[string]any
}

// New makes a server as it is after installation: nobody on it yet.
func New(c Config) *Server {
	if c.Now == nil {
		c.Now = time.Now
	}
	s := &Server{
		url: c.URL, clock: c.Now, mux: http.NewServeMux(),
		users: map[string]*user{}, teams: map[string]*team{}, channels: map[string]*channel{},
		pending: map[string]*pendingPost{}, sessions: map[string]*session{},
		codes: map[string]*code{}, apps: map[string]*app{}, commands: map[string]*command{}, roles: freshRoles(), config: freshConfig(),
	}
	s.routes()
	return s
}

// ServeHTTP serves the API, the sign-in and the page.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.faults.serve(w, r, s.clock(), s.mux)
}

func (s *Server) routes() {
	for pattern, h := range map[string]handler{
		"POST /api/v4/users/login":                          login,
		"POST /api/v4/users/logout":                         logout,
		"GET /api/v4/users/me":                              getMe,
		"GET /api/v4/users/stats":                           countUsers,
		"GET /api/v4/users/{id}":                            getUser,
		"GET /api/v4/users/{by}/{value}":                    findUser,
		"POST /api/v4/users/{id}/tokens":                    createToken,
		"POST /api/v4/users/tokens/revoke":                  revokeToken,
		"POST /api/v4/bots":                                 createBot,
		"GET /api/v4/bots/{id}":                             getBot,
		"POST /api/v4/bots/{id}/enable":                     enableBot,
		"POST /api/v4/bots/{id}/assign/{user}":              assignBot,
		"GET /api/v4/teams/{id}":                            getTeam,
		"GET /api/v4/teams/{id}/{value}":                    findTeam,
		"POST /api/v4/teams/{id}/members":                   addTeamMember,
		"GET /api/v4/teams/{id}/members/{user}":             getTeamMember,
		"PUT /api/v4/teams/{id}/members/{user}/schemeRoles": setTeamRoles,
		"GET /api/v4/teams/{id}/channels/name/{name}":       getChannelByName,
		"POST /api/v4/channels":                             createChannel,
		"GET /api/v4/channels/{id}":                         getChannel,
		"PUT /api/v4/channels/{id}/patch":                   patchChannel,
		"GET /api/v4/channels/{id}/stats":                   countChannel,
		"DELETE /api/v4/channels/{id}":                      archiveChannel,
		"POST /api/v4/channels/{id}/restore":                restoreChannel,
		"POST /api/v4/channels/{id}/members":                addChannelMember,
		"GET /api/v4/channels/{id}/members/{user}":          getChannelMember,
		"DELETE /api/v4/channels/{id}/members/{user}":       removeChannelMember,
		"GET /api/v4/channels/{id}/posts":                   listPosts,
		"GET /api/v4/posts/{id}":                            getPost,
		"PUT /api/v4/posts/{id}/patch":                      patchPost,
		"DELETE /api/v4/posts/{id}":                         deletePost,
		"GET /api/v4/config":                                getConfig,
		"PUT /api/v4/config/patch":                          patchConfig,
		"GET /api/v4/roles/name/{name}":                     getRole,
		"POST /api/v4/roles/names":                          getRoles,
		"PUT /api/v4/roles/{id}/patch":                      patchRole,
		"GET /api/v4/oauth/apps":                            listApps,
		"POST /api/v4/oauth/apps":                           createApp,
		"PUT /api/v4/oauth/apps/{id}":                       updateApp,
		"DELETE /api/v4/oauth/apps/{id}":                    deleteApp,
		"POST /api/v4/oauth/apps/{id}/regen_secret":         regenerateSecret,
		"GET /api/v4/commands":                              listCommands,
		"POST /api/v4/commands":                             createCommand,
		"PUT /api/v4/commands/{id}":                         updateCommand,
		"DELETE /api/v4/commands/{id}":                      deleteCommand,
		"PUT /api/v4/commands/{id}/regen_token":             regenerateToken,
		"GET /api/v4/config/client":                         clientConfig,
		"GET /api/v4/license/client":                        clientLicence,
	} {
		s.mux.HandleFunc(pattern, s.api(h))
	}
	s.mux.HandleFunc("POST /api/v4/posts", s.createPost)
	s.mux.HandleFunc("POST /api/v4/commands/execute", s.executeCommand)
	s.mux.HandleFunc("GET /api/v4/system/ping", s.ping)
	s.mux.HandleFunc("POST /oauth/access_token", s.accessToken)
	s.mux.HandleFunc("GET /oauth/authorize", s.authorize)
	s.pages()
}

// now is the server's time in milliseconds. No two calls get the same, so that
// posts have an order. The caller holds the lock.
func (s *Server) now() int64 {
	s.last = max(s.last+1, s.clock().UnixMilli())
	return s.last
}
