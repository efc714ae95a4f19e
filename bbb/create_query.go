package bbb

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

func (r CreateRequest) query() (string, error) {
	if err := r.validate(); err != nil {
		return "", err
	}
	var q query
	q.set("meetingID", r.MeetingID)
	q.set("name", r.Name)
	q.set("attendeePW", r.AttendeePW)
	q.set("moderatorPW", r.ModeratorPW)
	r.texts(&q)
	r.recording(&q)
	r.people(&q)
	r.limits(&q)
	q.set("meetingEndedURL", r.MeetingEndedURL)
	for _, key := range slices.Sorted(maps.Keys(r.Meta)) {
		q.set("meta_"+key, r.Meta[key])
	}
	return q.String(), nil
}

func (r CreateRequest) texts(q *query) {
	q.set("welcome", r.Welcome)
	q.set("moderatorOnlyMessage", r.ModeratorWelcome)
	q.set("logoutURL", r.LogoutURL)
	q.set("meetingLayout", r.Layout)
	q.set("disabledFeatures", strings.Join(r.DisabledFeatures, ","))
}

func (r CreateRequest) recording(q *query) {
	q.flag("record", r.Record)
	q.flag("autoStartRecording", r.AutoStart)
	if r.FixedRecording {
		q.set("allowStartStopRecording", "false")
	}
	q.flag("notifyRecordingIsOn", r.NotifyRecordingOn)
	q.flag("meetingKeepEvents", r.KeepEvents)
}

func (r CreateRequest) people(q *query) {
	q.set("guestPolicy", string(r.GuestPolicy))
	q.flag("muteOnStart", r.MuteOnStart)
	q.flag("allowModsToUnmuteUsers", r.ModeratorsUnmute)
	q.flag("webcamsOnlyForModerator", r.ModeratorsSeeCams)
	q.flag("endWhenNoModerator", r.EndWithoutModerator)
}

func (r CreateRequest) limits(q *query) {
	q.set("maxParticipants", positive(r.MaxParticipants))
	q.set("meetingCameraCap", positive(r.MaxCameras))
	q.set("duration", minutes(r.Duration))
	q.set("meetingExpireIfNoUserJoinedInMinutes", minutes(r.ExpireIfNoUserJoined))
	if r.ExpireWhenLastUserLeft == Never {
		q.set("meetingExpireWhenLastUserLeftInMinutes", "0")
		return
	}
	q.set("meetingExpireWhenLastUserLeftInMinutes", minutes(r.ExpireWhenLastUserLeft))
}

func positive(n int) string {
	if n <= 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// minutes rounds up, so that a short time does not become the server's "none".
func minutes(d time.Duration) string {
	return positive(int((d + time.Minute - 1) / time.Minute))
}

// metaKey is what the server accepts after meta_; it refuses the whole call otherwise.
var metaKey = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9-]*$`)

func (r CreateRequest) validate() error {
	if err := checkMeetingID(r.MeetingID); err != nil {
		return err
	}
	switch {
	case r.Name == "":
		return errors.New("the meeting has no name")
	case r.AttendeePW == "" || r.ModeratorPW == "" || r.AttendeePW == r.ModeratorPW:
		return errors.New("two different passwords are needed, or create is not repeatable")
	}
	for key := range r.Meta {
		if !metaKey.MatchString(key) {
			return fmt.Errorf("metadata key %q: letters, digits and hyphens only", key)
		}
	}
	return nil
}

// checkMeetingID holds to what all versions take. A comma would ask for several.
func checkMeetingID(id string) error {
	if len(id) < 2 || len(id) > 256 || strings.TrimSpace(id) != id || strings.ContainsFunc(id, badInID) {
		return errors.New("a meeting id has 2 to 256 characters, no comma, no control character and no blank at its ends")
	}
	return nil
}

func badInID(r rune) bool { return r == ',' || r < ' ' || r == 0x7f }
