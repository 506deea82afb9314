//! Turns the wasm crates into the npm package and the Worker, and `wrangler.toml` into a configuration for workerd:
//! `pointsman-build` builds what has changed into dist/.

mod alike;
mod layout;
mod package;
mod panics;
mod step;
mod wasm;
mod workerd;

use anyhow::{Context, Result, bail};
use std::env;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// The folders that every step works with.
struct Tree {
    /// The repository.
    root: PathBuf,
    /// What the build makes.
    dist: PathBuf,
}

fn main() -> ExitCode {
    match build() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\npointsman-build: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn build() -> Result<()> {
    if let Some(argument) = env::args().nth(1) {
        bail!("{argument} is one argument too many: there are none");
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("build/ lies in the repository")?.to_path_buf();
    let tree = Tree { dist: root.join("dist"), root };
    wasm::compile(&tree)?;
    wasm::bare(&tree)?;
    for (library, name, without) in [
        ("release/pointsman_tools", "compile", &wasm::REHEARSAL[..]),
        ("release/pointsman_tools", "rehearse", &wasm::QUESTIONS),
        ("evaluator/pointsman_stats", "stats", &[]),
    ] {
        wasm::bind(&tree, library, "tools", name, without)?;
        wasm::packed(&tree, "tools", name)?;
    }
    wasm::bind(&tree, "release/pointsman_worker", "worker", "console", &[])?;
    layout::sdk(&tree)?;
    layout::tools(&tree)?;
    layout::proof(&tree)?;
    layout::worker(&tree)?;
    layout::dashboard(&tree)?;
    workerd::configure(&tree)?;
    package::pack(&tree)
}
