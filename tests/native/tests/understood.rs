//! Questions in words: what is asked of the table is understood however it is said, and nothing else is.

use pointsman::help::matching::asked;

/// Ways to ask, by the name of what is asked and what it is about.
const ASKED: &[(&str, &str, &str)] = &[
    ("odd", "", "What is odd today?"),
    ("odd", "", "what's odd"),
    ("odd", "", "anything strange going on?"),
    ("odd", "", "Is something wrong with the numbers"),
    ("odd", "", "Anything unusual today?"),
    ("odd", "", "can we trust these numbers?"),
    ("odd", "", "is everything ok"),
    ("odd", "", "any problems?"),
    ("odd", "", "Are there any alerts?"),
    ("odd", "hero", "is anything off with the hero test?"),
    ("needs", "", "What needs me?"),
    ("needs", "", "what is waiting for me"),
    ("needs", "", "Does anything need my attention?"),
    ("needs", "", "what should I do today?"),
    ("running", "", "What is running?"),
    ("running", "", "which tests are live"),
    ("running", "", "show me the active experiments"),
    ("running", "", "What are we testing right now?"),
    ("verdict", "", "How does it stand?"),
    ("verdict", "", "How is it going?"),
    ("verdict", "", "is it winning?"),
    ("verdict", "", "which version is better?"),
    ("verdict", "", "Who is winning?"),
    ("verdict", "", "what's the result"),
    ("verdict", "", "did it work?"),
    ("verdict", "", "Should we ship it?"),
    ("verdict", "hero", "how is the hero test doing"),
    ("harm", "", "Does it do harm?"),
    ("harm", "", "did anything get worse?"),
    ("harm", "", "Are the guardrails fine?"),
    ("harm", "", "is it hurting anything"),
    ("who", "", "Who responded differently?"),
    ("who", "", "Who responded best?"),
    ("who", "", "who liked it most"),
    ("who", "", "For whom does it work best?"),
    ("who", "", "which segments reacted differently"),
    ("who", "", "is it different for mobile users?"),
    ("who", "", "did any group benefit more?"),
    ("who", "", "which devices responded better"),
    ("who", "hero", "who responded best to the hero?"),
    ("when", "", "When will we know?"),
    ("when", "", "when can we decide"),
    ("when", "", "How long until we have a result?"),
    ("when", "", "how much longer does it take"),
    ("when", "", "How many days are left?"),
    ("when", "", "when is it done?"),
    ("when", "", "do we have enough data yet?"),
    ("when", "", "How many more visitors do we need"),
    ("when", "hero", "when will the hero experiment be finished?"),
    ("end", "", "How will it end?"),
    ("end", "", "will it win?"),
    ("end", "", "What are the odds?"),
    ("end", "", "what are the chances that it wins"),
    ("end", "", "How likely is a win?"),
    ("end", "", "is it going to fail"),
    ("end", "", "how will this turn out?"),
    ("end", "", "how accurate were our forecasts"),
    ("pace", "", "How fast do we learn?"),
    ("pace", "", "how quickly are we learning"),
    ("costs", "", "Which test costs most?"),
    ("costs", "", "what is the most expensive experiment"),
    ("next", "", "What should I test next?"),
    ("next", "", "which idea is best?"),
    ("next", "", "what could we try"),
    ("next", "", "What comes next?"),
    ("next", "", "suggest an experiment"),
    ("next", "", "give me ideas"),
    ("tried", "", "Have we tried this?"),
    ("tried", "free shipping", "have we tried free shipping?"),
    ("tried", "sticky header", "Has anyone tested a sticky header before"),
    ("tried", "green buttons", "did we ever test green buttons?"),
    ("tried", "countdown timers", "have we already run experiments with countdown timers"),
    ("tried", "pricing", "is there a similar test about pricing?"),
    ("learned", "", "What have we learned?"),
    ("learned", "pricing", "what have we learned about pricing?"),
    ("learned", "checkout", "What do we know about the checkout"),
    ("learned", "navigation", "lessons on navigation"),
    ("learned", "returning", "what works for returning customers?"),
    ("learned", "removed banner", "What happened when we removed the banner?"),
    ("learned", "shipping costs", "what does the library say about shipping costs"),
];

/// What asks nothing of the table: things to look for, questions about something else, and half of a question.
const NOT_ASKED: &[&str] = &[
    "",
    "   ",
    "?",
    "pricing",
    "odd socks",
    "winning smile",
    "free shipping from 30 euros",
    "marzipan",
    "who is the admin?",
    "When does the shop open?",
    "how do I invite a colleague",
    "what is a guardrail metric in statistics",
    "where is the setup",
    "how many beans are in a bag?",
    "will it rain tomorrow in Lisbon",
    "when did Ada leave the team",
    "best coffee",
    "is coffee healthy",
    "translate this page to German",
    "What needs a new roof?",
    "who responded to the fire alarm",
    "delete everything",
    "ship it to 10 % of France",
    "stop the hero test",
    "next level espresso",
    "harmony of flavours",
    "the",
];

#[test]
fn a_question_is_understood_however_it_is_said_and_what_asks_nothing_is_not() {
    let called = |words: &[String]| words == ["hero"];
    let wrong: Vec<_> = ASKED
        .iter()
        .filter_map(|(id, about, text)| {
            let found = asked(text, &called).map(|asked| (asked.question.id, asked.about.join(" ")));
            (found != Some((id, (*about).to_string())))
                .then(|| format!("“{text}” is {found:?} and no {id} of “{about}”"))
        })
        .chain(NOT_ASKED.iter().filter_map(|text| Some(format!("“{text}” asks {}", asked(text, &called)?.question.id))))
        .collect();
    assert!(ASKED.len() >= 60 && wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn an_experiment_that_nobody_has_is_not_asked_about() {
    let nobody = |_: &[String]| false;
    assert!(asked("when will we know?", &nobody).is_some());
    assert!(asked("when will the hero experiment be finished?", &nobody).is_none());
}
