//! The tables of a document's expressions, once they are made: a check, each program and each audience ask for all of
//! them, and to make one takes longer than all else together.

use crate::limits::SNAPSHOT_BYTES;
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::cell::{Cell, RefCell};

/// Tables by their expression. They follow from the document, so they are no part of what it says.
#[derive(Clone, Default)]
pub struct Tables {
    known: RefCell<BTreeMap<String, Vec<u8>>>,
    bytes: Cell<usize>,
}

impl Tables {
    /// The table of an expression: the one that is known, or else a new one.
    pub(crate) fn of<E>(&self, expression: &str, make: impl FnOnce() -> Result<Vec<u8>, E>) -> Result<Vec<u8>, E> {
        if let Some(table) = self.known.borrow().get(expression) {
            return Ok(table.clone());
        }
        let table = make()?;
        let bytes = self.bytes.get() + expression.len() + table.len();
        // What is more fits into no snapshot.
        if bytes <= SNAPSHOT_BYTES {
            self.bytes.set(bytes);
            self.known.borrow_mut().insert(expression.to_string(), table.clone());
        }
        Ok(table)
    }
}

impl core::fmt::Debug for Tables {
    fn fmt(&self, f: &mut core::fmt::Formatter) -> core::fmt::Result {
        f.write_str("Tables")
    }
}

impl PartialEq for Tables {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}
