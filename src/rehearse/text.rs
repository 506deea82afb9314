//! A report for people: one block a flag.

use super::{FlagReport, Report, SplitReport};
use core::fmt;

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{} contexts in {} lines", self.contexts, self.lines)?;
        if self.refused > 0 {
            write!(f, "; {} lines are no contexts", self.refused)?;
        }
        writeln!(f)?;
        for refusal in &self.refusals {
            writeln!(f, "  line {}: {}", refusal.line, refusal.cause)?;
        }
        self.flags.iter().try_for_each(|flag| writeln!(f).and_then(|()| write!(f, "{flag}")))
    }
}

impl fmt::Display for FlagReport {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        writeln!(f, "{}", self.flag)?;
        for variant in &self.variants {
            writeln!(f, "  {:<24} {:>10}  {}", variant.name, variant.count, Percent(variant.share))?;
        }
        for rule in &self.rules {
            let never = if rule.count == 0 { "  never matched" } else { "" };
            writeln!(
                f,
                "  by rule {:<16} {:>10}  {}  of {} that got to it{never}",
                rule.rule,
                rule.count,
                Percent(rule.share),
                rule.reached
            )?;
        }
        for end in &self.ends {
            let place = end.place.splitn(4, '/').nth(3).unwrap_or(&end.place);
            writeln!(f, "  at {place:<21} {:>10}  {}", end.count, Percent(end.share))?;
        }
        for error in &self.errors {
            writeln!(f, "  error {:<18} {:>10}  {}", error.name, error.count, Percent(error.share))?;
        }
        self.splits.iter().try_for_each(|split| write!(f, "{split}"))?;
        for mismatch in &self.mismatches {
            let words = mismatch.trouble.words(&mismatch.attribute);
            writeln!(f, "  {words}: {} times  [{}]", mismatch.count, mismatch.place)?;
        }
        Ok(())
    }
}

impl fmt::Display for SplitReport {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "  split of {} units", self.units)?;
        if let Some(run) = &self.run {
            write!(f, " in run {run}")?;
        }
        let verdict = if self.mismatch { "NOT as planned" } else { "as planned" };
        writeln!(f, ": {verdict} (p {:.4})  [{}]", self.p, self.place)?;
        for arm in &self.arms {
            let (share, planned) = (Percent(arm.share), Percent(arm.planned));
            writeln!(f, "    {:<22} {:>10}  {share}  planned {planned}", arm.variant, arm.units)?;
        }
        if self.uncounted > 0 {
            writeln!(f, "    {} later contexts are not counted: too many units", self.uncounted)?;
        }
        Ok(())
    }
}

/// A share from 0 to 1 as text.
struct Percent(f64);

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{:>6.2} %", self.0 * 100.0)
    }
}
