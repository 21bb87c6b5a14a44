//! How a reader wants pages to look: how big, how far apart, in which colours and letters. The reader chooses it on `/look`;
//! nobody chooses it for them. It travels with the words ([`super::Speech`]), because both are how a page speaks to one
//! reader; `html/` turns it into attributes of the document, and `assets/css/heard.css` says what each of them does.
//!
//! In a cookie it is four words of ours with a dot between them. Everybody who chose alike has the same ones, so they say
//! nothing about who reads.

/// One thing that can be chosen.
#[derive(Debug)]
pub struct Asked {
    /// Its name in forms and in words files.
    pub name: &'static str,
    /// What is offered; the first one is what stands until somebody chooses.
    pub offered: &'static [&'static str],
}

/// Everything that can be chosen, in the order of the page and of the cookie.
pub const ASKED: [Asked; 4] = [
    Asked { name: "size", offered: &["normal", "larger", "largest"] },
    Asked { name: "colours", offered: &["paper", "white", "cream", "yellow", "blue", "dark", "contrast"] },
    Asked { name: "spacing", offered: &["even", "more", "most"] },
    Asked { name: "font", offered: &["system", "sans", "serif"] },
];

/// What a reader chose, each as its place in the list of what is offered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Look([usize; ASKED.len()]);

impl Look {
    /// Reads what [`Look::cookie`] gives. Whatever it does not know is as if nobody had chosen.
    pub fn parse(cookie: &str) -> Look {
        let mut look = Look::default();
        for (asked, value) in ASKED.iter().zip(cookie.split('.')) {
            look = look.with(asked.name, value).unwrap_or(look);
        }
        look
    }

    /// The value of the cookie.
    pub fn cookie(self) -> String {
        ASKED.iter().map(|asked| self.chosen(asked.name)).collect::<Vec<_>>().join(".")
    }

    /// The same with one thing chosen anew; none where there is no such thing, or where it is not offered.
    pub fn with(mut self, name: &str, value: &str) -> Option<Look> {
        let place = ASKED.iter().position(|asked| asked.name == name)?;
        self.0[place] = ASKED[place].offered.iter().position(|offered| *offered == value)?;
        Some(self)
    }

    /// What is chosen of one thing.
    pub fn chosen(self, name: &str) -> &'static str {
        let found = ASKED.iter().zip(self.0).find(|(asked, _)| asked.name == name);
        found.map_or("", |(asked, chosen)| asked.offered[chosen])
    }

    /// What is chosen of one thing, where it is not what stands by itself.
    pub fn changed(self, name: &str) -> Option<&'static str> {
        let chosen = self.chosen(name);
        ASKED.iter().any(|asked| asked.name == name && asked.offered[0] != chosen).then_some(chosen)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_choice_comes_back_from_its_cookie() {
        for asked in &ASKED {
            for value in asked.offered {
                let look = Look::default().with(asked.name, value).expect("it is offered");
                assert_eq!(Look::parse(&look.cookie()), look);
                assert_eq!(look.chosen(asked.name), *value);
                assert_eq!(look.changed(asked.name).is_some(), *value != asked.offered[0]);
            }
        }
    }

    #[test]
    fn what_we_never_gave_out_changes_nothing() {
        for cookie in ["", "huge.red", "....", "normal.paper.even.system.more", "\"><script>", "LARGER"] {
            assert_eq!(Look::parse(cookie), Look::default(), "{cookie}");
        }
        assert_eq!(Look::parse("larger.red.more"), Look::parse("larger.paper.more.system"));
        assert_eq!(Look::default().with("size", "dark"), None);
    }

    #[test]
    fn the_cookie_is_one_of_a_few_that_everybody_may_have() {
        let all: usize = ASKED.iter().map(|asked| asked.offered.len()).product();
        assert!(all < 256, "{all} different cookies say too much of who reads");
    }
}
