//! SIGKILL at every boundary of commit and effect: the server dies immediately before each commit of a scenario, and
//! immediately after it. Another one takes up what is left, and in the end nobody can tell that it ever happened.

use super::mortal::{Death, Moment, Mortal};
use super::scenario::{self, Histories};
use super::worker::{Ledger, work};
use crate::support::client::Client;
use crate::support::modules;
use crate::support::server::free_address;
use futures::{FutureExt, StreamExt, stream};
use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;

/// Set it to `before:7` or `after:7` to die at that boundary only.
const KILL_AT: &str = "MAINSPRING_KILL_AT";
/// Servers that live at once. Much of a case is waiting: for a process, for an attempt that was lost.
const AT_ONCE: usize = 4;
/// Fewer commits than this, and the scenario is not what it was.
const COMMITS_MIN: u32 = 20;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_boundary_of_commit_and_effect_survives_a_kill() {
    let addresses = addresses();
    let template = template(addresses[0]).await;
    let undisturbed = case(&template, addresses[0], None).await;
    assert!(!undisturbed.has_died);

    if let Ok(only) = std::env::var(KILL_AT) {
        let death = Death::read(&only).unwrap_or_else(|| panic!("{KILL_AT} is before:N or after:N, not {only}"));
        let disturbed = case(&template, addresses[0], Some(death)).await;
        assert_eq!(disturbed.histories, undisturbed.histories);
        assert!(disturbed.has_died, "there is no commit {}", death.commit);
        return;
    }

    let deaths = (1..).flat_map(|commit| [Moment::Before, Moment::After].map(|moment| Death { moment, commit }));
    let cases = stream::iter(deaths.zip(addresses.iter().cycle())).map(|(death, address)| {
        let (template, undisturbed) = (&template, &undisturbed.histories);
        let case = async move {
            let disturbed = case(template, *address, Some(death)).await;
            assert_eq!(disturbed.histories, *undisturbed, "not what it is when nobody dies");
            disturbed.has_died.then_some(death)
        };
        AssertUnwindSafe(case).catch_unwind().map(move |ended| {
            ended.unwrap_or_else(|panic| {
                eprintln!("the server died at {death}, and that was noticed; to see it again:");
                eprintln!("  {KILL_AT}={death} cargo xtask test --quick every_boundary");
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
    assert!(commits >= COMMITS_MIN, "the scenario has only {commits} commits");
}

/// What came of playing the scenario.
struct Outcome {
    histories: Histories,
    has_died: bool,
}

async fn case(template: &Mortal, address: SocketAddr, death: Option<Death>) -> Outcome {
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
    let histories = tokio::select! {
        histories = scenario::play(&client) => histories,
        // Two: while one reports, the other takes what should not be there.
        never = work(&client, &ledger, 0) => never,
        never = work(&client, &ledger, 1) => never,
        never = once_more => never,
    };
    ledger.repeats_nothing();
    Outcome { histories, has_died }
}

/// A dead server that has the module: compiled once for all cases.
async fn template(address: SocketAddr) -> Mortal {
    let mut server = Mortal::start(address);
    server.answers().await;
    let pushed = server.client().push("test_guests", modules::read("test_guests")).await;
    pushed.expect("the module is taken");
    server.kill();
    server
}

fn addresses() -> Vec<SocketAddr> {
    let mut addresses = BTreeSet::new();
    while addresses.len() < AT_ONCE {
        addresses.insert(free_address());
    }
    addresses.into_iter().collect()
}
