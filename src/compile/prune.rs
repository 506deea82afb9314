//! A snapshot for one browser: what is known of its context is decided now, and only the rest is sent.
//!
//! Nothing is worked out anew here. The flags are compiled for browsers, each question of theirs is asked by the
//! evaluator itself, and steps whose answers are known go. So a pruned snapshot decides what the whole one decides, for
//! every context that has the known attributes, and in the same rules.

use super::graph::{self, Place};
use super::logic::{Ask, LEADS_TO, always};
use super::rules::{Program, Step, program};
use super::{Audience, Body, check, program as bytes, seal};
use crate::context::Context;
use crate::document::context::{attributes, record};
use crate::document::{Code, Document, Problem};
use crate::evaluate::{Reason, asked, drawn};
use crate::order;
use crate::snapshot::{self, Operation, Snapshot};
use crate::time::Millis;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use serde_json::{Map, Value};

/// Compiles the flags that browsers may know of for a context of which these attributes are known. What depends on the
/// time is decided, too, if `now` is given. A segment that must never reach a browser may be used if nothing of it is
/// left.
pub fn prune(document: &Document, known: &Map<String, Value>, now: Option<Millis>) -> Result<Body, Vec<Problem>> {
    let problems = check::check_folded(document);
    if !problems.is_empty() {
        return Err(problems);
    }
    let places = graph::order(document, Audience::Client);
    let whole: Vec<_> = places.iter().map(|place| program(document, Audience::Client, place.key, place.flag)).collect();
    let snapshot = seal(bytes::write_programs(document, Audience::Client, &places, &whole))?.seal(0);
    let snapshot = Snapshot::verified(&snapshot);
    let record = record(&attributes(&snapshot), known);
    let knowledge = Knowledge { snapshot, context: Context(&record), now };
    let mut decided: Vec<Option<u16>> = Vec::new();
    let mut pruned = Vec::new();
    for (index, program) in whole.iter().enumerate() {
        let program = knowledge.fold(index as u32, program, &decided);
        decided.push(
            match program.steps.as_slice() {
                [Step::Serve { variant, .. }] => places[index].flag.variants.keys().position(|key| key == variant),
                _ => None,
            }
            .map(|variant| variant as u16),
        );
        pruned.push(program);
    }
    let problems: Vec<_> =
        places.iter().zip(&pruned).filter_map(|(place, program)| left(document, place, program)).collect();
    if !problems.is_empty() {
        return Err(problems);
    }
    seal(bytes::write_programs(document, Audience::Client, &places, &pruned))
}

/// What is known of a context and of the time.
struct Knowledge<'s> {
    snapshot: Snapshot<'s>,
    context: Context<'s>,
    now: Option<Millis>,
}

impl Knowledge<'_> {
    /// A flag's steps without those whose answers are known, and without those that nobody comes to any more.
    fn fold<'d>(&self, flag: u32, whole: &Program<'d>, decided: &[Option<u16>]) -> Program<'d> {
        let first = self.snapshot.flag(flag).first;
        let count = whole.steps.len();
        // Where whoever comes to a step stops next: there, or behind questions whose answers are known.
        let mut stops: Vec<usize> = (0..=count).collect();
        let mut served: Vec<Option<Step<'d>>> = (0..count).map(|_| None).collect();
        for (place, step) in whole.steps.iter().enumerate().rev() {
            let Some(written) = self.snapshot.step(first.wrapping_add(place as u32)) else { continue };
            match step {
                Step::Ask { ask, inverted, otherwise } => {
                    let (yes, no) = (stops[place + 1], stops[*otherwise]);
                    stops[place] = match self.answer(written, decided) {
                        Some(answer) => {
                            if answer == *inverted {
                                no
                            } else {
                                yes
                            }
                        }
                        // Without its unit a draw is an error, even where the answer would change nothing.
                        None if yes == no && !matches!(ask, Ask::Under { .. } | Ask::Ramp { .. }) => yes,
                        None => place,
                    };
                }
                Step::Split { ranges, rule, run, .. } => {
                    let draw = drawn(&self.snapshot, written.place, self.context);
                    let range = draw.ok().and_then(|draw| ranges.iter().find(|(end, _)| u64::from(draw) < *end));
                    served[place] = range.map(|(_, variant)| Step::Serve {
                        variant,
                        reason: Reason::Split,
                        rule: *rule,
                        run: *run,
                    });
                }
                Step::Serve { .. } => {}
            }
        }
        write(whole, &stops, served)
    }

    fn answer(&self, step: snapshot::Step, decided: &[Option<u16>]) -> Option<bool> {
        let operation = step.operation;
        if operation == Operation::FlagIs {
            return decided.get(step.a as usize)?.map(|serves| u32::from(serves) == step.b);
        }
        if operation.asks_attribute() {
            self.context.attribute(usize::from(step.place))?;
        }
        // What always holds asks for no time.
        let always = operation == Operation::Since && step.wide().cast_signed() == i64::MIN;
        if operation == Operation::Ramp || operation.asks_time() && !always {
            self.now?;
        }
        asked(&self.snapshot, step, self.context, self.now.unwrap_or_default()).ok()
    }
}

/// The steps that somebody comes to, in their order.
fn write<'d>(whole: &Program<'d>, stops: &[usize], mut served: Vec<Option<Step<'d>>>) -> Program<'d> {
    let mut kept = order::each([stops[0]]);
    let mut place = 0;
    while let Some(next) = kept.range(place..).next().copied().filter(|next| *next < whole.steps.len()) {
        if let Step::Ask { otherwise, .. } = &whole.steps[next] {
            kept.extend([stops[next + 1], stops[*otherwise]]);
        }
        place = next + 1;
    }
    let mut program = Program::default();
    // Where each step that is kept stands now.
    let mut moved: Vec<usize> = (0..=whole.steps.len()).collect();
    let kept: Vec<_> = kept.into_iter().collect();
    for (index, place) in kept.iter().copied().enumerate() {
        moved[place] = program.steps.len();
        let step = served[place].take().unwrap_or_else(|| whole.steps[place].clone());
        program.steps.push(match step {
            Step::Ask { ask, inverted, otherwise } => Step::Ask { ask, inverted, otherwise: stops[otherwise] },
            end => end,
        });
        program.places.push(whole.places[place].clone());
        let is_question = matches!(whole.steps[place], Step::Ask { .. });
        if is_question && kept.get(index + 1) != Some(&stops[place + 1]) {
            program.steps.push(Step::Ask { ask: always(), inverted: true, otherwise: stops[place + 1] });
            program.places.push(String::new());
        }
    }
    for step in &mut program.steps {
        if let Step::Ask { otherwise, .. } = step {
            *otherwise = moved[*otherwise];
        }
    }
    program
}

/// What is left of segments that must never reach a browser. Of such a segment nothing may be left, so nothing of those
/// that it is made of either: a step's place is a trail through all segments that lead to it.
fn left(document: &Document, place: &Place, program: &Program) -> Option<Problem> {
    let trails = program.places.iter().flat_map(|trail| trail.split(LEADS_TO));
    let mut names = trails.filter_map(|part| part.strip_prefix("/segments/")?.split('/').next());
    let name = names.find(|name| document.segments.get(*name).is_none_or(|segment| segment.server_only))?;
    let cause = format!("The segment `{name}` must never reach a browser, and what is known does not decide it.");
    let fix = "Give all attributes that the segment asks for, or set the flag's `client` to false.";
    Some(Problem::new(format!("/flags/{}/client", place.key), Code::Conflict, cause, fix.into()))
}
