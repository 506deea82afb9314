//! What is made in JavaScript, and so stays JSON: changes and goals. These are types for the schema alone, from which `shape` is made that looks at every document.
#![expect(dead_code, reason = "nobody makes one")]

use alloc::string::String;
use alloc::vec::Vec;

/// One change to a page, or to the elements that a selector finds.
#[derive(schemars::JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct Edit {
    /// A CSS selector. What changes the page as a whole has none.
    select: Option<String>,
    /// In place of a selector: the name of a region that the page marks with `data-slot`.
    slot: Option<String>,
    /// What changes.
    change: Change,
}

/// What an edit changes.
#[derive(schemars::JsonSchema)]
#[schemars(rename_all = "camelCase", deny_unknown_fields)]
enum Change {
    /// The element's content becomes this text.
    Text(String),
    /// An attribute gets a value.
    Attribute(SetAttribute),
    /// Classes come and go.
    Class(SetClass),
    /// A property of its style gets a value.
    Style(SetAttribute),
    /// This markup comes before the element.
    Before(String),
    /// This markup comes after the element.
    After(String),
    /// This markup comes first in the element.
    Prepend(String),
    /// This markup comes last in the element.
    Append(String),
    /// This markup takes the element's place.
    Replace(String),
    /// The element goes, if this is `true`.
    Remove(bool),
    /// The element goes elsewhere on the page.
    Move(Move),
    /// The page gets these rules of style.
    Css(String),
    /// This code runs at the end of the page. In production a second person has to approve it.
    Script(String),
    /// The page comes from this path of the origin; its address stays.
    Rewrite(String),
    /// Visitors are sent to this path, or to this address on one of `hosts`.
    Redirect(String),
    /// The page comes from this upstream.
    Route(String),
}

/// An attribute of an element, or a property of its style, and the new value.
#[derive(schemars::JsonSchema)]
#[schemars(deny_unknown_fields)]
struct SetAttribute {
    /// Its name.
    name: String,
    /// Its new value.
    value: String,
}

/// Classes of an element.
#[derive(schemars::JsonSchema)]
#[schemars(deny_unknown_fields)]
struct SetClass {
    /// Those that it gets.
    #[schemars(default)]
    add: Vec<String>,
    /// Those that it loses.
    #[schemars(default)]
    remove: Vec<String>,
}

/// Where an element goes.
#[derive(schemars::JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Move {
    /// A selector of the element that it goes to.
    to: String,
    /// On which side of it.
    place: Beside,
}

/// A side of an element.
#[derive(schemars::JsonSchema)]
#[schemars(rename_all = "lowercase")]
enum Beside {
    /// In front of it.
    Before,
    /// Behind it.
    After,
    /// First in it.
    Prepend,
    /// Last in it.
    Append,
}

/// When an event of the goal's name happens. Without any of the four conditions it is when a page is seen.
#[derive(schemars::JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct Goal {
    /// The path of the pages, as a URL pattern; every page if it is left out.
    path: Option<String>,
    /// A CSS selector: somebody clicks on such an element, or on something in it.
    click: Option<String>,
    /// A CSS selector: somebody sends such a form.
    submit: Option<String>,
    /// Somebody has come so far down the page, in hundredths of it.
    #[schemars(range(min = 1, max = 100))]
    scroll: Option<u32>,
    /// Somebody has had the page in front of them for so many seconds.
    #[schemars(range(min = 1, max = 3600))]
    seconds: Option<u32>,
}
