//! A report for people: one block a flag.

use super::{FlagReport, Report, SplitReport};
use core::fmt;

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{} in {}", Many(self.contexts, "context"), Many(self.lines, "line"))?;
        if self.refused > 0 {
            write!(f, "; {} cannot be read", Many(self.refused, "line"))?;
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
            writeln!(f, "  {words}: {}  [{}]", Many(mismatch.count, "time"), mismatch.place)?;
        }
        Ok(())
    }
}

impl fmt::Display for SplitReport {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "  split of {}", Many(self.units, "unit"))?;
        if let Some(run) = &self.run {
            write!(f, " in run {run}")?;
        }
        let verdict = if self.mismatch { "NOT as planned" } else { "as planned" };
        writeln!(f, ": {verdict} (p {})  [{}]", P(self.p), self.place)?;
        for arm in &self.arms {
            let (share, planned) = (Percent(arm.share), Percent(arm.planned));
            writeln!(f, "    {:<22} {:>10}  {share}  planned {planned}", arm.variant, arm.units)?;
        }
        if self.uncounted > 0 {
            writeln!(f, "    not counted, because there are too many units: {}", Many(self.uncounted, "context"))?;
        }
        Ok(())
    }
}

/// A number of things.
struct Many(u64, &'static str);

impl fmt::Display for Many {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{} {}{}", self.0, self.1, if self.0 == 1 { "" } else { "s" })
    }
}

/// A share from 0 to 1 as text.
struct Percent(f64);

impl fmt::Display for Percent {
    #[expect(clippy::cast_sign_loss, reason = "no share is below 0")]
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let hundredths = libm::round(self.0 * 10_000.0) as u32;
        write!(f, "{:>3}.{:02} %", hundredths / 100, hundredths % 100)
    }
}

/// A p-value as text.
struct P(f64);

impl fmt::Display for P {
    #[expect(clippy::cast_sign_loss, reason = "no p-value is below 0")]
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match libm::round(self.0 * 10_000.0) as u32 {
            0 => write!(f, "below 0.0001"),
            parts => write!(f, "{}.{:04}", parts / 10_000, parts % 10_000),
        }
    }
}
