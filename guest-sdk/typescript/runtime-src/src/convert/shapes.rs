//! How each kind of type of the contract crosses, written once; the other files list types.

use rquickjs::{Array, Ctx, Error, FromJs, IntoJs, Object, Result, Value};

pub(crate) fn object(value: Value<'_>) -> Result<Object<'_>> {
    let found = value.type_name();
    value.into_object().ok_or(Error::new_from_js(found, "object"))
}

/// A list of names with their values: an array of arrays of two.
pub(crate) struct Pairs<T>(pub(crate) Vec<(String, T)>);

impl<'js, T: IntoJs<'js>> IntoJs<'js> for Pairs<T> {
    fn into_js(self, ctx: &Ctx<'js>) -> Result<Value<'js>> {
        let pairs = Array::new(ctx.clone())?;
        for (index, (name, value)) in self.0.into_iter().enumerate() {
            let pair = Array::new(ctx.clone())?;
            pair.set(0, name)?;
            pair.set(1, value)?;
            pairs.set(index, pair)?;
        }
        Ok(pairs.into_value())
    }
}

impl<'js, T: FromJs<'js>> FromJs<'js> for Pairs<T> {
    fn from_js(ctx: &Ctx<'js>, value: Value<'js>) -> Result<Self> {
        let pairs = Array::from_js(ctx, value)?;
        let pair = |pair: Result<Array<'js>>| pair.and_then(|pair| Ok((pair.get(0)?, pair.get(1)?)));
        pairs.iter().map(pair).collect::<Result<_>>().map(Self)
    }
}

/// Records that go to JavaScript; the fields after the bar are maps of payloads.
macro_rules! records_to_js {
    ($($type:ident { $($field:ident: $name:literal),* $(,)? $(| $($map:ident: $map_name:literal),*)? })*) => {$(
        impl<'js> rquickjs::IntoJs<'js> for $type {
            fn into_js(self, ctx: &rquickjs::Ctx<'js>) -> rquickjs::Result<rquickjs::Value<'js>> {
                let object = rquickjs::Object::new(ctx.clone())?;
                $(object.set($name, self.$field)?;)*
                $($(object.set($map_name, crate::convert::Pairs(self.$map))?;)*)?
                Ok(object.into_value())
            }
        }
    )*};
}

/// Records that come from JavaScript; the fields after the bar are maps of payloads.
macro_rules! records_from_js {
    ($($type:ident { $($field:ident: $name:literal),* $(,)? $(| $($map:ident: $map_name:literal),*)? })*) => {$(
        impl<'js> rquickjs::FromJs<'js> for $type {
            fn from_js(_: &rquickjs::Ctx<'js>, value: rquickjs::Value<'js>) -> rquickjs::Result<Self> {
                let object = crate::convert::shapes::object(value)?;
                Ok(Self {
                    $($field: object.get($name)?,)*
                    $($($map: object.get::<_, crate::convert::Pairs<_>>($map_name)?.0,)*)?
                })
            }
        }
    )*};
}

/// Variants that go to JavaScript; of those after the bar, the value does not cross.
macro_rules! variants_to_js {
    ($($type:ident { $($case:ident: $name:literal),* $(,)? | $($empty:ident: $empty_name:literal),* })*) => {$(
        impl<'js> rquickjs::IntoJs<'js> for $type {
            fn into_js(self, ctx: &rquickjs::Ctx<'js>) -> rquickjs::Result<rquickjs::Value<'js>> {
                let object = rquickjs::Object::new(ctx.clone())?;
                match self {
                    $(Self::$case(value) => {
                        object.set("tag", $name)?;
                        object.set("value", value)?;
                    })*
                    $(Self::$empty { .. } => object.set("tag", $empty_name)?,)*
                }
                Ok(object.into_value())
            }
        }
    )*};
}

/// Variants that come from JavaScript; those after the bar carry no value.
macro_rules! variants_from_js {
    ($($type:ident { $($case:ident: $name:literal),* $(,)? | $($empty:ident: $empty_name:literal),* })*) => {$(
        impl<'js> rquickjs::FromJs<'js> for $type {
            fn from_js(_: &rquickjs::Ctx<'js>, value: rquickjs::Value<'js>) -> rquickjs::Result<Self> {
                let object = crate::convert::shapes::object(value)?;
                match object.get::<_, String>("tag")?.as_str() {
                    $($name => Ok(Self::$case(object.get("value")?)),)*
                    $($empty_name => Ok(Self::$empty),)*
                    _ => Err(rquickjs::Error::new_from_js("object", stringify!($type))),
                }
            }
        }
    )*};
}

/// Enums, in both directions.
macro_rules! enums {
    ($($type:ident { $($case:ident: $name:literal),* $(,)? })*) => {$(
        impl<'js> rquickjs::IntoJs<'js> for $type {
            fn into_js(self, ctx: &rquickjs::Ctx<'js>) -> rquickjs::Result<rquickjs::Value<'js>> {
                match self { $(Self::$case => $name,)* }.into_js(ctx)
            }
        }

        impl<'js> rquickjs::FromJs<'js> for $type {
            fn from_js(ctx: &rquickjs::Ctx<'js>, value: rquickjs::Value<'js>) -> rquickjs::Result<Self> {
                match String::from_js(ctx, value)?.as_str() {
                    $($name => Ok(Self::$case),)*
                    _ => Err(rquickjs::Error::new_from_js("string", stringify!($type))),
                }
            }
        }
    )*};
}
