//! What a decision costs, counted in the shipped wasm: fuel is the same on every machine.
//!
//! The flag is the one that we measure against others (`npm run bench`): a rule about a country and a plan that does not
//! match, and a split in two.

use pointsman::compile::{Audience, compile};
use pointsman::document;
use serde_json::{Map, Value, json};
use wasmi::{CompilationMode, Config, Engine, Instance, Linker, Module, Store, TypedFunc};

/// Fuel of a call that decides one flag, and of each further flag in it: a tenth more than was seen.
const ONE: u64 = 3_500;
const FURTHER: u64 = 2_900;

struct Wasm {
    store: Store<()>,
    instance: Instance,
}

impl Wasm {
    /// The evaluator as it is shipped.
    fn new() -> Self {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../dist/sdk/evaluator.wasm");
        let bytes = std::fs::read(file).expect("`npm run build` makes the evaluator first");
        let engine = Engine::new(Config::default().consume_fuel(true).compilation_mode(CompilationMode::Eager));
        let module = Module::new(&engine, &bytes).expect("a module");
        let mut store = Store::new(&engine, ());
        store.set_fuel(u64::MAX).expect("fuel is counted");
        let instance = Linker::new(&engine).instantiate_and_start(&mut store, &module).expect("it imports nothing");
        Self { store, instance }
    }

    fn function<P: wasmi::WasmParams>(&self, name: &str) -> TypedFunc<P, u32> {
        self.instance.get_typed_func(&self.store, name).expect("an export")
    }

    fn write(&mut self, at: u32, bytes: &[u8]) {
        let memory = self.instance.get_memory(&self.store, "memory").expect("a memory");
        memory.write(&mut self.store, at as usize, bytes).expect("reserved");
    }

    /// The fuel of deciding all flags of a document, after it was loaded.
    fn fuel(&mut self, document: &Value, context: &Map<String, Value>) -> u64 {
        let document = document::read(document.to_string().as_bytes()).expect("a document");
        let snapshot = compile(&document, Audience::Edge).expect("it compiles").seal(1);
        let names = document::context::attributes(&pointsman::snapshot::Snapshot::verified(&snapshot));
        let record = document::context::record(&names, context);
        let base = self.function::<u32>("reserve").call(&mut self.store, 1 << 20).expect("memory");
        let [length, record_length] = [snapshot.len(), record.len()].map(|length| length as u32);
        let context = length.next_multiple_of(8);
        self.write(base, &snapshot);
        self.write(base + context, &record);
        assert_eq!(self.function::<u32>("verify").call(&mut self.store, length).expect("no trap"), 0);
        let evaluate = self.function::<(u32, u32, u32, f64, u32)>("evaluate");
        let before = self.store.get_fuel().expect("fuel is counted");
        let out = (context + record_length).next_multiple_of(8);
        let arguments = (length, u32::MAX, context, 0.0, out);
        assert_eq!(evaluate.call(&mut self.store, arguments).expect("no trap") as usize, document.flags.len());
        before - self.store.get_fuel().expect("fuel is counted")
    }
}

fn flags(count: usize) -> Value {
    let flag = |salt: &str| {
        json!({"kind": "boolean", "variants": {"on": true, "off": false}, "off": "off", "otherwise": "off", "rules": [
            {"if": {"all": [{"in": {"attribute": "country", "values": ["SE", "NO"]}},
                            {"equals": {"attribute": "plan", "value": "pro"}}]}, "serve": "on"},
            {"split": {"salt": salt, "ranges": [[1_u64 << 31, "off"], [1_u64 << 32, "on"]]}}]})
    };
    let all: Map<_, _> = (0..count).map(|n| format!("flag-{n:04}")).map(|key| (key.clone(), flag(&key))).collect();
    json!({"format": 1, "flags": all})
}

#[test]
fn a_decision_keeps_to_its_budget_and_costs_grow_in_a_straight_line() {
    let context = json!({"unit": "user-123", "country": "DE", "plan": "free"});
    let context = context.as_object().expect("an object");
    let mut wasm = Wasm::new();
    let [one, hundred, thousand] = [1, 100, 1_000].map(|count| wasm.fuel(&flags(count), context));
    let further = (hundred - one) / 99;
    println!("one flag {one}, each further one {further}, a thousand {thousand}");
    assert!(one <= ONE, "one flag takes {one}; {ONE} are allowed");
    assert!(further <= FURTHER, "a further flag takes {further}; {FURTHER} are allowed");
    // Keys and salts differ in length by a digit or two at most.
    assert!(thousand.abs_diff(one + 999 * further) <= thousand / 20, "{thousand} is not {one} + 999 * {further}");
}
