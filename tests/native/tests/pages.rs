//! Long lists come in pages, and whoever reads the log may ask for one person's part.

use crate::desk::shop::{LIVE, document};
use crate::desk::{Desk, granted, refused};
use serde_json::{Value, json};

/// All that the pages of a list hold, and how many pages there were.
fn paged(desk: &mut Desk, path: &str, list: &str, limit: usize) -> (Vec<Value>, usize) {
    let (mut all, mut pages, mut after) = (Vec::new(), 0, String::new());
    loop {
        let page = desk.get(&format!("{path}?limit={limit}{after}"));
        let rows = page[list].as_array().unwrap();
        assert!(!rows.is_empty() && rows.len() <= limit);
        all.extend(rows.iter().cloned());
        pages += 1;
        match &page["next"] {
            Value::Null => return (all, pages),
            Value::String(next) => after = format!("&after={next}"),
            next => after = format!("&after={next}"),
        }
    }
}

#[test]
fn pages_have_each_thing_once_and_in_the_order_of_the_whole() {
    let mut desk = Desk::shop();
    for number in 0..23 {
        desk.now += 1;
        granted(desk.post("experiments", json!({"title": format!("Idea {number}")})));
        let mut next = document();
        next["flags"]["gift"]["description"] = json!(format!("the {number}."));
        granted(desk.put(&format!("{LIVE}/document"), next));
    }
    for (path, list, all) in [("experiments", "experiments", 23), (&format!("{LIVE}/versions"), "versions", 24)] {
        let whole = desk.get(path);
        assert_eq!((whole[list].as_array().unwrap().len(), &whole["next"]), (all, &Value::Null));
        for limit in [1, 5, 12, all - 1, all, all + 1] {
            let (rows, pages) = paged(&mut desk, path, list, limit);
            assert_eq!(json!(rows), whole[list], "{path} {limit}");
            assert_eq!(pages, all.div_ceil(limit));
        }
        for query in ["limit=0", "limit=1001", "limit=x", "after=nowhere"] {
            let answer = desk.call("GET", &format!("{path}?{query}"), None, "");
            let said = refused(answer, 422)["problems"][0].clone();
            assert_eq!(said["pointer"], format!("?{}", query.split('=').next().unwrap()));
        }
    }
    let current = |desk: &mut Desk| {
        let (rows, _) = paged(desk, &format!("{LIVE}/versions"), "versions", 5);
        rows.iter().filter(|row| row["current"] == true).count()
    };
    assert_eq!(current(&mut desk), 1, "one version is current, on whichever page");
}

#[test]
fn the_log_of_one_person_is_what_they_did() {
    let mut desk = Desk::shop();
    let ada = desk.person("Ada");
    for number in 0..3 {
        desk.as_who(&ada, |desk| granted(desk.post("experiments", json!({"title": format!("Hers {number}")}))));
        granted(desk.post("experiments", json!({"title": format!("Ours {number}")})));
    }
    let of = |desk: &mut Desk, query: &str| desk.get(&format!("audit?{query}"))["rows"].as_array().unwrap().clone();
    let hers = of(&mut desk, "who=ada");
    assert_eq!(
        hers.iter().map(|row| row["detail"].as_str().unwrap()).collect::<Vec<_>>(),
        ["Hers 2", "Hers 1", "Hers 0"]
    );
    assert_eq!(of(&mut desk, &format!("who=Ada&before={}", hers[0]["n"])), hers[1..]);
    assert_eq!(of(&mut desk, "who=Ada&from=1&limit=1"), hers[2..]);
    assert!(of(&mut desk, "who=Eve").is_empty());
    assert!(of(&mut desk, "who=").len() > 6);
}
