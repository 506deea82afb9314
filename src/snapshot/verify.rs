//! Any bytes to a snapshot or one [`Fault`]: every record is looked at once, so that evaluation need not.

use super::{DIRECTORY, FORMAT, Fault, FlagRecord, HEADER, MAGIC, NO_RUN, STRIDES, Section, Snapshot, op, word};
use crate::condition::automaton;
use crate::limits;

/// Of each operation that asks, what stands in its place: nothing, a draw or an attribute.
const DRAW: u8 = 0x10;
const ATTRIBUTE: u8 = 0x20;

/// The section in which `a` and `b` are the first record and how many.
const fn row(section: Section) -> u8 {
    section as u8 + 1
}

/// What the words of each operation are, by its number.
const WORDS: [u8; 19] = {
    let mut words = [0; 19];
    words[op::UNDER as usize] = DRAW;
    words[op::RAMP as usize] = DRAW | row(Section::Points);
    words[op::EXISTS as usize] = ATTRIBUTE;
    words[op::TEXT_IS as usize] = ATTRIBUTE | row(Section::Pool);
    words[op::TEXT_MATCHES as usize] = ATTRIBUTE | row(Section::Pool);
    words[op::TEXT_IN as usize] = ATTRIBUTE | row(Section::Texts);
    words[op::PRINT_IN as usize] = ATTRIBUTE | row(Section::Prints);
    words[op::NUMBER as usize] = ATTRIBUTE;
    words[op::BOOLEAN_IS as usize] = ATTRIBUTE;
    words[op::MOMENT as usize] = ATTRIBUTE;
    words[op::ADDRESS_IN as usize] = ATTRIBUTE | row(Section::Pool);
    words[op::SIZE as usize] = ATTRIBUTE;
    words
};

impl<'a> Snapshot<'a> {
    /// Checks every record once. After it, evaluation ends within [`limits::FLAG_STEPS`] steps a flag.
    pub fn verify(bytes: &'a [u8]) -> Result<Self, Fault> {
        if bytes.len() > limits::SNAPSHOT_BYTES {
            return Err(Fault::TooLong);
        }
        if bytes.len() < HEADER || !bytes.starts_with(&MAGIC) {
            return Err(Fault::NotASnapshot);
        }
        if word(bytes, 4) != u32::from(FORMAT) {
            return Err(Fault::UnknownFormat);
        }
        let body = bytes.get(HEADER..).unwrap_or_default();
        if word(bytes, 12) as usize != body.len() || body.len() < DIRECTORY {
            return Err(Fault::Truncated);
        }
        let snapshot = Self::verified(bytes);
        if !snapshot.sections_fit(body) {
            return Err(Fault::BadSection);
        }
        if !snapshot.records_are_sound() {
            return Err(Fault::BadRecord);
        }
        // Programs lie one after another, so that no instruction is ever looked at, or run, for two flags.
        let mut next = 0;
        for index in 0..snapshot.count(Section::Flags) {
            let flag = snapshot.flag(index);
            if flag.first != next || !snapshot.program_ends(index, flag) {
                return Err(Fault::BadProgram);
            }
            if !(0..flag.steps).all(|step| snapshot.step_is_sound(index, flag, flag.first + step)) {
                return Err(Fault::BadRecord);
            }
            next = flag.first + flag.steps;
        }
        Ok(snapshot)
    }

    fn sections_fit(&self, body: &[u8]) -> bool {
        let fits = |(index, stride): (usize, &usize)| {
            let (offset, count) = (word(body, index * 8) as usize, word(body, index * 8 + 4) as usize);
            let end = count.checked_mul(*stride).and_then(|length| length.checked_add(offset));
            offset >= DIRECTORY && end.is_some_and(|end| end <= body.len())
        };
        let limits = [
            (Section::Flags, limits::FLAGS),
            (Section::Pages, limits::PAGES),
            (Section::Attributes, limits::ATTRIBUTES),
            (Section::Runs, limits::FLAGS),
        ];
        STRIDES.iter().enumerate().all(fits)
            && limits.iter().all(|(section, most)| self.count(*section) as usize <= *most)
    }

