//! Where everything lies in dist/: the SDK, the Worker and the dashboard. The npm package is packed in `package`.

use crate::Tree;
use crate::package::ABROAD;
use crate::step::{files, run, step};
use anyhow::{Context, Result};
use pointsman::compile::{Audience, compile};
use pointsman::document;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What the edge puts on pages.
const SCRIPTS: [&str; 4] = ["page", "goals", "survey", "preview"];

/// `dist/sdk`: the SDK's modules beside the evaluator, and the scripts that the edge serves to pages.
pub fn sdk(tree: &Tree) -> Result<()> {
    let (source, bound, out) = (tree.root.join("www/sdk"), tree.dist.join("wasm/sdk"), tree.dist.join("sdk"));
    let scripts = SCRIPTS.map(|name| (out.join(format!("{name}.js")), out.join(format!("{name}.min.js"))));
    let outputs = scripts.clone().map(|(_, script)| script);
    let modules = modules(&source)?;
    let inputs = [modules.clone(), files(&bound)?].concat();
    step(&tree.dist, "laying out the SDK", &inputs, &outputs, || {
        copy(&modules, &source, &out)?;
        copy(&files(&bound)?, &bound, &out)?;
        scripts.iter().try_for_each(|(entry, script)| bundle(tree, entry, script))
    })
}

/// `dist/tools`: the modules of `pointsman/tools` beside their wasm.
pub fn tools(tree: &Tree) -> Result<()> {
    let (source, bound, out) = (tree.root.join("www/tools"), tree.dist.join("wasm/tools"), tree.dist.join("tools"));
    let modules = modules(&source)?;
    let inputs = [modules.clone(), files(&bound)?].concat();
    step(&tree.dist, "laying out the tools", &inputs, &[out.join("tools.js")], || {
        if out.exists() {
            fs::remove_dir_all(&out)?;
        }
        copy(&modules, &source, &out)?;
        copy(&files(&bound)?, &bound, &out)
    })
}

/// `dist/proof`: the page on which a browser compares itself with the edge, and the snapshot that both ask.
pub fn proof(tree: &Tree) -> Result<()> {
    let (source, out) = (tree.root.join("www/proof"), tree.dist.join("proof"));
    let inputs = [files(&source)?, files(&tree.dist.join("sdk"))?].concat();
    step(&tree.dist, "laying out the proof", &inputs, &[out.join("shown/proof.js")], || {
        if out.exists() {
            fs::remove_dir_all(&out)?;
        }
        copy(&modules(&source)?, &source, &out)?;
        fs::copy(source.join("page.html"), out.join("page.html"))?;
        fs::create_dir(out.join("shown"))?;
        fs::copy(source.join("proof.css"), out.join("shown/proof.css"))?;
        fs::write(out.join("snapshot.bin"), snapshot(&fs::read(source.join("document.json"))?, Audience::Client)?)?;
        bundle(tree, &out.join("proof.js"), &out.join("shown/proof.js"))
    })
}

