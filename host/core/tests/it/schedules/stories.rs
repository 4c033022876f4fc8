//! What becomes of a schedule's times.

use super::script::story;
use insta::assert_snapshot;

#[test]
fn what_overlaps_is_skipped() {
    assert_snapshot!(story("every 10s; wait 30s; completes; wait 10s"), @"
    > every 10s
    > wait 30s
      10s: start report-2024-01-01T00:00:10Z
    > completes
    > wait 10s
      40s: start report-2024-01-01T00:00:40Z
    2 started, 2 overlapped, 0 missed, 0 dropped; 1 running, 0 waiting
    ");
}

#[test]
fn one_start_waits() {
    assert_snapshot!(story("every 10s overlap=buffer-one; wait 30s; completes; completes; wait 10s"), @"
    > every 10s overlap=buffer-one
    > wait 30s
      10s: start report-2024-01-01T00:00:10Z
    > completes
      30s: start report-2024-01-01T00:00:20Z, 10000 ms late
    > completes
    > wait 10s
      40s: start report-2024-01-01T00:00:40Z
    3 started, 1 overlapped, 0 missed, 0 dropped; 1 running, 0 waiting
    ");
}

#[test]
fn all_starts_wait() {
    assert_snapshot!(story("every 10s overlap=buffer-all; wait 30s; completes; completes; completes; wait 5s"), @"
    > every 10s overlap=buffer-all
    > wait 30s
      10s: start report-2024-01-01T00:00:10Z
    > completes
      30s: start report-2024-01-01T00:00:20Z, 10000 ms late
    > completes
      30s: start report-2024-01-01T00:00:30Z
    > completes
    > wait 5s
    3 started, 0 overlapped, 0 missed, 0 dropped; 0 running, 0 waiting
    ");
}

#[test]
fn another_run_is_cancelled_once_and_the_last_start_follows_it() {
    assert_snapshot!(story("every 10s overlap=cancel-other; wait 30s; is-cancelled; wait 5s"), @"
    > every 10s overlap=cancel-other
    > wait 30s
      10s: start report-2024-01-01T00:00:10Z
      20s: cancel report-2024-01-01T00:00:10Z
    > is-cancelled
      30s: start report-2024-01-01T00:00:30Z
    > wait 5s
    2 started, 1 overlapped, 0 missed, 0 dropped; 1 running, 0 waiting
    ");
}

#[test]
fn another_run_is_terminated() {
    assert_snapshot!(story("every 10s overlap=terminate-other; wait 20s; is-cancelled; wait 5s"), @"
    > every 10s overlap=terminate-other
    > wait 20s
      10s: start report-2024-01-01T00:00:10Z
      20s: terminate report-2024-01-01T00:00:10Z
    > is-cancelled
      20s: start report-2024-01-01T00:00:20Z
    > wait 5s
    2 started, 0 overlapped, 0 missed, 0 dropped; 1 running, 0 waiting
    ");
}

#[test]
fn runs_may_overlap() {
    assert_snapshot!(story("every 10s overlap=allow-all; wait 30s; completes; fails; wait 10s"), @"
    > every 10s overlap=allow-all
    > wait 30s
      10s: start report-2024-01-01T00:00:10Z
      20s: start report-2024-01-01T00:00:20Z
      30s: start report-2024-01-01T00:00:30Z
    > completes
    > fails
    > wait 10s
      40s: start report-2024-01-01T00:00:40Z
    4 started, 0 overlapped, 0 missed, 0 dropped; 2 running, 0 waiting
    ");
}

#[test]
fn a_trigger_has_its_own_policy() {
    assert_snapshot!(story("every 1h; wait 5s; trigger; wait 5s; trigger; wait 5s; trigger allow-all"), @"
    > every 1h
    > wait 5s
    > trigger
      5s: start report-2024-01-01T00:00:05Z
    > wait 5s
    > trigger
    > wait 5s
    > trigger allow-all
      15s: start report-2024-01-01T00:00:15Z
    2 started, 1 overlapped, 0 missed, 0 dropped; 2 running, 0 waiting
    ");
}

#[test]
fn what_was_due_while_nobody_looked_is_done_once_and_in_order() {
    assert_snapshot!(story("every 10s overlap=buffer-all; down 35s; completes; completes"), @"
    > every 10s overlap=buffer-all
    > down 35s
      35s: start report-2024-01-01T00:00:10Z, 25000 ms late
    > completes
      35s: start report-2024-01-01T00:00:20Z, 15000 ms late
    > completes
      35s: start report-2024-01-01T00:00:30Z, 5000 ms late
    3 started, 0 overlapped, 0 missed, 0 dropped; 1 running, 0 waiting
    ");
}

#[test]
fn what_is_too_old_is_missed() {
    assert_snapshot!(story("every 10s overlap=allow-all catch-up=15s; down 45s; wait 5s"), @"
    > every 10s overlap=allow-all catch-up=15s
    > down 45s
      45s: start report-2024-01-01T00:00:30Z, 15000 ms late
      45s: start report-2024-01-01T00:00:40Z, 5000 ms late
    > wait 5s
      50s: start report-2024-01-01T00:00:50Z
    3 started, 0 overlapped, 2 missed, 0 dropped; 3 running, 0 waiting
    ");
}

#[test]
fn of_more_than_can_be_dealt_with_at_once_nothing_is_lost() {
    assert_snapshot!(story("every 1s; down 1h"), @"
    > every 1s
    > down 1h
      3600s: start report-2024-01-01T00:00:01Z, 3599000 ms late
    1 started, 3599 overlapped, 0 missed, 0 dropped; 1 running, 0 waiting
    ");
}

#[test]
fn more_than_can_wait_is_dropped_and_counted() {
    assert_snapshot!(story("every 1s overlap=buffer-all; down 1h"), @"
    > every 1s overlap=buffer-all
    > down 1h
      3600s: start report-2024-01-01T00:00:01Z, 3599000 ms late
    1 started, 0 overlapped, 0 missed, 2599 dropped; 1 running, 1000 waiting
    ");
}

#[test]
fn a_pause_lets_times_pass() {
    assert_snapshot!(story("every 10s; wait 5s; pause; wait 30s; trigger; go; wait 10s"), @"
    > every 10s
    > wait 5s
    > pause
    > wait 30s
    > trigger
      35s: start report-2024-01-01T00:00:35Z
    > go
    > wait 10s
    1 started, 1 overlapped, 0 missed, 0 dropped; 1 running, 0 waiting
    ");
}

#[test]
fn what_was_due_before_a_pause_is_done() {
    assert_snapshot!(story("every 10s overlap=allow-all; down 25s; pause; wait 20s"), @"
    > every 10s overlap=allow-all
    > down 25s
      25s: start report-2024-01-01T00:00:10Z, 15000 ms late
      25s: start report-2024-01-01T00:00:20Z, 5000 ms late
    > pause
    > wait 20s
    2 started, 0 overlapped, 0 missed, 0 dropped; 2 running, 0 waiting; paused
    ");
}

#[test]
fn a_failure_pauses_and_what_waits_is_forfeited() {
    assert_snapshot!(
        story("every 10s overlap=buffer-all pause-on-failure; wait 30s; fails; wait 30s; go; wait 10s; times-out"),
        @"
    > every 10s overlap=buffer-all pause-on-failure
    > wait 30s
      10s: start report-2024-01-01T00:00:10Z
    > fails
      30s: paused due to workflow failure: report-2024-01-01T00:00:10Z: out of paper
    > wait 30s
    > go
    > wait 10s
      70s: start report-2024-01-01T00:01:10Z after out of paper
    > times-out
      70s: paused due to workflow timeout: report-2024-01-01T00:01:10Z
    2 started, 0 overlapped, 0 missed, 0 dropped; 0 running, 0 waiting; paused
    "
    );
}

#[test]
fn the_next_run_knows_of_a_failure() {
    assert_snapshot!(story("every 10s; wait 10s; fails; wait 10s; completes; wait 10s"), @"
    > every 10s
    > wait 10s
      10s: start report-2024-01-01T00:00:10Z
    > fails
    > wait 10s
      20s: start report-2024-01-01T00:00:20Z after out of paper
    > completes
    > wait 10s
      30s: start report-2024-01-01T00:00:30Z
    3 started, 0 overlapped, 0 missed, 0 dropped; 1 running, 0 waiting
    ");
}

#[test]
fn a_limit_is_for_what_nobody_asks_for() {
    assert_snapshot!(story("every 10s overlap=allow-all limit=2; wait 10s; trigger; wait 40s; trigger"), @"
    > every 10s overlap=allow-all limit=2
    > wait 10s
      10s: start report-2024-01-01T00:00:10Z
    > trigger
      10s: start report-2024-01-01T00:00:10Z
    > wait 40s
      20s: start report-2024-01-01T00:00:20Z
    > trigger
      50s: start report-2024-01-01T00:00:50Z
    4 started, 0 overlapped, 0 missed, 0 dropped; 4 running, 0 waiting; 0 left
    ");
}

#[test]
fn what_is_skipped_does_not_count_for_the_limit() {
    assert_snapshot!(story("every 10s limit=2; wait 30s; completes; wait 10s"), @"
    > every 10s limit=2
    > wait 30s
      10s: start report-2024-01-01T00:00:10Z
    > completes
    > wait 10s
      40s: start report-2024-01-01T00:00:40Z
    2 started, 2 overlapped, 0 missed, 0 dropped; 1 running, 0 waiting; 0 left
    ");
}

#[test]
fn a_backfill_goes_through_a_span_with_both_its_ends() {
    assert_snapshot!(story("every 10s limit=0; wait 100s; backfill 10..30 allow-all"), @"
    > every 10s limit=0
    > wait 100s
    > backfill 10..30 allow-all
      100s: start report-2024-01-01T00:00:10Z, 90000 ms late
      100s: start report-2024-01-01T00:00:20Z, 80000 ms late
      100s: start report-2024-01-01T00:00:30Z, 70000 ms late
    3 started, 0 overlapped, 0 missed, 0 dropped; 3 running, 0 waiting; 0 left
    ");
}

#[test]
fn a_backfill_may_wait_for_its_runs() {
    assert_snapshot!(story("every 10s limit=0; wait 100s; backfill 10..20 buffer-all; completes; completes"), @"
    > every 10s limit=0
    > wait 100s
    > backfill 10..20 buffer-all
      100s: start report-2024-01-01T00:00:10Z, 90000 ms late
    > completes
      100s: start report-2024-01-01T00:00:20Z, 80000 ms late
    > completes
    2 started, 0 overlapped, 0 missed, 0 dropped; 0 running, 0 waiting; 0 left
    ");
}

#[test]
fn a_long_backfill_is_gone_through_piece_by_piece() {
    assert_snapshot!(story("every 1s limit=0; wait 3000s; backfill 1..2500"), @"
    > every 1s limit=0
    > wait 3000s
    > backfill 1..2500
      3000s: start report-2024-01-01T00:00:01Z, 2999000 ms late
    1 started, 2499 overlapped, 0 missed, 0 dropped; 1 running, 0 waiting; 0 left
    ");
}

#[test]
fn an_update_counts_from_now_on() {
    assert_snapshot!(story("every 10s; wait 25s; every 7s; wait 5s; completes; wait 7s"), @"
    > every 10s
    > wait 25s
      10s: start report-2024-01-01T00:00:10Z
    > every 7s
    > wait 5s
    > completes
    > wait 7s
      32s: start report-2024-01-01T00:00:32Z
    2 started, 1 overlapped, 0 missed, 0 dropped; 1 running, 0 waiting
    ");
}

#[test]
fn a_workflow_id_may_be_kept() {
    assert_snapshot!(story("every 10s keep-id; wait 10s; completes; wait 10s"), @"
    > every 10s keep-id
    > wait 10s
      10s: start report
    > completes
    > wait 10s
      20s: start report
    2 started, 0 overlapped, 0 missed, 0 dropped; 1 running, 0 waiting
    ");
}

#[test]
fn what_is_not_started_says_why_and_hinders_nobody() {
    assert_snapshot!(story("every 10s overlap=buffer-all; refuse; wait 20s; accept; wait 10s; completes; refuse; wait 10s"), @r#"
    > every 10s overlap=buffer-all
    > refuse
    > wait 20s
      10s: start report-2024-01-01T00:00:10Z
      20s: start report-2024-01-01T00:00:20Z
    > accept
    > wait 10s
      30s: start report-2024-01-01T00:00:30Z
    > completes
    > refuse
    > wait 10s
      40s: start report-2024-01-01T00:00:40Z
    1 started, 0 overlapped, 0 missed, 0 dropped; 0 running, 0 waiting
    workflow "report-2024-01-01T00:00:40Z" was not started: the workflow id is in use, or was used
    "#);
}

#[test]
fn a_schedule_comes_to_its_end() {
    assert_snapshot!(story("every 10s overlap=allow-all until=25; wait 60s"), @"
    > every 10s overlap=allow-all until=25
    > wait 60s
      10s: start report-2024-01-01T00:00:10Z
      20s: start report-2024-01-01T00:00:20Z
    2 started, 0 overlapped, 0 missed, 0 dropped; 2 running, 0 waiting
    ");
}
