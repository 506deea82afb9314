//! What is wrong with the rows of an import, all of it at once. A pointer begins with the table and what names the row.

use super::{TABLES, Table};
use crate::collect::Sum;
use crate::document::{self, Code, Document, Problem};
use crate::environment::Environment;
use crate::lifecycle::Experiment;
use crate::notify::Route;
use crate::playbook::Playbook;
use crate::project::access::Role;
use crate::project::audit::{self, Deed};
use crate::project::teams::{self, Teams};
use crate::project::{Result, boards, channels, comments, follows, past, people, publishing, settings, store, surveys};
use crate::screens::Look;
use crate::sql::{Cell, Failure, Sql};
use crate::versions::{self, NO_AUDIT};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Rows by table, in the order of [`TABLES`]; each has what its table's columns ask for.
pub(super) struct Rows(pub(super) Vec<Vec<Vec<Cell>>>);

impl Rows {
    pub(super) fn of(&self, name: &str) -> &[Vec<Cell>] {
        let place = TABLES.iter().position(|table| table.name == name);
        place.and_then(|place| self.0.get(place)).map_or(&[], Vec::as_slice)
    }
}

/// A row as cells, if each is of its column's kind.
pub(super) fn cells(table: &Table, row: &Value) -> Option<Vec<Cell>> {
    let row = row.as_array().filter(|row| row.len() == table.kinds.len())?;
    let cell = |(kind, value): (u8, &Value)| match (kind, value) {
        (b't', Value::String(text)) => Some(text.as_str().into()),
        (b'i' | b'?', Value::Number(number)) => Some(number.as_i64()?.into()),
        (b'?', Value::Null) => Some(Cell::Null),
        _ => None,
    };
    table.kinds.bytes().zip(row).map(cell).collect()
}

/// Problems, as they are found.
struct Found(Vec<Problem>);

impl Found {
    fn say(&mut self, pointer: &str, cause: &str, fix: &str) {
        self.0.push(Problem::new(pointer.to_string(), Code::Conflict, cause.to_string(), fix.to_string()));
    }

    /// What is wrong with a part of a row.
    fn beneath(&mut self, pointer: &str, problems: Vec<Problem>) {
        let placed = |problem: Problem| Problem { pointer: format!("{pointer}{}", problem.pointer), ..problem };
        self.0.extend(problems.into_iter().map(placed));
    }

    /// What a text is, or that it is not.
    fn read<T: DeserializeOwned>(&mut self, pointer: &str, text: &str) -> Option<T> {
        let Failure(problem) = match store::parsed(text) {
            Ok(read) => return Some(read),
            Err(failure) => failure,
        };
        // Lines of a row are not those of a file.
        let (cause, _) = problem.rsplit_once(" at line").unwrap_or((&problem, ""));
        let (_, cause) = cause.split_once(": ").unwrap_or(("", cause));
        self.say(pointer, &format!("It is not as expected: {cause}."), AS_IT_WAS);
        None
    }
}

const AS_IT_WAS: &str = "Take it as it was exported.";

