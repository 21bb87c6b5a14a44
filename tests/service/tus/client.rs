//! A resumable client, to the letter of the headers: what a program sends, and what it is answered.

use data_encoding::BASE64;
use heard::id::UploadId;
use heard::intake::store::{self, UploadRow};
use hyper::Method;

use crate::browser::{Body, Browser, Page, full};
use crate::family::{self, Family};
use crate::world::World;

/// Somebody's program.
pub struct Client {
    /// Whose it is.
    pub family: Family,
}

impl Client {
    /// The program of somebody who has just begun a draft.
    pub async fn begin(world: &World) -> Client {
        Client { family: family::begin(world).await }
    }

    /// Their browser.
    pub fn browser(&mut self) -> &mut Browser {
        &mut self.family.browser
    }

    /// Asks with exactly these headers.
    pub async fn ask_bare(
        &mut self,
        method: Method,
        url: &str,
        headers: &[(&str, &str)],
        body: impl Into<AnyBody>,
    ) -> Page {
        self.family.browser.send_raw(method, url, headers, body.into().0).await
    }

    /// Asks with these headers and the protocol's version.
    pub async fn ask(&mut self, method: Method, url: &str, headers: &[(&str, &str)], body: impl Into<AnyBody>) -> Page {
        let headers = [&[("tus-resumable", "1.0.0")], headers].concat();
        let page = self.family.browser.send_raw(method, url, &headers, body.into().0).await;
        assert_eq!(page.header("tus-resumable"), Some("1.0.0"), "every answer carries the version: {}", page.status);
        page
    }

    /// Begins an upload and gives its address.
    pub async fn create(&mut self, length: impl Into<Option<u64>>, name: &str) -> String {
        let length = length.into().map(|length| length.to_string());
        let mut metadata = format!("filename {}", BASE64.encode(name.as_bytes()));
        let length = match &length {
            Some(length) => ("upload-length", length.as_str()),
            // As our own page does it for a recording.
            None => {
                metadata += ",recorded";
                ("upload-defer-length", "1")
            }
        };
        let page = self.ask(Method::POST, "/uploads", &[length, ("upload-metadata", &metadata)], "").await;
        assert_eq!(page.status, 201, "{}", body_of(&page));
        page.leads_to().expect("an upload has an address").to_owned()
    }

    /// Where an upload stands, as HEAD says it.
    pub async fn head(&mut self, at: &str) -> Page {
        self.ask(Method::HEAD, at, &[], "").await
    }

    /// The offset that HEAD says.
    pub async fn offset(&mut self, at: &str) -> u64 {
        let page = self.head(at).await;
        assert_eq!(page.status, 200, "{at}");
        offset_of(&page).expect("HEAD says an offset")
    }

    /// Brings a piece.
    pub async fn patch(&mut self, at: &str, offset: u64, bytes: impl Into<AnyBody>) -> Page {
        self.patch_with(at, offset, &[], bytes).await
    }

    /// Brings a piece, with further headers.
    pub async fn patch_with(
        &mut self,
        at: &str,
        offset: u64,
        more: &[(&str, &str)],
        bytes: impl Into<AnyBody>,
    ) -> Page {
        let offset = offset.to_string();
        let headers = [&piece_at(&offset)[..], more].concat();
        self.ask(Method::PATCH, at, &headers, bytes).await
    }
}

/// What the service has written down of an upload.
pub async fn row_of(world: &World, at: &str) -> UploadRow {
    let id = UploadId(at.trim_start_matches("/uploads/").to_owned());
    let mut tx = world.site.db.read().await.expect("tx");
    store::find(&mut tx, &id).await.expect("asks").expect("is there")
}

/// The headers of a piece.
pub fn piece_at(offset: &str) -> [(&str, &str); 2] {
    [("content-type", "application/offset+octet-stream"), ("upload-offset", offset)]
}

/// The offset that an answer says.
pub fn offset_of(page: &Page) -> Option<u64> {
    page.header("upload-offset").and_then(|offset| offset.parse().ok())
}

/// What an answer says in its body.
pub fn body_of(page: &Page) -> String {
    String::from_utf8_lossy(&page.body).into_owned()
}

/// A body in one of the ways in which tests have one.
pub struct AnyBody(pub Body);

impl From<&'static str> for AnyBody {
    fn from(text: &'static str) -> AnyBody {
        AnyBody(full(text))
    }
}

impl From<Vec<u8>> for AnyBody {
    fn from(bytes: Vec<u8>) -> AnyBody {
        AnyBody(full(bytes))
    }
}

impl From<&[u8]> for AnyBody {
    fn from(bytes: &[u8]) -> AnyBody {
        AnyBody(full(bytes.to_vec()))
    }
}

impl From<Body> for AnyBody {
    fn from(body: Body) -> AnyBody {
        AnyBody(body)
    }
}
