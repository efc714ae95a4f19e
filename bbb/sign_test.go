package bbb_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"classbridge/bbb"
)

const secret = "639259d4-9dd8-4b25-bf01-95f9567eaf4b"

// The vectors were computed with coreutils, not with Go.
func TestChecksum(t *testing.T) {
	const made = "name=Test+Meeting&meetingID=abc123&attendeePW=111222&moderatorPW=333444"
	const sorted = "attendeePW=111222&meetingID=abc123&moderatorPW=333444&name=Test+Meeting"
	const hook = "callbackURL=https%3A%2F%2Fx.example%2Fcb"
	const hookBody = "domain=bbb.example&event=%5B%7B%22data%22%3A%7B%22id%22%3A%22meeting-ended%22%7D%7D%5D&timestamp=1532718316953"
	for _, v := range []struct {
		hash              bbb.Hash
		call, query, want string
	}{
		{bbb.SHA1, "create", made, "1fcbb0c4fc1f039f73aa6d697d2db9ba7f803f17"},
		{bbb.SHA256, "create", made, "da9185f7f333cfdfcd6eeac32dca3777510c4c436020d8b887ba5515bd1d189e"},
		{"", "create", made, "da9185f7f333cfdfcd6eeac32dca3777510c4c436020d8b887ba5515bd1d189e"},
		{bbb.SHA512, "create", made, "de73ad61d11a5c801b68d4bd6ec5248546085cefb0b25c85f3c46249ea93a3a4b120f92c0a8a58d7512cb77821884951a3b01245f3435dbbef49fff3cc3988b4"},
		{"sha384", "create", made, ""},
		{bbb.SHA256, "create", strings.Replace(made, "+", "%20", 1), "99ef8fb30893e29923a002b11e48b0be4fecfd3d72b69fa7201808775d4f7059"},
		{bbb.SHA256, "create", sorted, "94ec9a89c7dc53af01537aef9f8ecbae5e95cd7f37cd4bf18101b976a4a8b097"},
		{bbb.SHA1, "create", sorted, "0b89c2ebcfefb76772cbcf19386c33561f66f6ae"},
		{bbb.SHA256, "create", "", "272c9555258496a3f19c5ad8f599af2a4ebec031381ff1e37b34842c42c12284"},
		{bbb.SHA256, "getMeetings", "", "a5370c5f3d97d56d53b435684cdbc429c2898a3bf9f435518b4279e1e0dbfc8c"},
		{bbb.SHA1, "getMeetings", "", "2027baa7771026e9e93392f55031535d1444c41f"},
		{bbb.SHA256, "hooks/create", hook, "dc3cebf94b137ec9de249daba3883a439e30cb38396f07ec125bff3c3e3f4329"},
		{bbb.SHA1, "hooks/create", hook, "7908b14ec364bc34796783ed12cb5ffaa03a5038"},
		{bbb.SHA256, "join", "fullName=Zo%C3%AB+%26+%E6%9D%8E&meetingID=abc123&role=VIEWER&userID=u-1", "e428bd5ba8ef8b9773b33611d814ffb876d5012e96a1bd75679a651b8eaa3200"},
		{bbb.SHA1, "https://x.example/cb", hookBody, "d38948672adac41d25ca4cfa64bc5bb31b064354"},
	} {
		if got := v.hash.Checksum(v.call, v.query, secret); got != v.want {
			t.Errorf("%s %s?%s: got %s, want %s", v.hash, v.call, v.query, got, v.want)
		}
	}
}

func TestEndpoint(t *testing.T) {
	for raw, want := range map[string]string{
		"https://bbb.example":                        "https://bbb.example/bigbluebutton/api",
		"https://bbb.example/":                       "https://bbb.example/bigbluebutton/api",
		"https://bbb.example/bigbluebutton/":         "https://bbb.example/bigbluebutton/api",
		"https://bbb.example/bigbluebutton":          "https://bbb.example/bigbluebutton/api",
		" https://bbb.example/bigbluebutton/api/ \n": "https://bbb.example/bigbluebutton/api",
		"http://bbb.example:8090/bigbluebutton/api":  "http://bbb.example:8090/bigbluebutton/api",
		"https://bbb.example/b%20b/school-1":         "https://bbb.example/b%20b/school-1/api",
		"bbb.example/bigbluebutton":                  "",
		"ftp://bbb.example/":                         "",
		"https:///bigbluebutton":                     "",
		"https://user:pw@bbb.example/":               "",
		"https://bbb.example/?x=1":                   "",
		"https://bbb.example/#x":                     "",
		"https://[::1":                               "",
		"":                                           "",
	} {
		got, err := bbb.Endpoint(raw)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("Endpoint(%q) = %q, %v; want %q", raw, got, err, want)
		}
	}
}

