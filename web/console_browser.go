package web

import "strings"

// Browser names a browser by what it calls itself: good enough to tell one's own
// browsers apart. What is not known keeps its own words.
func (p accountPage) Browser(agent string) string {
	browser, system := nameIn(agent, browserNames()), nameIn(agent, systemNames())
	switch {
	case browser == "":
		return agent
	case system == "":
		return browser
	}
	return p.Text("console.account.browser_on", "Browser", browser, "System", system)
}

// nameIn finds the first of the words that a text has; words stand before what
// they are for.
func nameIn(text string, names [][2]string) string {
	for _, n := range names {
		if strings.Contains(text, n[0]) {
			return n[1]
		}
	}
	return ""
}

// browserNames are in an order in which those who pretend to be others come first.
func browserNames() [][2]string {
	return [][2]string{
		{"Edg/", "Edge"}, {"OPR/", "Opera"}, {"Vivaldi/", "Vivaldi"}, {"SamsungBrowser/", "Samsung Internet"},
		{"Firefox/", "Firefox"}, {"FxiOS/", "Firefox"}, {"CriOS/", "Chrome"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"},
	}
}

func systemNames() [][2]string {
	return [][2]string{
		{"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Android", "Android"}, {"CrOS", "ChromeOS"},
		{"Windows", "Windows"}, {"Mac OS X", "macOS"}, {"Linux", "Linux"},
	}
}
