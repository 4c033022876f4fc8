//! What a run occupies beyond what all runs of its module share.

use crate::support::guests;
use crate::support::stage::Stage;
use mainspring::shard::{ModuleIndex as _, replay};
use mainspring::wasm::{Guest as _, Guests as _};
use mainspring_core::Record;
use serde_json::json;

#[path = "../../../host/benches/replay/memory.rs"]
mod pages;

/// Steps of a short run.
const STEPS: u32 = 10;
/// As many as make other changes of the process's memory small beside them.
const GUESTS: usize = 16;
/// What is asked of TypeScript (decision 32). It was 0.38 MB once, when a run wrote to a third of all pages.
const PARKED_BYTES_MAX: usize = 300_000;
/// What may wait to be collected: a hundredth of what is forgotten in the test.
const GARBAGE_BYTES_MAX: usize = 256 << 10;

#[test]
fn a_run_that_waits_occupies_little() {
    const MODULE: &str = "typescript_golden";
    let mut stage = Stage::with(MODULE);
    stage.start("golden_steps", "it", &[json!(STEPS + 1)]);
    for number in 0..STEPS {
        let task = stage.take();
        let _ = stage.complete(&task, &json!(number));
    }
    let history = stage.history("it");
    // The first one touches what all use.
    let first = guest(MODULE, &history);
    let before = pages::written_bytes().expect("the kernel tells");
    let guests: Vec<_> = (0..GUESTS).map(|_| guest(MODULE, &history)).collect();
    let written = pages::written_bytes().expect("the kernel tells").saturating_sub(before);
    let each = written / guests.len();
    assert!(each <= PARKED_BYTES_MAX, "{each} bytes");
    assert_eq!(first.resident_bytes(), guests[0].resident_bytes());
}

#[test]
fn what_refers_to_itself_and_is_forgotten_is_collected() {
    const MODULE: &str = "typescript_features";
    let occupied = |count: u32| {
        let mut stage = Stage::with(MODULE);
        stage.start("forgets", "it", &[json!(count)]);
        guest(MODULE, &stage.history("it")).resident_bytes()
    };
    let (few, many) = (occupied(10), occupied(100_000));
    assert!(many <= few + GARBAGE_BYTES_MAX, "{few} and {many} bytes");
}

/// One that has been told of all this.
fn guest(module: &'static str, history: &[Record]) -> impl mainspring::wasm::Guest {
    let (modules, index) = guests::load(module);
    let digest = index.current("", "").expect("there is one module");
    let mut guest = modules.instantiate(&digest).expect("a guest");
    replay(&mut guest, history.to_vec()).expect("it replays");
    guest
}
