//! How a browser puts a form on the wire, to the letter: url-encoded, and multipart with files that stream.

use std::io;

use bytes::Bytes;
use futures_util::stream;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::Frame;

use super::file::File;

/// A request's body.
pub type Body = UnsyncBoxBody<Bytes, io::Error>;

/// One field of a form that is sent.
#[derive(Clone, Debug)]
pub enum Sent {
    /// A name and its value.
    Text(String, String),
    /// A file field and what was chosen in it; nothing chosen is sent as an empty file without a name.
    File(String, Option<File>),
}

/// A body that is all there.
pub fn full(bytes: impl Into<Bytes>) -> Body {
    Full::new(bytes.into()).map_err(|never| match never {}).boxed_unsync()
}

/// `application/x-www-form-urlencoded`, where a chosen file is only its name.
pub fn url_encoded(fields: &[Sent]) -> String {
    let pairs = fields.iter().map(|field| match field {
        Sent::Text(name, value) => (name.as_str(), crlf(value)),
        Sent::File(name, file) => (name.as_str(), file.as_ref().map(|file| file.name.clone()).unwrap_or_default()),
    });
    pairs.map(|(name, value)| format!("{}={}", escape(name), escape(&value))).collect::<Vec<_>>().join("&")
}

fn escape(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'*' | b'-' | b'.' | b'_' => char::from(byte).to_string(),
            b' ' => "+".to_owned(),
            other => format!("%{other:02X}"),
        })
        .collect()
}

fn crlf(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n").replace('\n', "\r\n")
}

/// A multipart body: its boundary, its exact length, and its pieces one after another.
pub struct Multipart {
    /// The boundary.
    pub boundary: String,
    /// The whole length, which browsers announce.
    pub length: u64,
    pieces: Vec<Piece>,
}

#[derive(Clone)]
enum Piece {
    Text(Bytes),
    File(File),
}

impl Multipart {
    /// Puts fields together.
    pub fn new(fields: &[Sent]) -> Multipart {
        let boundary = format!("----WebKitFormBoundary{}", data_encoding::HEXLOWER.encode(&heard::id::random::<8>()));
        let mut pieces = Vec::new();
        for field in fields {
            match field {
                Sent::Text(name, value) => pieces.push(Piece::Text(Bytes::from(format!(
                    "--{boundary}\r\nContent-Disposition: form-data; name=\"{}\"\r\n\r\n{}\r\n",
                    quote(name),
                    crlf(value)
                )))),
                Sent::File(name, file) => {
                    let (file_name, content_type) = match file {
                        Some(file) => (quote(&file.name), file.content_type.as_str()),
                        None => (String::new(), "application/octet-stream"),
                    };
                    pieces.push(Piece::Text(Bytes::from(format!(
                        "--{boundary}\r\nContent-Disposition: form-data; name=\"{}\"; filename=\"{file_name}\"\r\n\
                         Content-Type: {content_type}\r\n\r\n",
                        quote(name)
                    ))));
                    if let Some(file) = file {
                        pieces.push(Piece::File(file.clone()));
                    }
                    pieces.push(Piece::Text(Bytes::from_static(b"\r\n")));
                }
            }
        }
        pieces.push(Piece::Text(Bytes::from(format!("--{boundary}--\r\n"))));
        let length = pieces
            .iter()
            .map(|piece| match piece {
                Piece::Text(text) => text.len() as u64,
                Piece::File(file) => file.length(),
            })
            .sum();
        Multipart { boundary, length, pieces }
    }

    /// The bytes, a block at a time.
    pub fn blocks(self) -> impl Iterator<Item = Bytes> + Send {
        self.pieces.into_iter().flat_map(|piece| -> Box<dyn Iterator<Item = Bytes> + Send> {
            match piece {
                Piece::Text(text) => Box::new(std::iter::once(text)),
                Piece::File(file) => Box::new(file.blocks()),
            }
        })
    }

    /// The body, sent as it is made.
    pub fn body(self) -> Body {
        let frames = self.blocks().map(|block| Ok(Frame::data(block)));
        StreamBody::new(stream::iter(frames)).boxed_unsync()
    }

    /// The body up to `length` bytes, and then a connection that breaks.
    pub fn broken_after(self, length: u64) -> Body {
        let mut left = length;
        let frames = self.blocks().map_while(move |block| {
            if left == 0 {
                return None;
            }
            let part = block.slice(..block.len().min(usize::try_from(left).unwrap_or(usize::MAX)));
            left -= part.len() as u64;
            Some(Ok(Frame::data(part)))
        });
        let end = stream::once(async { Err(io::Error::other("the phone lost its connection")) });
        StreamBody::new(futures_util::StreamExt::chain(stream::iter(frames), end)).boxed_unsync()
    }
}

/// Names in a part's head: what browsers escape, and nothing more.
fn quote(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn url_encoding_is_a_browsers() {
        let fields = [Sent::Text("a b".into(), "é\n&".into()), Sent::File("f".into(), None)];
        assert_eq!(url_encoded(&fields), "a+b=%C3%A9%0D%0A%26&f=");
    }

    #[test]
    fn a_multipart_body_has_the_length_that_it_announces() {
        let fields =
            [Sent::Text("a".into(), "b".into()), Sent::File("f".into(), Some(File::made("x", "y/z", "", 1, 100_000)))];
        let body = Multipart::new(&fields);
        let announced = body.length;
        assert_eq!(body.blocks().map(|block| block.len() as u64).sum::<u64>(), announced);
    }
}
