//! Names inside a sender's own copy: their own names for things, made safe for every system that unpacks them.
//!
//! A name from outside is never a path. Each begins with the item's number, so that no two are alike (whatever a system
//! thinks of capital letters), none begins with a dot, and none is a name that Windows keeps for itself.

/// The longest name in bytes, with room for the number: some systems take no more than 255 for the whole.
const LONGEST: usize = 150;

/// The name of item `number` that its sender called `name`; `fallback` where nothing is left of that.
pub fn safe(number: i64, name: &str, fallback: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept: String = last.chars().filter(|letter| !is_hidden(*letter)).map(allowed).collect();
    let kept = kept.trim_matches([' ', '.', '_']);
    match kept {
        "" => format!("{number} {fallback}"),
        kept => format!("{number} {}", shortened(kept)),
    }
}

/// Letters that are not seen and can make a name look like another: controls, and marks of direction.
fn is_hidden(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// What no system takes in a name becomes a low line.
fn allowed(letter: char) -> char {
    if matches!(letter, '<' | '>' | ':' | '"' | '|' | '?' | '*') { '_' } else { letter }
}

/// A long name without its middle: the ending says what kind of file it is.
fn shortened(name: &str) -> String {
    if name.len() <= LONGEST {
        return name.to_owned();
    }
    let ending = name.rfind('.').map(|dot| &name[dot..]).filter(|ending| ending.len() <= 12).unwrap_or_default();
    let room = LONGEST - ending.len();
    let end = name.char_indices().map(|(at, letter)| at + letter.len_utf8()).take_while(|end| *end <= room).last();
    format!("{}{ending}", name[..end.unwrap_or(0)].trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_never_a_path_and_keeps_its_letters() {
        for (name, safe_name) in [
            ("our film.mp4", "3 our film.mp4"),
            ("../../etc/passwd", "3 passwd"),
            ("C:\\Users\\me\\letter.docx", "3 letter.docx"),
            ("..", "3 file"),
            ("", "3 file"),
            (".bashrc", "3 bashrc"),
            ("CON", "3 CON"),
            ("nul.txt ", "3 nul.txt"),
            ("a\u{202e}gpj.exe\u{0}\n", "3 agpj.exe"),
            ("what? \"this\": <b>*|.txt", "3 what_ _this__ _b___.txt"),
            ("שלום مرحبا 🏳️‍🌈.txt", "3 שלום مرحبا 🏳️‍🌈.txt"),
        ] {
            assert_eq!(safe(3, name, "file"), safe_name, "{name:?}");
        }
    }

    #[test]
    fn a_long_name_keeps_its_ending_and_whole_letters() {
        let name = safe(12, &format!("{}.jpeg", "ż".repeat(200)), "file");
        assert!(name.len() <= LONGEST + 5 && name.starts_with("12 ż") && name.ends_with("ż.jpeg"), "{name}");
        let name = safe(1, &"x".repeat(500), "file");
        assert_eq!(name.len(), LONGEST + 2);
    }
}
