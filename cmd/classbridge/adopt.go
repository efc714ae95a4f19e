package main

import (
	"context"
	"errors"
	"fmt"
	"os/user"
	"strconv"
	"time"

	"classbridge/classroom"
)

// adoptCommands move courses to another registration.
type adoptCommands struct {
	Plan   adoptPlan   `cmd:"" help:"Say which courses would move, and why others would not. Changes nothing."`
	Apply  adoptApply  `cmd:"" help:"Move them; can be reverted for 30 days."`
	List   adoptList   `cmd:"" help:"List what was adopted, by whom and when."`
	Revert adoptRevert `cmd:"" help:"Take an adoption back."`
}

// adoptSides say from where to where.
type adoptSides struct {
	From           string   `name:"from" required:"" placeholder:"ID" help:"Registration whose courses move, as listed by: classbridge platform list"`
	To             string   `name:"to" required:"" placeholder:"ID" help:"Registration that they move to."`
	FromDeployment string   `name:"from-deployment" placeholder:"ID" help:"Only the courses of this deployment."`
	ToDeployment   string   `name:"to-deployment" placeholder:"ID" help:"Needed where the registration has several active deployments."`
	SamePeople     bool     `name:"same-people" help:"The LMS is the same at a new address: its user ids mean the same people. Understood where the issuer is the same."`
	Unlaunched     bool     `name:"unlaunched" help:"Also move courses that were not launched from the new registration yet."`
	Course         []string `name:"course" placeholder:"ID" sep:"none" help:"Move this course and no others, even if its names differ; repeat it for several."`
	JSON           bool     `name:"json" help:"For scripts."`
}

func (s adoptSides) request() classroom.AdoptionRequest {
	return classroom.AdoptionRequest{
		TenantID: classroom.DefaultTenant, FromPlatformID: s.From, FromDeploymentID: s.FromDeployment,
		ToPlatformID: s.To, ToDeploymentID: s.ToDeployment, SamePeople: s.SamePeople,
		Unlaunched: s.Unlaunched, CourseIDs: s.Course, ByWhom: operator(),
	}
}

// operator is who runs the command, for the record.
func operator() string {
	u, err := user.Current()
	if err != nil {
		return "command"
	}
	return "command: " + u.Username
}

type adoptPlan struct{ adoptSides }

// Run implements the command.
func (c adoptPlan) Run(ctx context.Context, p *program) error {
	return p.withAdoptions(ctx, func(room *classroom.Classroom) error {
		plan, err := room.PlanAdoption(ctx, c.request())
		if err != nil {
			return adoptionError(err)
		}
		if err := printAdoptionPlan(p, plan, c.JSON); err != nil || c.JSON {
			return err
		}
		fmt.Fprintf(p.out, "\n%d courses would move. Nothing was changed: classbridge adopt apply\n", plan.Moves())
		return nil
	})
}

type adoptApply struct {
	adoptSides
	Yes bool `name:"yes" required:"" help:"The plan was read and is wanted."`
}

// Run implements the command.
func (c adoptApply) Run(ctx context.Context, p *program) error {
	return p.withAdoptions(ctx, func(room *classroom.Classroom) error {
		a, plan, err := room.Adopt(ctx, c.request())
		if err != nil {
			return adoptionError(err)
		}
		if c.JSON {
			return p.printJSON(newShownAdoption(a))
		}
		if err := printAdoptionPlan(p, plan, false); err != nil {
			return err
		}
		fmt.Fprintf(p.out, "\n%d courses moved. To take it back until %s: classbridge adopt revert %s\n",
			a.Courses, a.CreatedAt.Add(classroom.RevertWithin).Format(time.DateOnly), a.ID)
		return nil
	})
}

type adoptRevert struct {
	ID string `arg:"" help:"The adoption, as listed."`
}

// Run implements the command.
func (c adoptRevert) Run(ctx context.Context, p *program) error {
	return p.withAdoptions(ctx, func(room *classroom.Classroom) error {
		left, err := room.RevertAdoption(ctx, classroom.DefaultTenant, c.ID, operator())
		if err != nil {
			return adoptionError(err)
		}
		fmt.Fprintln(p.out, "reverted")
		if left > 0 {
			p.warn("%d changes were left as they are: something else has changed there since", left)
		}
		return nil
	})
}

