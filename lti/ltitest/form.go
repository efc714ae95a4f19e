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

// ReadForm takes such a page apart and closes the answer.
func ReadForm(answer *http.Response) (action string, fields url.Values, err error) {
	defer answer.Body.Close()
	body, err := io.ReadAll(io.LimitReader(answer.Body, 1<<20))
	if err != nil {
		return "", nil, err
	}
	if answer.StatusCode != http.StatusOK {
		return "", nil, fmt.Errorf("ltitest: HTTP status %d: %.200s", answer.StatusCode, body)
	}
	form := regexp.MustCompile(`<form method="post" action="([^"]*)">`).FindSubmatch(body)
	if form == nil {
		return "", nil, errors.New("ltitest: no form in the page")
	}
	fields = make(url.Values)
	input := regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)">`)
	for _, m := range input.FindAllSubmatch(body, -1) {
		fields.Add(html.UnescapeString(string(m[1])), html.UnescapeString(string(m[2])))
	}
	return html.UnescapeString(string(form[1])), fields, nil
}