/// Everything that keeps the rows from being a project.
pub(super) fn problems(sql: &mut impl Sql, rows: &Rows) -> Result<Vec<Problem>> {
    let mut found = Found(Vec::new());
    for (table, rows) in TABLES.iter().zip(&rows.0) {
        let mut before: &[Cell] = &[];
        for row in rows {
            let name = row.get(..table.named).unwrap_or_default();
            if table.columns.starts_with("environment") && Environment::from_name(row[0].text()).is_none() {
                let fix = "They are development, staging and production.";
                found.say(&named(table, row), "There is no such environment.", fix);
            }
            if !before.is_empty() && !follows(before, name) {
                found.say(&named(table, row), "It is there twice, or out of order.", AS_IT_WAS);
            }
            before = name;
        }
    }
    chained(rows.of("audit"), &mut found);
    // Nothing is published here yet.
    let mut production = publishing::current(sql, Environment::Production)?;
    for row in rows.of("version") {
        let Some(environment) = Environment::from_name(row[0].text()) else { continue };
        let stands = rows.of("audit").iter().any(|line| line[6] == row[5]);
        let known = version(sql, row, environment, stands, &mut found)?;
        if let (Some(document), Environment::Production) = (known, environment) {
            production = document;
        }
    }
    let runs = experiments(rows.of("experiment"), &production, &mut found);
    for (table, rows) in TABLES.iter().zip(&rows.0).filter(|(table, _)| table.columns.starts_with("run")) {
        for row in rows {
            let pointer = named(table, row);
            if !runs.iter().any(|run| run == row[0].text()) {
                found.say(&pointer, "It is of a run that no experiment has.", "Bring its experiment, or leave it out.");
            }
            match table.name {
                "tally" => drop(found.read::<Vec<Sum>>(&pointer, row[5].text())),
                "look" => drop(found.read::<Look>(&pointer, row[2].text())),
                _ => {}
            }
        }
    }
    let mut teams = Teams::default();
    for row in rows.of("setting") {
        let pointer = format!("/setting/{}", row[0].text());
        match row[0].text() {
            key if key.starts_with(boards::BOARD) => drop(found.read::<Vec<String>>(&pointer, row[2].text())),
            "playbook" => {
                let playbook = found.read::<Playbook>(&pointer, row[2].text());
                found.beneath(&pointer, playbook.map(|playbook| playbook.problems()).unwrap_or_default());
            }
            "settings" => drop(found.read::<settings::Settings>(&pointer, row[2].text())),
            "surveys" => drop(found.read::<surveys::All>(&pointer, row[2].text())),
            "teams" => {
                let read = found.read::<Teams>(&pointer, row[2].text()).unwrap_or_default();
                found.beneath(&pointer, read.problems());
                teams = read;
            }
            _ => found.say(&pointer, "An export has no such setting.", "Leave it out."),
        }
    }
    whose(rows, &teams, &mut found);
    for row in rows.of("channel") {
        let route = found.read::<Route>(&format!("/channel/{}", row[0].integer()), row[6].text()).unwrap_or_default();
        let owned = route.team.is_empty() || teams.has(&route.team);
        if channels::Service::from_name(row[3].text()).is_none() || !row[4].text().is_empty() || !owned {
            found.say(&format!("/channel/{}", row[0].integer()), "This is no channel of a project.", AS_IT_WAS);
        }
    }
    for row in rows.of("comment") {
        if let Some((cause, _)) = comments::fault(row[4].text()) {
            found.say(&format!("/comment/{}", row[0].integer()), &cause, AS_IT_WAS);
        }
    }
    for row in rows.of("past") {
        let pointer = format!("/past/{}", row[0].text());
        let Some(record) = found.read::<Value>(&pointer, row[3].text()) else { continue };
        let wrong = past::problems(sql, &past::listed(row[3].text()))?;
        if record["key"] != row[0].text() || !wrong.is_empty() {
            found.say(&pointer, "This is no imported experiment.", AS_IT_WAS);
        }
    }
    for row in rows.of("claim") {
        let pointer = format!("/claim/{}", row[0].integer());
        let claim = found.read::<Value>(&pointer, row[4].text()).unwrap_or_default();
        let text = claim["text"].as_str().unwrap_or_default();
        if comments::fault(text).is_some() || !claim["for"].is_array() || !claim["against"].is_array() {
            found.say(&pointer, "This is no claim.", AS_IT_WAS);
        }
    }
    for row in rows.of("person") {
        if !people::is_free(row[1].text()) || Role::from_name(row[3].text()).is_none() {
            found.say(&format!("/person/{}", row[0].integer()), "This is no person of a project.", AS_IT_WAS);
        }
    }
    Ok(found.0)
}

/// Whether what teams own, and what people are for and follow, is of teams, people and experiments that are there.
fn whose(rows: &Rows, teams: &Teams, found: &mut Found) {
    let tests = |key: &Cell| rows.of("experiment").iter().any(|row| row[0] == *key);
    let people = |id: &Cell| id.integer() == follows::NOBODY || rows.of("person").iter().any(|row| row[0] == *id);
    let sound = |table: &str, row: &[Cell]| match table {
        "owned" => {
            let kind = row[0].text();
            teams::KINDS.contains(&kind) && (kind != "experiment" || tests(&row[1])) && teams.has(row[2].text())
        }
        "vote" => tests(&row[0]) && people(&row[1]),
        "comment" => tests(&row[1]),
        "mention" => people(&row[0]) && rows.of("comment").iter().any(|comment| comment[0] == row[1]),
        _ => {
            people(&row[0])
                && match row[1].text() {
                    "test" => tests(&row[2]),
                    "team" => teams.has(row[2].text()),
                    kind => kind == "page",
                }
        }
    };
    for table in TABLES.iter().filter(|table| ["owned", "vote", "comment", "mention", "follow"].contains(&table.name)) {
        for row in rows.of(table.name).iter().filter(|row| !sound(table.name, row)) {
            let cause = "It is of a team, a person or an experiment that is not there.";
            found.say(&named(table, row), cause, "Bring that, or leave this out.");
        }
    }
}

