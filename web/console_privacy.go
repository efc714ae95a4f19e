package web

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"classbridge/admin"
	"classbridge/classroom"

	"github.com/gin-gonic/gin"
)

const pathPrivacy = "/console/privacy"

func (s *Server) privacyRoutes() []consoleRoute {
	one := pathPrivacy + "/people/:person"
	return []consoleRoute{
		{get, pathPrivacy, admin.Read, s.showPrivacy},
		{post, pathPrivacy + "/keeping", admin.Change, s.saveKeeping},
		{get, pathPrivacy + "/people", admin.Change, s.searchFiles},
		{get, one, admin.Change, s.afterProof("", s.showFile)},
		{get, one + "/file", admin.Change, s.afterProof("", s.downloadFile)},
		{post, one + "/erase", admin.Change, s.afterProof(pathPrivacy+"/people", s.erasePerson)},
	}
}

// privacyPage is how long what is kept, and the way to one person's data.
type privacyPage struct {
	consolePage
	Rules  []keepingField
	Search string
	People []classroom.FoundPerson
}

// keepingField is one of the rules in a form.
type keepingField struct {
	numberField
	Low, High int64
}

// showPrivacy answers GET /console/privacy.
func (s *Server) showPrivacy(c *gin.Context, v admin.Visitor) error {
	return s.renderPrivacy(c, v, nil, nil)
}

// renderPrivacy draws the form with what is in force, but for what was typed.
func (s *Server) renderPrivacy(c *gin.Context, v admin.Visitor, typed url.Values, wrong map[string]string) error {
	k, err := s.Classroom.Keeping(c.Request.Context(), v.Tenant.ID)
	if err != nil {
		return err
	}
	p := &privacyPage{consolePage: s.consolePage(c, v, pathPrivacy, "console.privacy")}
	for _, l := range classroom.KeepingLimits() {
		value := strconv.FormatInt(*l.Value(&k), 10)
		if typed != nil {
			value = typed.Get(l.Field)
		}
		p.Rules = append(p.Rules, keepingField{numberField{l.Field, p.Text("console.privacy.keep." + l.Field), value, wrong[l.Field]}, l.Low, l.High})
	}
	status := http.StatusOK
	if wrong != nil {
		status = wrongForm
	}
	return s.renderConsoleAs(c, status, "console_privacy", p)
}

// saveKeeping answers POST /console/privacy/keeping.
func (s *Server) saveKeeping(c *gin.Context, v admin.Visitor) error {
	form, err := postedForm(c, maxForm)
	if err != nil {
		return err
	}
	was, err := s.Classroom.Keeping(c.Request.Context(), v.Tenant.ID)
	if err != nil {
		return err
	}
	k := classroom.Keeping{TenantID: v.Tenant.ID}
	for _, l := range classroom.KeepingLimits() {
		*l.Value(&k) = numberOf(form, l.Field)
	}
	err = s.Classroom.ChangeKeeping(c.Request.Context(), k)
	if wrong := s.mistakes(c, err); wrong != nil {
		return s.renderPrivacy(c, v, form, wrong)
	}
	act := admin.Act{Name: "keeping.change", Detail: admin.Changes(keepingFacts(was), keepingFacts(k))}
	if err := s.Console.Record(c.Request.Context(), v, act, err); err != nil {
		return err
	}
	return done(c, pathPrivacy, "console.said.saved")
}

func keepingFacts(k classroom.Keeping) map[string]string {
	facts := map[string]int64{}
	for _, l := range classroom.KeepingLimits() {
		facts[l.Field] = *l.Value(&k)
	}
	return numbers(facts)
}

// searchFiles answers GET /console/privacy/people.
func (s *Server) searchFiles(c *gin.Context, v admin.Visitor) error {
	p := &privacyPage{consolePage: s.consolePage(c, v, pathPrivacy, "console.privacy.people"), Search: searchOf(c)}
	p.Back = pathPrivacy
	if p.Search != "" {
		found, err := s.Classroom.Find(c.Request.Context(), v.Tenant.ID, p.Search)
		if err := s.Console.Record(c.Request.Context(), v, admin.Act{Name: "person.search"}, err); err != nil {
			return err
		}
		p.People = found.People
	}
	return s.renderConsole(c, "console_privacy_people", p)
}

