//! A client over HTTP, as small as it can be: one request, one connection.

use super::patience::in_time;
use serde_json::Value;
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) media_type: String,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }
}

/// Sends a request without a body.
pub(crate) async fn get(address: SocketAddr, path: &str) -> Answer {
    send(address, "GET", path, "application/json", "").await
}

/// Sends JSON.
pub(crate) async fn post(address: SocketAddr, path: &str, body: &Value) -> Answer {
    send(address, "POST", path, "application/json", &body.to_string()).await
}

/// Sends a request with a body of that type.
pub(crate) async fn send(address: SocketAddr, verb: &str, path: &str, media_type: &str, body: &str) -> Answer {
    let request = format!(
        "{verb} {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-type: {media_type}\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut connection = TcpStream::connect(address).await.expect("it listens");
    connection.write_all(request.as_bytes()).await.expect("it reads");
    let mut answer = String::new();
    let reading = connection.read_to_string(&mut answer);
    in_time("it answers", reading).await.expect("the answer is text");
    read(&answer)
}

fn read(answer: &str) -> Answer {
    let (head, text) = answer.split_once("\r\n\r\n").expect("it has a head");
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1));
    let media_type = lines.find_map(|line| line.strip_prefix("content-type: "));
    Answer {
        status: status.and_then(|it| it.parse().ok()).expect("it has a status"),
        media_type: media_type.unwrap_or_default().to_owned(),
        text: text.to_owned(),
    }
}
