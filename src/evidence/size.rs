//! Sizes as people read them: `34 MB`, `2 GB`. Units of 1,024, as phones and computers mostly mean them.

/// A number of bytes in words.
pub fn size_in_words(bytes: u64) -> String {
    const UNITS: [(&str, u32); 3] = [("GB", 30), ("MB", 20), ("KB", 10)];
    for (unit, shift) in UNITS {
        let tenths = (u128::from(bytes) * 10 + (1 << (shift - 1))) >> shift;
        match (tenths / 10, tenths % 10) {
            (0, _) => {}
            (whole, 0) => return format!("{whole} {unit}"),
            // Above ten, tenths say nothing that anybody needs.
            (whole, _) if whole >= 10 => return format!("{} {unit}", (tenths + 5) / 10),
            (whole, tenth) => return format!("{whole}.{tenth} {unit}"),
        }
    }
    match bytes {
        1 => "1 byte".to_owned(),
        _ => format!("{bytes} bytes"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_read_easily() {
        assert_eq!(size_in_words(0), "0 bytes");
        assert_eq!(size_in_words(1023), "1 KB");
        assert_eq!(size_in_words(1536), "1.5 KB");
        assert_eq!(size_in_words(34 << 20), "34 MB");
        assert_eq!(size_in_words(2 << 30), "2 GB");
        assert_eq!(size_in_words((10 << 30) + (600 << 20)), "11 GB");
        assert_eq!(size_in_words(1_480_000_000), "1.4 GB");
    }
}
