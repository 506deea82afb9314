//! Pages and surveys: what visitors would see, and edits that run no code.

use super::Check;
use crate::document::{Change, Code, Edit, Page, Survey};
use crate::limits;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

impl Check<'_> {
    pub(super) fn page(&mut self, place: &str, key: &str, page: &Page) {
        self.name(place, key, false);
        let path = format!("{place}/path");
        self.limit(&path, page.path.len(), limits::PATTERN_BYTES, "bytes in this path");
        self.limit(&path, page.path.matches('*').count(), limits::PATTERN_STARS, "stars in this path");
        if !page.path.starts_with(['/', '*']) || page.path.contains(['?', '#']) {
            let fix = "Write a path such as `/`, `/beans` or `/beans/*`, without host, query or fragment.";
            self.report(&path, Code::Name, "This is not a path.".into(), fix);
        }
        let written = canonical(&page.path);
        if written != page.path {
            let cause = "No address has a path that is written so: it would never match.".to_string();
            self.report(&path, Code::Name, cause, format!("Write `{written}`."));
        }
        let document = self.document;
        if !self.known(&format!("{place}/flag"), "flag", &page.flag, &document.flags) {
            return;
        }
        for (variant, edits) in &page.variants {
            let place = format!("{place}/variants/{variant}");
            self.known(&place, "variant", variant, &document.flags[&page.flag].variants);
            self.limit(&place, edits.len(), limits::EDITS, "edits");
            for (index, edit) in edits.iter().enumerate() {
                self.edit(&format!("{place}/{index}"), edit);
            }
        }
    }

    fn edit(&mut self, place: &str, edit: &Edit) {
        if edit.select.trim().is_empty() || edit.select.len() > limits::UNIT_BYTES {
            let fix = format!("Write a CSS selector of at most {} bytes.", limits::UNIT_BYTES);
            self.report(&format!("{place}/select"), Code::Name, "This selects nothing.".into(), fix);
        }
        match &edit.change {
            Change::Attribute(set) => {
                let name = set.name.to_ascii_lowercase();
                let place = format!("{place}/change/attribute");
                let letters = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_:.".contains(&byte));
                if name.is_empty() || !letters {
                    self.report(&format!("{place}/name"), Code::Name, "This is no attribute.".into(), "Use letters.");
                }
                // Browsers skip blanks and control characters in front of and inside a scheme.
                let value: String = set.value.chars().filter(|c| !c.is_control() && *c != ' ').collect();
                let runs_code = name.starts_with("on")
                    // `values` and its like let an animation set another attribute.
                    || ["srcdoc", "values", "to", "from", "by"].contains(&name.as_str())
                    || value.to_ascii_lowercase().contains("javascript:")
                    || is_foreign_data(&value.to_ascii_lowercase());
                if runs_code {
                    let cause = "This attribute would run code in the page.".to_string();
                    self.report(&place, Code::Unsafe, cause, "Change text or harmless attributes only.");
                }
            }
            Change::Remove(false) => {
                let fix = "Write `true`, or leave the edit out.";
                self.report(&format!("{place}/change/remove"), Code::Conflict, "It changes nothing.".into(), fix);
            }
            Change::Text(_) | Change::Remove(true) => {}
        }
    }

    pub(super) fn survey(&mut self, place: &str, key: &str, survey: &Survey) {
        self.name(place, key, false);
        let document = self.document;
        self.known(&format!("{place}/experiment"), "experiment", &survey.experiment, &document.experiments);
        self.words(&format!("{place}/question"), &survey.question, limits::QUESTION_CHARS);
        for (index, choice) in survey.choices.iter().enumerate() {
            let place = format!("{place}/choices/{index}");
            self.words(&place, choice, limits::CHOICE_CHARS);
            if survey.choices[..index].contains(choice) {
                let cause = "This choice stands here twice, so its answers could not be told apart.".to_string();
                self.report(&place, Code::Conflict, cause, "Remove it, or give it words of its own.");
            }
        }
        if survey.choices.is_empty() && !survey.comment {
            let cause = "There is no way to answer.".to_string();
            self.report(place, Code::Conflict, cause, "Add `choices`, or set `comment` to true.");
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

/// Whether a value is a `data:` URL of anything but a picture without script.
fn is_foreign_data(value: &str) -> bool {
    let pictures = ["png", "jpeg", "gif", "webp", "avif"];
    value.strip_prefix("data:").is_some_and(|rest| {
        !rest.strip_prefix("image/").is_some_and(|kind| pictures.iter().any(|picture| kind.starts_with(picture)))
    })
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
