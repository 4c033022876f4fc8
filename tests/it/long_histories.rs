//! A history of 10,000 events, in each language: written by a run that is one activity after the other, and replayed.

use crate::support::guests;
use crate::support::stage::Stage;
use mainspring::shard::{ModuleIndex, replay};
use mainspring::wasm::{Guest as _, Guests as _};
use mainspring_core::{Event, Payload, Record, Size};
use serde_json::json;

/// Each is an activity's end, an activation, and the schedule of the next activity.
const STEPS: u32 = 3_333;
const EVENTS: usize = 10_000;

#[test]
fn rust_replays_ten_thousand_events() {
    check(guests::RUST, 256 << 10);
}

#[test]
fn typescript_replays_ten_thousand_events() {
    check("typescript_golden", 512 << 10);
}

#[test]
fn python_replays_ten_thousand_events() {
    check("python_golden", 2 << 20);
}

#[test]
fn go_replays_ten_thousand_events() {
    check("go_guests", 4 << 20);
}

/// What a payload takes in the guest is free again once the host has it.
#[test]
fn python_keeps_nothing_of_what_it_hands_over() {
    const MODULE: &str = "python_features";
    const TIMES: usize = 40;
    const LENGTH: usize = 100_000;
    let mut stage = Stage::with(MODULE);
    stage.start("PyHandsOver", "it", &[json!(TIMES), json!(LENGTH)]);
    for _ in 0..TIMES {
        let task = stage.take();
        let _ = stage.complete(&task, &json!(null));
    }
    let history = stage.history("it");
    // The start and an activation, then three events for each activity.
    let few = replayed(MODULE, &history[..3 + 3 * 10]);
    let all = replayed(MODULE, &history);
    assert!(all < few + 5 * LENGTH, "{} became {}", Size(few), Size(all));
}

/// The guest takes at most so many bytes by the cache's count, however long its history.
fn check(module: &'static str, bytes_max: usize) {
    let mut stage = Stage::with(module);
    stage.start("golden_steps", "it", &[json!(STEPS + 1)]);
    for number in 0..STEPS {
        let task = stage.take();
        let _ = stage.complete(&task, &json!(number));
    }
    let history = stage.history("it");
    assert!(history.len() >= EVENTS, "{} events", history.len());

    let once = replayed(module, &history);
    assert!(once <= bytes_max, "{} are more than {}", Size(once), Size(bytes_max));
    assert_eq!(once, replayed(module, &history), "the same jobs leave the same memory");

    // And it goes on from there.
    stage.crash(0);
    let task = stage.take();
    let _ = stage.complete(&task, &json!(STEPS));
    let history = stage.history("it");
    let last = history.last().map(|record| &record.event);
    let Some(Event::RunCompleted { output, .. }) = last else {
        panic!(
            "the run ends with {last:?}, blocked because of {:?}",
            stage.blocked("it")
        )
    };
    let output = output.as_ref().map(Payload::to_string);
    assert_eq!(output, Some((STEPS + 1).to_string()));
}

/// What a fresh guest occupies that has been told of all this, and has asked for all of it again.
fn replayed(module: &'static str, history: &[Record]) -> usize {
    let (modules, index) = guests::load(module);
    let digest = index.current("", "").expect("there is one module");
    let mut guest = modules.instantiate(&digest).expect("a guest");
    if let Err(error) = replay(&mut guest, history.to_vec()) {
        panic!("{error}");
    }
    guest.resident_bytes()
}
