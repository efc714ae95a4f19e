package classroom

import (
	"context"
	"errors"
	"fmt"
	"time"
)

const (
	chatDay        = "2006-01-02"
	chatCountsKept = 60  // days
	chatOutlook    = 365 // days ahead that are worth telling
)

// ChatCounts is how many people the chat has, and may have: 0 for a limit that
// there is not, or is not known.
type ChatCounts struct {
	TenantID  string
	Day       string // 2006-01-02
	Users     int64  // active accounts of the server
	Members   int64  // of the team
	UserLimit int64  `gorm:"-"`
	TeamLimit int64  `gorm:"-"`
}

// ChatCountStore keeps the counts, one a day.
type ChatCountStore interface {
	// ChatUncounted lists tenants with a chat whose people were not counted on that day.
	ChatUncounted(ctx context.Context, day string, limit int) ([]string, error)
	// SaveChatCounts inserts or replaces those of the day.
	SaveChatCounts(ctx context.Context, n ChatCounts) error
	// ChatCountsSince lists those of the tenant, the oldest first.
	ChatCountsSince(ctx context.Context, tenantID, day string) ([]ChatCounts, error)
	ForgetChatCounts(ctx context.Context, before string) error
}

// askToCount has the people of each chat counted once a day.
func (c *Classroom) askToCount(ctx context.Context) error {
	now := c.Now()
	day := now.UTC().Format(chatDay)
	due, err := c.Store.ChatUncounted(ctx, day, 10)
	if err != nil {
		return fmt.Errorf("chats to count: %w", err)
	}
	for _, tenantID := range due {
		err := c.Store.Tx(ctx, func(tx Tx) error {
			// Nobody asks again today; what comes of it replaces this.
			if err := tx.SaveChatCounts(ctx, ChatCounts{TenantID: tenantID, Day: day}); err != nil {
				return err
			}
			return tx.Enqueue(ctx, CountChat{TenantID: tenantID}, time.Time{})
		})
		if err != nil {
			return fmt.Errorf("count the chat of tenant %s: %w", tenantID, err)
		}
	}
	return c.Store.ForgetChatCounts(ctx, now.UTC().AddDate(0, 0, -chatCountsKept).Format(chatDay))
}

func (c *Classroom) countChat(ctx context.Context, tenantID string) error {
	n, err := c.Channels.CountPeople(ctx, tenantID)
	if errors.Is(err, ErrNoChat) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("count the chat of tenant %s: %w", tenantID, err)
	}
	n.TenantID, n.Day = tenantID, c.Now().UTC().Format(chatDay)
	return c.Store.SaveChatCounts(ctx, n)
}

// ChatRoom is how much room a limit leaves.
type ChatRoom struct {
	Count int64
	Limit int64     // 0: none, or not known
	Full  time.Time // when it will be reached if people go on coming as in the last weeks; zero: not within a year
}

// Tight reports whether nine tenths of the limit are used.
func (r ChatRoom) Tight() bool { return r.Limit > 0 && r.Count*10 >= r.Limit*9 }

// ChatOutlook is the room for accounts on the server and for members of the team.
type ChatOutlook struct{ Users, Members ChatRoom }

// ViewChatOutlook counts now, and looks ahead by what was counted before.
func (c *Classroom) ViewChatOutlook(ctx context.Context, tenantID string) (ChatOutlook, error) {
	n, err := c.Channels.CountPeople(ctx, tenantID)
	if err != nil {
		return ChatOutlook{}, err
	}
	now := c.Now().UTC()
	past, err := c.Store.ChatCountsSince(ctx, tenantID, now.AddDate(0, 0, -30).Format(chatDay))
	if err != nil {
		return ChatOutlook{}, err
	}
	o := ChatOutlook{Users: ChatRoom{Count: n.Users, Limit: n.UserLimit}, Members: ChatRoom{Count: n.Members, Limit: n.TeamLimit}}
	for _, p := range past {
		if p.Users == 0 { // asked for, and not answered
			continue
		}
		o.Users.Full = fullAt(o.Users, p.Users, p.Day, now)
		o.Members.Full = fullAt(o.Members, p.Members, p.Day, now)
		break
	}
	return o, nil
}

// fullAt draws a line through what was counted that day and what is counted now.
func fullAt(r ChatRoom, then int64, day string, now time.Time) time.Time {
	since, err := time.Parse(chatDay, day)
	days := now.Sub(since).Hours() / 24
	grown := float64(r.Count - then)
	if err != nil || r.Limit == 0 || r.Count >= r.Limit || grown <= 0 || days < 1 {
		return time.Time{}
	}
	left := float64(r.Limit-r.Count) / (grown / days)
	if left > chatOutlook {
		return time.Time{}
	}
	return now.Add(time.Duration(left * 24 * float64(time.Hour)))
}
