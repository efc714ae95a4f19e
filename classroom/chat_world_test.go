package classroom_test

import (
	"context"
	"slices"
	"sync"
	"time"

	"classbridge/classroom"
)

// chatServer is the chat's server as its admin, and our own, see it.
type chatServer struct {
	mu       sync.Mutex
	open     map[string]bool // admins' sessions, by token
	signIns  int
	carried  int
	agreed   []string
	removed  int   // commands
	away     error // of SignOut, CarryOut and RemoveCommand
	archived []string
	look     classroom.ChannelLook
	gone     bool
	counts   classroom.ChatCounts
}

func newChatServer() *chatServer {
	return &chatServer{
		open:   map[string]bool{},
		look:   classroom.ChannelLook{Channel: classroom.Channel{ID: "channel-9", Name: "old-class"}, Private: true, Inside: true},
		counts: classroom.ChatCounts{Users: 100, Members: 40, UserLimit: 250, TeamLimit: 50},
	}
}

func (s *chatServer) SignIn(_ context.Context, _ classroom.ChatWish, l classroom.ChatLogin) (classroom.ChatSession, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if l.Password == "wrong" {
		return classroom.ChatSession{}, &classroom.ChatProblem{Text: "no"}
	}
	s.signIns++
	token := "session-" + time.Duration(s.signIns).String()
	s.open[token] = true
	return classroom.ChatSession{Username: "root", Token: token, Ours: l.Token == ""}, nil
}

func (s *chatServer) SignOut(_ context.Context, _ classroom.ChatWish, x classroom.ChatSession) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.away != nil {
		return s.away
	}
	delete(s.open, x.Token)
	return nil
}

func (s *chatServer) sessions() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.open)
}

func (s *chatServer) Plan(_ context.Context, _ classroom.ChatSession, w classroom.ChatWish) (classroom.ChatPlan, error) {
	if w.Team == "none" {
		return classroom.ChatPlan{}, &classroom.ChatProblem{Text: "no such team"}
	}
	return classroom.ChatPlan{Changes: []classroom.ChatChange{{Key: "limit", Text: "Raise the limit", ServerWide: true, Asked: true}}}, nil
}

func (s *chatServer) CarryOut(ctx context.Context, x classroom.ChatSession, w classroom.ChatWish, agreed []string, save func(context.Context, classroom.ChatConnection) error) (classroom.ChatReport, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.carried++
	s.agreed = slices.Clone(agreed)
	if s.away != nil || !s.open[x.Token] {
		return classroom.ChatReport{}, &classroom.ChatProblem{Text: "it did not work", Err: s.away}
	}
	conn := w.Current
	conn.URL, conn.TeamName, conn.Token = w.URL, w.Team, "new-token"
	return classroom.ChatReport{Done: []string{"done"}}, save(ctx, conn)
}

func (s *chatServer) FindChannel(context.Context, string, string) (classroom.ChannelLook, error) {
	if s.gone {
		return classroom.ChannelLook{}, classroom.ErrChannelGone
	}
	return s.look, nil
}

func (s *chatServer) LookAtChannel(ctx context.Context, tenantID, channelID string) (classroom.ChannelLook, error) {
	return s.FindChannel(ctx, tenantID, channelID)
}

func (s *chatServer) ArchiveChannel(_ context.Context, _, channelID string) error {
	s.archived = append(s.archived, channelID)
	return s.away
}

func (s *chatServer) RemoveCommand(context.Context, string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.removed++
	return s.away
}

func (s *chatServer) CountPeople(context.Context, string) (classroom.ChatCounts, error) {
	return s.counts, s.away
}
