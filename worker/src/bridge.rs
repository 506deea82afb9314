//! SQL across the boundary: the core's statements on the Durable Object's own synchronous SQLite.

use js_sys::{Array, Number, Uint8Array};
use pointsman::sql::{Cell, Failure, Sql};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};

#[wasm_bindgen]
extern "C" {
    /// `ctx.storage.sql` behind one method that gives rows as arrays.
    pub type Storage;

    #[wasm_bindgen(method, catch)]
    fn run(this: &Storage, statement: &str, cells: Array) -> Result<Array, JsValue>;
}

/// The Durable Object's SQLite as the core's [`Sql`].
pub(crate) struct Bridge<'s>(pub(crate) &'s Storage);

impl Sql for Bridge<'_> {
    fn run(&mut self, statement: &str, cells: &[Cell]) -> Result<Vec<Vec<Cell>>, Failure> {
        let cells = cells.iter().map(to_js).collect::<Array>();
        let rows = self.0.run(statement, cells).map_err(|error| Failure(describe(&error)))?;
        Ok(rows.iter().map(|row| Array::from(&row).iter().map(|cell| from_js(&cell)).collect()).collect())
    }
}

fn to_js(cell: &Cell) -> JsValue {
    match cell {
        Cell::Null => JsValue::NULL,
        #[expect(clippy::cast_precision_loss, reason = "times and counts stay below 2^53; wider numbers are blobs")]
        Cell::Integer(number) => JsValue::from_f64(*number as f64),
        Cell::Text(text) => JsValue::from_str(text),
        Cell::Blob(bytes) => Uint8Array::from(&bytes[..]).into(),
    }
}

fn from_js(value: &JsValue) -> Cell {
    if let Some(number) = value.dyn_ref::<Number>() {
        return Cell::Integer(number.value_of() as i64);
    }
    if let Some(number) = value.as_f64() {
        return Cell::Integer(number as i64);
    }
    if let Some(text) = value.as_string() {
        return Cell::Text(text);
    }
    if value.is_null() || value.is_undefined() { Cell::Null } else { Cell::Blob(Uint8Array::new(value).to_vec()) }
}

fn describe(error: &JsValue) -> String {
    error.dyn_ref::<js_sys::Error>().map_or_else(|| "an unknown error".to_string(), |error| error.message().into())
}
