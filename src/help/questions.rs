//! All that can be asked: a table and nothing else.
//!
//! Each question has ways to ask it. A way is a list of groups, apart by spaces; a group is words of which one has to be
//! there, apart by `/`, and `*` ends the beginning of a word. Whichever way has the most groups that are all there is the
//! one that is meant. Words are small letters and digits without apostrophes: *what's* is `whats`.

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic {
    /// What is not as it should be?
    Odd,
    /// What waits for somebody?
    Needs,
    /// What runs?
    Running,
    /// How does it stand?
    Verdict,
    /// Does it harm?
    Harm,
    /// Who responded differently?
    Who,
    /// When will we know?
    When,
    /// How will it end?
    End,
    /// How fast do we learn?
    Pace,
    /// Which test costs most?
    Costs,
    /// What should I test next?
    Next,
    /// Have we tried this?
    Tried,
    /// What have we learned?
    Learned,
}

/// What a question can be about, beside all that it may be asked of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// Nothing: it is asked of everything.
    All,
    /// An experiment by its name, or the one on whose page it is asked.
    Experiment,
    /// Whatever the other words say.
    Words,
}

/// A question.
#[derive(Debug)]
pub struct Question {
    /// What is asked.
    pub topic: Topic,
    /// Its name in the API.
    pub id: &'static str,
    /// How it is suggested.
    pub text: &'static str,
    /// What it can be about.
    pub about: About,
    /// The ways to ask it.
    pub ways: &'static [&'static str],
}

/// Words that say nothing about what is asked.
pub const PLAIN: &str = "a about again all already am an and any anything are at be been before being but by can could currently did do does \
    doing done else ever experiment experiments far for from get getting give gets go going got had has have here how i if \
    im in is it its just know known like look looking me much my need needs now of on one ones or our out over page please \
    right shall should show side so some something still such tell test tested testing tests than that the their them \
    then there these they thing things this those to today tomorrow up us use using version versions variant variants want \
    was we were weve what whats when where which who whos why will with work worked working works would yesterday yet you your \
    really actually currently everything people visitors users customers anyone anybody somebody someone";

