//! The core of Pointsman: everything that decides, counts and judges, and nothing that touches the world.
//!
//! # The path through the house
//!
//! ```text
//! document -> compile -> snapshot                              what people write, and what runs
//! context  -> explain                                          why a flag serves what it serves
//! log      -> rehearse                                         what a document would do to many
//! old, new -> blast -> growths, changes                        who would meet something new, and in place of what
//! document -> lint -> advice                                   what is allowed and still not wise
//! context  -> evaluate -> decisions -> plan                    one request
//! batch    -> collect  -> sums -> stats -> verdict -> report   what came of it
//! answer   -> voices                                           what people said
//! plan     -> lifecycle -> ramp, shift -> screens -> notify    what people do around it; `project` keeps it
//! question -> help      -> answers                             what people ask of it
//! ```
//!
//! Every arrow is a plain value that a test can print, and every arrow points one way.
//!
//! # What is deliberately absent
//!
//! - **No clock.** `now` is an argument. No function here can tell the time by itself.
//! - **No randomness.** Who meets what is a hash of a name and a salt ([`draw`]).
//! - **No I/O, no logging, no JavaScript.** The collector speaks SQL through a trait ([`sql::Sql`]) that the shells
//!   implement: SQLite in a Durable Object, SQLite natively.
//! - **No floats between a hash and a variant.** Assignment is integers from end to end.
//! - **No allocation, no panic and no serde in the evaluator's half** (`condition` to [`plan`]): that half is all
//!   that a browser loads.

#![no_std]
#![forbid(unsafe_code)]

#[cfg(any(feature = "document", feature = "collect", feature = "stats"))]
extern crate alloc;

pub mod condition;
pub mod context;
pub mod draw;
pub mod environment;
pub mod evaluate;
pub mod limits;
pub mod plan;
pub mod snapshot;
pub mod time;

#[cfg(feature = "document")]
pub mod blast;
#[cfg(feature = "document")]
pub mod compile;
#[cfg(feature = "document")]
pub mod document;
#[cfg(feature = "document")]
pub mod explain;
#[cfg(feature = "document")]
pub mod lint;
#[cfg(any(feature = "document", feature = "collect"))]
mod order;
#[cfg(feature = "document")]
pub mod reallocate;

#[cfg(feature = "collect")]
pub mod collect;
#[cfg(feature = "collect")]
mod migrate;
#[cfg(feature = "collect")]
mod redact;
#[cfg(feature = "collect")]
pub mod sql;
#[cfg(all(feature = "collect", feature = "document"))]
pub mod versions;
#[cfg(feature = "collect")]
pub mod voices;

#[cfg(feature = "stats")]
pub mod ask;
#[cfg(all(feature = "document", feature = "stats"))]
pub mod rehearse;
#[cfg(feature = "stats")]
pub mod report;
#[cfg(feature = "stats")]
pub mod spoken;
#[cfg(feature = "stats")]
pub mod stats;
#[cfg(feature = "stats")]
pub mod verdict;

#[cfg(feature = "control")]
pub mod counts;
#[cfg(feature = "control")]
pub mod help;
#[cfg(feature = "control")]
pub mod lifecycle;
#[cfg(feature = "control")]
pub mod metric;
#[cfg(feature = "control")]
pub mod notify;
#[cfg(feature = "control")]
pub mod playbook;
#[cfg(feature = "control")]
pub mod project;
#[cfg(feature = "control")]
pub mod ramp;
#[cfg(feature = "control")]
pub mod screens;
#[cfg(feature = "control")]
pub mod shift;
