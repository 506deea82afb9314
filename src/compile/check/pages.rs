//! Pages and surveys: what visitors would see, and edits that run no code.

use super::super::pattern::{self, Part};
use super::{Check, markup};
use crate::document::{Code, Edit, Page, Survey, below};
use crate::limits;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde_json::Value;

impl Check<'_> {
    pub(super) fn page(&mut self, place: &str, key: &str, page: &Page) {
        self.name(place, key, false);
        if !page.path.starts_with(['/', '*', ':', '{', '(']) {
            let fix = "Write a path such as `/`, `/beans` or `/beans/*`, without host, query or fragment.";
            self.report(&below(place, "path"), Code::Name, "This is not a path.".into(), fix);
        }
        for ((part, pattern), name) in pattern::parts(page).into_iter().zip(["path", "host", "query"]) {
            if let Some(pattern) = pattern {
                self.pattern(&below(place, name), part, pattern);
            }
        }
        let document = self.document;
        if !self.known(&below(place, "flag"), "flag", &page.flag, &document.flags) {
            return;
        }
        for (variant, edits) in &page.variants {
            let place = format!("{place}/variants/{variant}");
            self.known(&place, "variant", variant, &document.flags[&page.flag].variants);
            self.limit(&place, edits.len(), limits::EDITS, "edits");
            for (index, edit) in edits.iter().enumerate() {
                self.edit(&format!("{place}/{index}"), edit);
            }
            let kinds = || edits.iter().filter_map(Edit::change).map(|(kind, _)| kind);
            let taken = kinds().filter(|kind| ["redirect", "rewrite", "route"].contains(kind)).count();
            let leaves = kinds().any(|kind| kind == "redirect");
            if taken > 1 || leaves && edits.len() > 1 {
                let cause = "A page comes from one place, and whoever is sent away sees nothing of it.".to_string();
                self.report(&place, Code::Conflict, cause, "Keep one rewrite or route, or a redirect alone.");
            }
        }
    }

    fn pattern(&mut self, place: &str, part: Part, pattern: &str) {
        self.limit(place, pattern.len(), limits::PATTERN_BYTES, "bytes in this pattern");
        if pattern.contains('#') {
            self.report(place, Code::Name, "No request has a fragment.".into(), "Leave it out.");
        }
        // Where nothing has a meaning of its own, the text is an address's own.
        let plain = !has(pattern, b"{}():\\?+");
        let written = canonical(pattern);
        if plain && matches!(part, Part::Path) && written != pattern {
            let cause = "No address has a path that is written so: it would never match.".to_string();
            self.report(place, Code::Name, cause, format!("Write `{written}`."));
        }
        if let Err(refusal) = pattern::table(part, pattern, &self.document.tables) {
            self.report(place, Code::Name, refusal.cause, refusal.fix);
        }
    }

    /// Hosts that redirects may lead to are named one by one, and by their names.
    pub(super) fn hosts(&mut self) {
        let document = self.document;
        self.limit("/hosts", document.hosts.len(), limits::HOSTS, "hosts");
        for (index, host) in document.hosts.iter().enumerate() {
            let label = |label: &str| {
                let fine = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
                !label.is_empty() && label.bytes().all(fine)
            };
            let (name, port) = host.split_once(':').unwrap_or((host, "1"));
            let last = name.split('.').fold("", |_, label| label);
            let is_port = port.len() < 6 && port.bytes().all(|byte| byte.is_ascii_digit()) && !port.is_empty();
            if !name.split('.').all(label) || !last.bytes().any(|byte| byte.is_ascii_lowercase()) || !is_port {
                let fix = "Write a name such as `shop.example`, without scheme, path or wildcard.";
                self.report(&format!("/hosts/{index}"), Code::Name, "This is not a host's name.".into(), fix);
            }
        }
    }

    fn edit(&mut self, place: &str, edit: &Edit) {
        let Some((kind, change)) = edit.change() else { return };
        let whole = ["css", "script", "rewrite", "redirect", "route"].contains(&kind);
        match (edit.place("select"), edit.place("slot")) {
            (None, None) if whole => {}
            (Some(select), None) if !whole => self.selector(&below(place, "select"), select),
            (None, Some(slot)) if !whole => self.name(&below(place, "slot"), slot, false),
            _ => {
                let cause = if whole { "This changes the whole page." } else { "It is not said what this changes." };
                let fix = "Name elements by `select` or `slot`; `css`, `script`, `rewrite`, `redirect` and `route` have neither.";
                self.report(&below(place, "select"), Code::Name, cause.into(), fix);
            }
        }
        let place = &below(&below(place, "change"), kind);
        let of = |key: &str| change[key].as_str().unwrap_or_default();
        let text = change.as_str().unwrap_or_default();
        match kind {
            "attribute" => self.attribute_of(place, of("name"), of("value")),
            "style" => {
                let named = of("name").bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
                if !named || of("name").is_empty() || has(of("value"), b";{}\"") || !is_still(of("value")) {
                    let fix = "Write one property and one value that loads nothing.";
                    self.report(place, Code::Unsafe, "This is more than a property.".into(), fix);
                }
            }
            "class" => {
                let all = || ["add", "remove"].iter().filter_map(|key| change[*key].as_array()).flatten();
                let is_class = |name: &Value| {
                    name.as_str().is_some_and(|name| !name.is_empty() && !name.contains(char::is_whitespace))
                };
                if all().next().is_none() || !all().all(is_class) {
                    self.report(place, Code::Name, "These are no classes.".into(), "Write one in each entry.");
                }
            }
            "before" | "after" | "prepend" | "append" | "replace" => self.markup(place, text),
            "move" => self.selector(&below(place, "to"), of("to")),
            "css" => {
                self.limit(place, text.len(), limits::MARKUP_BYTES, "bytes of style");
                if !is_still(text) {
                    let fix = "Leave out `<`, `\\`, `@import` and addresses other than paths of the site.";
                    self.report(place, Code::Unsafe, "It could load or end more than it should.".into(), fix);
                }
            }
            "script" => self.script(place, text),
            "rewrite" => self.target(place, text, text),
            "redirect" => self.redirect(place, text),
            "route" => self.name(place, text, false),
            "remove" if change == false => {
                self.report(
                    place,
                    Code::Conflict,
                    "It changes nothing.".into(),
                    "Write `true`, or leave the edit out.",
                );
            }
            _ => {}
        }
    }

    fn selector(&mut self, place: &str, select: &str) {
        if select.trim().is_empty() || select.len() > limits::UNIT_BYTES {
            let fix = format!("Write a CSS selector of at most {} bytes.", limits::UNIT_BYTES);
            self.report(place, Code::Name, "This selects nothing.".into(), fix);
        }
    }

    fn attribute_of(&mut self, place: &str, name: &str, value: &str) {
        let letters = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_:.".contains(&byte));
        if name.is_empty() || !letters {
            self.report(&below(place, "name"), Code::Name, "This is no attribute.".into(), "Use letters.");
        }
        if runs_code(name, value) {
            let cause = "This attribute would run code in the page.".to_string();
            self.report(place, Code::Unsafe, cause, "Change text or harmless attributes only.");
        }
    }

    fn markup(&mut self, place: &str, markup: &str) {
        self.limit(place, markup.len(), limits::MARKUP_BYTES, "bytes of markup");
        if let Err(cause) = markup::check(markup) {
            let fix = "Write text with plain elements that are closed in turn, such as `<p>Now with <b>free</b> shipping</p>`.";
            self.report(place, Code::Unsafe, cause, fix);
        }
    }

    /// Code stands in the page as it is written: nothing in it ends or begins an element, and every encoding reads it alike.
    fn script(&mut self, place: &str, code: &str) {
        self.limit(place, code.len(), limits::MARKUP_BYTES, "bytes of script");
        let lower = code.to_ascii_lowercase();
        let plain = |byte: u8| byte.is_ascii_graphic() || b" \n\t".contains(&byte);
        if ["<script", "</script", "<!--"].iter().any(|sign| lower.contains(sign)) || !code.bytes().all(plain) {
            let fix = "Leave out `<script`, `</script` and `<!--`, and write other signs than ASCII as `\\u2026`.";
            self.report(place, Code::Unsafe, "It could end before it should, or be read otherwise.".into(), fix);
        }
        if code.trim().is_empty() {
            self.report(place, Code::Conflict, "It does nothing.".into(), "Write code, or leave the edit out.");
        }
    }

    fn redirect(&mut self, place: &str, target: &str) {
        let Some(rest) = target.strip_prefix("https://") else { return self.target(place, target, target) };
        let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        if !self.document.hosts.iter().any(|known| known == host) {
            let fix = "Add the host to `hosts` of the document, or write a path of this site.";
            self.report(place, Code::Unsafe, "Redirects lead to known hosts only.".into(), fix);
        }
        self.target(place, target, if path.is_empty() { "/" } else { path });
    }

    /// A path, with a query or without, that browsers and servers read alike.
    fn target(&mut self, place: &str, target: &str, path: &str) {
        self.limit(place, target.len(), limits::TARGET_BYTES, "bytes in this address");
        let plain = |byte: u8| byte.is_ascii_graphic() && !b"\\#{}<>\"`^|".contains(&byte);
        let own = path.split('?').next().unwrap_or_default();
        if !path.starts_with('/') || path.starts_with("//") || !path.bytes().all(plain) || canonical(own) != own {
            let fix = "Write a path such as `/pricing-b`, as addresses have it, without a fragment.";
            self.report(place, Code::Unsafe, "This is no path of a site.".into(), fix);
        }
    }

    pub(super) fn goal(&mut self, place: &str, key: &str, goal: &Value) {
        self.label(place, key);
        for (name, value) in goal.as_object().into_iter().flatten() {
            match (name.as_str(), value.as_str()) {
                ("path", Some(path)) => self.pattern(&below(place, "path"), Part::Path, path),
                (_, Some(select)) => self.selector(&below(place, name), select),
                _ => {}
            }
        }
        if ["click", "submit", "scroll", "seconds"].iter().filter(|name| !goal[**name].is_null()).count() > 1 {
            let cause = "These are two things that a visitor does.".to_string();
            self.report(place, Code::Conflict, cause, "Keep one of `click`, `submit`, `scroll` and `seconds`.");
        }
    }

    pub(super) fn survey(&mut self, place: &str, key: &str, survey: &Survey) {
        self.name(place, key, false);
        let document = self.document;
        self.known(&below(place, "experiment"), "experiment", &survey.experiment, &document.experiments);
        self.words(&below(place, "question"), &survey.question, limits::QUESTION_CHARS);
        for (index, choice) in survey.choices.iter().enumerate() {
            let place = format!("{place}/choices/{index}");
            self.words(&place, choice, limits::CHOICE_CHARS);
            if survey.choices[..index].contains(choice) {
                let cause = "This choice stands here twice, so its answers could not be told apart.".to_string();
                self.report(&place, Code::Conflict, cause, "Remove it, or give it words of its own.");
            }
        }
        let answers = survey.answers();
        if answers.is_empty() && !survey.comment {
            let cause = "There is no way to answer.".to_string();
            self.report(place, Code::Conflict, cause, "Add `choices` or a `rating`, or set `comment` to true.");
        }
        if !survey.rating.is_null() && !survey.choices.is_empty() {
            let cause = "A question has choices or a scale, and not both.".to_string();
            self.report(&below(place, "rating"), Code::Conflict, cause, "Keep one of `choices` and `rating`.");
        }
        for end in ["low", "high"] {
            if let Some(words) = survey.rating[end].as_str() {
                self.words(&format!("{place}/rating/{end}"), words, limits::CHOICE_CHARS);
            }
        }
        for (index, next) in survey.follow.as_array().into_iter().flatten().enumerate() {
            let place = format!("{place}/follow/{index}");
            self.words(
                &below(&place, "question"),
                next["question"].as_str().unwrap_or_default(),
                limits::QUESTION_CHARS,
            );
            for (index, after) in next["after"].as_array().into_iter().flatten().enumerate() {
                if !answers.iter().any(|answer| after == answer.as_str()) {
                    let cause = "Nobody can give this answer.".to_string();
                    let fix = "Write one of the `choices`, or a point of the `rating` as a text.";
                    self.report(&format!("{place}/after/{index}"), Code::Unknown, cause, fix);
                }
            }
        }
        let flag = document.experiments.get(&survey.experiment).and_then(|one| document.flags.get(&one.flag));
        for (index, variant) in survey.when["variants"].as_array().into_iter().flatten().enumerate() {
            if let (Some(flag), Some(variant)) = (flag, variant.as_str()) {
                self.known(&format!("{place}/when/variants/{index}"), "variant", variant, &flag.variants);
            }
        }
        if survey.talk.as_ref().is_some_and(|address| !is_open(address)) {
            let cause = "Nobody can be sent there.".to_string();
            self.report(&below(place, "talk"), Code::Unsafe, cause, "Write an address that begins with `https://`.");
        }
        if survey.contact && survey.talk.is_some() {
            let cause = "Whoever has answered is sent to one place.".to_string();
            self.report(&below(place, "contact"), Code::Conflict, cause, "Keep one of `talk` and `contact`.");
        }
        for (language, words) in &survey.languages {
            let place = format!("{place}/languages/{language}");
            for (name, text) in words.as_object().into_iter().flatten() {
                for text in text.as_array().into_iter().flatten().chain([text]).filter_map(Value::as_str) {
                    self.words(&below(&place, name), text, limits::QUESTION_CHARS);
                }
            }
            let many = |list: &Value| list.as_array().map_or(0, Vec::len);
            if many(&words["choices"]) != survey.choices.len() || many(&words["follow"]) != many(&survey.follow) {
                let cause = "An answer in this language could not be told from another.".to_string();
                let fix =
                    "Give each of the survey's `choices`, and of what it asks next in `follow`, in the same order.";
                self.report(&place, Code::Conflict, cause, fix);
            }
        }
    }

    /// Words that visitors read in one line or a few.
    fn words(&mut self, pointer: &str, words: &str, most: usize) {
        let length = words.chars().count();
        if words.trim().is_empty() || length > most || words.chars().any(char::is_control) {
            let cause = format!("These words have {length} characters, or some that nobody can read.");
            self.report(pointer, Code::Limit, cause, format!("Write 1 to {most} characters in one line."));
        }
    }
}

