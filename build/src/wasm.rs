//! Rust to WebAssembly: compiled by cargo, bound by wasm-bindgen as a library, made small by Binaryen.

use crate::Tree;
use crate::step::{run, step};
use anyhow::{Result, bail};
use std::fs;
use std::process::Command;
use wasm_bindgen_cli_support::Bindgen;

/// Compiles the wasm crates, one by one: compiled together they would share features, and the evaluator has none.
/// Cargo knows by itself what has changed.
pub fn compile(tree: &Tree) -> Result<()> {
    for package in ["pointsman-evaluator", "pointsman-tools", "pointsman-worker"] {
        let status = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
            .args(["build", "--release", "--locked", "--quiet", "--target", "wasm32-unknown-unknown", "-p", package])
            .current_dir(&tree.root)
            .status()?;
        if !status.success() {
            bail!("{package} does not compile; cargo says why above");
        }
    }
    Ok(())
}

/// Makes `dist/<folder>/<name>.js` and `<name>.wasm` from a compiled crate.
pub fn bind(tree: &Tree, library: &str, folder: &str, name: &str) -> Result<()> {
    let input = tree.root.join(format!("target/wasm32-unknown-unknown/release/{library}.wasm"));
    let out = tree.dist.join("wasm").join(folder);
    let (bound, optimised) = (out.join(format!("{name}_bg.wasm")), out.join(format!("{name}.wasm")));
    let outputs = [out.join(format!("{name}.js")), optimised.clone()];
    step(&tree.dist, &format!("binding {name}"), std::slice::from_ref(&input), &outputs, || {
        fs::create_dir_all(&out)?;
        Bindgen::new()
            .input_path(&input)
            .out_name(name)
            .web(true)?
            .typescript(false)
            .omit_default_module_path(true)
            .reset_state_function(true)
            .generate(&out)?;
        run(Command::new(tree.root.join("node_modules/.bin/wasm-opt"))
            .args(["-Oz", "--strip-debug", "--strip-producers", "--strip-target-features"])
            .args(["--enable-bulk-memory", "--enable-sign-ext", "--enable-nontrapping-float-to-int"])
            .args(["--enable-mutable-globals", "--enable-reference-types", "--enable-multivalue"])
            .arg(&bound)
            .arg("-o")
            .arg(&optimised))?;
        fs::remove_file(&bound)?;
        Ok(())
    })
}
