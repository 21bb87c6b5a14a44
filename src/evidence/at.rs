//! A moment in sound or video, as people type and read it.

/// A moment in sound or video, as people type it: `1:14`, `01:14`, `1:02:03`, or seconds alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct At {
    /// Milliseconds from the beginning.
    pub ms: i64,
}

impl At {
    /// Reads what somebody typed. Parts after the first count to 59.
    pub fn parse(text: &str) -> Option<At> {
        let parts: Vec<i64> = text
            .trim()
            .split(':')
            .map(|part| {
                let digits = (1..=4).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
                digits.then(|| part.parse().ok()).flatten()
            })
            .collect::<Option<_>>()?;
        let seconds = match parts[..] {
            [seconds] => seconds,
            [minutes, seconds] if seconds < 60 => minutes * 60 + seconds,
            [hours, minutes, seconds] if minutes < 60 && seconds < 60 => (hours * 60 + minutes) * 60 + seconds,
            _ => return None,
        };
        Some(At { ms: seconds * 1000 })
    }

    /// Whole seconds, for a player's address (`#t=74`).
    pub fn seconds(self) -> i64 {
        self.ms / 1000
    }
}

impl std::fmt::Display for At {
    /// As references write it: `01:14`, with hours where there are any.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (hours, minutes, seconds) = (self.seconds() / 3600, self.seconds() / 60 % 60, self.seconds() % 60);
        match hours {
            0 => write!(f, "{minutes:02}:{seconds:02}"),
            _ => write!(f, "{hours}:{minutes:02}:{seconds:02}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_as_people_type_them() {
        for (typed, seconds) in
            [("1:14", 74), ("01:14", 74), (" 74 ", 74), ("1:02:03", 3723), ("0:00", 0), ("90:00", 5400)]
        {
            assert_eq!(At::parse(typed).map(At::seconds), Some(seconds), "{typed}");
        }
        for typed in ["", "1:60", "1:2:3:4", "-1:00", "1.5", "1:", ":30", "99999", "half"] {
            assert_eq!(At::parse(typed), None, "{typed}");
        }
    }

    #[test]
    fn moments_are_written_as_references_write_them() {
        assert_eq!(At { ms: 74_900 }.to_string(), "01:14");
        assert_eq!(At { ms: 3_723_000 }.to_string(), "1:02:03");
    }
}
