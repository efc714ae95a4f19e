package program

import (
	"context"
	"fmt"
	"strings"

	"classbridge/e2e/parts"
)

// Thread is what a course's channel holds of one class, as Mattermost's server
// admin reads it.
type Thread struct {
	Channel parts.Channel
	Starts  []parts.Post // that the bot wrote, not in a thread
	Replies []parts.Post // that the bot wrote in a thread
}

// Threads reads the bot's posts about the rooms of all courses, by room title.
// Several channels of one course are an error, as are posts about no room.
func (s *School) Threads(ctx context.Context) (map[string]Thread, error) {
	bot := parts.User{}
	if err := s.Chat.Admin.Try(ctx, "GET", "/users/username/classbridge", nil, &bot); err != nil {
		return nil, err
	}
	channels, err := s.channels(ctx)
	if err != nil {
		return nil, err
	}
	threads := map[string]Thread{}
	for _, c := range channels {
		title := roomOf(c)
		if title == "" {
			continue
		}
		if twin, twice := threads[title]; twice {
			return nil, fmt.Errorf("%s has two channels: %s and %s", title, twin.Channel.Name, c.Name)
		}
		thread, err := s.thread(ctx, c, bot.ID)
		if err != nil {
			return nil, err
		}
		threads[title] = thread
	}
	return threads, nil
}

// Thread is that of one room; an error if its course has no channel yet.
func (s *School) Thread(ctx context.Context, room string) (Thread, error) {
	threads, err := s.Threads(ctx)
	if err != nil {
		return Thread{}, err
	}
	thread, found := threads[room]
	if !found {
		return Thread{}, fmt.Errorf("no channel for %s", room)
	}
	return thread, nil
}

// channels lists the private channels of the team, page by page.
func (s *School) channels(ctx context.Context) ([]parts.Channel, error) {
	var all []parts.Channel
	for page := 0; ; page++ {
		var some []parts.Channel
		path := fmt.Sprintf("/teams/%s/channels/private?per_page=100&page=%d", s.Team.ID, page)
		if err := s.Chat.Admin.Try(ctx, "GET", path, nil, &some); err != nil {
			return nil, err
		}
		all = append(all, some...)
		if len(some) < 100 {
			return all, nil
		}
	}
}

// roomOf is the title of the one room of the course that the channel is of.
func roomOf(c parts.Channel) string {
	for n := range Courses {
		if strings.HasPrefix(c.DisplayName, CourseTitle(n)) && !digitAfter(c.DisplayName, CourseTitle(n)) {
			return RoomTitle(n)
		}
	}
	return ""
}

func digitAfter(text, prefix string) bool {
	rest := strings.TrimPrefix(text, prefix)
	return rest != "" && rest[0] >= '0' && rest[0] <= '9'
}

func (s *School) thread(ctx context.Context, c parts.Channel, botID string) (Thread, error) {
	thread := Thread{Channel: c}
	posts, err := s.Chat.Admin.ReadPosts(ctx, c.ID)
	if err != nil {
		return thread, err
	}
	for _, p := range posts {
		switch {
		case p.UserID != botID:
		case p.RootID == "":
			thread.Starts = append(thread.Starts, p)
		default:
			thread.Replies = append(thread.Replies, p)
		}
	}
	return thread, nil
}
