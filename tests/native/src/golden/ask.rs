//! Reading inputs and writing answers.

use pointsman::stats::conversions::Conversions;
use pointsman::stats::effect::{Alternative, Refusal};
use pointsman::stats::moments::Moments;
use serde_json::{Map, Value};

/// A case's input, or a part of it.
pub struct Ask<'c>(pub &'c Value);

impl<'c> Ask<'c> {
    pub fn part(&self, name: &str) -> Result<Ask<'c>, String> {
        self.0.get(name).map(Ask).ok_or_else(|| format!("the input has no {name}"))
    }

    pub fn has(&self, name: &str) -> bool {
        self.0.get(name).is_some_and(|value| !value.is_null())
    }

    pub fn number(&self, name: &str) -> Result<f64, String> {
        number(self.part(name)?.0).ok_or_else(|| format!("{name} is no number"))
    }

    pub fn number_or(&self, name: &str, other: f64) -> f64 {
        self.number(name).unwrap_or(other)
    }

    pub fn count(&self, name: &str) -> Result<u64, String> {
        let number = self.number(name)?;
        #[expect(clippy::cast_sign_loss, reason = "checked")]
        if number >= 0.0 && number.fract() == 0.0 { Ok(number as u64) } else { Err(format!("{name} is no count")) }
    }

    pub fn text(&self, name: &str) -> &'c str {
        self.0.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    pub fn flag(&self, name: &str) -> bool {
        self.0.get(name).and_then(Value::as_bool).unwrap_or_default()
    }

    pub fn numbers(&self, name: &str) -> Result<Vec<f64>, String> {
        let all = self.part(name)?.0.as_array().ok_or_else(|| format!("{name} is no list"))?;
        all.iter().map(|value| number(value).ok_or_else(|| format!("{name} holds what is no number"))).collect()
    }

    pub fn list(&self, name: &str) -> Result<Vec<Ask<'c>>, String> {
        let all = self.part(name)?.0.as_array().ok_or_else(|| format!("{name} is no list"))?;
        Ok(all.iter().map(Ask).collect())
    }

    pub fn alternative(&self) -> Alternative {
        match self.text("alternative") {
            "greater" | "larger" => Alternative::Greater,
            "less" | "smaller" => Alternative::Less,
            _ => Alternative::Different,
        }
    }

    pub fn alpha(&self) -> f64 {
        if self.has("confidence") { 1.0 - self.number_or("confidence", 0.95) } else { self.number_or("alpha", 0.05) }
    }

    /// `{n, sum}` of zeros and ones.
    pub fn conversions(&self) -> Result<Conversions, String> {
        Conversions::new(self.count("n")?, self.count("sum")?).ok_or_else(|| "more converted than there are".into())
    }

    pub fn arms(&self) -> Result<[Conversions; 2], String> {
        Ok([self.part("control")?.conversions()?, self.part("treatment")?.conversions()?])
    }

    /// `{n, sum, sum_squares}`; without squares zeros and ones, whose variance is p(1 - p) where these libraries have it.
    pub fn sample(&self) -> Result<Moments, String> {
        let (n, sum) = (self.number("n")?, self.number("sum")?);
        let mean = if n > 0.0 { sum / n } else { 0.0 };
        if !self.has("sum_squares") {
            return Ok(Moments::of(n, mean, mean * (1.0 - mean)));
        }
        let squares = self.number("sum_squares")?;
        let variance = if n > 1.0 { (squares - sum * sum / n) / (n - 1.0) } else { 0.0 };
        Ok(Moments::of(n, mean, variance))
    }

    /// Several numbers a unit, from `{n, sum, sum_squares}` of each and the sums of their products, by the lower triangle.
    pub fn samples(&self, parts: &[&str], products: &[&[&str]]) -> Result<Moments, String> {
        let all: Vec<Ask> = parts.iter().map(|part| self.part(part)).collect::<Result<_, _>>()?;
        let n = all.first().ok_or("no parts")?.number("n")?;
        let sums: Vec<f64> = all.iter().map(|part| part.number("sum")).collect::<Result<_, _>>()?;
        let mut covariance = Vec::new();
        for (i, part) in all.iter().enumerate() {
            for j in 0..=i {
                let product = if i == j { part.number("sum_squares")? } else { self.number(products[i - 1][j])? };
                covariance.push(if n > 1.0 { (product - sums[i] * sums[j] / n) / (n - 1.0) } else { 0.0 });
            }
        }
        Ok(Moments { units: n, mean: sums.iter().map(|sum| sum / n).collect(), covariance, ..Moments::default() })
    }

    /// A table of means, variances and covariances, of which these columns are asked for.
    pub fn table(&self, columns: &[&str]) -> Result<Moments, String> {
        let (mean, var, cov) = (self.part("mean")?, self.part("var")?, self.part("cov")?);
        let mut covariance = Vec::new();
        for (i, a) in columns.iter().enumerate() {
            for b in &columns[..i] {
                let pair = [format!("{a}|{b}"), format!("{b}|{a}")];
                covariance.push(pair.iter().find_map(|pair| cov.number(pair).ok()).ok_or("a covariance is missing")?);
            }
            covariance.push(var.number(a)?);
        }
        let mean = columns.iter().map(|column| mean.number(column)).collect::<Result<_, _>>()?;
        Ok(Moments { units: self.number("n")?, mean, covariance, ..Moments::default() })
    }
}

pub fn number(value: &Value) -> Option<f64> {
    match value.as_str() {
        Some("Infinity") => Some(f64::INFINITY),
        Some("-Infinity") => Some(f64::NEG_INFINITY),
        _ => value.as_f64(),
    }
}

/// Answers by name.
#[derive(Default)]
pub struct Answer(pub Map<String, Value>);

impl Answer {
    pub fn of<'n>(all: impl IntoIterator<Item = (&'n str, f64)>) -> Self {
        all.into_iter().fold(Self::default(), |answer, (name, number)| answer.number(name, number))
    }

    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.insert(name.to_string(), value.into());
        self
    }

    pub fn number(self, name: &str, number: f64) -> Self {
        self.with(name, written(number))
    }

    pub fn numbers(self, name: &str, numbers: &[f64]) -> Self {
        self.with(name, numbers.iter().copied().map(written).collect::<Vec<_>>())
    }
}

/// A number as these files have it.
pub fn written(number: f64) -> Value {
    if number.is_nan() {
        "NaN".into()
    } else if number.is_infinite() {
        if number > 0.0 { "Infinity".into() } else { "-Infinity".into() }
    } else {
        number.into()
    }
}

/// A refusal in the words of `gbstats`.
pub fn refused(refusal: Refusal) -> Answer {
    let name = match refusal {
        Refusal::ZeroBaseline | Refusal::UnsureBaseline | Refusal::NoLogarithm => "ZERO_NEGATIVE_BASELINE_VARIATION",
        Refusal::NoUnits => "NO_UNITS_IN_VARIATION",
        _ => "ZERO_NEGATIVE_VARIANCE",
    };
    Answer::of([("effect", 0.0), ("ci_lower", 0.0), ("ci_upper", 0.0), ("std_error", 0.0)])
        .with("p_value", Value::Null)
        .with("error", name)
}

pub fn why(refusal: Refusal) -> String {
    refusal.words()
}
