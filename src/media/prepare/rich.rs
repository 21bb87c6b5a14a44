//! The words of an RTF file. Its groups for fonts, pictures, objects and everything that is marked as not needed are left
//! out, so that nothing in them can happen (Rich Text Format specification 1.9.1).

/// Groups that hold no words of the text.
const WITHOUT_WORDS: [&str; 14] = [
    "fonttbl",
    "colortbl",
    "stylesheet",
    "info",
    "pict",
    "object",
    "objdata",
    "themedata",
    "datastore",
    "fldinst",
    "listtable",
    "revtbl",
    "xmlnstbl",
    "latentstyles",
];

/// The words of a file.
pub(super) fn words_of(bytes: &[u8]) -> String {
    let mut reader =
        Reader { bytes, at: 0, out: String::new(), groups: vec![Group { silent: false, after_u: 1 }], skip: 0 };
    while reader.step() {}
    reader.out
}

#[derive(Clone, Copy)]
struct Group {
    silent: bool,
    /// How many letters after a `\u` stand for those who do not know it.
    after_u: usize,
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    out: String,
    groups: Vec<Group>,
    skip: usize,
}

impl Reader<'_> {
    fn step(&mut self) -> bool {
        let Some(byte) = self.bytes.get(self.at).copied() else { return false };
        self.at += 1;
        match byte {
            b'{' if self.groups.len() < 500 => self.groups.push(self.group()),
            b'}' if self.groups.len() > 1 => drop(self.groups.pop()),
            b'\\' => self.control(),
            b'\r' | b'\n' | b'{' | b'}' | 0 => {}
            byte => self.letter(super::writing::windows_1252(byte)),
        }
        true
    }

    fn group(&self) -> Group {
        self.groups.last().copied().unwrap_or(Group { silent: false, after_u: 1 })
    }

    fn silence(&mut self) {
        if let Some(group) = self.groups.last_mut() {
            group.silent = true;
        }
    }

    fn letter(&mut self, letter: char) {
        if self.skip > 0 {
            self.skip -= 1;
        } else if !self.group().silent {
            self.out.push(letter);
        }
    }

    fn control(&mut self) {
        let Some(sign) = self.bytes.get(self.at).copied() else { return };
        if !sign.is_ascii_alphabetic() {
            self.at += 1;
            match sign {
                b'\'' => {
                    let two = self.bytes.get(self.at..self.at + 2).and_then(|two| std::str::from_utf8(two).ok());
                    let byte = two.and_then(|two| u8::from_str_radix(two, 16).ok());
                    self.at += 2;
                    self.letter(byte.map_or('\u{FFFD}', super::writing::windows_1252));
                }
                b'*' => self.silence(),
                b'~' => self.letter(' '),
                b'\\' | b'{' | b'}' => self.letter(char::from(sign)),
                _ => {}
            }
            return;
        }
        let word = self.take(|byte| byte.is_ascii_alphabetic());
        let number: i32 = self.take(|byte| byte.is_ascii_digit() || byte == b'-').parse().unwrap_or(1);
        if self.bytes.get(self.at) == Some(&b' ') {
            self.at += 1;
        }
        self.word(&word, number);
    }

    fn take(&mut self, wanted: impl Fn(u8) -> bool) -> String {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let length = rest.iter().take(32).take_while(|byte| wanted(**byte)).count();
        self.at += length;
        String::from_utf8_lossy(&rest[..length]).into_owned()
    }

    fn word(&mut self, word: &str, number: i32) {
        match word {
            "par" | "line" | "row" | "sect" | "page" => self.letter('\n'),
            "tab" | "cell" => self.letter('\t'),
            "emdash" => self.letter('—'),
            "endash" => self.letter('–'),
            "lquote" => self.letter('‘'),
            "rquote" => self.letter('’'),
            "ldblquote" => self.letter('“'),
            "rdblquote" => self.letter('”'),
            "bullet" => self.letter('•'),
            "uc" => {
                if let Some(group) = self.groups.last_mut() {
                    group.after_u = usize::try_from(number).unwrap_or(1).min(8);
                }
            }
            // Numbers over 32,767 are written as negative ones.
            "u" => {
                let code = u32::try_from(if number < 0 { number + 65_536 } else { number }).unwrap_or(0xFFFD);
                self.letter(char::from_u32(code).unwrap_or('\u{FFFD}'));
                self.skip = self.group().after_u;
            }
            // Binary data follows, of so many bytes.
            "bin" => self.at = self.at.saturating_add(usize::try_from(number).unwrap_or(0)),
            word if WITHOUT_WORDS.contains(&word) => self.silence(),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_and_what_is_around_them_is_not() {
        let file = br"{\rtf1\ansi{\fonttbl{\f0 Times;}}{\*\generator Riched20;}{\info{\author Somebody}}\f0 I like caf\'e9s \u9786? and \b art\b0 .\par It\rquote s fun.{\field{\*\fldinst{HYPERLINK calc.exe}}{\fldrslt here}}}";
        assert_eq!(words_of(file), "I like cafés ☺ and art.\nIt’s fun.here");
    }

    #[test]
    fn odd_files_come_to_an_end() {
        for odd in
            [&b"{{{{{{"[..], b"\\", b"\\'", b"\\u", b"\\u-99999999999 x", b"\\bin99999999999999 x", b"}}}}x", b"\\'zz"]
        {
            let _ = words_of(odd);
        }
        assert_eq!(words_of(&b"{".repeat(10_000)), "");
    }
}
