//! What a full report costs, counted in the shipped wasm: fuel is the same on every machine.

use std::process::Command;
use wasmi::{CompilationMode, Config, Engine, Extern, Func, Linker, Memory, Module, Store, TypedFunc, Val};

/// Fuel of a full report (20 metrics, 4 variants, 20 epochs, health of every kind, conclusions and sentences): a tenth more
/// than was seen.
const REPORT: u64 = 86_500_000;

#[test]
fn a_full_report_keeps_to_its_budget() {
    let output = Command::new(env!("CARGO_BIN_EXE_report")).arg("--health").output().expect("the question");
    let question = output.stdout.trim_ascii_end();
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../dist/wasm/tools/stats.wasm");
    let bytes = std::fs::read(file).expect("`npm run build` makes it first");
    let engine = Engine::new(Config::default().consume_fuel(true).compilation_mode(CompilationMode::Eager));
    let module = Module::new(&engine, &bytes).expect("a module");
    let mut store = Store::new(&engine, ());
    store.set_fuel(u64::MAX).expect("fuel is counted");
    let mut linker = Linker::new(&engine);
    // What JavaScript gives it is for errors and start-up: nothing of a report.
    for import in module.imports() {
        let kind = import.ty().func().expect("a function").clone();
        let results: Vec<Val> = kind.results().iter().map(|kind| Val::default_for_ty(*kind)).collect();
        let nothing = Func::new(&mut store, kind, move |_, _, out| {
            out.clone_from_slice(&results);
            Ok(())
        });
        linker.define(import.module(), import.name(), Extern::Func(nothing)).expect("once each");
    }
    let instance = linker.instantiate_and_start(&mut store, &module).expect("it starts");
    let memory: Memory = instance.get_memory(&store, "memory").expect("a memory");
    let malloc: TypedFunc<(u32, u32), u32> = instance.get_typed_func(&store, "__wbindgen_malloc").expect("an export");
    let ask: TypedFunc<(u32, u32), (u32, u32)> = instance.get_typed_func(&store, "ask").expect("an export");
    let length = question.len() as u32;
    let place = malloc.call(&mut store, (length, 1)).expect("memory");
    memory.write(&mut store, place as usize, question).expect("reserved");
    let before = store.get_fuel().expect("fuel is counted");
    let (at, size) = ask.call(&mut store, (place, length)).expect("no trap");
    let fuel = before - store.get_fuel().expect("fuel is counted");
    let mut answer = vec![0; size as usize];
    memory.read(&store, at as usize, &mut answer).expect("an answer");
    let native = pointsman::ask::ask(std::str::from_utf8(question).expect("text"));
    assert_eq!(String::from_utf8(answer).expect("text"), native, "the same bits");
    println!("a full report {fuel}");
    assert!(fuel <= REPORT, "a full report takes {fuel}; {REPORT} are allowed");
}
