package classroom

import "time"

// When to ask for the recordings of a meeting, counted from its end; after that
// hourly for two days and daily for two weeks. Callbacks only make it faster.
func earlyLooks() [5]time.Duration {
	return [...]time.Duration{firstLook, 3 * time.Minute, 8 * time.Minute, 18 * time.Minute, 48 * time.Minute}
}

const (
	firstLook   = time.Minute
	hourlyLooks = 48 * time.Hour
	dailyLooks  = 14 * 24 * time.Hour
	unmarkedFor = 2 * time.Hour // a hint that there is none shortens the search, it does not end it
)

// awaitRecording is what a meeting that ends now has to expect of its recording.
func awaitRecording(m Meeting) (RecordingOutcome, time.Time) {
	switch {
	case m.RecordingState == RecordingFound: // published before we knew of the end
		return RecordingFound, m.EndedAt.Add(firstLook)
	case !m.Record:
		return RecordingOff, time.Time{}
	case m.SeenAt.IsZero() && m.JoinedAt.IsZero():
		return RecordingNone, time.Time{}
	case m.Unmarked || m.SeenAt.IsZero():
		return RecordingNone, m.EndedAt.Add(firstLook)
	default:
		return RecordingProcessing, m.EndedAt.Add(firstLook)
	}
}

// nextRecordingLook is the next time to ask; zero when the search is over.
func nextRecordingLook(m Meeting, now time.Time) time.Time {
	age := now.Sub(m.EndedAt)
	for _, early := range earlyLooks() {
		if age < early {
			return m.EndedAt.Add(early)
		}
	}
	switch {
	case m.RecordingState == RecordingNone && age > unmarkedFor:
		return time.Time{}
	case age < hourlyLooks:
		return now.Add(time.Hour)
	case age < dailyLooks:
		return now.Add(24 * time.Hour)
	default:
		return time.Time{}
	}
}
