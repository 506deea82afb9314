//! The stages of a plan: how many are in its test, step by step, and how far each step may go.

use super::plan::{Plan, Problems};
use crate::playbook::Playbook;
use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;

impl Plan {
    /// The stages that it goes through.
    #[must_use]
    pub fn stages(&self, playbook: &Playbook) -> Vec<u8> {
        let own = self.template.as_ref().and_then(|origin| playbook.kind(&origin.key));
        match own {
            _ if !self.ramp.is_empty() => self.ramp.clone(),
            Some(own) => own.steps(playbook),
            None => playbook.ramp.clone(),
        }
    }

    /// The steps are those that its start locks, so what passes here is not refused there.
    pub(super) fn check_ramp(&self, whole: &Playbook, rules: &Playbook, problems: &mut Problems) {
        let ramp = Playbook { ramp: self.stages(whole), templates: Vec::new(), ..whole.clone() };
        let mut before = 0;
        for stage in &ramp.ramp {
            let most = rules.step_above(before);
            if *stage > most {
                let allowed = match rules.templates.first() {
                    Some(own) if *stage <= whole.step_above(before) => format!("the template “{}” allows", own.name),
                    _ => "the playbook's next step".to_string(),
                };
                let cause = format!("From {before} % to {stage} % is further than {allowed}.");
                problems.say("/ramp", cause, &format!("Take {most} % first."));
            }
            before = *stage;
        }
        problems.0.extend(ramp.problems().into_iter().filter(|problem| problem.pointer == "/ramp"));
    }
}
