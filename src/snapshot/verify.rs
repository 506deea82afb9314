//! Any bytes to a snapshot or one [`Fault`]: every record is looked at once, so that evaluation need not.

use super::{DIRECTORY, FORMAT, Fault, FlagRecord, HEADER, Instruction, MAGIC, STRIDES, Section, Snapshot, op, word};
use crate::limits;

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
        let snapshot = Self::verified(bytes);
        if word(bytes, 12) as usize != snapshot.body.len() || snapshot.body.len() < DIRECTORY {
            return Err(Fault::Truncated);
        }
        snapshot.check_sections()?;
        snapshot.check_records()?;
        // Programs lie one after another, so that no instruction is ever looked at, or run, for two flags.
        let mut next = 0;
        for index in 0..snapshot.count(Section::Flags) {
            let flag = snapshot.flag(index);
            if flag.first != next {
                return Err(Fault::BadProgram);
            }
            snapshot.check_program(flag)?;
            next = flag.first + flag.steps;
        }
        Ok(snapshot)
    }

    fn in_pool(&self, offset: u32, length: u32) -> bool {
        offset.checked_add(length).is_some_and(|end| end <= self.count(Section::Pool))
    }

    fn check_sections(&self) -> Result<(), Fault> {
        for (index, stride) in STRIDES.iter().enumerate() {
            let (offset, count) = (word(self.body, index * 8) as usize, word(self.body, index * 8 + 4) as usize);
            let end = count.checked_mul(*stride).and_then(|length| length.checked_add(offset));
            if offset < DIRECTORY || end.is_none_or(|end| end > self.body.len()) {
                return Err(Fault::BadSection);
            }
        }
        let within = |section, limit| self.count(section) as usize <= limit;
        let fits = within(Section::Flags, limits::FLAGS)
            && within(Section::Pages, limits::PAGES)
            && within(Section::Attributes, limits::ATTRIBUTES)
            && within(Section::Runs, limits::FLAGS);
        if fits { Ok(()) } else { Err(Fault::BadSection) }
    }

    fn check_records(&self) -> Result<(), Fault> {
        let good = |yes| if yes { Ok(()) } else { Err(Fault::BadRecord) };
        for index in 0..self.count(Section::Draws) {
            let [offset, length, ..] = self.record::<4>(Section::Draws, index);
            let draw = self.draw(index).ok_or(Fault::BadRecord)?;
            good(self.in_pool(offset, length) && length as usize <= limits::DRAW_PREFIX_BYTES)?;
            good(draw.attribute < self.count(Section::Attributes) as usize)?;
        }
        for index in 0..self.count(Section::Texts) {
            let [offset, length] = self.record(Section::Texts, index);
            good(self.in_pool(offset, length))?;
        }
        for index in 0..self.count(Section::Runs) {
            let run = self.run(index);
            good(run.draw < self.count(Section::Draws) && run.ranges as usize <= limits::SPLIT_RANGES)?;
            good(run.ranges > 0 && within_count(run.first, run.ranges, self.count(Section::Ranges)))?;
            good(self.record::<2>(Section::Ranges, run.first + run.ranges - 1)[0] == u32::MAX)?;
        }
        for index in 0..self.count(Section::Pages) {
            let [offset, length, flag, first] = self.record(Section::Pages, index);
            good(self.in_pool(offset, length) && length as usize <= limits::PATTERN_BYTES)?;
            good(flag < self.count(Section::Flags))?;
            good(within_count(first, self.flag(flag).variants, self.count(Section::Actions)))?;
        }
        for index in 0..self.count(Section::Actions) {
            good(self.action(index).1 as usize <= limits::EDITS)?;
        }
        Ok(())
    }

    /// A program ends, and every test in it jumps ahead to another of its instructions.
    fn check_program(&self, flag: FlagRecord) -> Result<(), Fault> {
        let sound = flag.steps > 0
            && flag.steps as usize <= limits::FLAG_STEPS
            && within_count(flag.first, flag.steps, self.count(Section::Code))
            && flag.variants as usize <= limits::VARIANTS
            && flag.off < flag.variants;
        if !sound {
            return Err(Fault::BadProgram);
        }
        for step in 0..flag.steps {
            let instruction = self.instruction(flag.first + step).ok_or(Fault::BadRecord)?;
            let jump = match instruction {
                Instruction::Serve { variant, .. } if u32::from(variant) < flag.variants => None,
                Instruction::Split { run, .. } if self.serves_only(u32::from(run), flag.variants) => None,
                Instruction::Under { draw, otherwise, .. } if u32::from(draw) < self.count(Section::Draws) => {
                    Some(otherwise)
                }
                Instruction::Since { otherwise, .. } => Some(otherwise),
                Instruction::Attribute { attribute, otherwise, .. }
                    if u32::from(attribute) < self.count(Section::Attributes)
                        && self.operands_exist(flag.first + step) =>
                {
                    Some(otherwise)
                }
                Instruction::Serve { .. }
                | Instruction::Split { .. }
                | Instruction::Under { .. }
                | Instruction::Attribute { .. } => return Err(Fault::BadRecord),
            };
            let last = step + 1 == flag.steps;
            if jump.is_some_and(|to| last || to <= step || to >= flag.steps) {
                return Err(Fault::BadProgram);
            }
        }
        Ok(())
    }

    fn operands_exist(&self, index: u32) -> bool {
        let [head, a, b, _] = self.record(Section::Code, index);
        match head.to_le_bytes()[0] {
            op::TEXT_IS | op::TEXT_STARTS => self.in_pool(a, b),
            op::TEXT_IN => within_count(a, b, self.count(Section::Texts)),
            _ => true,
        }
    }

    fn serves_only(&self, run: u32, variants: u32) -> bool {
        let record = self.run(run);
        run < self.count(Section::Runs)
            && (record.first..record.first + record.ranges)
                .all(|range| self.record::<2>(Section::Ranges, range)[1] < variants)
    }
}

fn within_count(first: u32, length: u32, count: u32) -> bool {
    first.checked_add(length).is_some_and(|end| end <= count)
}
