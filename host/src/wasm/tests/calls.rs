//! What passes between host and guest in a call.

use super::text_guest::{Enough, Notes, TextGuest, activate, test_limits};
use crate::wasm::{Guest, GuestError, Guests, ImportMisuse, InstantiateError, LogLevel, Question};
use mainspring_core::{Command, Millis, Payload, TimerRequest, UpdateRequest};
use std::collections::BTreeSet;

fn question() -> Question {
    Question {
        name: "state".into(),
        input: vec![Payload::encoded("json/plain", "1")],
        headers: Vec::new(),
    }
}

#[test]
fn commands_reach_the_sink_in_order_and_operation_ids_the_guest() {
    let mut guest = TextGuest {
        // The second timer runs as long as the first one's id says.
        activate: "(drop (call $timer (call $timer (i64.const 50))))
                   (call $complete (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0))",
        ..TextGuest::default()
    }
    .start();
    let (notes, returned) = activate(&mut guest, Notes::default());
    returned.expect("nothing is wrong");
    let timer = |millis| {
        Command::StartTimer(TimerRequest {
            after: Millis::new(millis),
            summary: None,
            details: None,
        })
    };
    assert_eq!(notes.commands, [timer(50), timer(1), Command::CompleteRun(None)]);
}

#[test]
fn the_guest_is_given_the_activation() {
    let mut guest = TextGuest {
        // Of the first job: its kind's number (2 is timer-fired) and the operation.
        activate: "(drop (call $timer (i64.load8_u (local.get 4))))
                   (drop (call $timer (i64.load offset=8 (local.get 4))))
                   (drop (call $timer (local.get 0)))",
        ..TextGuest::default()
    }
    .start();
    let (notes, returned) = activate(&mut guest, Notes::default());
    returned.expect("nothing is wrong");
    let millis = notes.commands.iter().map(|command| match command {
        Command::StartTimer(timer) => timer.after.get(),
        other => panic!("{other:?}"),
    });
    assert_eq!(millis.collect::<Vec<_>>(), [2, 7, 1_000]);
}

