package doctor

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"classbridge/bbb"
	"classbridge/classroom"
)

func bbbCall() check { return check{"bbb.call", GroupBBB} }

// CheckServer makes a signed call and tells apart what may be wrong with it.
func (d *Doctor) CheckServer(ctx context.Context, s classroom.Server) Result {
	c := bbbCall()
	ctx, cancel := within(ctx)
	defer cancel()
	client := d.BBB(s)
	if err := client.Test(ctx); err != nil {
		return c.failed(d.serverFinding(err), d.aboutServer(s, err)...)
	}
	if pool, err := client.Pooled(ctx); err == nil && pool {
		return c.ok("doctor.bbb.pool", d.aboutServer(s, nil)...)
	}
	return c.ok("doctor.bbb.server", d.aboutServer(s, nil)...)
}

// serverFinding is the id of the text for what Test found.
func (d *Doctor) serverFinding(err error) string {
	var e *bbb.TestError
	if !errors.As(err, &e) {
		return "doctor.bbb.closed"
	}
	switch e.Finding {
	case bbb.BadSettings:
		return "doctor.bbb.settings"
	case bbb.HostUnknown:
		return "doctor.bbb.name"
	case bbb.BadCertificate:
		return "doctor.bbb.certificate"
	case bbb.WrongPath:
		return wrongPath(e)
	case bbb.WrongHost:
		return "doctor.bbb.redirect"
	case bbb.WrongSecret:
		return "doctor.bbb.secret"
	case bbb.SecretHasBlanks:
		return "doctor.bbb.blanks"
	case bbb.OldSecret:
		return "doctor.bbb.old_secret"
	case bbb.HashRefused:
		return "doctor.bbb.hash"
	case bbb.OutOfOrder:
		return "doctor.bbb.order"
	}
	return d.unreachedServer(err)
}

// wrongPath tells an address without anything from one that shows a page.
func wrongPath(e *bbb.TestError) string {
	var answer *bbb.Error
	if errors.As(e.Err, &answer) && answer.Status == http.StatusNotFound {
		return "doctor.bbb.path"
	}
	return "doctor.bbb.page"
}

func (d *Doctor) unreachedServer(err error) string {
	switch d.troubleOf(err) {
	case forbidden:
		return "doctor.bbb.forbidden"
	case noTLS:
		return "doctor.bbb.plain"
	case tooSlow:
		return "doctor.bbb.slow"
	}
	return "doctor.bbb.closed"
}

func (d *Doctor) aboutServer(s classroom.Server, err error) []string {
	about := []string{"Server", s.Name, "URL", s.URL, "Hash", orSHA256(s.Hash)}
	var test *bbb.TestError
	if errors.As(err, &test) {
		about = append(about, "Error", test.Err.Error(), "Wanted", string(test.Hash))
	}
	var answer *bbb.Error
	if errors.As(err, &answer) {
		about = append(about, "Status", strconv.Itoa(answer.Status))
	}
	return about
}

func orSHA256(hash string) string {
	if hash == "" {
		return string(bbb.SHA256)
	}
	return hash
}
