//! Children: their start, their end, and what is left of them when their parent closes.

use crate::script::story;
use insta::assert_snapshot;

#[test]
fn a_child_completes() {
    let told = story(
        "start; activate: child ship input=1; activate:; started ship; activate:; completed ship 7;
         activate: complete",
    );
    assert_snapshot!(told, @"
    > start
      1 RunStarted at 0s order
    > activate: child ship input=1
      told: start order at 0s
      2 Activated at 0s
      3 ChildInitiated at 0s #1 ship
      to RUN/1: start ship ..f57e
    > activate:
      there is nothing to tell the guest
    > started ship
      4 ChildStarted at 0s #1 ..0202
    > activate:
      told: #1 started as RUN/1 ..0202
      5 Activated at 0s
    > completed ship 7
      6 ChildClosed at 0s #1 completed with 7
    > activate: complete
      told: #1 completed with 7
      7 Activated at 0s
      8 RunCompleted at 0s
      announce: Completed
    ");
}

#[test]
fn a_child_fails() {
    let told = story("start; activate: child ship id=ship-1; started ship; failed ship sank; activate:");
    assert_snapshot!(told, @r#"
    > start
      1 RunStarted at 0s order
    > activate: child ship id=ship-1
      told: start order at 0s
      2 Activated at 0s
      3 ChildInitiated at 0s #1 ship
      to ship-1: start ship ..f57e
    > started ship
      4 ChildStarted at 0s #1 ..0202
    > failed ship sank
      5 ChildClosed at 0s #1 failed: sank (MaximumAttemptsReached)
    > activate:
      told: #1 started as ship-1 ..0202
      told: #1 failed: child workflow error [ship "ship-1", MaximumAttemptsReached]: sank
      6 Activated at 0s
    "#);
}

#[test]
fn a_child_is_cancelled_by_others() {
    let told = story("start; activate: child ship; started ship; ended-cancelled ship why; activate:");
    assert_snapshot!(told, @r#"
    > start
      1 RunStarted at 0s order
    > activate: child ship
      told: start order at 0s
      2 Activated at 0s
      3 ChildInitiated at 0s #1 ship
      to RUN/1: start ship ..f57e
    > started ship
      4 ChildStarted at 0s #1 ..0202
    > ended-cancelled ship why
      5 ChildClosed at 0s #1 cancelled why
    > activate:
      told: #1 started as RUN/1 ..0202
      told: #1 cancelled: child workflow error [ship "RUN/1", CancelRequested]: child workflow cancelled
      6 Activated at 0s
    "#);
}

#[test]
fn a_child_is_terminated() {
    let told = story("start; activate: child ship; started ship; terminated ship; activate:");
    assert_snapshot!(told, @r#"
    > start
      1 RunStarted at 0s order
    > activate: child ship
      told: start order at 0s
      2 Activated at 0s
      3 ChildInitiated at 0s #1 ship
      to RUN/1: start ship ..f57e
    > started ship
      4 ChildStarted at 0s #1 ..0202
    > terminated ship
      5 ChildClosed at 0s #1 terminated
    > activate:
      told: #1 started as RUN/1 ..0202
      told: #1 failed: child workflow error [ship "RUN/1", Unspecified]: child workflow terminated
      6 Activated at 0s
    "#);
}

#[test]
fn a_child_times_out() {
    let told = story("start; activate: child ship; started ship; timed-out ship; activate:");
    assert_snapshot!(told, @r#"
    > start
      1 RunStarted at 0s order
    > activate: child ship
      told: start order at 0s
      2 Activated at 0s
      3 ChildInitiated at 0s #1 ship
      to RUN/1: start ship ..f57e
    > started ship
      4 ChildStarted at 0s #1 ..0202
    > timed-out ship
      5 ChildClosed at 0s #1 timed out (RetryPolicyNotSet)
    > activate:
      told: #1 started as RUN/1 ..0202
      told: #1 failed: child workflow error [ship "RUN/1", RetryPolicyNotSet]: child workflow timed out
      6 Activated at 0s
    "#);
}

#[test]
fn a_childs_workflow_id_is_in_use() {
    let told = story(
        "start; activate: child ship id=ship-1; in-use ship; activate:; started ship; completed ship;
         activate:",
    );
    assert_snapshot!(told, @"
    > start
      1 RunStarted at 0s order
    > activate: child ship id=ship-1
      told: start order at 0s
      2 Activated at 0s
      3 ChildInitiated at 0s #1 ship
      to ship-1: start ship ..f57e
    > in-use ship
      4 ChildNotStarted at 0s #1: WorkflowIdInUse
    > activate:
      told: #1 not started: its workflow id is in use
      5 Activated at 0s
    > started ship
    > completed ship
    > activate:
      there is nothing to tell the guest
    ");
}

#[test]
fn a_child_cannot_be_started() {
    let told = story("start; activate: child ship; not-started ship no-such-type; activate:");
    assert_snapshot!(told, @r#"
    > start
      1 RunStarted at 0s order
    > activate: child ship
      told: start order at 0s
      2 Activated at 0s
      3 ChildInitiated at 0s #1 ship
      to RUN/1: start ship ..f57e
    > not-started ship no-such-type
      4 ChildNotStarted at 0s #1: Refused("no-such-type")
    > activate:
      told: #1 not started: child workflow error [ship "RUN/1", NonRetryableFailure]: no-such-type
      5 Activated at 0s
    "#);
}

#[test]
fn what_is_told_twice_is_taken_once() {
    let told = story(
        "start; activate: child ship; started ship; started ship; in-use ship; completed ship;
         completed ship; started ship; failed ship; delivered ship; activate:",
    );
    assert_snapshot!(told, @"
    > start
      1 RunStarted at 0s order
    > activate: child ship
      told: start order at 0s
      2 Activated at 0s
      3 ChildInitiated at 0s #1 ship
      to RUN/1: start ship ..f57e
    > started ship
      4 ChildStarted at 0s #1 ..0202
    > started ship
    > in-use ship
    > completed ship
      5 ChildClosed at 0s #1 completed
    > completed ship
    > started ship
    > failed ship
    > delivered ship
    > activate:
      told: #1 started as RUN/1 ..0202
      told: #1 completed
      6 Activated at 0s
    ");
}

#[test]
fn the_end_does_not_come_before_the_start() {
    let told = story("start; activate: child ship; completed ship; started ship; completed ship; activate:");
    assert_snapshot!(told, @"
    > start
      1 RunStarted at 0s order
    > activate: child ship
      told: start order at 0s
      2 Activated at 0s
      3 ChildInitiated at 0s #1 ship
      to RUN/1: start ship ..f57e
    > completed ship
      refused: the child is not known to have started; its end is to be told after that
    > started ship
      4 ChildStarted at 0s #1 ..0202
    > completed ship
      5 ChildClosed at 0s #1 completed
    > activate:
      told: #1 started as RUN/1 ..0202
      told: #1 completed
      6 Activated at 0s
    ");
}

#[test]
fn try_after_the_start() {
    let told = story(
        "start; activate: child ship try; started ship; activate: cancel ship; activate:; delivered ship;
         activate:; ended-cancelled ship; activate:",
    );
    assert_snapshot!(told, @r#"
    > start
      1 RunStarted at 0s order
    > activate: child ship try
      told: start order at 0s
      2 Activated at 0s
      3 ChildInitiated at 0s #1 ship (TryCancel)
      to RUN/1: start ship ..f57e
    > started ship
      4 ChildStarted at 0s #1 ..0202
    > activate: cancel ship
      told: #1 started as RUN/1 ..0202
      5 Activated at 0s
      6 ChildCancelRequested at 0s #1: unwanted
      to RUN/1: cancel from #1: unwanted, if a child
    > activate:
      told: #1 cancelled: child workflow error [ship "RUN/1", CancelRequested]: child workflow cancelled
      7 Activated at 0s
    > delivered ship
    > activate:
      there is nothing to tell the guest
    > ended-cancelled ship
      8 ChildClosed at 0s #1 cancelled
    > activate:
      there is nothing to tell the guest
    "#);
}

#[test]
fn try_before_the_start() {
    let told = story(
        "start; activate: child ship try; signal stop; activate: cancel ship; activate:; delivered ship;
         activate:; started ship; activate:; ended-cancelled ship; activate:",
    );
    assert_snapshot!(told, @r#"
    > start
      1 RunStarted at 0s order
    > activate: child ship try
      told: start order at 0s
      2 Activated at 0s
      3 ChildInitiated at 0s #1 ship (TryCancel)
      to RUN/1: start ship ..f57e
    > signal stop
      4 SignalReceived at 0s stop
    > activate: cancel ship
      told: signal stop
      5 Activated at 0s
      6 ChildCancelRequested at 0s #1: unwanted
      to RUN/1: cancel from #1: unwanted, if a child
    > activate:
      told: #1 start cancelled: child workflow error [ship "RUN/1", CancelRequested]: child workflow cancelled
      7 Activated at 0s
    > delivered ship
    > activate:
      there is nothing to tell the guest
    > started ship
      8 ChildStarted at 0s #1 ..0202
    > activate:
      there is nothing to tell the guest
    > ended-cancelled ship
      9 ChildClosed at 0s #1 cancelled
    > activate:
      there is nothing to tell the guest
    "#);
}

#[test]
fn try_in_the_activation_that_starts_it() {
    let told = story(
        "start; activate: child ship try, cancel ship; activate:; delivered ship; started ship;
         ended-cancelled ship; activate:",
    );
    assert_snapshot!(told, @r#"
    > start
      1 RunStarted at 0s order
    > activate: child ship try, cancel ship
      told: start order at 0s
      2 Activated at 0s
      3 ChildInitiated at 0s #1 ship (TryCancel)
      4 ChildCancelRequested at 0s #1: unwanted
      to RUN/1: start ship ..f57e
      to RUN/1: cancel from #1: unwanted, if a child
    > activate:
      told: #1 start cancelled: child workflow error [ship "RUN/1", CancelRequested]: child workflow cancelled
      5 Activated at 0s
    > delivered ship
    > started ship
      6 ChildStarted at 0s #1 ..0202
    > ended-cancelled ship
      7 ChildClosed at 0s #1 cancelled
    > activate:
      there is nothing to tell the guest
    "#);
}

#[test]
fn wait_completed_after_the_start() {
    let told = story(
        "start; activate: child ship; started ship; activate: cancel ship; activate:; delivered ship;
         activate:; ended-cancelled ship; activate:",
    );
    assert_snapshot!(told, @r#"
    > start
      1 RunStarted at 0s order
    > activate: child ship
      told: start order at 0s
      2 Activated at 0s
      3 ChildInitiated at 0s #1 ship
      to RUN/1: start ship ..f57e
    > started ship
      4 ChildStarted at 0s #1 ..0202
    > activate: cancel ship
      told: #1 started as RUN/1 ..0202
      5 Activated at 0s
      6 ChildCancelRequested at 0s #1: unwanted
      to RUN/1: cancel from #1: unwanted, if a child
    > activate:
      there is nothing to tell the guest
    > delivered ship
    > activate:
      there is nothing to tell the guest
    > ended-cancelled ship
      7 ChildClosed at 0s #1 cancelled
    > activate:
      told: #1 cancelled: child workflow error [ship "RUN/1", CancelRequested]: child workflow cancelled
      8 Activated at 0s
    "#);
}

#[test]
fn wait_completed_before_the_start() {
    let told = story(
        "start; activate: child ship; signal stop; activate: cancel ship; activate:; delivered ship;
         activate:; started ship; activate:; ended-cancelled ship; activate:",
    );
    assert_snapshot!(told, @r#"
    > start
      1 RunStarted at 0s order
    > activate: child ship
      told: start order at 0s
      2 Activated at 0s
      3 ChildInitiated at 0s #1 ship
      to RUN/1: start ship ..f57e
    > signal stop
      4 SignalReceived at 0s stop
    > activate: cancel ship
      told: signal stop
      5 Activated at 0s
      6 ChildCancelRequested at 0s #1: unwanted
      to RUN/1: cancel from #1: unwanted, if a child
    > activate:
      there is nothing to tell the guest
    > delivered ship
    > activate:
      there is nothing to tell the guest
    > started ship
      7 ChildStarted at 0s #1 ..0202
    > activate:
      told: #1 started as RUN/1 ..0202
      8 Activated at 0s
    > ended-cancelled ship
      9 ChildClosed at 0s #1 cancelled
    > activate:
      told: #1 cancelled: child workflow error [ship "RUN/1", CancelRequested]: child workflow cancelled
      10 Activated at 0s
    "#);
}

#[test]
fn wait_completed_in_the_activation_that_starts_it() {
    let told = story(
        "start; activate: child ship, cancel ship; activate:; delivered ship; started ship;
         ended-cancelled ship; activate:",
    );
    assert_snapshot!(told, @r#"
    > start
      1 RunStarted at 0s order
    > activate: child ship, cancel ship
      told: start order at 0s
      2 Activated at 0s
      3 ChildInitiated at 0s #1 ship
      4 ChildCancelRequested at 0s #1: unwanted
      to RUN/1: start ship ..f57e
      to RUN/1: cancel from #1: unwanted, if a child
    > activate:
      there is nothing to tell the guest
    > delivered ship
    > started ship
      5 ChildStarted at 0s #1 ..0202
    > ended-cancelled ship
      6 ChildClosed at 0s #1 cancelled
    > activate:
      told: #1 started as RUN/1 ..0202
      told: #1 cancelled: child workflow error [ship "RUN/1", CancelRequested]: child workflow cancelled
      7 Activated at 0s
    "#);
}

#[test]
fn wait_requested_after_the_start() {
    let told = story(
        "start; activate: child ship requested; started ship; activate: cancel ship; activate:;
         delivered ship; activate:; ended-cancelled ship; activate:",
    );
    assert_snapshot!(told, @r#"
    > start
      1 RunStarted at 0s order
    > activate: child ship requested
      told: start order at 0s
      2 Activated at 0s
      3 ChildInitiated at 0s #1 ship (WaitCancellationRequested)
      to RUN/1: start ship ..f57e
    > started ship
      4 ChildStarted at 0s #1 ..0202
    > activate: cancel ship
      told: #1 started as RUN/1 ..0202
      5 Activated at 0s
      6 ChildCancelRequested at 0s #1: unwanted
      to RUN/1: cancel from #1: unwanted, if a child, to be answered
    > activate:
      there is nothing to tell the guest
    > delivered ship
      7 ExternalResolved at 0s #1 Ok(())
    > activate:
      told: #1 cancelled: child workflow error [ship "RUN/1", CancelRequested]: child workflow cancelled
      8 Activated at 0s
    > ended-cancelled ship
      9 ChildClosed at 0s #1 cancelled
    > activate:
      there is nothing to tell the guest
    "#);
}

#[test]
fn wait_requested_before_the_start() {
    let told = story(
        "start; activate: child ship requested; signal stop; activate: cancel ship; activate:;
         delivered ship; activate:; started ship; activate:; ended-cancelled ship; activate:",
    );
    assert_snapshot!(told, @r#"
    > start
      1 RunStarted at 0s order
    > activate: child ship requested
      told: start order at 0s
      2 Activated at 0s
      3 ChildInitiated at 0s #1 ship (WaitCancellationRequested)
      to RUN/1: start ship ..f57e
    > signal stop
      4 SignalReceived at 0s stop
    > activate: cancel ship
      told: signal stop
      5 Activated at 0s
      6 ChildCancelRequested at 0s #1: unwanted
      to RUN/1: cancel from #1: unwanted, if a child, to be answered
    > activate:
      there is nothing to tell the guest
    > delivered ship
      7 ExternalResolved at 0s #1 Ok(())
    > activate:
      told: #1 start cancelled: child workflow error [ship "RUN/1", CancelRequested]: child workflow cancelled
      8 Activated at 0s
    > started ship
      9 ChildStarted at 0s #1 ..0202
    > activate:
      there is nothing to tell the guest
    > ended-cancelled ship
      10 ChildClosed at 0s #1 cancelled
    > activate:
      there is nothing to tell the guest
    "#);
}

#[test]
fn wait_requested_in_the_activation_that_starts_it() {
    let told = story(
        "start; activate: child ship requested, cancel ship; activate:; delivered ship; started ship;
         ended-cancelled ship; activate:",
    );
    assert_snapshot!(told, @r#"
    > start
      1 RunStarted at 0s order
    > activate: child ship requested, cancel ship
      told: start order at 0s
      2 Activated at 0s
      3 ChildInitiated at 0s #1 ship (WaitCancellationRequested)
      4 ChildCancelRequested at 0s #1: unwanted
      to RUN/1: start ship ..f57e
      to RUN/1: cancel from #1: unwanted, if a child, to be answered
    > activate:
      there is nothing to tell the guest
    > delivered ship
      5 ExternalResolved at 0s #1 Ok(())
    > started ship
      6 ChildStarted at 0s #1 ..0202
    > ended-cancelled ship
      7 ChildClosed at 0s #1 cancelled
    > activate:
      told: #1 start cancelled: child workflow error [ship "RUN/1", CancelRequested]: child workflow cancelled
      8 Activated at 0s
    "#);
}

#[test]
fn abandon_after_the_start() {
    let told = story(
        "start; activate: child ship abandon; started ship; activate: cancel ship; activate:;
         delivered ship; activate:; ended-cancelled ship; activate:",
    );
    assert_snapshot!(told, @r#"
    > start
      1 RunStarted at 0s order
    > activate: child ship abandon
      told: start order at 0s
      2 Activated at 0s
      3 ChildInitiated at 0s #1 ship (Abandon)
      to RUN/1: start ship ..f57e
    > started ship
      4 ChildStarted at 0s #1 ..0202
    > activate: cancel ship
      told: #1 started as RUN/1 ..0202
      5 Activated at 0s
      6 ChildCancelRequested at 0s #1: unwanted
    > activate:
      told: #1 cancelled: child workflow error [ship "RUN/1", CancelRequested]: child workflow cancelled
      7 Activated at 0s
    > delivered ship
    > activate:
      there is nothing to tell the guest
    > ended-cancelled ship
      8 ChildClosed at 0s #1 cancelled
    > activate:
      there is nothing to tell the guest
    "#);
}

#[test]
fn abandon_before_the_start() {
    let told = story(
        "start; activate: child ship abandon; signal stop; activate: cancel ship; activate:;
         delivered ship; activate:; started ship; activate:; ended-cancelled ship; activate:",
    );
    assert_snapshot!(told, @r#"
    > start
      1 RunStarted at 0s order
    > activate: child ship abandon
      told: start order at 0s
      2 Activated at 0s
      3 ChildInitiated at 0s #1 ship (Abandon)
      to RUN/1: start ship ..f57e
    > signal stop
      4 SignalReceived at 0s stop
    > activate: cancel ship
      told: signal stop
      5 Activated at 0s
      6 ChildCancelRequested at 0s #1: unwanted
    > activate:
      told: #1 start cancelled: child workflow error [ship "RUN/1", CancelRequested]: child workflow cancelled
      7 Activated at 0s
    > delivered ship
    > activate:
      there is nothing to tell the guest
    > started ship
      8 ChildStarted at 0s #1 ..0202
    > activate:
      there is nothing to tell the guest
    > ended-cancelled ship
      9 ChildClosed at 0s #1 cancelled
    > activate:
      there is nothing to tell the guest
    "#);
}

#[test]
fn abandon_in_the_activation_that_starts_it() {
    let told = story(
        "start; activate: child ship abandon, cancel ship; activate:; delivered ship; started ship;
         ended-cancelled ship; activate:",
    );
    assert_snapshot!(told, @r#"
    > start
      1 RunStarted at 0s order
    > activate: child ship abandon, cancel ship
      told: start order at 0s
      2 Activated at 0s
      3 ChildInitiated at 0s #1 ship (Abandon)
      4 ChildCancelRequested at 0s #1: unwanted
      to RUN/1: start ship ..f57e
    > activate:
      told: #1 start cancelled: child workflow error [ship "RUN/1", CancelRequested]: child workflow cancelled
      5 Activated at 0s
    > delivered ship
    > started ship
      6 ChildStarted at 0s #1 ..0202
    > ended-cancelled ship
      7 ChildClosed at 0s #1 cancelled
    > activate:
      there is nothing to tell the guest
    "#);
}

#[test]
fn a_child_that_cannot_be_asked_says_how_it_ended() {
    let told = story(
        "start; activate: child ship requested; started ship; activate: cancel ship; not-found ship;
         activate:; completed ship 7; activate:",
    );
    assert_snapshot!(told, @"
    > start
      1 RunStarted at 0s order
    > activate: child ship requested
      told: start order at 0s
      2 Activated at 0s
      3 ChildInitiated at 0s #1 ship (WaitCancellationRequested)
      to RUN/1: start ship ..f57e
    > started ship
      4 ChildStarted at 0s #1 ..0202
    > activate: cancel ship
      told: #1 started as RUN/1 ..0202
      5 Activated at 0s
      6 ChildCancelRequested at 0s #1: unwanted
      to RUN/1: cancel from #1: unwanted, if a child, to be answered
    > not-found ship
    > activate:
      there is nothing to tell the guest
    > completed ship 7
      7 ChildClosed at 0s #1 completed with 7
    > activate:
      told: #1 completed with 7
      8 Activated at 0s
    ");
}

#[test]
fn nobody_waits_for_an_answer_that_was_not_asked_for() {
    let told = story("start; activate: child ship requested; started ship; delivered ship; activate:");
    assert_snapshot!(told, @"
    > start
      1 RunStarted at 0s order
    > activate: child ship requested
      told: start order at 0s
      2 Activated at 0s
      3 ChildInitiated at 0s #1 ship (WaitCancellationRequested)
      to RUN/1: start ship ..f57e
    > started ship
      4 ChildStarted at 0s #1 ..0202
    > delivered ship
    > activate:
      told: #1 started as RUN/1 ..0202
      5 Activated at 0s
    ");
}

#[test]
fn a_child_is_cancelled_once() {
    let told = story(
        "start; activate: child ship; started ship; activate: cancel ship first, cancel ship second;
         signal go; activate: cancel ship third",
    );
    assert_snapshot!(told, @"
    > start
      1 RunStarted at 0s order
    > activate: child ship
      told: start order at 0s
      2 Activated at 0s
      3 ChildInitiated at 0s #1 ship
      to RUN/1: start ship ..f57e
    > started ship
      4 ChildStarted at 0s #1 ..0202
    > activate: cancel ship first, cancel ship second
      told: #1 started as RUN/1 ..0202
      5 Activated at 0s
      6 ChildCancelRequested at 0s #1: first
      to RUN/1: cancel from #1: first, if a child
    > signal go
      7 SignalReceived at 0s go
    > activate: cancel ship third
      told: signal go
      8 Activated at 0s
    ");
}

#[test]
fn a_child_that_is_over_is_not_cancelled() {
    let told = story("start; activate: child ship; started ship; completed ship; activate: cancel ship");
    assert_snapshot!(told, @"
    > start
      1 RunStarted at 0s order
    > activate: child ship
      told: start order at 0s
      2 Activated at 0s
      3 ChildInitiated at 0s #1 ship
      to RUN/1: start ship ..f57e
    > started ship
      4 ChildStarted at 0s #1 ..0202
    > completed ship
      5 ChildClosed at 0s #1 completed
    > activate: cancel ship
      told: #1 started as RUN/1 ..0202
      told: #1 completed
      6 Activated at 0s
    ");
}

#[test]
fn a_cancelled_child_may_complete() {
    let told = story("start; activate: child ship; started ship; activate: cancel ship; completed ship 7; activate:");
    assert_snapshot!(told, @"
    > start
      1 RunStarted at 0s order
    > activate: child ship
      told: start order at 0s
      2 Activated at 0s
      3 ChildInitiated at 0s #1 ship
      to RUN/1: start ship ..f57e
    > started ship
      4 ChildStarted at 0s #1 ..0202
    > activate: cancel ship
      told: #1 started as RUN/1 ..0202
      5 Activated at 0s
      6 ChildCancelRequested at 0s #1: unwanted
      to RUN/1: cancel from #1: unwanted, if a child
    > completed ship 7
      7 ChildClosed at 0s #1 completed with 7
    > activate:
      told: #1 completed with 7
      8 Activated at 0s
    ");
}

#[test]
fn children_are_left_when_their_parent_completes() {
    let told = story(
        "start; activate: child a, child b on-close=abandon, child c on-close=cancel, child d; started a;
         started b; completed d; activate: complete; completed a; activate:",
    );
    assert_snapshot!(told, @"
    > start
      1 RunStarted at 0s order
    > activate: child a, child b on-close=abandon, child c on-close=cancel, child d
      told: start order at 0s
      2 Activated at 0s
      3 ChildInitiated at 0s #1 a
      4 ChildInitiated at 0s #2 b (when the parent closes: Abandon)
      5 ChildInitiated at 0s #3 c (when the parent closes: RequestCancel)
      6 ChildInitiated at 0s #4 d
      to RUN/1: start a ..f57e
      to RUN/2: start b ..9135
      to RUN/3: start c ..e847
      to RUN/4: start d ..fc9c
    > started a
      7 ChildStarted at 0s #1 ..0202
    > started b
      8 ChildStarted at 0s #2 ..0202
    > completed d
      refused: the child is not known to have started; its end is to be told after that
    > activate: complete
      told: #1 started as RUN/1 ..0202
      told: #2 started as RUN/2 ..0202
      9 Activated at 0s
      10 RunCompleted at 0s
      to RUN/1: terminate
      to RUN/3: cancel from #0: the parent is closed, if a child
      to RUN/4: terminate
      announce: Completed
    > completed a
      refused: the run is closed
    > activate:
      there is nothing to tell the guest
    ");
}

#[test]
fn children_are_left_when_their_parent_is_terminated() {
    let told = story("start; activate: child a, child b on-close=abandon, child c on-close=cancel; terminate");
    assert_snapshot!(told, @"
    > start
      1 RunStarted at 0s order
    > activate: child a, child b on-close=abandon, child c on-close=cancel
      told: start order at 0s
      2 Activated at 0s
      3 ChildInitiated at 0s #1 a
      4 ChildInitiated at 0s #2 b (when the parent closes: Abandon)
      5 ChildInitiated at 0s #3 c (when the parent closes: RequestCancel)
      to RUN/1: start a ..f57e
      to RUN/2: start b ..9135
      to RUN/3: start c ..e847
    > terminate
      6 RunTerminated at 0s out of stock
      to RUN/1: terminate
      to RUN/3: cancel from #0: the parent is closed, if a child
      announce: Terminated
    ");
}

#[test]
fn children_are_left_when_their_parent_times_out() {
    let told = story(
        "start run-timeout=5s; activate: child a, child b on-close=abandon, child c on-close=cancel;
         wait 5s",
    );
    assert_snapshot!(told, @"
    > start run-timeout=5s
      1 RunStarted at 0s order
      next due at 5s
    > activate: child a, child b on-close=abandon, child c on-close=cancel
      told: start order at 0s
      2 Activated at 0s
      3 ChildInitiated at 0s #1 a
      4 ChildInitiated at 0s #2 b (when the parent closes: Abandon)
      5 ChildInitiated at 0s #3 c (when the parent closes: RequestCancel)
      to RUN/1: start a ..f57e
      to RUN/2: start b ..9135
      to RUN/3: start c ..e847
    > wait 5s
      6 RunTimedOut at 5s
      to RUN/1: terminate
      to RUN/3: cancel from #0: the parent is closed, if a child
      announce: TimedOut
      nothing is due
    ");
}

#[test]
fn children_are_left_when_their_parent_continues_as_new() {
    let told = story(
        "start; activate: child a, child b on-close=abandon; activate:; started a; activate: continue;
         succeed; completed #1",
    );
    assert_snapshot!(told, @"
    > start
      1 RunStarted at 0s order
    > activate: child a, child b on-close=abandon
      told: start order at 0s
      2 Activated at 0s
      3 ChildInitiated at 0s #1 a
      4 ChildInitiated at 0s #2 b (when the parent closes: Abandon)
      to RUN/1: start a ..f57e
      to RUN/2: start b ..9135
    > activate:
      there is nothing to tell the guest
    > started a
      5 ChildStarted at 0s #1 ..0202
    > activate: continue
      told: #1 started as RUN/1 ..0202
      6 Activated at 0s
      7 RunContinuedAsNew at 0s → ..009d
      to RUN/1: terminate
      next: order ..009d by Continuation after ..0101
      announce: ContinuedAsNew
    > succeed
      1 RunStarted at 0s order ..009d by Continuation after ..0101
    > completed #1
    ");
}

#[test]
fn a_child_is_started_and_left_in_one_activation() {
    let told = story("start; activate: child a, child b on-close=cancel, complete");
    assert_snapshot!(told, @"
    > start
      1 RunStarted at 0s order
    > activate: child a, child b on-close=cancel, complete
      told: start order at 0s
      2 Activated at 0s
      3 ChildInitiated at 0s #1 a
      4 ChildInitiated at 0s #2 b (when the parent closes: RequestCancel)
      5 RunCompleted at 0s
      to RUN/1: start a ..f57e
      to RUN/2: start b ..9135
      to RUN/1: terminate
      to RUN/2: cancel from #0: the parent is closed, if a child
      announce: Completed
    ");
}

#[test]
fn a_parent_is_terminated_before_its_messages_are_sent() {
    let told = story("start; undurable activate: child a, signal-to note other-1 hello; terminate");
    assert_snapshot!(told, @"
    > start
      1 RunStarted at 0s order
    > undurable activate: child a, signal-to note other-1 hello
      told: start order at 0s
    > terminate
      2 Activated at 0s
      3 ChildInitiated at 0s #1 a
      4 ExternalSignalInitiated at 0s #2 hello to other-1
      5 RunTerminated at 0s out of stock
      to RUN/1: start a ..f57e
      to other-1: signal hello from #2
      to RUN/1: terminate
      announce: Terminated
    ");
}

#[test]
fn a_child_tells_its_parent_how_it_ended() {
    let told = story("start child; activate: complete done");
    assert_snapshot!(told, @"
    > start child
      1 RunStarted at 0s order, child #4 of parent-1
    > activate: complete done
      told: start order at 0s
      2 Activated at 0s
      3 RunCompleted at 0s with done
      to parent-1: child #4 completed with done
      announce: Completed
    ");
}

#[test]
fn a_child_tells_its_parent_that_it_failed() {
    let told = story("start child; activate: fail broke");
    assert_snapshot!(told, @"
    > start child
      1 RunStarted at 0s order, child #4 of parent-1
    > activate: fail broke
      told: start order at 0s
      2 Activated at 0s
      3 RunFailed at 0s broke
      to parent-1: child #4 failed: broke (RetryPolicyNotSet)
      announce: Failed
    ");
}

#[test]
fn a_child_tells_its_parent_that_it_was_cancelled() {
    let told = story("start child; ask-cancel; activate: cancelled");
    assert_snapshot!(told, @"
    > start child
      1 RunStarted at 0s order, child #4 of parent-1
    > ask-cancel
      2 CancelRequested at 0s changed my mind
    > activate: cancelled
      told: start order at 0s
      told: cancel requested: changed my mind
      3 Activated at 0s
      4 RunCancelled at 0s
      to parent-1: child #4 cancelled
      announce: Cancelled
    ");
}

#[test]
fn a_child_tells_its_parent_that_it_was_terminated() {
    let told = story("start child; terminate");
    assert_snapshot!(told, @"
    > start child
      1 RunStarted at 0s order, child #4 of parent-1
    > terminate
      2 RunTerminated at 0s out of stock
      to parent-1: child #4 terminated
      announce: Terminated
    ");
}

#[test]
fn a_child_tells_its_parent_that_it_took_too_long() {
    let told = story("start child run-timeout=5s; wait 5s");
    assert_snapshot!(told, @"
    > start child run-timeout=5s
      1 RunStarted at 0s order, child #4 of parent-1
      next due at 5s
    > wait 5s
      2 RunTimedOut at 5s
      to parent-1: child #4 timed out (RetryPolicyNotSet)
      announce: TimedOut
      nothing is due
    ");
}

#[test]
fn children_outlive_eviction_and_crash() {
    let told = story(
        "start; activate: child ship requested; evict; started ship; activate: cancel ship; crash;
         delivered ship; evict; activate:; completed ship; activate:",
    );
    assert_snapshot!(told, @r#"
    > start
      1 RunStarted at 0s order
    > activate: child ship requested
      told: start order at 0s
      2 Activated at 0s
      3 ChildInitiated at 0s #1 ship (WaitCancellationRequested)
      to RUN/1: start ship ..f57e
    > evict
    > started ship
      4 ChildStarted at 0s #1 ..0202
    > activate: cancel ship
      told: #1 started as RUN/1 ..0202
      5 Activated at 0s
      6 ChildCancelRequested at 0s #1: unwanted
      to RUN/1: cancel from #1: unwanted, if a child, to be answered
    > crash
    > delivered ship
      7 ExternalResolved at 0s #1 Ok(())
    > evict
    > activate:
      told: #1 cancelled: child workflow error [ship "RUN/1", CancelRequested]: child workflow cancelled
      8 Activated at 0s
    > completed ship
      9 ChildClosed at 0s #1 completed
    > activate:
      there is nothing to tell the guest
    "#);
}
