//! What `mainspring build` makes of sources in TypeScript, and what it says of those that it cannot take.

use crate::support::modules;
use mainspring::wasm::{WasmLimits, accept};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

const PROGRAM: &str = "MAINSPRING_TEST_SERVER";

/// What a module may take.
const MODULE_BYTES_MAX: usize = 1_300_000;

const MANIFEST: (&str, &str) = ("package.json", r#"{"type": "module"}"#);
/// With the types of Node.js, as many projects have them, so that only the builder can say what workflows lack.
const TYPES: (&str, &str) = (
    "tsconfig.json",
    r#"{
        "compilerOptions": {
            "target": "es2022", "module": "esnext", "moduleResolution": "bundler", "types": ["node"],
            "strict": true, "skipLibCheck": true, "noEmit": true
        },
        "include": ["src"]
    }"#,
);

/// A project of an author, beside the packages of this repository.
struct Project {
    home: TempDir,
}

impl Project {
    fn with(files: &[(&str, &str)]) -> Self {
        let home = TempDir::new().expect("there is room");
        symlink(packages(), home.path().join("node_modules")).expect("a link can be made");
        Self::of(home, files)
    }

    /// With the SDK as npm installs it from its registry, and not as a link to this repository.
    fn with_copied_sdk(files: &[(&str, &str)]) -> Self {
        let home = TempDir::new().expect("there is room");
        let (from, to) = (packages(), home.path().join("node_modules"));
        for part in ["src", "runtime", "package.json"] {
            let part = Path::new("@mainspring/workflow").join(part);
            copy(&from.join(&part), &to.join(&part));
        }
        for tool in ["@esbuild", "@temporalio", "@types", "typescript", ".bin"] {
            symlink(from.join(tool), to.join(tool)).expect("a link can be made");
        }
        Self::of(home, files)
    }

    fn of(home: TempDir, files: &[(&str, &str)]) -> Self {
        for (path, text) in files.iter().chain([&MANIFEST, &TYPES]) {
            let path = home.path().join(path);
            std::fs::create_dir_all(path.parent().expect("it is in the project")).expect("there is room");
            std::fs::write(path, text).expect("there is room");
        }
        Self { home }
    }

    fn module(&self) -> PathBuf {
        self.home.path().join("out.wasm")
    }

    /// What is said, and whether there is a module.
    fn build(&self) -> (bool, String) {
        let program = std::env::var_os(PROGRAM).unwrap_or_else(|| panic!("set {PROGRAM}, as `cargo xtask test` does"));
        let mut build = Command::new(program);
        build
            .current_dir(self.home.path())
            .args(["build", "src/workflows.ts", "--out"])
            .arg(self.module());
        let output = build.output().expect("the program starts");
        let said = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8_lossy(&said).into_owned())
    }

    /// What is said, of sources that no module can be made of.
    fn refused(files: &[(&str, &str)]) -> String {
        let (built, said) = Self::with(files).build();
        assert!(!built, "it is built:\n{said}");
        said
    }
}

/// Those of this repository.
fn packages() -> PathBuf {
    let packages = Path::new(env!("CARGO_MANIFEST_DIR")).join("../node_modules");
    packages
        .canonicalize()
        .expect("`cargo xtask test` installs the packages")
}

fn copy(from: &Path, to: &Path) {
    if !from.is_dir() {
        std::fs::create_dir_all(to.parent().expect("it is in a directory")).expect("there is room");
        std::fs::copy(from, to).expect("there is room");
        return;
    }
    for entry in std::fs::read_dir(from).expect("it can be read") {
        let entry = entry.expect("it can be read");
        copy(&entry.path(), &to.join(entry.file_name()));
    }
}

const GREET: &str = "
    import { sleep } from '@temporalio/workflow';
    import { greeting } from './words';
    export async function greet(name: string): Promise<string> {
        await sleep('1 second');
        return greeting + name;
    }";
const WORDS: &str = "export const greeting = 'Hello, ';";

