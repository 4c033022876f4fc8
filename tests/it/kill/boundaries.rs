//! SIGKILL at every boundary of commit and effect: the server dies immediately before each commit of a scenario, and
//! immediately after it. Another one takes up what is left, and in the end nobody can tell that it ever happened.

use super::mortal::{Death, Moment, Mortal};
use super::remains::{Detail, Remains};
use super::scenario::{self, Workflows};
use super::worker::{Ledger, work};
use crate::support::client::Client;
use crate::support::modules;
use crate::support::ports::free_address;
use futures::{FutureExt, StreamExt, stream};
use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;

/// Set it to `before:7` or `after:7` to die at that boundary only.
const KILL_AT: &str = "MAINSPRING_KILL_AT";
/// The tests' workflows, of which one does two things in the wrong order.
pub(super) const SWAPPED: &str = "test_guests_swapped";
/// Servers that live at once. Much of a case is waiting: for a process, for an attempt that was lost.
const AT_ONCE: usize = 4;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_boundary_of_activities_and_timers() {
    // Each of its steps waits for the one before, so what comes together is always the same.
    walk(scenario::activities, Detail::Activations, 20).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_boundary_of_cancellations() {
    walk(scenario::cancellations, Detail::Events, 10).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_boundary_of_children() {
    walk(scenario::children, Detail::Events, 15).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_boundary_of_children_left_behind() {
    walk(scenario::children_left_behind, Detail::Events, 10).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_boundary_of_chains() {
    walk(scenario::chains, Detail::Events, 10).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_boundary_of_chains_by_schedule() {
    walk(scenario::chains_by_schedule, Detail::Events, 5).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_boundary_of_updates_and_signals() {
    walk(scenario::updates_and_signals, Detail::Events, 10).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_boundary_of_pauses() {
    walk(scenario::pauses, Detail::Events, 8).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_boundary_of_limits() {
    walk(scenario::limits, Detail::Events, 12).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_boundary_of_messages_between_workflows() {
    walk(scenario::messages_between_workflows, Detail::Events, 15).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_boundary_of_descriptions_and_patches() {
    walk(scenario::descriptions, Detail::Events, 4).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_boundary_of_resets() {
    walk(scenario::resets, Detail::Events, 15).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_boundary_of_schedules() {
    walk(scenario::schedules, Detail::Events, 15).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_boundary_of_activities_elsewhere() {
    walk(scenario::activities_elsewhere, Detail::Events, 10).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_boundary_of_cancelled_activities() {
    walk(scenario::cancelled_activities, Detail::Events, 15).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_boundary_of_scopes() {
    walk(scenario::scopes, Detail::Events, 6).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_boundary_of_cancelled_children() {
    walk(scenario::cancelled_children, Detail::Events, 15).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_boundary_of_chains_with_signals() {
    walk(scenario::chains_with_signals, Detail::Events, 4).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_boundary_of_updates_in_stages() {
    walk(scenario::updates_in_stages, Detail::Events, 5).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_boundary_of_signals_before_their_handler() {
    walk(scenario::signals_before_their_handler, Detail::Events, 8).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_boundary_of_deletions() {
    walk(scenario::deletions, Detail::Events, 8).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_boundary_of_batches() {
    walk(scenario::batches, Detail::Events, 8).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_boundary_of_pauses_by_operators() {
    walk(scenario::pauses_by_operators, Detail::Events, 6).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_boundary_of_schedules_that_overlap() {
    walk(scenario::schedules_that_overlap, Detail::Events, 15).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_boundary_of_schedules_that_change() {
    walk(scenario::schedules_that_change, Detail::Events, 10).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_boundary_of_activities_that_fail() {
    walk(scenario::activities_that_fail, Detail::Events, 8).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_boundary_of_children_in_chains() {
    walk(scenario::children_in_chains, Detail::Events, 10).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_boundary_of_ids_that_are_used_again() {
    walk(scenario::ids_that_are_used_again, Detail::Events, 2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_boundary_of_updates_that_fail() {
    walk(scenario::updates_that_fail, Detail::Events, 6).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_boundary_of_resets_of_runs_that_were_followed() {
    walk(scenario::resets_of_runs_that_were_followed, Detail::Events, 8).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_boundary_of_schedules_that_fail() {
    walk(scenario::schedules_that_fail, Detail::Events, 4).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_boundary_of_resets_to_a_mended_module() {
    // By the same name, so that the one takes the place of the other.
    walk_with(SWAPPED, scenario::resets_to_a_mended_module, Detail::Events, 10).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_boundary_of_workflows_in_typescript() {
    walk_with("typescript_golden", scenario::languages, Detail::Events, 10).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_boundary_of_workflows_in_python() {
    walk_with("python_golden", scenario::languages, Detail::Events, 10).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_boundary_of_workflows_in_go() {
    walk_with("go_guests", scenario::go, Detail::Events, 12).await;
}

async fn walk(play: impl AsyncFn(&Client) -> Workflows, detail: Detail, commits_min: u32) {
    walk_with("test_guests", play, detail, commits_min).await;
}

/// Plays the scenario with the workflows of that module, once undisturbed, and then once for each boundary. With fewer
/// commits than `commits_min`, the scenario is not what it was.
async fn walk_with(module: &str, play: impl AsyncFn(&Client) -> Workflows, detail: Detail, commits_min: u32) {
    let addresses = addresses();
    let template = template(module, addresses[0]).await;
    let undisturbed = Box::pin(case(&template, addresses[0], None, &play)).await;
    assert!(!undisturbed.has_died);
    let undisturbed = undisturbed.remains.tell(detail);

    if let Ok(only) = std::env::var(KILL_AT) {
        let death = Death::read(&only).unwrap_or_else(|| panic!("{KILL_AT} is before:N or after:N, not {only}"));
        let disturbed = Box::pin(case(&template, addresses[0], Some(death), &play)).await;
        disturbed.remains.assert_told(&undisturbed, detail);
        assert!(disturbed.has_died, "there is no commit {}", death.commit);
        return;
    }

    let deaths = (1..).flat_map(|commit| [Moment::Before, Moment::After].map(|moment| Death { moment, commit }));
    let cases = stream::iter(deaths.zip(addresses.iter().cycle())).map(|(death, address)| {
        let (template, play, undisturbed) = (&template, &play, &undisturbed);
        let case = async move {
            let disturbed = Box::pin(case(template, *address, Some(death), play)).await;
            disturbed.remains.assert_told(undisturbed, detail);
            disturbed.has_died.then_some(death)
        };
        AssertUnwindSafe(case).catch_unwind().map(move |ended| {
            ended.unwrap_or_else(|panic| {
                let test = std::thread::current().name().unwrap_or_default().to_owned();
                eprintln!("the server died at {death}, and that was noticed; to see it again:");
                eprintln!("  {KILL_AT}={death} cargo xtask test --quick {test}");
                std::panic::resume_unwind(panic)
            })
        })
    });
    // In order, with as many addresses as cases at once: an address is free when its turn comes again. The first
    // server that survives has seen all commits there are.
    let visited = cases
        .buffered(AT_ONCE)
        .take_while(|died| std::future::ready(died.is_some()));
    let last = visited.fold(None, |_, died| std::future::ready(died)).await;
    let commits = last.map_or(0, |death| death.commit);
    assert!(commits >= commits_min, "the scenario has only {commits} commits");
}

/// What came of playing a scenario.
struct Outcome {
    remains: Remains,
    has_died: bool,
}

async fn case(
    template: &Mortal,
    address: SocketAddr,
    death: Option<Death>,
    play: &impl AsyncFn(&Client) -> Workflows,
) -> Outcome {
    let mut server = template.start_copy(address, death);
    let client = Client::new(address);
    let ledger = Ledger::default();
    let mut has_died = false;
    let once_more = async {
        server.death().await;
        has_died = true;
        server.start_again();
        server.death().await;
        panic!("the server was not told to die again");
    };
    // On the heap: a scenario makes many calls, and a test's thread has a small stack.
    let remains = Box::pin(async {
        let workflows = play(&client).await;
        Remains::of(&client, workflows).await
    });
    let remains = tokio::select! {
        remains = remains => remains,
        // Two: while one reports, the other takes what should not be there.
        never = Box::pin(work(&client, &ledger, 0)) => never,
        never = Box::pin(work(&client, &ledger, 1)) => never,
        never = once_more => never,
    };
    ledger.repeats_nothing();
    ledger.agrees_with(&remains);
    Outcome { remains, has_died }
}
/// A dead server that has the module: compiled once for all cases.
async fn template(module: &str, address: SocketAddr) -> Mortal {
    let mut server = Mortal::start(address);
    server.answers().await;
    let pushed = server.client().push(module, modules::read(module)).await;
    pushed.expect("the module is taken");
    server.kill();
    server
}

fn addresses() -> Vec<SocketAddr> {
    std::iter::repeat_with(free_address).take(AT_ONCE).collect()
}
