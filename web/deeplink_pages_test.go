package web

import "classbridge/classroom"

// sampleDeepLinking has the choice of rooms in all its states, with names that mean ill.
func sampleDeepLinking(base basePage) []samplePage {
	v := classroom.Placing{
		Ticket: "t", Course: classroom.Course{Title: oddName}, MayPlace: true, MayGrade: true, MayRecord: true,
		Proposed: classroom.NewRoom{Title: oddName, Description: longName},
	}
	v.AcceptMultiple = true
	empty := &placementPage{basePage: base, Placing: v}
	empty.offerRows()
	full := &placementPage{basePage: base, Placing: v, Problem: "deeplink.none_chosen", Options: []roomOption{
		{classroom.PlaceableRoom{Room: classroom.Room{ID: "r1", Title: oddName, Description: oddName, Record: true}, UsedAt: sampleTime}, true},
		{classroom.PlaceableRoom{Room: classroom.Room{ID: "r2", Title: longName}}, false},
	}}
	full.addRows(classroom.MaxChosen + 1)
	full.Rows[0].NewRoom = classroom.NewRoom{Title: oddName, Description: oddName, Record: true, Graded: true}
	full.Rows[0].Problem = "deeplink.title_long"
	single := &placementPage{basePage: base, Placing: v, Options: full.Options}
	single.AcceptMultiple, single.MayGrade, single.MayRecord = false, false, false
	single.offerRows()
	learner := &placementPage{basePage: base}
	learner.Placing.Ticket = "t"
	back := returnPage{base, classroom.Chosen{ReturnURL: "https://lms.example/return?sesskey=a&id=2", JWT: "a.b.c"}}
	return []samplePage{
		{"deeplink-empty", "deeplink", empty}, {"deeplink-full", "deeplink", full}, {"deeplink-single", "deeplink", single},
		{"deeplink-learner", "deeplink", learner}, {"deeplink-return", "deeplink_return", back},
	}
}
