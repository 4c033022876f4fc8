//! Guests written by hand, each of which does one thing.

mod calls;
mod limits;
mod text_guest;
mod uploads;
