//! What is said of numbers is what the verdict says, to the last digit that is printed: on the screen, in the report, in the
//! message, for shares and values, whichever way is hoped for and however the plan is read.

use crate::desk::shop::{Arm, plan, tally};
use crate::desk::{self, Desk, granted};
use fastrand::Rng;
use pointsman::collect::Sum;
use pointsman::counts::Counts;
use pointsman::document::Document;
use pointsman::environment::Environment;
use pointsman::lifecycle::Experiment;
use pointsman::notify;
use pointsman::playbook::Playbook;
use pointsman::screens::{Latched, Look, Scene, now, reading};
use pointsman::stats::question::Question;
use pointsman::verdict::conclusion::Conclusion;
use pointsman::versions;
use pointsman_native::Native;
use serde_json::{Value, json};

/// A running experiment and all around it.
struct Stage {
    experiment: Experiment,
    playbook: Playbook,
    document: Document,
    now: i64,
}

impl Stage {
    fn open(method: &Value, question: &str, metric: &str, direction: &str, by: f64) -> Self {
        let mut desk = Desk::shop();
        let mut document = desk::shop::document();
        document["metrics"]["cups"] = json!({"event": "order", "measure": {"kind": "count"}});
        document["metrics"]["revenue"] = json!({"event": "order", "measure": {"kind": "sum", "currency": "EUR"}});
        granted(desk.put(&format!("{}/document", desk::shop::LIVE), document));
        let mut playbook = desk.get("playbook")["playbook"].clone();
        playbook["method"] = method.clone();
        granted(desk.put("playbook", &playbook));
        let mut plan = plan();
        plan["hypothesis"]["metric"] = json!(metric);
        plan["hypothesis"]["direction"] = json!(direction);
        plan["hypothesis"]["by"] = json!(by);
        plan["hypothesis"]["question"] = json!(question);
        if metric != "orders" {
            plan["base"] = json!(3.0);
            plan["spread"] = json!(3.0);
        }
        let key = desk.running(&plan);
        let text: String =
            desk.store.query_row("SELECT json FROM experiment WHERE key = ?", [&key], |row| row.get(0)).unwrap();
        let sql = &mut Native(&desk.store);
        let document = versions::document(sql, Environment::Production).unwrap().unwrap();
        Self {
            experiment: serde_json::from_str(&text).unwrap(),
            playbook: serde_json::from_value(playbook).unwrap(),
            document: pointsman::document::read(document.as_bytes()).unwrap(),
            now: desk.now + desk::DAY,
        }
    }

    fn scene<'s>(&'s self, counts: &'s Counts, looks: &'s [Look], latched: &'s Latched) -> Scene<'s> {
        Scene {
            experiment: &self.experiment,
            revision: 1,
            counts,
            playbook: &self.playbook,
            document: &self.document,
            looks,
            past: &[],
            latched,
            now: self.now,
        }
    }

    /// Half of `people` in each arm, of whom so many did it, or of whom each did it so often.
    fn counts(&self, metric: &str, people: u64, totals: [u64; 2]) -> Counts {
        let each = people / 2;
        let arm = |variant, orders| Arm { variant, epoch: 1, people: each, orders, errors: each / 100 };
        let shares = metric == "orders";
        let arms = [arm("control", totals[0]), arm("new", totals[1])]
            .map(|arm| if shares { arm } else { Arm { orders: each / 2, ..arm } });
        let mut sums = tally(&self.experiment.key, self.now, &arms).sums;
        for (variant, total) in ["control", "new"].into_iter().zip(totals).filter(|_| !shares) {
            // Half of all have nothing and the others twice the mean, in steps of a cent where it is money.
            let steps = if metric == "revenue" { 100 } else { 1 };
            let total = u128::from(total) * steps;
            let squares = 2 * total * total / u128::from(each.max(1));
            let vector = [u128::from(each), total, squares];
            sums.push(Sum {
                variant: variant.to_string(),
                epoch: 1,
                metric: metric.to_string(),
                dimension: String::new(),
                open: false,
                vector: vector.iter().map(ToString::to_string).collect(),
            });
        }
        Counts { sums, last: Some(self.now), heard: Some(self.now) }
    }
}

/// The percentages of a sentence, with their signs.
fn figures(words: &str) -> Vec<f64> {
    let parts: Vec<&str> = words.split(' ').collect();
    let figure = |pair: &[&str]| {
        let number = pair[0].replace('−', "-").replace(',', "");
        (pair[1].starts_with('%')).then(|| number.parse().ok()).flatten()
    };
    parts.windows(2).filter_map(figure).collect()
}

