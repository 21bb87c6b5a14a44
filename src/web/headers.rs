//! The headers that every answer carries, unless the handler set its own.

use axum::http::HeaderMap;
use axum::http::header::{self, HeaderName, HeaderValue};

use crate::config::Config;

/// The headers of this site, made once.
#[derive(Clone, Debug)]
pub struct Headers {
    rows: Vec<(HeaderName, HeaderValue)>,
}

impl Headers {
    /// The headers that fit these settings.
    pub fn new(config: &Config) -> Headers {
        let mut rows = vec![
            (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
            (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
            (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
            // Not `no-referrer`: some browsers would then send `Origin: null` with our own forms.
            (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
            (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
            (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
            (
                HeaderName::from_static("permissions-policy"),
                HeaderValue::from_static("camera=(self), microphone=(self), geolocation=(), browsing-topics=()"),
            ),
            (HeaderName::from_static("x-robots-tag"), HeaderValue::from_static("noarchive")),
        ];
        if let Ok(policy) = HeaderValue::from_str(&content_security_policy(&config.settings.leave_url)) {
            rows.push((header::CONTENT_SECURITY_POLICY, policy));
        }
        if config.https {
            let two_years = HeaderValue::from_static("max-age=63072000; includeSubDomains");
            rows.push((header::STRICT_TRANSPORT_SECURITY, two_years));
        }
        Headers { rows }
    }

    /// Adds what is not there yet.
    pub fn add_to(&self, headers: &mut HeaderMap) {
        for (name, value) in &self.rows {
            headers.entry(name).or_insert_with(|| value.clone());
        }
    }
}

/// Everything from us and nothing inline. `form-action` also names the place that "Leave this site quickly" goes to,
/// because browsers hold a form's redirects to it too. `media-src blob:` is for listening to a recording before keeping it.
fn content_security_policy(leave_url: &str) -> String {
    let leave = leave_url.split('/').take(3).collect::<Vec<_>>().join("/");
    format!(
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; media-src 'self' blob:; font-src 'self'; \
         connect-src 'self'; manifest-src 'self'; form-action 'self' {leave}; base-uri 'none'; frame-ancestors 'none'"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_lets_nothing_unsafe_and_no_other_host_in() {
        let policy = content_security_policy("https://www.example.org/weather?x=1");
        assert!(!policy.contains("unsafe"));
        assert!(policy.contains("form-action 'self' https://www.example.org;"));
        assert_eq!(policy.matches("http").count(), 1);
    }
}
