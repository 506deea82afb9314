//! Rust to WebAssembly: compiled by cargo, bound by wasm-bindgen as a library, made small by Binaryen.

use crate::Tree;
use crate::step::{run, step, told};
use anyhow::{Context, Result, bail};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::thread;
use walrus::ir::UnaryOp;
use walrus::{FunctionKind, Module};
use wasm_bindgen_cli_support::Bindgen;

/// Digests are made at publish alone, so SHA-256 is a loop there and not sixty-four steps in a row.
const SMALL: &str = r#"target.wasm32-unknown-unknown.rustflags = ["--cfg", "sha2_backend_soft=\"compact\""]"#;

/// The wasm crates, by the profile that they are compiled with.
const CRATES: [(&str, [&str; 2]); 2] =
    [("evaluator", ["pointsman-evaluator", "pointsman-stats"]), ("release", ["pointsman-tools", "pointsman-worker"])];

/// Compiles the wasm crates, each by itself: compiled together they would share features, and the evaluator has none.
/// Profiles have nothing in common, and each crate ends in one long step of one core, so both go side by side. Cargo knows by
/// itself what has changed.
pub fn compile(tree: &Tree) -> Result<()> {
    thread::scope(|scope| {
        let both = CRATES.map(|(profile, packages)| {
            scope.spawn(move || packages.iter().try_for_each(|package| one(tree, package, profile)))
        });
        both.into_iter().try_for_each(|one| one.join().unwrap_or_else(|_| bail!("a compilation gave up")))
    })
}

fn one(tree: &Tree, package: &str, profile: &str) -> Result<()> {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["build", "--locked", "--quiet", "--target", "wasm32-unknown-unknown"]);
    cargo.args(["-p", package, "--profile", profile, "--config", SMALL]).current_dir(&tree.root);
    if !told(&format!("compiling {package}"), &mut cargo)? {
        bail!("{package} does not compile; cargo says why above");
    }
    Ok(())
}

/// What the tools' crate exports for a log of contexts. Browsers have none, so it is a file of its own.
pub const REHEARSAL: [&str; 5] =
    ["rehearsal_new", "rehearsal_add", "rehearsal_problems", "rehearsal_report", "__wbg_rehearsal_free"];

/// What else the tools' crate exports.
pub const QUESTIONS: [&str; 6] = ["check", "compile", "diff", "explain", "lint", "prune"];

/// Makes `dist/wasm/<folder>/<name>.js` and `<name>.wasm` from a compiled crate (its profile and its name), without some of
/// its exports and whatever only they need.
pub fn bind(tree: &Tree, library: &str, folder: &str, name: &str, without: &[&str]) -> Result<()> {
    let input = tree.root.join(format!("target/wasm32-unknown-unknown/{library}.wasm"));
    let out = tree.dist.join("wasm").join(folder);
    let (bound, optimised) = (out.join(format!("{name}_bg.wasm")), out.join(format!("{name}.wasm")));
    let outputs = [out.join(format!("{name}.js")), optimised.clone()];
    step(&tree.dist, &format!("binding {name}"), std::slice::from_ref(&input), &outputs, || {
        fs::create_dir_all(&out)?;
        bindings(&input, &out, name, without)?;
        optimise(tree, &SMALLEST, &bound, &optimised)?;
        crate::alike::name(&optimised)?;
        optimise(tree, &["--reorder-functions-by-name"], &optimised, &optimised)?;
        Ok(fs::remove_file(&bound)?)
    })
}

/// Makes `dist/wasm/<folder>/<name>-bytes.js`: a module that carries a wasm file too large for letters. It is packed with
/// gzip, which every browser and Node undo, and Base64 of that is as short on its way as the file itself would be.
pub fn packed(tree: &Tree, folder: &str, name: &str) -> Result<()> {
    let out = tree.dist.join("wasm").join(folder);
    let (wasm, module) = (out.join(format!("{name}.wasm")), out.join(format!("{name}-bytes.js")));
    step(&tree.dist, &format!("packing {name}"), std::slice::from_ref(&wasm), std::slice::from_ref(&module), || {
        let mut packer = GzEncoder::new(Vec::new(), Compression::best());
        packer.write_all(&fs::read(&wasm)?)?;
        Ok(fs::write(&module, format!("export default '{}'\n", BASE64_STANDARD.encode(packer.finish()?)))?)
    })
}

