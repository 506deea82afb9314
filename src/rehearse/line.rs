//! One line of a log.

use crate::document::When;
use crate::document::context;
use crate::time::Millis;
use alloc::string::{String, ToString};
use serde_json::{Map, Value as Json};

/// A context, and its time if the line says one.
pub(super) type Line = (Map<String, Json>, Option<Millis>);

/// What a line holds; nothing if it is empty, or why it holds no context.
pub(super) fn read(line: &[u8]) -> Result<Option<Line>, String> {
    if line.trim_ascii().is_empty() {
        return Ok(None);
    }
    let mut map = context::read(line)
        .map_err(|problems| problems.first().map(|problem| problem.cause.clone()).unwrap_or_default())?;
    // A context with an attribute of this name, and nothing else, would have to be wrapped itself.
    let wrapped = map.keys().all(|key| key == "context" || key == "now");
    match map.remove("context") {
        Some(Json::Object(inner)) if wrapped => Ok(Some((inner, map.get("now").map(time).transpose()?))),
        Some(other) => {
            map.insert("context".to_string(), other);
            Ok(Some((map, None)))
        }
        None => Ok(Some((map, None))),
    }
}

fn time(now: &Json) -> Result<Millis, String> {
    let given = match now {
        Json::Number(number) => number.as_i64().map(When::Millis),
        Json::String(text) => Some(When::Text(text.clone())),
        _ => None,
    };
    let millis = given.and_then(|when| when.millis());
    millis
        .map(Millis)
        .ok_or_else(|| "Its `now` is neither whole milliseconds nor a time such as 2026-11-22T10:00Z.".to_string())
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::time::Millis;

    #[test]
    fn a_line_is_a_context_or_holds_one() {
        let of = |line: &str| read(line.as_bytes()).map(|read| read.map(|(context, now)| (context.len(), now)));
        assert_eq!(of(r#"{"a": 1, "now": 5}"#), Ok(Some((2, None))), "an attribute may be called now");
        assert_eq!(of(r#"{"context": {"a": 1}, "now": 5}"#), Ok(Some((1, Some(Millis(5))))));
        assert_eq!(of(r#"{"context": {"a": 1}, "now": "1970-01-02"}"#), Ok(Some((1, Some(Millis(86_400_000))))));
        assert_eq!(of(r#"{"context": {}}"#), Ok(Some((0, None))));
        assert_eq!(of(r#"{"context": "page"}"#), Ok(Some((1, None))));
        assert_eq!(of(" \r"), Ok(None));
        assert!(of(r#"{"context": {}, "now": "soon"}"#).is_err() && of("[]").is_err() && of("{").is_err());
    }
}
