package storage_test

import (
	"testing"

	"classbridge/admin"
	"classbridge/classroom"
	"classbridge/storage"
	"classbridge/storage/storagetest"

	"github.com/google/go-cmp/cmp"
)

func TestBrandings(t *testing.T) {
	storagetest.Each(t, func(t *testing.T, db *storage.DB) {
		other := otherTenant(t, db).ID
		want := admin.Branding{TenantID: classroom.DefaultTenant, Accent: "#ffcc00", Logo: "ab12", UpdatedAt: storagetest.Now()}
		for _, picture := range []string{"\x89PNG\x00\xff", "another"} {
			must(t, db.AdminTx(t.Context(), func(q admin.Queries) error {
				must(t, q.SaveLogo(t.Context(), want.TenantID, want.Logo, []byte(picture)))
				return q.SaveBranding(t.Context(), want)
			}))
			got, found, err := db.FindBranding(t.Context(), want.TenantID)
			must(t, err)
			if diff := cmp.Diff(want, got); diff != "" || !found {
				t.Errorf("branding (-want +got):\n%s", diff)
			}
			kept, err := db.Logo(t.Context(), want.TenantID, want.Logo)
			if err != nil || string(kept) != picture {
				t.Errorf("logo %q: %v", kept, err)
			}
			want.Accent = ""
		}
		if _, found, err := db.FindBranding(t.Context(), other); err != nil || found {
			t.Errorf("another tenant has it: %v", err)
		}
		for _, ask := range [][2]string{{other, want.Logo}, {want.TenantID, "00"}} {
			if _, err := db.Logo(t.Context(), ask[0], ask[1]); !classroom.Is(err, classroom.NotFound) {
				t.Errorf("logo %v: %v", ask, err)
			}
		}
	})
}
