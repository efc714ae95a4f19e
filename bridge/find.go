package bridge

import (
	"context"
	"time"

	"github.com/mattermost/mattermost/server/public/model"

	"classbridge/classroom"
)

const (
	// clockSkew is how far our clock and the server's may be apart.
	clockSkew = 15 * time.Minute
	// sinceLimit is how many posts the server answers to "since", in no order.
	sinceLimit = 1000
	pageSize   = 200
)

// find looks for the post of that key, sent since FirstTry. It returns "" if
// there is none, ErrPostGone if somebody deleted it.
func (u *bot) find(ctx context.Context, p classroom.Post) (string, error) {
	since := max(p.FirstTry.Add(-clockSkew).UnixMilli(), 1) // 0 would mean: no limit
	var list *model.PostList
	err := u.returning(ctx, p.ChannelID, func() (err error) {
		list, err = call3(ctx, u.server, "get posts since", u.api.GetPostsSince, p.ChannelID, since, false)
		return err
	})
	if err != nil {
		return "", err
	}
	id, deleted := u.pick(list, p.Key)
	if id == "" && len(list.Order) >= sinceLimit {
		// Deleted posts are in the answer to "since" only.
		id, err = u.findByPage(ctx, p, since)
	}
	if err == nil && id == "" && deleted {
		err = classroom.ErrPostGone
	}
	return id, err
}

// findByPage reads the channel back to that time, newest first.
func (u *bot) findByPage(ctx context.Context, p classroom.Post, since int64) (string, error) {
	for page := 0; ; page++ {
		list, err := do(ctx, u.server, "get posts", func(ctx context.Context) (*model.PostList, *model.Response, error) {
			return u.api.GetPostsForChannel(ctx, p.ChannelID, page, pageSize, "", false, false)
		})
		if err != nil {
			return "", err
		}
		if id, _ := u.pick(list, p.Key); id != "" {
			return id, nil
		}
		if len(list.Order) == 0 || list.Posts[list.Order[len(list.Order)-1]].CreateAt < since {
			return "", nil
		}
	}
}

// pick prefers a living post: the server keeps earlier texts of an edited post
// as deleted ones.
func (u *bot) pick(list *model.PostList, key string) (id string, deleted bool) {
	for _, post := range list.Posts {
		if post.UserId != u.id || post.GetProp(keyProp) != key {
			continue
		}
		if post.DeleteAt == 0 {
			return post.Id, false
		}
		deleted = true
	}
	return "", deleted
}