/// Whether it is an address of https in plain signs, which a link may hold as it is.
fn is_open(address: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_graphic() && !b"\\\"<>^`{|}".contains(&byte);
    address.len() <= limits::TARGET_BYTES
        && address.len() > 8
        && address.starts_with("https://")
        && address.bytes().all(plain)
}

/// A path as addresses have it when they get here (www/sdk/address.js): as the URL standard writes it, and what needs no
/// escape without one. Dot segments are resolved.
fn canonical(path: &str) -> String {
    let mut plain = String::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let [byte, tail @ ..] = rest {
        rest = tail;
        let escaped =
            tail.first_chunk::<2>().and_then(|digits| u8::from_str_radix(str::from_utf8(digits).ok()?, 16).ok());
        match (byte, escaped) {
            (b'%', Some(meant)) if is_unreserved(meant) => {
                plain.push(char::from(meant));
                rest = &tail[2..];
            }
            (b'\\', _) => plain.push('/'),
            (b'\t' | b'\n' | b'\r', _) => {}
            (b' ' | b'"' | b'<' | b'>' | b'`' | b'{' | b'}' | ..=0x1f | 0x7f.., _) => {
                plain.extend(['%', digit(byte >> 4), digit(byte & 15)]);
            }
            _ => plain.push(char::from(*byte)),
        }
    }
    let mut steps: Vec<&str> = Vec::new();
    let mut all = plain.split('/').peekable();
    while let Some(step) = all.next() {
        let last = all.peek().is_none();
        match step {
            // The first step is what stands before the first slash.
            ".." if steps.len() > 1 => drop(steps.pop()),
            "." | ".." => {}
            other => steps.push(other),
        }
        if last && [".", ".."].contains(&step) {
            steps.push("");
        }
    }
    steps.join("/")
}

