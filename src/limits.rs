//! Every limit of the engine, each with its reason. Nothing grows without a bound that stands here.

/// Bytes of a document. Above it, reading alone would take longer than a Worker may think on its smallest plan.
pub const DOCUMENT_BYTES: usize = 2 << 20;

/// Changes of a project that wait for somebody's word. Each keeps a document, and nobody looks at more before they are old.
pub const CHANGES: i64 = 30;

/// Characters of an `Idempotency-Key`. A UUID has 36.
pub const IDEMPOTENCY_KEY_BYTES: usize = 255;

/// Nesting of a document's JSON: conditions of [`CONDITION_DEPTH`] take two levels each, and eight stand around them.
/// Recursion in `document` and `compile` is bounded by it.
pub const DOCUMENT_DEPTH: usize = 80;

/// `all`, `any` and `not` inside each other. Real conditions stay below four; a deeper one is a segment or a mistake.
pub const CONDITION_DEPTH: usize = 32;

/// Problems that are named at once. Whoever has more has one cause for most of them.
pub const PROBLEMS: usize = 100;

/// Bytes of a snapshot. It is kept in each isolate (128 MB) and in browsers; a hundred flags take about ten kilobytes.
pub const SNAPSHOT_BYTES: usize = 2 << 20;

/// Flags in a document. A decision takes eight bytes, so all decisions fit beside a context in one 64 KiB page.
pub const FLAGS: usize = 5_000;

/// Variants of a flag. No known test has used more than 30, and each is one more column on every screen.
pub const VARIANTS: usize = 64;

/// Ranges of a split. A variant may have several, so that a table can grow without moving anybody.
pub const SPLIT_RANGES: usize = 256;

/// Rules of a flag that have a condition. People read them from the first to the last; more are a segment.
pub const RULES: usize = 200;

/// Instructions of one flag. Jumps only go forward, so this bounds the steps of one evaluation.
pub const FLAG_STEPS: usize = 4_096;

/// Bytes that deciding all flags may look at for one visitor, if every text is as long as it may be. It takes a tenth of a
/// second where evaluation is slowest; a user agent is an eighth as long, and most documents ask for a thousandth.
pub const WORK: u64 = 1 << 26;

/// Questions that flags share and whose answers are remembered within one call, less one. Each takes two bits.
pub const SHARED: usize = 256;

/// Points of a ramp. A ramp with more is a curve, which linear pieces draw well enough.
pub const RAMP_POINTS: usize = 64;

/// Milliseconds between two points of a linear ramp: 17 years. The share between them is worked out in 64 bits.
pub const RAMP_SPAN: i64 = 1 << 39;

/// Bytes of a start, an end, a part, a form or a range of versions. Each is compiled into a table with a row for each.
pub const PART_BYTES: usize = 128;

/// Networks of one condition: those of the largest clouds are published in some hundred ranges.
pub const NETWORKS: usize = 256;

/// Units that one entry forces by name. It is for trying things; more are a segment.
pub const FORCED_IDS: usize = 1_000;

/// Flags in a row of which each needs the one before. Chains of people stay below four.
pub const PREREQUISITE_DEPTH: usize = 16;

/// Bytes of a variant's value: of a text its own, of others as JSON. Larger ones are content, which belongs where content is kept.
pub const VALUE_BYTES: usize = 8 << 10;

/// Different attributes that a document reads. A context record holds one slot for each.
pub const ATTRIBUTES: usize = 256;

/// Bytes of a text attribute. A longer one is unusable; the longest that rules are known to read are user agents.
pub const ATTRIBUTE_BYTES: usize = 1_024;

/// Items of a list attribute. Roles, groups and baskets stay below it; each item may be tested by each condition.
pub const LIST_ITEMS: usize = 64;

/// Bytes of all texts and items of a context. Cookies and headers together are smaller; it bounds what a page reserves.
pub const CONTEXT_BYTES: usize = 16 << 10;

/// Attributes of a context that comes as JSON, beside `unit`. Whoever sends more sends a database row.
pub const CONTEXT_ATTRIBUTES: usize = 64;

/// Bytes of a unit or of another text that is hashed. UUIDs take 36, e-mail addresses at most 254.
pub const UNIT_BYTES: usize = 256;

/// Bytes of a draw's key before the unit: purpose, salt and two separators.
pub const DRAW_PREFIX_BYTES: usize = 160;

/// Bytes of a name: of a flag, variant, metric, experiment, run or page.
pub const NAME_BYTES: usize = 64;

/// Page tests in a document. Each costs one pattern match a request.
pub const PAGES: usize = 1_000;

/// Bytes of a pattern of addresses. An address itself may be longer.
pub const PATTERN_BYTES: usize = 512;

/// Bytes of a path or an address that visitors are taken to: it travels in a header.
pub const TARGET_BYTES: usize = 512;

/// Bytes of markup or of rules of style that one change brings. More of it is a page of its own, for which there is a rewrite.
pub const MARKUP_BYTES: usize = 8 << 10;

/// Hosts that redirects may lead to. Sites of one owner stay far below it.
pub const HOSTS: usize = 100;

/// Edits of one variant of one page. Each is one more selector for the streaming rewriter.
pub const EDITS: usize = 64;

/// Conditions and spans of time that a flag has before and after a change, each counted once. All their combinations are
/// looked at, and ten have 1,024; no flag in our examples has more than four.
pub const BLAST_TRUTHS: usize = 10;