// What is hashed must be what travels, byte for byte.
func TestSignedAsSent(t *testing.T) {
	var raw string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw = r.URL.RawQuery
		w.Write([]byte(`<response><returncode>SUCCESS</returncode><running>false</running></response>`))
	}))
	defer server.Close()
	for _, hash := range []bbb.Hash{"", bbb.SHA1, bbb.SHA256, bbb.SHA512} {
		c := &bbb.Client{URL: server.URL, Secrets: []string{secret, "older"}, Hash: hash}
		if _, err := c.IsRunning(context.Background(), "räume & 1/2 ~*"); err != nil {
			t.Fatal(err)
		}
		query, sum, _ := strings.Cut(raw, "&checksum=")
		if want := hash.Checksum("isMeetingRunning", query, secret); sum != want {
			t.Errorf("%q: checksum %s of %s, want %s", hash, sum, query, want)
		}
		if want := "meetingID=r%C3%A4ume+%26+1%2F2+~%2A"; query != want {
			t.Errorf("query %s, want %s", query, want)
		}
	}
}

func TestJoinURL(t *testing.T) {
	c := &bbb.Client{URL: "https://bbb.example/bigbluebutton/", Secrets: []string{secret}}
	got, err := c.JoinURL(bbb.JoinRequest{
		MeetingID: "abc123", CreateTime: 1531241258036, FullName: "Zoë & 李", Role: bbb.Viewer, UserID: "u-1",
		Guest: true, Auth: true, LogoutURL: "https://t.example/left", ErrorRedirectURL: "https://t.example/left?e",
		AvatarURL: "https://t.example/a.png", Locale: "pt-BR", Password: "pw", UserData: map[string]string{"bbb_skip_check_audio": "true"},
	})
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(got)
	if err != nil {
		t.Fatal(err)
	}
	if at := u.Scheme + "://" + u.Host + u.Path; at != "https://bbb.example/bigbluebutton/api/join" {
		t.Errorf("address %s", at)
	}
	for key, want := range map[string]string{
		"meetingID": "abc123", "createTime": "1531241258036", "fullName": "Zoë & 李", "role": "VIEWER", "userID": "u-1",
		"guest": "true", "auth": "true", "logoutURL": "https://t.example/left", "errorRedirectUrl": "https://t.example/left?e",
		"avatarURL": "https://t.example/a.png", "userdata-bbb_override_default_locale": "pt-BR", "password": "pw",
		"userdata-bbb_skip_check_audio": "true",
	} {
		if got := u.Query().Get(key); got != want {
			t.Errorf("%s = %q, want %q", key, got, want)
		}
	}
	query, sum, _ := strings.Cut(u.RawQuery, "&checksum=")
	if want := bbb.SHA256.Checksum("join", query, secret); sum != want {
		t.Errorf("checksum %s, want %s", sum, want)
	}
}

// A join without a word about guest has to wait in the lobby, on servers that ask
// a moderator.
func TestJoinURLSaysWhetherGuest(t *testing.T) {
	c := &bbb.Client{URL: "https://bbb.example", Secrets: []string{secret}}
	got, err := c.JoinURL(bbb.JoinRequest{MeetingID: "abc123", FullName: "Ada", Role: bbb.Viewer})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(got, "&guest=false&") || strings.Contains(got, "auth=") {
		t.Errorf("the address is %s", got)
	}
}

func TestJoinURLRefuses(t *testing.T) {
	good := bbb.JoinRequest{MeetingID: "abc123", FullName: "Ada", Role: bbb.Viewer}
	for name, spoil := range map[string]func(*bbb.JoinRequest){
		"no id":   func(r *bbb.JoinRequest) { r.MeetingID = "" },
		"no name": func(r *bbb.JoinRequest) { r.FullName = "" },
		"no role": func(r *bbb.JoinRequest) { r.Role = "" },
		"a role":  func(r *bbb.JoinRequest) { r.Role = "OWNER" },
		"length":  func(r *bbb.JoinRequest) { r.AvatarURL = strings.Repeat("x", 9000) },
	} {
		r := good
		spoil(&r)
		c := &bbb.Client{URL: "https://bbb.example", Secrets: []string{secret}}
		if got, err := c.JoinURL(r); !hasReason(err, bbb.Invalid) || got != "" {
			t.Errorf("%s: got %q, %v", name, got, err)
		}
	}
}
