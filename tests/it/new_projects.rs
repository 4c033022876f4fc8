//! Projects that `mainspring init` makes, and the server that builds them on each save.

use crate::support::modules;
use crate::support::patience::{until, until_within};
use crate::support::ports::free_address;
use crate::support::server::program;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;
use tempfile::TempDir;

#[track_caller]
fn said(output: &Output, code: i32) -> String {
    let (out, err) = (&output.stdout, &output.stderr);
    let said = format!("{}{}", String::from_utf8_lossy(out), String::from_utf8_lossy(err));
    assert_eq!(output.status.code(), Some(code), "{said}");
    said
}

fn new_project(home: &TempDir, language: &str, name: &str) -> PathBuf {
    let project = home.path().join(name);
    let made = Command::new(program()).args(["init", language]).arg(&project).output();
    said(&made.expect("the program runs"), 0);
    project
}

/// A project in Rust, with versions of dependencies that this repository has, so that a test of today is one of
/// tomorrow. Its name must be the test's own: cargo names what it builds, and its list of the sources, like the crate,
/// and all of them are built in one [`target`].
fn new_crate(home: &TempDir, name: &str) -> PathBuf {
    let project = new_project(home, "rust", name);
    let lock = concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.lock");
    fs::copy(lock, project.join("Cargo.lock")).expect("there is room");
    project
}

/// Where cargo builds for these projects: what they depend on is there the next time.
fn target() -> PathBuf {
    let module = modules::path("test_guests");
    let modules = module
        .parent()
        .and_then(Path::parent)
        .expect("it lies in a directory of a directory");
    modules.join("new-projects")
}

/// Starts the workflow of a new project.
const START: [&str; 10] = [
    "workflow",
    "start",
    "-t",
    "remind",
    "-q",
    "reminders",
    "-w",
    "ada",
    "-i",
    "\"Ada\"",
];

/// Compilers of many tests may be at work at once.
const BUILD_PATIENCE: Duration = Duration::from_secs(600);

/// `mainspring dev` on a project, with what it says in a file. Dropping it kills it.
struct Dev {
    process: Child,
    log: PathBuf,
    address: String,
}

impl Dev {
    fn start(project: &Path, home: &TempDir) -> Self {
        let (grpc, http) = (free_address().to_string(), free_address().to_string());
        let log = home.path().join("log");
        let file = fs::File::create(&log).expect("there is room");
        let mut command = Command::new(program());
        command
            .args(["dev", "--ephemeral", "--grpc-address", &grpc, "--http-address", &http])
            .arg(project)
            .env("CARGO_TARGET_DIR", target())
            .stdout(file.try_clone().expect("it is open"))
            .stderr(file)
            .stdin(Stdio::null());
        Self {
            process: command.spawn().expect("the program starts"),
            log,
            address: grpc,
        }
    }

    /// Waits until it has said this, and so often.
    async fn says(&self, what: &str, times: usize) {
        until_within(BUILD_PATIENCE, what, async || {
            let log = fs::read_to_string(&self.log).unwrap_or_default();
            (log.matches(what).count() >= times).then_some(())
        })
        .await;
    }

    fn command(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(program());
        command.args(arguments).args(["--address", &self.address]);
        command.output().expect("the program runs")
    }
}

