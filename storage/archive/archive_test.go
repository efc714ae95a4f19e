package archive_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"classbridge/storage/archive"
	"classbridge/storage/vault"

	"filippo.io/age"
	"github.com/google/go-cmp/cmp"
)

var at = time.Date(2026, 11, 22, 10, 0, 0, 123_456_000, time.UTC)

func header() archive.Header {
	return archive.Header{
		Made: at, Program: "test", Database: "sqlite", Migrations: []int64{1, 2}, Key: "00112233",
		Tables: []archive.Table{{Name: "things", Columns: []archive.Column{
			{Name: "id", Kind: archive.Text}, {Name: "n", Kind: archive.Number}, {Name: "f", Kind: archive.Float},
			{Name: "is", Kind: archive.Truth}, {Name: "at", Kind: archive.Time}, {Name: "b", Kind: archive.Bytes},
		}}, {Name: "empty"}},
	}
}

// rows of the table things.
func rows() [][]any {
	return [][]any{
		{"a", int64(1) << 62, 0.1, true, at, []byte{0, 1, 255}},
		{"<b> \"quoted\" \u2028\n", int64(-1), 1e300, false, time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC), []byte{}},
		{nil, nil, nil, nil, nil, nil},
	}
}

func write(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := archive.NewWriter(&b, header())
	must(t, err)
	must(t, w.Table("things"))
	for _, r := range rows() {
		must(t, w.Row(append([]any{}, r...)))
	}
	must(t, w.Table("empty"))
	must(t, w.Work())
	must(t, w.Job(archive.Work{Kind: "announce", Args: []byte(`{"AnnouncementID": "a"}`), At: at}))
	_, err = w.Close()
	must(t, err)
	return b.Bytes()
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	var got [][]any
	var work *archive.Work
	h, sum, err := archive.Check(bytes.NewReader(write(t)), func(r *archive.Record) error {
		if r.Work != nil {
			work = r.Work
			return nil
		}
		got = append(got, r.Row)
		return nil
	})
	must(t, err)
	want := header()
	want.Format = 1
	if diff := cmp.Diff(want, h); diff != "" {
		t.Errorf("header (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(rows(), got); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(&archive.Work{Kind: "announce", Args: []byte(`{"AnnouncementID":"a"}`), At: at}, work); diff != "" {
		t.Errorf("work (-want +got):\n%s", diff)
	}
	if sum.Total() != 3 || sum.Rows["things"] != 3 || sum.Work != 1 || len(sum.SHA256) != 64 {
		t.Errorf("summary %+v", sum)
	}
}

// An archive that is not whole says so: cut anywhere, changed, or longer.
func TestDamageIsFound(t *testing.T) {
	whole := write(t)
	for n := range len(whole) {
		if _, _, err := archive.Check(bytes.NewReader(whole[:n]), nil); err == nil {
			t.Fatalf("cut after %d of %d bytes, it was believed", n, len(whole))
		}
	}
	plain := unzip(t, whole)
	for name, text := range map[string]string{
		"a row is gone":    without(plain, 2),
		"a row is changed": strings.Replace(plain, `"a",4611`, `"b",4611`, 1),
		"a row too many":   strings.Replace(plain, `{"table":"empty"}`, `["c",1,1,true,null,null]`+"\n"+`{"table":"empty"}`, 1),
		"work is gone":     without(plain, 7),
		"a row of no kind": strings.Replace(plain, `,true,`, `,"true",`, 1),
		"no table":         strings.Replace(plain, `{"table":"things"}`, `{"table":"others"}`, 1),
		"another follows":  plain + plain,
		"another format":   strings.Replace(plain, `"format":1`, `"format":2`, 1),
	} {
		if text == plain {
			t.Fatalf("%s: nothing was changed", name)
		}
		if _, _, err := archive.Check(bytes.NewReader(zip(t, text)), nil); err == nil {
			t.Errorf("%s: it was believed", name)
		}
	}
}

func TestLocks(t *testing.T) {
	ours, others := sealer(t, 1), sealer(t, 2)
	me, err := age.GenerateX25519Identity()
	must(t, err)
	somebody, err := age.GenerateX25519Identity()
	must(t, err)
	for _, test := range []struct {
		name  string
		locks archive.Locks
		keys  archive.Keys
		want  error
	}{
		{"master key", archive.Locks{Master: ours}, archive.Keys{Master: ours}, nil},
		{"another master key", archive.Locks{Master: ours}, archive.Keys{Master: others}, archive.ErrNeedsMaster},
		{"passphrase", archive.Locks{Passphrase: "correct", Master: ours}, archive.Keys{Passphrase: "correct", Master: others}, nil},
		{"another passphrase", archive.Locks{Passphrase: "correct", Master: ours}, archive.Keys{Passphrase: "horse", Master: ours}, archive.ErrNeedsPassphrase},
		{"no passphrase", archive.Locks{Passphrase: "correct", Master: ours}, archive.Keys{Master: ours}, archive.ErrNeedsPassphrase},
		{"recipient", archive.Locks{Recipients: []age.Recipient{me.Recipient()}, Master: ours}, archive.Keys{Identities: []age.Identity{me}, Master: others}, nil},
		{"another's", archive.Locks{Recipients: []age.Recipient{me.Recipient()}, Master: ours}, archive.Keys{Identities: []age.Identity{somebody}, Master: ours}, archive.ErrNeedsIdentity},
	} {
		t.Run(test.name, func(t *testing.T) {
			var file bytes.Buffer
			w, err := test.locks.Encrypt(&file)
			must(t, err)
			_, err = w.Write([]byte("everything about everybody"))
			must(t, errors.Join(err, w.Close()))
			if bytes.Contains(file.Bytes(), []byte("everybody")) {
				t.Error("the file can be read")
			}
			r, err := test.keys.Decrypt(bytes.NewReader(file.Bytes()))
			if !errors.Is(err, test.want) {
				t.Fatalf("%v, want %v", err, test.want)
			}
			if err == nil {
				plain, err := io.ReadAll(r)
				must(t, err)
				if string(plain) != "everything about everybody" {
					t.Errorf("it holds %q", plain)
				}
			}
		})
	}
}

func TestNoFileOfOurs(t *testing.T) {
	keys := archive.Keys{Master: sealer(t, 1)}
	if _, err := keys.Decrypt(strings.NewReader("SQLite format 3")); !errors.Is(err, archive.ErrDamaged) {
		t.Error(err)
	}
	if _, err := archive.NewReader(strings.NewReader("SQLite format 3")); !errors.Is(err, archive.ErrDamaged) {
		t.Error(err)
	}
}

func sealer(t *testing.T, fill byte) *vault.Vault {
	t.Helper()
	v, err := vault.New(bytes.Repeat([]byte{fill}, vault.MasterSize))
	must(t, err)
	return v
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