/// Whether a name comes after another one, as an export has them.
fn follows(before: &[Cell], name: &[Cell]) -> bool {
    let both = before.iter().zip(name).find(|(one, other)| one != other);
    both.is_some_and(|(one, other)| (one.integer(), one.text()) < (other.integer(), other.text()))
}

/// What a row is called.
fn named(table: &Table, row: &[Cell]) -> String {
    let cell = |cell: &Cell| if let Cell::Text(text) = cell { text.clone() } else { cell.integer().to_string() };
    let names: Vec<String> = row.iter().take(table.named).map(cell).collect();
    format!("/{}/{}", table.name, names.join("/"))
}

/// Says where the log's chain breaks: each line's hash is that of itself and of all before it.
fn chained(rows: &[Vec<Cell>], found: &mut Found) {
    let mut before = NO_AUDIT.to_string();
    for (number, row) in (1..).zip(rows) {
        let [_, at, who, action, subject, detail, hash] = &row[..] else { continue };
        let deed = Deed { who: who.text(), action: action.text(), subject: subject.text(), detail: detail.text() };
        before = audit::chained(&before, at.integer(), &deed);
        if row[0].integer() != number || before != hash.text() {
            let cause = "This line is not the one that was written here.";
            found.say(&format!("/audit/{}", row[0].integer()), cause, "Take the log from where it is whole.");
            break;
        }
    }
}

/// A version's document, with all that is wrong with it.
fn version(
    sql: &mut impl Sql,
    row: &[Cell],
    environment: Environment,
    stands: bool,
    found: &mut Found,
) -> Result<Option<Document>> {
    let pointer = format!("/version/{}", environment.name());
    let text = row[6].text();
    let wrong = versions::check(sql, environment, text)?;
    if !wrong.is_empty() {
        found.beneath(&pointer, wrong);
        return Ok(None);
    }
    if row[1].integer() < 1 || !stands {
        found.say(
            &pointer,
            "The log has no line on which this version stands.",
            "Bring the log that it was exported with.",
        );
    }
    let Ok(document) = document::read(text.as_bytes()) else { return Ok(None) };
    if versions::digest(&document).is_none_or(|digest| digest != row[7].text()) {
        let fix = "Take it as it was exported, and change it afterwards, where somebody sees whom it moves.";
        found.say(&pointer, "Its digest is another: this is not the document that was published.", fix);
    }
    Ok(Some(document))
}

/// The runs of all experiments. What visitors meet of them is what production's document says, and nothing else.
fn experiments(rows: &[Vec<Cell>], production: &Document, found: &mut Found) -> Vec<String> {
    let (mut runs, mut live) = (Vec::new(), Vec::new());
    for row in rows {
        let pointer = format!("/experiment/{}", row[0].text());
        let Some(experiment) = found.read::<Experiment>(&pointer, row[2].text()) else { continue };
        if experiment.key != row[0].text() {
            found.say(&pointer, "Its key is another one.", AS_IT_WAS);
        }
        runs.extend(experiment.runs.iter().filter_map(|run| run["run"].as_str().map(ToString::to_string)));
        let Some(run) = &experiment.run else { continue };
        let placed = production.experiments.get(&experiment.key).and_then(|placed| placed.run.as_ref());
        if experiment.is_live() && placed.is_none_or(|placed| placed.id != run.id || placed.epoch != run.epoch) {
            found.say(&pointer, "It is running, and production's document has not its run.", "Export both at once.");
        }
        if experiment.is_live() {
            live.push(experiment.key.clone());
        }
        runs.push(run.id.clone());
    }
    for (key, _) in production.experiments.iter().filter(|(_, placed)| placed.run.is_some()) {
        if !live.contains(key) {
            let pointer = format!("/version/production/experiments/{key}/run");
            found.say(&pointer, "No experiment here is running with it.", "Export both at once.");
        }
    }
    runs
}
