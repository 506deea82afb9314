//! G3 and G5: no stage begins while it might harm more visitors than the playbook allows, and missing data advance nothing.

use super::draws::{binomial, real};
use super::{Promise, Trial};
use fastrand::Rng;
use pointsman::playbook::{FALSE_ROLLBACK, Guardrail, Hold};
use pointsman::ramp::{self, Action, Evidence, Measured, Ramp, SILENT, STALE};
use pointsman::stats::guard::{Epoch, Harm};
use pointsman::time::HOUR;

const STAGES: [u8; 4] = [1, 5, 25, 50];
/// Looks in an hour.
const LOOKS: i64 = 4;
/// Visitors between two looks, and how many of control's meet an error.
const VISITORS: u64 = 2_000;
const ERRORS: f64 = 0.05;

pub fn trials() -> Vec<Trial> {
    let mut trials = Vec::new();
    for (ratio, beyond) in [(1.2, 1.05), (1.5, 1.05), (1.5, 2.0), (3.0, 1.05)] {
        let situation = format!("errors times {ratio}, which harms {beyond} times as many as are allowed");
        trials.push(Trial::new("G3 a stage too far", situation, Promise::AtMost(FALSE_ROLLBACK), move |rng, looks| {
            goes_too_far(rng, looks, ratio, beyond)
        }));
    }
    for revert in [None, Some(4), Some(24)] {
        let situation = revert.map_or("data are missing at times".into(), |hours| {
            format!("data are missing at times, exposure ends after {hours} hours")
        });
        trials.push(Trial::new("G5 going on blindly", situation, Promise::Never, move |rng, looks| {
            is_blind(rng, looks, revert)
        }));
    }
    trials
}

fn errors() -> Guardrail {
    Guardrail { metric: "errors".into(), harm: Harm::More, tolerance: 0.1, weight: 1.0 }
}

/// Whether the last stage begins though until its hold ends it harms `beyond` times as many visitors as may be harmed.
fn goes_too_far(rng: &mut Rng, looks: u64, ratio: f64, beyond: f64) -> bool {
    let at_stage = |stage: usize| real(VISITORS) * f64::from(STAGES[stage]) / 200.0;
    let harmed = at_stage(STAGES.len() - 1) * real(LOOKS.unsigned_abs()) * ERRORS * (ratio - 1.0);
    #[expect(clippy::cast_sign_loss, reason = "positive")]
    let allowed = (harmed / beyond) as u64;
    let hold = Hold { minutes: 60, units: 50, harmed_at_most: Some(allowed), revert_after_hours: None };
    let guardrails = [errors()];
    let mut epochs: Vec<Epoch> = Vec::new();
    let (mut stage, mut since, mut units, mut control_units) = (0, 0, [0_u64; 2], 0);
    for look in 0..i64::try_from(looks).unwrap_or(0) {
        if epochs.len() <= stage {
            epochs.push(Epoch { treated: 0, control: 0, treated_weight: 1, control_weight: 1 });
            (since, units) = (look * HOUR / LOOKS, [0; 2]);
        }
        let share = f64::from(STAGES[stage]) / 200.0;
        for (arm, rate) in [ERRORS, ERRORS * ratio].into_iter().enumerate() {
            let people = binomial(rng, VISITORS, share);
            let events = binomial(rng, people, rate);
            units[arm] += people;
            let epoch = &mut epochs[stage];
            *(if arm == 0 { &mut epoch.control } else { &mut epoch.treated }) += events;
            control_units += if arm == 0 { people } else { 0 };
        }
        let now = (look + 1) * HOUR / LOOKS;
        let watches = ramp::watch(&guardrails, control_units, |_| Measured::Labels(epochs.clone()));
        let ramp = Ramp { stages: &STAGES, stage, since, held: None, hold: &hold };
        let least = units[0].min(units[1]);
        let evidence = Evidence { units: least, last: Some(now), heard: Some(now), trouble: None, watches: &watches };
        match ramp::step(&ramp, &evidence, now) {
            Action::RollBack { .. } => return false,
            Action::Advance(_) if stage + 2 == STAGES.len() => return true,
            Action::Advance(_) => stage += 1,
            _ => {}
        }
    }
    false
}

/// Whether a ramp goes on while nobody is seen or a shard is silent, or does not end when it should. Outages begin and end
/// by chance.
fn is_blind(rng: &mut Rng, looks: u64, revert: Option<u32>) -> bool {
    let hold = Hold { minutes: 60, units: 10, harmed_at_most: None, revert_after_hours: revert };
    let guardrails = [errors()];
    let (mut last, mut heard, mut stage, mut since) = (None, 0, 0, 0);
    let [mut seen, mut told] = [true; 2];
    let step = HOUR / LOOKS;
    for look in 1..=i64::try_from(looks).unwrap_or(0) {
        let now = look * step;
        let turns = |rng: &mut Rng, is: bool| if rng.f64() < if is { 0.05 } else { 0.02 } { !is } else { is };
        (seen, told) = (turns(rng, seen), turns(rng, told));
        last = if seen { Some(now) } else { last };
        heard = if told { now } else { heard };
        let watches = ramp::watch(&guardrails, 1, |_| Measured::Labels(Vec::new()));
        let ramp = Ramp { stages: &STAGES, stage, since, held: None, hold: &hold };
        let evidence = Evidence { units: rng.u64(0..20), last, heard: Some(heard), trouble: None, watches: &watches };
        let blind = now - last.unwrap_or(since);
        let over = revert.is_some_and(|hours| blind > i64::from(hours) * HOUR);
        match ramp::step(&ramp, &evidence, now) {
            Action::Advance(_) if over || blind > STALE || now - heard > SILENT => return true,
            Action::Advance(_) => (stage, since) = (stage + 1, now),
            Action::Revert(_) => return !over,
            _ if over => return true,
            _ => {}
        }
    }
    false
}
