//! What visitors of all traffic do by a metric, each told apart: who comes back, how many go from step to step, and how much
//! they differ.
//!
//! Nothing of it is kept. It is read from the rows of events when somebody asks: so whoever is erased and whatever was too old
//! is not in it, a log that is replayed says the same, and any metric and any steps can be asked for, also those that are
//! only being thought of. A shard looks at so many events at most, those of its first units in the order of their hashes.
//! That is all of them, or a sample that nobody has chosen; what is told says how large it is.

use super::event::{self, Deed};
use super::exposure::count;
use super::measure::Metric;
use super::sums::{Sum, Vectors};
use crate::sql::{Cell, Failure, Sql};
use crate::time::{DAY, Millis};
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde_json::json;

/// Events that a shard looks at for one answer, which is more than those of any one unit. Of 20,000 it took a third to two thirds of a
/// second on two busy processors, and a shard does nothing else meanwhile.
pub const LOOKED_AT: usize = 10_000;

/// Days after its first one for which is told whether a unit came back.
const BACK: usize = 14;

/// First days of which that is told, the present one included.
const FIRST_DAYS: i64 = 28;

/// Whole days of which everything else is told.
pub const FORTNIGHT: i64 = 14;

/// All hashes, by their first four bytes.
pub const ALL: i64 = 1 << 32;

/// What a shard's visitors did by a metric, and by steps before it in the order in which somebody does them, as vectors that add up over shards, each under a name in the place of a metric:
///
/// - `read`: how many of [`ALL`] hashes were looked at, and 1;
/// - `day`, by day (the epoch) since the fortnight began: as the totals of all traffic, `[n, y, d]`;
/// - `back`, by day: of those who did it then for the first time, how many they are, and how many did it again 1, 2, … days
///   later, each of 24 hours from their first time;
/// - `steps`: how many did anything in the fortnight, and how many of them the first step, after it the second one, …;
/// - `unit`: the metric's vector, as if everybody who did anything in the fortnight, or in one so long ago that the metric's
///   window has closed, had met something when they first did.
pub fn visitors(
    sql: &mut impl Sql,
    (metric, steps): &(Metric, Vec<String>),
    most: usize,
    now: Millis,
) -> Result<Vec<Sum>, Failure> {
    let today = now.0 - now.0.rem_euclid(DAY);
    let (from, waits) = (today - FORTNIGHT * DAY, metric.measure.window().unwrap_or(0));
    let mut all = Vectors::default();
    let mut add = |name: &str, day: i64, vector: &[i128]| {
        all.add((String::new(), day, name.to_string(), String::new(), false), vector);
    };

    let next = sql.run("SELECT unit FROM event ORDER BY unit LIMIT 1 OFFSET ?", &[count(most)])?;
    let end = next.first().and_then(|row| row.first()).map(|unit| unit.blob().to_vec());
    let read = end.as_ref().map_or(ALL, |end| end.iter().take(4).fold(0, |all, byte| all << 8 | i64::from(*byte)));
    add("read", 0, &[read.into(), 1]);
    // Longer than any hash, so behind all of them.
    let end: Cell = Cell::Blob(end.unwrap_or_else(|| alloc::vec![u8::MAX; 17]));

    let span: [Cell; 5] = [end.clone(), from.into(), today.into(), (from - waits).into(), (today - waits).into()];
    let came = sql.run(
        "SELECT count(DISTINCT CASE WHEN at >= ?2 AND at < ?3 THEN unit END), \
         count(DISTINCT CASE WHEN at >= ?4 AND at < ?5 THEN unit END) FROM event WHERE unit < ?1",
        &span,
    )?;
    let came = |place: usize| i128::from(came.first().and_then(|row| row.get(place)).map_or(0, Cell::integer));
    add("steps", 0, &[came(0)]);
    add("unit", 0, &[came(1)]);

    let mut names = steps.clone();
    names.push(metric.event.clone());
    names.extend(metric.measure.per.iter().map(|per| per.event.clone()));
    let names = json!(names).to_string();
    let [end, _, _, since, until] = span;
    let rows = sql.run(
        "SELECT '', name, event.at, value, currency, properties, '', event.unit, came.at FROM event LEFT JOIN \
         (SELECT unit, min(at) AS at FROM event WHERE unit < ?1 AND at >= ?2 AND at < ?3 GROUP BY unit) AS came USING (unit) \
         WHERE event.unit < ?1 AND name IN (SELECT value FROM json_each(?4)) ORDER BY event.unit",
        &[end, since, until, names.as_str().into()],
    )?;
    for rows in rows.chunk_by(|one, next| one.get(7) == next.get(7)) {
        let mut deeds: Vec<Deed> = rows.iter().map(|row| event::deed(row)).collect();
        let mut own = Vec::new();
        for deed in &deeds {
            let total = metric.total(deed);
            if total[0] > 0 {
                own.push(deed.at);
            }
            if deed.at >= from {
                add("day", deed.at - deed.at.rem_euclid(DAY), &total);
            }
        }
        if let Some(first) = own.iter().min().filter(|first| **first >= today - (FIRST_DAYS - 1) * DAY) {
            add("back", first - first.rem_euclid(DAY), &back(*first, &own));
        }
        deeds.retain(|deed| deed.at < today);
        let done = |name: &String| deeds.iter().filter(|deed| deed.name == *name).map(|deed| deed.at).collect();
        let times: Vec<Vec<i64>> = steps.iter().map(done).chain([own]).collect();
        add("steps", 0, &reached(&times, from..today));
        if let Some(Cell::Integer(came)) = rows.first().and_then(|row| row.get(8)) {
            let mut vector = metric.vector(*came, &deeds);
            // They are counted among those who came.
            vector[..1].fill(0);
            add("unit", 0, &vector);
        }
    }
    Ok(all.told())
}

/// That somebody did it for the first time, and on which of the days behind that again.
fn back(first: i64, times: &[i64]) -> [i128; 1 + BACK] {
    let mut vector = [0; 1 + BACK];
    for at in times {
        if let Some(day) = vector.get_mut(usize::try_from((at - first) / DAY).unwrap_or(usize::MAX)) {
            *day = 1;
        }
    }
    vector
}

/// Which steps somebody has reached, each at the time of the one before or later; behind a place for having come at all.
fn reached(steps: &[Vec<i64>], span: core::ops::Range<i64>) -> Vec<i128> {
    let mut vector = alloc::vec![0];
    let mut at = span.start;
    for times in steps {
        let Some(next) = times.iter().filter(|time| (at..span.end).contains(time)).min() else { break };
        at = *next;
        vector.push(1);
    }
    vector
}
