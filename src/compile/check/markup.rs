//! Markup that page tests may bring: a small language inside HTML, in which what a browser makes of it is what is written.

use super::pages::runs_code;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// Elements that hold others of any kind.
const BLOCKS: &str = " article aside blockquote dd div dl dt figcaption figure footer header hr li nav ol section ul ";
/// Elements that hold words, and elements of words.
const LINES: &str = " h1 h2 h3 h4 h5 h6 p ";
/// Elements of words.
const WORDS: &str = " a abbr b br button cite code del em i img ins kbd mark q s small span strong sub sup time u wbr ";
/// Elements that hold nothing and are not closed.
const EMPTY: &str = " br hr img wbr ";

fn is_in(all: &str, name: &str) -> bool {
    all.split_ascii_whitespace().any(|own| own == name)
}

/// What is wrong with markup, if something is.
pub(super) fn check(markup: &str) -> Result<(), String> {
    if markup.contains(|sign: char| sign.is_control() && !"\n\t".contains(sign)) {
        return Err("There is a sign in it that nobody can see.".to_string());
    }
    let mut open: Vec<&str> = Vec::new();
    let mut rest = markup;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        if let Some(tag) = rest.strip_prefix('/') {
            let last = open.pop().unwrap_or_default();
            rest = tag
                .strip_prefix(last)
                .and_then(|end| end.strip_prefix('>'))
                .filter(|_| !last.is_empty())
                .ok_or_else(|| format!("An end tag does not close `<{last}>`, the last that is open."))?;
            continue;
        }
        let name = &rest[..letters(rest)];
        rest = attributes(&rest[name.len()..])?;
        if name.is_empty() || ![BLOCKS, LINES, WORDS].iter().any(|all| is_in(all, name)) {
            return Err(format!("`<{name}` begins no element that markup may have."));
        }
        let around = open.last().copied().unwrap_or_default();
        let in_words = is_in(LINES, around) || is_in(WORDS, around);
        let again = ["a", "button"].iter().any(|one| *one == name && open.contains(one));
        let astray = match name {
            "li" => !["ul", "ol"].contains(&around),
            "dd" | "dt" => around != "dl",
            _ => ["ul", "ol", "dl"].contains(&around),
        };
        if in_words && !is_in(WORDS, name) || again || astray {
            return Err(format!("A browser would not leave `<{name}>` inside `<{around}>`."));
        }
        if !is_in(EMPTY, name) {
            open.push(name);
        }
    }
    open.last().map_or(Ok(()), |last| Err(format!("`<{last}>` is not closed.")))
}

fn letters(text: &str) -> usize {
    text.bytes().take_while(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || *byte == b'-').count()
}

/// What follows the attributes of a tag and its end.
fn attributes(mut rest: &str) -> Result<&str, String> {
    loop {
        let blank = rest.trim_start_matches([' ', '\n', '\t']);
        if let Some(rest) = blank.strip_prefix('>') {
            return Ok(rest);
        }
        let name = &blank[..letters(blank)];
        let value = blank[name.len()..].strip_prefix("=\"").and_then(|value| value.split_once('"'));
        let Some((value, tail)) = value.filter(|_| blank.len() < rest.len() && !name.is_empty()) else {
            return Err("A tag is not written as `<a href=\"/beans\">` is.".to_string());
        };
        // Another reference could spell anything, and style has its own change.
        let hides = value.contains('<') || value.replace("&amp;", "").contains('&');
        if hides || name == "style" || runs_code(name, value) {
            return Err(format!("The attribute `{name}` could run code, or hides what it says."));
        }
        rest = tail;
    }
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn markup_is_plain_and_closed() {
        for good in [
            "",
            "Now & then > never",
            "<p>Now with <b>free</b> <a href=\"/ship?a=1&amp;b=2\" class=\"x y\">shipping</a></p>",
            "<ul><li>One<br></li><li><p>Two</p></li></ul>",
            "<div data-kind=\"x\"><img src=\"/a.png\" alt=\"A\"></div>",
        ] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        for bad in [
            "<script>x</script>",
            "<p>",
            "</p>",
            "<b></i>",
            "<b",
            "<B></B>",
            "<p><div></div></p>",
            "<a><a></a></a>",
            "<img src=x onerror=x>",
            "<img onerror=\"x\">",
            "<a href=\"javascript:x\"></a>",
            "<a href=\"&#106;avascript:x\"></a>",
            "<a href=\"java&Tab;script:x\"></a>",
            "<!-- -->",
            "<svg></svg>",
            "<li></li>",
            "<ul><p></p></ul>",
            "<p>\0</p>",
            "<p style=\"x\"></p>",
            "<iframe src=\"/\"></iframe>",
            "<p class=\"a\"id=\"b\"></p>",
            "<",
            "< p>",
            "<p/>",
        ] {
            assert!(check(bad).is_err(), "{bad}");
        }
    }
}
