//! The API as machines read it: `OpenAPI` 3.1, made of the lists that route its calls ([`super::operations`]) and of the types
//! that read its bodies. What the shell answers itself, because several objects know it, stands here.

use super::access::{self, Role};
use super::operations::{OF_ENVIRONMENT, OF_PROJECT};
use crate::environment::Environment;
use crate::limits;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use schemars::generate::SchemaSettings;
use schemars::{Schema, SchemaGenerator};
use serde_json::{Map, Value, json};

/// A call of the API.
#[derive(Clone, Copy)]
pub(super) struct Operation {
    pub(super) method: &'static str,
    /// The parts of its path; `{name}` stands for any text.
    pub(super) path: &'static [&'static str],
    pub(super) summary: &'static str,
    /// Whether the caller has to say what they have read.
    pub(super) seen: bool,
    pub(super) queries: &'static [&'static str],
    pub(super) body: Option<fn(&mut SchemaGenerator) -> Schema>,
    /// What its answer always holds.
    pub(super) members: &'static [&'static str],
    /// The least role that may, where the shell asks for more than the control object would.
    pub(super) role: Option<Role>,
}

/// A call that the shell answers.
const fn shell(
    method: &'static str,
    path: &'static [&'static str],
    queries: &'static [&'static str],
    summary: &'static str,
    members: &'static [&'static str],
) -> Operation {
    Operation { method, path, summary, seen: false, queries, body: None, members, role: None }
}

/// The same to whoever may plan there.
const fn to_editors(operation: Operation) -> Operation {
    Operation { role: Some(Role::Editor), ..operation }
}

const BECAME: &[&str] = &["received", "stored", "duplicate", "rejected", "filtered", "hours", "losses"];
const FILES: &[&str] = &["segments", "waiting"];

#[rustfmt::skip]
const SHELL: &[Operation] = &[
    shell("GET", &["signin"], &[], "Whether the team's own provider has signed the caller in", &["signedIn"]),
    shell("GET", &["projects"], &[], "All projects", &["projects", "person", "demo", "now"]),
    shell("GET", &["ledger"], &["project", "environment", "hours", "intake"], "What became of everything that was sent", BECAME),
];

/// The same of an environment.
#[rustfmt::skip]
const SHELL_OF_ENVIRONMENT: &[Operation] = &[
    to_editors(shell("GET", &["keys"], &[], "The keys of applications", &["client", "server", "feed"])),
    to_editors(shell("GET", &["slots"], &["path", "url"], "The words of a page that can be changed", &["slots"])),
    to_editors(shell("POST", &["preview"], &[], "Links that open a preview", &["links", "until"])),
    to_editors(shell("POST", &["frames"], &[], "A page as it is and as it would be, side by side", &["now", "new", "until"])),
    to_editors(shell("POST", &["share"], &[], "A link that shows one result to whoever has it", &["link", "until"])),
    Operation {
        role: Some(Role::Approver),
        ..shell("GET", &["contacts", "{survey}"], &[], "Who has left an address after an answer, and when it goes", &["contacts"])
    },
    to_editors(shell("DELETE", &["units", "{unit}"], &[], "Takes somebody out of everything", &["rows", "answers"])),
    shell("GET", &["ledger"], &["hours", "intake"], "What became of everything that was sent", BECAME),
    shell("GET", &["events"], &["intake"], "The catalog of events", &["events"]),
    shell("GET", &["totals"], &["days", "intake"], "What all traffic did", &["totals", "metrics"]),
    shell("GET", &["visitors"], &["metric", "steps", "intake"], "What visitors of all traffic did by a metric: who came back, and who went from step to step", &["sums", "trend", "level", "asOf"]),
    shell("GET", &["sums"], &["run", "intake"], "The exact sums of a run, or of everything", &[]),
    shell("GET", &["feed"], &["intake"], "How far the raw log was handed on", &["logs"]),
    shell("GET", &["segments"], &["intake"], "The files of the raw log", FILES),
    shell("POST", &["segments"], &["intake"], "Makes a file of what waits", FILES),
    shell("GET", &["tail"], &["intake"], "The newest events, and what became of each, since somebody looks", &["shards", "asOf"]),
    shell("GET", &["data"], &["intake"], "What arrives", &["ledger", "metrics", "events", "runs", "asOf"]),
    shell("GET", &["experiments"], &["intake"], "Runs of the current document", &[]),
    shell("GET", &["experiments", "{key}", "report"], &["intake"], "The numbers of a run", &["report"]),
];

