//! UTF-8, which would be slow in JavaScript itself.

use rquickjs::{Ctx, Exception, Result, TypedArray};

/// The bytes of a string, in which no half of a surrogate pair stands alone.
pub(crate) fn encode(ctx: Ctx<'_>, text: String) -> Result<TypedArray<'_, u8>> {
    TypedArray::new(ctx, text.into_bytes())
}

/// The string that the bytes are. What is no UTF-8 becomes U+FFFD, or throws if that is `fatal`.
pub(crate) fn decode<'js>(ctx: Ctx<'js>, bytes: TypedArray<'js, u8>, fatal: bool) -> Result<String> {
    match String::from_utf8(crate::convert::bytes(&bytes)) {
        Ok(text) => Ok(text),
        Err(_) if fatal => Err(Exception::throw_type(&ctx, "the bytes are not UTF-8")),
        Err(error) => Ok(String::from_utf8_lossy(error.as_bytes()).into_owned()),
    }
}
