//! A small HTTP/1.1 client: one connection for each request, and every failure told apart from every answer.

use std::{io, net::SocketAddr, time::Duration};

use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

/// A request, to be sent any number of times.
#[derive(Clone, Debug)]
pub struct Call {
    method: &'static str,
    path: String,
    headers: Vec<(&'static str, String)>,
    /// Its type, and what it is.
    body: Option<(&'static str, Vec<u8>)>,
}

/// A complete answer.
#[derive(Clone, Debug)]
pub struct Reply {
    pub status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Call {
    pub fn get(path: impl Into<String>) -> Self {
        Self { method: "GET", path: path.into(), headers: vec![], body: None }
    }

    pub fn post(path: impl Into<String>, body: Value) -> Self {
        Self::upload(path, "application/json", body.to_string())
    }

    /// Content of any type.
    pub fn upload(path: impl Into<String>, content_type: &'static str, content: impl Into<Vec<u8>>) -> Self {
        Self { method: "POST", body: Some((content_type, content.into())), ..Self::get(path) }
    }

    /// The same in the place of what is there.
    pub fn put(path: impl Into<String>, content_type: &'static str, content: impl Into<Vec<u8>>) -> Self {
        Self { method: "PUT", ..Self::upload(path, content_type, content) }
    }

    pub fn patch(path: impl Into<String>, body: Value) -> Self {
        Self { method: "PATCH", ..Self::post(path, body) }
    }

    pub fn delete(path: impl Into<String>) -> Self {
        Self { method: "DELETE", ..Self::get(path) }
    }

    pub fn header(mut self, name: &'static str, value: impl ToString) -> Self {
        self.headers.push((name, value.to_string()));
        self
    }

    pub fn token(self, token: &str) -> Self {
        self.header("authorization", format!("Bearer {token}"))
    }

    /// Sends the request and reads the whole answer, within `patience`.
    pub async fn send(&self, address: SocketAddr, patience: Duration) -> io::Result<Reply> {
        match timeout(patience, self.exchange(address)).await {
            Ok(reply) => reply,
            Err(_) => Err(io::ErrorKind::TimedOut.into()),
        }
    }

    async fn exchange(&self, address: SocketAddr) -> io::Result<Reply> {
        let mut stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        stream.write_all(&self.bytes(address)).await?;
        let mut bytes = vec![];
        stream.read_to_end(&mut bytes).await?;
        Reply::parse(&bytes).ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }

    fn bytes(&self, address: SocketAddr) -> Vec<u8> {
        let Self { method, path, .. } = self;
        let mut head = format!("{method} {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n");
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        if let Some((content_type, content)) = &self.body {
            head.push_str(&format!("content-type: {content_type}\r\ncontent-length: {}\r\n", content.len()));
        }
        head.push_str("\r\n");
        [head.as_bytes(), self.body.as_ref().map_or(&[], |(_, content)| content.as_slice())].concat()
    }
}

impl Reply {
    /// `None` when the answer is cut off.
    fn parse(bytes: &[u8]) -> Option<Self> {
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
        let mut lines = std::str::from_utf8(&bytes[..end]).ok()?.split("\r\n");
        let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
        let headers: Vec<(String, String)> = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
            .collect();
        let reply = Self { status, headers, body: bytes[end + 4..].to_vec() };
        let length = reply.header("content-length").map_or(Some(0), |length| length.parse().ok())?;
        (reply.body.len() >= length).then_some(reply)
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub fn content(&self) -> &[u8] {
        &self.body
    }

    /// The body; `Null` when it is no JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// The version that the entity tag names.
    pub fn version(&self) -> Option<i64> {
        self.header("etag")?.trim_matches('"').strip_prefix('v')?.parse().ok()
    }

    /// The position in the log that the answer reflects.
    pub fn position(&self) -> Option<i64> {
        self.header("tidemark-position")?.parse().ok()
    }

    /// The stable code of a problem document.
    pub fn problem(&self) -> Option<String> {
        self.json()["code"].as_str().map(str::to_owned)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_that_is_cut_off_is_none() {
        let whole = b"HTTP/1.1 200 OK\r\nETag: \"v7\"\r\nContent-Length: 2\r\n\r\n{}";
        let reply = Reply::parse(whole).unwrap();
        assert_eq!((reply.status, reply.version()), (200, Some(7)));
        for length in 0..whole.len() {
            assert!(Reply::parse(&whole[..length]).is_none(), "{length}");
        }
    }
}
