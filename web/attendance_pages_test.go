package web

import (
	"time"

	"classbridge/classroom"
)

func sampleMeeting(id string, reported bool) classroom.SheetMeeting {
	m := classroom.SheetMeeting{Group: oddName, GroupID: "g"}
	m.ID, m.CreatedAt, m.EndedAt, m.HeldSeconds = id, sampleTime, sampleTime.Add(time.Hour), 3600
	if reported {
		m.ReportedAt = sampleTime
	}
	return m
}

// sampleRow is somebody who was there for a while, or absent.
func sampleRow(name string, standing classroom.SheetStanding, present int) classroom.SheetRow {
	r := classroom.SheetRow{
		UserID: "p-" + name, Person: classroom.Person{ID: "person-" + name, Subject: "s", Name: name}, Name: name,
		Enrolment: classroom.Enrolment{ID: "e"}, Standing: standing, Meetings: 2, Held: 7200, Present: present,
		In: map[string]classroom.Attendance{},
	}
	if present > 0 {
		r.Inside = 3000
		r.Seen = classroom.Attendance{FirstSeen: sampleTime, LastSeen: sampleTime.Add(time.Hour), Reported: true}
		r.Seen.Engagement = classroom.Engagement{Chats: 1, Talks: 2, TalkSeconds: 90, RaisedHands: 3, Emojis: 4, PollVotes: 5}
	}
	return r
}

func sampleSheet() classroom.Sheet {
	left := sampleRow("Left", classroom.SheetLearner, 1)
	left.Enrolment.EndedAt = sampleTime
	fresh := sampleRow("Fresh", classroom.SheetLearner, 0)
	fresh.Meetings, fresh.Held = 0, 0
	return classroom.Sheet{
		Room: classroom.Room{ID: "room-1", Title: longName}, Course: classroom.Course{Title: oddName},
		Meetings: []classroom.SheetMeeting{sampleMeeting("m-2", true), sampleMeeting("m-1", false)},
		Rows: []classroom.SheetRow{
			sampleRow(oddName, classroom.SheetLearner, 2), sampleRow("Absent", classroom.SheetLearner, 0), left, fresh,
			sampleRow("", classroom.SheetModerator, 1), sampleRow("Guest", classroom.SheetGuest, 1), sampleRow("Observer", classroom.SheetUncounted, 1),
		},
	}
}

func sampleAttendance(base basePage) []samplePage {
	page := func(name string, moderator bool, change func(*attendancePage)) samplePage {
		p := &attendancePage{basePage: base, Sheet: sampleSheet(), Moderator: moderator, Ticket: "t"}
		chosen := ""
		if change != nil {
			change(p)
			chosen = p.ChosenID()
		}
		p.choose(chosen)
		p.sort()
		p.page("1")
		return samplePage{name, "attendance", p}
	}
	return []samplePage{
		page("attendance", true, nil),
		page("attendance-meeting", true, func(p *attendancePage) { p.Chosen = &p.Sheet.Meetings[1] }),
		page("attendance-reported", true, func(p *attendancePage) { p.Chosen = &p.Sheet.Meetings[0] }),
		page("attendance-own", false, func(p *attendancePage) { p.Sheet.Rows = p.Sheet.Rows[:1] }),
		page("attendance-own-none", false, func(p *attendancePage) { p.Sheet.Rows = nil }),
		page("attendance-none", true, func(p *attendancePage) { p.Sheet = classroom.Sheet{Room: p.Sheet.Room} }),
		page("attendance-long", true, func(p *attendancePage) {
			for range 2 * listLength {
				p.Sheet.Rows = append(p.Sheet.Rows, sampleRow("N", classroom.SheetLearner, 1))
			}
		}),
	}
}

func sampleGrades(base basePage) []samplePage {
	v := classroom.GradesView{
		Room:      classroom.Room{ID: "room-1", Title: longName, Graded: true, GradeAfter: 24, LineItemURL: "https://lms.example/item"},
		Gradebook: classroom.Gradebook{AskedAt: sampleTime, SentAt: sampleTime.Add(-time.Hour)}, AskedBy: classroom.Person{Name: oddName},
		Meetings: 2, ToSend: 3, Readable: true,
		Elsewhere: []classroom.SheetRow{sampleRow(oddName, classroom.SheetLearner, 1), sampleRow("", classroom.SheetLearner, 0)},
	}
	p := &gradesPage{basePage: base, View: v, Whose: "w", Page: 1}
	there := 50.0
	for _, state := range []classroom.GradeState{
		classroom.GradeNone, classroom.GradeExcluded, classroom.GradeNew, classroom.GradeChanged, classroom.GradeSent, classroom.GradeForeign,
	} {
		g := classroom.Grade{Correction: classroom.NoPercent, SentPercent: 40, SentAt: sampleTime, Excluded: state == classroom.GradeExcluded}
		r := classroom.GradeRow{SheetRow: sampleRow(oddName+string(state), classroom.SheetLearner, 1), Grade: g, Want: 41.7, There: &there, State: state}
		p.Rows = append(p.Rows, p.row(r))
	}
	for _, problem := range []classroom.GradeProblem{
		classroom.GradeOlder, classroom.GradeStranger, classroom.GradeUngraded, classroom.GradeForbidden, classroom.GradeBad,
	} {
		g := classroom.Grade{Correction: 12.5, SentPercent: classroom.NoPercent, Problem: problem}
		r := classroom.GradeRow{SheetRow: sampleRow("R"+string(problem), classroom.SheetLearner, 0), Grade: g, Want: 12.5, State: classroom.GradeRefused}
		p.Rows = append(p.Rows, p.row(r))
	}
	pages := []samplePage{
		{"grades", "grades", p},
		{"grades-another", "grades", &gradesPage{basePage: base, View: classroom.GradesView{Another: true}}},
		{"grades-unread", "grades", &gradesPage{basePage: base, View: classroom.GradesView{Unread: true}}},
		{"settings", "settings", &settingsPage{basePage: base, Whose: "w", Saved: true, View: classroom.SettingsView{
			Room: v.Room, HasGroups: true, HasRunning: true, Settings: classroom.RoomSettings{Record: true, Graded: true, GradeAfter: 24, Grouped: true},
		}}},
		{"settings-bare", "settings", &settingsPage{basePage: base, Whose: "w", View: classroom.SettingsView{Room: v.Room, Gradebook: classroom.GradesNotOffered}}},
	}
	for _, problem := range []classroom.GradeProblem{
		classroom.GradesNotOffered, classroom.GradesNoScores, classroom.GradesNoColumn, classroom.GradesColumnGone, classroom.GradesRefused,
	} {
		view := classroom.GradesView{Room: v.Room, Problem: problem}
		pages = append(pages, samplePage{"grades-" + string(problem), "grades", &gradesPage{basePage: base, View: view}})
	}
	return pages
}
