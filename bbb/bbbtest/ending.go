package bbbtest

import (
	"net/url"
	"strings"
)

// ending is how the meeting is over for somebody, as BigBlueButton's client says
// it. It shows the sentence, in the language of the person, and adds both to the
// logoutURL as reason and reasonCode. Older clients add the sentence only (before
// bigbluebutton/bigbluebutton#24542) or nothing (before #22325).
type ending struct{ reason, code string }

var (
	left         = ending{"You have left the session", "user_logged_out_reason"}
	removed      = ending{"You have been removed from the meeting", "user_requested_eject_reason"}
	endedByAPI   = ending{"The meeting has ended", "ENDED_FROM_API"}
	endedInside  = ending{"The meeting has ended", "ENDED_AFTER_USER_LOGGED_OUT"}
	endedByClock = ending{"The meeting has ended", "ENDED_AFTER_EXCEEDING_DURATION"}
	notAdmitted  = ending{reason: "You were not admitted"} // told by the page of the lobby, which adds nothing
)

// ending is how the meeting is over for this person.
func (v visit) ending() ending {
	switch {
	case v.person.removed:
		return removed
	case !v.meeting.ended.IsZero():
		return v.meeting.end
	case v.person.denied:
		return notAdmitted
	}
	return left
}

// next is where the person goes afterwards.
func (v visit) next(how ending) string {
	to := otherwise(v.person.logoutURL, v.meeting.settings.logoutURL)
	switch {
	case !validURL(to):
		return "/"
	case how.code == "":
		return to
	}
	return withReason(to, how)
}

// withReason pastes as the client does, without a look at what the address holds.
func withReason(to string, how ending) string {
	separator := "?"
	if strings.Contains(to, "?") {
		separator = "&"
	}
	return to + separator + "reason=" + strings.ReplaceAll(url.QueryEscape(how.reason), "+", "%20") + "&reasonCode=" + how.code
}