/// A number below 16 as escapes have it.
fn digit(number: u8) -> char {
    char::from_digit(u32::from(number), 16).unwrap_or_default().to_ascii_uppercase()
}

/// Letters, digits and the four marks that mean the same with and without an escape (RFC 3986, section 2.3).
fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)
}

/// Whether an attribute with this value would run code, or could set another attribute that does.
pub(super) fn runs_code(name: &str, value: &str) -> bool {
    let name = name.to_ascii_lowercase();
    // Browsers skip blanks and control characters in front of and inside a scheme.
    let value: String = value.chars().filter(|c| !c.is_control() && *c != ' ').collect();
    let value = value.to_ascii_lowercase();
    name.starts_with("on")
        // `values` and its like let an animation set another attribute.
        || ["srcdoc", "values", "to", "from", "by"].contains(&name.as_str())
        || value.contains("javascript:")
        || is_foreign_data(&value)
}

/// Whether a value is a `data:` URL of anything but a picture without script.
fn is_foreign_data(value: &str) -> bool {
    let pictures = ["png", "jpeg", "gif", "webp", "avif"];
    value.strip_prefix("data:").is_some_and(|rest| {
        !rest.strip_prefix("image/").is_some_and(|kind| pictures.iter().any(|picture| kind.starts_with(picture)))
    })
}

