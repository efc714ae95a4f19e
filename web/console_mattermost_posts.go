package web

import (
	"context"

	"classbridge/admin"
	"classbridge/classroom"

	"github.com/gin-gonic/gin"
)

const pathChatPosts = pathMattermost + "/posts"

func (s *Server) chatPostRoutes() []consoleRoute {
	one := pathChatPosts + "/:announcement"
	return []consoleRoute{
		{get, pathChatPosts, admin.Read, s.listChatPosts},
		{post, one + "/retry", admin.Change, s.changePost("announcement.retry", "console.said.mattermost.retry", s.Classroom.RetryAnnouncement)},
		{post, one + "/drop", admin.Change, s.changePost("announcement.give_up", "console.said.mattermost.dropped", s.Classroom.GiveUpAnnouncement)},
	}
}

// chatPostsPage lists the announcements that wait or fail.
type chatPostsPage struct {
	consolePage
	chatPaging
	Waiting int64
	Failed  int64
	Posts   []classroom.OpenAnnouncement
}

// listChatPosts answers GET /console/mattermost/posts.
func (s *Server) listChatPosts(c *gin.Context, v admin.Visitor) error {
	ctx, store := c.Request.Context(), s.Classroom.Store
	p := &chatPostsPage{consolePage: s.consolePage(c, v, pathMattermost, "console.mattermost.posts")}
	p.Back = pathMattermost
	var err error
	if p.Waiting, p.Failed, err = store.CountOpenAnnouncements(ctx, v.Tenant.ID); err != nil {
		return err
	}
	p.chatPaging = newChatPaging(c, p.Waiting+p.Failed, nil)
	if p.Posts, err = store.OpenAnnouncements(ctx, v.Tenant.ID, p.offset(), chatListSize); err != nil {
		return err
	}
	return s.renderConsole(c, "console_mattermost_posts", p)
}

// changePost answers a POST that is about one announcement.
func (s *Server) changePost(act, said string, change func(ctx context.Context, tenantID, id string) (classroom.Announcement, error)) func(*gin.Context, admin.Visitor) error {
	return func(c *gin.Context, v admin.Visitor) error {
		a, err := change(c.Request.Context(), v.Tenant.ID, c.Param("announcement"))
		if classroom.Is(err, classroom.NotFound) {
			return err
		}
		err = s.Console.Record(c.Request.Context(), v, admin.Act{Name: act, SubjectID: a.ID, Detail: []string{"course: " + a.CourseID}}, err)
		if err != nil {
			return retryAt(err, pathChatPosts)
		}
		return done(c, pathChatPosts, said)
	}
}
