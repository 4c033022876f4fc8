//! The contract's records as JavaScript values: a record is an object with its fields in camel case, a variant is `{tag, value}`, an enum is a string (the one that Temporal's TypeScript has for it), a list is an array. The twin in TypeScript is `../src/contract.ts`.

#[macro_use]
mod shapes;
mod commands;
mod jobs;
mod shared;

pub(crate) use shapes::{Pairs, object};

use rquickjs::{Ctx, FromJs, Result, TypedArray, Value};

use crate::bindings::mainspring::workflow::types::{FailureLayer, Payload};

/// A copy of the bytes; none if their buffer was given away.
pub(crate) fn bytes(array: &TypedArray<'_, u8>) -> Vec<u8> {
    // Invariant of the unsafe call: no JavaScript runs before the slice is copied.
    unsafe { array.as_bytes() }.unwrap_or_default().to_vec()
}

/// What a query or a validation gives: `{failure}`, or `{value}`.
pub(crate) struct Answer<T>(pub(crate) std::result::Result<T, Vec<FailureLayer>>);

impl<'js> FromJs<'js> for Answer<Payload> {
    fn from_js(_: &Ctx<'js>, value: Value<'js>) -> Result<Self> {
        let answer = shapes::object(value)?;
        Ok(Self(match answer.get::<_, Option<Vec<FailureLayer>>>("failure")? {
            Some(failure) => Err(failure),
            None => Ok(answer.get("value")?),
        }))
    }
}

impl<'js> FromJs<'js> for Answer<()> {
    fn from_js(_: &Ctx<'js>, value: Value<'js>) -> Result<Self> {
        let answer = shapes::object(value)?;
        let failure = answer.get::<_, Option<Vec<FailureLayer>>>("failure")?;
        Ok(Self(failure.map_or(Ok(()), Err)))
    }
}
