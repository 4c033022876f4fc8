//! SIGKILL while a namespace is removed: all that is in it goes, and nothing else.

use super::calls;
use crate::support::client::{NAMESPACE, start_request};
use crate::support::modules;
use crate::support::patience::until;
use crate::support::server::Server;
use futures::{StreamExt, stream};
use mainspring::store::Store;
use mainspring::store::redb::{Options, RedbStore};
use mainspring::store::search::{Condition, RunQuery};
use mainspring_core::RunId;
use serde_json::json;
use std::process::Output;
use std::time::Duration;

const SEED: u64 = 11;
const RUNS: usize = 700;
const SCHEDULES: usize = 3;
const KILLS: u32 = 4;
const AT_ONCE: usize = 32;
const OTHER: &str = "other";

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_namespace_goes_with_everything_in_it() {
    let mut server = Server::start().await;
    let client = server.client();
    let pushed = client.push("test_guests", modules::read("test_guests")).await;
    pushed.expect("the module is taken");
    calls::start(&client, "sleeper", "of-the-default", &json!(3_600_000)).await;
    done(server.command(&["task-queue", "set", "work", "--rate", "100"]));
    fill(&server).await;

    let refused = server.command(&["namespace", "delete", "default", "--yes"]);
    assert!(said(&refused).contains("cannot be removed"), "{refused:?}");
    let unsure = server.command(&["namespace", "delete", OTHER]);
    assert!(said(&unsure).contains("--yes"), "{unsure:?}");
    done(server.command(&["namespace", "delete", OTHER, "--yes"]));
    let mut moments = fastrand::Rng::with_seed(SEED);
    for _ in 0..KILLS {
        // It is gone at once, and stays so.
        for command in [&["workflow", "list"][..], &["module", "list"], &["schedule", "list"]] {
            let refused = server.command(&[command, &["--namespace", OTHER]].concat());
            assert!(said(&refused).contains("not found"), "{refused:?}");
        }
        let again = server.command(&["namespace", "delete", OTHER, "--yes"]);
        assert!(said(&again).contains("not found"), "{again:?}");
        tokio::time::sleep(Duration::from_millis(moments.u64(1..200))).await;
        server.kill();
        server.start_again().await;
    }
    until("its name can be used again", async || {
        let created = server.command(&["namespace", "create", OTHER]);
        let is_too_early = said(&created).contains("still being removed");
        assert!(is_too_early || created.status.success(), "{created:?}");
        created.status.success().then_some(())
    })
    .await;
    server.kill();

    let store = RedbStore::open(&server.data(), Options::default()).expect("it opens");
    assert_eq!(runs(&store, OTHER), []);
    assert_eq!(runs(&store, NAMESPACE).len(), 1);
    assert_eq!(store.schedules(OTHER, None, 1).expect("it is read"), []);
    let modules = store.modules().expect("they are read");
    assert!(
        modules.iter().all(|version| version.namespace == NAMESPACE),
        "{modules:?}"
    );
    let component = store.component(&modules[0].digest).expect("it is read");
    assert!(component.is_some(), "both had the same component, and one still has it");
    let queues = store.task_queues().expect("they are read");
    assert!(
        queues.iter().all(|queue| queue.namespace == NAMESPACE) && queues.len() == 1,
        "{queues:?}"
    );
}

/// A namespace with some of everything.
async fn fill(server: &Server) {
    let in_other = |command: &[&str]| done(server.command(&[command, &["--namespace", OTHER]].concat()));
    done(server.command(&["namespace", "create", OTHER]));
    let module = modules::path("test_guests");
    in_other(&["module", "push", &module.display().to_string()]);
    in_other(&["task-queue", "set", "work", "--rate", "10"]);
    for number in 0..SCHEDULES {
        let id = format!("schedule-{number}");
        let spec = [
            "--every",
            "1s",
            "--type",
            "echo",
            "--task-queue",
            "work",
            "--input",
            "1",
        ];
        in_other(&[&["schedule", "create", &id][..], &spec].concat());
    }
    let client = server.client();
    let start = async |number: usize| {
        let workflow_type = ["sleeper", "collector"][number % 2];
        let mut request = start_request(workflow_type, &format!("run-{number}"), "work", &json!(3_600_000));
        request.namespace = OTHER.into();
        client.start(request).await.expect("it is started");
    };
    stream::iter(0..RUNS).for_each_concurrent(AT_ONCE, start).await;
}

fn runs(store: &RedbStore, namespace: &str) -> Vec<RunId> {
    let query = RunQuery {
        namespace: namespace.into(),
        condition: Condition::EVERYTHING,
        before: None,
        limit: 10 * RUNS,
    };
    let found = store.find_runs(&query).expect("they are read").runs;
    found.into_iter().map(|run| run.execution.run_id).collect()
}

fn done(output: Output) {
    assert!(output.status.success(), "{output:?}");
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}
