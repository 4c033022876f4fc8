//! What JavaScript can ask for: the object `__mainspring`, one function for each import of the contract, and what only Rust can do. The twin in TypeScript is `../src/host.ts`.

use rquickjs::{Class, Ctx, Function, Object, Result};

use crate::bindings::mainspring::workflow::types::{FailureLayer, Payload, UserMetadata};
use crate::bindings::mainspring::workflow::{
    children, external_workflows, log, operations, outcome, timers, updates, versions, visibility,
};
use crate::convert::Pairs;
use crate::engine::eval;
use crate::{activities, random, source_map, text, urls};

type Payloads = Vec<Payload>;
type PayloadMap = Pairs<Payload>;
type Failure = Vec<FailureLayer>;

/// What follows a chain of promises, in the engine's own JavaScript.
const CONTEXT: &str = include_str!("context.js");

pub(crate) fn install(ctx: &Ctx<'_>) -> Result<()> {
    let host = Object::new(ctx.clone())?;

    macro_rules! offer {
        ($($name:literal: $function:expr),* $(,)?) => {
            $(host.set($name, Function::new(ctx.clone(), $function)?)?;)*
        };
    }

    offer! {
        "activityOptions": activities::options,
        "scheduleActivity": activities::schedule,
        "startTimer": |after: u64, summary: Option<Payload>| {
            timers::start(after, &UserMetadata { summary, details: None })
        },
        "startChild": |child: children::Child| children::start(&child),
        "signalExternal": |target: external_workflows::Target, name: String, input: Payloads, headers: PayloadMap| {
            external_workflows::signal(&target, &name, &input, &headers.0)
        },
        "cancelExternal": |target: external_workflows::Target, reason: String| {
            external_workflows::request_cancel(&target, &reason)
        },
        "cancelOperation": |operation: u64, reason: String| operations::cancel(operation, &reason),
        "completeUpdate": |id: String, output: Payload| updates::complete(&id, Some(&output)),
        "failUpdate": |id: String, failure: Failure| updates::fail(&id, &failure),
        "complete": |output: Payload| outcome::complete(Some(&output)),
        "fail": |failure: Failure| outcome::fail(&failure),
        "cancelled": |details: Payloads| outcome::cancelled(&details),
        "continueAsNew": |continuation: outcome::Continuation| outcome::continue_as_new(&continuation),
        "block": |failure: Failure| outcome::block(&failure),
        "patched": |id: String, deprecated: bool| versions::patched(&id, deprecated),
        "upsertSearchAttributes": |attributes: PayloadMap| visibility::upsert_search_attributes(&attributes.0),
        "upsertMemo": |memo: PayloadMap| visibility::upsert_memo(&memo.0),
        "setCurrentDetails": |details: String| visibility::set_current_details(&details),
        "log": |level: log::Level, message: String, fields: Pairs<String>| {
            log::write(level, &message, &fields.0);
        },
        "random": random::float,
        "uuid4": random::uuid4,
        "encodeText": text::encode,
        "decodeText": text::decode,
        "parseUrl": urls::parse,
        "changeUrl": urls::change,
        "parseQuery": urls::parse_query,
        "formatQuery": urls::format_query,
        "mapStack": |stack: String| source_map::map(&stack),
    }
    // The first that is made makes the class, which writes to what runs could share.
    Class::<activities::Options>::prototype(ctx)?;
    let context: Function = eval(ctx, CONTEXT)?;
    context.call::<_, ()>((host.clone(),))?;
    ctx.globals().set("__mainspring", host)
}
