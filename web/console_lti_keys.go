package web

import (
	"context"
	"net/http"
	"slices"
	"time"

	"classbridge/admin"
	"classbridge/classroom"

	"github.com/gin-gonic/gin"
)

const pathToolKeys = pathLTI + "/keys"

func (s *Server) toolKeyRoutes() []consoleRoute {
	return []consoleRoute{
		{get, pathToolKeys, admin.Read, s.showToolKeys},
		{post, pathToolKeys + "/rotate", admin.Change, s.rotateToolKeys},
		{post, pathToolKeys + "/retire/:key", admin.Change, s.retireToolKey},
	}
}

// toolKeysPage is the tool's own signing keys, which all schools of the
// installation share.
type toolKeysPage struct {
	consolePage
	Keys    []classroom.PublishedKey
	Early   time.Time // until when the next key is too young to sign
	KeysURL string
	Ours    bool // the visitor may change them
	Problem string
	Readers []keyReader
}

// showToolKeys answers GET /console/lti/keys.
func (s *Server) showToolKeys(c *gin.Context, v admin.Visitor) error {
	return s.renderToolKeys(c, v, nil)
}

func (s *Server) renderToolKeys(c *gin.Context, v admin.Visitor, refused error) error {
	p := &toolKeysPage{
		consolePage: s.consolePage(c, v, pathLTI, "console.lti.keys"), KeysURL: s.Tool.JWKSURL(),
		Ours: v.Tenant.ID == classroom.DefaultTenant && v.May(admin.Change),
	}
	if p.Ours {
		p.Readers = s.readers.list()
	}
	p.Back = pathLTI
	status := http.StatusOK
	if refused != nil {
		p.Problem, status = s.wordsOf(c, refused, "console.lti.keys.wrong."), wrongForm
	}
	var err error
	if p.Keys, err = s.Classroom.Keys.List(c.Request.Context()); err != nil {
		return err
	}
	order := []classroom.ToolKeyState{classroom.KeyCurrent, classroom.KeyNext, classroom.KeyRetired}
	slices.SortStableFunc(p.Keys, func(a, b classroom.PublishedKey) int {
		return slices.Index(order, a.State) - slices.Index(order, b.State)
	})
	for _, k := range p.Keys {
		if k.State == classroom.KeyNext && s.Now().Before(k.MaySign) {
			p.Early = k.MaySign
		}
	}
	return s.renderConsoleAs(c, status, "console_lti_keys", p)
}

// rotateToolKeys answers POST /console/lti/keys/rotate.
func (s *Server) rotateToolKeys(c *gin.Context, v admin.Visitor) error {
	form, err := postedForm(c, maxForm)
	if err != nil {
		return err
	}
	hurry := form.Get("now") != ""
	act := admin.Act{Name: "key.rotate"}
	if hurry {
		act.Name = "key.rotate_now"
	}
	return s.changeToolKeys(c, v, act, func(ctx context.Context) error { return s.Classroom.Keys.Rotate(ctx, hurry) })
}

// retireToolKey answers POST /console/lti/keys/retire/:key.
func (s *Server) retireToolKey(c *gin.Context, v admin.Visitor) error {
	kid := c.Param("key")
	return s.changeToolKeys(c, v, admin.Act{Name: "key.retire", Subject: kid, SubjectID: kid}, func(ctx context.Context) error {
		return s.Classroom.Keys.Retire(ctx, kid)
	})
}

// changeToolKeys is for whoever runs the installation: the keys are not one school's.
func (s *Server) changeToolKeys(c *gin.Context, v admin.Visitor, act admin.Act, change func(context.Context) error) error {
	if v.Tenant.ID != classroom.DefaultTenant {
		return refuse(classroom.NotFound, "error.page_unknown", "tool keys are of the default tenant")
	}
	err := change(c.Request.Context())
	recorded := s.Console.Record(c.Request.Context(), v, act, err)
	if classroom.Is(err, classroom.Conflict) {
		return s.renderToolKeys(c, v, err)
	}
	if recorded != nil {
		return recorded
	}
	return done(c, pathToolKeys, "console.said.lti_keys")
}
