//! A phone's browser with JavaScript off: it keeps cookies, follows redirects, and fills in forms by their labels.
//!
//! It speaks HTTP over a real connection, so that it works alike on a service in this process and on the real program.
//! Every HTML page that it sees is looked at by [`always`].

pub mod always;
pub mod cookies;
pub mod file;
pub mod filling;
pub mod page;
pub mod tree;
pub mod wire;

use std::time::Duration;

use http_body_util::BodyExt;
use hyper::header::{CONTENT_LENGTH, CONTENT_TYPE, COOKIE, HOST, ORIGIN, SET_COOKIE};
use hyper::{Method, Request, Response};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

#[allow(unused_imports, reason = "the parts of a browser, for the journeys")]
pub use self::{
    file::File,
    filling::Filling,
    page::Page,
    wire::{Body, Multipart, Sent, full},
};

use self::cookies::Jar;

/// The longest that any answer may take.
const PATIENCE: Duration = Duration::from_secs(300);

/// One person's browser.
#[derive(Clone, Debug)]
pub struct Browser {
    /// The service's address, such as `http://127.0.0.1:1234`.
    pub origin: String,
    /// Its cookies.
    pub jar: Jar,
    /// Whether it keeps and sends cookies.
    pub cookies_on: bool,
    /// Whether it sends the headers of today's browsers (`Origin`, `Sec-Fetch-…`); old assistive browsers do not.
    pub modern: bool,
    client: Client<HttpConnector, Body>,
}

impl Browser {
    /// A new browser, that has never been here.
    pub fn new(origin: &str) -> Browser {
        Browser {
            origin: origin.to_owned(),
            jar: Jar::default(),
            cookies_on: true,
            modern: true,
            client: Client::builder(TokioExecutor::new()).build_http(),
        }
    }

    /// Opens an address, and follows where it leads.
    pub async fn open(&mut self, url: &str) -> Page {
        let request = self.request(Method::GET, url);
        let page = self.send(request, wire::full("")).await;
        self.go_on(page).await
    }

    /// Opens an address with further headers, and does not follow where it leads.
    pub async fn get(&mut self, url: &str, headers: &[(&str, &str)]) -> Page {
        let mut request = self.request(Method::GET, url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request, wire::full("")).await
    }

    /// Follows the link with this name.
    pub async fn follow(&mut self, page: &Page, link: &str) -> Page {
        let address = page.link(link);
        self.open(&resolve(&page.url, &address)).await
    }

    /// Presses the button of a form that was filled in, and follows where it leads.
    pub async fn press(&mut self, filling: Filling) -> Page {
        let page = self.press_once(filling).await;
        self.go_on(page).await
    }

