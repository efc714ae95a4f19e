package main

import (
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"net/url"
	"strings"

	"classbridge/classroom"

	"github.com/caarlos0/env/v11"
)

// prefix is what the names of our variables begin with.
const prefix = "CLASSBRIDGE_"

// config is everything that the environment says. The rest lives in the database.
type config struct {
	URL            string   `env:"URL"`
	Addr           string   `env:"ADDR" envDefault:":8080"`
	MetricsAddr    string   `env:"METRICS_ADDR"`
	MetricsToken   string   `env:"METRICS_TOKEN"`
	TrustedProxies []string `env:"TRUSTED_PROXIES"`
	InsideTenants  []string `env:"INSIDE_TENANTS"`
	Data           string   `env:"DATA" envDefault:"./data"`
	DatabaseURL    string   `env:"DATABASE_URL"`
	MasterKey      string   `env:"MASTER_KEY"` // one, or several with commas: the first is current
	LogLevel       string   `env:"LOG_LEVEL" envDefault:"info"`
	LogFormat      string   `env:"LOG_FORMAT" envDefault:"text"`

	BBB        bbbConfig        `envPrefix:"BBB_"`
	Mattermost mattermostConfig `envPrefix:"MATTERMOST_"`

	proxies    []netip.Prefix           // TrustedProxies, read
	level      slog.Level               // LogLevel, read
	bbb        classroom.ServerSettings // BBB, read; zero when it is not given
	masterFile string                   // MasterKey was read from there, and may change

	withoutBackup bool   // of the migrate command
	file          string // of SQLite, while it is not yet the one in Data
}

type bbbConfig struct {
	URL    string `env:"URL"`
	Secret string `env:"SECRET"`
	Hash   string `env:"HASH"`
}

type mattermostConfig struct {
	URL         string `env:"URL"`
	Token       string `env:"TOKEN"`
	Team        string `env:"TEAM"`
	OAuthID     string `env:"OAUTH_ID"`
	OAuthSecret string `env:"OAUTH_SECRET"`
	Command     string `env:"COMMAND_TOKEN"`
}

// config reads the environment for a command that needs no public address.
func (p *program) config() (config, error) {
	c, err := p.readConfig()
	return c, misconfigured(err)
}

// publicConfig is config for a command that needs the public address.
func (p *program) publicConfig() (config, error) {
	c, err := p.readConfig()
	if c.URL == "" {
		err = errors.Join(errors.New(prefix+"URL is not set: the address by which browsers reach Classbridge, such as https://class.example.org"), err)
	}
	return c, misconfigured(err)
}

// misconfigured reports all problems together.
func misconfigured(err error) error {
	if err == nil {
		return nil
	}
	lines := strings.ReplaceAll(err.Error(), "\n", "\n  ")
	return usageError{fmt.Errorf("the configuration is wrong:\n  %s", lines)}
}

func (p *program) readConfig() (config, error) {
	var c config
	environment, fileErr := withFiles(p.env)
	parseErr := env.ParseWithOptions(&c, env.Options{Environment: environment, Prefix: prefix})
	c.masterFile = p.env[prefix+"MASTER_KEY_FILE"]
	return c, errors.Join(fileErr, parseErr, c.check())
}

// check completes the configuration, or says everything that is wrong with it.
func (c *config) check() error {
	return errors.Join(c.checkURL(), c.checkProxies(), c.checkDatabase(), c.checkLog(), c.checkBBB(), c.Mattermost.check())
}

func (c *config) checkURL() error {
	if c.URL == "" {
		return nil
	}
	c.URL = strings.TrimSuffix(c.URL, "/")
	u, err := url.Parse(c.URL)
	switch {
	case err != nil || u.Host == "" || u.Hostname() == "":
		return errors.New(prefix + "URL is not an address such as https://class.example.org")
	case u.Path != "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil:
		return errors.New(prefix + "URL must have nothing behind the host: Classbridge has a host name of its own")
	case u.Scheme == "https":
		return nil
	case u.Scheme == "http" && isLoopback(u.Hostname()):
		return nil
	}
	return errors.New(prefix + "URL must begin with https:// (http:// is for loopback addresses and *.localhost alone)")
}

