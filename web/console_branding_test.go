package web

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"classbridge/admin"
	"classbridge/classroom"
)

// pictureOf draws a PNG of that size, with something else in its file.
func pictureOf(w *world, width, height int) []byte {
	w.Helper()
	picture := image.NewRGBA(image.Rect(0, 0, width, height))
	picture.Set(0, 0, color.RGBA{R: 255, A: 255})
	var b bytes.Buffer
	w.must(png.Encode(&b, picture))
	return append(b.Bytes(), "canary <script>"...)
}

// brands sends the form of the school's look.
func (u *consoleUser) brands(accent string, logo []byte, more ...string) (*http.Response, string) {
	u.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	u.must(form.WriteField("accent", accent))
	for _, field := range more {
		u.must(form.WriteField(field, "yes"))
	}
	file, err := form.CreateFormFile("logo", "../../logo.svg")
	u.must(err)
	_, err = file.Write(logo)
	u.must(err)
	u.must(form.Close())
	r, err := http.NewRequestWithContext(u.Context(), post, u.url+pathBranding, &body)
	u.must(err)
	r.Header.Set("Content-Type", form.FormDataContentType())
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.AddCookie(&http.Cookie{Name: doorConsole, Value: u.token})
	resp, err := u.client.Do(r)
	u.must(err)
	defer resp.Body.Close()
	var page bytes.Buffer
	_, err = page.ReadFrom(resp.Body)
	u.must(err)
	return resp, page.String()
}

func TestBranding(t *testing.T) {
	w := newWorld(t)
	u := w.signIn(classroom.DefaultTenant, admin.Admin)
	for name, test := range map[string]struct {
		accent string
		logo   []byte
		field  string
	}{
		"a colour that ends the style": {"#fff}*{", nil, "accent"},
		"a script":                     {"", []byte("<svg onload=alert(1)>"), "logo"},
		"too wide":                     {"", pictureOf(w, 1201, 1), "logo"},
		"half a picture":               {"", pictureOf(w, 8, 8)[:60], "logo"},
	} {
		if resp, page := u.brands(test.accent, test.logo); resp.StatusCode != wrongForm || !strings.Contains(page, `id="`+test.field+`-wrong"`) {
			t.Errorf("%s: %d\n%s", name, resp.StatusCode, page)
		}
	}
	if resp, _ := u.brands("", bytes.Repeat([]byte("x"), 300<<10)); resp.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("a file that is too large: %d", resp.StatusCode)
	}
	if resp, page := u.brands("#FFCC00", pictureOf(w, 40, 20)); resp.StatusCode != http.StatusSeeOther {
		t.Fatalf("%d\n%s", resp.StatusCode, page)
	}
	room, _ := w.browser().enter("learner", "room-1")
	logo := room.attr("img.logo", "src")
	if !strings.Contains(room.body, `href="/brand/accent/ffcc00.css"`) || logo == "" || !strings.Contains(u.page(pathConsole), logo) {
		t.Errorf("pages do not look as the school wants:\n%s", room.body)
	}
	picture := w.browser().get(logo).want(http.StatusOK)
	if picture.header.Get("Content-Type") != "image/png" || strings.Contains(picture.body, "canary") {
		t.Errorf("the logo: %v", picture.header)
	}
	css := w.browser().get("/brand/accent/ffcc00.css").want(http.StatusOK)
	if !strings.HasPrefix(css.body, ":root { --accent: #") || !strings.HasPrefix(css.header.Get("Content-Type"), "text/css") {
		t.Errorf("the colours: %s", css.body)
	}
	for _, path := range []string{"/brand/accent/ffcc0.css", "/brand/accent/%23ffcc00.css", "/brand/accent/red;.css", strings.Replace(logo, ".png", "", 1), strings.Replace(logo, "default", w.otherSchool().ID, 1), "/brand/logo/default/00.png"} {
		w.browser().get(path).want(http.StatusNotFound)
	}
	other := w.signIn(w.otherSchool().ID, admin.Owner)
	if page := other.page(pathConsole); strings.Contains(page, "/brand/") {
		t.Error("another school looks the same")
	}
	u.brands("", nil, "remove")
	if page := u.page(pathConsole); strings.Contains(page, "/brand/") {
		t.Error("the look was not taken back")
	}
}