#[test]
fn a_refusal_comes_back_in_its_own_type_with_the_place_of_the_call() {
    let mut guest = TextGuest {
        activate: "(loop $again (drop (call $timer (i64.const 1))) (br $again))",
        ..TextGuest::default()
    }
    .start();
    let (notes, returned) = activate(
        &mut guest,
        Notes {
            commands_max: Some(3),
            ..Notes::default()
        },
    );
    assert_eq!(notes.commands.len(), 3);
    match returned {
        Err(GuestError::Refused { refusal, backtrace }) => {
            assert_eq!(refusal.downcast_ref(), Some(&Enough));
            assert!(backtrace.as_str().contains("activate"), "{backtrace}");
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_panic_is_told_with_the_trap() {
    let mut guest = TextGuest {
        activate: "(call $log (i32.const 4) (i32.const 160) (i32.const 16) (i32.const 224) (i32.const 1)) unreachable",
        ..TextGuest::default()
    }
    .start();
    let (notes, returned) = activate(&mut guest, Notes::default());
    assert_eq!(notes.log, []);
    match returned {
        Err(GuestError::Trap { message, .. }) => assert_eq!(message, "panicked at here"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn log_lines_reach_the_sink() {
    let mut guest = TextGuest {
        activate: "(call $log (i32.const 3) (i32.const 32) (i32.const 5) (i32.const 0) (i32.const 0))",
        ..TextGuest::default()
    }
    .start();
    let (notes, returned) = activate(&mut guest, Notes::default());
    returned.expect("nothing is wrong");
    assert_eq!(notes.log.len(), 1);
    assert_eq!(
        (notes.log[0].level, notes.log[0].message.as_str()),
        (LogLevel::Warn, "greet")
    );
}

#[test]
fn a_query_is_answered_and_marks_the_guest() {
    let mut guest = TextGuest::default().start();
    assert!(!guest.was_asked());
    let answer = guest.query(question(), BTreeSet::new()).expect("nothing is wrong");
    assert_eq!(answer, Ok(Payload::default()));
    assert!(guest.was_asked());
    guest
        .query(question(), BTreeSet::new())
        .expect("it may answer more")
        .expect("in the same way");
}

#[test]
fn an_update_is_validated_and_marks_the_guest() {
    let mut guest = TextGuest::default().start();
    let Question { name, input, headers } = question();
    let update = UpdateRequest {
        id: "u-1".into(),
        name,
        input,
        headers,
        identity: "me".into(),
    };
    assert_eq!(
        guest
            .validate_update(update, BTreeSet::new())
            .expect("nothing is wrong"),
        Ok(())
    );
    assert!(guest.was_asked());
}

#[test]
#[should_panic(expected = "never activated again")]
fn a_guest_that_was_asked_is_not_activated() {
    let mut guest = TextGuest::default().start();
    let _ = guest.query(question(), BTreeSet::new());
    let _ = activate(&mut guest, Notes::default());
}

#[test]
fn a_query_may_not_issue_commands() {
    let mut guest = TextGuest {
        query: "(drop (call $timer (i64.const 1))) i32.const 256",
        ..TextGuest::default()
    }
    .start();
    match guest.query(question(), BTreeSet::new()) {
        Err(GuestError::Refused { refusal, .. }) => assert_eq!(
            refusal.downcast_ref(),
            Some(&ImportMisuse::OutsideActivation {
                import: "timers.start",
                during: "while it answered a query"
            })
        ),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_guest_may_say_that_it_cannot_go_on() {
    let block = "(call $block (i32.const 320) (i32.const 1))";
    let mut guest = TextGuest {
        activate: block,
        ..TextGuest::default()
    }
    .start();
    match activate(&mut guest, Notes::default()).1 {
        Err(GuestError::Blocked { failure, .. }) => assert_eq!(failure.outermost().message, "greet"),
        other => panic!("{other:?}"),
    }
    let mut guest = TextGuest {
        query: "(call $block (i32.const 320) (i32.const 1)) i32.const 256",
        ..TextGuest::default()
    }
    .start();
    assert!(matches!(
        guest.query(question(), BTreeSet::new()),
        Err(GuestError::Blocked { .. })
    ));
}

#[test]
fn a_path_that_may_be_taken_is_asked_for() {
    let mut guest = TextGuest {
        activate: "(if (i32.eqz (call $patched (i32.const 32) (i32.const 5) (i32.const 0))) (then unreachable))",
        ..TextGuest::default()
    }
    .start();
    let (notes, returned) = activate(&mut guest, Notes::default());
    returned.expect("the path is taken");
    assert_eq!(notes.patches, [("greet".to_owned(), false)]);
}

#[test]
fn a_question_takes_no_new_path() {
    let mut guest = TextGuest {
        query: "(if (i32.eqz (call $patched (i32.const 32) (i32.const 5) (i32.const 0))) (then unreachable)) i32.const 256",
        ..TextGuest::default()
    }
    .start();
    let taken = BTreeSet::from(["greet".to_owned()]);
    assert!(guest.query(question(), taken).is_ok());
    assert!(matches!(
        guest.query(question(), BTreeSet::new()),
        Err(GuestError::Trap { .. })
    ));
}

#[test]
fn a_module_is_loaded_once_and_describes_itself() {
    let (modules, module) = TextGuest::default().load(test_limits());
    let loaded = modules.get(&module.digest).expect("it is loaded");
    assert_eq!(loaded.manifest().sdk, "text/1");
    assert!(loaded.manifest().workflow("greet").is_some());
    assert!(loaded.manifest().workflow("other").is_none());

    let again = modules
        .load(module.digest, module.component)
        .expect("the queue is empty");
    let again = again.blocking_recv().expect("the pool answers").expect("it loads");
    assert!(std::sync::Arc::ptr_eq(&loaded, &again));
}

#[test]
fn a_module_is_loaded_in_the_background() {
    let (_, module) = TextGuest::default().load(test_limits());
    let settings = crate::wasm::WasmSettings {
        limits: test_limits(),
        ..Default::default()
    };
    let modules = crate::wasm::Modules::new(settings, None).expect("the engine starts");
    assert!(matches!(
        modules.instantiate(&module.digest),
        Err(InstantiateError::NotLoaded(_))
    ));
    let loading = modules
        .load(module.digest, module.component.clone())
        .expect("the queue is empty");
    loading.blocking_recv().expect("the pool answers").expect("it loads");
    modules.instantiate(&module.digest).expect("there is room");
}
