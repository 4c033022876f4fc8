//! Guests in WebAssembly's text format: small enough to say what happens instruction by instruction.

use crate::wasm::{
    AcceptedModule, CommandSink, Guest, GuestError, Guests, LogLine, Modules, Refusal, WasmGuest, WasmLimits,
    WasmSettings, accept,
};
use bytes::Bytes;
use mainspring_core::{Activation, Command, Job, OperationId, Timestamp};
use std::path::Path;
use wit_component::StringEncoding;
use wit_parser::Resolve;

/// A guest's functions. The defaults do nothing.
pub(super) struct TextGuest {
    /// Between `(module` and its memory: imports beyond the usual ones, and types.
    pub(super) head: &'static str,
    /// The memory's size and, perhaps, maximum, in pages of 64 KB.
    pub(super) memory: &'static str,
    pub(super) activate: &'static str,
    /// Must leave a pointer to a `result<payload, failure>`. At 256 there is an empty payload.
    pub(super) query: &'static str,
    /// Must leave a pointer to a `result<_, failure>`. At 256 there is an `ok`.
    pub(super) validate_update: &'static str,
}

impl Default for TextGuest {
    fn default() -> Self {
        Self {
            head: "",
            memory: "1",
            activate: "",
            query: "i32.const 256",
            validate_update: "i32.const 256",
        }
    }
}

impl TextGuest {
    /// As `cargo build` would leave it: a core module with the component type in a custom section.
    pub(super) fn core_module(&self) -> Bytes {
        let mut module = self.bare_module();
        let wit = Path::new(env!("CARGO_MANIFEST_DIR")).join("../wit");
        let mut resolve = Resolve::default();
        let (package, _) = resolve.push_path(wit).expect("wit/ is valid");
        let world = resolve
            .select_world(&[package], Some("workflow"))
            .expect("wit/ has the world");
        wit_component::embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8)
            .expect("the metadata fits the module");
        module.into()
    }

    /// The same without component type.
    pub(super) fn bare_module(&self) -> Vec<u8> {
        let Self {
            head,
            memory,
            activate,
            query,
            validate_update,
        } = self;
        let text = format!(
            r#"(module
              (import "mainspring:workflow/timers@0.1.0" "start" (func $start_timer
                (param i64 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i64)))
              (import "mainspring:workflow/outcome@0.1.0" "complete" (func $complete (param i32 i32 i32 i32 i32)))
              (import "mainspring:workflow/outcome@0.1.0" "block" (func $block (param i32 i32)))
              (import "mainspring:workflow/log@0.1.0" "write" (func $log (param i32 i32 i32 i32 i32)))
              (import "mainspring:workflow/versions@0.1.0" "patched" (func $patched (param i32 i32 i32) (result i32)))
              {head}
              (memory (export "memory") {memory})
              (global $free (mut i32) (i32.const 4096))
              (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
                global.get $free
                (global.set $free (i32.and (i32.add (i32.add (global.get $free) (local.get 3)) (i32.const 7)) (i32.const -8))))
              (func $timer (param $after i64) (result i64)
                (call $start_timer (local.get $after) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)
                  (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)))
              (func $recurse (param i32) (result i32)
                (i32.add (i32.const 1) (call $recurse (i32.add (local.get 0) (i32.const 1)))))
              (func $activate (export "mainspring:workflow/guest@0.1.0#activate") (param i64 i64 i64 i32 i32 i32)
                {activate})
              (func (export "mainspring:workflow/guest@0.1.0#query") (param i32 i32 i32 i32 i32 i32) (result i32)
                {query})
              (func (export "mainspring:workflow/guest@0.1.0#validate-update")
                (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32)
                {validate_update})
              (func (export "mainspring:workflow/guest@0.1.0#describe") (result i32) i32.const 64)
              (data (i32.const 16) "text/1")
              (data (i32.const 32) "greet")
              ;; manifest: sdk, workflows
              (data (i32.const 64) "\10\00\00\00\06\00\00\00\60\00\00\00\01\00\00\00")
              ;; workflow-definition: name `greet`, nothing else
              (data (i32.const 96) "\01\00\00\00\20\00\00\00\05\00\00\00")
              ;; of log lines: a message, and the field that marks a panic
              (data (i32.const 160) "panicked at here")
              (data (i32.const 192) "panic")
              (data (i32.const 208) "true")
              (data (i32.const 224) "\c0\00\00\00\05\00\00\00\d0\00\00\00\04\00\00\00")
              ;; a failure layer: the message `greet`, no source, no stack trace, no attributes, unspecified
              (data (i32.const 320) "\20\00\00\00\05\00\00\00")
              (data (i32.const 368) "\07"))"#
        );
        wat::parse_str(text).expect("the guest is valid text")
    }

    /// A live guest, with limits that are quick to reach.
    pub(super) fn start(&self) -> WasmGuest {
        let (modules, module) = self.load(test_limits());
        modules.instantiate(&module.digest).expect("there is room")
    }

    pub(super) fn load(&self, limits: WasmLimits) -> (Modules, AcceptedModule) {
        let module = accept(self.core_module(), &limits).expect("the module is acceptable");
        let settings = WasmSettings {
            limits,
            ..WasmSettings::default()
        };
        let modules = Modules::new(settings, None).expect("the engine starts");
        modules
            .load_here(module.digest, &module.component)
            .expect("the module loads");
        (modules, module)
    }
}

pub(super) fn test_limits() -> WasmLimits {
    WasmLimits {
        memory_bytes_max: 4 << 20,
        call_bytes_max: 1 << 20,
        call_time_max: Some(std::time::Duration::from_millis(200)),
        instances_max: 4,
        ..WasmLimits::default()
    }
}

/// Notes every command, and takes as many as it is told to.
#[derive(Debug, Default)]
pub(super) struct Notes {
    pub(super) commands: Vec<Command>,
    pub(super) log: Vec<LogLine>,
    pub(super) patches: Vec<(String, bool)>,
    pub(super) commands_max: Option<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("enough")]
pub(super) struct Enough;

impl CommandSink for Notes {
    fn command(&mut self, command: Command) -> Result<Option<OperationId>, Refusal> {
        if self.commands_max.is_some_and(|max| self.commands.len() >= max) {
            return Err(Enough.into());
        }
        self.commands.push(command);
        Ok(Some(OperationId(self.commands.len() as u64)))
    }

    fn patched(&mut self, patch_id: String, deprecated: bool) -> Result<bool, Refusal> {
        self.patches.push((patch_id, deprecated));
        Ok(true)
    }

    fn log(&mut self, line: LogLine) {
        self.log.push(line);
    }

    fn set_current_details(&mut self, _: String) {}
}

/// Activates the guest with a timer that fired.
pub(super) fn activate(guest: &mut WasmGuest, sink: Notes) -> (Notes, Result<(), GuestError>) {
    let activation = Activation {
        now: Timestamp::from_millis(1_000),
        history_length: 2,
        history_bytes: 100,
        continue_as_new_suggested: false,
        jobs: vec![Job::TimerFired(OperationId(7))],
    };
    guest.activate(activation, sink)
}
