//! What a card looks like where it arrives: templates, which are data.

use super::{Card, cut};
use alloc::string::{String, ToString};
use serde_json::{Map, Value};

/// A body: a JSON text in which a name in braces stands for what the card has of it. Before a name may stand how it is to be
/// written: `md:` as Markdown finds nothing in it, `slack:` and `html:` the same for Slack and for a page.
type Template = &'static str;

/// Slack's incoming webhooks: Block Kit (<https://docs.slack.dev/reference/block-kit/blocks>). Its limits are those of
/// [`MOST`]: 150 characters of a header, 3000 of a section or a context, 75 of a button.
pub const SLACK: Template = r#"{"text": "{slack:title}: {slack:headline}. {slack:words}", "blocks": [
    {"type": "header", "text": {"type": "plain_text", "text": "{title}", "emoji": false}},
    {"type": "section", "text": {"type": "mrkdwn", "text": "*{slack:headline}*\n{slack:words}"}},
    {"type": "context", "elements": [{"type": "mrkdwn", "text": "{slack:context}"}]},
    {"type": "actions", "elements": [{"type": "button", "text": {"type": "plain_text", "text": "{button}", "emoji": false}, "url": "{link}"}]}]}"#;

/// A mail to one address, in the form of Resend's `POST /emails` (<https://resend.com/docs/api-reference/emails/send-email>);
/// from whom it comes the shell knows.
pub const MAIL: Template = r#"{"to": ["{recipient}"], "subject": "{title}: {headline}",
    "text": "{headline}\n\n{words}\n\n{button}: {link}\n\n{context}\n",
    "html": "<h2>{html:title}</h2><p><strong>{html:headline}</strong></p><p style=\"white-space: pre-line\">{html:words}</p><p><a href=\"{html:link}\">{html:button}</a></p><p><small>{html:context}</small></p>"}"#;

/// Those of other services by their names. A team writes others in Setup.
const OTHERS: &[(&str, Template)] = &[
    (
        "plain",
        r#"{"v": 1, "id": "{id}", "kind": "{kind}", "environment": "{environment}", "experiment": "{experiment}", "team": "{team}",
        "title": "{title}", "headline": "{headline}", "words": "{words}", "context": "{context}", "link": "{link}"}"#,
    ),
    (
        "teams",
        r#"{"type": "message", "attachments": [{"contentType": "application/vnd.microsoft.card.adaptive", "content": {
        "type": "AdaptiveCard", "version": "1.4", "body": [
            {"type": "TextBlock", "text": "{md:title}", "weight": "bolder", "size": "medium", "wrap": true},
            {"type": "TextBlock", "text": "{md:headline}", "weight": "bolder", "wrap": true},
            {"type": "TextBlock", "text": "{md:words}", "wrap": true},
            {"type": "TextBlock", "text": "{md:context}", "isSubtle": true, "size": "small", "wrap": true}],
        "actions": [{"type": "Action.OpenUrl", "title": "{button}", "url": "{link}"}]}}]}"#,
    ),
    (
        "discord",
        r#"{"allowed_mentions": {"parse": []}, "embeds": [{"title": "{md:title}", "url": "{link}",
        "description": "**{md:headline}**\n{md:words}", "footer": {"text": "{context}"}}]}"#,
    ),
];

/// Characters of a line, of a headline and of a text, and of these once they are written so that nothing is found in them.
/// Together they fit into what every known service takes.
const MOST: [(usize, usize); 3] = [(120, 500), (240, 500), (1500, 2400)];

/// The template of a name, or the team's own text. Nothing for what is neither.
#[must_use]
pub fn template(text: &str) -> Option<Value> {
    let known = OTHERS.iter().find(|(name, _)| *name == text);
    let read: Value = serde_json::from_str(known.map_or(text, |(_, template)| template)).ok()?;
    (read.is_object() && filled(&read, None, "").is_some()).then_some(read)
}

/// A card by a template, for a recipient if there is one.
#[must_use]
pub fn body(template: &str, card: &Card, recipient: &str) -> String {
    let read = self::template(template).unwrap_or_default();
    filled(&read, Some(card), recipient).unwrap_or_default().to_string()
}

/// A template with everything in its place; nothing where it has an unknown name.
fn filled(template: &Value, card: Option<&Card>, recipient: &str) -> Option<Value> {
    Some(match template {
        Value::String(text) => Value::String(text_of(text, card, recipient)?),
        Value::Array(list) => list.iter().map(|item| filled(item, card, recipient)).collect::<Option<_>>()?,
        Value::Object(members) => {
            let mut all = Map::new();
            for (name, member) in members {
                all.insert(name.clone(), filled(member, card, recipient)?);
            }
            Value::Object(all)
        }
        other => other.clone(),
    })
}

fn text_of(text: &str, card: Option<&Card>, recipient: &str) -> Option<String> {
    let mut parts = text.split('{');
    let mut whole = parts.next().unwrap_or_default().to_string();
    for part in parts {
        let (name, rest) = part.split_once('}')?;
        whole.push_str(&value(card, recipient, name)?);
        whole.push_str(rest);
    }
    Some(whole)
}

/// What a name stands for; nothing for an unknown one.
fn value(card: Option<&Card>, recipient: &str, name: &str) -> Option<String> {
    let (written, name) = name.split_once(':').unwrap_or(("", name));
    let [line, headline, text] = MOST;
    let (of, (most, escaped)): (fn(&Card) -> &str, _) = match name {
        "id" => (|card| &card.id, line),
        "kind" => (|card| card.kind.name(), line),
        "environment" => (|card| card.environment.name(), line),
        "experiment" => (|card| &card.experiment, line),
        "team" => (|card| &card.team, line),
        "title" => (|card| &card.title, line),
        "headline" => (|card| &card.headline, headline),
        "words" => (|card| &card.words, text),
        "context" => (|card| &card.context, text),
        "button" => (|card| card.button, line),
        "link" => (|card| &card.link, text),
        "recipient" => return Some(recipient.to_string()),
        _ => return None,
    };
    let entity: fn(char) -> &'static str = match written {
        "" => |_| "",
        "slack" | "html" => |character| match character {
            '&' => "&amp;",
            '<' => "&lt;",
            '>' => "&gt;",
            '"' => "&quot;",
            _ => "",
        },
        "md" => |character| if "\\*_~`[]()<>|#".contains(character) { "\\" } else { "" },
        _ => return None,
    };
    let raw = card.map_or_else(String::new, |card| cut(of(card), most));
    let (mut whole, mut length) = (String::new(), 0);
    for character in raw.chars() {
        let before = if written == "slack" && character == '"' { "" } else { entity(character) };
        length += before.len() + 1;
        if length >= escaped {
            whole.push('…');
            break;
        }
        whole.push_str(before);
        if written == "md" || before.is_empty() {
            whole.push(character);
        }
    }
    Some(whole)
}

#[cfg(test)]
mod tests {
    use super::{MAIL, OTHERS, SLACK, template};

    #[test]
    fn every_template_can_be_filled_and_one_that_cannot_is_none() {
        let names = OTHERS.iter().map(|(name, _)| *name);
        assert!(names.chain([SLACK, MAIL]).all(|text| template(text).is_some()));
        assert!(template(r#"{"text": "{title}: {headline}"}"#).is_some());
        for wrong in
            ["", "nothing", "[]", r#"{"text": "{author}"}"#, r#"{"text": "{title"}"#, r#"{"a": "{xml:title}"}"#]
        {
            assert_eq!(template(wrong), None, "{wrong}");
        }
    }
}
