//! Puts the SDK for Python into the crate: every file of the package, by its path.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let package = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../guest-sdk/python");
    let mut files = vec![package.join("pyproject.toml"), package.join("README.md")];
    collect(&package.join("src"), &mut files)?;
    files.sort();
    let mut table = String::from(
        "/// Every file of the package `mainspring`, by its path in it.\npub const FILES: &[(&str, &str)] = &[\n",
    );
    for file in &files {
        let name = file.strip_prefix(&package).expect("all are below it").to_string_lossy();
        let name = name.replace('\\', "/");
        let path = file.canonicalize()?;
        let _ = writeln!(table, "    ({name:?}, include_str!({path:?})),");
    }
    table.push_str("];\n");
    println!("cargo::rerun-if-changed={}", package.join("src").display());
    println!("cargo::rerun-if-changed=build.rs");
    fs::write(
        PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it")).join("python_sdk.rs"),
        table,
    )
}

fn collect(directory: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        let is = |ending: &str| path.extension().is_some_and(|it| it == ending);
        if path.is_dir() && !path.ends_with("__pycache__") && !is("egg-info") {
            collect(&path, files)?;
        } else if is("py") || is("typed") {
            files.push(path);
        }
    }
    Ok(())
}
