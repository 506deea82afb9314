//! What each wish of a walk is as calls, and what such a call may show to whom.

use super::*;
use pointsman_native::outside::looks;

/// One of a list, if there is any.
pub(super) fn nth(list: &Value, place: usize) -> Option<Value> {
    let list = list.as_array().filter(|list| !list.is_empty())?;
    list.get(place % list.len()).cloned()
}

/// What there is, as somebody sees it who may see everything.
pub(super) fn read(desk: &mut Desk, path: &str) -> Value {
    desk.as_who(ADMIN, |desk| desk.get(path))
}

impl Wish {
    /// Does it, and says what that may show.
    pub(super) fn done(&self, desk: &mut Desk) -> (Option<Answer>, Leave) {
        let flag = |place: usize| ["gift", "sort", "fresh-hero", "fresh-hero-2"][place];
        match self {
            Self::Slide { flag: place, percent, propose } => {
                #[expect(clippy::cast_precision_loss, reason = "a percentage")]
                let body = json!({"share": *percent as f64 / 100.0});
                let query = if *propose { "?propose=1" } else { "" };
                let leave = if *propose { Leave::Nothing } else { Leave::Alone };
                (Some(desk.put(&format!("{LIVE}/flags/{}{query}", flag(*place)), body)), leave)
            }
            Self::Switch { flag: place, on } => {
                (Some(desk.put(&format!("{LIVE}/flags/{}", flag(*place)), json!({"enabled": on}))), Leave::Alone)
            }
            Self::UndoSwitch { flag: place } => {
                (Some(desk.post(&format!("{LIVE}/flags/{}/undo", flag(*place)), json!({}))), Leave::Known)
            }
            Self::Edit { edit, way } => {
                let Some(document) = edit.made(desk) else { return (None, Leave::Nothing) };
                match way {
                    Way::Put => (Some(desk.put(&format!("{LIVE}/document"), document)), Leave::Alone),
                    Way::Propose => (Some(desk.put(&format!("{LIVE}/document?propose=1"), document)), Leave::Nothing),
                    Way::Draft => (Some(desk.put(&format!("{LIVE}/draft"), document)), Leave::Nothing),
                }
            }
            Self::Publish => (Some(desk.post(&format!("{LIVE}/draft/publish"), json!({}))), Leave::Alone),
            Self::Restore { back } => {
                let newest = read(desk, &format!("{LIVE}/versions"))["revision"].as_i64().unwrap();
                let version = (newest - back).max(1);
                (Some(desk.post(&format!("{LIVE}/versions/{version}/restore"), json!({}))), Leave::Known)
            }
            Self::Word { change, action, right } => {
                let Some(change) = nth(&read(desk, &format!("{LIVE}/changes"))["changes"], *change) else {
                    return (None, Leave::Nothing);
                };
                let action = ["approve", "confirm", "withdraw", "return"][*action];
                let body = match action {
                    "approve" => json!({"digest": if *right { change["digest"].clone() } else { json!("another") }}),
                    "confirm" => json!({"subject": change["subject"]}),
                    _ => json!({}),
                };
                let path = format!("{LIVE}/changes/{}/{action}", change["id"]);
                let leave = if action == "approve" && *right { Leave::Word } else { Leave::Nothing };
                (Some(desk.call("POST", &path, None, &body.to_string())), leave)
            }
            Self::Plan { flag } => {
                let plan = if *flag { flag_plan() } else { plan() };
                let idea = desk.post("experiments", json!({"title": plan["title"], "note": ""}));
                if let Some(key) = idea.body["key"].as_str() {
                    desk.put(&format!("experiments/{key}/plan"), plan);
                    look(desk, key);
                    desk.act(key, "submit", json!({}));
                }
                (Some(idea), Leave::Nothing)
            }
            Self::Rewrite { experiment, page } => {
                let Some((key, mut plan)) = planned(desk, *experiment) else { return (None, Leave::Nothing) };
                if plan["change"]["kind"] == "words" {
                    plan["change"]["page"] = json!(["/", "/beans"][*page]);
                }
                (Some(desk.put(&format!("experiments/{key}/plan"), plan)), Leave::Nothing)
            }
            Self::Look { experiment } => {
                let Some((key, _)) = planned(desk, *experiment) else { return (None, Leave::Nothing) };
                (Some(look(desk, &key)), Leave::Nothing)
            }
            Self::Act { experiment, action, right } => act(desk, *experiment, ACTIONS[*action], *right),
            Self::Playbook { propose } => {
                let mut playbook = read(desk, "playbook")["playbook"].clone();
                playbook["hold"] = json!({"minutes": 0, "units": 0});
                playbook["points"] = json!(100);
                playbook["alone"] = json!(100);
                if !propose {
                    let answer = desk.put("playbook", playbook);
                    assert!(answer.status >= 400, "one person takes the rules away: {answer:?}");
                    return (None, Leave::Nothing);
                }
                (Some(desk.put("playbook?propose=1", playbook)), Leave::Nothing)
            }
            Self::PlaybookWord { action } => {
                let asked = read(desk, "playbook")["asked"].clone();
                // It is never let through: what one person may do is then another question.
                let (action, body) = [
                    ("approve", json!({"digest": "another"})),
                    ("withdraw", json!({})),
                    ("confirm", json!({"subject": "another"})),
                ][*action]
                    .clone();
                let answer = desk.call("POST", &format!("playbook/{action}"), None, &body.to_string());
                let weakened = answer.status < 300 && action != "withdraw";
                assert!(!weakened, "{action} of {asked}: {answer:?}");
                (Some(answer), Leave::Nothing)
            }
        }
    }
}

