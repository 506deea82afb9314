//! Links that show a result: each is known until it ends, and one that was called back stays closed.

use crate::desk::{Desk, granted, refused};
use serde_json::Value;

#[test]
fn a_link_that_was_called_back_stays_closed_however_many_come_after_it() {
    let mut desk = Desk::shop();
    let until = desk.now + 7 * crate::desk::DAY;
    let first = format!("shares/{until}.fresh-hero");
    granted(desk.put(&first, "{}"));
    granted(desk.call("DELETE", &first, None, ""));
    for week in 0..1_200 {
        granted(desk.put(&format!("shares/{until}.{week}"), "{}"));
    }
    let is_closed = |desk: &mut Desk| {
        let told = desk.get("shares");
        let all: &Vec<Value> = told["shares"].as_array().unwrap();
        let found = all.iter().find(|share| share["id"] == first["shares/".len()..]).unwrap();
        (all.len(), found["revoked"] == true)
    };
    assert_eq!(is_closed(&mut desk), (1_201, true));
    granted(desk.put(&first, "{}"));
    assert_eq!(is_closed(&mut desk), (1_201, true), "to make it again does not open it");
    desk.now = until;
    assert_eq!(desk.get("shares")["shares"], serde_json::json!([]));
    refused(desk.put(&first, "{}"), 404);
}