/// Makes `dist/wasm/sdk/evaluator.wasm`: what the evaluator exports are functions of numbers, so it needs no bindings,
/// and without them it imports nothing. `evaluator-bytes.js` carries what browsers need of it in a module, and
/// `evaluator-js.js` is the same program as JavaScript, for pages that refuse wasm.
pub fn bare(tree: &Tree) -> Result<()> {
    let input = tree.root.join("target/wasm32-unknown-unknown/evaluator/pointsman_evaluator.wasm");
    let out = tree.dist.join("wasm/sdk");
    let [wasm, bytes, script] = ["evaluator.wasm", "evaluator-bytes.js", "evaluator-js.js"].map(|name| out.join(name));
    let outputs = [wasm.clone(), bytes.clone(), script.clone()];
    step(&tree.dist, "making the evaluator", std::slice::from_ref(&input), &outputs, || {
        if out.exists() {
            fs::remove_dir_all(&out)?;
        }
        let work = tree.root.join("target/evaluator");
        fs::create_dir_all(&out)?;
        fs::create_dir_all(&work)?;
        bindings(&input, &work, "evaluator", &[])?;
        let carries = work.join("carried.wasm");
        only(tree, &work, &EXPORTS, &wasm)?;
        only(tree, &work, EXPORTS.split_last().context("plan is the last")?.1, &carries)?;
        fs::write(&bytes, carried(&fs::read(&carries)?))?;
        javascript(tree, &wasm, &work, &script)
    })
}

/// What `www/sdk/src/lib.rs` exports. The last one is for the edge alone: browsers have no pages to plan.
const EXPORTS: [&str; 5] = ["memory", "reserve", "verify", "evaluate", "plan"];

