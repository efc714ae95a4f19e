package bbbtest

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The rules of BigBlueButton's ValidationService for what this server knows.

var (
	metaParam     = regexp.MustCompile(`^meta_[a-zA-Z][a-zA-Z0-9-]*$`)
	booleanParams = []string{
		"record", "autoStartRecording", "allowStartStopRecording", "notifyRecordingIsOn", "meetingKeepEvents",
		"muteOnStart", "allowModsToUnmuteUsers", "webcamsOnlyForModerator", "endWhenNoModerator",
	}
	integerParams = []string{
		"maxParticipants", "duration", "meetingCameraCap",
		"meetingExpireIfNoUserJoinedInMinutes", "meetingExpireWhenLastUserLeftInMinutes",
	}
	guestPolicies = []string{"ALWAYS_ACCEPT", "ALWAYS_DENY", "ASK_MODERATOR", "ALWAYS_ACCEPT_AUTH"}
)

// invalidCreate is the message for the first rule that a create breaks.
func invalidCreate(q url.Values) string {
	switch {
	case !validID(q.Get("meetingID")):
		return "Invalid meeting ID"
	case !between(q.Get("name"), 2, 256):
		return "Invalid meeting name"
	case q.Has("attendeePW") && !between(q.Get("attendeePW"), 2, 64):
		return "Invalid attendee password"
	case q.Has("moderatorPW") && !between(q.Get("moderatorPW"), 2, 64):
		return "Invalid moderator password"
	case q.Has("guestPolicy") && !slices.Contains(guestPolicies, q.Get("guestPolicy")):
		return "Invalid guest policy"
	case q.Has("meetingEndedURL") && !validURL(q.Get("meetingEndedURL")):
		return "Invalid meeting ended URL"
	}
	return invalidKinds(q)
}

func invalidKinds(q url.Values) string {
	for _, p := range booleanParams {
		if q.Has(p) && q.Get(p) != "true" && q.Get(p) != "false" {
			return "Invalid boolean " + p
		}
	}
	for _, p := range integerParams {
		if _, err := strconv.Atoi(q.Get(p)); q.Has(p) && err != nil {
			return "Invalid integer " + p
		}
	}
	for p := range q {
		if strings.HasPrefix(p, "meta") && !metaParam.MatchString(p) {
			return "Invalid metadata " + p
		}
	}
	return ""
}

func validID(id string) bool {
	return between(id, 2, 256) && !strings.ContainsRune(id, ',') &&
		!strings.ContainsFunc(id, unicode.IsControl) && strings.TrimSpace(id) == id
}

func between(s string, least, most int) bool {
	n := utf8.RuneCountInString(s)
	return n >= least && n <= most
}

func validURL(raw string) bool {
	u, err := url.Parse(raw)
	return err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https")
}
