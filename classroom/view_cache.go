package classroom

import (
	"sync"
	"time"
)

// roomMeetings is the part of a room's page that everybody sees alike. It is
// shared between visits: nobody changes it.
type roomMeetings struct {
	open    *MeetingView
	history []MeetingView
}

const (
	viewFor       = time.Minute // the starter's name is not part of the version
	viewCacheSize = 1024        // rooms
)

// viewCache remembers the meetings of rooms while a class clicks. What is
// remembered belongs to a version of the room, which every change that the page
// shows counts up in its own transaction: whoever has read the room since then
// asks for another version.
type viewCache struct {
	mu    sync.Mutex
	rooms map[string]rememberedMeetings // by room id
}

type rememberedMeetings struct {
	roomMeetings
	version int64
	at      time.Time
}

func (v *viewCache) get(r Room, now time.Time) (roomMeetings, bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	m, ok := v.rooms[r.ID]
	// The absolute value: a clock that was set back must not make it last.
	return m.roomMeetings, ok && m.version == r.Version && now.Sub(m.at).Abs() < viewFor
}

// put remembers what was read after r was: at least as new as r.Version.
func (v *viewCache) put(r Room, m roomMeetings, now time.Time) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.rooms == nil || len(v.rooms) >= viewCacheSize {
		v.rooms = map[string]rememberedMeetings{}
	}
	v.rooms[r.ID] = rememberedMeetings{m, r.Version, now}
}
