package ltitest

import (
	"html/template"
	"net/http"
	"net/url"
)

// storageScript keeps values for the pages of others, by their origin (LTI Client
// Side postMessages). It answers to who asked, and to nobody else.
const storageScript = `
const stored = new Map()
const answers = {
	"lti.capabilities": () => ({supported_messages: ["lti.put_data", "lti.get_data"].map(subject => ({subject, frame: {{.Target}}}))}),
	"lti.put_data": (origin, {key, value}) => {
		if (typeof key !== "string" || String(value).length > 4096) return {error: {code: "bad_request", message: "key or value"}}
		value === null ? stored.delete(origin + "\n" + key) : stored.set(origin + "\n" + key, value)
		return {key, value}
	},
	"lti.get_data": (origin, {key}) => ({key, value: stored.get(origin + "\n" + key)}),
}
addEventListener("message", e => {
	const answer = answers[e.data && e.data.subject]
	if (!answer) return
	e.source.postMessage({subject: e.data.subject + ".response", message_id: e.data.message_id, ...answer(e.origin, e.data)}, e.origin)
})
`

const storagePage = `<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>Storage</title></head>
<body><script>` + storageScript + `</script></body>
</html>
`

const framePage = `<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>Course</title><link rel="icon" href="data:"><style>iframe{width:100%;height:40em;border:0}</style></head>
<body>
{{if .Target}}<script>` + storageScript + `</script>{{end}}
{{if .Frame}}<iframe name="{{.Target}}" src="/storage" title="Storage" hidden></iframe>{{end}}
<iframe title="Classroom" src="{{.Source}}" allow="microphone; camera; display-capture; fullscreen"></iframe>
</body>
</html>
`

// storageView is what the pages are made of.
type storageView struct {
	Target string // of lti_storage_target
	Frame  bool   // the target is a frame of its own
	Source string
}

func (l *LMS) routeStorage() {
	l.handle("frame", "GET /frame", l.serveFrame)
	l.handle("storage", "GET /storage", l.serveStorage)
}

// serveFrame is GET /frame?person=&link= or &course=: a page with the tool in a
// frame, and the storage that the profile has for it.
func (l *LMS) serveFrame(w http.ResponseWriter, r *http.Request) {
	source := "/launch?" + url.Values{"person": {r.FormValue("person")}, "link": {r.FormValue("link")}}.Encode()
	if course := r.FormValue("course"); course != "" {
		source = "/deep-link?" + url.Values{"person": {r.FormValue("person")}, "course": {course}}.Encode()
	}
	target := l.Profile.Login.StorageTarget
	writePage(w, framePage, storageView{Target: target, Frame: target != "" && target != "_parent", Source: source})
}

// serveStorage is GET /storage: the frame that keeps values.
func (l *LMS) serveStorage(w http.ResponseWriter, _ *http.Request) {
	writePage(w, storagePage, storageView{Target: l.Profile.Login.StorageTarget})
}

func writePage(w http.ResponseWriter, text string, view storageView) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_ = template.Must(template.New("page").Parse(text)).Execute(w, view) // only a lost connection is left to fail
}