/// An experiment that has a plan, and that plan.
fn planned(desk: &mut Desk, experiment: usize) -> Option<(String, Value)> {
    let card = nth(&read(desk, "experiments")["experiments"], experiment)?;
    let key = card["key"].as_str().unwrap().to_string();
    let plan = read(desk, &format!("experiments/{key}"))["plan"].clone();
    (!plan.is_null()).then_some((key, plan))
}

/// Says of both variants that they are as they should be; the last answer, or the first refusal.
fn look(desk: &mut Desk, key: &str) -> Answer {
    let [control, new] = looks(&read(desk, &format!("experiments/{key}")));
    let first = desk.act(key, "quality", control);
    if first.status < 300 { desk.act(key, "quality", new) } else { first }
}

pub(super) fn act(desk: &mut Desk, experiment: usize, action: &str, right: bool) -> (Option<Answer>, Leave) {
    let Some(card) = nth(&read(desk, "experiments")["experiments"], experiment) else { return (None, Leave::Nothing) };
    let key = card["key"].as_str().unwrap().to_string();
    let view = read(desk, &format!("experiments/{key}"));
    let read = if right { view["asked"]["digest"].clone() } else { json!("another") };
    let why = "Because we all believe in it.";
    let (action, body) = match action {
        "ship" | "keep" => ("decide", json!({"choice": action, "why": why})),
        "later" => ("approve", json!({"later": true})),
        "abort" => (action, json!({"why": why})),
        "agree" => (action, json!({"digest": read})),
        "confirm" => (action, json!({"subject": if right { &key } else { "another" }})),
        _ => (action, json!({})),
    };
    let answer = match action {
        "debrief" => desk.put(&format!("experiments/{key}/debrief"), json!({"answers": {}})),
        _ => desk.act(&key, action, body),
    };
    // A start and a release begin at the first stage, or where the test stands; an undo brings that back.
    let most = if action == "undo" { Leave::Known } else { Leave::Gate };
    (Some(answer), most)
}

impl Edit {
    /// The present document with the change; nothing where its flag is not there.
    pub(super) fn made(&self, desk: &mut Desk) -> Option<Value> {
        let mut edited = read(desk, &format!("{LIVE}/document"))["document"].clone();
        if !edited["flags"].is_object() {
            return Some(document());
        }
        let (Self::Otherwise(place)
        | Self::Off(place)
        | Self::Delete(place)
        | Self::Words(place, _)
        | Self::Rule { flag: place, .. }) = self;
        let flags = edited["flags"].as_object_mut()?;
        let key = flags.keys().nth(place % flags.len().max(1))?.clone();
        let flag = &mut flags[&key];
        let variants: Vec<String> = flag["variants"].as_object()?.keys().cloned().collect();
        let other = |flag: &Value, role: &str| variants.iter().find(|name| flag[role] != **name).cloned();
        match self {
            Self::Otherwise(_) => flag["otherwise"] = json!(other(flag, "otherwise")?),
            Self::Off(_) => flag["off"] = json!(other(flag, "off")?),
            Self::Delete(_) => drop(flags.remove(&key)),
            Self::Words(_, words) => {
                if flag["kind"] != "string" {
                    return None;
                }
                flag["variants"][&variants[0]] = json!(format!("words {words}"));
            }
            Self::Rule { percent, group, .. } => {
                let below = ALL * percent / 100;
                let mut rule = json!({"serve": other(flag, "otherwise")?,
                                      "rollout": {"salt": format!("{key}-own"), "below": below, "unit": "unit"}});
                if *group {
                    rule["if"] = json!({"equals": {"attribute": "country", "value": "AT"}});
                }
                let rules = flag["rules"].as_array().cloned().unwrap_or_default();
                flag["rules"] = json!([vec![rule], rules].concat());
            }
        }
        Some(edited)
    }
}
