//! Pages of other sites may not change anything here through the browser of somebody who can reach this server.
//!
//! Browsers say where a request comes from, and let pages read no answer from elsewhere, since we allow it to none
//! (there is no CORS). But they send what another site's page posts; that is refused. Other clients send neither of
//! the two headers, and are not asked for anything.

use super::refusal::Refusal;
use axum::{
    extract::Request,
    http::{
        HeaderMap, StatusCode,
        header::{HOST, ORIGIN},
    },
    middleware::Next,
    response::{IntoResponse, Response},
};
use tonic::Status;

pub(super) async fn refuse_other_sites(request: Request, next: Next) -> Response {
    if request.method().is_safe() || is_of_this_site(request.headers()) {
        return next.run(request).await;
    }
    let refusal = Refusal::from(Status::permission_denied(
        "a page of another site may not send this: requests with this method are taken from this server's own address",
    ));
    refusal.with_http(StatusCode::FORBIDDEN).into_response()
}

fn is_of_this_site(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    match (text("sec-fetch-site"), text(ORIGIN.as_str())) {
        (Some(site), _) => matches!(site, "same-origin" | "none"),
        (None, Some(origin)) => {
            let authority = origin.split_once("://").map(|(_, authority)| authority);
            authority.is_some() && authority == text(HOST.as_str())
        }
        (None, None) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::{HeaderName, HeaderValue};

    fn check(headers: &[(&'static str, &'static str)], expected: bool) {
        let headers = headers.iter().map(|(name, value)| {
            let name = HeaderName::from_static(name);
            (name, HeaderValue::from_static(value))
        });
        assert_eq!(is_of_this_site(&headers.collect()), expected);
    }

    #[test]
    fn only_other_sites_are_refused() {
        check(&[("host", "localhost:8233")], true);
        check(&[("sec-fetch-site", "same-origin"), ("origin", "http://a")], true);
        check(&[("sec-fetch-site", "none")], true);
        check(&[("sec-fetch-site", "cross-site")], false);
        check(&[("sec-fetch-site", "same-site")], false);
        check(&[("host", "localhost:8233"), ("origin", "http://localhost:8233")], true);
        check(&[("host", "localhost:8233"), ("origin", "http://evil.example")], false);
        check(&[("host", "localhost:8233"), ("origin", "null")], false);
    }
}
