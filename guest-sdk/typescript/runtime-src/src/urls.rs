//! URLs, by the URL standard. Names of hosts are ASCII only: the tables for others are as large as half the engine.

use rquickjs::{Ctx, Exception, IntoJs, Object, Result, Value};
use url::{Url, form_urlencoded, quirks};

use crate::convert::Pairs;

/// A URL as an object of its parts.
pub(crate) struct Parts(Url);

impl<'js> IntoJs<'js> for Parts {
    fn into_js(self, ctx: &Ctx<'js>) -> Result<Value<'js>> {
        let url = &self.0;
        let object = Object::new(ctx.clone())?;
        object.set("href", quirks::href(url))?;
        object.set("origin", quirks::origin(url))?;
        object.set("protocol", quirks::protocol(url))?;
        object.set("username", quirks::username(url))?;
        object.set("password", quirks::password(url))?;
        object.set("host", quirks::host(url))?;
        object.set("hostname", quirks::hostname(url))?;
        object.set("port", quirks::port(url))?;
        object.set("pathname", quirks::pathname(url))?;
        object.set("search", quirks::search(url))?;
        object.set("hash", quirks::hash(url))?;
        Ok(object.into_value())
    }
}

pub(crate) fn parse(url: String, base: Option<String>) -> Option<Parts> {
    let parsed = match base {
        Some(base) => Url::parse(&base).and_then(|base| base.join(&url)),
        None => Url::parse(&url),
    };
    parsed.ok().map(Parts)
}

/// Changes one part; what cannot be taken leaves the URL as it is, as the standard says.
pub(crate) fn change(ctx: Ctx<'_>, url: String, part: String, value: String) -> Result<Parts> {
    let mut url = Url::parse(&url).map_err(|error| Exception::throw_type(&ctx, &error.to_string()))?;
    let _unchanged_if_refused = match part.as_str() {
        "protocol" => quirks::set_protocol(&mut url, &value),
        "username" => quirks::set_username(&mut url, &value),
        "password" => quirks::set_password(&mut url, &value),
        "host" => quirks::set_host(&mut url, &value),
        "hostname" => quirks::set_hostname(&mut url, &value),
        "port" => quirks::set_port(&mut url, &value),
        "pathname" => {
            quirks::set_pathname(&mut url, &value);
            Ok(())
        }
        "search" => {
            quirks::set_search(&mut url, &value);
            Ok(())
        }
        "hash" => {
            quirks::set_hash(&mut url, &value);
            Ok(())
        }
        _ => Err(()),
    };
    Ok(Parts(url))
}

pub(crate) fn parse_query(query: String) -> Pairs<String> {
    Pairs(form_urlencoded::parse(query.as_bytes()).into_owned().collect())
}

pub(crate) fn format_query(pairs: Pairs<String>) -> String {
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs.0)
        .finish()
}
