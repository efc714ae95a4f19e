package classroom

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Act is what a ticket is for.
type Act string

const (
	ActJoin    Act = "join"    // enter the running meeting
	ActStart   Act = "start"   // start one and enter it
	ActWait    Act = "wait"    // wait in a tab until one runs
	ActPlay    Act = "play"    // a recording; its id is the ticket's Subject
	ActConnect Act = "connect" // link one's chat account
	ActTable   Act = "table"   // save the attendance as a table; the meeting is the ticket's Subject, none: all
)

// TicketLife is how long after the page was drawn its forms may be used.
const TicketLife = 15 * time.Minute

const purposeTicket Purpose = "ticket"

// ticket is one person, one room, one act. The session is named by its launch;
// what it may do is asked again when the ticket is redeemed.
type ticket struct {
	Launch  string `json:"l"`
	Room    string `json:"r"`
	Act     Act    `json:"a"`
	Subject string `json:"s,omitempty"`
}

// Ticket makes a one-use ticket for a form that leaves the LMS's frame: the tab
// that it opens has none of the frame's cookies. It goes into a form's field,
// never into an address.
func (c *Classroom) Ticket(a Access, act Act, subject string) (string, error) {
	return c.Signer.Sign(purposeTicket, ticket{a.Launch.ID, a.Room.ID, act, subject}, TicketLife)
}

// Redeem uses a ticket up and answers whose it is, with the rights of now, and
// its subject.
func (c *Classroom) Redeem(ctx context.Context, token, roomID string, act Act) (Access, string, error) {
	var t ticket
	id, expires, err := c.Signer.Open(purposeTicket, token, &t)
	if err != nil {
		return Access{}, "", &Error{Code: Expired, Message: "error.ticket_expired", Err: err}
	}
	if t.Room != roomID || t.Act != act {
		return Access{}, "", &Error{Code: Invalid, Message: "error.ticket_expired", Err: errors.New("ticket of another room or act")}
	}
	a, err := c.Access(ctx, t.Launch, t.Room)
	if err != nil {
		return Access{}, "", err
	}
	if err := c.Store.Consume(ctx, id, expires); err != nil {
		if Is(err, Conflict) {
			return Access{}, "", refuse(Conflict, "error.ticket_used")
		}
		return Access{}, "", fmt.Errorf("redeem ticket: %w", err)
	}
	return a, t.Subject, nil
}
