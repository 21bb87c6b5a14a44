//! HTTP ranges (RFC 9110 section 14), for seeking in sound and video.

use axum::http::HeaderMap;
use axum::http::header::RANGE;

/// Which bytes of a whole of `length` a request asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// All of it.
    Whole,
    /// From `start` up to, not including, `end`.
    Part {
        /// The first byte.
        start: u64,
        /// The byte after the last.
        end: u64,
    },
    /// Bytes that are not there: 416.
    Outside,
}

/// What a request asks for. Several ranges in one request, and units other than bytes, are answered with the whole, as
/// the RFC allows.
pub fn asked(headers: &HeaderMap, length: u64) -> Asked {
    let Some(spec) = headers.get(RANGE).and_then(|value| value.to_str().ok()).and_then(|v| v.strip_prefix("bytes="))
    else {
        return Asked::Whole;
    };
    let Some((first, last)) = spec.trim().split_once('-').filter(|_| !spec.contains(',')) else {
        return Asked::Whole;
    };
    match (first.trim().parse::<u64>(), last.trim().parse::<u64>()) {
        (Ok(start), _) if start >= length => Asked::Outside,
        (Ok(start), Ok(last)) if last >= start => Asked::Part { start, end: last.saturating_add(1).min(length) },
        (Ok(start), Err(_)) if last.trim().is_empty() => Asked::Part { start, end: length },
        (Err(_), Ok(0)) if first.trim().is_empty() => Asked::Outside,
        (Err(_), Ok(suffix)) if first.trim().is_empty() && length > 0 => {
            Asked::Part { start: length.saturating_sub(suffix), end: length }
        }
        (Err(_), Ok(_)) if first.trim().is_empty() => Asked::Outside,
        _ => Asked::Whole,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(spec: &str, length: u64) -> Asked {
        let mut headers = HeaderMap::new();
        headers.insert(RANGE, spec.parse().expect("a header value"));
        asked(&headers, length)
    }

    #[test]
    fn ranges_as_players_send_them() {
        assert_eq!(ask("bytes=0-", 10), Asked::Part { start: 0, end: 10 });
        assert_eq!(ask("bytes=2-5", 10), Asked::Part { start: 2, end: 6 });
        assert_eq!(ask("bytes=2-500", 10), Asked::Part { start: 2, end: 10 });
        assert_eq!(ask("bytes=-3", 10), Asked::Part { start: 7, end: 10 });
        assert_eq!(ask("bytes=-30", 10), Asked::Part { start: 0, end: 10 });
        assert_eq!(ask("bytes=10-", 10), Asked::Outside);
        assert_eq!(ask("bytes=-0", 10), Asked::Outside);
        assert_eq!(ask("bytes=5-2", 10), Asked::Whole);
        assert_eq!(ask("bytes=0-1,3-4", 10), Asked::Whole);
        assert_eq!(ask("lines=0-1", 10), Asked::Whole);
        assert_eq!(asked(&HeaderMap::new(), 10), Asked::Whole);
    }
}
