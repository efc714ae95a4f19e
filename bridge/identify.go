package bridge

import (
	"context"
	"fmt"
	"time"
)

// failureTime is how long a failure to learn who the bot is answers those who
// come next, too: a chat that does not answer is asked by one at a time, and not
// again at once.
const failureTime = 5 * time.Second

// identify asks who the bot is and which team it works in, where the connection
// was configured by names only. What was learned is not asked again. Who comes
// meanwhile waits for the same answer, as long as their own ctx allows.
func (u *bot) identify(ctx context.Context) error {
	if known, err := u.identified(); known {
		return err
	}
	asked := u.asking.DoChan("", func() (any, error) {
		if known, err := u.identified(); known {
			return nil, err // learned between our look and our turn
		}
		// The answer is for all who wait, not only for whoever came first.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), callTime)
		defer cancel()
		return nil, u.learn(u.ask(ctx))
	})
	select {
	case answer := <-asked:
		return answer.Err
	case <-ctx.Done():
		return fmt.Errorf("wait to learn who the bot is: %w", ctx.Err())
	}
}

// identified reports whether there is no need to ask: the ids are known, or
// asking has just failed.
func (u *bot) identified() (known bool, err error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.id != "" && u.teamID != "" {
		return true, nil
	}
	return u.failed != nil && u.now().Before(u.until), u.failed
}

func (u *bot) ask(ctx context.Context) (id, teamID string, err error) {
	id, teamID = u.conn.BotID, u.conn.TeamID
	if id == "" {
		me, err := call(ctx, u.server, "get me", u.api.GetMe, "")
		if err != nil {
			return "", "", err
		}
		id = me.Id
	}
	if teamID == "" {
		team, err := call2(ctx, u.server, "get team", u.api.GetTeamByName, u.conn.TeamName, "")
		if err != nil {
			return "", "", fmt.Errorf("team %q: %w", u.conn.TeamName, err)
		}
		teamID = team.Id
	}
	return id, teamID, nil
}

func (u *bot) learn(id, teamID string, err error) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.failed = err; err != nil {
		u.until = u.now().Add(failureTime)
		return err
	}
	u.id, u.teamID = id, teamID
	return nil
}
