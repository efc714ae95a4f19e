package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// leftURL is where BigBlueButton sends somebody who joined, with its errors.
func leftURL(t *testing.T, joined *answer, key string) string {
	t.Helper()
	u := mustURL(t, mustURL(t, joined.header.Get("Location")).Query().Get("logoutURL"))
	q := u.Query()
	if key != "" {
		q.Set("errors", `[{"key":"`+key+`","message":"<b>do not show this</b>"}]`)
	}
	return u.Path + "?" + q.Encode()
}

func TestLeft(t *testing.T) {
	w := newWorld(t)
	page, path := w.browser().enter("teacher", "room-1")
	tab := w.browser()
	joined := tab.submit(page, "form.start").leads(w.bbbURL)
	for key, text := range map[string]string{
		"": "left.left", "maxParticipantsReached": "left.full", "guestDeniedAccess": "left.refused",
		"meetingForciblyEnded": "left.ended", "mismatchCreateTimeParam": "left.ended", "userNotFound": "left.removed",
		"anythingElse": "left.failed",
	} {
		after := w.browser().get(leftURL(t, joined, key)).want(http.StatusOK).says(text).says(text + ".detail")
		if after.has("#rejoin") || strings.Contains(after.body, "do not show this") {
			t.Errorf("%s: without a session one may rejoin, or BigBlueButton's words are shown", text)
		}
	}
	for code, text := range map[string]string{
		"user_requested_eject_reason": "left.removed", "max_participants_reason": "left.full", "user_logged_out_reason": "left.left",
	} {
		after := w.browser().get(leftURL(t, joined, "") + "&reason=do+not+show+this&reasonCode=" + code).says(text)
		if strings.Contains(after.body, "do not show this") {
			t.Errorf("%s: BigBlueButton's words are shown", code)
		}
	}
	after := tab.get(leftURL(t, joined, ""))
	if got := after.text("#rejoin"); got != "Rejoin as Terry Teacher" {
		t.Errorf("the way back says %q", got)
	}
	after.says("room.record_notice")
	tab.submit(after, "form.actions").leads(w.bbbURL)

	// Somebody else has used the browser meanwhile.
	other, _ := w.browser().enter("learner", "room-1")
	tab.submit(other, `form[action$="/join"]`).leads(w.bbbURL)
	tab.submit(after, "form.actions").want(http.StatusConflict).says("error.other_person")

	w.must(w.bbb.End(w.bbb.Meetings()[0].MeetingID))
	w.endAll(path)
	ended := tab.get(leftURL(t, joined, "")).says("left.ended")
	tab.submit(ended, "form.actions").leads(path + "/wait")
}

// endAll lets the tool know that the room's meeting has ended.
func (w *world) endAll(path string) {
	w.Helper()
	m, _, err := w.db.FindOpenMeeting(w.Context(), strings.TrimPrefix(path, "/rooms/"))
	w.must(err)
	m.OpenRoomID, m.EndedAt = nil, w.clock.Now()
	w.must(w.db.SaveMeeting(w.Context(), m))
	w.must(w.db.TouchRoom(w.Context(), m.RoomID))
}

func TestLeftFromChat(t *testing.T) {
	w := newWorld(t)
	path := w.newRoom()
	w.channel(path, "u1")
	w.running(path)
	b := w.browser()
	joined := b.submit(b.comeIn(goFrom(path), "u1"), "#go").leads(w.bbbURL)
	if got := w.browser().get(leftURL(t, joined, "")).attr("#rejoin", "href"); got != goFrom(path) {
		t.Errorf("the way back leads to %q", got)
	}
}

func TestLeftWithoutToken(t *testing.T) {
	w := newWorld(t)
	for _, query := range []string{"", "?m=forged.token", "?errors=" + url.QueryEscape(`not json`), "?m=" + strings.Repeat("x", 5000)} {
		w.browser().get("/left" + query).want(http.StatusOK).says("left.left")
	}
}
