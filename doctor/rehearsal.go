package doctor

import (
	"cmp"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"classbridge/bbb"
	"classbridge/classroom"

	"github.com/google/uuid"
)

func rehearsalCheck(name string) check { return check{name, GroupRehearsal} }

// PathCalled is where BigBlueButton calls at the end of a rehearsal: a token follows.
const PathCalled = "/bbb/rehearsal/"

const (
	calledUse     = "doctor callback"
	calledKept    = 15 * time.Minute
	calledLook    = 200 * time.Millisecond
	calledWithin  = 8 * time.Second
	cleanupWithin = 5 * time.Second
	maxRefused    = 64 << 10
)

// rehearsal is a meeting that nobody will enter.
type rehearsal struct {
	*Doctor
	server   classroom.Server
	client   *bbb.Client
	id       string
	password string // the moderator's
}

// RehearseMeeting creates a meeting, asks for a way in and goes no further, ends it,
// and waits for BigBlueButton to call back. Should a step fail, it is ended all the
// same; should even that, BigBlueButton ends it within minutes: nobody came.
func (d *Doctor) RehearseMeeting(ctx context.Context, s classroom.Server) []Result {
	meeting, callback := rehearsalCheck("rehearsal.meeting"), rehearsalCheck("bbb.callback")
	id := uuid.Must(uuid.NewV7()).String()
	r := &rehearsal{d, s, d.BBB(s), id, d.Signer.Code("bbb moderator", id)}
	step, err := r.run(ctx)
	about := d.aboutServer(s, nil)
	if err != nil {
		return []Result{
			meeting.failed("doctor.rehearsal."+step, append(about, "Error", cause(err))...),
			callback.skipped("doctor.rehearsal.callback_behind", about...),
		}
	}
	called := callback.ok("doctor.rehearsal.callback", about...)
	if !r.called(ctx) {
		called = callback.warning("doctor.rehearsal.callback_missing", append(about, "URL", d.URL)...)
	}
	return []Result{meeting.ok("doctor.rehearsal.meeting", about...), called}
}

// run answers which step failed: create, join or end.
func (r *rehearsal) run(ctx context.Context) (step string, err error) {
	made, err := r.create(ctx)
	if err != nil {
		return "create", errors.Join(err, r.cleanUp(ctx))
	}
	if err := r.join(ctx, made); err != nil {
		_ = r.cleanUp(ctx) // what is told is why nobody gets in
		return "join", err
	}
	return "end", r.end(ctx)
}

func (r *rehearsal) create(ctx context.Context) (bbb.Created, error) {
	ctx, cancel := within(ctx)
	defer cancel()
	return r.client.Create(ctx, bbb.CreateRequest{
		MeetingID: r.id, Name: "Classbridge rehearsal", AttendeePW: r.Signer.Code("bbb attendee", r.id), ModeratorPW: r.password,
		LogoutURL: r.URL + "/left", ExpireIfNoUserJoined: time.Minute, ExpireWhenLastUserLeft: time.Minute,
		MeetingEndedURL: r.callbackURL(),
		Meta:            map[string]string{"bbb-origin": "Classbridge", bbb.MetaEndCallback: r.callbackURL()},
	})
}

// join asks for the way in as a browser would, and leaves it at BigBlueButton's
// answer: a redirect, which is not followed.
func (r *rehearsal) join(ctx context.Context, made bbb.Created) error {
	ctx, cancel := within(ctx)
	defer cancel()
	address, err := r.client.JoinURL(bbb.JoinRequest{
		MeetingID: r.id, CreateTime: made.CreateTime, FullName: "Classbridge", Role: bbb.Moderator,
		Password: r.password, UserID: "classbridge-rehearsal", ErrorRedirectURL: r.URL + "/left",
	})
	if err != nil {
		return err
	}
	resp, err := r.get(ctx, address)
	if err != nil {
		return errors.New(cause(err))
	}
	defer resp.Body.Close()
	return refusedJoin(resp)
}

var errNoWayIn = errors.New("no redirect into the meeting")

func refusedJoin(resp *http.Response) error {
	to, err := url.Parse(resp.Header.Get("Location"))
	if err == nil && resp.StatusCode >= 300 && resp.StatusCode < 400 && to.Path != "" {
		for _, m := range bbb.ParseErrors(to.Query()) {
			return errors.New(m.Key)
		}
		return nil
	}
	body, _ := io.ReadAll(io.LimitReader(resp.Body, maxRefused)) // what there is of it
	if _, rest, found := strings.Cut(string(body), "<messageKey>"); found {
		key, _, _ := strings.Cut(rest, "<")
		return errors.New(oneLine(key))
	}
	return errNoWayIn
}

func (r *rehearsal) end(ctx context.Context) error {
	ctx, cancel := within(ctx)
	defer cancel()
	return r.client.End(ctx, r.id, r.password)
}

// cleanUp ends the meeting also when there is no more time, or it was never seen to
// be made.
func (r *rehearsal) cleanUp(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanupWithin)
	defer cancel()
	if err := r.client.End(ctx, r.id, r.password); err != nil && !bbb.NotFound(err) && !bbb.Unavailable(err) {
		return err
	}
	return nil
}

func (r *rehearsal) callbackURL() string {
	return r.URL + PathCalled + r.id + "." + r.Signer.Code(calledUse, r.id)
}

// called waits for the callback, which may come to another process than this.
func (r *rehearsal) called(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(r.CallWait, calledWithin))
	defer cancel()
	look := time.NewTicker(calledLook)
	defer look.Stop()
	for {
		if came, err := r.Store.Consumed(ctx, calledMark(r.id)); err == nil && came {
			return true
		}
		select {
		case <-ctx.Done():
			return false
		case <-look.C:
		}
	}
}

func calledMark(id string) string { return "doctor/" + id }

// Called notes that BigBlueButton called at the end of a rehearsal; NotFound if the
// token is not ours.
func (d *Doctor) Called(ctx context.Context, token string) error {
	id, code, _ := strings.Cut(token, ".")
	if !d.Signer.CodeIs(code, calledUse, id) {
		return &classroom.Error{Code: classroom.NotFound, Message: "not_found", Err: errors.New("no token of a rehearsal")}
	}
	err := d.Store.Consume(ctx, calledMark(id), d.Now().Add(calledKept))
	if classroom.Is(err, classroom.Conflict) { // BigBlueButton has two ways to tell it
		return nil
	}
	return err
}

// RehearseChat posts, edits and deletes.
func (d *Doctor) RehearseChat(ctx context.Context, conn classroom.ChatConnection, channel string) Result {
	c := rehearsalCheck("rehearsal.chat")
	ctx, cancel := within(ctx)
	defer cancel()
	step, err := d.Chat.Rehearse(ctx, conn, channel)
	if err != nil {
		return c.failed("doctor.rehearsal.chat_"+step, "Channel", channel, "Error", err.Error())
	}
	if channel != "" {
		return c.ok("doctor.rehearsal.chat_in", "Channel", channel)
	}
	return c.ok("doctor.rehearsal.chat")
}
