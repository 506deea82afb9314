//! Metrics are made and changed as the document is, say who uses them, and remember what they meant.

use crate::desk::shop::{Arm, LIVE, plan, tally};
use crate::desk::{self, DAY, Desk, granted, refused};
use serde_json::{Value, json};

fn path(key: &str) -> String {
    format!("{LIVE}/metrics/{key}")
}

fn pointers(said: &Value) -> Vec<&str> {
    said["problems"].as_array().unwrap().iter().map(|problem| problem["pointer"].as_str().unwrap()).collect()
}

#[test]
fn a_metric_is_published_with_the_document_and_remembers_what_it_meant() {
    let mut desk = Desk::shop();
    let paid = json!({"event": "paid", "measure": {"kind": "sum", "currency": "EUR"}});
    let seen = granted(desk.call("PUT", &format!("{}?preview=1", path("revenue")), None, &paid.to_string()));
    assert!(seen["words"].as_str().unwrap().starts_with("What the values of “paid” add up to for a visitor in EUR"));
    refused(desk.call("GET", &path("revenue"), None, ""), 404);
    granted(desk.put(&path("revenue"), &paid));
    let row = desk.get("audit?limit=1")["rows"][0].clone();
    assert_eq!((&row["action"], &row["subject"]), (&json!("change a metric"), &json!("revenue")));
    desk.now += DAY;
    // Said again it is no new version.
    let version = desk.get(&format!("{LIVE}/document"))["version"].clone();
    granted(desk.put(&path("revenue"), &paid));
    assert_eq!(desk.get(&format!("{LIVE}/document"))["version"], version);
    let capped =
        json!({"event": "paid", "measure": {"kind": "sum", "currency": "EUR", "cap": 500}, "description": "Takings"});
    granted(desk.put(&path("revenue"), &capped));
    // What others change is no change of it.
    granted(desk.put(&path("visits"), json!({"event": "visit"})));
    let told = desk.get(&path("revenue"));
    let history: Vec<_> =
        told["history"].as_array().unwrap().iter().map(|one| one["words"].as_str().unwrap()).collect();
    assert_eq!(history.len(), 2, "{told}");
    assert!(history[0].contains("at most 500 EUR") && !history[1].contains("at most"), "{history:?}");
    assert_eq!((&told["history"][0]["who"], &told["history"][0]["description"]), (&json!("admin"), &json!("Takings")));
    assert_eq!(told["words"], told["history"][0]["words"]);
    assert_eq!(desk.get(&path("orders"))["history"].as_array().unwrap().len(), 1);
}

#[test]
fn what_is_wrong_with_a_definition_is_named_at_its_place_before_anything_is_published() {
    let mut desk = Desk::shop();
    let wrong = json!({"event": "paid", "measure": {"kind": "ratio", "cap": -1, "hours": 0}});
    for query in ["?preview=1", ""] {
        let said = refused(desk.put(&format!("{}{query}", path("share")), &wrong), 422);
        let place = "/metrics/share/measure";
        assert_eq!(pointers(&said), [format!("{place}/per"), format!("{place}/hours"), format!("{place}/cap")]);
    }
    let said = refused(desk.put(&path("Not A Key"), json!({"event": "paid"})), 422);
    assert_eq!(pointers(&said), ["/metrics/Not A Key"]);
    refused(desk.put(&path("more"), json!({"event": "paid", "kind": "sum"})), 422);
    refused(desk.call("PUT", &path("visits"), None, &json!({"event": "visit"}).to_string()), 428);
    refused(desk.call("PUT", &path("visits"), Some(0), &json!({"event": "visit"}).to_string()), 412);
    let viewer = desk.role("viewer");
    desk.as_who(&viewer, |desk| {
        desk.get(&path("orders"));
        refused(desk.put(&path("orders"), json!({"event": "paid"})), 403);
    });
}

#[test]
fn a_run_keeps_what_it_is_measured_by_and_the_metric_says_so() {
    let mut desk = Desk::shop();
    let key = desk.running(&plan());
    let metrics = desk.get(&format!("{LIVE}/metrics"))["metrics"].clone();
    let used = |metric: usize| {
        let uses = metrics[metric]["uses"].as_array().unwrap();
        uses.iter().map(|one| (one["experiment"].clone(), one["as"].clone(), one["state"].clone())).collect::<Vec<_>>()
    };
    assert_eq!(metrics[1]["key"], "orders");
    assert_eq!(used(1), [(json!(key), json!("decides"), json!("running"))]);
    assert_eq!(used(0), [(json!(key), json!("guards"), json!("running"))]);
    assert_eq!(desk.get(&format!("{LIVE}/metrics?brief=1"))["metrics"][1]["uses"], json!([]));
    let said = refused(desk.put(&format!("{}?preview=1", path("orders")), json!({"event": "paid"})), 422);
    assert_eq!(pointers(&said), ["/metrics/orders/event"]);
    refused(desk.put(&path("orders"), json!({"event": "order", "measure": {"kind": "count"}})), 422);
    // What it is called changes no number.
    granted(desk.put(&path("orders"), json!({"event": "order", "description": "Whoever orders"})));
}

#[test]
fn a_metric_tells_where_visitors_stand_and_what_two_and_four_weeks_find() {
    let mut desk = Desk::shop();
    assert_eq!(desk.get(&path("orders"))["level"], Value::Null, "nobody has measured it");
    let key = desk.running(&plan());
    desk.now += 4 * DAY;
    let arm = |variant| Arm { variant, epoch: 1, people: 400, orders: 120, errors: 4 };
    desk.tick(&[tally(&key, desk.now, &[arm("control"), arm("new")])]);
    let told = desk.get(&path("orders"));
    assert_eq!((&told["level"]["told"], &told["level"]["experiment"]), (&json!("30.0 %"), &json!(key)), "{told}");
    let [two, four] = [0, 1].map(|place: usize| told["found"][place].clone());
    assert_eq!((&two["weeks"], &four["weeks"]), (&json!(2), &json!(4)));
    let number = |found: &Value, name: &str| found[name].as_f64().unwrap();
    assert!(number(&four, "people") > number(&two, "people"));
    assert!(number(&four, "smallest") < number(&two, "smallest") && number(&four, "smallest") > 0.0, "{told}");
    // It is what a plan of that size is told: so many visitors find that change.
    let by = number(&two, "smallest");
    let needs = desk.get(&format!("forecast?metric=orders&by={by}&direction=up"))["people"].as_f64().unwrap();
    assert!((needs / number(&two, "people") - 1.0).abs() < 0.01, "{needs} of {}", two["people"]);
    assert!(two["words"].as_str().unwrap().starts_with("In two weeks about"), "{two}");
    // Elsewhere nothing is tested.
    granted(desk.put("environments/staging/document", desk::shop::document()));
    assert_eq!(desk.get("environments/staging/metrics/orders")["level"], Value::Null);
}
