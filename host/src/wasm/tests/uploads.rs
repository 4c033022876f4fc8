//! What is refused at upload, and with which words.

use super::text_guest::{TextGuest, test_limits};
use crate::wasm::{LoadError, Modules, UploadError, WasmLimits, WasmSettings, accept};
use bytes::Bytes;

fn refusal(file: impl Into<Bytes>) -> UploadError {
    accept(file.into(), &WasmLimits::default()).expect_err("the file is no workflow module")
}

fn text(wat: &str) -> Vec<u8> {
    wat::parse_str(wat).expect("valid text")
}

#[test]
fn a_core_module_becomes_a_component_and_stays_one() {
    let limits = WasmLimits::default();
    let made = accept(TextGuest::default().core_module(), &limits).expect("it is a workflow module");
    let again = accept(made.component.clone(), &limits).expect("a component is taken as it is");
    assert_eq!(made, again);
    let rebuilt = accept(TextGuest::default().core_module(), &limits).expect("it is a workflow module");
    assert_eq!(made.digest, rebuilt.digest, "the same module has the same digest");
}

#[test]
fn other_files_are_no_webassembly() {
    for file in [&b""[..], b"\0asm", b"#!/bin/sh", b"(module)"] {
        assert_eq!(refusal(file.to_vec()), UploadError::NotWasm);
    }
}

#[test]
fn size_is_looked_at_first() {
    let limits = WasmLimits {
        module_bytes_max: 10,
        ..WasmLimits::default()
    };
    let refusal = accept(Bytes::from_static(&[0; 11]), &limits);
    assert_eq!(
        refusal,
        Err(UploadError::TooLarge {
            bytes: 11,
            bytes_max: 10
        })
    );
}

#[test]
fn damage_is_found_wherever_it_is() {
    let module = TextGuest::default().core_module();
    let component = accept(module.clone(), &WasmLimits::default())
        .expect("it is a workflow module")
        .component;
    for whole in [module, component] {
        for length in (8..whole.len()).step_by(97) {
            // Cut just before the custom sections at its end, a module is as good as whole.
            let Err(refusal) = accept(whole.slice(..length), &WasmLimits::default()) else {
                continue;
            };
            assert!(
                matches!(
                    refusal,
                    UploadError::Malformed(_)
                        | UploadError::NoComponentType
                        | UploadError::NoGuest
                        | UploadError::NotComponentisable(_)
                ),
                "{length}: {refusal}"
            );
        }
    }
}

#[test]
fn foreign_imports_are_named_with_the_way_out() {
    let clock = refusal(text(
        r#"(component (import "wasi:clocks/wall-clock@0.2.3" (instance)))"#,
    ))
    .to_string();
    assert!(clock.contains("`wasi:clocks/wall-clock@0.2.3`"), "{clock}");
    assert!(
        clock.contains("wasm32-unknown-unknown") && clock.contains("--stub-wasi"),
        "{clock}"
    );

    // As rustc's wasm32-wasip2 leaves a program that asks for the time.
    let after_others = refusal(text(
        r#"(component
            (import "wasi:io/poll@0.2.6" (instance))
            (import "wasi:clocks/monotonic-clock@0.2.6" (instance)))"#,
    ))
    .to_string();
    assert!(
        after_others.contains("`wasi:io/poll@0.2.6`, `wasi:clocks/monotonic-clock@0.2.6`, but"),
        "{after_others}"
    );

    let many: String = (0..20)
        .map(|number| format!(r#"(import "my:files/read{number}" (func))"#))
        .collect();
    let many = refusal(text(&format!("(component {many})"))).to_string();
    assert!(many.contains("`my:files/read11` and 8 more, but"), "{many}");

    let preview1 = refusal(text(r#"(module (import "wasi_snapshot_preview1" "fd_write" (func)))"#)).to_string();
    assert!(preview1.contains("wasm32-unknown-unknown"), "{preview1}");

    let javascript = refusal(text(r#"(module (import "__wbindgen_placeholder__" "now" (func)))"#)).to_string();
    assert!(javascript.contains("`js`"), "{javascript}");

    let file = refusal(text(r#"(component (import "my:files/read" (func)))"#)).to_string();
    assert!(file.contains("activity"), "{file}");
}

#[test]
fn other_versions_of_the_contract_are_named() {
    for name in [
        "mainspring:workflow/timers@0.2.0",
        "mainspring:workflow/timers@1.0.0",
        "mainspring:workflow/timers",
    ] {
        let refusal = refusal(text(&format!(r#"(component (import "{name}" (instance)))"#)));
        assert_eq!(refusal, UploadError::OtherVersion { name: name.into() });
    }
    let export = text(r#"(component (instance $i) (export "mainspring:workflow/guest@0.11.0" (instance $i)))"#);
    assert!(matches!(refusal(export), UploadError::OtherVersion { .. }));
}

#[test]
fn a_component_without_guest_is_none() {
    assert_eq!(refusal(text("(component)")), UploadError::NoGuest);
    assert_eq!(
        refusal(text("(component (component) (core module))")),
        UploadError::NoGuest
    );
}

#[test]
fn a_module_without_component_type_is_none() {
    assert_eq!(
        refusal(TextGuest::default().bare_module()),
        UploadError::NoComponentType
    );
}

/// Says that the module's names are right and its types are not.
fn check_other_contract(wat: &str) {
    let module = accept(text(wat).into(), &WasmLimits::default()).expect("its names are right");
    let settings = WasmSettings {
        limits: test_limits(),
        ..WasmSettings::default()
    };
    let modules = Modules::new(settings, None).expect("the engine starts");
    let refusal = modules.load_here(module.digest, &module.component);
    assert!(
        matches!(refusal, Err(LoadError::OtherContract(_))),
        "{:?}",
        refusal.err()
    );
}

#[test]
fn imports_of_other_types_are_found_when_the_module_is_loaded() {
    check_other_contract(
        r#"(component
            (import "mainspring:workflow/timers@0.1.0" (instance (export "start" (func (param "after" string)))))
            (instance $guest)
            (export "mainspring:workflow/guest@0.1.0" (instance $guest)))"#,
    );
}

#[test]
fn missing_exports_are_found_when_the_module_is_loaded() {
    check_other_contract(
        r#"(component (instance $guest) (export "mainspring:workflow/guest@0.1.0" (instance $guest)))"#,
    );
}

#[test]
fn exports_of_other_types_are_found_when_the_module_is_loaded() {
    check_other_contract(
        r#"(component
            (core module $code
              (memory (export "memory") 1)
              (func (export "realloc") (param i32 i32 i32 i32) (result i32) i32.const 0)
              (func (export "call")))
            (core instance $code (instantiate $code))
            (func $call (canon lift (core func $code "call")))
            (instance $guest
              (export "describe" (func $call))
              (export "activate" (func $call))
              (export "query" (func $call))
              (export "validate-update" (func $call)))
            (export "mainspring:workflow/guest@0.1.0" (instance $guest)))"#,
    );
}

#[test]
fn a_memory_that_begins_too_large_is_refused() {
    let (modules, _) = TextGuest::default().load(test_limits());
    let large = TextGuest {
        memory: "1000",
        ..TextGuest::default()
    };
    let module = accept(large.core_module(), &test_limits()).expect("its names are right");
    let refusal = modules
        .load_here(module.digest, &module.component)
        .err()
        .expect("it does not fit");
    assert!(refusal.to_string().contains("memory"), "{refusal}");
}
