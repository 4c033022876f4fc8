//! The run's log. The host keeps it silent while it replays, so that a line is written once however often the code runs.
//!
//! ```no_run
//! # use mainspring_workflow::info;
//! # let (order_id, cents) = ("o-1", 12);
//! info!("charging {cents} cents");
//! info!(order_id = order_id, amount = cents, "charging");
//! ```
//!
//! [`trace!`](crate::trace), [`debug!`](crate::debug), [`info!`](macro@crate::info), [`warn!`](macro@crate::warn) and [`error!`](crate::error) take named fields first, then a format string with its arguments.

use crate::host;

pub use crate::bindings::mainspring::workflow::log::Level;
pub use crate::{debug, error, info, trace, warn};

/// Writes one line; the macros are nicer.
pub fn write(level: Level, message: &str, fields: &[(String, String)]) {
    host::log::write(level, message, fields);
}

/// Writes a line about the finest of details.
#[macro_export]
macro_rules! trace {
    ($($line:tt)+) => { $crate::__log!(Trace, $($line)+) };
}

/// Writes a line for those who look for a bug.
#[macro_export]
macro_rules! debug {
    ($($line:tt)+) => { $crate::__log!(Debug, $($line)+) };
}

/// Writes a line about how it goes.
#[macro_export]
macro_rules! info {
    ($($line:tt)+) => { $crate::__log!(Info, $($line)+) };
}

/// Writes a line about something that somebody should look at.
#[macro_export]
macro_rules! warn {
    ($($line:tt)+) => { $crate::__log!(Warn, $($line)+) };
}

/// Writes a line about something that went wrong.
#[macro_export]
macro_rules! error {
    ($($line:tt)+) => { $crate::__log!(Error, $($line)+) };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __log {
    ($level:ident, $($name:ident = $value:expr,)* $format:literal $($arguments:tt)*) => {
        $crate::log::write(
            $crate::log::Level::$level,
            &::std::format!($format $($arguments)*),
            &[$((::std::string::ToString::to_string(::std::stringify!($name)), ::std::string::ToString::to_string(&$value))),*],
        )
    };
}
