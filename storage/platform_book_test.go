package storage_test

import (
	"fmt"
	"io/fs"
	"regexp"
	"strings"
	"testing"
	"time"

	"classbridge/classroom"
	"classbridge/migrations"
	"classbridge/storage"
	"classbridge/storage/storagetest"
)

// referring is a table that refers to something of a registration.
type referring struct {
	name    string
	columns []string // that hold something, with a value that fits
	values  []string
}

var (
	tableText  = regexp.MustCompile(`(?s)CREATE TABLE (\w+) \((.*?)\n\);`)
	columnText = regexp.MustCompile(`(?m)^    ([a-z_]+) +(TEXT|BIGINT|BOOLEAN|DOUBLE PRECISION)[^\n]*(NOT NULL|PRIMARY KEY)`)
	ofPlatform = regexp.MustCompile(`REFERENCES (platforms|courses|rooms|persons|meetings|adoptions) `)
)

// referringTables finds in the migrations whatever refers to a registration, its
// courses or people: the next table that does is found as well.
func referringTables(t *testing.T, known map[string]string) []referring {
	t.Helper()
	var tables []referring
	files, err := fs.Glob(migrations.FS, "*.sql")
	must(t, err)
	for _, file := range files {
		text, err := fs.ReadFile(migrations.FS, file)
		must(t, err)
		for _, m := range tableText.FindAllStringSubmatch(string(text), -1) {
			if !ofPlatform.MatchString(m[2]) {
				continue
			}
			r := referring{name: m[1]}
			for _, c := range columnText.FindAllStringSubmatch(m[2], -1) {
				value, ok := known[c[1]]
				switch {
				case ok:
				case c[2] == "TEXT": // some have to be unique
					value = "'" + storagetest.ID() + "'"
				case c[2] == "BOOLEAN":
					value = "FALSE"
				default:
					value = "0"
				}
				r.columns, r.values = append(r.columns, c[1]), append(r.values, value)
			}
			tables = append(tables, r)
		}
	}
	return tables
}

// Everything that refers to a registration goes with it, and nothing of another one.
func TestDeletedPlatformsLeaveNothing(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		s, kept := newSchool(t, db), newSchool(t, db)
		doomed, stays := fillPlatform(t, db, s), fillPlatform(t, db, kept)
		p := s.platform
		p.Disabled = true
		must(t, db.SavePlatform(t.Context(), p))
		if len(doomed) < 20 {
			t.Fatalf("only %d tables refer to a registration: is the test looking in the right place?", len(doomed))
		}
		must(t, raw(t, db, "UPDATE meetings SET open_room_id = NULL"))
		must(t, db.DeletePlatform(t.Context(), p.TenantID, p.ID))
		for i, left := range []map[string]string{doomed, stays} {
			for table, condition := range left {
				n := column(t, db, "SELECT CAST(COUNT(*) AS TEXT) FROM "+table+" WHERE "+condition)
				if gone := n == "0"; gone != (i == 0) {
					t.Errorf("%s: %s rows where %s", table, n, condition)
				}
			}
		}
	})
}

// fillPlatform puts a row into each table that refers to the registration, and
// answers how each is found.
func fillPlatform(t *testing.T, db *storage.DB, s school) map[string]string {
	t.Helper()
	server := storagetest.Server(t, db)
	m := storagetest.Meeting(t, db, s.room, server, s.teacher)
	a := classroom.Adoption{ID: storagetest.ID(), TenantID: s.platform.TenantID, FromPlatformID: s.platform.ID, ToPlatformID: s.platform.ID, CreatedAt: storagetest.Now()}
	must(t, db.CreateAdoption(t.Context(), a))
	known := map[string]string{}
	for name, id := range map[string]string{
		"tenant_id": s.platform.TenantID, "platform_id": s.platform.ID, "from_platform_id": s.platform.ID, "to_platform_id": s.platform.ID,
		"course_id": s.course.ID, "room_id": s.room.ID, "person_id": s.teacher.ID, "meeting_id": m.ID, "adoption_id": a.ID,
		"started_by": s.teacher.ID, "server_id": server.ID,
	} {
		known[name] = "'" + id + "'"
	}
	found := map[string]string{}
	for _, r := range referringTables(t, known) {
		for i, column := range r.columns {
			if column != "tenant_id" && column != "server_id" && strings.HasPrefix(known[column], "'") {
				found[r.name] = column + " = " + r.values[i]
			}
		}
		_ = raw(t, db, fmt.Sprintf("INSERT INTO %s (%s) VALUES (%s)", r.name, strings.Join(r.columns, ", "), strings.Join(r.values, ", "))) // or there is one already
		if n := column(t, db, "SELECT CAST(COUNT(*) AS TEXT) FROM "+r.name+" WHERE "+found[r.name]); n == "0" {
			t.Fatalf("no row in %s where %s", r.name, found[r.name])
		}
	}
	return found
}

func TestLaunchesOfAPlatform(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		s := newSchool(t, db)
		older := storagetest.Launch(t, db, s.room, s.teacher)
		newer := storagetest.Launch(t, db, s.room, s.teacher)
		last := got[map[string]time.Time](t)(db.LastLaunches(t.Context(), s.platform.TenantID))
		if at := last[s.platform.ID]; at.Before(older.CreatedAt) || !at.Equal(newer.CreatedAt) {
			t.Errorf("last launched at %s, want %s", at, newer.CreatedAt)
		}
		all := got[[]classroom.ListedLaunch](t)(db.LaunchesFrom(t.Context(), s.platform.TenantID, s.platform.ID, 10))
		if len(all) < 2 || all[0].ID != newer.ID || all[0].Course != s.course.Title || all[0].Room != s.room.Title || all[0].Person != s.teacher.Name || !all[0].CreatedAt.Equal(newer.CreatedAt) {
			t.Errorf("launches: %+v", all)
		}
		if one := got[[]classroom.ListedLaunch](t)(db.LaunchesFrom(t.Context(), s.platform.TenantID, s.platform.ID, 1)); len(one) != 1 {
			t.Errorf("%d launches, want 1", len(one))
		}
		other := otherTenant(t, db).ID
		if none := got[[]classroom.ListedLaunch](t)(db.LaunchesFrom(t.Context(), other, s.platform.ID, 10)); len(none) != 0 {
			t.Errorf("another tenant reads %d launches", len(none))
		}
		if _, err := db.TenantPlatform(t.Context(), other, s.platform.ID); !classroom.Is(err, classroom.NotFound) {
			t.Errorf("another tenant reads the registration: %v", err)
		}
		if w := got[classroom.PlatformWeight](t)(db.WeighPlatform(t.Context(), other, s.platform.ID)); w != (classroom.PlatformWeight{}) {
			t.Errorf("another tenant weighs %+v", w)
		}
	})
}

func TestResemblingCourses(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		s := newSchool(t, db)
		renewed := storagetest.Platform(t, db)
		c := storagetest.Course(t, db, renewed)
		c.Resembles, c.Title = s.course.ID, "Renewed"
		must(t, db.SaveCourse(t.Context(), c))
		want := []classroom.Resemblance{{Course: "Renewed", FromID: s.platform.ID, FromName: s.platform.Name, ToID: renewed.ID, ToName: renewed.Name}}
		diff(t, want, got[[]classroom.Resemblance](t)(db.ResemblingCourses(t.Context(), c.TenantID, 10)))
		diff(t, []classroom.Resemblance{}, got[[]classroom.Resemblance](t)(db.ResemblingCourses(t.Context(), otherTenant(t, db).ID, 10)))
	})
}
