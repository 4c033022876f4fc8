//! Options of activities, read once for all calls that share them: a workflow calls through few proxies, and often.

use std::cell::RefCell;

use rquickjs::class::{JsClass, Readable, Trace, Tracer};
use rquickjs::function::Constructor;
use rquickjs::{Class, Ctx, FromJs, JsLifetime, Object, Result, Value};

use crate::bindings::mainspring::workflow::activities::{self, Activity};
use crate::bindings::mainspring::workflow::types::{Payload, UserMetadata};

/// A command without a type and an input, which each call puts in. JavaScript holds it and cannot look into it.
pub(crate) struct Options(RefCell<Activity>);

impl<'js> FromJs<'js> for Options {
    fn from_js(_: &Ctx<'js>, value: Value<'js>) -> Result<Self> {
        let settings = crate::convert::object(value)?;
        Ok(Self(RefCell::new(Activity {
            activity_type: String::new(),
            activity_id: settings.get("activityId")?,
            task_queue: settings.get("taskQueue")?,
            input: Vec::new(),
            headers: Vec::new(),
            schedule_to_close: settings.get("scheduleToClose")?,
            schedule_to_start: settings.get("scheduleToStart")?,
            start_to_close: settings.get("startToClose")?,
            heartbeat: settings.get("heartbeat")?,
            retry_policy: settings.get("retryPolicy")?,
            cancellation: settings.get("cancellation")?,
            local: settings.get("local")?,
            priority: settings.get("priority")?,
            metadata: UserMetadata {
                summary: settings.get("summary")?,
                details: None,
            },
        })))
    }
}

pub(crate) fn options(ctx: Ctx<'_>, options: Options) -> Result<Class<'_, Options>> {
    Class::instance(ctx, options)
}

pub(crate) fn schedule(options: Class<'_, Options>, activity_type: String, input: Vec<Payload>) -> u64 {
    let options = options.borrow();
    let mut activity = options.0.borrow_mut();
    activity.activity_type = activity_type;
    activity.input = input;
    let operation = activities::schedule(&activity);
    // The host has its copy.
    activity.input = Vec::new();
    operation
}

impl<'js> JsClass<'js> for Options {
    const NAME: &'static str = "ActivityOptions";
    type Mutable = Readable;

    fn prototype(_: &Ctx<'js>) -> Result<Option<Object<'js>>> {
        Ok(None)
    }

    fn constructor(_: &Ctx<'js>) -> Result<Option<Constructor<'js>>> {
        Ok(None)
    }
}

impl<'js> Trace<'js> for Options {
    fn trace<'a>(&self, _: Tracer<'a, 'js>) {}
}

// Sound, since nothing in it is of JavaScript.
unsafe impl<'js> JsLifetime<'js> for Options {
    type Changed<'to> = Options;
}
