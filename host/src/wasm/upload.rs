//! What may be uploaded: a component that imports nothing but the guest contract, or a core module to make one of.
//!
//! This looks at names only, which is quick and gives the errors that help most. That the code is valid and the
//! types are right is found when the module is [loaded](super::Modules::load).

use super::settings::WasmLimits;
use bytes::Bytes;
use mainspring_core::{Digest, Size};
use std::fmt;
use wasmparser::{ComponentExport, ComponentImport, Parser, Payload};
use wit_component::ComponentEncoder;

/// A module as it is stored.
#[derive(Clone, PartialEq, Eq)]
pub struct AcceptedModule {
    /// The hash of the component's bytes: the module's version.
    pub digest: Digest,
    /// The component.
    pub component: Bytes,
}

impl fmt::Debug for AcceptedModule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AcceptedModule({}, {} bytes)", self.digest, self.component.len())
    }
}

/// Why an upload is refused, and what to do instead.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UploadError {
    /// The file is something else.
    #[error(
        "this is no WebAssembly; upload the .wasm file that the build left, such as \
         target/wasm32-unknown-unknown/release/NAME.wasm"
    )]
    NotWasm,
    /// The file is too large.
    #[error(
        "the module has {}, and {} is the limit; build it optimised and without debug information",
        Size(*bytes),
        Size(*bytes_max)
    )]
    TooLarge {
        /// The file's size.
        bytes: usize,
        /// The limit.
        bytes_max: usize,
    },
    /// The file is damaged.
    #[error("the module is damaged: {0}")]
    Malformed(String),
    /// It wants something from its host that a workflow cannot have.
    #[error("the module imports {imports}, but a workflow may import nothing but `mainspring:workflow`; {advice}")]
    ForeignImport {
        /// What it imports.
        imports: ForeignImports,
        /// How to build it without.
        advice: &'static str,
    },
    /// It was built for another version of the contract.
    #[error(
        "the module is built for `{name}`, and this server speaks mainspring:workflow {CONTRACT_VERSION}; build it \
         with an SDK of that version, or use another server"
    )]
    OtherVersion {
        /// The import or export, with its version.
        name: String,
    },
    /// It has no workflows.
    #[error(
        "the module exports no `mainspring:workflow/guest`: it has no workflow that a host could call; does its \
         crate (`crate-type = [\"cdylib\"]`) name a workflow?"
    )]
    NoGuest,
    /// It is a core module that says nothing of the contract.
    #[error(
        "this is a WebAssembly module without component type: it was not built with a Mainspring SDK, or a tool \
         has stripped its custom sections"
    )]
    NoComponentType,
    /// No component could be made of it.
    #[error("no component can be made of the module: {0}")]
    NotComponentisable(String),
}

/// Imports that a workflow cannot have, in the order of the module. All of them, because the first alone misleads: a
/// program that asks for the time over WASI imports `wasi:io` before `wasi:clocks`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ForeignImports(Vec<String>);

/// A message shows so many of them, and counts the others.
const IMPORTS_SHOWN_MAX: usize = 12;

impl ForeignImports {
    /// Notes the import if it is not one that the host has.
    fn check(&mut self, import: &str) -> Result<(), UploadError> {
        if let Some(interface) = import.strip_prefix(PACKAGE) {
            return check_version(import, interface);
        }
        // A core module names the same module once for each function.
        if self.0.last().is_none_or(|last| last != import) {
            self.0.push(import.to_owned());
        }
        Ok(())
    }

    fn into_result(self) -> Result<(), UploadError> {
        match self.0.first() {
            None => Ok(()),
            Some(first) => Err(UploadError::ForeignImport {
                advice: advice(first),
                imports: self,
            }),
        }
    }
}

impl fmt::Display for ForeignImports {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, import) in self.0.iter().take(IMPORTS_SHOWN_MAX).enumerate() {
            let comma = if at == 0 { "" } else { ", " };
            write!(f, "{comma}`{import}`")?;
        }
        match self.0.len().saturating_sub(IMPORTS_SHOWN_MAX) {
            0 => Ok(()),
            more => write!(f, " and {more} more"),
        }
    }
}

const PACKAGE: &str = "mainspring:workflow/";
const GUEST: &str = "guest";
/// The contract that this server speaks. As long as it begins with 0, a change of the second number breaks it.
const CONTRACT_VERSION: &str = "0.1";