impl Drop for Dev {
    fn drop(&mut self) {
        self.process.kill().expect("it can be killed");
        self.process.wait().expect("it has ended");
        if std::thread::panicking() {
            eprintln!("it said:\n{}", fs::read_to_string(&self.log).unwrap_or_default());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_crate_is_tested_served_and_built_on_each_save() {
    let home = TempDir::new().expect("there is room");
    let project = new_crate(&home, "saved-again");
    let mut tests = Command::new("cargo");
    tests
        .arg("test")
        .current_dir(&project)
        .env("CARGO_TARGET_DIR", target());
    assert!(said(&tests.output().expect("cargo runs"), 0).contains("1 passed"));

    let dev = Dev::start(&project, &home);
    dev.says("is ready", 1).await;
    said(&dev.command(&START), 0);

    let source = project.join("src/lib.rs");
    let good = fs::read_to_string(&source).expect("it is there");
    fs::write(&source, good.replace("sleep(DAY)", "sleep(NIGHT)")).expect("there is room");
    dev.says("cannot find value", 1).await;
    let described = said(&dev.command(&["workflow", "describe", "ada"]), 0);
    assert!(
        described.contains("running"),
        "the module that it had stays: {described}"
    );

    let renamed = good
        .replace("async fn remind(", "async fn remind_again(")
        .replace("export!(remind)", "export!(remind_again)");
    fs::write(&source, renamed).expect("there is room");
    dev.says("remind_again", 1).await;
}

/// The first build of this crate waits for a file, so what is asked before is asked during it.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_for_development_answers_during_its_first_build_and_starts_wait_for_it() {
    let home = TempDir::new().expect("there is room");
    let project = new_crate(&home, "built-slowly");
    let go = project.join("go");
    let waits = format!(
        "fn main() {{ while !std::path::Path::new({go:?}).exists() {{ \
         std::thread::sleep(std::time::Duration::from_millis(20)); }} }}"
    );
    fs::write(project.join("build.rs"), waits).expect("there is room");

    let dev = Dev::start(&project, &home);
    until("it answers", async || {
        dev.command(&["namespace", "list"]).status.success().then_some(())
    })
    .await;
    let mut start = Command::new(program())
        .args(START)
        .args(["--address", &dev.address])
        .spawn()
        .expect("the program runs");
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert!(start.try_wait().expect("it can be asked").is_none(), "the start waits");
    said(&dev.command(&["workflow", "list"]), 0);

    fs::write(&go, "").expect("there is room");
    let started = until_within(BUILD_PATIENCE, "the workflow is started", async || {
        start.try_wait().expect("it can be asked")
    });
    assert!(started.await.success());
    dev.says("is ready", 1).await;
}

#[test]
fn a_project_takes_the_place_of_nothing() {
    let home = TempDir::new().expect("there is room");
    fs::write(home.path().join("mine"), "").expect("there is room");
    let made = Command::new(program()).args(["init", "rust"]).arg(home.path()).output();
    assert!(said(&made.expect("the program runs"), 5).contains("is not empty"));
}

#[test]
fn a_crate_is_built_to_the_same_bytes_each_time() {
    let home = TempDir::new().expect("there is room");
    let project = new_crate(&home, "same-bytes");
    let build = |out: &str| {
        let mut build = Command::new(program());
        build
            .arg("build")
            .arg(&project)
            .args(["--out", out, "--output", "json"]);
        build.current_dir(home.path()).env("CARGO_TARGET_DIR", target());
        let told = said(&build.output().expect("the program runs"), 0);
        let told: serde_json::Value = serde_json::from_str(&told).expect("it is JSON");
        assert_eq!(told["manifest"]["workflows"][0]["name"], "remind");
        fs::read(home.path().join(out)).expect("it was written")
    };
    let first = build("first.wasm");
    // Built, and not found.
    fs::write(
        project.join("src/lib.rs"),
        fs::read(project.join("src/lib.rs")).expect("it is there"),
    )
    .expect("room");
    assert!(first == build("second.wasm"), "the same source gives other bytes");
}

/// As `npm install` leaves a project, but without the network: the packages of the SDK are the project's own, and all
/// others are this repository's.
fn install(project: &Path) {
    let packages = Path::new(env!("CARGO_MANIFEST_DIR")).join("../node_modules");
    let installed = project.join("node_modules");
    fs::create_dir_all(installed.join("@mainspring")).expect("there is room");
    let entries = packages.read_dir().expect("`cargo xtask test` installs the packages");
    for package in entries.map(|entry| entry.expect("it can be read").file_name()) {
        if package != "@mainspring" {
            symlink(packages.join(&package), installed.join(&package)).expect("a link can be made");
        }
    }
    for (vendored, package) in [("typescript", "workflow"), ("typescript-testing", "testing")] {
        let vendored = project.join("vendor/mainspring").join(vendored);
        symlink(vendored, installed.join("@mainspring").join(package)).expect("a link can be made");
    }
}

#[test]
fn a_new_package_is_built_and_tested_with_the_sdk_that_it_has() {
    let home = TempDir::new().expect("there is room");
    let project = new_project(&home, "typescript", "reminders");
    install(&project);
    assert_eq!(built(&project, "src/workflows.ts"), ["remind", "typescript"]);
    let script = |program: &Path, arguments: &[&str]| {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(&project);
        command.env("MAINSPRING_PROGRAM", self::program());
        said(&command.output().expect("it runs"), 0)
    };
    // `npm test`.
    script(&project.join("node_modules/.bin/tsc"), &[]);
    let node = std::env::var_os("MAINSPRING_TEST_NODE").map_or_else(|| "node".into(), PathBuf::from);
    assert!(script(&node, &["--test", "dist/"]).contains("pass 1"));
}

#[test]
fn a_new_project_in_python_is_built_and_tested_with_the_sdk_that_it_has() {
    let home = TempDir::new().expect("there is room");
    let project = new_project(&home, "python", "reminders");
    assert_eq!(built(&project, "workflows.py"), ["remind", "python"]);
    assert!(pytest(&project).contains("1 passed"));
}

#[test]
fn a_new_project_in_go_is_built_and_tested_with_the_sdk_that_it_has() {
    let home = TempDir::new().expect("there is room");
    let project = new_project(&home, "go", "reminders");
    assert_eq!(built(&project, "."), ["remind", "go"]);
    assert!(pytest(&project.join("activities")).contains("1 passed"));
}

/// Builds a project; the workflow type and the language that its module has.
fn built(project: &Path, source: &str) -> [String; 2] {
    let mut build = Command::new(program());
    build.args(["build", source, "--output", "json"]).current_dir(project);
    let output = with_tools(&mut build).output().expect("the program runs");
    let told: serde_json::Value = serde_json::from_str(&said(&output, 0)).expect("it is JSON");
    let manifest = &told["manifest"];
    let text = |value: &serde_json::Value| value.as_str().expect("it is text").to_owned();
    let sdk = text(&manifest["sdk"]);
    let language = ["typescript", "python", "go"].into_iter().find(|it| sdk.contains(it));
    let language = language.unwrap_or_else(|| panic!("{sdk}"));
    [text(&manifest["workflows"][0]["name"]), language.to_owned()]
}

/// A project's own tests, with the package that is beside them in `vendor`.
fn pytest(directory: &Path) -> String {
    let mut pytest = Command::new(python());
    pytest
        .args(["-B", "-m", "pytest", "-p", "no:cacheprovider"])
        .current_dir(directory)
        .env("PYTHONPATH", directory.join("vendor/mainspring/src"))
        .env("MAINSPRING_PROGRAM", program());
    said(&with_tools(&mut pytest).output().expect("Python runs"), 0)
}

fn python() -> PathBuf {
    std::env::var_os("MAINSPRING_TEST_PYTHON").map_or_else(|| "python3".into(), PathBuf::from)
}

/// The tools of the tests' own environment, as if they were installed; Go has what it compiled before, and fetches nothing.
fn with_tools(command: &mut Command) -> &mut Command {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let tools = python().parent().map(Path::to_owned).into_iter();
    let all = std::env::join_paths(tools.chain(std::env::split_paths(&path))).expect("they can be joined");
    command
        .env("PATH", all)
        .env("GOCACHE", target().with_file_name("go-cache"))
        .env("GOPROXY", "off")
        .env("GOTOOLCHAIN", "local")
}
