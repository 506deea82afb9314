//! Turns the wasm crates into the npm package and the Worker, and `wrangler.toml` into a configuration for workerd.
//!
//! ```text
//! pointsman-build              builds what has changed into dist/
//! pointsman-build --origin URL the same, with the edge in front of that site
//! ```

mod layout;
mod package;
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
    let mut origin = None;
    let mut arguments = env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--origin" => origin = Some(arguments.next().context("--origin needs a URL")?),
            "--help" => {
                println!("pointsman-build [--origin URL]\n\nBuilds what has changed into dist/.");
                return Ok(());
            }
            other => bail!("{other} is not an option; see --help"),
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("build/ lies in the repository")?.to_path_buf();
    let tree = Tree { dist: root.join("dist"), root };
    wasm::compile(&tree)?;
    wasm::bare(&tree)?;
    wasm::bind(&tree, "pointsman_tools", "tools", "compile")?;
    wasm::bind(&tree, "pointsman_worker", "worker", "console")?;
    layout::sdk(&tree)?;
    layout::proof(&tree)?;
    layout::worker(&tree)?;
    package::pack(&tree)?;
    layout::dashboard(&tree)?;
    workerd::configure(&tree, origin.as_deref())
}
