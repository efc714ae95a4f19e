package bbb_test

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"classbridge/bbb"
	"classbridge/bbb/bbbtest"
)

// The suite runs against the stand-in in both its forms, and against a real
// server if BBB_TEST_URL and BBB_TEST_SECRET name one: what holds for one holds
// for the other.

type target struct {
	client *bbb.Client
	fake   *bbbtest.Server // nil for a real server
}

func TestSuite(t *testing.T) {
	for name, at := range targets(t) {
		t.Run(name, func(t *testing.T) {
			t.Run("Connection", at.connection)
			t.Run("Life", at.life)
			t.Run("Repeat", at.repeat)
			t.Run("Unknown", at.unknown)
			t.Run("Join", at.join)
			t.Run("Validation", at.validation)
		})
	}
}

func targets(t *testing.T) map[string]target {
	all := map[string]target{}
	for name, scalelite := range map[string]bool{"BigBlueButton": false, "Scalelite": true} {
		client, fake := newFake(t, bbbtest.Config{Scalelite: scalelite})
		all[name] = target{client, fake}
	}
	if url := os.Getenv("BBB_TEST_URL"); url != "" {
		all["real"] = target{client: &bbb.Client{URL: url, Secrets: []string{os.Getenv("BBB_TEST_SECRET")}}}
	}
	return all
}

// newFake starts a stand-in and a client for it.
func newFake(t *testing.T, cfg bbbtest.Config) (*bbb.Client, *bbbtest.Server) {
	t.Helper()
	if cfg.Secrets == nil {
		cfg.Secrets = []string{secret}
	}
	fake := bbbtest.New(cfg)
	server := httptest.NewServer(fake)
	t.Cleanup(server.Close)
	return &bbb.Client{URL: server.URL, Secrets: []string{secret}}, fake
}

func newRequest() bbb.CreateRequest {
	return bbb.CreateRequest{
		MeetingID: "suite-" + rand.Text(), Name: "Algebra & more", AttendeePW: "viewer-pw", ModeratorPW: "moderator-pw",
		Record: true, MaxParticipants: 30, ExpireIfNoUserJoined: 10 * time.Minute, ExpireWhenLastUserLeft: 10 * time.Minute,
		Meta: map[string]string{"origin": "suite"},
	}
}

func (at target) made(t *testing.T) (bbb.CreateRequest, bbb.Created) {
	t.Helper()
	r := newRequest()
	made, err := at.client.Create(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { at.client.End(context.Background(), r.MeetingID, r.ModeratorPW) })
	return r, made
}

func (at target) connection(t *testing.T) {
	if err := at.client.Test(t.Context()); err != nil {
		t.Fatal(err)
	}
	wrong := &bbb.Client{URL: at.client.URL, Secrets: []string{"not the secret"}}
	_, err := wrong.IsRunning(t.Context(), "suite-none")
	if !bbb.ChecksumRefused(err) {
		t.Errorf("with a wrong secret: %v", err)
	}
}

func (at target) life(t *testing.T) {
	r, made := at.made(t)
	if made.MeetingID != r.MeetingID || made.InternalID == "" || made.CreateTime == 0 || made.Duplicate {
		t.Errorf("created %+v", made)
	}
	running, err := at.client.IsRunning(t.Context(), r.MeetingID)
	if running || err != nil {
		t.Errorf("before anybody joined: running %v, %v", running, err)
	}
	info, err := at.client.Info(t.Context(), r.MeetingID)
	if err != nil {
		t.Fatal(err)
	}
	want := &bbb.Info{
		MeetingID: r.MeetingID, InternalID: made.InternalID, Name: r.Name, CreateTime: made.CreateTime,
		Recording: true, MaxUsers: 30, Start: info.Start,
	}
	if diff := cmp.Diff(want, info); diff != "" {
		t.Error(diff)
	}
	if err := at.client.End(t.Context(), r.MeetingID, r.ModeratorPW); err != nil {
		t.Fatal(err)
	}
	at.gone(t, r.MeetingID)
}

// gone waits: a real server takes some seconds to end a meeting.
func (at target) gone(t *testing.T, id string) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		info, err := at.client.Info(t.Context(), id)
		if bbb.NotFound(err) || err == nil && info.ForciblyEnded {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("not ended: %+v, %v", info, err)
		}
	}
}

func (at target) repeat(t *testing.T) {
	r, first := at.made(t)
	r.Name = "Another name"
	again, err := at.client.Create(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	first.Duplicate = true
	if diff := cmp.Diff(first, again); diff != "" {
		t.Error(diff)
	}
	r.ModeratorPW = "another-pw"
	if _, err := at.client.Create(t.Context(), r); !bbb.HasKey(err, bbb.KeyIDNotUnique) {
		t.Errorf("with another password: %v", err)
	}
}

func (at target) unknown(t *testing.T) {
	const id = "suite-nobody-made-this"
	if running, err := at.client.IsRunning(t.Context(), id); running || err != nil {
		t.Errorf("IsRunning: %v, %v", running, err)
	}
	if _, err := at.client.Info(t.Context(), id); !bbb.NotFound(err) {
		t.Errorf("Info: %v", err)
	}
	if err := at.client.End(t.Context(), id, "some-pw"); !bbb.NotFound(err) {
		t.Errorf("End: %v", err)
	}
	found, err := at.client.Recordings(t.Context(), bbb.RecordingQuery{MeetingIDs: []string{id}})
	if len(found) > 0 || err != nil {
		t.Errorf("Recordings: %v, %v", found, err)
	}
	if err := at.client.Publish(t.Context(), "suite-no-recording", true); !bbb.NotFound(err) {
		t.Errorf("Publish: %v", err)
	}
	if err := at.client.Delete(t.Context(), "suite-no-recording"); !bbb.NotFound(err) {
		t.Errorf("Delete: %v", err)
	}
}

// join follows the address as far as the server's own redirect.
func (at target) join(t *testing.T) {
	r, made := at.made(t)
	url, err := at.client.JoinURL(bbb.JoinRequest{
		MeetingID: r.MeetingID, CreateTime: made.CreateTime, FullName: "Ada", Role: bbb.Moderator, UserID: "u-1",
	})
	if err != nil {
		t.Fatal(err)
	}
	stay := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := stay.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusFound || resp.Header.Get("Location") == "" {
		t.Errorf("join answered %d to %q", resp.StatusCode, resp.Header.Get("Location"))
	}
}

func (at target) validation(t *testing.T) {
	r := newRequest()
	r.GuestPolicy = "WHATEVER"
	if _, err := at.client.Create(t.Context(), r); !bbb.HasKey(err, bbb.KeyValidation) {
		if at.fake != nil { // some real versions fall back to the default
			t.Errorf("a bad guest policy: %v", err)
		}
	}
}

func hasReason(err error, want bbb.Reason) bool {
	var e *bbb.Error
	return errors.As(err, &e) && e.Reason == want
}
