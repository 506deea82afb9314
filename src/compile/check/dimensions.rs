//! Dimensions: few of them, with few values, none of which could be taken for another one.

use super::{Check, below, limits};
use crate::document::{Code, Dimension};
use alloc::format;
use alloc::string::ToString;

/// What units are told apart by anyway.
const OWN: [&str; 4] = ["browser", "device", "country", "visitor"];

impl Check<'_> {
    pub(super) fn dimensions(&mut self) {
        let document = self.document;
        self.limit("/dimensions", document.dimensions.len(), limits::DIMENSIONS, "dimensions");
        for (name, dimension) in &document.dimensions {
            let place = below("/dimensions", name);
            self.name(&place, name, false);
            let is_run = document.experiments.values().filter_map(|own| own.run.as_ref()).any(|run| run.id == *name);
            if is_run || OWN.contains(&name.as_str()) {
                let cause = "Units are told apart by this already.".to_string();
                self.report(&place, Code::Conflict, cause, "Give the dimension another name.");
            }
            self.dimension(&place, dimension);
        }
    }

    fn dimension(&mut self, place: &str, Dimension { attribute, values, .. }: &Dimension) {
        if let Some(attribute) = attribute {
            self.attribute(&format!("{place}/attribute"), attribute);
        }
        self.limit(&format!("{place}/values"), values.len(), limits::DIMENSION_VALUES, "values");
        for (index, value) in values.iter().enumerate() {
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
            let fits = (1..=limits::DIMENSION_BYTES).contains(&value.len()) && value.bytes().all(plain);
            if !fits || values[..index].contains(value) {
                let cause = "This cannot be a value, or is one already.".to_string();
                let fix = format!("Use 1 to {} letters, digits and any of `_-.`.", limits::DIMENSION_BYTES);
                self.report(&format!("{place}/values/{index}"), Code::Name, cause, fix);
            }
        }
    }
}