// filePage is all that is stored about a person.
type filePage struct {
	consolePage
	classroom.PersonFile
	Name    string // that is typed to erase
	Typed   string
	Wrong   string // what is wrong with it
	Samples int
}

// shownOfFile is how much of a long list the page shows; the file has all of it.
const shownOfFile = 10

// Newest are the first lines of a list.
func (p *filePage) Newest(all []classroom.Happening) []classroom.Happening {
	return all[:min(len(all), shownOfFile)]
}

// showFile answers GET /console/privacy/people/:person.
func (s *Server) showFile(c *gin.Context, v admin.Visitor) error {
	return s.renderFile(c, v, http.StatusOK, "", "")
}

func (s *Server) renderFile(c *gin.Context, v admin.Visitor, status int, typed, wrong string) error {
	f, err := s.fileOf(c, v, "person.file")
	if err != nil {
		return err
	}
	name := confirmation(f.Person)
	p := &filePage{
		consolePage: s.consolePage(c, v, pathPrivacy, "console.privacy.file", "Name", name),
		PersonFile:  f, Name: name, Typed: typed, Wrong: wrong, Samples: shownOfFile,
	}
	p.Back = pathPrivacy + "/people"
	return s.renderConsoleAs(c, status, "console_privacy_file", p)
}

// fileOf reads a person's file, and writes down that somebody did.
func (s *Server) fileOf(c *gin.Context, v admin.Visitor, act string) (classroom.PersonFile, error) {
	f, err := s.Classroom.PersonFile(c.Request.Context(), v.Tenant.ID, c.Param("person"))
	return f, s.Console.Record(c.Request.Context(), v, admin.Act{Name: act, SubjectID: c.Param("person")}, err)
}

// confirmation is what is typed to erase somebody: the name, or what there is.
func confirmation(p classroom.Person) string {
	for _, name := range []string{p.DisplayName(), p.Email, p.Subject} {
		if name != "" {
			return lineOf(name)
		}
	}
	return p.ID
}

// downloadFile answers GET /console/privacy/people/:person/file.
func (s *Server) downloadFile(c *gin.Context, v admin.Visitor) error {
	f, err := s.fileOf(c, v, "person.export")
	if err != nil {
		return err
	}
	headers{}.write(c, s)
	c.Header("Content-Disposition", `attachment; filename="person-`+f.Person.ID+`.json"`)
	c.IndentedJSON(http.StatusOK, f.Export(s.Now()))
	return nil
}

// erasePerson answers POST /console/privacy/people/:person/erase.
func (s *Server) erasePerson(c *gin.Context, v admin.Visitor) error {
	form, err := postedForm(c, maxForm)
	if err != nil {
		return err
	}
	ctx, id := c.Request.Context(), c.Param("person")
	p, err := s.Classroom.Store.PersonOf(ctx, v.Tenant.ID, id)
	if err != nil {
		return err
	}
	if typed := lineOf(form.Get("name")); typed != confirmation(p) {
		return s.renderFile(c, v, wrongForm, typed, "console.privacy.wrong.name")
	}
	erased, err := s.Classroom.ErasePerson(ctx, v.Tenant.ID, id)
	act := admin.Act{Name: "person.erase", SubjectID: id, Detail: erased.Lines()} // without the name
	recorded := s.Console.Record(ctx, v, act, err)
	var refused *classroom.Error
	switch {
	case errors.As(err, &refused) && refused.Code == classroom.Conflict:
		return s.renderFile(c, v, http.StatusConflict, form.Get("name"), refused.Message)
	case recorded != nil:
		return recorded
	}
	return done(c, pathPrivacy+"/people/"+id, "console.said.erased")
}
