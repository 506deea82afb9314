//! What is told to a chat, in the blocks of Slack's incoming webhooks
//! (<https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks>).

use super::{Scene, count, reading};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use serde_json::{Value, json};

/// The planned size was reached.
#[must_use]
pub fn reached(scene: &Scene, console: &str) -> Value {
    let said = reading::said(scene);
    let people = count(scene.people(), "visitor", "visitors");
    let plan = scene.experiment.plan.clone().unwrap_or_default();
    let label = if scene.document.intake.is_open() { "Open intake: not signed. " } else { "" };
    let hypothesis = plan.hypothesis.sentence(scene.metric());
    message(&Note {
        title: &scene.experiment.title,
        headline: &said.headline,
        words: &said.words,
        context: format!("{label}Planned size reached: {people}. {hypothesis}{}", locked(scene)),
        button: "Read and decide",
        link: format!("{console}/#/experiments/{}/reading", scene.experiment.key),
    })
}

/// A guardrail stopped it.
#[must_use]
pub fn stopped(scene: &Scene, why: &str, console: &str) -> Value {
    message(&Note {
        title: &scene.experiment.title,
        headline: "Stopped itself: everybody has the old version again",
        words: why,
        context: format!("{} had met it.{}", count(scene.people(), "visitor", "visitors"), locked(scene)),
        button: "See why",
        link: format!("{console}/#/experiments/{}", scene.experiment.key),
    })
}

/// A part of its data is missing, or has come after all.
#[must_use]
pub fn silence(scene: &Scene, silent: bool, console: &str) -> Value {
    message(&Note {
        title: &scene.experiment.title,
        headline: if silent { "Held: a part of the data does not come in" } else { "All data come in again" },
        words: if silent {
            "A part of the collector has told nothing for a quarter of an hour. The ramp waits; whoever meets the new version keeps it."
        } else {
            "The ramp goes on as planned. Nothing that was collected meanwhile is lost."
        },
        context: format!("{} so far.{}", count(scene.people(), "visitor", "visitors"), locked(scene)),
        button: "Have a look",
        link: format!("{console}/#/experiments/{}", scene.experiment.key),
    })
}

/// What was planned was refused at its time.
#[must_use]
pub fn undone(path: &str, who: &str, why: &str, console: &str) -> Value {
    message(&Note {
        title: path,
        headline: "It was planned for now, and is left undone",
        words: why,
        context: format!("Planned by {who}."),
        button: "Have a look",
        link: format!("{console}/#/now"),
    })
}

/// A message to try the way.
#[must_use]
pub fn test(console: &str) -> Value {
    message(&Note {
        title: "Pointsman",
        headline: "Messages arrive here",
        words: "Reports and stops of this project will be posted to this place.",
        context: String::from("A test, sent from Setup."),
        button: "Open Pointsman",
        link: format!("{console}/#/now"),
    })
}

/// Which plan it is about: that of which run, and how its digest begins.
fn locked(scene: &Scene) -> String {
    let (Some(run), Some(hash)) = (&scene.experiment.run, &scene.experiment.plan_hash) else { return String::new() };
    format!(" Plan {} of run {}.", hash.get(..12).unwrap_or(hash), run.id)
}

struct Note<'n> {
    title: &'n str,
    headline: &'n str,
    words: &'n str,
    context: String,
    button: &'n str,
    link: String,
}

fn message(note: &Note) -> Value {
    let Note { title, headline, words, context, button, link } = note;
    let fallback = format!("{title}: {headline}. {words}");
    let plain = |text: &str| json!({"type": "plain_text", "text": cut(text, 150)});
    json!({
        "text": cut(&escaped(&fallback), 3000),
        "blocks": [
            {"type": "header", "text": plain(title)},
            {"type": "section", "text": {"type": "mrkdwn", "text": cut(&format!("*{}*\n{}", escaped(headline), escaped(words)), 3000)}},
            {"type": "context", "elements": [{"type": "mrkdwn", "text": cut(&escaped(context), 2000)}]},
            {"type": "actions", "elements": [{"type": "button", "text": plain(button), "url": link}]},
        ],
    })
}

/// Slack's three control characters as entities, so that no title becomes a link or a mention.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// At most so many characters, as each block allows.
fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.into();
    }
    let mut short: Vec<char> = text.chars().take(most - 1).collect();
    short.push('…');
    short.into_iter().collect()
}
