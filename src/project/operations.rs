//! The calls of the API that the control object answers, each once: how it is asked, what it takes and gives, and what
//! answers it. The routers and the description that machines read ([`super::openapi`]) are made of these lists.

#[cfg(feature = "schema")]
use super::openapi::Operation;
use super::publishing::Warrant;
use super::{
    Request, Result, access, advice, alerts, approvals, asked, audit, backup, boards, calendar, channels, checking,
    claims, comments, documents, experiments, explanations, flags, follows, forecast, ideas, library, metrics, notes,
    outbox, past, people, practice, promotion, refuse, restoring, schedule, settings, shares, surveys, teams, tokens,
    weakening, weeks,
};
use crate::environment::Environment;
use crate::sql::Sql;
use serde_json::Value;

/// A router, and the list of what it routes. `@seen` stands where the caller has to say by `If-Match` what they have read,
/// `asks` before the names of a query, `takes` before the type of a body, `gives` before what an answer always holds.
macro_rules! operations {
    (
        $(#[$about:meta])*
        fn $router:ident($sql:ident, $request:ident, $parts:ident $(, $more:ident: $kind:ty)*) by $list:ident;
        $($method:literal [$($part:tt),+] $(@$seen:ident)? $(asks($($query:literal),+))? $(takes($body:ty))?,
            $summary:literal, gives($($member:literal),*) => $work:expr;)+
    ) => {
        $(#[$about])*
        pub(super) fn $router<S: Sql>($sql: &mut S, $request: &Request, $parts: &[&str] $(, $more: $kind)*) -> Result<Value> {
            match ($request.call.method.as_str(), $parts) {
                $(($method, [$($part),+]) => $work,)+
                _ => refuse(404, "There is nothing here. docs/api.md lists what there is."),
            }
        }

        #[cfg(feature = "schema")]
        pub(super) const $list: &[Operation] = &[$(Operation {
            method: $method,
            path: &[$(operations!(@part $part)),+],
            summary: $summary,
            seen: !<[&str]>::is_empty(&[$(stringify!($seen))?]),
            queries: &[$($($query),+)?],
            body: operations!(@body $($body)?),
            members: &[$($member),*],
            role: None,
        }),+];
    };
    (@part $literal:literal) => { $literal };
    (@part $name:ident) => { concat!("{", stringify!($name), "}") };
    (@body) => { None };
    (@body $body:ty) => { Some(|generator| generator.subschema_for::<$body>()) };
}

operations! {
    /// What is asked of a whole project.
    fn of_project(sql, request, parts) by OF_PROJECT;
    "GET" ["whoami"], "Who calls", gives("name", "role", "scope") => Ok(access::whoami(&request.caller));
    "GET" ["now"] asks("team"), "What needs somebody, what runs, and what the caller follows", gives("asOf", "needs", "running", "quarter", "follows") => experiments::now(sql, request);
    "GET" ["playbook"], "How this team works", gives("revision", "playbook") => settings::playbook(sql);
    "PUT" ["playbook"] @seen asks("propose") takes(crate::playbook::Playbook), "Changes how this team works", gives("revision", "playbook") => settings::set_playbook(sql, request);
    "GET" ["playbook", "versions"], "Every playbook that has held, newest first", gives("versions") => settings::versions(sql);
    "GET" ["templates"], "The kinds of experiments", gives("revision", "templates") => settings::templates(sql);
    "POST" ["playbook", "approve"] takes(experiments::Word), "Lets a playbook hold that asks for less", gives("revision", "playbook") => weakening::decide(sql, request, "approve");
    "POST" ["playbook", "confirm"] takes(experiments::Word), "Lets it hold in ten minutes, in a team of one", gives("revision", "playbook") => weakening::decide(sql, request, "confirm");
    "POST" ["playbook", "withdraw"], "Takes it back", gives("revision", "playbook") => weakening::decide(sql, request, "withdraw");
    "GET" ["settings"], "Where the raw log goes, where recordings are watched, and the hours of the project", gives("revision", "settings") => settings::settings(sql);
    "PUT" ["settings"] @seen takes(settings::Settings), "Changes where the raw log goes, and the hours", gives("revision", "settings") => settings::set_settings(sql, request);
    "GET" ["channels"], "Where messages go, without the addresses", gives("channels") => channels::list(sql, request);
    "POST" ["channels"] takes(channels::New), "Adds a place for messages; the secret that signs them is told once", gives("id", "revision", "name", "service", "to") => channels::add(sql, request);
    "PUT" ["channels", id] @seen takes(channels::New), "Changes it; without an address that stays", gives("id", "revision") => channels::change(sql, request, id);
    "POST" ["channels", id, "remove"], "Takes it away", gives("channels") => channels::remove(sql, request, id);
    "POST" ["channels", id, "test"], "Sends a test message there", gives("delivered", "why") => channels::test(sql, request, id);
    "GET" ["digest"] asks("week"), "What a week has brought", gives("week", "from", "until", "title", "headline", "wins", "others", "lessons") => weeks::read(sql, request);
    "GET" ["deliveries"] asks("limit", "before"), "What became of messages, newest first", gives("deliveries") => outbox::list(sql, request);
    "GET" ["alerts"] asks("state", "limit", "before"), "What the watch has found, newest first", gives("asOf", "rate", "alerts") => alerts::list(sql, request);
    "POST" ["alerts", id, "snooze"] asks("hours"), "Leaves an open alert alone for some hours", gives("asOf", "rate", "alerts") => alerts::snooze(sql, request, id);
    "GET" ["teams"], "All teams, what each owns, and what it has decided in seven days", gives("revision", "teams") => teams::list(sql, request);
    "PUT" ["teams"] @seen takes(teams::Teams), "Changes the teams", gives("revision", "teams") => teams::replace(sql, request);
    "GET" ["owners", kind], "All flags, experiments, metrics or surveys, and whose each is", gives("kind", "things") => teams::owned(sql, kind);
    "PUT" ["owners", kind, key] takes(teams::Owner), "Gives a flag, an experiment, a metric or a survey to a team", gives("kind", "key", "team") => teams::give(sql, request, kind, key);
    "GET" ["boards", team], "The metrics that a team looks at together", gives("revision", "team", "metrics") => boards::read(sql, team);
    "PUT" ["boards", team] @seen takes(boards::Board), "Saves a team's board", gives("revision", "team", "metrics") => boards::save(sql, request, team);
    "GET" ["ideas"] asks("team"), "All ideas, those with most votes first", gives("ideas") => ideas::list(sql, request);
    "POST" ["ideas"] takes(ideas::New), "Writes an idea down: what would change, and what is expected", gives("key", "revision", "state", "votes") => ideas::add(sql, request);
    "GET" ["calendar"], "All tests in time, and what gets in each other's way", gives("asOf", "zone", "weeks", "tests") => calendar::screen(sql, request);
    "GET" ["follows"], "What the caller follows", gives("follows") => follows::list(sql, request);
    "POST" ["follows"] takes(follows::Follow), "Follows an experiment, a page or a team, or no longer", gives("follows") => follows::follow(sql, request);
    "GET" ["people"], "Who works here", gives("people") => people::list(sql);
    "POST" ["people"] takes(people::New), "Adds a person; their token is told once", gives("person", "token") => people::add(sql, request);
    "POST" ["people", id, "remove"], "Takes a person's access away", gives("people") => people::remove(sql, request, id);
    "POST" ["people", id, "link"], "Gives a person a new link; the one before ends", gives("person", "token") => people::renew(sql, request, id);
    "POST" ["people", id, "role"] takes(people::Appointment), "Gives a person another role", gives("people") => people::appoint(sql, request, id);
    "GET" ["tokens"], "Tokens for machines", gives("tokens") => tokens::list(sql, request);
    "POST" ["tokens"] takes(tokens::New), "Makes a token; its secret is told once", gives("token", "secret") => tokens::add(sql, request);
    "POST" ["tokens", id, "revoke"], "Ends a token", gives("tokens") => tokens::revoke(sql, request, id);
    "GET" ["audit"] asks("before", "from", "limit", "who"), "Who did what", gives("rows") => audit::page(sql, request);
    "GET" ["export"] asks("after"), "A page of all rows, without secrets", gives("table", "rows", "next", "head") => backup::page(sql, request);
    "PUT" ["import", piece] takes(backup::import::Piece), "Such a page, for a project that is empty", gives("piece") => backup::import::arrive(sql, request, piece);
    "POST" ["import"] asks("preview") takes(backup::import::Arrived), "Makes a project of the pages that have arrived", gives("rows", "digest") => backup::import::settle(sql, request);
    "GET" ["schedule"], "What waits for its hour", gives("zone", "planned") => schedule::list(sql);
    "POST" ["schedule"] takes(schedule::New), "Plans a start, a stop or a change of a flag", gives("zone", "planned") => schedule::add(sql, request);
    "POST" ["schedule", id, "cancel"], "Takes back what is planned", gives("zone", "planned") => schedule::cancel(sql, request, id);
    "GET" ["practice"] asks("weeks"), "How fast and how well the project learns", gives("asOf", "weeks", "figures", "teams", "waiting") => practice::screen(sql, request);
    "GET" ["library", "together"] asks("team"), "What all experiments that have ended say together", gives("ended", "outcomes", "effects", "impact", "teams", "metrics", "imported") => library::together(sql, request.query("team"));
    "GET" ["library"] asks("q", "outcome", "team"), "What earlier experiments taught", gives("cards", "known", "sought", "whole", "words") => library::search(sql, request.query("q"), request.query("outcome"), request.query("team"));
    "GET" ["claims"] asks("q"), "What the team holds to be so, with what speaks for and against it", gives("claims") => claims::list(sql, request);
    "POST" ["claims"] takes(claims::Claim), "Writes a claim", gives("claims") => claims::save(sql, request, None);
    "PUT" ["claims", id] @seen takes(claims::Claim), "Changes a claim, or what speaks for and against it", gives("claims") => claims::save(sql, request, Some(id));
    "DELETE" ["claims", id], "Takes a claim of one's own back, or as an admin anybody's", gives("claims") => claims::remove(sql, request, id);
    "POST" ["past"] asks("preview") takes(past::Past), "Takes in what earlier experiments taught; twice is once", gives("added", "changed", "same") => past::accept(sql, request);
    "GET" ["past", key], "An experiment that was imported", gives("key", "title", "outcome", "imported") => past::read(sql, key);
    "DELETE" ["past", key], "Takes it away, unless a claim names it", gives("key") => past::remove(sql, request, key);
    "GET" ["ask"] asks("text", "experiment"), "A question in words, answered by sentences with their evidence", gives("question", "words", "answers", "suggestions") => asked::ask(sql, request);
    "GET" ["similar"] asks("text"), "Earlier experiments like a text", gives("similar") => library::similar(sql, request.query("text"));
    "GET" ["forecast"] asks("metric", "by", "direction", "question", "guess", "spread", "perDay", "template"), "How long a plan would take", gives() => forecast::forecast(sql, request);
    "GET" ["voices"] asks("experiment", "limit", "after"), "What visitors were asked", gives("surveys", "written", "next") => surveys::list(sql, request);
    "GET" ["voices", key] asks("q", "variant", "limit", "after"), "What visitors have answered", gives("survey", "answers", "next") => surveys::one(sql, request, key);
    "GET" ["experiments", key, "voices"] asks("variant", "limit", "after", "format"), "What was written by those who met it", gives("experiment", "title", "run", "arms", "tickets", "sessions", "themes", "next") => surveys::heard(sql, request, key);
    "GET" ["search"] asks("q", "experiment", "variant", "limit"), "Answers, tickets and notes by their words", gives("found") => notes::search(sql, request);
    "POST" ["voices"] takes(surveys::New), "Asks the visitors of a running experiment", gives("surveys") => surveys::add(sql, request);
    "POST" ["voices", key, "links"] takes(surveys::Invited), "Makes links to a question for a mail, for up to a hundred units", gives("outcomes") => surveys::invite(sql, request, key);
    "POST" ["voices", key, "close"], "Ends a survey", gives("surveys") => surveys::close(sql, request, key);
    "GET" ["shares"], "Links to results that are good still", gives("shares") => shares::list(sql, request);
    "PUT" ["shares", id], "Notes a link that the shell has made", gives("shares") => shares::note(sql, request, id, false);
    "DELETE" ["shares", id], "Calls a link back", gives("shares") => shares::note(sql, request, id, true);
    "GET" ["experiments"] asks("limit", "after"), "All experiments, newest first", gives("experiments", "next") => experiments::list(sql, request);
    "POST" ["experiments"] takes(experiments::Idea), "Begins an experiment with a thought", gives("key", "revision", "state") => experiments::create(sql, request);
    "GET" ["experiments", key], "An experiment", gives("key", "revision", "state", "actions") => experiments::read(sql, request, key);
    "PUT" ["experiments", key, "idea"] @seen takes(ideas::New), "Writes an idea anew", gives("key", "revision") => experiments::act(sql, request, key, "idea");
    "POST" ["experiments", key, "draft"] @seen, "Makes a draft of an idea", gives("key", "revision", "plan") => experiments::act(sql, request, key, "draft");
    "PUT" ["experiments", key, "vote"], "Votes for an idea, once", gives("key", "votes", "voted") => ideas::vote(sql, request, key, true);
    "DELETE" ["experiments", key, "vote"], "Takes one's vote back", gives("key", "votes", "voted") => ideas::vote(sql, request, key, false);
    "GET" ["experiments", key, "comments"], "What people say of an idea or an experiment, oldest first", gives("key", "comments") => comments::list(sql, request, key);
    "POST" ["experiments", key, "comments"] takes(comments::New), "Says something of it; `@` mentions a team or a person", gives("key", "comments") => comments::add(sql, request, key);
    "POST" ["experiments", key, "comments", "read"], "Says that the caller has read them", gives("key", "comments") => comments::read(sql, request, key);
    "DELETE" ["experiments", key, "comments", id], "Takes a comment of one's own back, or as an admin anybody's", gives("key", "comments") => comments::remove(sql, request, key, id);
    "GET" ["experiments", key, "live"], "Whether a running experiment works", gives("asOf", "lines", "arms") => experiments::live(sql, request, key);
    "GET" ["experiments", key, "checks"] asks("environment"), "What has to be well before it starts", gives("revision", "environment", "asOf", "digest", "ready", "checks") => checking::read(sql, request, key);
    "POST" ["experiments", key, "quality"] @seen takes(experiments::Looked), "A person's word that a variant is as it should be", gives("key", "revision") => experiments::act(sql, request, key, "quality");
    "GET" ["experiments", key, "crossings"], "Bounds that were crossed, with their evidence", gives() => experiments::crossings(sql, key);
    "GET" ["experiments", key, "reading"], "The verdict and its reasons", gives("asOf", "headline", "words", "conclusion") => experiments::reading(sql, request, key);
    "GET" ["experiments", key, "debrief"], "What was learned", gives("markdown", "answers", "questions") => experiments::debrief(sql, request, key);
    "PUT" ["experiments", key, "plan"] @seen takes(crate::lifecycle::Plan), "Saves a plan, complete or not", gives("key", "revision", "problems") => experiments::act(sql, request, key, "plan");
    "POST" ["experiments", key, "submit"] @seen, "Asks for a review", gives("key", "revision") => experiments::act(sql, request, key, "submit");
    "POST" ["experiments", key, "return"] @seen takes(experiments::Why), "Sends a plan back", gives("key", "revision") => experiments::act(sql, request, key, "return");
    "POST" ["experiments", key, "approve"] @seen takes(experiments::Starting), "Lets a plan start, at once or later", gives("key", "revision") => experiments::act(sql, request, key, "approve");
    "POST" ["experiments", key, "start"] @seen, "Starts what was approved", gives("key", "revision") => experiments::act(sql, request, key, "start");
    "POST" ["experiments", key, "abort"] @seen takes(experiments::Why), "Gives it up, and decides nothing from it", gives("key", "revision") => experiments::act(sql, request, key, "abort");
    "POST" ["experiments", key, "agree"] @seen takes(experiments::Word), "A second person's word on a ship against the rule", gives("key", "revision") => experiments::act(sql, request, key, "agree");
    "POST" ["experiments", key, "confirm"] @seen takes(experiments::Word), "What takes a second person, in a team of one", gives("key", "revision") => experiments::act(sql, request, key, "confirm");
    "POST" ["experiments", key, "withdraw"] @seen, "Takes back what waits for somebody's word", gives("key", "revision") => experiments::act(sql, request, key, "withdraw");
    "POST" ["experiments", key, "hold"] @seen takes(experiments::Why), "Keeps the ramp where it is", gives("key", "revision") => experiments::act(sql, request, key, "hold");
    "POST" ["experiments", key, "resume"] @seen, "Lets the ramp go on", gives("key", "revision") => experiments::act(sql, request, key, "resume");
    "POST" ["experiments", key, "stop"] @seen takes(experiments::Why), "Gives everybody control at once", gives("key", "revision") => experiments::act(sql, request, key, "stop");
    "POST" ["experiments", key, "undo"] @seen, "Takes a person's stop of the last ten minutes back", gives("key", "revision") => experiments::act(sql, request, key, "undo");
    "POST" ["experiments", key, "decide"] @seen takes(experiments::Choosing), "Decides", gives("key", "revision") => experiments::act(sql, request, key, "decide");
    "PUT" ["experiments", key, "debrief"] @seen takes(experiments::Answers), "Writes down what was learned", gives("key", "revision") => experiments::act(sql, request, key, "debrief");
    "POST" ["experiments", key, "archive"] @seen, "Puts an idea, a draft or what was debriefed away", gives() => experiments::act(sql, request, key, "archive");
}

operations! {
    /// What is asked of one environment.
    fn of_environment(sql, request, parts, environment: Environment) by OF_ENVIRONMENT;
    "GET" ["document"], "The document that is current", gives("version", "revision", "document") => documents::read(sql, environment);
    "PUT" ["document"] @seen asks("preview", "propose", "why", "flag") takes(crate::document::Document), "Publishes a document", gives() => documents::put(sql, request, environment, &request.call.body, ("publish", environment.name()), Warrant::Author);
    "GET" ["draft"], "A document in the making", gives("revision", "base", "document", "problems") => documents::draft(sql, environment);
    "PUT" ["draft"] @seen asks("base"), "Keeps a document in the making, mistakes included", gives("revision", "base", "document", "problems") => documents::put_draft(sql, request, environment);
    "DELETE" ["draft"] @seen, "Drops the document in the making", gives("revision") => documents::drop_draft(sql, request, environment);
    "POST" ["draft", "publish"] @seen asks("preview", "propose", "why"), "Publishes the document in the making", gives() => documents::publish_draft(sql, request, environment);
    "GET" ["versions"] asks("limit", "after"), "What has been published, newest first", gives("revision", "versions", "next") => documents::list(sql, request, environment);
    "POST" ["versions", version, "restore"] @seen asks("preview", "propose", "why"), "Rolls back to a version", gives() => restoring::restore(sql, request, environment, version);
    "GET" ["flags"], "All flags", gives("revision", "flags", "steps") => flags::list(sql, request, environment);
    "POST" ["flags"] @seen takes(flags::New), "Makes a flag that is off for everybody", gives("revision", "flags") => flags::add(sql, request, environment);
    "PUT" ["flags", key] @seen asks("preview", "propose", "why") takes(flags::Change), "Changes a flag", gives() => flags::change(sql, request, environment, key);
    "POST" ["flags", key, "undo"], "Takes a switch-off of the last ten minutes back", gives("revision", "flags") => flags::undo(sql, request, environment, key);
    "GET" ["flags", key, "elsewhere"], "A flag in the other environments", gives("environments") => promotion::elsewhere(sql, environment, key);
    "POST" ["flags", key, "promote"] @seen asks("preview", "propose", "why") takes(promotion::Wish), "Brings a flag here from another environment", gives() => promotion::promote(sql, request, environment, key);
    "GET" ["flags", key, "reads"], "What a flag asks of a visitor", gives("version", "attributes", "time") => explanations::reads(sql, environment, key);
    "POST" ["explain"] takes(explanations::Question), "Why somebody gets what they get", gives("version", "explanations") => explanations::explain(sql, request, environment);
    "GET" ["changes"], "Changes that wait for somebody's word", gives("changes") => approvals::list(sql, request, environment);
    "GET" ["changes", id], "A change that waits", gives("id", "digest", "state") => approvals::show(sql, request, environment, id);
    "POST" ["changes", id, "approve"] takes(approvals::Word), "Lets a change go live", gives("id", "state") => approvals::decide(sql, request, environment, id, "approve");
    "POST" ["changes", id, "confirm"] takes(approvals::Word), "Lets one's own change go live, in a team of one", gives("id", "state") => approvals::decide(sql, request, environment, id, "confirm");
    "POST" ["changes", id, "return"] takes(approvals::Word), "Sends a change back", gives("id", "state") => approvals::decide(sql, request, environment, id, "return");
    "POST" ["changes", id, "withdraw"] takes(approvals::Word), "Takes a change of one's own back", gives("id", "state") => approvals::decide(sql, request, environment, id, "withdraw");
    "GET" ["advice"], "What is worth a look", gives("version", "advice") => advice::list(sql, request, environment);
    "GET" ["metrics"] asks("days", "intake", "brief"), "What is measured, and what all traffic did by it", gives("metrics", "runs") => metrics::list(sql, request, environment);
    "GET" ["metrics", key] asks("days", "intake"), "A metric: its definition in words, where it stands, what a test finds, and its history", gives("key", "revision", "words", "uses", "level", "found", "history") => metrics::read(sql, request, environment, key);
    "PUT" ["metrics", key] @seen asks("preview", "propose", "why") takes(metrics::Definition), "Makes a metric, or changes it", gives() => metrics::define(sql, request, environment, key);
}