fn check(scene: &Scene) -> Conclusion {
    let said = reading::said(scene);
    let hypothesis = &scene.experiment.plan.as_ref().unwrap().hypothesis;
    let up = hypothesis.lift() > 0.0;
    let what = || format!("{said:?}");
    let range = said.words.split_once("Best guess ").map(|(_, range)| figures(range));
    let range = range.map(|range| {
        // Turned so that up is as was hoped.
        if up { [range[0], range[1], range[2]] } else { [-range[0], -range[2], -range[1]] }
    });
    let wish = 100.0 * hypothesis.by;
    let margin = hypothesis.question == Question::NotWorse;
    // Where the answer turns.
    let border = if margin { -wish } else { 0.0 };
    match (&said.conclusion, range) {
        (Conclusion::Better, Some([value, low, high])) => {
            assert!(0.0 < low && low <= value && value <= high, "{}", what());
        }
        (Conclusion::Worse, Some([value, low, high])) => {
            assert!(low <= value && value <= high && high < border, "{}", what());
        }
        (Conclusion::Undecided { .. }, Some([_, low, high])) => assert!(low <= border && border <= high, "{}", what()),
        (Conclusion::NoEffectAsLarge, Some([_, low, high])) if margin => {
            assert!(-wish < low && low <= 0.0, "{}", what());
            assert_eq!(said.words.contains("It is worse, but by less"), high < 0.0, "{}", what());
        }
        (Conclusion::NoEffectAsLarge, Some([_, low, high])) => {
            assert!(low <= 0.0 && 0.0 <= high && high < wish, "{}", what());
        }
        (Conclusion::Underpowered { could }, Some([_, low, high])) => {
            assert!(low <= border && border <= high && (margin || high >= wish), "{}", what());
            let missed = if margin { "could not have been excluded" } else { "could not have been seen" };
            let told = said.words.split_once(missed).map(|(_, rest)| figures(rest)[0]);
            assert_eq!(told.is_some(), could.is_some_and(|could| could > hypothesis.by), "{}", what());
            assert!(told.is_none_or(|told| told > wish), "{}", what());
        }
        (
            Conclusion::TooEarly | Conclusion::Underpowered { .. } | Conclusion::Harm | Conclusion::Invalid { .. },
            None,
        ) => {}
        _ => panic!("a range that should not be there, or none that should: {}", what()),
    }
    // Where nearly all that is believed lies on one side and the range does not, it is said why.
    if matches!(said.conclusion, Conclusion::Undecided { .. } | Conclusion::Underpowered { .. }) {
        let screen = reading::screen(scene);
        let answers = screen["answers"].as_array().into_iter().flatten().map(|answer| answer.as_f64().unwrap());
        let answers: Vec<f64> = answers.map(|answer| 100.0 * if up { answer } else { -answer }).collect();
        let good = answers.iter().filter(|answer| **answer > border).count();
        let nearly_all = !answers.is_empty() && !(3..48).contains(&good);
        assert_eq!(said.words.contains(": that is what to believe, together with "), nearly_all, "{good} {}", what());
        let number = format!("Still {} of 50 equally likely answers ", good.max(50 - good));
        assert_eq!(said.words.contains(&number), nearly_all, "{good} {}", what());
    }
    // *Now* says when it is known as the verdict does.
    let now = now::screen(core::slice::from_ref(scene), scene.now);
    if let (Some(when), Some((_, known))) =
        (now["running"][0]["when"].as_str(), said.words.split_once("Most likely known "))
    {
        assert!(known.starts_with(&format!("{when}.")), "{when}: {}", what());
    }
    // The side that is told in words.
    let sides = [("more visitors do", 1), ("fewer visitors do", -1), ("is higher", 1), ("is lower", -1)];
    let told = sides.iter().find(|(words, _)| said.words.contains(words)).map(|(_, side)| *side);
    match said.conclusion {
        Conclusion::Better => assert_eq!(told, Some(if up { 1 } else { -1 }), "{}", what()),
        Conclusion::Worse => assert_eq!(told, Some(if up { -1 } else { 1 }), "{}", what()),
        _ => assert_eq!(told, None, "{}", what()),
    }
    let screen = reading::screen(scene);
    let verdict = json!(reading::report(scene).verdict);
    assert_eq!(verdict, screen["report"]["verdict"], "one verdict in both");
    assert_eq!((&verdict["kind"], &verdict["headline"]), (&screen["conclusion"]["kind"], &screen["headline"]));
    assert_eq!((&verdict["words"], &verdict["cause"]), (&screen["words"], &screen["conclusion"]["cause"]));
    if let Some(means) = screen["lift"]["means"].as_str() {
        let low = screen["lift"]["low"].as_f64().unwrap();
        let high = screen["lift"]["high"].as_f64().unwrap();
        let open = low < 0.0 && high > 0.0;
        let is_zero = |word: &str| word.trim_matches(|c: char| !c.is_ascii_digit() && c != '.').parse() == Ok(0.0);
        let (_, between) = means.split_once("(between ").unwrap();
        assert!(open || !between.split(' ').any(is_zero), "{means} {}", what());
        assert_eq!(
            between.contains("fewer and")
                || (between.contains('−') && !between.trim_end_matches(").").contains("and −")),
            open,
            "{means} {}",
            what()
        );
        let ours = said.words.split_once("Best guess ").unwrap().1.split_once(';').unwrap().0;
        assert!(screen["lift"]["words"].as_str().unwrap().contains(ours), "{}", what());
    }
    let told = notify::body::body(notify::body::SLACK, &notify::reached(scene, ""), "");
    let read: Value = serde_json::from_str(&told).unwrap_or_default();
    assert_eq!([desk::run_together(&screen), desk::run_together(&read)], [[""; 0]; 2], "{}", what());
    assert!(told.contains(&said.headline.replace('"', "\\\"")) && told.contains(&said.words), "{told}");
    said.conclusion
}

