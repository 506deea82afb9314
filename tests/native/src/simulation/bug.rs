//! Mistakes that somebody could make, planted on purpose: a simulation that does not find them proves nothing.

use crate::Native;
use pointsman::sql::{Cell, Failure, Sql};
use pointsman::time::DAY;
use rusqlite::Connection;

/// A mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bug {
    /// The answer leaves before the commit.
    AckBeforeCommit,
    /// The ledger is written in a transaction of its own.
    LedgerApart,
    /// An event that comes again counts again.
    DuplicateCounts,
    /// A later report of a meeting takes the place of an earlier one.
    LastWins,
    /// Lines are deleted before their segment lies where it should.
    SealedBeforePut,
    /// Half a segment is taken for a whole one.
    TornTaken,
    /// An erased unit's lines stay in segments.
    NeverRewritten,
    /// They stay in segments that are older than the rows that tell of pages.
    RewrittenRecent,
    /// A file is given up that was begun when the machine died.
    BegunForgotten,
    /// A replay brings erased units back.
    TombstoneIgnored,
    /// A vector that is pushed twice is added twice.
    PushAdds,
    /// Whatever was pushed takes the place of what was there, also if it comes late.
    PushUnchecked,
    /// What was pushed counts as heard before it has arrived.
    PushBelieved,
    /// A change of sums does not make them due.
    PushForgotten,
    /// Each edge has an opinion of its own on which shard a unit belongs to.
    ShardByEdge,
    /// A version that is not known is taken for the newest one.
    VersionGuessed,
    /// A version that nobody has published yet is taken for an empty one.
    VersionInvented,
    /// Claimed draws are believed.
    DrawsBelieved,
}

impl Bug {
    /// All of them.
    pub const ALL: [Self; 18] = [
        Self::AckBeforeCommit,
        Self::LedgerApart,
        Self::DuplicateCounts,
        Self::LastWins,
        Self::SealedBeforePut,
        Self::TornTaken,
        Self::NeverRewritten,
        Self::RewrittenRecent,
        Self::BegunForgotten,
        Self::TombstoneIgnored,
        Self::PushAdds,
        Self::PushUnchecked,
        Self::PushBelieved,
        Self::PushForgotten,
        Self::ShardByEdge,
        Self::VersionGuessed,
        Self::VersionInvented,
        Self::DrawsBelieved,
    ];
}

/// A store that may get some statements wrong.
pub(super) struct Store<'c> {
    pub(super) connection: &'c Connection,
    pub(super) bug: Option<Bug>,
    /// Statements that a mistake has put off until after the commit.
    pub(super) later: Vec<(String, Vec<Cell>)>,
}

impl Sql for Store<'_> {
    fn run(&mut self, statement: &str, cells: &[Cell]) -> Result<Vec<Vec<Cell>>, Failure> {
        let wrong = |bug| self.bug == Some(bug);
        if wrong(Bug::LedgerApart) && statement.starts_with("INSERT INTO ledger") {
            self.later.push((statement.to_string(), cells.to_vec()));
            return Ok(Vec::new());
        }
        let statement = if wrong(Bug::DuplicateCounts) && statement.starts_with("INSERT INTO event") {
            statement.replace("ON CONFLICT DO NOTHING", "ON CONFLICT DO UPDATE SET at = excluded.at")
        } else if wrong(Bug::NeverRewritten) && statement.contains("INTO rewriting") {
            statement.replace("FROM segment", "FROM segment WHERE false")
        } else if wrong(Bug::RewrittenRecent) && statement.contains("INTO rewriting") {
            let recent = format!("FROM segment WHERE to_at >= (SELECT max(at) FROM tombstone) - {}", 8 * DAY);
            statement.replace("FROM segment", &recent)
        } else if wrong(Bug::BegunForgotten) && statement.starts_with("INSERT OR IGNORE INTO garbage") {
            // As if only what did lie there once were noted.
            statement.replace("VALUES (?)", "SELECT value FROM (SELECT ? AS value) WHERE value LIKE '%-0.%'")
        } else if wrong(Bug::LastWins) && statement.starts_with("SELECT run, variant, epoch, config, assigned_at") {
            // As if what is known had been decided later than anything that comes in.
            statement.replace("assigned_at", "assigned_at + 1000000000000")
        } else if wrong(Bug::PushAdds) && statement.starts_with("INSERT INTO tally") {
            statement.replace("json = excluded.json", "json = replace(tally.json || excluded.json, '][', ',')")
        } else if wrong(Bug::PushUnchecked) && statement.starts_with("INSERT INTO tally") {
            statement.replace("WHERE excluded.sequence > tally.sequence", "")
        } else if wrong(Bug::PushBelieved) && statement.starts_with("UPDATE push SET sequence") {
            statement.replace("dirty = 0", "dirty = 0, told = sequence + 1")
        } else if wrong(Bug::PushForgotten) && statement.starts_with("INSERT INTO push") {
            statement.replace("DO UPDATE SET dirty = 1 WHERE dirty = 0", "DO NOTHING")
        } else {
            statement.to_string()
        };
        Native(self.connection).run(&statement, cells)
    }
}
