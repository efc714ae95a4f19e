package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"classbridge/classroom"
)

type platformInvite struct {
	Name       string        `name:"name" required:"" placeholder:"NAME" help:"What to call the LMS."`
	OnPremises bool          `name:"on-premises" help:"Allow http and private addresses for its hosts."`
	Active     bool          `name:"active" xor:"state" help:"What is registered is active at once, with its deployment: the address is a secret that works once. This is the default."`
	Pending    bool          `name:"pending" xor:"state" help:"What is registered has to be approved: classbridge platform approve."`
	For        time.Duration `name:"for" default:"168h" placeholder:"DURATION" help:"How long the invitation is good for, such as 24h; a week if not said."`
	JSON       bool          `name:"json" help:"For scripts."`
}

// Run implements the command.
func (c platformInvite) Run(ctx context.Context, p *program) error {
	cfg, err := p.publicConfig()
	if err != nil {
		return err
	}
	var invitation classroom.Invitation
	var address string
	err = p.withStore(ctx, cfg, func(s *store) (err error) {
		room := p.domainOf(s)
		room.URL = cfg.URL
		invitation, address, err = room.Invite(ctx, classroom.DefaultTenant, classroom.InvitationWish{
			Name: c.Name, OnPremises: c.OnPremises, Pending: c.Pending, For: c.For,
		})
		return err
	})
	if wrong := (*classroom.InputError)(nil); errors.As(err, &wrong) {
		return usageError{err}
	}
	if err != nil {
		return err
	}
	return c.print(p, invitation, address)
}

// print tells the address, once: its code is kept nowhere.
func (c platformInvite) print(p *program, i classroom.Invitation, address string) error {
	if c.JSON {
		return p.printJSON(struct {
			shownInvitation
			Address string `json:"address"`
		}{newShownInvitation(i, p.now()), address})
	}
	fmt.Fprintf(p.out, "%s\n\n", address)
	fmt.Fprintf(p.out, "Give this address to the admin of %s: it registers the LMS once, until %s UTC,\n", i.Name, i.ExpiresAt.Format(time.DateTime))
	if i.Pending {
		fmt.Fprintln(p.out, "to be approved: classbridge platform approve NAME.")
	} else {
		fmt.Fprintln(p.out, "and classes can then be opened. Whoever has it can use it: it is a secret.")
	}
	fmt.Fprintf(p.out, "It is shown only now. To take it back: classbridge platform withdraw %s\n", i.ID)
	return nil
}

type platformInvitations struct {
	JSON bool `name:"json" help:"For scripts."`
}

// shownInvitation is what may be printed of an invitation at any time: never its code.
type shownInvitation struct {
	ID         string    `json:"id"`
	Name       string    `json:"name"`
	State      string    `json:"state"`
	OnPremises bool      `json:"on_premises"`
	Pending    bool      `json:"pending"`
	PlatformID string    `json:"platform_id,omitempty"`
	Created    time.Time `json:"created"`
	Expires    time.Time `json:"expires"`
}

func newShownInvitation(i classroom.Invitation, now time.Time) shownInvitation {
	return shownInvitation{
		ID: i.ID, Name: i.Name, State: string(i.State(now)), OnPremises: i.OnPremises, Pending: i.Pending,
		PlatformID: i.PlatformID, Created: i.CreatedAt, Expires: i.ExpiresAt,
	}
}

// Run implements the command.
func (c platformInvitations) Run(ctx context.Context, p *program) error {
	return p.onStore(ctx, func(s *store) error {
		invitations, err := s.Invitations(ctx, classroom.DefaultTenant)
		if err != nil {
			return err
		}
		shown, rows := []shownInvitation{}, [][]string{}
		for _, i := range invitations {
			one := newShownInvitation(i, p.now())
			shown = append(shown, one)
			rows = append(rows, []string{one.ID, one.Name, one.State, one.Expires.Format(time.DateTime), one.PlatformID})
		}
		if c.JSON {
			return p.printJSON(shown)
		}
		p.printTable("ID NAME STATE EXPIRES PLATFORM", rows)
		return nil
	})
}

type platformWithdraw struct {
	ID string `arg:"" help:"Id of the invitation."`
}

// Run implements the command.
func (c platformWithdraw) Run(ctx context.Context, p *program) error {
	return p.onStore(ctx, func(s *store) error {
		err := s.WithdrawInvitation(ctx, classroom.DefaultTenant, c.ID, p.now())
		if classroom.Is(err, classroom.NotFound) {
			return fmt.Errorf("there is no invitation %q that could still be used: classbridge platform invitations", c.ID)
		}
		return err
	})
}