    /// Presses the button, and shows the answer itself, a redirect or not.
    pub async fn press_once(&mut self, filling: Filling) -> Page {
        let url = resolve(&filling.page, &filling.action);
        let sent = filling.sent();
        if filling.method == "get" {
            let path = url.split('?').next().unwrap_or_default().to_owned();
            let request = self.request(Method::GET, &format!("{path}?{}", wire::url_encoded(&sent)));
            return self.send(request, wire::full("")).await;
        }
        let request = self.request(Method::POST, &url);
        if filling.encoding == "multipart/form-data" {
            let body = Multipart::new(&sent);
            let request = request
                .header(CONTENT_TYPE, format!("multipart/form-data; boundary={}", body.boundary))
                .header(CONTENT_LENGTH, body.length);
            return self.send(request, body.body()).await;
        }
        let request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request, wire::full(wire::url_encoded(&sent))).await
    }

    /// Sends any request with this browser's cookies, as somebody who tampers would.
    pub async fn send_raw(&mut self, method: Method, url: &str, headers: &[(&str, &str)], body: Body) -> Page {
        let mut request = self.request(method, url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request, body).await
    }

    /// Asks for bytes and gives the answer as it comes, for downloads that do not fit memory.
    pub async fn download(&mut self, url: &str, headers: &[(&str, &str)]) -> Response<hyper::body::Incoming> {
        let mut request = self.request(Method::GET, url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(wire::full("")).expect("the request is well formed");
        self.client.request(request).await.expect("the service answers")
    }

    /// The status alone, of an answer that may have no body.
    pub async fn status(&mut self, method: Method, url: &str) -> u16 {
        let request = self.request(method, url).body(wire::full("")).expect("the request is well formed");
        self.client.request(request).await.expect("the service answers").status().as_u16()
    }

    /// The same request when the connection may break: none means that no answer came.
    pub async fn try_send(&mut self, method: Method, url: &str, headers: &[(&str, &str)], body: Body) -> Option<Page> {
        let mut request = self.request(method, url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(body).expect("the request is well formed");
        let response = tokio::time::timeout(PATIENCE, self.client.request(request)).await.ok()?.ok()?;
        self.read(url, response).await
    }

    fn request(&self, method: Method, url: &str) -> hyper::http::request::Builder {
        assert!(url.starts_with('/'), "{url} is an address of the service under test");
        let looks = matches!(method, Method::GET | Method::HEAD);
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{url}", self.origin))
            .header(
                "user-agent",
                "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/120.0.0.0 Mobile Safari/537.36",
            )
            .header("accept", "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8")
            .header("accept-language", "en-GB,en;q=0.9")
            .header(HOST, self.origin.trim_start_matches("http://"));
        if self.modern {
            request = request
                .header("sec-fetch-site", if looks { "none" } else { "same-origin" })
                .header("sec-fetch-mode", "navigate")
                .header("sec-fetch-dest", "document");
            if !looks {
                request = request.header(ORIGIN, &self.origin);
            }
        }
        if self.cookies_on
            && let Some(cookies) = self.jar.header_for(url)
        {
            request = request.header(COOKIE, cookies);
        }
        request
    }

    async fn send(&mut self, request: hyper::http::request::Builder, body: Body) -> Page {
        let request = request.body(body).expect("the request is well formed");
        let url = request.uri().path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string);
        let answered = tokio::time::timeout(PATIENCE, self.client.request(request)).await;
        let response = answered.unwrap_or_else(|_| panic!("{url} did not answer in time"));
        let response = response.unwrap_or_else(|error| panic!("{url} did not answer: {error:?}"));
        self.read(&url, response).await.unwrap_or_else(|| panic!("the answer of {url} broke off"))
    }

    async fn read(&mut self, url: &str, response: Response<hyper::body::Incoming>) -> Option<Page> {
        let (parts, body) = response.into_parts();
        if self.cookies_on {
            for cookie in parts.headers.get_all(SET_COOKIE) {
                self.jar.take(cookie.to_str().expect("a cookie is text"));
            }
        }
        if parts
            .headers
            .get("clear-site-data")
            .and_then(|value| value.to_str().ok())
            .is_some_and(|all| all.contains("cookies"))
        {
            self.jar.clear();
        }
        let bytes = body.collect().await.ok()?.to_bytes();
        Some(Page::new(parts.status.as_u16(), url.to_owned(), parts.headers, bytes))
    }

    /// Follows where an answer leads, within the site.
    pub async fn go_on(&mut self, mut page: Page) -> Page {
        for _ in 0..10 {
            let Some(leads_to) = page.leads_to().filter(|_| (300..400).contains(&page.status)) else {
                return page;
            };
            if !leads_to.starts_with('/') && !leads_to.starts_with(&self.origin) {
                return page;
            }
            let url = resolve(&page.url, leads_to.trim_start_matches(self.origin.as_str()));
            let request = self.request(Method::GET, &url);
            page = self.send(request, wire::full("")).await;
        }
        panic!("{} leads round in a circle", page.url);
    }
}

/// An address on a page, from the page's own. Fragments stay in the browser.
pub fn resolve(base: &str, address: &str) -> String {
    let address = address.split('#').next().unwrap_or_default();
    let path = base.split('?').next().unwrap_or_default();
    match address {
        "" => base.to_owned(),
        _ if address.starts_with('/') => address.to_owned(),
        _ if address.starts_with('?') => format!("{path}{address}"),
        _ if address.contains("://") => panic!("{address} on {base} is another host's"),
        _ => format!("{}/{address}", path.rsplit_once('/').map_or("", |(folder, _)| folder)),
    }
}
