//! The host in one thread, on a virtual clock, with a seeded scheduler and seeded faults.
//!
//! Shards, store and guests are the real ones; the seed decides what happens next: who calls, which worker takes or
//! drops or repeats what, when a commit lands, when the host crashes and how much of what was under way had reached
//! the disk. The same seed gives the same bytes.

mod clients;
mod conversations;
mod deleting;
mod operators;
mod resets;
mod schedules;
mod workers;
mod world;

use world::World;

/// Runs this many seeds, from 0 on. Set `MAINSPRING_SEED` to run one again, and see what it does.
const SEEDS: u64 = 1_000;
const SEED: &str = "MAINSPRING_SEED";

#[test]
fn a_thousand_seeds_lose_nothing_and_repeat_nothing() {
    if let Some(seed) = std::env::var(SEED).ok().and_then(|seed| seed.parse().ok()) {
        println!("{}", World::new(seed).run().story);
        return;
    }
    let mut crashes = 0;
    for seed in 0..SEEDS {
        crashes += run(seed).crashes;
    }
    assert!(crashes > SEEDS, "the seeds hardly ever crash the host: {crashes} times");
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    for seed in 0..50 {
        let (first, second) = (run(seed), run(seed));
        assert_eq!(first.story, second.story, "seed {seed} tells two stories");
        assert_eq!(first.digest, second.digest, "seed {seed} leaves different histories");
    }
}

#[test]
fn closed_runs_go_when_their_time_is_over_and_deleted_ones_at_once() {
    for seed in 0..100 {
        let running = std::panic::catch_unwind(|| deleting::run(seed));
        running.unwrap_or_else(|panic| {
            eprintln!("seed {seed} fails");
            std::panic::resume_unwind(panic)
        });
    }
}

fn run(seed: u64) -> world::Outcome {
    let running = std::panic::AssertUnwindSafe(|| World::new(seed).run());
    std::panic::catch_unwind(running).unwrap_or_else(|panic| {
        eprintln!("seed {seed} fails; to see it again:");
        eprintln!("  {SEED}={seed} cargo xtask test --quick a_thousand_seeds");
        std::panic::resume_unwind(panic)
    })
}