// checkProxies takes single addresses as well as ranges.
func (c *config) checkProxies() error {
	var wrong []error
	for _, text := range c.TrustedProxies {
		text = strings.TrimSpace(text)
		if text == "" {
			continue
		}
		p, err := netip.ParsePrefix(text)
		if a, single := netip.ParseAddr(text); single == nil {
			p, err = netip.PrefixFrom(a, a.BitLen()), nil
		}
		if err != nil {
			wrong = append(wrong, fmt.Errorf("%sTRUSTED_PROXIES: %q is neither an address nor a range such as 10.0.0.0/8", prefix, text))
			continue
		}
		c.proxies = append(c.proxies, p)
	}
	return errors.Join(wrong...)
}

func (c *config) checkDatabase() error {
	if c.DatabaseURL == "" || strings.HasPrefix(c.DatabaseURL, "postgres://") || strings.HasPrefix(c.DatabaseURL, "postgresql://") {
		return nil
	}
	return errors.New(prefix + "DATABASE_URL must begin with postgres:// (empty: SQLite in " + prefix + "DATA)")
}

func (c *config) checkLog() error {
	var wrong []error
	if c.level.UnmarshalText([]byte(c.LogLevel)) != nil {
		wrong = append(wrong, fmt.Errorf("%sLOG_LEVEL is %q: debug, info, warn or error", prefix, c.LogLevel))
	}
	if c.LogFormat != "text" && c.LogFormat != "json" {
		wrong = append(wrong, fmt.Errorf("%sLOG_FORMAT is %q: text or json", prefix, c.LogFormat))
	}
	return errors.Join(wrong...)
}

func (c *config) checkBBB() error {
	switch {
	case c.BBB == bbbConfig{}:
		return nil
	case c.BBB.URL == "" || c.BBB.Secret == "":
		return errors.New(prefix + "BBB_URL and " + prefix + "BBB_SECRET belong together: set both or none")
	}
	var err error
	if c.bbb, err = classroom.ReadServer(c.BBB.URL, c.BBB.Secret, c.BBB.Hash); err != nil {
		return fmt.Errorf("%sBBB_…: %w", prefix, err)
	}
	return nil
}

func (m *mattermostConfig) check() error {
	if *m == (mattermostConfig{}) {
		return nil
	}
	m.URL = strings.TrimRight(m.URL, "/")
	var wrong []error
	if m.URL == "" || m.Token == "" || m.Team == "" {
		wrong = append(wrong, fmt.Errorf("%[1]sMATTERMOST_URL, %[1]sMATTERMOST_TOKEN and %[1]sMATTERMOST_TEAM belong together: set all or none", prefix))
	}
	if (m.OAuthID == "") != (m.OAuthSecret == "") {
		wrong = append(wrong, fmt.Errorf("%[1]sMATTERMOST_OAUTH_ID and %[1]sMATTERMOST_OAUTH_SECRET belong together: set both or none", prefix))
	}
	if m.URL != "" && !isWeb(m.URL) {
		wrong = append(wrong, errors.New(prefix+"MATTERMOST_URL is not an address such as https://chat.example.org"))
	}
	return errors.Join(wrong...)
}

// isWeb reports whether the text is an http(s) address without anything secret in it.
func isWeb(text string) bool {
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Hostname() != "" && u.User == nil
}

// isLoopback reports whether a host can only be this machine: RFC 6761 §6.3 for names.
func isLoopback(host string) bool {
	if a, err := netip.ParseAddr(host); err == nil {
		return a.Unmap().IsLoopback()
	}
	return isLocalhost(host)
}

// driver names the kind of database, for the log.
func (c config) driver() string {
	if c.DatabaseURL == "" {
		return "sqlite"
	}
	return "postgres"
}

// nameOr is what something is called that nobody named: its host.
func nameOr(name, address string) string {
	if name != "" {
		return name
	}
	if u, err := url.Parse(address); err == nil && u.Hostname() != "" {
		return u.Hostname()
	}
	return address
}
