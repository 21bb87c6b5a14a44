//! A browser's cookies: what it keeps, for which paths, and what it throws away.

use std::collections::BTreeMap;

/// One cookie, as the server gave it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cookie {
    /// Its value.
    pub value: String,
    /// The path that it is sent to.
    pub path: String,
    /// Whether script cannot read it.
    pub http_only: bool,
    /// Whether it goes by https only.
    pub secure: bool,
    /// `Lax`, `Strict`, `None`, or nothing.
    pub same_site: String,
    /// Whether it ends with the browser.
    pub session: bool,
}

/// The cookies of one browser.
#[derive(Clone, Debug, Default)]
pub struct Jar {
    cookies: BTreeMap<String, Cookie>,
}

impl Jar {
    /// Takes a `Set-Cookie` header.
    pub fn take(&mut self, header: &str) {
        let mut parts = header.split(';').map(str::trim);
        let (name, value) =
            parts.next().and_then(|pair| pair.split_once('=')).expect("a cookie has a name and a value");
        let mut cookie = Cookie {
            value: value.to_owned(),
            path: "/".into(),
            http_only: false,
            secure: false,
            same_site: String::new(),
            session: true,
        };
        let mut gone = false;
        for part in parts {
            let (attribute, value) = part.split_once('=').unwrap_or((part, ""));
            match attribute.to_ascii_lowercase().as_str() {
                "path" => cookie.path = value.to_owned(),
                "httponly" => cookie.http_only = true,
                "secure" => cookie.secure = true,
                "samesite" => cookie.same_site = value.to_owned(),
                "max-age" => {
                    cookie.session = false;
                    gone |= value.parse::<i64>().is_ok_and(|seconds| seconds <= 0);
                }
                "expires" => cookie.session = false,
                _ => {}
            }
        }
        assert!(!cookie.secure, "the tests use plain http, where a browser refuses the Secure cookie {name}");
        if gone {
            self.cookies.remove(name);
        } else {
            self.cookies.insert(name.to_owned(), cookie);
        }
    }

    /// The `Cookie` header for a path.
    pub fn header_for(&self, path: &str) -> Option<String> {
        let pairs: Vec<String> = self
            .cookies
            .iter()
            .filter(|(_, cookie)| matches(&cookie.path, path))
            .map(|(name, cookie)| format!("{name}={}", cookie.value))
            .collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }

    /// A cookie by its name.
    pub fn get(&self, name: &str) -> Option<&Cookie> {
        self.cookies.get(name)
    }

    /// Every cookie.
    pub fn all(&self) -> impl Iterator<Item = (&str, &Cookie)> {
        self.cookies.iter().map(|(name, cookie)| (name.as_str(), cookie))
    }

    /// Throws everything away, as `Clear-Site-Data: "cookies"` asks.
    pub fn clear(&mut self) {
        self.cookies.clear();
    }
}

fn matches(cookie_path: &str, path: &str) -> bool {
    path == cookie_path
        || path
            .strip_prefix(cookie_path)
            .is_some_and(|rest| cookie_path.ends_with('/') || rest.starts_with('/') || rest.starts_with('?'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_goes_only_to_its_path() {
        let mut jar = Jar::default();
        jar.take("heard-staff=a; HttpOnly; SameSite=Lax; Path=/staff");
        assert_eq!(jar.header_for("/staff/queue").as_deref(), Some("heard-staff=a"));
        assert_eq!(jar.header_for("/staffroom"), None);
        assert_eq!(jar.header_for("/tell"), None);
        jar.take("heard-staff=; Path=/staff; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT");
        assert_eq!(jar.all().count(), 0);
    }
}
