//! Would it be different for someone? The question is asked of groups that were named before anybody looked: browsers,
//! devices, new and returning visitors, and the values of the dimensions that the document declares.
//!
//! First of all groups of a dimension together (Cochran's Q, the dimensions sharing its level), and only then of each. What
//! is told of a group is shrunk towards the whole by as much as chance explains. It holds for one look and decides nothing.

use super::{Scene, signed};
use crate::lifecycle::TITLE;
use crate::lifecycle::plan::Change;
use crate::metric;
use crate::stats::Validity;
use crate::stats::change::compared;
use crate::stats::conversions::Conversions;
use crate::stats::effect::Effect;
use crate::stats::real;
use crate::stats::segments::{self, Segment, Segments};
use crate::stats::sequence::Sequence;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde_json::{Value, json};

/// Dimensions that the engine knows of every visitor and whose values are few. Countries are many; whoever wants to ask
/// about some declares them.
const KNOWN: [&str; 3] = ["browser", "device", "visitor"];

/// A dimension whose groups were compared.
struct Asked {
    dimension: String,
    values: Vec<String>,
    effects: Vec<Effect>,
    found: Segments,
}

/// What was found; nothing before there are two groups to compare.
#[must_use]
pub fn screen(scene: &Scene) -> Option<Value> {
    let asked: Vec<Asked> = named(scene).into_iter().filter_map(|(dimension, groups)| ask(dimension, groups)).collect();
    let groups: usize = asked.iter().map(|asked| asked.values.len()).sum();
    if groups == 0 {
        return None;
    }
    let dimensions: Vec<_> = asked.iter().map(|one| told(one, asked.len())).collect();
    Some(json!({
        "groups": groups, "words": words(&asked, groups), "validity": Validity::FixedSample, "dimensions": dimensions,
        "idea": idea(scene, &asked),
    }))
}

/// The groups of each dimension that can be compared, with their effects.
fn named(scene: &Scene) -> BTreeMap<String, Vec<(String, Effect)>> {
    let mut named: BTreeMap<String, Vec<(String, Effect)>> = BTreeMap::new();
    for whole in scene.counts.dimensions() {
        let Some((dimension, value)) = whole.split_once('=') else { continue };
        if !(KNOWN.contains(&dimension) || scene.document.dimensions.contains_key(dimension)) {
            continue;
        }
        if let Some(effect) = effect(scene, &whole) {
            named.entry(dimension.to_string()).or_default().push((value.to_string(), effect));
        }
    }
    named
}

/// The effect on a group, on the logarithm of the ratio, once both versions have enough of it.
fn effect(scene: &Scene, dimension: &str) -> Option<Effect> {
    let metric = scene.metric();
    let measure = scene.measure(metric);
    let (control, treatment) = scene.variants();
    let vectors = [control, treatment].map(|variant| scene.counts.vector(&variant, metric, None, dimension, false));
    let units: u64 = vectors.iter().map(|vector| number(vector, 0)).sum();
    let shares = || {
        let [old, new] = vectors.each_ref().map(|vector| Conversions::new(number(vector, 0), number(vector, 1)));
        Some([old?, new?])
    };
    let [Ok(old), Ok(new)] = scene.moments(metric, dimension) else { return None };
    let parts = metric::parts(&measure);
    let shares = if metric::is_share(&measure) { Some(shares()?) } else { None };
    let values = (metric::has_values(&measure) || scene.has_moved()).then_some(([&old, &new], &parts[..]));
    let lift = compared(shares, values, Sequence::usual(scene.alpha().0)).ok()?;
    Some(Effect { validity: Validity::FixedSample, ..lift.effect(real(units))? })
}

fn number(vector: &[i128], place: usize) -> u64 {
    vector.get(place).and_then(|number| u64::try_from(*number).ok()).unwrap_or(0)
}

fn ask(dimension: String, groups: Vec<(String, Effect)>) -> Option<Asked> {
    let (values, effects): (Vec<_>, Vec<_>) = groups.into_iter().unzip();
    let found = segments::segments(&effects).ok()?;
    Some(Asked { dimension, values, effects, found })
}

/// Whether a group is named: of so many dimensions each has its part of the first question's level.
fn differs(asked: &Asked, group: &Segment, of: usize) -> bool {
    group.differs && asked.found.p_value * real(of as u64) <= segments::GATE
}

/// The follow-up test that what was found is good for, as an idea that one button writes down: of the group that differs
/// most clearly. Nothing where none differs.
fn idea(scene: &Scene, asked: &[Asked]) -> Option<Value> {
    let each = asked.iter().flat_map(|one| one.values.iter().zip(&one.found.groups).map(move |pair| (one, pair)));
    let named = each.filter(|(one, (_, group))| differs(one, group, asked.len()));
    let (one, (value, group)) = named.min_by(|(_, (_, one)), (_, (_, other))| one.p_value.total_cmp(&other.p_value))?;
    let experiment = scene.experiment;
    let whom = format!(" for {} {value} alone", one.dimension);
    let title: String = experiment.title.chars().take(TITLE.saturating_sub(whom.chars().count())).collect();
    let [own, all] = [group.shrunk, one.found.together].map(|effect| signed(libm::expm1(effect)));
    let page = match experiment.plan.as_ref().map(|plan| &plan.change) {
        Some(Change::Words { page, .. } | Change::Pages { page, .. }) => page.as_str(),
        Some(Change::Flag { .. }) | None => "",
    };
    Some(json!({
        "what": format!("{title}{whom}"),
        "expect": format!(
            "“{}” is {own} for {} {value}, where all together have {all}: a test of theirs alone shows it again.",
            scene.metric(), one.dimension
        ),
        "evidence": format!(
            "Found by looking at the groups of “{}” ({}), and drawn towards the whole. What is found so is no result yet.",
            experiment.title, experiment.key
        ),
        "page": page,
    }))
}

fn words(asked: &[Asked], groups: usize) -> String {
    let names: Vec<_> = asked.iter().map(|asked| asked.dimension.as_str()).collect();
    let looked = format!("Looked at {groups} groups that were named before ({})", names.join(", "));
    let mut found = Vec::new();
    for one in asked {
        for (value, group) in
            one.values.iter().zip(&one.found.groups).filter(|(_, group)| differs(one, group, asked.len()))
        {
            let [own, all] = [group.shrunk, one.found.together].map(|effect| signed(libm::expm1(effect)));
            found.push(format!("{} {value} has {own} where all together have {all}", one.dimension));
        }
    }
    if found.is_empty() {
        return format!("{looked}: no real difference.");
    }
    format!("{looked}: {}. That is an idea for the next test, and no reason to ship it to some.", found.join("; "))
}

fn told(asked: &Asked, of: usize) -> Value {
    let groups = asked.values.iter().zip(&asked.effects).zip(&asked.found.groups).map(|((value, effect), group)| {
        json!({
            "value": value, "units": effect.units, "seen": libm::expm1(group.seen), "shrunk": libm::expm1(group.shrunk),
            "error": group.error, "pValue": group.p_value, "differs": differs(asked, group, of),
            "told": signed(libm::expm1(group.shrunk)),
        })
    });
    json!({
        "dimension": asked.dimension, "q": asked.found.q, "pValue": asked.found.p_value, "spread": asked.found.spread,
        "groups": groups.collect::<Vec<_>>(),
    })
}
