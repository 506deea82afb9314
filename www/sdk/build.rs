//! The evaluator needs half a kilobyte of stack; the linker's default would make every page reserve a megabyte.
fn main() {
    if std::env::var("CARGO_CFG_TARGET_ARCH").is_ok_and(|arch| arch == "wasm32") {
        println!("cargo:rustc-link-arg-cdylib=-zstack-size=16384");
    }
}
