//! One call of the gRPC services in this process, as it would come over a connection.

use axum::{
    Router,
    body::Body,
    http::{
        HeaderMap, HeaderName, HeaderValue, Method, Request, Version,
        header::{
            ACCEPT, ACCEPT_ENCODING, CONNECTION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, EXPECT, HOST, TE,
            TRANSFER_ENCODING, UPGRADE,
        },
    },
};
use bytes::{Buf, BufMut, Bytes, BytesMut};
use http_body_util::BodyExt;
use prost_reflect::MethodDescriptor;
use tonic::{Code, Status, codegen::Service};

/// Headers that are about the HTTP message or its connection. All others go with the call: who calls, for which
/// namespace, with what authority, how long it may take (`grpc-timeout`).
const HEADERS_OF_HTTP: [HeaderName; 13] = [
    ACCEPT,
    ACCEPT_ENCODING,
    CONNECTION,
    CONTENT_ENCODING,
    CONTENT_LENGTH,
    CONTENT_TYPE,
    EXPECT,
    HOST,
    TE,
    TRANSFER_ENCODING,
    UPGRADE,
    HeaderName::from_static("grpc-encoding"),
    HeaderName::from_static("grpc-accept-encoding"),
];

/// What precedes a message: whether it is compressed, and its length.
const FRAME_HEADER_BYTES: usize = 5;

/// Calls a method with an encoded message, and gives its encoded answer. Dropping it cancels the call.
pub(super) async fn call(
    mut services: Router,
    method: &MethodDescriptor,
    mut headers: HeaderMap,
    message: Bytes,
) -> Result<Bytes, Status> {
    for name in &HEADERS_OF_HTTP {
        headers.remove(name);
    }
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
    headers.insert(TE, HeaderValue::from_static("trailers"));
    let path = format!("/{}/{}", method.parent_service().full_name(), method.name());
    let mut request = Request::new(Body::from(framed(&message)?));
    *request.method_mut() = Method::POST;
    *request.version_mut() = Version::HTTP_2;
    *request.headers_mut() = headers;
    *request.uri_mut() = path
        .parse()
        .map_err(|_| Status::internal("a method's name is no path"))?;

    let Ok(answer) = Service::call(&mut services, request).await;
    let (head, body) = answer.into_parts();
    succeeded(&head.headers)?;
    let body = body.collect().await;
    let body = body.map_err(|error| Status::internal(format!("the answer broke off: {error}")))?;
    body.trailers().map_or(Ok(()), succeeded)?;
    unframed(body.to_bytes())
}

/// The status is in the headers if there is nothing else, and in the trailers if there is an answer.
fn succeeded(headers: &HeaderMap) -> Result<(), Status> {
    match Status::from_header_map(headers) {
        Some(status) if status.code() != Code::Ok => Err(status),
        _ => Ok(()),
    }
}

fn framed(message: &[u8]) -> Result<Bytes, Status> {
    let length = u32::try_from(message.len()).map_err(|_| Status::invalid_argument("the request is too large"))?;
    let mut frame = BytesMut::with_capacity(FRAME_HEADER_BYTES + message.len());
    frame.put_u8(0);
    frame.put_u32(length);
    frame.put_slice(message);
    Ok(frame.freeze())
}

/// The one message of an answer. It is not compressed, as nothing else was said to be accepted.
fn unframed(mut frame: Bytes) -> Result<Bytes, Status> {
    if frame.len() < FRAME_HEADER_BYTES {
        return Err(Status::internal("the answer has no message"));
    }
    frame.advance(FRAME_HEADER_BYTES);
    Ok(frame)
}
