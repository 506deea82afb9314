//! Any bytes to a snapshot or one [`Fault`]: every record is looked at once, so that evaluation need not.

use super::{
    DIRECTORY, FORMAT, Fault, FlagRecord, HEADER, Instruction, MAGIC, NO_RUN, Question, STRIDES, Section, Snapshot, op,
    word,
};
use crate::condition::automaton;
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
        let body = bytes.get(HEADER..).unwrap_or_default();
        if word(bytes, 12) as usize != body.len() || body.len() < DIRECTORY {
            return Err(Fault::Truncated);
        }
        let snapshot = Self::verified(bytes);
        snapshot.check_sections(body)?;
        snapshot.check_records()?;
        // Programs lie one after another, so that no instruction is ever looked at, or run, for two flags.
        let mut next = 0;
        for index in 0..snapshot.count(Section::Flags) {
            let flag = snapshot.flag(index);
            if flag.first != next {
                return Err(Fault::BadProgram);
            }
            snapshot.check_program(index, flag)?;
            next = flag.first + flag.steps;
        }
        Ok(snapshot)
    }

    fn in_pool(&self, offset: u32, length: u32) -> bool {
        offset.checked_add(length).is_some_and(|end| end <= self.count(Section::Pool))
    }

    fn check_sections(&self, body: &[u8]) -> Result<(), Fault> {
        for (index, stride) in STRIDES.iter().enumerate() {
            let (offset, count) = (word(body, index * 8) as usize, word(body, index * 8 + 4) as usize);
            let end = count.checked_mul(*stride).and_then(|length| length.checked_add(offset));
            if offset < DIRECTORY || end.is_none_or(|end| end > body.len()) {
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
        for index in 0..self.count(Section::Splits) {
            let split = self.split(index);
            good(split.draw < self.count(Section::Draws) && split.ranges as usize <= limits::SPLIT_RANGES)?;
            good(split.ranges > 0 && within_count(split.first, split.ranges, self.count(Section::Ranges)))?;
            good(self.record::<2>(Section::Ranges, split.first + split.ranges - 1)[0] == u32::MAX)?;
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

    /// A program ends, and every question in it jumps ahead to another of its instructions.
    fn check_program(&self, index: u32, flag: FlagRecord) -> Result<(), Fault> {
        let sound = flag.steps > 0
            && flag.steps as usize <= limits::FLAG_STEPS
            && within_count(flag.first, flag.steps, self.count(Section::Code))
            && flag.variants as usize <= limits::VARIANTS
            && flag.off < flag.variants
            && flag.needs <= index;
        if !sound {
            return Err(Fault::BadProgram);
        }
        for step in 0..flag.steps {
            match self.instruction(flag.first + step).ok_or(Fault::BadRecord)? {
                Instruction::Serve { variant, run, .. } if u32::from(variant) < flag.variants && self.is_run(run) => {}
                Instruction::Split { split, run, .. } if self.serves_only(split, flag.variants) && self.is_run(run) => {
                }
                Instruction::Serve { .. } | Instruction::Split { .. } => return Err(Fault::BadRecord),
                Instruction::Ask { question, otherwise, .. } => {
                    if !self.is_sound(question, flag.first + step) {
                        return Err(Fault::BadRecord);
                    }
                    if let Question::FlagIs { flag: other, .. } = question
                        && !(flag.needs..index).contains(&other)
                    {
                        return Err(Fault::BadProgram);
                    }
                    if step + 1 == flag.steps || otherwise <= step || otherwise >= flag.steps {
                        return Err(Fault::BadProgram);
                    }
                }
            }
        }
        Ok(())
    }

    fn is_run(&self, run: u16) -> bool {
        run == NO_RUN || u32::from(run) < self.count(Section::Runs)
    }

    fn serves_only(&self, split: u32, variants: u32) -> bool {
        let record = self.split(split);
        split < self.count(Section::Splits)
            && (record.first..record.first + record.ranges)
                .all(|range| self.record::<2>(Section::Ranges, range)[1] < variants)
    }

    fn is_sound(&self, question: Question, instruction: u32) -> bool {
        match question {
            Question::Under { draw, .. } => u32::from(draw) < self.count(Section::Draws),
            Question::Ramp { draw, first, count, .. } => {
                u32::from(draw) < self.count(Section::Draws)
                    && count > 0
                    && count as usize <= limits::RAMP_POINTS
                    && within_count(first, count, self.count(Section::Points))
            }
            Question::Attribute { attribute, .. } => {
                u32::from(attribute) < self.count(Section::Attributes) && self.operand_exists(instruction)
            }
            // A flag is looked at with its program.
            Question::Since(_) | Question::Weekday { .. } | Question::TimeOfDay { .. } | Question::FlagIs { .. } => {
                true
            }
        }
    }

    fn operand_exists(&self, instruction: u32) -> bool {
        let [head, a, b, _] = self.record(Section::Code, instruction);
        let pooled = self.in_pool(a, b);
        match head.to_le_bytes()[0] {
            op::TEXT_IS
            | op::TEXT_STARTS
            | op::TEXT_ENDS
            | op::TEXT_CONTAINS
            | op::TEXT_GLOB
            | op::VERSION
            | op::ADDRESS_IN => pooled && b as usize <= limits::ATTRIBUTE_BYTES.max(limits::NETWORKS * 17),
            op::TEXT_MATCHES => {
                pooled && b as usize <= limits::REGEX_TABLE_BYTES && automaton::is_sound(self.pool(a, b))
            }
            op::TEXT_IN => within_count(a, b, self.count(Section::Texts)),
            op::PRINT_IN => within_count(a, b.saturating_add(1), self.count(Section::Prints)),
            _ => true,
        }
    }
}

fn within_count(first: u32, length: u32, count: u32) -> bool {
    first.checked_add(length).is_some_and(|end| end <= count)
}
