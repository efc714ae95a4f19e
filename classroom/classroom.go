package classroom

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"classbridge/bbb"
	"classbridge/lti"
)

// Classroom is the product's operations on its parts. All fields are set by
// whoever makes it (cmd); it is safe for use by many goroutines.
type Classroom struct {
	Store     Store
	Chat      Chat
	ChatAdmin ChatAdmin    // with the rights of its server's admin
	Channels  ChatChannels // as the console sees them
	Signer    *Signer
	Tool      *lti.Tool      // this tool, as registered at platforms
	Keys      *Keyring       // its signing keys
	Services  *lti.Services  // what platforms offer to it
	Registrar *lti.Registrar // registers it at platforms
	Reach     Reach          // who may name addresses inside the operator's network
	URL       string         // public base of this program, without a trailing slash
	// BBB makes the client of a server: wiring decides on dialers and metrics.
	BBB func(Server) *bbb.Client
	// Word is the text of that id in a language: names that people without one get.
	Word func(locale, id string) string
	Now  func() time.Time
	Log  *slog.Logger

	members memberCache // the way in from the chat
	views   viewCache
	arrived arrived
}

func (c *Classroom) server(ctx context.Context, id string) (*bbb.Client, error) {
	s, err := c.Store.Server(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("server of the meeting: %w", err)
	}
	return c.BBB(s), nil
}

// pick chooses the server for a new meeting: the first one.
func (c *Classroom) pick(ctx context.Context, tenantID string) (Server, error) {
	servers, err := c.Store.Servers(ctx, tenantID)
	if err != nil {
		return Server{}, err
	}
	if len(servers) == 0 {
		return Server{}, refuse(Unavailable, "error.no_bbb")
	}
	return servers[0], nil
}
