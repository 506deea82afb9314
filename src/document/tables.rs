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

#[cfg(test)]
mod tests {
    use super::Tables;
    use crate::limits::SNAPSHOT_BYTES;
    use alloc::format;
    use alloc::vec;
    use core::cell::Cell;

    #[test]
    fn a_table_is_made_once_for_a_document_and_what_fits_into_no_snapshot_is_not_kept() {
        let times = Cell::new(0);
        let tables = Tables::default();
        let ask = |expression: &str, bytes: usize| {
            let make = || {
                times.set(times.get() + 1);
                Ok::<_, ()>(vec![7; bytes])
            };
            assert_eq!(tables.of(expression, make), Ok(vec![7; bytes]));
        };
        for _ in 0..3 {
            ask("a", 10);
        }
        assert_eq!(times.get(), 1);
        assert_eq!(tables.of("refused", || Err("why")), Err("why"));
        for number in 0..4 {
            ask(&format!("large {number}"), SNAPSHOT_BYTES / 2);
        }
        assert!(tables.bytes.get() <= SNAPSHOT_BYTES);
        ask("large 3", SNAPSHOT_BYTES / 2);
        assert_eq!(times.get(), 6, "made anew, as it was not kept");
    }
}