type adoptList struct {
	JSON bool `name:"json" help:"For scripts."`
}

// Run implements the command.
func (c adoptList) Run(ctx context.Context, p *program) error {
	return p.withAdoptions(ctx, func(room *classroom.Classroom) error {
		adoptions, err := room.Store.Adoptions(ctx, classroom.DefaultTenant)
		if err != nil {
			return err
		}
		shown, rows := []shownAdoption{}, [][]string{}
		for _, a := range adoptions {
			s := newShownAdoption(a)
			shown = append(shown, s)
			rows = append(rows, []string{s.ID, s.From, s.To, strconv.FormatInt(s.Courses, 10), a.CreatedAt.Format(time.DateTime), s.By, s.Reverted})
		}
		if c.JSON {
			return p.printJSON(shown)
		}
		p.printTable("ID FROM TO COURSES AT BY REVERTED", rows)
		return nil
	})
}

// shownAdoption is an adoption for scripts.
type shownAdoption struct {
	ID       string    `json:"id"`
	From     string    `json:"from"`
	To       string    `json:"to"`
	Courses  int64     `json:"courses"`
	At       time.Time `json:"at"`
	By       string    `json:"by"`
	Reverted string    `json:"reverted"` // by whom and when; empty: it stands
}

func newShownAdoption(a classroom.Adoption) shownAdoption {
	s := shownAdoption{ID: a.ID, From: a.FromPlatformID, To: a.ToPlatformID, Courses: a.Courses, At: a.CreatedAt, By: a.ByWhom}
	if !a.RevertedAt.IsZero() {
		s.Reverted = a.RevertedAt.Format(time.DateTime) + " " + a.RevertedBy
	}
	return s
}

// shownMatch is one course of a plan for scripts.
type shownMatch struct {
	Course string `json:"course"`
	Title  string `json:"title"`
	As     string `json:"as"` // the new registration's course; empty: not launched yet
	Moves  bool   `json:"moves"`
	Doubt  string `json:"doubt"`
	Rooms  int    `json:"rooms"` // of the new course that stand for a room of the old one
}

func printAdoptionPlan(p *program, plan classroom.AdoptionPlan, asJSON bool) error {
	shown, rows := []shownMatch{}, [][]string{}
	for _, m := range plan.Courses {
		s := shownMatch{Course: m.Old.ID, Title: m.Old.Name(), Moves: m.Move, Doubt: string(m.Doubt)}
		if m.New != nil {
			s.As = m.New.Name()
		}
		for _, r := range m.Rooms {
			if r.Old != nil {
				s.Rooms++
			}
		}
		shown = append(shown, s)
		rows = append(rows, []string{s.Course, s.Title, s.As, strconv.Itoa(s.Rooms), yes(s.Moves), s.Doubt})
	}
	if asJSON {
		return p.printJSON(shown)
	}
	fmt.Fprintf(p.out, "from %s to %s, deployment %s; same people: %s\n\n", plan.From.Name, plan.To.Name, plan.DeploymentID, yes(plan.SamePeople))
	p.printTable("COURSE TITLE AS ROOMS MOVES DOUBT", rows)
	return nil
}

// withAdoptions opens what adoptions need of the domain: no LMS, no BigBlueButton
// and no chat is asked.
func (p *program) withAdoptions(ctx context.Context, use func(*classroom.Classroom) error) error {
	return p.onStore(ctx, func(s *store) error {
		return use(p.domainOf(s))
	})
}

// adoptionError says what to do about a refusal.
func adoptionError(err error) error {
	var refused *classroom.Error
	if !errors.As(err, &refused) {
		return err
	}
	hints := map[string]string{
		"adoption.platform_unknown": "no such registration: classbridge platform list",
		"adoption.same":             "courses cannot move to where they are",
		"adoption.deployment":       "say which active deployment they move to: --to-deployment",
		"adoption.nothing":          "no course moves: classbridge adopt plan says why",
		"adoption.unknown":          "no such adoption: classbridge adopt list",
		"adoption.reverted":         "it was reverted before",
		"adoption.old":              "it is older than 30 days",
	}
	if hint := hints[refused.Message]; hint != "" {
		return fmt.Errorf("%s (%w)", hint, err)
	}
	if refused.Code == classroom.NotFound {
		return fmt.Errorf("%s (%w)", hints["adoption.platform_unknown"], err)
	}
	return err
}
