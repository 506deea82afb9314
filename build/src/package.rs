//! `dist/npm`: the package `pointsman` as it is published.

use crate::Tree;
use crate::layout::bundle_beside;
use crate::step::{files, step};
use anyhow::{Context, Result};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// What is shipped as it is, and imported where it lies.
const BESIDE: [&str; 2] = ["evaluator-js.js", "evaluator.wasm"];

/// What entries load when they need it, each a file of its own.
const LATER: [&str; 1] = ["unsent.js"];

/// What entries import and do not contain: these, other entries, and what applications bring along.
const ABROAD: [&str; 7] =
    ["./evaluator-js.js", "./evaluator.wasm", "./unsent.js", "./index.js", "./workerd.js", "react", "@openfeature/*"];

/// Packs the entries, their types and what lies beside them. Each entry is one file, so that it also works where nothing
/// bundles it.
pub fn pack(tree: &Tree) -> Result<()> {
    let (source, sdk, out) = (tree.root.join("www/sdk"), tree.dist.join("sdk"), tree.dist.join("npm"));
    let manifest = source.join("package.json");
    let types: Vec<_> = files(&source)?.into_iter().filter(|file| file.to_string_lossy().ends_with(".d.ts")).collect();
    let inputs = [files(&sdk)?, types.clone(), vec![manifest.clone()]].concat();
    step(&tree.dist, "packing the npm package", &inputs, &[out.join("package.json")], || {
        if out.exists() {
            fs::remove_dir_all(&out)?;
        }
        fs::create_dir_all(&out)?;
        let later = LATER.map(ToString::to_string);
        for entry in entries(&fs::read_to_string(&manifest)?)?.into_iter().chain(later) {
            bundle_beside(tree, &sdk.join(&entry), &out.join(&entry), &ABROAD)?;
        }
        let beside = BESIDE.map(|name| sdk.join(name));
        let licences = ["LICENSE-MIT", "LICENSE-APACHE"].map(|name| tree.root.join(name));
        for file in types.iter().chain(&beside).chain(&licences).chain([&manifest]) {
            fs::copy(file, out.join(file.file_name().context("a file has a name")?))?;
        }
        Ok(())
    })
}

/// The modules that a package's manifest exports.
fn entries(manifest: &str) -> Result<BTreeSet<String>> {
    let manifest: Value = serde_json::from_str(manifest)?;
    let exports = manifest["exports"].as_object().context("package.json has no exports")?;
    let targets = exports.values().filter_map(Value::as_object).flat_map(|conditions| conditions.values());
    let modules =
        targets.filter_map(Value::as_str).filter(|target| Path::new(target).extension().is_some_and(|end| end == "js"));
    Ok(modules.map(|target| target.trim_start_matches("./").to_string()).collect())
}
