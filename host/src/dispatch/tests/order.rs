//! What goes first.

use super::model::{Entry, Model};
use super::offers::{of_key, urgent, with_priority};
use super::{at, drain, offered};
use crate::dispatch::Dispatcher;
use crate::dispatch::fairness::{Arrival, Fair, Rules};
use crate::dispatch::rate::Empty;
use mainspring_core::{Priority, Timestamp};
use proptest::prelude::*;
use std::collections::BTreeMap;

#[test]
fn what_is_more_urgent_goes_first_and_of_the_same_urgency_what_came_first() {
    let dispatcher = Dispatcher::default();
    let keys = [0, 5, 1, 3, 9, 2, 1, 4];
    let offers = keys.iter().zip(0..).map(|(key, number)| urgent(number, *key));
    offered(&dispatcher, offers, at(0));
    // 0 is 3, and 9 is 5.
    assert_eq!(drain(&dispatcher, at(0)), [2, 6, 5, 0, 3, 7, 1, 4]);
}

#[test]
fn keys_share_by_weight_and_nobody_waits_for_a_flood() {
    let dispatcher = Dispatcher::default();
    let flood = (0..100).map(|number| of_key(number, "flood", 1.0));
    offered(&dispatcher, flood, at(0));
    offered(
        &dispatcher,
        (100..103).map(|number| of_key(number, "other", 1.0)),
        at(0),
    );
    assert_eq!(drain(&dispatcher, at(0))[..6], [0, 100, 1, 101, 2, 102]);

    let dispatcher = Dispatcher::default();
    offered(&dispatcher, (0..100).map(|number| of_key(number, "high", 9.0)), at(0));
    offered(&dispatcher, (100..200).map(|number| of_key(number, "low", 1.0)), at(0));
    let first = &drain(&dispatcher, at(0))[..50];
    assert_eq!(first.iter().filter(|number| **number >= 100).count(), 5);
}

#[test]
fn what_was_set_about_a_weight_goes_before_what_an_activity_says() {
    let dispatcher = Dispatcher::default();
    super::set(&dispatcher, at(0), |settings| {
        settings.weights.insert("b".into(), 3.0);
    });
    offered(&dispatcher, (0..20).map(|number| of_key(number, "a", 1.0)), at(0));
    offered(&dispatcher, (100..120).map(|number| of_key(number, "b", 1.0)), at(0));
    let first = &drain(&dispatcher, at(0))[..12];
    assert_eq!(first.iter().filter(|number| **number >= 100).count(), 9);
}

const KEYS: [&str; 4] = ["", "a", "b", "c"];

/// Weights such that a span is a whole number, as the model reckons.
const WEIGHTS: [f32; 4] = [0.25, 1.0, 2.0, 8.0];

#[derive(Clone, Debug)]
enum Move {
    Offer { level: u32, key: usize, weight: usize },
    Take(usize),
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let offer = (1..4_u32, 0..KEYS.len(), 0..WEIGHTS.len());
    let offer = offer.prop_map(|(level, key, weight)| Move::Offer { level, key, weight });
    let one = prop_oneof![3 => offer, 1 => (1..4_usize).prop_map(Move::Take)];
    prop::collection::vec(one, 0..200)
}

proptest! {
    #[test]
    fn queues_hand_out_in_the_order_of_the_model(moves in moves()) {
        let (dispatcher, mut model) = (Dispatcher::default(), Model::default());
        let mut number = 0;
        let take = |model: &mut Model, count: usize| {
            for _ in 0..count {
                let mut poll = dispatcher.poll(super::queue(), "worker", None, at(0));
                prop_assert_eq!(super::given(&mut poll), model.take());
            }
            Ok(())
        };
        for step in moves {
            match step {
                Move::Offer { level, key, weight } => {
                    let (key, weight) = (KEYS[key], WEIGHTS[weight]);
                    let priority = Priority {
                        key: level,
                        fairness_key: key.into(),
                        fairness_weight: weight,
                    };
                    offered(&dispatcher, [with_priority(number, Some(priority))], at(0));
                    model.push(Entry { level, key, weight, number });
                    number += 1;
                }
                Move::Take(count) => take(&mut model, count)?,
            }
        }
        take(&mut model, usize::try_from(number).expect("it is small") + 1)?;
    }

    /// The theorem of the algorithm's authors: of two keys that both have something waiting all the time, none gets more
    /// than its share by more than one entry of each.
    #[test]
    fn no_key_gets_more_than_its_share(
        weights in prop::collection::vec(0.05_f32..20.0, 2..6),
        from in 0..100_usize,
        count in 1..300_usize,
    ) {
        let mut fair = Fair::default();
        let names: Vec<String> = (0..weights.len()).map(|key| key.to_string()).collect();
        let mut arrival = 0;
        for _ in 0..from + count {
            for (name, weight) in names.iter().zip(&weights) {
                arrival += 1;
                fair.push(name, *weight, arrival, name.clone());
            }
        }
        let mut served: BTreeMap<String, f64> = BTreeMap::new();
        for turn in 0..from + count {
            let key = fair.take(&mut NoRules).expect("there is enough");
            if turn >= from {
                *served.entry(key).or_default() += 1.0;
            }
        }
        let share = |at: usize| served.get(&names[at]).copied().unwrap_or_default() / f64::from(weights[at]);
        for (one, weight) in weights.iter().enumerate() {
            for (other, of_other) in weights.iter().enumerate() {
                let bound = 1.0 / f64::from(*weight) + 1.0 / f64::from(*of_other);
                let apart = (share(one) - share(other)).abs();
                prop_assert!(apart <= bound * 1.001, "{apart} > {bound}");
            }
        }
    }
}

/// Everything is wanted, and passes.
struct NoRules;

impl<T> Rules<T> for NoRules {
    fn is_wanted(&self, _: Arrival, _: &T) -> bool {
        true
    }

    fn weight(&self, _: &str, own: f32) -> f32 {
        own
    }

    fn admit(&mut self, _: &str, _: f32) -> Result<(), Empty> {
        Ok(())
    }

    fn now(&self) -> Timestamp {
        at(0)
    }
}

#[test]
fn keys_are_forgotten() {
    let mut fair = Fair::default();
    for number in 0..100_000_u64 {
        // Each key comes once, and one of them always has something waiting.
        fair.push("always", 1.0, 2 * number, number);
        fair.push(&number.to_string(), 0.001, 2 * number + 1, number);
        for _ in 0..2 {
            fair.take(&mut NoRules);
        }
        fair.push("always", 1.0, 2 * number, number);
    }
    assert!(fair.keys() < 2_000, "{}", fair.keys());
    while fair.take(&mut NoRules).is_some() {}
    assert_eq!(fair.keys(), 0);
}