    fn records_are_sound(&self) -> bool {
        let all = |section: Section, sound: &dyn Fn(u32) -> bool| (0..self.count(section)).all(sound);
        all(Section::Draws, &|index| {
            let attributes = self.count(Section::Attributes) as usize;
            self.is_pooled(Section::Draws, index, limits::DRAW_PREFIX_BYTES)
                && self.draw(index).is_some_and(|draw| draw.attribute < attributes)
        }) && all(Section::Texts, &|index| self.is_pooled(Section::Texts, index, limits::SNAPSHOT_BYTES))
            && all(Section::Splits, &|index| {
                let split = self.split(index);
                split.draw < self.count(Section::Draws)
                    && split.ranges.wrapping_sub(1) < limits::SPLIT_RANGES as u32
                    && self.holds(Section::Ranges, split.first, split.ranges)
                    && self.field(Section::Ranges, split.first + split.ranges - 1, 0) == u32::MAX
            })
            && all(Section::Pages, &|index| {
                let page = self.page(index);
                self.is_pooled(Section::Pages, index, limits::PATTERN_BYTES)
                    && page.flag < self.count(Section::Flags)
                    && self.holds(Section::Actions, page.first_action, self.flag(page.flag).variants)
            })
            && all(Section::Actions, &|index| self.action(index).1 as usize <= limits::EDITS)
    }

    /// Whether a record's first two words are a place in the pool of at most so many bytes.
    fn is_pooled(&self, section: Section, index: u32, most: usize) -> bool {
        let length = self.field(section, index, 1);
        self.holds(Section::Pool, self.field(section, index, 0), length) && length as usize <= most
    }

    /// Whether a section has `count` records from `first` on.
    fn holds(&self, section: Section, first: u32, count: u32) -> bool {
        self.holds_at(section as u8, first, count)
    }

    /// A program ends, and every question in it jumps ahead to another of its instructions.
    fn program_ends(&self, index: u32, flag: FlagRecord) -> bool {
        let jumps_ahead = |step: u32| {
            let at = flag.first + step;
            let otherwise = self.field(Section::Code, at, 3);
            self.field(Section::Code, at, 0) as u8 <= op::SPLIT
                || step + 1 < flag.steps && otherwise > step && otherwise < flag.steps
        };
        flag.steps.wrapping_sub(1) < limits::FLAG_STEPS as u32
            && self.holds(Section::Code, flag.first, flag.steps)
            && flag.variants as usize <= limits::VARIANTS
            && flag.off < flag.variants
            && flag.needs <= index
            && (0..flag.steps).all(jumps_ahead)
    }

    fn step_is_sound(&self, index: u32, flag: FlagRecord, at: u32) -> bool {
        let [head, a, b, _] = self.record(Section::Code, at);
        let [operation, x, ..] = head.to_le_bytes();
        let place = head >> 16;
        let run = b >> 16;
        let is_run = run == u32::from(NO_RUN) || run < self.count(Section::Runs);
        match operation {
            op::SERVE => is_run && a < flag.variants,
            op::SPLIT => is_run && a < self.count(Section::Splits) && self.serves_only(a, flag.variants),
            op::FLAG_IS => a >= flag.needs && a < index,
            _ => {
                let Some(words) = WORDS.get(usize::from(operation)) else { return false };
                let placed = match words & (DRAW | ATTRIBUTE) {
                    DRAW => place < self.count(Section::Draws),
                    ATTRIBUTE => place < self.count(Section::Attributes),
                    _ => operation >= op::SINCE,
                };
                // A salt stands in front of the fingerprints.
                let count = if operation == op::PRINT_IN { b.saturating_add(1) } else { b };
                let operand = match words & 0x0f {
                    0 => true,
                    section => self.holds_at(section - 1, a, count),
                };
                placed
                    && operand
                    && x & op::COMPARISON <= op::AT_LEAST
                    && (operation != op::RAMP || b.wrapping_sub(1) < limits::RAMP_POINTS as u32)
                    && (operation != op::TEXT_MATCHES || automaton::is_sound(self.pool(a, b)))
            }
        }
    }

    /// As [`Self::holds`], for the section with this number.
    fn holds_at(&self, section: u8, first: u32, count: u32) -> bool {
        let records = word(self.bytes, HEADER + usize::from(section) * 8 + 4);
        first.checked_add(count).is_some_and(|end| end <= records)
    }

    fn serves_only(&self, split: u32, variants: u32) -> bool {
        let split = self.split(split);
        (split.first..split.first + split.ranges).all(|range| self.field(Section::Ranges, range, 1) < variants)
    }

    fn field(&self, section: Section, index: u32, number: usize) -> u32 {
        word(self.sections[section as usize], (index as usize) * STRIDES[section as usize] + number * 4)
    }
}
