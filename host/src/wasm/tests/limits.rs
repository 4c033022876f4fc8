//! A guest that wants too much is stopped, and told apart by what it wanted.

use super::text_guest::{Notes, TextGuest, activate, test_limits};
use crate::wasm::{Guest, GuestError, Guests, InstantiateError, WasmLimits, accept};
use mainspring_core::Command;

fn failure(guest: TextGuest) -> GuestError {
    activate(&mut guest.start(), Notes::default())
        .1
        .expect_err("the guest goes too far")
}

#[test]
fn a_loop_without_end_is_interrupted() {
    let error = failure(TextGuest {
        activate: "(loop $again (br $again))",
        ..TextGuest::default()
    });
    assert!(matches!(error, GuestError::TimedOut { .. }), "{error}");
    assert!(error.to_string().contains("activate"), "the place is shown: {error}");
}

#[test]
fn without_a_watchdog_nothing_is_interrupted() {
    // Longer than the time limit of the other tests, on any machine.
    let guest = TextGuest {
        activate: "(local $n i64) (local.set $n (i64.const 1000000000))
                   (loop $again (local.set $n (i64.sub (local.get $n) (i64.const 1)))
                     (br_if $again (i64.ne (local.get $n) (i64.const 0))))",
        ..TextGuest::default()
    };
    let (modules, module) = guest.load(WasmLimits {
        call_time_max: None,
        ..test_limits()
    });
    let mut guest = modules.instantiate(&module.digest).expect("there is room");
    activate(&mut guest, Notes::default())
        .1
        .expect("it returns when it is done");
}

#[test]
fn recursion_without_end_exhausts_the_stack() {
    let error = failure(TextGuest {
        activate: "(drop (call $recurse (i32.const 0)))",
        ..TextGuest::default()
    });
    assert!(matches!(error, GuestError::StackOverflow { .. }), "{error}");
}

#[test]
fn allocation_without_end_traps_instead_of_failing() {
    let grow = "(loop $again (br_if $again (i32.ne (memory.grow (i32.const 1)) (i32.const -1))))";
    let error = failure(TextGuest {
        activate: grow,
        ..TextGuest::default()
    });
    assert!(
        matches!(
            error,
            GuestError::OutOfMemory {
                bytes_max: 0x40_0000,
                ..
            }
        ),
        "{error}"
    );
    // At once, too, and by more than there are addresses for.
    let error = failure(TextGuest {
        activate: "(drop (memory.grow (i32.const -1)))",
        ..TextGuest::default()
    });
    assert!(matches!(error, GuestError::OutOfMemory { .. }), "{error}");
}

#[test]
fn growth_past_the_modules_own_maximum_fails_as_the_module_means_it() {
    // The timer runs as long as the second growth returned: -1 as an unsigned number of 32 bits.
    let mut guest = TextGuest {
        memory: "1 2",
        activate: "(drop (memory.grow (i32.const 1)))
                   (drop (call $timer (i64.extend_i32_u (memory.grow (i32.const 1)))))",
        ..TextGuest::default()
    }
    .start();
    let (notes, returned) = activate(&mut guest, Notes::default());
    returned.expect("nothing is wrong");
    assert!(matches!(&notes.commands[..], [Command::StartTimer(timer)] if timer.after.get() == 0xffff_ffff));
}

#[test]
fn tables_count_as_memory() {
    let error = failure(TextGuest {
        head: "(table $t 0 funcref)",
        activate: "(loop $again (br_if $again (i32.ne (table.grow $t (ref.null func) (i32.const 1000)) (i32.const -1))))",
        ..TextGuest::default()
    });
    assert!(matches!(error, GuestError::OutOfMemory { .. }), "{error}");
}

#[test]
fn a_call_that_carries_too_much_traps() {
    let error = failure(TextGuest {
        memory: "40",
        activate: "(call $log (i32.const 0) (i32.const 0) (i32.const 2000000) (i32.const 0) (i32.const 0))",
        ..TextGuest::default()
    });
    assert!(matches!(error, GuestError::Trap { .. }), "{error}");
}

#[test]
fn a_full_pool_says_so_and_has_room_again() {
    let (modules, module) = TextGuest::default().load(test_limits());
    let instantiate = || modules.instantiate(&module.digest);
    let mut guests: Vec<_> = (0..4).map(|_| instantiate().expect("there is room")).collect();
    assert!(matches!(
        instantiate(),
        Err(InstantiateError::PoolFull { instances_max: 4 })
    ));
    let other = TextGuest {
        memory: "2",
        ..TextGuest::default()
    }
    .core_module();
    let other = accept(other, &test_limits()).expect("the module is acceptable");
    modules
        .load_here(other.digest, &other.component)
        .expect("a module can still be loaded");
    guests.pop();
    instantiate().expect("there is room again");
}

#[test]
fn a_guest_occupies_more_when_it_has_grown() {
    let mut guest = TextGuest {
        activate: "(drop (memory.grow (i32.const 10)))",
        ..TextGuest::default()
    }
    .start();
    let before = guest.resident_bytes();
    activate(&mut guest, Notes::default()).1.expect("there is memory");
    assert_eq!(guest.resident_bytes() - before, 10 << 16);
}
