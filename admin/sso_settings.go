package admin

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"
)

// rulesMost bounds what a school can map.
const rulesMost = 100

// SSOSettings is a provider as a form has it.
type SSOSettings struct {
	Name, Issuer, ClientID, ClientSecret, Scopes, GroupsClaim string
	Rules                                                     string // "group = role" a line
	Domains                                                   string
	Required, Enabled                                         bool
}

// SetSSO keeps the provider of the tenant that is looked at. An empty secret
// leaves the one that is set. What is switched on is tried first.
func (c *Console) SetSSO(ctx context.Context, v Visitor, s SSOSettings) error {
	if err := c.mustProve(v); err != nil {
		return err
	}
	was, found, err := c.Store.FindSSOProvider(ctx, v.Tenant.ID)
	if err != nil {
		return fmt.Errorf("single sign-on: %w", err)
	}
	if !found {
		was = SSOProvider{ID: uuid.Must(uuid.NewV7()).String(), TenantID: v.Tenant.ID, CreatedAt: c.Now()}
	}
	became, err := s.read(was)
	if err != nil {
		return err
	}
	became.UpdatedAt = c.Now()
	if became.Enabled {
		if _, _, err := c.discover(ctx, became); err != nil {
			return err
		}
	}
	keep := c.Store.SaveSSOProvider
	if !found {
		keep = c.Store.CreateSSOProvider
	}
	act := Act{Name: "sso.change", Subject: became.Issuer, SubjectID: became.ID, Detail: Changes(was.facts(), became.facts())}
	if s.ClientSecret != "" {
		act.Detail = append(act.Detail, "client secret: set")
	}
	return c.Record(ctx, v, act, keep(ctx, became))
}

func (s SSOSettings) read(p SSOProvider) (SSOProvider, error) {
	var err error
	if strings.TrimSpace(s.Issuer) != p.Issuer {
		p.ClientSecret = "" // it is for the other one alone
	}
	p.Name, p.Issuer, p.ClientID = strings.TrimSpace(s.Name), strings.TrimSpace(s.Issuer), strings.TrimSpace(s.ClientID)
	p.Scopes, p.GroupsClaim = strings.Join(strings.Fields(s.Scopes), " "), strings.TrimSpace(s.GroupsClaim)
	p.Required, p.Enabled = s.Required, s.Enabled
	if s.ClientSecret != "" {
		p.ClientSecret = s.ClientSecret
	} else if p.ClientSecret == "" && s.Enabled {
		return p, invalid("console.sso.secret_missing")
	}
	for _, text := range []string{p.Name, p.ClientID, p.ClientSecret, p.Scopes, p.GroupsClaim} {
		if len(text) > 500 || !plain(text) {
			return p, invalid("console.sso.text_wrong")
		}
	}
	if err := checkIssuer(p.Issuer); err != nil {
		return p, err
	}
	if p.ClientID == "" {
		return p, invalid("console.sso.client_missing")
	}
	if p.Rules, err = readRules(s.Rules); err != nil {
		return p, err
	}
	p.Domains, err = readDomains(s.Domains)
	return p, err
}

// readRules reads "group = role" a line. A group may have "=" in its name, as
// those of directories have.
func readRules(text string) ([]GroupRule, error) {
	rules := []GroupRule{}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		at := strings.LastIndex(line, "=")
		if at < 1 || !plain(line) || len(line) > 500 {
			return nil, invalid("console.sso.rules_wrong")
		}
		rule := GroupRule{strings.TrimSpace(line[:at]), Role(strings.ToLower(strings.TrimSpace(line[at+1:])))}
		if rule.Group == "" || !slices.Contains(Roles(), rule.Role) || len(rules) >= rulesMost {
			return nil, invalid("console.sso.rules_wrong")
		}
		rules = append(rules, rule)
	}
	return rules, nil
}

func readDomains(text string) ([]string, error) {
	domains := []string{}
	for _, d := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return strings.ContainsRune(", \t\r\n", r) }) {
		d = strings.TrimPrefix(d, "@")
		if !strings.Contains(d, ".") || strings.ContainsAny(d, "@/") || !plain(d) || len(domains) >= rulesMost {
			return nil, invalid("console.sso.domains_wrong")
		}
		domains = append(domains, d)
	}
	return domains, nil
}

// facts is what may be written down of a provider.
func (p SSOProvider) facts() map[string]string {
	return map[string]string{
		"name": p.Name, "issuer": p.Issuer, "client id": p.ClientID, "scopes": p.Scopes, "groups claim": p.GroupsClaim,
		"groups": p.RulesText(), "domains": strings.Join(p.Domains, " "), "required": fmt.Sprint(p.Required), "enabled": fmt.Sprint(p.Enabled),
	}
}

// RulesText is Rules as a form has them.
func (p SSOProvider) RulesText() string {
	lines := make([]string, len(p.Rules))
	for i, r := range p.Rules {
		lines[i] = r.Group + " = " + string(r.Role)
	}
	return strings.Join(lines, "\n")
}
