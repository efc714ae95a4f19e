package main

import (
	"net/http"
	"strings"
	"testing"

	"classbridge/cmd/classbridge/demo"

	"golang.org/x/net/html"
)

// tellStory plays the whole main job over HTTP, as people do in their browsers:
// launch, start, join, announcement, join from the chat, end, recording, reply.
func tellStory(t *testing.T, w *demo.World) {
	teacher, learner := newVisitor(t), newVisitor(t)
	teacher.launch(w.LMS(), "teacher", "weekly")
	teacher.want("h1", "Weekly class")
	teacher.want("[data-role=moderator]", "Instructor")
	learner.launch(w.LMS(), "learner1", "weekly")
	learner.want("[data-role=viewer]", "Learner")
	course := *learner // stays at the course's page

	learner.submit(`form[action$="/wait"]`)
	learner.want("main", "Weekly class")

	teacher.submit(`form[action$="/start"]`, "announce", "yes")
	inside(teacher, "Tamar Levi", "Moderator")

	course.until(`form[action$="/join"]`)
	course.submit(`form[action$="/join"]`)
	inside(&course, "Lena Fischer", "Viewer")

	learner.submit(`form[action$="/enter"]`) // what the waiting page's script does
	inside(learner, "Lena Fischer", "Viewer")

	chat := newVisitor(t)
	post := announcement(chat, w)
	fromChat := *chat
	fromChat.open(links(post, "Join")[0])
	fromChat.submit(`form#go`)
	fromChat.want("main", "wait") // the lobby of BigBlueButton

	teacher.until(`form[action$="/admit"]`)
	teacher.submit(`form[action$="/admit"]`)
	teacher.submit(`form[action$="/start-recording"]`)
	teacher.submit(`form[action$="/end"]`)

	post = chat.untilShows("article.post:not(.system)", "has ended")
	if len(links(post, "Join")) != 0 {
		t.Errorf("the post of a class that has ended offers to join: %s", textOf(post))
	}
	reply := chat.untilShows(".thread article", "#recording")
	if n := len(queryAll(chat.page, ".thread article")); n != 1 {
		t.Errorf("%d replies in the thread, want 1", n)
	}
	if watch := links(reply, "Watch the recording"); len(watch) != 1 || !strings.HasPrefix(watch[0], w.Tool()+"/go/") {
		t.Errorf("the recording is at %v, want an address of the tool", watch)
	}

	viewer := newVisitor(t)
	viewer.launch(w.LMS(), "learner2", "weekly")
	viewer.submit(`form.play`)
	if viewer.status != http.StatusOK || !strings.HasPrefix(viewer.at.String(), w.BBB()+"/playback/") {
		t.Errorf("the recording is played at %s with HTTP status %d", viewer.at, viewer.status)
	}
}

// inside checks that somebody is in the meeting, at BigBlueButton.
func inside(v *visitor, name, role string) {
	v.t.Helper()
	v.want("#me", name)
	v.want("#role", role)
}

// announcement signs Lena in to the chat and finds the post in the course's channel.
func announcement(v *visitor, w *demo.World) *html.Node {
	v.t.Helper()
	v.open(w.ChatURL())
	user := ""
	for _, b := range queryAll(v.page, "button[name=user]") {
		if strings.Contains(textOf(b), "Lena") {
			user = attribute(b, "value")
		}
	}
	v.submit(`form[action="/login"]`, "user", user)
	v.open(attribute(v.until(`a[href^="/channels/"]`), "href"))
	v.want("h1", "Algebra 101")
	post := v.untilShows("article.post:not(.system)", "has started")
	if !strings.Contains(textOf(post), "Tamar Levi") {
		v.t.Errorf("the post does not say who started: %s", textOf(post))
	}
	return post
}
