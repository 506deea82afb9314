//! Walks of people who want one thing alone, a start, while the site goes down and comes back, nothing arrives for a while,
//! plans change and nobody looks: none skips a hard block.

use super::*;

/// Walks, and steps of each.
const TRIED: u32 = 48;
const LONG: usize = 48;

fn towards() -> impl Strategy<Value = Step> {
    let act = |name: &str| ACTIONS.iter().position(|action| *action == name).unwrap();
    let (submit, approve, confirm) = (act("submit"), act("approve"), act("confirm"));
    let (later, start, abort) = (act("later"), act("start"), act("abort"));
    let step = |who, action| {
        (0..2_usize).prop_map(move |experiment| Step::Call(who, Wish::Act { experiment, action, right: true }))
    };
    prop_oneof![
        2 => Just(Step::Call(Who::Admin, Wish::Plan { flag: false })),
        3 => (0..2_usize).prop_map(|experiment| Step::Call(Who::Admin, Wish::Look { experiment })),
        2 => (0..2_usize, 0..2_usize)
            .prop_map(|(experiment, page)| Step::Call(Who::Admin, Wish::Rewrite { experiment, page })),
        3 => step(Who::Admin, submit),
        4 => step(Who::Approver, approve),
        3 => step(Who::Admin, confirm),
        2 => step(Who::Approver, later),
        3 => step(Who::Admin, start),
        1 => step(Who::Admin, abort),
        3 => (prop::bool::weighted(0.3), prop::bool::weighted(0.3))
            .prop_map(|(down, quiet)| Step::Outside { down, quiet }),
        3 => Just(Step::Wait(11 * MINUTE)),
    ]
}

#[test]
fn no_walk_towards_a_start_skips_a_hard_block() {
    let config = Config { cases: TRIED, max_shrink_iters: 200, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let started = std::cell::Cell::new(0);
    let walked = runner.run(&(any::<bool>(), vec(towards(), LONG)), |(alone, steps)| {
        let mut walk = Walk::new(alone);
        for step in &steps {
            walk.take(step).map_err(TestCaseError::fail)?;
        }
        started.set(started.get() + walk.started.len());
        Ok(())
    });
    walked.unwrap();
    assert!(started.get() > TRIED as usize / 4, "{} starts in {TRIED} walks", started.get());
}

impl Walk {
    /// Somebody has looked at both variants of an experiment.
    pub(super) fn saw(&mut self, experiment: usize) {
        let Some(card) = nth(&self.desk.get("experiments")["experiments"], experiment) else { return };
        let key = card["key"].as_str().unwrap().to_string();
        let plan = self.desk.experiment(&key)["plan"].clone();
        self.looked.insert(key, plan);
    }

    /// Nothing has started that the world, or what else runs, should have stopped: none skips a hard block.
    pub(super) fn starts(&mut self) -> Result<(), String> {
        let cards = self.desk.get("experiments")["experiments"].clone();
        let views: Vec<_> = cards.as_array().unwrap().iter().filter(|card| !card["started"].is_null()).collect();
        let views: Vec<_> = views.iter().map(|card| self.desk.experiment(card["key"].as_str().unwrap())).collect();
        for view in &views {
            let key = view["key"].as_str().unwrap();
            if !self.started.insert(view["run"].as_str().unwrap().to_string()) {
                continue;
            }
            let outside = &self.desk.outside;
            let page = view["plan"]["change"]["page"].as_str();
            if page.is_some_and(|page| outside.pages.contains_key(page)) {
                return Err(format!("it started though its page is down: {view}"));
            }
            if outside.events.contains_key("order") {
                return Err(format!("it started though nothing of it arrives: {view}"));
            }
            if self.looked.get(key) != Some(&view["plan"]) {
                return Err(format!("it started though nobody has looked at it: {view}"));
            }
            let beside = |other: &&Value| other["key"] != *key && other["state"] == "running";
            if page.is_some()
                && views.iter().filter(beside).any(|other| other["plan"]["change"]["page"] == *page.unwrap())
            {
                return Err(format!("it started beside another one of its page: {view}"));
            }
        }
        Ok(())
    }
}
