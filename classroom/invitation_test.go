package classroom_test

import (
	"strings"
	"testing"
	"time"

	"classbridge/classroom"
	"classbridge/storage/storagetest"
)

func TestNewInvitation(t *testing.T) {
	w := newWorld(t)
	now := w.clock()
	i, code := classroom.NewInvitation(classroom.Invitation{TenantID: classroom.DefaultTenant, Name: "Moodle"}, now, time.Hour)
	other, otherCode := classroom.NewInvitation(classroom.Invitation{}, now, time.Hour)
	if len(code) != 32 || code == otherCode || i.ID == other.ID || i.Hash == other.Hash {
		t.Errorf("codes %q and %q", code, otherCode)
	}
	if strings.Contains(i.Hash, code) || !i.ExpiresAt.Equal(now.Add(time.Hour)) {
		t.Errorf("the invitation: %+v", i)
	}
	must(t, w.db.CreateInvitation(t.Context(), i))
	for _, typed := range []string{code, strings.ToUpper(code)} {
		if found, err := w.Invitation(t.Context(), typed); err != nil || found.ID != i.ID {
			t.Errorf("%q finds %+v, %v", typed, found, err)
		}
	}
	for _, wrong := range []string{"", i.Hash, otherCode, code + "a", strings.Repeat("x", 1<<20)} {
		if _, err := w.Invitation(t.Context(), wrong); !classroom.Is(err, classroom.NotFound) {
			t.Errorf("%.40q: %v", wrong, err)
		}
	}
}

func TestInvitationsAreKeptForAMonth(t *testing.T) {
	w := newWorld(t)
	i, _ := classroom.NewInvitation(classroom.Invitation{TenantID: classroom.DefaultTenant}, w.clock(), time.Hour)
	must(t, w.db.CreateInvitation(t.Context(), i))
	for _, left := range []int{1, 1, 0} {
		_, err := w.Do(t.Context(), classroom.Sweep{})
		must(t, err)
		all, err := w.db.Invitations(t.Context(), i.TenantID)
		must(t, err)
		same(t, left, len(all))
		w.wait(15*24*time.Hour + time.Hour)
	}
}

func TestInvitationState(t *testing.T) {
	now := storagetest.Now()
	for want, i := range map[classroom.InvitationState]classroom.Invitation{
		classroom.InvitationOpen:      {ExpiresAt: now.Add(time.Second)},
		classroom.InvitationExpired:   {ExpiresAt: now},
		classroom.InvitationUsed:      {ExpiresAt: now, UsedAt: now},
		classroom.InvitationWithdrawn: {ExpiresAt: now, WithdrawnAt: now},
	} {
		if got := i.State(now); got != want {
			t.Errorf("%+v is %s, want %s", i, got, want)
		}
	}
}
