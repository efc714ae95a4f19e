package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"

	"classbridge/doctor"
	"classbridge/locales"
)

// doctorCommand examines the installation. It changes nothing, but for what a
// rehearsal makes and takes away again.
type doctorCommand struct {
	JSON     bool   `name:"json" help:"For scripts."`
	Rehearse bool   `name:"rehearse" help:"Also begin and end a meeting on each BigBlueButton, and post, edit and delete in Mattermost."`
	Channel  string `name:"channel" placeholder:"NAME" help:"With --rehearse: post in this channel of Mattermost, by the name in its address. Without it a private one is made and archived."`
	Report   string `name:"report" placeholder:"FILE" help:"Also write the report to a file. It holds no secret."`
	School   string `name:"school" placeholder:"ID" help:"Only what this school has connected; all if not given."`
}

// Run implements the command.
func (d doctorCommand) Run(ctx context.Context, p *program) error {
	c, err := p.publicConfig()
	if err != nil {
		return err
	}
	texts, err := locales.Load()
	if err != nil {
		return err
	}
	c.level = max(c.level, slog.LevelError) // what goes wrong is in the results
	examiner, release, err := p.newExaminer(ctx, c, texts)
	if err != nil {
		return err
	}
	if !d.JSON {
		fmt.Fprintln(p.err, "examining; this takes up to half a minute")
	}
	printer := texts.For("en")
	report := examiner.Run(ctx, doctor.Wish{TenantID: d.School, Rehearse: d.Rehearse, Channel: d.Channel, Printer: printer})
	err = errors.Join(d.show(p, report, printer), d.write(report, printer), release())
	if err == nil && report.Count(doctor.Failed) > 0 {
		return exitCode(exitFailure)
	}
	return err
}

func (d doctorCommand) show(p *program, r doctor.Report, printer *locales.Printer) error {
	if d.JSON {
		return p.printJSON(r.Shown(printer))
	}
	return r.Write(p.out, printer)
}

// write keeps the report to its owner: addresses of servers are nobody else's business.
func (d doctorCommand) write(r doctor.Report, printer *locales.Printer) error {
	if d.Report == "" {
		return nil
	}
	var b bytes.Buffer
	if err := r.Write(&b, printer); err != nil {
		return err
	}
	return os.WriteFile(d.Report, b.Bytes(), 0o600)
}
