package bridgetest

import (
	"bytes"
	"cmp"
	"embed"
	"html/template"
	"net/http"
	"slices"
	"strings"
	"time"
)

//go:embed assets
var assets embed.FS

// sessionCookie is the name of Mattermost's own.
const sessionCookie = "MMAUTHTOKEN"

// view is what the templates show.
type view struct {
	Title    string
	Me       *user
	Users    []*user
	Back     string // where a sign-in leads
	Team     *team
	Channels []*channel
	Channel  *channel
	Header   template.HTML
	Posts    []postView
	Members  []Member
}

type postView struct {
	ID     string
	By     string
	Bot    bool
	System bool
	At     time.Time
	Edited bool
	Text   template.HTML
	Thread []postView
}

// pages are for people: who they are, their channels, a channel.
func (s *Server) pages() {
	t := template.Must(template.New("").Funcs(template.FuncMap{
		"clock": func(t time.Time) string { return t.UTC().Format("15:04") + " UTC" },
		"stamp": func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
	}).ParseFS(assets, "assets/*.html"))
	show := func(name string, fill func(*call) (*view, error)) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { s.show(w, r, t, name, fill) }
	}
	s.mux.HandleFunc("GET /{$}", show("home.html", home))
	s.mux.HandleFunc("GET /login", show("login.html", loginPage))
	s.mux.HandleFunc("POST /login", s.enter)
	s.mux.HandleFunc("POST /logout", s.leave)
	s.mux.HandleFunc("GET /channels/{name}", show("channel.html", channelPage))
	s.mux.HandleFunc("GET /{team}/channels/{name}", show("channel.html", channelPage))
	s.mux.HandleFunc("GET /{team}/channels/{name}/posts", show("posts", channelPage))
	s.mux.Handle("GET /assets/{file}", http.FileServerFS(assets))
}

// show renders one page. Whoever is not signed in chooses who to be first.
func (s *Server) show(w http.ResponseWriter, r *http.Request, t *template.Template, name string, fill func(*call) (*view, error)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.caller(w, r)
	if c.user == nil && name != "login.html" {
		http.Redirect(w, r, "/login?redirect_to="+template.URLQueryEscaper(r.URL.RequestURI()), http.StatusSeeOther)
		return
	}
	v, err := fill(c)
	if err != nil {
		http.Error(w, "There is no such channel, or you are not in it.", http.StatusNotFound)
		return
	}
	v.Me = c.user
	var page bytes.Buffer
	if err := t.ExecuteTemplate(&page, name, v); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'")
	_, _ = page.WriteTo(w)
}

func home(c *call) (*view, error) {
	v := &view{Title: "Channels"}
	for _, ch := range c.channels {
		if _, inside := ch.members[c.user.ID]; inside && ch.DeleteAt == 0 {
			v.Channels = append(v.Channels, ch)
			v.Team = c.teams[ch.TeamID]
		}
	}
	slices.SortFunc(v.Channels, func(a, b *channel) int { return cmp.Compare(a.DisplayName, b.DisplayName) })
	return v, nil
}

func channelPage(c *call) (*view, error) {
	for _, ch := range c.channels {
		t := c.teams[ch.TeamID]
		team := c.r.PathValue("team")
		if ch.Name != c.r.PathValue("name") || team != "" && t.Name != team || !c.mayRead(ch) {
			continue
		}
		return &view{
			Title: ch.DisplayName, Team: t, Channel: ch, Header: render(ch.Header),
			Posts: c.threads(ch), Members: c.membersOf(ch),
		}, nil
	}
	return nil, errNoChannel
}

// threads are the posts of the channel, replies below what they reply to.
func (c *call) threads(ch *channel) []postView {
	var roots []postView
	at := map[string]int{}
	for _, p := range c.posts {
		switch i, reply := at[p.RootID]; {
		case p.ChannelID != ch.ID || p.DeleteAt != 0:
		case reply:
			roots[i].Thread = append(roots[i].Thread, c.postView(p))
		default:
			at[p.ID] = len(roots)
			roots = append(roots, c.postView(p))
		}
	}
	return roots
}

func (c *call) postView(p *Post) postView {
	u := c.users[p.UserID]
	return postView{
		ID: p.ID, By: u.displayName(), Bot: u.IsBot, System: p.Type != "", At: time.UnixMilli(p.CreateAt),
		Edited: p.EditAt != 0, Text: render(p.Message),
	}
}

func loginPage(c *call) (*view, error) {
	v := &view{Title: "Who are you?", Back: localPath(c.r.URL.Query().Get("redirect_to"))}
	for _, u := range c.users {
		if !u.IsBot && u.DeleteAt == 0 && u.ID != "" {
			v.Users = append(v.Users, u)
		}
	}
	slices.SortFunc(v.Users, func(a, b *user) int { return cmp.Compare(a.Username, b.Username) })
	return v, nil
}

// enter is POST /login: nobody asks for a password, this is a stand-in.
func (s *Server) enter(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.users[r.PostFormValue("user")]
	if u == nil || u.IsBot || u.DeleteAt != 0 {
		http.Error(w, "There is no such user.", http.StatusBadRequest)
		return
	}
	s.setCookie(w, s.newSession(u.ID, "login").token)
	http.Redirect(w, r, localPath(r.PostFormValue("redirect_to")), http.StatusSeeOther)
}

// leave is POST /logout.
func (s *Server) leave(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.caller(w, r); c.session != nil {
		delete(s.sessions, c.session.token)
	}
	s.setCookie(w, "")
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

func (s *Server) setCookie(w http.ResponseWriter, token string) {
	c := &http.Cookie{Name: sessionCookie, Value: token, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: strings.HasPrefix(s.url, "https:")}
	if token == "" {
		c.MaxAge = -1
	}
	http.SetCookie(w, c)
}

// localPath is a path on this server, and nothing else.
func localPath(to string) string {
	if !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.Contains(to, `\`) {
		return "/"
	}
	return to
}
