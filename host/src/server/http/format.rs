//! The forms of JSON that a caller may ask for: `application/json`, with `+pretty` or `+no-payload-shorthand` or both.

use super::{
    query::{NO_SHORTHAND, PRETTY},
    web_ui,
};
use axum::http::{
    HeaderMap, HeaderName,
    header::{ACCEPT, CONTENT_TYPE},
};

/// How a body is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Format {
    /// With line breaks and indentation.
    pub(super) is_pretty: bool,
    /// Payloads as the values that they hold, where they can be.
    pub(super) has_shorthand: bool,
}

impl Format {
    const DEFAULT: Self = Self {
        is_pretty: false,
        has_shorthand: true,
    };

    /// What Temporal's web pages write and read.
    pub(super) const OF_WEB_UI: Self = Self {
        is_pretty: false,
        has_shorthand: false,
    };

    /// The form of a request's body.
    pub(super) fn of_body(headers: &HeaderMap) -> Self {
        named_in(headers, CONTENT_TYPE).unwrap_or(match web_ui::asks(headers) {
            true => Self::OF_WEB_UI,
            false => Self::DEFAULT,
        })
    }

    /// The form of the answer: what is asked for, or else that of the request.
    pub(super) fn of_answer(headers: &HeaderMap, parameters: &[(String, String)]) -> Self {
        let has = |wanted: &str| parameters.iter().any(|(name, _)| name == wanted);
        let asked = named_in(headers, ACCEPT).unwrap_or_else(|| Self::of_body(headers));
        Self {
            is_pretty: asked.is_pretty || has(PRETTY),
            has_shorthand: asked.has_shorthand && !has(NO_SHORTHAND),
        }
    }

    /// As a media type.
    pub(super) const fn media_type(self) -> &'static str {
        match (self.is_pretty, self.has_shorthand) {
            (false, true) => "application/json",
            (true, true) => "application/json+pretty",
            (false, false) => "application/json+no-payload-shorthand",
            (true, false) => "application/json+pretty+no-payload-shorthand",
        }
    }
}

/// The first of our media types that a header names. Other types are not an error: what we have is JSON.
fn named_in(headers: &HeaderMap, header: HeaderName) -> Option<Format> {
    let types = headers.get(header)?.to_str().ok()?;
    types.split(',').find_map(|media_type| {
        let name = media_type.split(';').next()?.trim();
        let mut parts = name.split('+');
        let is_json = parts.next()?.eq_ignore_ascii_case("application/json");
        is_json.then(|| {
            parts.fold(Format::DEFAULT, |format, part| match part {
                "pretty" => Format {
                    is_pretty: true,
                    ..format
                },
                "no-payload-shorthand" => Format {
                    has_shorthand: false,
                    ..format
                },
                _ => format,
            })
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(accept: &str, expected: &str) {
        let headers = [(ACCEPT, accept.parse().expect("a header"))].into_iter().collect();
        assert_eq!(Format::of_answer(&headers, &[]).media_type(), expected);
    }

    #[test]
    fn the_form_is_the_first_that_is_known() {
        check("*/*", "application/json");
        check("text/html, application/json+pretty;q=0.9", "application/json+pretty");
        check(
            "application/json+no-payload-shorthand+pretty",
            "application/json+pretty+no-payload-shorthand",
        );
    }

    #[test]
    fn parameters_ask_too_and_the_body_decides_where_nothing_else_does() {
        let headers: HeaderMap = [(
            CONTENT_TYPE,
            "application/json+no-payload-shorthand".parse().expect("a header"),
        )]
        .into_iter()
        .collect();
        assert!(!Format::of_answer(&headers, &[]).has_shorthand);
        assert!(!Format::of_body(&headers).has_shorthand);
        assert!(Format::of_answer(&HeaderMap::new(), &[(PRETTY.into(), String::new())]).is_pretty);
    }
}
