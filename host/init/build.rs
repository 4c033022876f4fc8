//! Puts files into the crate: the templates, and the SDKs, which are on no registry yet.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// The name of a table, where its files are, and which of them belong to it; paths in it are relative to the first.
const TABLES: [(&str, &str, &[&str]); 9] = [
    ("RUST_TEMPLATE", "host/init/templates/rust", &[""]),
    ("PYTHON_TEMPLATE", "host/init/templates/python", &[""]),
    ("TYPESCRIPT_TEMPLATE", "host/init/templates/typescript", &[""]),
    ("GO_TEMPLATE", "host/init/templates/go", &[""]),
    ("RUST_SDK", "", &["guest-sdk/rust", "wit"]),
    (
        "PYTHON_SDK",
        "guest-sdk/python",
        &["pyproject.toml", "README.md", "src"],
    ),
    (
        "TYPESCRIPT_SDK",
        "guest-sdk",
        &[
            "typescript/package.json",
            "typescript/README.md",
            "typescript/runtime",
            "typescript/src",
            "typescript-testing/package.json",
            "typescript-testing/README.md",
            "typescript-testing/src",
        ],
    ),
    ("GO_SDK", "guest-sdk/go", &[""]),
    ("WORKSPACE", "", &["Cargo.toml"]),
];

/// Not sources: what tools leave, and tests.
const SKIPPED: [&str; 4] = ["__pycache__", "target", "node_modules", "tests"];

fn main() -> io::Result<()> {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize()?;
    let mut tables = String::new();
    for (name, root, parts) in TABLES {
        let root = repository.join(root);
        let mut files = Vec::new();
        for part in parts {
            let part = if part.is_empty() { root.clone() } else { root.join(part) };
            println!("cargo::rerun-if-changed={}", part.display());
            collect(&part, &mut files)?;
        }
        files.sort();
        let _ = writeln!(tables, "pub(crate) const {name}: &[(&str, &[u8])] = &[");
        for file in &files {
            let path = file.strip_prefix(&root).expect("all are below it").to_string_lossy();
            let _ = writeln!(tables, "    ({path:?}, include_bytes!({file:?})),");
        }
        tables.push_str("];\n");
    }
    println!("cargo::rerun-if-changed=build.rs");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    fs::write(out.join("files.rs"), tables)
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    if SKIPPED.contains(&name) || name.ends_with(".egg-info") {
        return Ok(());
    }
    if !path.is_dir() {
        files.push(path.to_owned());
        return Ok(());
    }
    for entry in fs::read_dir(path)? {
        collect(&entry?.path(), files)?;
    }
    Ok(())
}
