//! Who may do what: a role for each person, and for tokens of theirs at most that of an editor, as no machine approves.

use super::{Answer, Call, Refusal, Result, people, tokens};
use crate::lifecycle::Actor;
use crate::sql::{Failure, Sql};
use crate::time::Millis;
use alloc::string::String;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// What somebody may do: each role what those before it may, and more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub(super) enum Role {
    /// Read.
    Viewer,
    /// Plan, change flags within the playbook's steps, stop and decide.
    Editor,
    /// Let other people's plans start.
    Approver,
    /// Say who may do what, and what the playbook asks.
    Admin,
}

impl Role {
    /// Its name in the API.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Editor => "editor",
            Self::Approver => "approver",
            Self::Admin => "admin",
        }
    }

    /// The role of a name; nothing for another word.
    pub(super) fn from_name(name: &str) -> Option<Self> {
        [Self::Viewer, Self::Editor, Self::Approver, Self::Admin].into_iter().find(|role| role.name() == name)
    }
}

/// How much of a role counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub(super) enum Scope {
    /// All of it.
    All,
    /// Stopping and rolling back, and reading what there is to stop: the token behind glass.
    Stop,
}

/// Somebody whom the project knows.
#[derive(Clone)]
pub(super) struct Caller {
    pub(super) actor: Actor,
    /// The person's number; nothing for whoever holds the engine's own token.
    pub(super) person: Option<i64>,
    pub(super) role: Role,
    pub(super) scope: Scope,
    /// Whether a token of theirs calls, and not they themselves.
    pub(super) machine: bool,
}

/// What somebody is told who has signed in, and whom nobody has added.
pub(super) fn stranger(person: &str) -> Answer {
    let error = alloc::format!("You are signed in as {person}, and nobody has added you here.");
    Answer {
        status: 403,
        body: json!({"error": error, "fix": "Ask an admin to add that address under Setup, People."}),
    }
}

/// Who calls, if anybody whom the project knows.
pub(super) fn caller(sql: &mut impl Sql, call: &Call, now: Millis) -> core::result::Result<Option<Caller>, Failure> {
    if let Some(caller) = people::caller(sql, call)? {
        return Ok(Some(caller));
    }
    if call.person.is_empty() { tokens::caller(sql, &call.token, now) } else { Ok(None) }
}

/// Refuses what the caller's role or token does not allow.
pub(super) fn allow(caller: &Caller, call: &Call, parts: &[&str]) -> Result<()> {
    if caller.scope == Scope::Stop && !stops(call, parts) {
        let error = "This token only stops experiments, switches flags off and rolls back.";
        return Err(denied(error, "Use your own link for anything else."));
    }
    let needed = match (parts, call.query.get("needs")) {
        // The shell asks for what it does by itself.
        (["whoami"], Some(name)) => Role::from_name(name).unwrap_or(Role::Admin),
        _ => needed(&call.method, parts),
    };
    if caller.role >= needed {
        return Ok(());
    }
    let name = needed.name();
    let who = if needed == Role::Admin { "an admin" } else { "somebody" };
    Err(denied(
        &alloc::format!("This takes the role “{name}”; yours is “{}”.", caller.role.name()),
        &alloc::format!("Ask {who} with that role, or an admin to give it to you."),
    ))
}

fn denied(error: &str, fix: &str) -> Refusal {
    Refusal::Answer(Answer { status: 403, body: json!({"error": error, "fix": fix}) })
}

/// Whether the caller may take an action on an experiment, as far as their role goes.
pub(super) fn may(caller: &Caller, action: &str) -> bool {
    let stopping = caller.scope == Scope::All || action == "stop";
    stopping && caller.role >= needed("POST", &["experiments", "", action])
}

/// The same for an action on a change that waits for somebody's word.
pub(super) fn may_decide(caller: &Caller, action: &str) -> bool {
    caller.scope == Scope::All && caller.role >= needed("POST", &["environments", "", "changes", "", action])
}

/// The least role that may do it.
pub(super) fn needed(method: &str, parts: &[&str]) -> Role {
    match (method, parts) {
        (
            "POST",
            ["experiments", _, "approve" | "agree" | "confirm"]
            | ["environments", _, "changes", _, "approve" | "confirm"]
            | ["playbook", "approve" | "confirm"],
        ) => Role::Approver,
        (_, ["people" | "playbook" | "settings" | "channels" | "teams" | "import", ..]) if method != "GET" => {
            Role::Admin
        }
        // What people wrote, and whom it is told, is for those who work with it.
        ("GET", ["voices" | "search" | "channels" | "deliveries", ..] | ["experiments", _, "voices"]) => Role::Editor,
        // A vote, a comment, and what somebody follows, are their own.
        ("GET", _)
        | (
            "POST",
            ["environments", _, "explain"] | ["tokens", ..] | ["follows"] | ["experiments", _, "comments", ..],
        )
        | ("PUT" | "DELETE", ["experiments", _, "vote"])
        | ("DELETE", ["experiments", _, "comments", _]) => Role::Viewer,
        _ => Role::Editor,
    }
}

/// What may be done with a token that only stops: less exposure, and finding out where.
fn stops(call: &Call, parts: &[&str]) -> bool {
    match (call.method.as_str(), parts) {
        // What asks for approval wants more exposure than there is.
        _ if call.query.contains_key("propose") => false,
        ("GET", ["experiments", _, "voices"]) => false,
        ("GET", ["whoami"]) => !call.query.contains_key("needs"),
        ("GET", ["now" | "experiments", ..] | ["environments", _, "flags" | "versions" | "document", ..])
        | ("POST", ["experiments", _, "stop"] | ["environments", _, "versions", _, "restore"]) => true,
        ("PUT", ["environments", _, "flags", _]) => {
            let body: Value = serde_json::from_str(&call.body).unwrap_or_default();
            body == json!({"enabled": false})
        }
        _ => false,
    }
}

/// What the caller is told of themselves.
pub(super) fn whoami(caller: &Caller) -> Value {
    let Caller { actor, role, scope, .. } = caller;
    let name: &String = &actor.name;
    json!({"name": name, "role": role, "scope": scope})
}
