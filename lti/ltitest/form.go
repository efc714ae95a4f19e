package ltitest

import (
	"errors"
	"fmt"
	"html"
	"html/template"
	"io"
	"net/http"
	"net/url"
	"regexp"
)

const formPage = `<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>One moment</title></head>
<body>
<form method="post" action="{{.Action}}">
{{- range $name, $values := .Fields}}{{range $values}}
<input type="hidden" name="{{$name}}" value="{{.}}">
{{- end}}{{end}}
<noscript><button>Continue</button></noscript>
</form>
<script>document.forms[0].submit()</script>
</body>
</html>
`

// writeForm answers with a form that submits itself.
func writeForm(w http.ResponseWriter, action string, fields url.Values) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	page := template.Must(template.New("form").Parse(formPage))
	_ = page.Execute(w, struct {
		Action string
		Fields url.Values
	}{action, fields}) // only a lost connection is left to fail
}

const twicePage = `<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>One moment</title></head>
<body>
<a id="login" href="{{.}}">Continue</a>
<script>
const login = document.getElementById("login").href
window.location = login
setTimeout(() => { window.location = login }, 500)
</script>
</body>
</html>
`

// writeTwice answers with a page that goes to an address at once and again.
func writeTwice(w http.ResponseWriter, address string) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_ = template.Must(template.New("twice").Parse(twicePage)).Execute(w, address) // as above
}

// htmlPage is a page that has been read.
type htmlPage []byte

func readPage(answer *http.Response) (htmlPage, error) {
	defer answer.Body.Close()
	body, err := io.ReadAll(io.LimitReader(answer.Body, 1<<20))
	if err != nil {
		return nil, err
	}
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("ltitest: HTTP status %d: %.200s", answer.StatusCode, body)
	}
	return body, nil
}

func (p htmlPage) form() (action string, fields url.Values, err error) {
	form := regexp.MustCompile(`<form method="post" action="([^"]*)">`).FindSubmatch(p)
	if form == nil {
		return "", nil, errors.New("ltitest: no form in the page")
	}
	fields = make(url.Values)
	input := regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)">`)
	for _, m := range input.FindAllSubmatch(p, -1) {
		fields.Add(html.UnescapeString(string(m[1])), html.UnescapeString(string(m[2])))
	}
	return html.UnescapeString(string(form[1])), fields, nil
}

// script is where writeTwice leads.
func (p htmlPage) script() (address string, twice bool) {
	link := regexp.MustCompile(`<a id="login" href="([^"]*)">`).FindSubmatch(p)
	if link == nil {
		return "", false
	}
	return html.UnescapeString(string(link[1])), true
}

// ReadForm takes such a page apart and closes the answer.
func ReadForm(answer *http.Response) (action string, fields url.Values, err error) {
	page, err := readPage(answer)
	if err != nil {
		return "", nil, err
	}
	return page.form()
}
