//! What keeps the house in order, as ordinary tests. Most of it is about things that are deliberately absent.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Our own text files: everything but what is generated or fetched.
fn files(folder: &Path) -> Vec<PathBuf> {
    let skipped = ["target", "dist", "node_modules", ".git", ".pointsman"];
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        // In a worktree `.git` is a file.
        if skipped.contains(&name.as_str()) {
            continue;
        }
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found
}

fn text(path: impl AsRef<Path>) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

fn relative(path: &Path) -> String {
    path.strip_prefix(root()).unwrap().to_string_lossy().into_owned()
}

/// Rust files of the core with their code, without comments.
fn core() -> Vec<(String, String)> {
    let code =
        |text: String| text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    files(&root().join("src"))
        .into_iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .map(|path| (relative(&path), code(fs::read_to_string(&path).unwrap())))
        .collect()
}

#[test]
fn the_core_has_no_clock_no_dice_no_io_and_no_unsafe_code() {
    let lib = text("src/lib.rs");
    assert!(lib.contains("#![no_std]") && lib.contains("#![forbid(unsafe_code)]"));
    for (file, code) in core() {
        for word in [
            "SystemTime",
            "Instant",
            "std::fs",
            "std::env",
            "std::net",
            "println!",
            "log::",
            "fastrand",
            "getrandom",
            "js_sys",
            "wasm_bindgen",
        ] {
            let allowed = file == "src/document/generated.rs" && ["std::env", "std::fs"].contains(&word);
            // `catalog::` is no log.
            let whole = |(at, _): (usize, &str)| !code[..at].ends_with(|c: char| c.is_alphanumeric());
            assert!(allowed || !code.match_indices(word).any(whole), "{file} uses {word}");
        }
    }
}

#[test]
fn the_evaluators_half_neither_allocates_nor_serialises() {
    for room in ["condition", "context", "draw", "evaluate", "limits", "plan", "snapshot", "time"] {
        let (lone, folder) = (format!("src/{room}.rs"), format!("src/{room}/"));
        let room: Vec<_> = core().into_iter().filter(|(file, _)| *file == lone || file.starts_with(&folder)).collect();
        assert!(!room.is_empty(), "there is neither {lone} nor {folder}");
        for (file, code) in room {
            let code = code.split("#[cfg(test)]").next().unwrap();
            for word in ["alloc::", "serde", "Vec<", "String", "format!", "unwrap()", "expect(\"", "panic!"] {
                assert!(!code.contains(word), "{file} uses {word}");
            }
        }
    }
}

/// The rooms from the foundation up. A room may use only those before it.
const ROOMS: [&str; 39] = [
    "limits",
    "order",
    "time",
    "environment",
    "draw",
    "context",
    "condition",
    "snapshot",
    "evaluate",
    "plan",
    "document",
    "compile",
    "explain",
    "reallocate",
    "blast",
    "lint",
    "sql",
    "migrate",
    "redact",
    "stats",
    "spoken",
    "collect",
    "voices",
    "versions",
    "rehearse",
    "verdict",
    "report",
    "ask",
    "playbook",
    "metric",
    "counts",
    "lifecycle",
    "ramp",
    "shift",
    "screens",
    "help",
    "notify",
    "project",
    "lib",
];

#[test]
fn arrows_point_one_way() {
    let height = |room: &str| ROOMS.iter().position(|known| *known == room);
    let walk = text("docs/architecture.md");
    for (file, code) in core() {
        let room = file.trim_start_matches("src/").split(['/', '.']).next().unwrap().to_string();
        let own = height(&room).unwrap_or_else(|| panic!("{file} is in no room that tests/tidy.rs knows"));
        assert!(room == "lib" || walk.contains(&format!("`{room}`")), "docs/architecture.md leaves out {room}");
        for (at, _) in code.match_indices("crate::") {
            let used = &code[at + 7..];
            let used: String = used.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
            let Some(other) = height(&used) else { continue };
            // A value and the bytes that it lies in know each other.
            let pair = ["context", "condition", "snapshot"];
            let together = pair.contains(&room.as_str()) && pair.contains(&used.as_str());
            assert!(other <= own || together, "{file} reaches up to {used}");
        }
    }
}

#[test]
fn each_library_stands_where_it_should() {
    let manifests = [
        "Cargo.toml",
        "worker/Cargo.toml",
        "www/sdk/Cargo.toml",
        "www/tools/Cargo.toml",
        "www/tools/stats/Cargo.toml",
        "build/Cargo.toml",
        "tests/native/Cargo.toml",
    ];
    let users = |library: &str| -> Vec<&str> {
        let names = |manifest: &&str| {
            let all = text(manifest);
            let own = all
                .split("[dependencies]")
                .nth(1)
                .unwrap_or_default()
                .split("\n[")
                .next()
                .unwrap_or_default()
                .to_string();
            own.lines().any(|line| line.split([' ', '=']).next() == Some(library))
        };
        manifests.into_iter().filter(names).collect()
    };
    assert_eq!(users("worker"), ["worker/Cargo.toml"], "workers-rs carries the control plane only");
    assert_eq!(users("xxhash-rust"), ["Cargo.toml"], "draws are the core's");
    assert_eq!(
        users("wasm-bindgen"),
        ["worker/Cargo.toml", "www/sdk/Cargo.toml", "www/tools/Cargo.toml", "www/tools/stats/Cargo.toml"]
    );
    assert_eq!(users("serde-wasm-bindgen"), ["worker/Cargo.toml"], "plain objects between the objects and the core");
    assert_eq!(users("js-sys"), ["worker/Cargo.toml", "www/tools/Cargo.toml"]);
    assert!(!users("serde").contains(&"www/sdk/Cargo.toml"), "serde stays out of the browser");
    assert_eq!(users("rusqlite"), ["tests/native/Cargo.toml"]);
    for (file, code) in core() {
        assert_eq!(code.contains("xxhash_rust"), file == "src/draw.rs", "{file}");
    }
}