/// The evaluator with these exports, and what they need.
fn only(tree: &Tree, work: &Path, exports: &[&str], wasm: &Path) -> Result<()> {
    let (graph, bare) = (work.join("exports.json"), work.join("bare.wasm"));
    let nodes: Vec<_> = exports.iter().map(|name| format!(r#"{{"name": "{name}", "export": "{name}"}}"#)).collect();
    let root = format!(r#"[{{"name": "shim", "root": true, "reaches": {exports:?}}}, {}]"#, nodes.join(", "));
    fs::write(&graph, root)?;
    run(binaryen(tree, "wasm-metadce").arg(work.join("evaluator_bg.wasm")).arg("-f").arg(&graph).arg("-o").arg(&bare))?;
    // For speed: it costs a few bytes and gives a tenth.
    optimise(tree, &["-O3"], &bare, wasm)
}

/// Letters that stand for a byte alone; a blank or a `!` in front of one says that it is a higher byte.
const LETTERS: u8 = 91;

/// A JavaScript module that exports a function that gives these bytes. Most stand as one letter each, so that what repeats
/// still looks the same when a server packs it: an eighth shorter than Base64 then.
fn carried(bytes: &[u8]) -> String {
    let letter = |number: u8| char::from(number + if number < 57 { 35 } else { 36 });
    let letters: String = bytes
        .iter()
        .flat_map(|byte| {
            let shift = [None, Some('!'), Some(' ')][usize::from(byte / LETTERS)];
            shift.into_iter().chain([letter(byte % LETTERS)])
        })
        .collect();
    format!(
        "const text = \"{letters}\"\n\
         export default () => {{\n  const bytes = []\n  let shift = 0\n  for (let at = 0; at < text.length; at++) {{\n    \
         const code = text.charCodeAt(at)\n    if (code < 35) shift = (34 - code) * {LETTERS}\n    \
         else {{\n      bytes.push(code - 35 - (code > 92) + shift)\n      shift = 0\n    }}\n  }}\n  return new Uint8Array(bytes)\n}}\n"
    )
}

/// The wasm as a JavaScript module that exports `instance()`, which gives what an instance of the wasm exports.
fn javascript(tree: &Tree, wasm: &Path, work: &Path, script: &Path) -> Result<()> {
    let (lowered, module) = (work.join("lowered.wasm"), work.join("module.js"));
    run(binaryen(tree, "wasm-opt")
        .args(["--llvm-memory-copy-fill-lowering", "--llvm-nontrapping-fptoint-lowering", "--signext-lowering", "-O3"])
        .arg(wasm)
        .arg("-o")
        .arg(&lowered))?;
    run(binaryen(tree, "wasm2js").arg("-O").arg(&lowered).arg("-o").arg(&module))?;
    let text = fs::read_to_string(&module)?;
    // Its last lines make the one instance that such a module has; a trap has to be followed by another.
    let (body, _) = text.split_once("var retasmFunc").context("wasm2js writes modules in another way now")?;
    fs::write(&module, format!("{body}export const instance = () => asmFunc({{}})\n"))?;
    crate::layout::bundle(tree, &module, script)
}

fn bindings(input: &Path, out: &Path, name: &str, without: &[&str]) -> Result<()> {
    let mut bound = Bindgen::new()
        .input_path(input)
        .out_name(name)
        .web(true)?
        .typescript(false)
        .omit_default_module_path(true)
        .reset_state_function(true)
        .generate_output()?;
    without.iter().try_for_each(|export| bound.wasm_mut().exports.remove(export))?;
    instructions(bound.wasm_mut());
    crate::panics::silence(bound.wasm_mut());
    bound.emit(out)
}

/// What WebAssembly has an instruction for, and stable Rust without its standard library a function of `libm`'s that works it
/// out from integers. Both round correctly, so that they give the same bits; a square root takes a tenth of the time.
const INSTRUCTIONS: [(&str, UnaryOp); 4] = [
    ("libm::math::sqrt::sqrt::", UnaryOp::F64Sqrt),
    ("libm::math::floor::floor::", UnaryOp::F64Floor),
    ("libm::math::ceil::ceil::", UnaryOp::F64Ceil),
    ("libm::math::rint::rint::", UnaryOp::F64Nearest),
];

fn instructions(wasm: &mut Module) {
    for function in wasm.funcs.iter_mut() {
        let named = |(name, _): &&(&str, UnaryOp)| function.name.as_deref().is_some_and(|own| own.starts_with(name));
        let Some((_, instruction)) = INSTRUCTIONS.iter().find(named) else { continue };
        let FunctionKind::Local(local) = &mut function.kind else { continue };
        let (entry, argument) = (local.entry_block(), local.args[0]);
        local.block_mut(entry).instrs.clear();
        local.builder_mut().func_body().local_get(argument).unop(*instruction);
    }
}

/// What makes large files smallest, packed as they travel: what is called once stays a function, as much alike lies closer
/// together then. Low memory is unused because rustc puts the stack there, and no pointer into data is below 1,024.
const SMALLEST: [&str; 7] =
    ["--flatten", "--rereloop", "-Oz", "-Oz", "--low-memory-unused", "--one-caller-inline-max-function-size", "0"];

fn optimise(tree: &Tree, how: &[&str], wasm: &Path, out: &Path) -> Result<()> {
    run(binaryen(tree, "wasm-opt")
        .args(how)
        .args(["--strip-debug", "--strip-producers", "--strip-target-features"])
        .arg(wasm)
        .arg("-o")
        .arg(out))
}

/// One of Binaryen's programs, told what rustc's wasm may use.
fn binaryen(tree: &Tree, program: &str) -> Command {
    let mut command = Command::new(tree.root.join("node_modules/.bin").join(program));
    command.args(["--enable-bulk-memory", "--enable-sign-ext", "--enable-nontrapping-float-to-int"]).args([
        "--enable-mutable-globals",
        "--enable-reference-types",
        "--enable-multivalue",
    ]);
    command
}