/// Pairs of rules, draws and things that are compared to find out whom a change reaches. It takes a fraction of a second.
pub const BLAST_WORK: u64 = 1 << 26;

/// Paths through one flag that are told of a change, the worst first. Nobody reads on, and the worst one decides.
pub const BLAST_PATHS: usize = 20;

/// Flags that are explained at once. Each answer has some kilobytes, and whoever has more flags asks about one.
pub const EXPLAINED: usize = 100;

/// Goals in a document. Those of a page travel in it.
pub const GOALS: usize = 100;

/// Dimensions that a document declares. Each value is a vector more for each metric, and one more line in a report.
pub const DIMENSIONS: usize = 4;

/// Values of a declared dimension: as many as people compare at once.
pub const DIMENSION_VALUES: usize = 12;

/// Bytes of a dimension's value: a word, not a text.
pub const DIMENSION_BYTES: usize = 32;

/// Surveys in a document. Each travels in the edge's manifest, and nobody reads the answers of more.
pub const SURVEYS: usize = 100;

/// Characters of a survey's question: three lines on a phone.
pub const QUESTION_CHARS: usize = 200;

/// Characters of a survey's choice: one line on a phone.
pub const CHOICE_CHARS: usize = 60;

/// Characters of a visitor's own words in a survey: half a page, which is more than a box in a corner invites.
pub const COMMENT_CHARS: usize = 1_000;

/// Characters of an address that a visitor leaves: the longest that a mail gets to (RFC 5321, section 4.5.3.1.3).
pub const CONTACT_CHARS: usize = 254;

/// Days for which an address is kept that a visitor has left: time for a talk to be agreed on, and no longer.
pub const CONTACT_DAYS: i64 = 30;

/// Characters of a comment on an idea or an experiment: a page, which is more than anybody reads in a margin.
pub const REMARK_CHARS: usize = 2_000;

/// Comments on one idea or experiment. They come in one answer, and whoever needs more holds a meeting.
pub const REMARKS: i64 = 200;

/// Answers in one store of voices. At the most words each it then has two gigabytes of the ten that an object may have.
pub const ANSWERS: i64 = 500_000;

/// Claims of a project. They come in one answer, and who knows more has written down what an experiment found.
pub const CLAIMS: i64 = 500;

/// Imported experiments of a project: ten years of a team that ends four a week.
pub const PAST: i64 = 2_000;

/// Records of past experiments in one call.
pub const PAST_AT_ONCE: usize = 100;

/// Characters of what was written of a past experiment: some pages, within a form in any script.
pub const PAST_TEXT_CHARS: usize = 10_000;

/// Bytes of what somebody writes into a form: a plan, a debrief, a playbook. The longest take some thousand.
pub const FORM_BYTES: usize = 64 << 10;

/// Events in one batch. A browser may have 64 KiB of beacons in flight, and an event takes about 200 bytes.
pub const BATCH_EVENTS: usize = 100;

/// Events of one unit that a shard keeps. Each batch looks at all of its unit's; people do some hundred things a year, and
/// whoever does more than this is a machine.
pub const UNIT_EVENTS: usize = 5_000;

/// Names of events that a shard keeps. Teams have some hundred; thousands are made by a program, or by somebody who means harm.
pub const EVENT_NAMES: usize = 2_000;

/// Names of events that a shard keeps although each of them was only ever refused.
pub const REFUSED_NAMES: usize = 200;

/// Names of properties that the catalog keeps of an event: further ones are stored with the event, and not listed.
pub const LISTED_PROPERTIES: usize = 100;

/// Properties of an event. Whoever sends more sends a database row.
pub const PROPERTIES: usize = 16;

/// Bytes of a property's name, and of its value if that is a text.
pub const PROPERTY_BYTES: usize = 64;

/// The largest value of an event in millionths, in either direction: it stays exact in JavaScript.
pub const VALUE_MICROS: u64 = 1 << 53;

/// Reports of one page view whose numbers are followed. Each takes a bit, and no page that people use sends a tenth of it;
/// a forged number can claim no greater loss.
pub const PAGE_REPORTS: usize = 4_096;

/// Bytes of a regular expression. Longer ones are lists, for which there is a test of its own.
pub const REGEX_BYTES: usize = 512;

/// Groups, repetitions and classes of a regular expression inside one another. Reading it recurses as deeply.
pub const REGEX_DEPTH: u32 = 100;

/// Bytes of a compiled regular expression. Typical ones take 30 to 450, and 64 of the largest fill a snapshot.
pub const REGEX_TABLE_BYTES: usize = 32 << 10;

/// Bytes of each step from a regular expression to its table. Tables that are in use come from a tenth of it, and it is
/// filled within a tenth of a second, so that an expression that explodes is refused as quickly.
pub const REGEX_WORK_BYTES: usize = 256 << 10;

/// Units that a rehearsal tells apart in all its splits. Each takes about eight bytes; it stays below a tab's memory.
pub const REHEARSED_UNITS: usize = 1 << 22;

/// Paths through one flag that a rehearsal counts apart. Few flags have more than ten that anybody takes.
pub const REHEARSED_PATHS: usize = 256;

/// Lines that are named when they are no contexts. Whoever has more has one cause for most of them.
pub const REHEARSED_REFUSALS: usize = 5;
