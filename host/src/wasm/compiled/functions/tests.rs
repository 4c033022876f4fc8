use super::*;
use crate::wasm::WasmLimits;
use std::fs;
use std::path::Path;
use wasmtime::component::Component;

const HOST_KEY: [u8; 32] = [7; 32];

/// A component whose data and one function can differ, while the other function is always the same.
fn component(data: &str, result: u32) -> Vec<u8> {
    let text = format!(
        r#"(component (core module
            (memory 1)
            (data (i32.const 16) "{data}")
            (func (export "changing") (result i32) (i32.const {result}))
            (func (export "constant") (param i32) (result i32)
                (i32.load (i32.mul (local.get 0) (i32.const 4))))))"#
    );
    wat::parse_str(text).expect("valid text")
}

fn config() -> wasmtime::Config {
    let limits = WasmLimits {
        instances_max: 1,
        ..WasmLimits::default()
    };
    limits.config()
}

/// What the compiler makes of a component if it has nothing to go by.
fn compiled_alone(component: &[u8]) -> Vec<u8> {
    let engine = Engine::new(&config()).expect("the settings are right");
    serialised(&engine, component)
}

fn serialised(engine: &Engine, component: &[u8]) -> Vec<u8> {
    let component = Component::from_binary(engine, component).expect("it compiles");
    component.serialize().expect("it can be serialised")
}

/// What it makes of it with the functions of a directory, and how many of these were new.
fn compiled_with(directory: &Path, key: &[u8; 32], component: &[u8]) -> (Vec<u8>, usize) {
    let functions = Functions::open(directory.to_owned(), key).expect("it can be used");
    let functions = Arc::new(functions);
    let mut config = config();
    config
        .enable_incremental_compilation(functions.clone())
        .expect("there is a compiler");
    let engine = Engine::new(&config).expect("the settings are right");
    let at_hand = functions.at_hand(&engine);
    let code = serialised(&engine, component);
    let fresh = functions.read().fresh.len();
    drop(at_hand);
    let idle = functions.read();
    assert!(idle.packs.is_empty() && idle.known.is_empty() && idle.fresh.is_empty());
    (code, fresh)
}

fn packs(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).expect("it is there");
    entries.map(|entry| entry.expect("readable").path()).collect()
}

#[test]
fn only_what_is_new_is_compiled_and_the_code_is_the_same() {
    let home = tempfile::tempdir().expect("a directory can be made");
    let compile = |component: &[u8]| {
        let (code, fresh) = compiled_with(home.path(), &HOST_KEY, component);
        assert_eq!(code, compiled_alone(component));
        fresh
    };
    let all = compile(&component("first", 1));
    assert!(all > 1, "there are two functions, and what the compiler adds");
    assert_eq!(compile(&component("second, and longer", 1)), 0);
    assert_eq!(compile(&component("first", 2)), 1);
    assert_eq!(packs(home.path()).len(), 2);
    assert_eq!(compile(&component("third", 2)), 0);
}

#[test]
fn what_another_key_wrote_is_not_used() {
    let home = tempfile::tempdir().expect("a directory can be made");
    let component = component("data", 1);
    let (_, all) = compiled_with(home.path(), &HOST_KEY, &component);
    let (_, fresh) = compiled_with(home.path(), &[8; 32], &component);
    assert_eq!(fresh, all);
}

#[test]
fn what_has_changed_on_disk_is_compiled_again() {
    let home = tempfile::tempdir().expect("a directory can be made");
    let component = component("data", 1);
    let alone = compiled_alone(&component);
    compiled_with(home.path(), &HOST_KEY, &component);
    let path = packs(home.path()).pop().expect("it was written");
    let whole = fs::read(&path).expect("it is there");
    let places = (0..whole.len()).step_by(whole.len() / 40).chain([whole.len() - 1]);
    for at in places {
        let mut changed = whole.clone();
        changed[at] ^= 1;
        fs::write(&path, changed).expect("it can be written");
        let (code, fresh) = compiled_with(home.path(), &HOST_KEY, &component);
        assert!(fresh > 0, "byte {at}");
        assert_eq!(code, alone, "byte {at}");
        for other in packs(home.path()) {
            fs::remove_file(other).expect("it can be removed");
        }
    }
    for length in [0, 16, whole.len() / 2, whole.len() - 1] {
        fs::write(&path, &whole[..length]).expect("it can be written");
        let (code, fresh) = compiled_with(home.path(), &HOST_KEY, &component);
        assert!(fresh > 0, "{length} bytes");
        assert_eq!(code, alone, "{length} bytes");
        for other in packs(home.path()) {
            fs::remove_file(other).expect("it can be removed");
        }
    }
}
