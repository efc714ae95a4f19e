package ltitest

import (
	"net/http"
	"time"
)

// Profile is how one kind of LMS differs from others. The zero value of a part is
// what the specification says; a service that is nil is not offered.
type Profile struct {
	Name         string
	Family       string // product_family_code
	Version      string
	Issuer       string // shared by all schools; empty: the URL of the LMS
	DeploymentID string

	Subjects Form // ids of people
	Contexts Form // ids of courses
	Links    Form // ids of resource links

	Login        Login
	Launch       Launch
	Keys         Keys
	Access       Access
	Roster       *Roster
	Grades       *Grades
	Groups       bool     // Course Groups Service
	Notices      []string // types of the Platform Notification Service; none: not offered
	DeepLinking  *DeepLinking
	Registration *Registration
	Variables    []string // that it substitutes, without the dollar; others stay as they are
}

// Login is how the third-party login begins (Security Framework §5.1.1.1).
type Login struct {
	Method        string // GET or POST
	Twice         bool   // two logins, half a second apart
	StorageTarget string // lti_storage_target; empty: no platform storage
	SignedHint    bool   // login_hint is a token of the LMS instead of the id of the person

	// hint makes lti_message_hint from the id of a link and something random; nil
	// names the launch itself, so that it can be used again.
	hint func(link, random string) string
}

// Launch is the form of the id_token.
type Launch struct {
	Life            time.Duration
	NotBefore       bool // nbf is sent
	AuthorizedParty bool // azp is sent
	ContextType     []string
	WithoutContext  bool     // the context claim is never sent
	Withheld        string   // stands for a name that is not given; empty: no claim
	NRPSVersions    []string // service_versions of the roster
	HistoryLimit    int      // of Context.id.history: what is beyond is "truncated"

	roles  map[part][]string // nil: as the person has them
	extend func(claims map[string]any, v visit)
}

// Keys is how the key set is published.
type Keys struct {
	CacheControl string
	Padding      int           // keys of other uses that make the set as large as some LMSs have it
	Rotation     time.Duration // how long a key signs; 0: for ever
}

// Access is how tokens for services are given (Security Framework §4.1).
type Access struct {
	Audience      string        // of client assertions, where it is not the token URL: a path of the LMS
	Careless      bool          // aud, iss and jti of assertions are not looked at
	FreshKeys     bool          // the tool's keys are fetched for each token
	MaxAge        time.Duration // of an assertion; 0: not looked at
	UserAgent     bool          // requests without a User-Agent of their own are refused
	AllOrNothing  bool          // one scope that is not granted refuses all
	ContentType   string
	OnlyToken     bool // the answer has neither expires_in nor scope
	RefusedStatus int  // of a call with a bad token
}

// Roster is how the Names and Role Provisioning Services answer.
type Roster struct {
	Default, Max  int        // members in a page, without a limit and at most; 0: all
	Accept        acceptance // of the Accept header
	Escaped       bool       // names are HTML
	OmitsInactive bool
	LearnersOnly  bool
	UserIDs       Form // of members, where they are not the subjects of launches
	ExactRoles    bool // the role filter knows full names only
	DropsRole     bool // the next link has lost the role filter
	Next          NextForm
	Differences   bool // the last page says where to ask for changes
	LinkInURL     bool // the URL of a launch has the resource link in it

	roles  map[part][]string // nil: as the person has them
	extend func(member map[string]any, p Person)
}

// Grades is how the Assignment and Grade Services answer.
type Grades struct {
	Query          string // of all URLs of line items
	Max            int    // line items and results in a page; 0: all
	Next           NextForm
	Fixed          bool // there is the line item of the link and no other can be made
	IgnoresFilters bool
	StrictScopes   bool // lineitem does not include lineitem.readonly
	Older          int  // status for a timestamp that is not newer; 0: it is taken
	Stranger       int  // status for somebody who cannot be graded
	StrangerBody   string
	ForeignLink    int    // status for a line item of a link in another course; 0: it is made
	SilentResults  bool   // results are given of one person only
	CommentLost    bool   // a result asked for by user_id comes without the comment
	LinkKey        string // a second name for resourceLinkId; then nothing is left out for being empty
}

// DeepLinking is how content is chosen (Deep Linking 2.0).
type DeepLinking struct {
	Single          bool   // one item only
	SilentLineItems bool   // accept_lineitem is not said, but line items are taken
	LineItems       bool   // items may have line items
	Data            string // to be echoed; empty: none is sent
}

// Registration is how the tool registers itself (LTI Dynamic Registration 1.0).
type Registration struct {
	Token          tokenForm
	ConfigBearer   bool     // the token is demanded for the configuration too
	Sloppy         bool     // the answer has deep linking alone of the messages, and more scopes come than were asked for
	OmitsID        bool     // the answer has no deployment_id
	Server         bool     // authorization_server is said
	Placements     []string // of deep linking
	LinkPlacements []string // of resource links
}

type tokenForm string

const (
	noToken     tokenForm = ""
	jwtToken    tokenForm = "jwt"
	opaqueToken tokenForm = "opaque"
)

// NextForm is how a Link header is written.
type NextForm string

// What LMSs write: rel="next" is the usual form.
const (
	NextQuoted   NextForm = ""
	NextBare     NextForm = "bare"     // rel=next
	NextCurly    NextForm = "curly"    // rel=“next”
	NextRelative NextForm = "relative" // an address without host
)

type acceptance string

const (
	acceptAny    acceptance = ""
	acceptListed acceptance = "listed" // the type, or */*, in a list
	acceptExact  acceptance = "exact"  // the type alone
)

// Profiles are all LMSs that are known, the Reference first.
func Profiles() []Profile {
	return []Profile{
		Reference(), Moodle(), Canvas(), Blackboard(), Brightspace(),
		Sakai(), Schoology(), OpenEdX(), ILIAS(), OpenOlat(),
	}
}

// Reference is an LMS without quirks, which offers everything.
func Reference() Profile {
	return Profile{
		Name: "Reference", Family: "ltitest", Version: "1", DeploymentID: "1",
		Subjects: asNamed, Contexts: asNamed, Links: asNamed,
		Login: Login{Method: http.MethodPost},
		Launch: Launch{
			Life: TokenLife, NRPSVersions: []string{"2.0"},
			ContextType: []string{courseSection},
		},
		Access: Access{MaxAge: 5 * time.Minute, ContentType: jsonType, RefusedStatus: http.StatusUnauthorized},
		Roster: &Roster{Differences: true},
		Grades: &Grades{
			Older: http.StatusConflict, Stranger: http.StatusUnprocessableEntity, ForeignLink: http.StatusForbidden,
		},
		Groups:       true,
		Notices:      []string{"LtiHelloWorldNotice", "LtiContextCopyNotice"},
		DeepLinking:  &DeepLinking{LineItems: true, Data: "ref & <data>"},
		Registration: &Registration{Token: opaqueToken},
		Variables:    append(commonVariables(), "ResourceLink.id.history", "Person.address.timezone"),
	}
}

// Names that several profiles use.
const (
	courseSection  = "http://purl.imsglobal.org/vocab/lis/v2/course#CourseSection"
	courseOffering = "http://purl.imsglobal.org/vocab/lis/v2/course#CourseOffering"
	jsonType       = "application/json"
)

func commonVariables() []string {
	return []string{
		"Context.id", "Context.title", "Context.label", "Context.id.history", "ResourceLink.id", "ResourceLink.title",
		"User.id", "User.username", "Person.name.full", "Person.email.primary", "Person.sourcedId",
	}
}