/// Takes an uploaded file, or says what is wrong with it.
pub fn accept(file: Bytes, limits: &WasmLimits) -> Result<AcceptedModule, UploadError> {
    if file.len() > limits.module_bytes_max {
        return Err(UploadError::TooLarge {
            bytes: file.len(),
            bytes_max: limits.module_bytes_max,
        });
    }
    let component = if Parser::is_component(&file) {
        file
    } else if Parser::is_core_wasm(&file) {
        Bytes::from(componentise(&file)?)
    } else {
        return Err(UploadError::NotWasm);
    };
    check_component(&component)?;
    Ok(AcceptedModule {
        digest: Digest::from_bytes(*blake3::hash(&component).as_bytes()),
        component,
    })
}

/// Makes a component of what `cargo build --target wasm32-unknown-unknown` leaves.
fn componentise(module: &[u8]) -> Result<Vec<u8>, UploadError> {
    let mut has_component_type = false;
    let mut foreign = ForeignImports::default();
    for payload in Parser::new(0).parse_all(module) {
        match payload.map_err(malformed)? {
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    foreign.check(import.map_err(malformed)?.module)?;
                }
            }
            Payload::CustomSection(section) => has_component_type |= section.name().starts_with("component-type"),
            _ => {}
        }
    }
    foreign.into_result()?;
    if !has_component_type {
        return Err(UploadError::NoComponentType);
    }
    let failed = |error| UploadError::NotComponentisable(format!("{error:#}"));
    ComponentEncoder::default()
        .module(module)
        .map_err(failed)?
        .encode()
        .map_err(failed)
}

fn check_component(component: &[u8]) -> Result<(), UploadError> {
    let mut has_guest = false;
    let mut foreign = ForeignImports::default();
    // Components and core modules nest; only what the outermost imports and exports is the host's business.
    let mut depth = 0;
    for payload in Parser::new(0).parse_all(component) {
        match payload.map_err(malformed)? {
            Payload::Version { .. } => depth += 1,
            Payload::End(_) => depth -= 1,
            Payload::ComponentImportSection(imports) if depth == 1 => {
                for import in imports {
                    let ComponentImport { name, .. } = import.map_err(malformed)?;
                    foreign.check(name.name)?;
                }
            }
            Payload::ComponentExportSection(exports) if depth == 1 => {
                for export in exports {
                    let ComponentExport { name, .. } = export.map_err(malformed)?;
                    has_guest |= is_guest(name.name)?;
                }
            }
            _ => {}
        }
    }
    foreign.into_result()?;
    if has_guest { Ok(()) } else { Err(UploadError::NoGuest) }
}

fn malformed(error: wasmparser::BinaryReaderError) -> UploadError {
    UploadError::Malformed(error.to_string())
}

fn is_guest(export: &str) -> Result<bool, UploadError> {
    match export.strip_prefix(PACKAGE) {
        Some(interface) if interface.split('@').next() == Some(GUEST) => {
            check_version(export, interface).map(|()| true)
        }
        _ => Ok(false),
    }
}

fn check_version(name: &str, interface: &str) -> Result<(), UploadError> {
    let version = interface.split_once('@').map_or("", |(_, version)| version);
    match version.strip_prefix(CONTRACT_VERSION) {
        Some(rest) if rest.is_empty() || rest.starts_with('.') => Ok(()),
        _ => Err(UploadError::OtherVersion { name: name.to_owned() }),
    }
}

/// How to build a module without such an import.
fn advice(import: &str) -> &'static str {
    if import.starts_with("wasi:") || import.starts_with("wasi_") {
        "build it without WASI. Rust: for the target wasm32-unknown-unknown, not wasm32-wasip1 or -wasip2. Python: \
         with `componentize-py componentize --stub-wasi`"
    } else if import.starts_with("__wbindgen") || import == "wbg" {
        "some crate was built to ask JavaScript for time or randomness: look in `cargo tree -e features` for a `js` or \
         `wasm_js` feature (of getrandom, uuid, chrono …) and switch it off; a workflow takes both from the SDK"
    } else if import == "env" {
        "some C code or `extern \"C\"` block is linked to functions that are defined nowhere"
    } else {
        "whatever needs it belongs in an activity"
    }
}
