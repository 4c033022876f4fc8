//! Enumerations, which are numbers on the wire.

use super::InvalidField;

/// What a number means. One that this server does not know is refused: whoever sends it means something by it, and would
/// get the default instead.
pub(crate) fn choice_from_wire<T: TryFrom<i32>>(field: &'static str, number: i32) -> Result<T, InvalidField> {
    T::try_from(number).map_err(|_| InvalidField::new(field, format!("{number} is none that this server knows")))
}