/// `dist/worker`: what `wrangler.toml` and workerd serve.
pub fn worker(tree: &Tree) -> Result<()> {
    let (source, out) = (tree.root.join("worker"), tree.dist.join("worker"));
    let (sdk, proof, console) = (tree.dist.join("sdk"), tree.dist.join("proof"), tree.dist.join("wasm/worker"));
    let modules = modules(&source)?;
    let shared = [
        "address.js",
        "decisions.js",
        "declared.js",
        "edge.js",
        "evaluator.wasm",
        "instance.js",
        "names.js",
        "readable.js",
        "record.js",
        "request.js",
        "single.js",
    ];
    let inputs = [modules.clone(), files(&sdk)?, files(&proof)?, files(&console)?].concat();
    step(&tree.dist, "laying out the Worker", &inputs, &[out.join("shim.mjs")], || {
        if out.exists() {
            fs::remove_dir_all(&out)?;
        }
        let beside = format!("--outbase={}", source.display());
        let into = format!("--outdir={}", out.display());
        // What a module says to people is not uploaded.
        let minified = ["--minify", "--legal-comments=none", "--log-level=warning"];
        run(Command::new(tree.root.join("node_modules/.bin/esbuild"))
            .args(&modules)
            .args([&beside, &into])
            .arg("--out-extension:.js=.mjs")
            .args(minified))?;
        copy(&shared.map(|name| sdk.join(name)), &sdk, &out.join("sdk"))?;
        copy(&files(&console)?, &console, &out.join("wasm"))?;
        let glue = out.join("wasm/console.js");
        run(Command::new(tree.root.join("node_modules/.bin/esbuild"))
            .arg(&glue)
            .arg(format!("--outfile={}", glue.display()))
            .arg("--allow-overwrite")
            .args(minified))?;
        let asked = ["crowd.js", "page.html", "snapshot.bin"];
        copy(&asked.map(|name| proof.join(name)), &proof, &out.join("proof"))?;
        for script in SCRIPTS {
            fs::copy(sdk.join(format!("{script}.min.js")), out.join(format!("{script}.txt")))?;
        }
        for script in ["auto", "connect", "index", "evaluator-js", "unsent"] {
            let (entry, text) = (sdk.join(format!("{script}.js")), out.join(format!("{script}.txt")));
            bundle_beside(tree, &entry, &text, &ABROAD)?;
        }
        // What a Worker has before it has read any other snapshot: no flags, so every page is as it is.
        fs::write(out.join("builtin.bin"), snapshot(br#"{"format": 1, "flags": {}}"#, Audience::Edge)?)?;
        Ok(())
    })
}

/// `dist/dashboard`: what the Worker serves and need not carry: the console's files, and those of the proof.
pub fn dashboard(tree: &Tree) -> Result<()> {
    let source = tree.root.join("www/dashboard");
    let out = tree.dist.join("dashboard/index.html");
    // The versions of its tools are inputs too.
    let api = tree.root.join("src/project/openapi.json");
    let statistics = ["wasm/tools/stats.js", "wasm/tools/stats.wasm"].map(|file| tree.dist.join(file));
    // The dashboard and the command line read past experiments alike.
    let shared = ["past.mjs", "table.mjs"].map(|file| tree.root.join("www/cli/inside").join(file));
    let proof = tree.dist.join("proof/shown");
    let inputs =
        [&[source.clone(), api.clone(), tree.root.join("package.json")][..], &statistics, &shared, &files(&proof)?]
            .concat();
    step(&tree.dist, "bundling the dashboard", &inputs, &[out], || {
        run(Command::new(tree.root.join("node_modules/.bin/vite"))
            .arg("build")
            .arg(&source)
            .args(["--logLevel", "warn"]))?;
        fs::copy(&api, tree.dist.join("dashboard/openapi.json"))?;
        copy(&files(&proof)?, &proof, &tree.dist.join("dashboard"))
    })
}

/// A document of our own as the evaluator reads it.
fn snapshot(text: &[u8], audience: Audience) -> Result<Vec<u8>> {
    let document = document::read(text).map_err(|problems| anyhow::anyhow!("a document is refused: {problems:?}"))?;
    let body = compile(&document, audience)
        .map_err(|problems| anyhow::anyhow!("a document does not compile: {problems:?}"))?;
    Ok(body.seal(0))
}

/// The JavaScript modules of a folder, without those of its subfolders that cargo owns.
fn modules(folder: &Path) -> Result<Vec<PathBuf>> {
    let is_module = |file: &PathBuf| file.extension().is_some_and(|extension| extension == "js" || extension == "mjs");
    Ok(files(folder)?.into_iter().filter(|file| is_module(file) && !file.starts_with(folder.join("console"))).collect())
}

/// Copies files below a folder to the same places below another.
pub fn copy(sources: &[PathBuf], from: &Path, to: &Path) -> Result<()> {
    for source in sources {
        let target = to.join(source.strip_prefix(from)?);
        fs::create_dir_all(target.parent().context("a file lies in a folder")?)?;
        fs::copy(source, target).with_context(|| format!("copying {}", source.display()))?;
    }
    Ok(())
}

/// One module with everything that it imports.
pub fn bundle(tree: &Tree, entry: &Path, out: &Path) -> Result<()> {
    bundle_beside(tree, entry, out, &[])
}

/// What a page loads by a plain tag. It is no module, so nothing of it may be the page's.
const PLAIN: &str = "auto.js";

/// The same, with these imports left as they are.
pub fn bundle_beside(tree: &Tree, entry: &Path, out: &Path, external: &[&str]) -> Result<()> {
    let format = if entry.ends_with(PLAIN) { "iife" } else { "esm" };
    run(Command::new(tree.root.join("node_modules/.bin/esbuild"))
        .arg(entry)
        .arg(format!("--format={format}"))
        .args(external.iter().map(|import| format!("--external:{import}")))
        .args(["--bundle", "--minify", "--target=es2022", "--log-level=warning"])
        .arg(format!("--outfile={}", out.display())))
}