#[test]
fn the_same_sources_give_the_same_bytes_wherever_they_are() {
    let sources = [("src/workflows.ts", GREET), ("src/words.ts", WORDS)];
    let projects = [
        Project::with(&sources),
        Project::with(&sources),
        Project::with_copied_sdk(&sources),
    ];
    let modules = projects.map(|project| {
        let (built, said) = project.build();
        assert!(built && said.contains("greet"), "{said}");
        std::fs::read(project.module()).expect("there is a module")
    });
    assert!(
        modules.iter().all(|module| *module == modules[0]),
        "the modules differ: {:?} bytes",
        modules.each_ref().map(Vec::len)
    );
    assert!(modules[0].len() <= MODULE_BYTES_MAX, "{} bytes", modules[0].len());
    let [module, ..] = modules;
    accept(module.into(), &WasmLimits::default()).expect("a server takes it");
}

#[test]
fn large_modules_are_small() {
    for name in ["typescript_features", "typescript_golden"] {
        let bytes = modules::read(name).len();
        assert!(bytes <= MODULE_BYTES_MAX, "{name}: {bytes} bytes");
    }
}

#[test]
fn wrong_types_are_told_by_tsc() {
    let source = "export async function wrong(): Promise<string> { return 7; }";
    let said = Project::refused(&[("src/workflows.ts", source)]);
    assert!(
        said.contains("src/workflows.ts(1,") && said.contains("TS2322"),
        "{said}"
    );
}

#[test]
fn what_is_no_typescript_is_told_with_its_place() {
    let said = Project::refused(&[("src/workflows.ts", "export async function wrong( {")]);
    assert!(said.contains("src/workflows.ts") && said.contains('1'), "{said}");
}

#[test]
fn modules_of_node_are_activities_business() {
    let source = "import { readFileSync } from 'node:fs';
        export async function reads(): Promise<string> { return String(readFileSync('/etc/passwd')); }";
    let said = Project::refused(&[("src/workflows.ts", source)]);
    assert!(
        said.contains("node:fs") && said.contains("src/workflows.ts:1"),
        "{said}"
    );
    assert!(said.contains("Make it an activity"), "{said}");
}

#[test]
fn effects_are_activities_business() {
    for (global, used) in [
        ("fetch", "await fetch('http://localhost')"),
        ("process", "process.env.HOME"),
    ] {
        let source = format!(
            "// No {global}, please.\nexport async function effect(): Promise<unknown> {{\n  return {used};\n}}"
        );
        let said = Project::refused(&[("src/workflows.ts", &source)]);
        assert!(
            said.contains(&format!("uses `{global}`")) && said.contains("src/workflows.ts:3:"),
            "{said}"
        );
        assert!(said.contains("Make it an activity"), "{said}");
    }
}

#[test]
fn errors_at_the_top_level_are_told_with_their_place() {
    let thrown = "\n\nfunction broken(): never {\n  throw new RangeError('too early');\n}\nbroken();\n\
        export async function never(): Promise<void> {}";
    let said = Project::refused(&[("src/workflows.ts", thrown)]);
    assert!(
        said.contains("RangeError: too early") && said.contains("src/workflows.ts:4:"),
        "{said}"
    );
    let early = "export const early = Math.random();\nexport async function never(): Promise<void> {}";
    let said = Project::refused(&[("src/workflows.ts", early)]);
    assert!(
        said.contains("Math.random works only inside") && said.contains("src/workflows.ts:1:"),
        "{said}"
    );
}

#[test]
fn a_project_without_the_sdk_is_told_how_to_get_it() {
    let project = Project::with(&[("src/workflows.ts", "export async function greet(): Promise<void> {}")]);
    std::fs::remove_file(project.home.path().join("node_modules")).expect("it was a link");
    let (built, said) = project.build();
    assert!(
        !built && said.contains("@mainspring/workflow is missing") && said.contains("npm install"),
        "{said}"
    );
}