#[test]
fn every_javascript_tool_is_pinned_exactly() {
    let manifest: serde_json::Value = serde_json::from_str(&text("package.json")).unwrap();
    for (name, version) in manifest["devDependencies"].as_object().unwrap() {
        let version = version.as_str().unwrap();
        assert!(version.starts_with(|c: char| c.is_ascii_digit()), "{name} is {version}");
    }
    assert!(manifest.get("dependencies").is_none());
    let package: serde_json::Value = serde_json::from_str(&text("www/sdk/package.json")).unwrap();
    assert!(package.get("dependencies").is_none() && package.get("scripts").is_none(), "the npm package needs nothing");
}

#[test]
fn the_project_speaks_of_itself_alone() {
    for path in files(root()) {
        let Ok(text) = fs::read_to_string(&path) else { continue };
        let file = relative(&path);
        if file == "tests/tidy.rs" {
            continue;
        }
        for word in ["/root/", "/work/", "/home/", "registry.npmjs", "index.crates.io"] {
            assert!(!text.contains(word), "{file} names {word}");
        }
        let is_code = path
            .extension()
            .is_some_and(|extension| ["rs", "mjs", "js", "ts", "tsx"].iter().any(|known| extension == *known));
        let lines = text.lines().count();
        assert!(!is_code || lines <= 450, "{file} has {lines} lines; more than one idea lives there");
    }
}

#[test]
fn no_two_screens_style_the_same_class() {
    let mut known: BTreeMap<String, String> = BTreeMap::new();
    for path in files(&root().join("www/dashboard/src")) {
        let file = relative(&path);
        // What is printed says the rest of the same things.
        if path.extension().is_none_or(|extension| extension != "css") || file.ends_with("print.css") {
            continue;
        }
        let text = text(&path);
        for selector in
            text.split('}').filter_map(|rule| rule.rsplit_once('{')).flat_map(|(before, _)| before.split(','))
        {
            let class = selector.rsplit(['{', '/']).next().unwrap().trim();
            let name = class.strip_prefix('.').unwrap_or_default();
            if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
                continue;
            }
            let other = known.entry(class.to_string()).or_insert_with(|| file.clone());
            assert_eq!(*other, file, "both say what {class} looks like");
        }
    }
    assert!(known.len() > 200, "only {} classes were found", known.len());
}

/// What the headings of a document are called in links to them.
fn headings(path: &Path) -> Vec<String> {
    let letter = |c: char| match c {
        ' ' => Some('-'),
        '-' | '_' => Some(c),
        _ => c.is_alphanumeric().then(|| c.to_lowercase().next().unwrap_or(c)),
    };
    let text = fs::read_to_string(path).unwrap();
    let titles = text.lines().filter(|line| line.starts_with('#'));
    titles.map(|title| title.trim_start_matches('#').trim().chars().filter_map(letter).collect()).collect()
}

#[test]
fn links_in_the_documents_lead_somewhere() {
    for path in files(root()).into_iter().filter(|path| path.extension().is_some_and(|extension| extension == "md")) {
        let text = fs::read_to_string(&path).unwrap();
        for part in text.split("](").skip(1) {
            let whole = part.split(')').next().unwrap();
            let (target, place) = whole.split_once('#').unwrap_or((whole, ""));
            if target.contains("://") {
                continue;
            }
            let led = if target.is_empty() { path.clone() } else { path.parent().unwrap().join(target) };
            assert!(led.exists(), "{} links to {target}", relative(&path));
            let known = place.is_empty() || headings(&led).iter().any(|known| known == place);
            assert!(known, "{} links to {whole}", relative(&path));
        }
    }
}

#[test]
fn every_picture_of_the_guides_stands_in_one() {
    let guides: String = files(&root().join("docs"))
        .iter()
        .filter(|path| path.extension().is_some_and(|is| is == "md"))
        .map(text)
        .collect();
    let pictures = files(&root().join("docs/pictures"));
    let lost: Vec<_> = pictures
        .iter()
        .filter_map(|path| path.file_name()?.to_str())
        .filter(|name| !guides.contains(&format!("(pictures/{name})")))
        .collect();
    assert!(lost.is_empty(), "no guide shows {lost:?}");
}

#[test]
fn whatever_is_promised_names_the_tests_that_prove_it() {
    for (file, promises) in [("docs/invariants.md", 13), ("SECURITY.md", 42)] {
        let text = text(file);
        let rows: Vec<_> = text.lines().filter(|line| line.starts_with("| ") && line.contains("**")).collect();
        assert_eq!(rows.len(), promises, "{file}");
        for row in rows {
            let proofs = row.rsplit('|').nth(1).unwrap();
            for proof in proofs.split(';') {
                let (path, name) = proof
                    .trim()
                    .strip_prefix('`')
                    .and_then(|proof| proof.split_once("`: "))
                    .expect("a file and a test");
                let tests = self::text(path);
                let named = [format!("fn {name}"), format!("test('{name}"), format!("test(`{name}")];
                // What follows a name's first clause may be left out, and no half of a clause.
                let ends = |rest: &str| rest.starts_with(['(', '\'', '`', ':', ',']);
                let there = named
                    .iter()
                    .any(|named| tests.match_indices(named).any(|(at, _)| ends(&tests[at + named.len()..])));
                assert!(there, "{file}: {path} has no test “{name}”");
            }
        }
    }
}
