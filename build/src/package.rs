//! `dist/npm`: the package `pointsman` as it is published.

use crate::Tree;
use crate::layout::{bundle_beside, copy};
use crate::step::{files, run, step};
use anyhow::{Context, Result};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What is shipped as it is, and imported where it lies.
const BESIDE: [&str; 5] =
    ["sdk/evaluator-js.js", "sdk/evaluator.wasm", "tools/compile.wasm", "tools/rehearse.wasm", "tools/stats.wasm"];

/// The whole product, which `pointsman dev` starts.
const SERVED: [&str; 3] = ["workerd.capnp", "worker", "dashboard"];

/// What entries load when they need it, each a file of its own: what could not be delivered, and modules with the tools'
/// wasm in them.
const LATER: [&str; 4] = ["unsent.js", "compiler.js", "rehearsal.js", "statistics.js"];

/// What entries import and do not contain: these, other entries, and what applications bring along.
pub const ABROAD: [&str; 13] = [
    "./evaluator-js.js",
    "./evaluator.wasm",
    "./unsent.js",
    "./compiler.js",
    "./rehearsal.js",
    "./statistics.js",
    "./compile.wasm",
    "./rehearse.wasm",
    "./stats.wasm",
    "./index.js",
    "./workerd.js",
    "react",
    "@openfeature/*",
];

/// Packs the entries, their types and what lies beside them, and the command. Each entry is one file, so that it also
/// works where nothing bundles it.
pub fn pack(tree: &Tree) -> Result<()> {
    let (source, tools, cli) = (tree.root.join("www/sdk"), tree.root.join("www/tools"), tree.root.join("www/cli"));
    let out = tree.dist.join("npm");
    let (manifest, page) = (source.join("package.json"), source.join("README.md"));
    let schema = tree.root.join("src/document/schema.json");
    let types: Vec<_> = [files(&source)?, files(&tools)?]
        .concat()
        .into_iter()
        .filter(|file| file.to_string_lossy().ends_with(".d.ts"))
        .collect();
    let laid = ["sdk", "tools"].iter().chain(&SERVED).map(|name| tree.dist.join(name));
    let written = [&manifest, &page, &schema, &cli, &tree.root.join("build"), &tree.root.join("worker/place.mjs")]
        .map(PathBuf::clone);
    let inputs = laid.chain(types.clone()).chain(written).collect::<Vec<_>>();
    step(&tree.dist, "packing the npm package", &inputs, &[out.join("package.json")], || {
        if out.exists() {
            fs::remove_dir_all(&out)?;
        }
        fs::create_dir_all(&out)?;
        let entries = entries(&fs::read_to_string(&manifest)?)?;
        for entry in entries.iter().map(String::as_str).chain(LATER) {
            let folder = if tools.join(entry).exists() { "tools" } else { "sdk" };
            bundle_beside(tree, &tree.dist.join(folder).join(entry), &out.join(entry), &ABROAD)?;
        }
        command(tree, &cli.join("pointsman.mjs"), &out.join("cli"))?;
        for served in SERVED {
            copy(&files(&tree.dist.join(served))?, &tree.dist, &out)?;
        }
        let beside = BESIDE.map(|name| tree.dist.join(name));
        let licences = ["LICENSE-MIT", "LICENSE-APACHE"].map(|name| tree.root.join(name));
        for file in types.iter().chain(&beside).chain(&licences).chain([&manifest, &page, &schema]) {
            fs::copy(file, out.join(file.file_name().context("a file has a name")?))?;
        }
        Ok(())
    })
}

/// The command line: a file for what all commands share and one for each of them, so that none waits for the others. It
/// stays readable, for whoever reads where an error of ours came from.
fn command(tree: &Tree, entry: &Path, out: &Path) -> Result<()> {
    run(Command::new(tree.root.join("node_modules/.bin/esbuild"))
        .arg(entry)
        .args(["--bundle", "--splitting", "--format=esm", "--platform=node", "--target=node20", "--log-level=warning"])
        .args(["--external:pointsman/*", "--chunk-names=[name]-[hash]"])
        .arg(format!("--outdir={}", out.display())))
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
