package ltitest

import (
	"encoding/json"
	"net/http"
	"net/url"
)

const (
	gradesClaim   = ags + "claim/endpoint"
	lineItemType  = "application/vnd.ims.lis.v2.lineitem+json"
	lineItemsType = "application/vnd.ims.lis.v2.lineitemcontainer+json"
)

func (l *LMS) routeGrades() {
	if l.Profile.Grades == nil {
		return
	}
	read := []string{scopeLineItem, scopeLineItemRead}
	if l.Profile.Grades.StrictScopes {
		read = []string{scopeLineItemRead}
	}
	const items = "/courses/{course}/lineitems"
	l.service("lineitems", "GET "+items, l.listLineItems, read...)
	l.service("lineitems", "POST "+items, l.createLineItem, scopeLineItem)
	l.service("lineitem", "GET "+items+"/{item}/lineitem", l.showLineItem, read...)
	l.service("scores", "POST "+items+"/{item}/lineitem/scores", l.receiveScore, scopeScore)
	l.service("results", "GET "+items+"/{item}/lineitem/results", l.listResults, scopeResultRead)
}

// LineItemsURL is the container of a course.
func (l *LMS) LineItemsURL(course string) string { return l.gradesURL(course, "") }

func (l *LMS) gradesURL(course, rest string) string {
	address := l.at("/courses/" + url.PathEscape(course) + "/lineitems" + rest)
	if query := l.Profile.Grades.Query; query != "" {
		address += "?" + query
	}
	return address
}

func (l *LMS) itemURL(i *item) string { return l.gradesURL(i.course, "/"+i.id+"/lineitem") }

// gradesOffer names the line item only where the link has exactly one (AGS §4.1).
func (v visit) gradesOffer() map[string]any {
	offer := map[string]any{
		"scope":     []string{scopeLineItem, scopeLineItemRead, scopeResultRead, scopeScore},
		"lineitems": v.lms.LineItemsURL(v.course.ID),
	}
	if v.link.ID == "" {
		return offer
	}
	own := v.lms.gradebook.of(v.course.ID, func(i *item) bool { return i.link == v.link.ID })
	if len(own) == 1 {
		offer["lineitem"] = v.lms.itemURL(own[0])
	}
	return offer
}

// lineItem is one as the LMS writes it (AGS §3.2).
func (l *LMS) lineItem(i *item) map[string]any {
	m := filled("id", l.itemURL(i), "label", i.Label, "resourceId", i.ResourceID, "tag", i.Tag)
	m["scoreMaximum"] = i.ScoreMaximum
	if i.link != "" {
		m["resourceLinkId"] = l.LinkID(i.link)
	}
	if key := l.Profile.Grades.LinkKey; key != "" {
		m["resourceId"], m["tag"] = i.ResourceID, i.Tag
		if i.link != "" {
			m[key] = m["resourceLinkId"]
		}
	}
	return m
}

// listLineItems is GET /courses/{course}/lineitems.
func (l *LMS) listLineItems(w http.ResponseWriter, r *http.Request) {
	items := l.gradebook.of(r.PathValue("course"), func(i *item) bool {
		return l.Profile.Grades.IgnoresFilters || l.matches(i, r)
	})
	list := make([]map[string]any, 0, len(items))
	for _, i := range items {
		list = append(list, l.lineItem(i))
	}
	p := paged(r, len(list), l.Profile.Grades.Max, l.Profile.Grades.Max)
	l.linkNext(w, r, p, len(list), l.Profile.Grades.Next)
	writeJSON(w, lineItemsType, http.StatusOK, list[p.from:p.to])
}

func (l *LMS) matches(i *item, r *http.Request) bool {
	for name, value := range map[string]string{"resource_link_id": l.LinkID(i.link), "resource_id": i.ResourceID, "tag": i.Tag} {
		if wanted := r.FormValue(name); wanted != "" && wanted != value {
			return false
		}
	}
	return true
}

// createLineItem is POST /courses/{course}/lineitems.
func (l *LMS) createLineItem(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Label, ResourceID, Tag, ResourceLinkID string

		ScoreMaximum float64
	}
	course, found := l.school.course(r.PathValue("course"))
	switch {
	case !found || l.Profile.Grades.Fixed:
		http.NotFound(w, r)
		return
	case !isA(r, lineItemType):
		http.Error(w, "a line item is wanted", http.StatusUnsupportedMediaType)
		return
	case json.NewDecoder(r.Body).Decode(&in) != nil || in.Label == "" || in.ScoreMaximum <= 0:
		http.Error(w, "label and a positive scoreMaximum are needed", http.StatusBadRequest)
		return
	}
	link, here := l.linkOf(in.ResourceLinkID, course.ID)
	if !here && l.Profile.Grades.ForeignLink != 0 {
		w.WriteHeader(l.Profile.Grades.ForeignLink)
		return
	}
	made := l.gradebook.create(course.ID, link, LineItem{Label: in.Label, ResourceID: in.ResourceID, Tag: in.Tag, ScoreMaximum: in.ScoreMaximum})
	writeJSON(w, lineItemType, http.StatusCreated, l.lineItem(made))
}

// linkOf is the link of a course with the LMS's id; none is asked for by no id.
func (l *LMS) linkOf(id, course string) (link string, here bool) {
	if id == "" {
		return "", true
	}
	for _, k := range l.LinksOf(course) {
		if l.LinkID(k.ID) == id {
			return k.ID, true
		}
	}
	return "", false
}

// showLineItem is GET /courses/{course}/lineitems/{item}/lineitem.
func (l *LMS) showLineItem(w http.ResponseWriter, r *http.Request) {
	i := l.gradebook.find(r.PathValue("course"), r.PathValue("item"))
	if i == nil {
		http.NotFound(w, r)
		return
	}
	writeJSON(w, lineItemType, http.StatusOK, l.lineItem(i))
}
