//! A question, read by name.

use crate::stats::Validity;
use crate::stats::bayes::Belief;
use crate::stats::conversions::Conversions;
use crate::stats::effect::{Alternative, Effect, Refusal, Scale};
use crate::stats::moments::{Moments, Sums};
use alloc::vec::Vec;
use serde_json::Value;

/// A question, or a part of one, read by name. Hand-written: derived readers weigh ten kilobytes in a browser.
pub(super) struct Given<'q>(pub &'q Value);

impl<'q> Given<'q> {
    pub fn part(&self, name: &str) -> Option<&'q Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    pub fn number(&self, name: &str) -> Result<f64, Refusal> {
        self.part(name).and_then(Value::as_f64).ok_or(Refusal::Unreadable)
    }

    /// A number that may be left out.
    pub fn maybe(&self, name: &str) -> Result<Option<f64>, Refusal> {
        self.part(name).map(|_| self.number(name)).transpose()
    }

    pub fn number_or(&self, name: &str, other: f64) -> Result<f64, Refusal> {
        Ok(self.maybe(name)?.unwrap_or(other))
    }

    pub fn count(&self, name: &str) -> Result<u64, Refusal> {
        self.part(name).and_then(Value::as_u64).ok_or(Refusal::Unreadable)
    }

    pub fn place(&self, name: &str) -> Result<Option<usize>, Refusal> {
        self.part(name).map(|_| self.count(name).map(|place| place as usize)).transpose()
    }

    pub fn flag(&self, name: &str) -> bool {
        self.part(name).and_then(Value::as_bool).unwrap_or(false)
    }

    pub fn text(&self, name: &str) -> &'q str {
        self.part(name).and_then(Value::as_str).unwrap_or_default()
    }

    /// A text that has to be there.
    pub fn key(&self, name: &str) -> Result<&'q str, Refusal> {
        self.part(name).and_then(Value::as_str).ok_or(Refusal::Unreadable)
    }

    pub fn list(&self, name: &str) -> Result<&'q [Value], Refusal> {
        self.part(name).and_then(Value::as_array).map(Vec::as_slice).ok_or(Refusal::Unreadable)
    }

    pub fn numbers(&self, name: &str) -> Result<Vec<f64>, Refusal> {
        self.list(name)?.iter().map(|value| value.as_f64().ok_or(Refusal::Unreadable)).collect()
    }

    pub fn chance(&self, name: &str, other: f64) -> Result<f64, Refusal> {
        let chance = self.number_or(name, other)?;
        if chance > 0.0 && chance < 1.0 { Ok(chance) } else { Err(Refusal::Impossible) }
    }

    /// Whole numbers as decimal digits, since JavaScript has none so wide.
    pub fn digits(&self, name: &str) -> Result<Vec<i128>, Refusal> {
        let digits = |value: &Value| {
            let text = value.as_str()?;
            // Most sums are short, and a computer multiplies 64 bits far sooner than 128.
            if text.len() < 18 { text.parse().ok().map(i64::into) } else { text.parse().ok() }
        };
        self.list(name)?.iter().map(|value| digits(value).ok_or(Refusal::Unreadable)).collect()
    }

    pub fn sums(&self) -> Result<Sums, Refusal> {
        Ok(Sums { units: self.count("units")?, sums: self.digits("sums")?, products: self.digits("products")? })
    }

    /// An arm: as exact sums, or as moments. Of zeros and ones, one of them a unit, also the counts.
    pub fn arm(&self, name: &str) -> Result<(Moments, Option<Conversions>), Refusal> {
        let arm = Given(self.part(name).ok_or(Refusal::Unreadable)?);
        if arm.part("sums").is_some() {
            let (sums, scale) = (arm.sums()?, arm.number("scale")?);
            return Ok((sums.moments(scale).ok_or(Refusal::Contradiction)?, sums.conversions(scale)));
        }
        let (units, mean, covariance) = (arm.number("units")?, arm.numbers("mean")?, arm.numbers("covariance")?);
        let width = mean.len();
        let fits = covariance.len() == width * (width + 1) / 2;
        let spreads = (0..width).all(|i| covariance.get(i * (i + 3) / 2).is_some_and(|v| *v >= 0.0));
        if !fits || !spreads {
            return Err(Refusal::Contradiction);
        }
        Ok((Moments { units, mean, covariance, ..Moments::default() }, None))
    }

    /// An effect that was told before.
    pub fn effect(&self, units: f64) -> Result<Effect, Refusal> {
        let (estimate, standard_error) = (self.number("estimate")?, self.number("standardError")?);
        Effect::of_logarithm(estimate, standard_error, units, Validity::FixedSample).checked()
    }

    /// On which scale an effect is told.
    pub fn scale(&self) -> Result<Scale, Refusal> {
        match self.text("scale") {
            "absolute" => Ok(Scale::Absolute),
            "relative" => Ok(Scale::Relative),
            "logRatio" | "" => Ok(Scale::LogRatio),
            _ => Err(Refusal::Unreadable),
        }
    }

    /// Which way an effect is looked for.
    pub fn alternative(&self) -> Result<Alternative, Refusal> {
        match self.text("alternative") {
            "greater" => Ok(Alternative::Greater),
            "less" => Ok(Alternative::Less),
            "different" | "" => Ok(Alternative::Different),
            _ => Err(Refusal::Unreadable),
        }
    }

    pub fn belief(&self) -> Result<Belief, Refusal> {
        Ok(Belief { mean: self.number("mean")?, sd: self.number("sd")? })
    }
}
