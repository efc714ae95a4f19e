package bridgetest

import (
	"cmp"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Post is a post of a channel. System messages have a Type.
type Post struct {
	ID            string         `json:"id"`
	CreateAt      int64          `json:"create_at"`
	UpdateAt      int64          `json:"update_at"`
	EditAt        int64          `json:"edit_at"`
	DeleteAt      int64          `json:"delete_at"`
	UserID        string         `json:"user_id"`
	ChannelID     string         `json:"channel_id"`
	RootID        string         `json:"root_id"`
	OriginalID    string         `json:"original_id"` // of an earlier text of an edited post
	Message       string         `json:"message"`
	Type          string         `json:"type"`
	Hashtags      string         `json:"hashtags"`
	PendingPostID string         `json:"pending_post_id"`
	Props         map[string]any `json:"props"`
}

// pendingPost remembers an id of the client's for 30 s.
type pendingPost struct {
	post  *Post // nil while it is being made
	until time.Time
}

const pendingTime = 30 * time.Second

// createPost is POST /posts. The same pending id gets the first post back,
// whoever sends it.
func (s *Server) createPost(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.caller(w, r)
	if c.user == nil {
		answer(w, nil, errSession)
		return
	}
	p, err := newPost(c)
	if err != nil {
		answer(w, nil, err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	answer(&created{ResponseWriter: w}, p, nil)
}

// created answers 201 in place of 200.
type created struct{ http.ResponseWriter }

func (c *created) WriteHeader(int) { c.ResponseWriter.WriteHeader(http.StatusCreated) }

func newPost(c *call) (*Post, error) {
	in, err := body[Post](c)
	if err != nil {
		return nil, err
	}
	if before := c.pending[in.PendingPostID]; in.PendingPostID != "" && before != nil && c.clock().Before(before.until) {
		return echo(before.post, in.PendingPostID), nil
	}
	if err := c.mayPost(&in); err != nil {
		return nil, err
	}
	p := c.add(in)
	if in.PendingPostID != "" {
		c.pending[in.PendingPostID] = &pendingPost{post: p, until: c.clock().Add(pendingTime)}
	}
	return echo(p, in.PendingPostID), nil
}

// echo is the post as its sender gets it: the pending id is told once, not kept.
func echo(p *Post, pendingID string) *Post {
	sent := *p
	sent.PendingPostID = pendingID
	return &sent
}

func (c *call) mayPost(in *Post) error {
	ch := c.channels[in.ChannelID]
	switch {
	case in.ID != "":
		return refuse(http.StatusBadRequest, "app.post.save.existing.app_error")
	case ch == nil || !c.mayAdd(ch):
		return errForbidden
	case ch.DeleteAt != 0:
		return refuse(http.StatusBadRequest, "api.post.create_post.can_not_post_to_deleted.error")
	case utf8.RuneCountInString(in.Message) > 16383:
		return refuse(http.StatusBadRequest, "model.post.is_valid.message_length.app_error")
	case in.RootID != "" && c.living(in.RootID) == nil:
		return refuse(http.StatusBadRequest, "api.post.create_post.root_id.app_error")
	}
	return nil
}

func (c *call) add(in Post) *Post {
	at := c.now()
	p := &Post{
		ID: newID(), CreateAt: at, UpdateAt: at, UserID: c.user.ID, ChannelID: in.ChannelID, RootID: in.RootID,
		Message: in.Message, Hashtags: hashtags(in.Message), Props: in.Props, Type: in.Type,
	}
	if p.Props == nil {
		p.Props = map[string]any{}
	}
	if c.user.IsBot {
		p.Props["from_bot"] = "true"
	}
	c.posts = append(c.posts, p)
	return p
}

// system writes a message of the server's own into the channel.
func (c *call) system(ch *channel, kind, message string) {
	c.add(Post{ChannelID: ch.ID, Message: message, Type: kind})
}

var (
	punctuationBefore = regexp.MustCompile(`^[^\pL\d\s#]+`)
	punctuationAfter  = regexp.MustCompile(`[^\pL\d\s]+$`)
	hashtagShape      = regexp.MustCompile(`^#\pL[\pL\d\-_.]*[\pL\d]$`)
)

// hashtags finds them in the raw text: backslashes do not hide them.
func hashtags(message string) string {
	var found []string
	for word := range strings.FieldsSeq(message) {
		word = punctuationAfter.ReplaceAllString(punctuationBefore.ReplaceAllString(word, ""), "")
		if hashtagShape.MatchString(word) {
			found = append(found, word)
		}
	}
	return strings.Join(found, " ")
}

func (s *Server) living(id string) *Post {
	for _, p := range s.posts {
		if p.ID == id && p.DeleteAt == 0 {
			return p
		}
	}
	return nil
}

func (c *call) pathPost() (*Post, *channel, error) {
	p := c.living(c.r.PathValue("id"))
	if p == nil {
		return nil, nil, refuse(http.StatusNotFound, "app.post.get.app_error")
	}
	ch := c.channels[p.ChannelID]
	if !c.mayRead(ch) {
		return nil, nil, errForbidden
	}
	return p, ch, nil
}

func getPost(c *call) (any, error) {
	p, _, err := c.pathPost()
	return p, err
}

// patchPost keeps the earlier text as a deleted post, which "since" tells too.
// Props that are sent replace all that were there. Editing a post that is not
// there is forbidden, and not 404.
func patchPost(c *call) (any, error) {
	p, ch, err := c.pathPost()
	if err != nil {
		return nil, errForbidden
	}
	in, err := body[struct {
		Message *string
		Props   *map[string]any
	}](c)
	switch {
	case err != nil:
		return nil, err
	case p.UserID != c.user.ID && !c.isAdmin():
		return nil, errForbidden
	case ch.DeleteAt != 0:
		return nil, refuse(http.StatusBadRequest, "api.post.patch_post.can_not_update_post_in_deleted.error")
	}
	at := c.now()
	earlier := *p
	earlier.ID, earlier.OriginalID, earlier.DeleteAt, earlier.UpdateAt = newID(), p.ID, at, at
	earlier.Props = maps.Clone(p.Props)
	c.posts = append(c.posts, &earlier)
	if in.Message != nil {
		p.Message, p.Hashtags = *in.Message, hashtags(*in.Message)
	}
	if in.Props != nil {
		p.Props = *in.Props
	}
	p.UpdateAt, p.EditAt = at, at
	return p, nil
}

// deletePost takes the replies along, as the real one does.
func deletePost(c *call) (any, error) {
	p, ch, err := c.pathPost()
	if err != nil {
		return nil, err
	}
	if p.UserID != c.user.ID && !ch.members[c.user.ID] && !c.isTeamAdmin(c.teams[ch.TeamID]) {
		return nil, errForbidden
	}
	at := c.now()
	for _, x := range c.posts {
		if x.DeleteAt == 0 && (x.ID == p.ID || x.RootID == p.ID) {
			x.DeleteAt, x.UpdateAt = at, at
		}
	}
	return ok, nil
}

type postList struct {
	Order []string         `json:"order"`
	Posts map[string]*Post `json:"posts"`
}

// listPosts is either a page of living posts, or those changed since a time:
// 1000 at most, in no order, deleted ones too.
func listPosts(c *call) (any, error) {
	ch, err := c.readableChannel()
	if err != nil {
		return nil, err
	}
	q := c.r.URL.Query()
	since, _ := strconv.ParseInt(q.Get("since"), 10, 64)
	var found []*Post
	for _, p := range c.posts {
		if p.ChannelID == ch.ID && (since > 0 && p.UpdateAt > since || since == 0 && p.DeleteAt == 0) {
			found = append(found, p)
		}
	}
	if since > 0 {
		return newestFirst(found[:min(len(found), 1000)]), nil
	}
	page, _ := strconv.Atoi(q.Get("page"))
	size, _ := strconv.Atoi(q.Get("per_page"))
	if size <= 0 || size > 200 {
		size = 200
	}
	list := newestFirst(found)
	from := min(page*size, len(list.Order))
	list.Order = list.Order[from:min(from+size, len(list.Order))]
	maps.DeleteFunc(list.Posts, func(id string, _ *Post) bool { return !slices.Contains(list.Order, id) })
	return list, nil
}

func newestFirst(posts []*Post) *postList {
	sorted := slices.SortedFunc(slices.Values(posts), func(a, b *Post) int { return cmp.Compare(b.CreateAt, a.CreateAt) })
	list := &postList{Order: []string{}, Posts: map[string]*Post{}}
	for _, p := range sorted {
		list.Order = append(list.Order, p.ID)
		list.Posts[p.ID] = p
	}
	return list
}