/// Whether a text has one of these signs.
fn has(text: &str, signs: &[u8]) -> bool {
    text.bytes().any(|byte| signs.contains(&byte))
}

/// Whether style loads nothing from elsewhere, and cannot end what it stands in. An escape could spell anything.
fn is_still(style: &str) -> bool {
    let style = style.to_ascii_lowercase();
    let own = |address: &str| {
        let address = address.trim_start().trim_start_matches(['"', '\'']);
        address.starts_with('/') && !address.starts_with("//")
    };
    !has(&style, b"<\\\0")
        && !["@import", "expression(", "image-set(", "src("].iter().any(|word| style.contains(word))
        && style.split("url(").skip(1).all(own)
}

#[cfg(test)]
mod tests {
    use super::canonical;

    #[test]
    fn a_path_is_written_in_one_way() {
        for path in
            ["/", "*", "/beans/*", "/a//b", "/gr%C3%B6%C3%9Fe", "/%2Fpricing", "/%2570ricing", "/50%", "/a;b=1", "/..."]
        {
            assert_eq!(canonical(path), path);
        }
        for (path, written) in [
            ("/%70ricing", "/pricing"),
            ("/a/%2e%2e/pricing", "/pricing"),
            ("/a/../../b/./c", "/b/c"),
            ("/a/..", "/"),
            ("/größe", "/gr%C3%B6%C3%9Fe"),
            ("\\a b\tc", "/a%20bc"),
        ] {
            assert_eq!(canonical(path), written, "{path}");
            assert_eq!(canonical(written), written);
        }
    }
}