/// The table.
pub const QUESTIONS: &[Question] = &[
    Question {
        topic: Topic::Odd,
        id: "odd",
        text: "What is odd today?",
        about: About::Experiment,
        ways: &[
            "odd/odder/strange/weird/unusual/suspicious/fishy/anomal*/abnormal/unexpected",
            "anything/something/what/whats wrong/broken/off/amiss",
            "is/are/does/do healthy/sane/trustworthy/sound",
            "can/could/should trust/believe numbers/data/result*/it/this/them",
            "any/what/are/show problem*/trouble*/alarm*/alert*/warning*/issue*",
            "is/does it/everything/all fine/ok/okay/well/alright",
            "what/whats happening/happened today/now/overnight",
        ],
    },
    Question {
        topic: Topic::Needs,
        id: "needs",
        text: "What needs me?",
        about: About::All,
        ways: &[
            "what/whats/anything/something/which need*/wait*/await* me/us/attention/decision/decided/deciding/review*/approv*/somebody/someone",
            "what/which should/must/to i/we do now/today/first",
            "what/whats/anything/show todo/pending/open/blocked/overdue",
            "what/who/which wait*/blocked",
        ],
    },
    Question {
        topic: Topic::Running,
        id: "running",
        text: "What is running?",
        about: About::All,
        ways: &[
            "what/whats/which/anything/show/list/how running/runs/live/active/ongoing/underway",
            "current/running/live/active/ongoing/present test/tests/experiment/experiments",
            "what/which are we testing/running now/currently/today/right",
            "what are we testing",
        ],
    },
    Question {
        topic: Topic::Verdict,
        id: "verdict",
        text: "How does it stand?",
        about: About::Experiment,
        ways: &[
            "verdict*/outcome*",
            "what/whats/show/tell/how result*/verdict*/outcome*/conclusion*/status/score/decision",
            "how going/doing/stand*/perform*/look/looking/do/did",
            "is/are/did/does/has/have/was winning/win/won/wins/ahead/better/worse/succeed*/successful/work*",
            "which/what version/variant/side/one better/best/won/wins/winning/ahead/leads/leading",
            "who won/wins/winning/ahead/leads/leading",
            "should/can/may/shall we/i ship/launch/release/keep/stop/decide/end/kill/adopt",
            "is significant",
        ],
    },
    Question {
        topic: Topic::Harm,
        id: "harm",
        text: "Does it do harm?",
        about: About::Experiment,
        ways: &[
            "harm*/damag*",
            "guardrail*",
            "is/are/do/does/did guardrail* ok/okay/fine/hold*/safe/well/good",
            "anything/something/what/any/did/does/is worse/hurt*/suffer*/slower/harm* get/got/getting/gets/become/became/anything/something/it/is/any",
            "is/are it/this/they/the safe",
        ],
    },
    Question {
        topic: Topic::Who,
        id: "who",
        text: "Who responded differently?",
        about: About::Experiment,
        ways: &[
            "who/whom/which/what/whose respond*/react*/differ*/benefit*/profit*/gain*/liked/likes/lose*/lost",
            "who/whom/which/for best/better/worst/worse/most/least/differ*/more respond*/react*/benefit*/work*/did/does/liked/likes/it/gain*",
            "which/what/any/are/show/by group*/segment*/audience*/cohort*/subgroup*/demographic*",
            "which/what/any/did/do group*/segment*/audience*/cohort*/device*/browser*/visitors/users/people/customers respond*/react*/differ*/better/best/worse/worst/most/benefit*/gain*/liked",
            "is/does/did/do/are differ*/respond*/react*/better/worse/work* mobile/phone*/desktop/tablet*/device*/browser*/safari/chrome/firefox/edge/returning/new/someone/somebody/anyone/anybody/everyone/everybody/segment*/group*",
            "best/worst/differ* segment*/group*/audience*/cohort*",
        ],
    },
    Question {
        topic: Topic::When,
        id: "when",
        text: "When will we know?",
        about: About::Experiment,
        ways: &[
            "when know/known/decide/decided/done/finish*/over/result*/answer*/end/ends/ended/ready/conclud*/significan*/tell/clear/sure/enough/stop/complete*/due",
            "when can/could/do/does/will/should/are/is we/it/this/i/they/the know/decide/done/finish*/over/end/tell/stop",
            "how long/longer/soon until/till/left/more/take/takes/wait/run/runs/still/know/remain*/last/go/need*",
            "how many/much longer/days/day/weeks/week/time/visitors/people/users/traffic left/more/need*/still/remain*/missing/until/take/takes/wait/longer",
            "how much longer",
            "is/are/do/have there/we/it/they enough data/visitors/people/traffic/numbers/users/samples/sample",
            "what eta/deadline",
            "eta",
            "days left/remain*",
        ],
    },
    Question {
        topic: Topic::End,
        id: "end",
        text: "How will it end?",
        about: About::Experiment,
        ways: &[
            "how/what will/would/might/could/is/likely end/finish/turn/conclude/happen/outcome",
            "will/would/might/could/going it/this/they/new/we/version/to win/lose/succeed/fail/better/worse/work",
            "chance*/odds/probab*/forecast*/predict*/prognos*/outlook",
            "chance*/odds/probab*/likel*/forecast*/predict* win/wins/winning/better/worse/succe*/fail*/lose/losing/ship/end",
            "how likely",
            "how good/accurate/reliable/right were/are/have forecast*/predict*",
        ],
    },
    Question {
        topic: Topic::Pace,
        id: "pace",
        text: "How fast do we learn?",
        about: About::All,
        ways: &[
            "how fast/quick/quickly/slow/slowly/well/much learn/learning/decide",
            "what learning/testing pace/velocity/speed",
        ],
    },
    Question {
        topic: Topic::Costs,
        id: "costs",
        text: "Which test costs most?",
        about: About::All,
        ways: &[
            "what/which/whats cost/costs/expensive most/highest",
            "what/which/whats costliest",
            "what/which expensive",
            "what/which takes/uses/needs most visitors/traffic",
        ],
    },
    Question {
        topic: Topic::Next,
        id: "next",
        text: "What should I test next?",
        about: About::All,
        ways: &[
            "what/which/whats should/could/can/to/shall/would/might i/we/you test/try/run/experiment",
            "what/which/whats test/try/run/experiment*/idea*/do/start/build/comes/up/is/work next",
            "whats next",
            "which/what/best/top/good/promising/show/give/any/suggest*/recommend* idea*",
            "suggest*/recommend*/propose test/tests/something/experiment/experiments/one/what/a",
            "where/what begin/start",
        ],
    },
    Question {
        topic: Topic::Tried,
        id: "tried",
        text: "Have we tried this?",
        about: About::Words,
        ways: &[
            "have/has/did/had/were/was/weve we/you/anyone/anybody/somebody/someone/they/team/weve/it/this/that/us tried/try/test/tested/run/ran/done/attempt*/experimented/considered",
            "has/have/was/were/is ever/already/before/yet tried/tested/run/done",
            "anyone/anybody/somebody/someone/ever/already tried/tested/try/test",
            "similar/related/like test/tests/experiment/experiments/this/it/ones",
            "what/when/which did/have/has/was/were we/anyone/somebody/you tried/try/tested/test",
            "is/was/are/any/there there/is similar/test/tests/experiment/experiments about/on/with/for/like/of",
        ],
    },
    Question {
        topic: Topic::Learned,
        id: "learned",
        text: "What have we learned?",
        about: About::Words,
        ways: &[
            "what/anything/everything/whats learn*/learnt/found/taught/discover*",
            "what/anything/everything/whats do/did/does/we/you/is know/knew/known about/on/of/for/from",
            "lesson*/learning*/insight*/finding*/takeaway*/debrief*",
            "what/whats works/worked/helps/helped for/on/with/in/about",
            "what/how happened/went/came when/with/of we/it/our/when/the/that",
            "what/does/did/show/search library say/says/know/have/hold/about/for/on/of",
        ],
    },
];