/// The whole description.
#[must_use]
pub fn description() -> Value {
    let mut generator = SchemaSettings::draft2020_12()
        .with(|settings| settings.definitions_path = "/components/schemas".into())
        .into_generator();
    let mut paths = Map::new();
    let mut add = |prefix: &str, role: &[&str], all: &[&Operation]| {
        for operation in all {
            let path = format!("/api/v1{prefix}/{}", operation.path.join("/"));
            let parts: Vec<_> = role.iter().chain(operation.path).copied().collect();
            let described = described(operation, &path, &parts, &mut generator);
            paths.entry(path).or_insert_with(|| json!({}))[operation.method.to_lowercase()] = described;
        }
    };
    let environment = "/projects/{project}/environments/{environment}";
    add("", &[], &SHELL.iter().collect::<Vec<_>>());
    add("/projects/{project}", &[], &OF_PROJECT.iter().collect::<Vec<_>>());
    add(environment, &["environments", ""], &OF_ENVIRONMENT.iter().chain(SHELL_OF_ENVIRONMENT).collect::<Vec<_>>());
    let mut schemas = generator.take_definitions(true);
    schemas.insert("Problem".to_string(), problem());
    json!({
        "openapi": "3.1.1",
        "info": {"title": "Pointsman", "version": env!("CARGO_PKG_VERSION"), "description": "What the dashboard does, and anybody else may do by machine."},
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "responses": {"Problem": {
                "description": "Why it was not done, and what to do. Nothing has changed.",
                "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
            }},
        },
    })
}

fn described(operation: &Operation, path: &str, parts: &[&str], generator: &mut SchemaGenerator) -> Value {
    let created =
        (operation.method, operation.path) == ("POST", &["experiments"]) && path.ends_with("{project}/experiments");
    let members: Map<String, Value> = operation.members.iter().map(|name| (name.to_string(), json!(true))).collect();
    let answer = json!({"type": "object", "required": operation.members, "properties": members});
    let mut described = json!({
        "summary": operation.summary,
        "operationId": format!("{} {path}", operation.method),
        "x-role": operation.role.unwrap_or_else(|| access::needed(operation.method, parts)).name(),
        "parameters": parameters(operation, path),
        "responses": {
            (if created { "201" } else { "200" }): {"description": "Done.", "content": {"application/json": {"schema": answer}}},
            "default": {"$ref": "#/components/responses/Problem"},
        },
    });
    if let Some(body) = operation.body {
        let schema = body(generator);
        described["requestBody"] = json!({"required": true, "content": {"application/json": {"schema": schema}}});
    }
    described
}

fn parameters(operation: &Operation, path: &str) -> Vec<Value> {
    let of = |name: &str, place: &str, required: bool, schema: Value| json!({"name": name, "in": place, "required": required, "schema": schema});
    let text = || json!({"type": "string"});
    let named = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let mut all: Vec<_> = named
        .map(|name| match name {
            "environment" => of(name, "path", true, json!({"enum": Environment::ALL.map(Environment::name)})),
            _ => of(name, "path", true, text()),
        })
        .collect();
    all.extend(operation.queries.iter().map(|name| {
        let schema = match *name {
            "limit" => json!({"type": "integer", "minimum": 1, "description": "How many at most."}),
            "after" => json!({"type": "string", "description": "The `next` of the page before."}),
            _ => text(),
        };
        of(name, "query", false, schema)
    }));
    if operation.seen {
        all.push(of(
            "If-Match",
            "header",
            true,
            json!({"type": "string", "pattern": "^\"\\d+\"$", "description": "The revision that the caller has read."}),
        ));
    }
    if operation.method != "GET" {
        let most = limits::IDEMPOTENCY_KEY_BYTES;
        all.push(of("Idempotency-Key", "header", false, json!({"type": "string", "minLength": 1, "maxLength": most, "description": "Sent twice within a day it is done once."})));
    }
    all
}

/// RFC 9457, and what we add to it.
fn problem() -> Value {
    let text = json!({"type": "string"});
    json!({
        "type": "object",
        "required": ["type", "title", "status", "detail"],
        "properties": {
            "type": text, "title": text, "status": {"type": "integer"}, "detail": text, "fix": text,
            "problems": {"type": "array", "items": {
                "type": "object", "required": ["pointer", "code", "cause", "fix"],
                "properties": {"pointer": text, "code": text, "cause": text, "fix": text},
            }},
            "current": {"description": "What there is now."},
        },
    })
}

#[cfg(test)]
mod tests {
    use super::description;
    use crate::document::generated::fresh;

    #[test]
    fn the_description_is_the_one_that_the_routers_give() {
        let due = serde_json::to_string_pretty(&description()).unwrap() + "\n";
        fresh("project/openapi.json", include_str!("openapi.json"), &due);
    }
}