#[test]
fn a_verdict_and_its_sentences_never_disagree() {
    let rng = &mut Rng::with_seed(11);
    let gs = json!({"kind": "groupSequential", "spending": "obrien-fleming", "looks": [0.5, 1.0]});
    let methods = [json!({"kind": "anytime"}), json!({"kind": "fixedSample"}), gs];
    let asked = methods.iter().flat_map(|method| ["better", "notWorse"].map(|question| (method, question)));
    let mut seen: std::collections::BTreeMap<&str, u32> = std::collections::BTreeMap::new();
    for (method, question) in asked {
        for (metric, direction, by) in
            [("orders", "up", 0.05), ("orders", "down", 0.125), ("cups", "up", 0.08), ("revenue", "down", 0.033)]
        {
            let stage = Stage::open(method, question, metric, direction, by);
            for _ in 0..3 {
                let people = 2 * 10_u64.pow(rng.u32(2..7)) * rng.u64(1..9);
                let base = if metric == "orders" { rng.f64() * 0.5 } else { 0.5 + 5.0 * rng.f64() };
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    clippy::cast_precision_loss,
                    reason = "counts"
                )]
                let old = ((people / 2) as f64 * base) as u64;
                let mut judge = |new: u64| {
                    let (counts, latched) = (stage.counts(metric, people, [old, new]), Latched::default());
                    // What a plan reads at its looks is kept by the look.
                    let looks = [stage.scene(&counts, &[], &latched).look()];
                    let conclusion = check(&stage.scene(&counts, &looks, &latched));
                    *seen.entry(conclusion.kind()).or_default() += 1;
                    let said = reading::said(&stage.scene(&counts, &looks, &latched)).words;
                    *seen.entry("both").or_default() += u32::from(said.contains("that is what to believe"));
                    conclusion
                };
                // Along all effects, and on both sides of each place at which the verdict becomes another one.
                let most = if metric == "orders" { people / 2 } else { 3 * old };
                let steps: Vec<u64> = (0..=4).map(|step| most * step / 4).chain([old]).collect();
                let mut steps: Vec<_> = steps.into_iter().map(|new| (new, judge(new).kind())).collect();
                steps.sort_unstable();
                for pair in steps.windows(2) {
                    let [(mut from, first), (mut to, _)] = *pair else { continue };
                    while to - from > 1 {
                        let middle = from.midpoint(to);
                        if judge(middle).kind() == first { from = middle } else { to = middle }
                    }
                }
            }
        }
    }
    for kind in ["tooEarly", "undecided", "better", "worse", "noEffectAsLarge", "underpowered", "both"] {
        assert!(seen.get(kind).is_some_and(|times| *times > 5), "{kind} was hardly said: {seen:?}");
    }
}

#[test]
fn every_count_in_a_sentence_has_its_thousands_apart() {
    let mut desk = Desk::shop();
    let key = desk.running(&plan());
    let mut all: Vec<Arm> = Vec::new();
    // A stage is passed, and then one that is split as no chance would.
    for (epoch, [old, new]) in [(1, [12_345, 12_399]), (2, [23_456, 23_411]), (3, [34_567, 12_345])] {
        for (variant, people) in [("control", old), ("new", new)] {
            all.push(Arm { variant, epoch, people, orders: people / 3, errors: people / 90 });
        }
        desk.now += desk::DAY;
        desk.tick(&[tally(&key, desk.now, &all)]);
        for screen in ["now", "experiments", "library", "forecast?metric=orders&by=0.01&direction=up"]
            .into_iter()
            .map(ToString::to_string)
            .chain(
                ["", "/live", "/reading", "/debrief", "/checks", "/crossings"]
                    .map(|part| format!("experiments/{key}{part}")),
            )
        {
            let told = desk.get(&screen);
            assert_eq!(desk::run_together(&told), [""; 0], "{screen}");
        }
    }
    let sent: Vec<Value> = desk.due().into_iter().map(|message| json!(message.payload)).collect();
    assert_eq!(desk::run_together(&json!(sent)), [""; 0]);
}
