package storage_test

import (
	"testing"

	"classbridge/classroom"
	"classbridge/storage"
	"classbridge/storage/storagetest"
)

func TestRoomsOfChannel(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		s := newSchool(t, db)
		course := s.course
		course.Channel, course.ChannelID = classroom.ChannelOpen, "ch-1"
		must(t, db.SaveCourse(t.Context(), course))
		c, found, err := db.FindCourseOfChannel(t.Context(), course.TenantID, "ch-1")
		if must(t, err); !found || c.ID != course.ID {
			t.Errorf("FindCourseOfChannel = %+v, %v", c, found)
		}
		for tenantID, channel := range map[string]string{otherTenant(t, db).ID: "ch-1", course.TenantID: ""} {
			if _, found, err := db.FindCourseOfChannel(t.Context(), tenantID, channel); err != nil || found {
				t.Errorf("channel %q of tenant %s = %v, %v", channel, tenantID, found, err)
			}
		}
		group := s.room
		group.ID, group.ParentID, group.GroupID = storagetest.ID(), s.room.ID, "7"
		group.ResourceLinkID = group.ID
		must(t, db.CreateRoom(t.Context(), group))
		mine := classroom.ChannelRooms{TenantID: course.TenantID, CourseID: course.ID, Limit: 10}
		of := func(groups ...string) classroom.ChannelRooms {
			q := mine
			q.GroupIDs = groups
			return q
		}
		all := mine
		all.AllGroups = true
		main := classroom.OpenRoom{Room: s.room}
		diff(t, []classroom.OpenRoom{main}, got[[]classroom.OpenRoom](t)(db.RoomsOfChannel(t.Context(), all)))
		storagetest.Meeting(t, db, group, s.server, s.teacher)
		red := classroom.OpenRoom{Room: group, Open: true}
		for _, test := range []struct {
			q    classroom.ChannelRooms
			want []classroom.OpenRoom
		}{
			{mine, []classroom.OpenRoom{main}},
			{of("8"), []classroom.OpenRoom{main}},
			{of("7", "8"), []classroom.OpenRoom{red, main}},
			{all, []classroom.OpenRoom{red, main}},
			{classroom.ChannelRooms{TenantID: "another", CourseID: course.ID, AllGroups: true, Limit: 10}, nil},
			{classroom.ChannelRooms{TenantID: course.TenantID, CourseID: course.ID, AllGroups: true, Limit: 1}, []classroom.OpenRoom{red}},
		} {
			diff(t, test.want, got[[]classroom.OpenRoom](t)(db.RoomsOfChannel(t.Context(), test.q)))
		}
	})
}

func TestCommandTokenIsSealed(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		tenant := storagetest.Tenant(t, db)
		for _, token := range []string{"", "command-token"} {
			want := classroom.ChatConnection{TenantID: tenant.ID, URL: "https://chat.example", Token: "t", CommandToken: token, UpdatedAt: storagetest.Now()}
			must(t, db.SaveChatConnection(t.Context(), want))
			c, found, err := db.FindChatConnection(t.Context(), tenant.ID)
			if must(t, err); !found || c.CommandToken != token {
				t.Errorf("stored %q, read %q", token, c.CommandToken)
			}
		}
		sealed := int64(0)
		for _, s := range got[[]storage.Sealed](t)(db.Sealed(t.Context())) {
			if s.Table == "chat_connections" && s.Column == "command_token" && s.CanReseal() {
				sealed += s.Rows
			}
		}
		if sealed != 1 {
			t.Errorf("%d command tokens are sealed", sealed)
		}
	})
}
