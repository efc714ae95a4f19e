package classroom_test

import (
	"testing"

	"classbridge/classroom"
	"classbridge/storage/storagetest"
)

// A login that names a registration half right is shown to its school; what fits
// several schools, or none, to whoever runs the installation.
func TestRefusalsAreKeptByTheSchoolThatWasMeant(t *testing.T) {
	w := newWorld(t)
	school := storagetest.Tenant(t, w.db)
	theirs := w.platform
	theirs.ID, theirs.TenantID, theirs.Issuer, theirs.ClientID = storagetest.ID(), school.ID, "https://theirs.example", "their client"
	must(t, w.db.CreatePlatform(t.Context(), theirs, nil))
	same := theirs
	same.ID, same.TenantID, same.Issuer, same.ClientID = storagetest.ID(), classroom.DefaultTenant, "https://both.example", "both"
	must(t, w.db.CreatePlatform(t.Context(), same, nil))
	same.ID, same.TenantID, same.Issuer = storagetest.ID(), school.ID, "https://both2.example"
	must(t, w.db.CreatePlatform(t.Context(), same, nil))

	for _, test := range []struct{ reference, platform, issuer, client, want string }{
		{"known", theirs.ID, "", "", school.ID},
		{"client", "", "https://mistyped.example", theirs.ClientID, school.ID},
		{"issuer", "", theirs.Issuer, "mistyped", school.ID},
		{"several", "", "", "both", classroom.DefaultTenant},
		{"none", "", "https://nobody.example", "nobody", classroom.DefaultTenant},
		{"bytes", "", "\x00\xff", "\x00", classroom.DefaultTenant},
		{"gone", storagetest.ID(), "", "", classroom.DefaultTenant},
	} {
		must(t, w.KeepRefusal(t.Context(), classroom.Refusal{Reference: test.reference, PlatformID: test.platform, Issuer: test.issuer, ClientID: test.client}))
		if _, found, err := w.db.FindRefusal(t.Context(), test.want, test.reference); err != nil || !found {
			t.Errorf("%s: not kept by %s: %v", test.reference, test.want, err)
		}
	}
}
