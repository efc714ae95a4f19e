package classroom

import "time"

// PersonExport is a PersonFile as a person gets it: plain names, no secret, and
// nothing about others.
type PersonExport struct {
	ExportedAt time.Time        `json:"exported_at"`
	ErasedAt   *time.Time       `json:"erased_at,omitempty"`
	Person     exportedPerson   `json:"person"`
	Mattermost *exportedLink    `json:"mattermost_account,omitempty"`
	Courses    []exportedCourse `json:"courses"`
	Launches   []exportedLaunch `json:"launches"`
	Attendance []exportedSeen   `json:"attendance"`
	Joins      []exportedTry    `json:"tries_to_join"`
	Refusals   []exportedTry    `json:"refused_launches"`
	Grades     []exportedGrade  `json:"grades"`
	Started    []exportedClass  `json:"classes_started"`
}

type exportedPerson struct {
	ID         string    `json:"id"`
	Platform   string    `json:"learning_platform"`
	Subject    string    `json:"id_in_learning_platform"`
	Name       string    `json:"name"`
	ChosenName string    `json:"chosen_name,omitempty"`
	Email      string    `json:"email"`
	Locale     string    `json:"language"`
	CreatedAt  time.Time `json:"known_since"`
	UpdatedAt  time.Time `json:"changed_at"`
}

type exportedLink struct {
	UserID   string    `json:"user_id"`
	Username string    `json:"user_name"`
	LinkedAt time.Time `json:"linked_at"`
}

type exportedCourse struct {
	Course     string     `json:"course"`
	Moderator  bool       `json:"moderator"`
	Role       string     `json:"role_in_learning_platform"`
	Rule       string     `json:"rule"`
	Groups     []string   `json:"group_ids"`
	Channel    string     `json:"channel,omitempty"`
	Since      time.Time  `json:"since"`
	LaunchedAt *time.Time `json:"last_launch,omitempty"`
	ListedAt   *time.Time `json:"last_listed,omitempty"`
	EndedAt    *time.Time `json:"ended_at,omitempty"`
}

type exportedLaunch struct {
	At        time.Time `json:"at"`
	Course    string    `json:"course"`
	Room      string    `json:"room"`
	Moderator bool      `json:"moderator"`
	Address   string    `json:"ip_address"`
}

type exportedSeen struct {
	From    time.Time `json:"from"`
	To      time.Time `json:"to"`
	Seconds int64     `json:"seconds"`
	Course  string    `json:"course"`
	Room    string    `json:"room"`
	Chats   int64     `json:"chat_messages"`
	Talks   int64     `json:"times_talked"`
	Talked  int64     `json:"seconds_talked"`
	Hands   int64     `json:"hands_raised"`
	Emojis  int64     `json:"emojis"`
	Votes   int64     `json:"poll_votes"`
}

type exportedTry struct {
	At        time.Time `json:"at"`
	Room      string    `json:"room,omitempty"`
	Via       string    `json:"via,omitempty"`
	Result    string    `json:"result"`
	Detail    string    `json:"detail,omitempty"`
	Reference string    `json:"reference,omitempty"`
	Address   string    `json:"ip_address,omitempty"`
}

type exportedGrade struct {
	Course    string     `json:"course"`
	Room      string     `json:"room"`
	Corrected *float64   `json:"corrected_percent,omitempty"`
	Sent      *float64   `json:"sent_percent,omitempty"`
	SentAt    *time.Time `json:"sent_at,omitempty"`
	Excluded  bool       `json:"excluded"`
}

type exportedClass struct {
	At         time.Time `json:"at"`
	Course     string    `json:"course"`
	Room       string    `json:"room"`
	Recordings int64     `json:"recordings"`
}

// Export is the file as the person gets it.
func (f PersonFile) Export(at time.Time) PersonExport {
	p := f.Person
	e := PersonExport{
		ExportedAt: at.UTC(), ErasedAt: unlessZero(f.Erased),
		Person:  exportedPerson{p.ID, f.Platform.Name, p.Subject, p.Name, p.ChosenName, p.Email, p.Locale, p.CreatedAt, p.UpdatedAt},
		Courses: []exportedCourse{}, Launches: []exportedLaunch{}, Attendance: []exportedSeen{}, Joins: []exportedTry{}, Refusals: []exportedTry{},
		Grades: []exportedGrade{}, Started: []exportedClass{},
	}
	if f.Link.ID != "" {
		e.Mattermost = &exportedLink{f.Link.ChatUserID, f.Link.Username, f.Link.CreatedAt}
	}
	f.exportStanding(&e)
	f.exportHappenings(&e)
	return e
}

func (f PersonFile) exportStanding(e *PersonExport) {
	for _, p := range f.Places {
		n := p.Enrolment
		e.Courses = append(e.Courses, exportedCourse{
			Course: p.Course.Name(), Moderator: n.Moderator, Role: n.RoleName, Rule: n.Why, Groups: n.GroupIDs.IDs(), Channel: string(p.Admission),
			Since: n.CreatedAt, LaunchedAt: unlessZero(n.LaunchedAt), ListedAt: unlessZero(n.RosterAt), EndedAt: unlessZero(n.EndedAt),
		})
	}
	for _, g := range f.Grades {
		e.Grades = append(e.Grades, exportedGrade{
			Course: g.Course, Room: g.Room, Corrected: percentOrNil(g.Correction), Sent: percentOrNil(g.SentPercent), SentAt: unlessZero(g.SentAt), Excluded: g.Excluded,
		})
	}
	for _, s := range f.Started {
		e.Started = append(e.Started, exportedClass{s.StartedAt, s.Course, s.Room, s.Recordings})
	}
}

func (f PersonFile) exportHappenings(e *PersonExport) {
	for _, h := range f.Launches {
		e.Launches = append(e.Launches, exportedLaunch{h.At, h.Course, h.Room, h.Moderator, h.Address})
	}
	for _, h := range f.Seen {
		n := h.Engagement
		e.Attendance = append(e.Attendance, exportedSeen{h.At, h.Until, h.Count, h.Course, h.Room, n.Chats, n.Talks, n.TalkSeconds, n.RaisedHands, n.Emojis, n.PollVotes})
	}
	for _, h := range f.Tries {
		e.Joins = append(e.Joins, exportedTry{At: h.At, Room: h.Room, Via: h.Via, Result: h.Result, Detail: h.Detail, Reference: h.Reference})
	}
	for _, h := range f.Refusals {
		e.Refusals = append(e.Refusals, exportedTry{At: h.At, Result: h.Result, Detail: h.Detail, Reference: h.Reference, Address: h.Address})
	}
}

func unlessZero(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func percentOrNil(percent float64) *float64 {
	if percent < 0 {
		return nil
	}
	return &percent
}
