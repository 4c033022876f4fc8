//! Schedules: when their times are, and what they make of them.

mod repeated;
mod script;
mod stories;
mod text;
mod times;
mod tireless;
mod zones;
