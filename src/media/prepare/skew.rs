//! How far the lines of writing on a page run from level, as the page's own ink says.
//!
//! A page whose lines are level has rows full of ink and rows with none. So the page is sheared by one angle after the
//! other, and the angle is taken at which the ink of neighbouring rows differs most (Postl, "Detection of linear oblique
//! structures and skew scan in digitized documents", 8th International Conference on Pattern Recognition, 1986; the sum of
//! squared differences is that of Bloomberg, Kopec and Dasari, "Measuring document image skew and orientation", 1995).

/// No page is straightened by more: what leans further was meant to, or was turned.
const WIDEST: f64 = 15.0;
/// Nobody sees less.
const NARROWEST: f64 = 0.4;
/// Darker than the paper by so much is ink.
const INK: u8 = 60;
/// So much clearer must the lines be at the angle that was found than on the page as it lies.
const CLEARER: f64 = 1.25;
/// So much clearer must they be there than at most angles: a drawing has no such angle.
const CLEAREST: f64 = 2.0;

/// A page in shades of grey, row by row.
#[derive(Clone, Copy, Debug)]
pub(super) struct Grey<'a> {
    width: usize,
    points: &'a [u8],
}

impl<'a> Grey<'a> {
    /// Reads a binary PGM file of 8 bits a point, as vips writes it (Netpbm's `pgm(5)`).
    pub(super) fn parse(file: &'a [u8]) -> Option<Grey<'a>> {
        let mut rest = file.strip_prefix(b"P5")?;
        let mut numbers = [0_usize; 3];
        for number in &mut numbers {
            loop {
                let first = rest.iter().position(|byte| !byte.is_ascii_whitespace())?;
                rest = &rest[first..];
                if rest[0] != b'#' {
                    break;
                }
                rest = &rest[rest.iter().position(|byte| *byte == b'\n')?..];
            }
            let digits = rest.iter().position(|byte| !byte.is_ascii_digit())?;
            *number = std::str::from_utf8(&rest[..digits]).ok()?.parse().ok()?;
            rest = &rest[digits..];
        }
        let [width, height, most] = numbers;
        let points = rest.get(1..)?.get(..width.checked_mul(height)?)?;
        (width > 0 && most == 255).then_some(Grey { width, points })
    }

    /// By how many degrees the page must be turned clockwise for its lines to be level; none where they are, or where
    /// there are no lines.
    pub(super) fn skew(self) -> Option<f64> {
        let ink = self.ink();
        let coarse: Vec<(f64, f64)> = (-15..=15).map(|angle| self.clear_at(&ink, f64::from(angle))).collect();
        let mut all: Vec<f64> = coarse.iter().map(|(clear, _)| *clear).collect();
        all.sort_by(f64::total_cmp);
        let (_, near) = best(coarse)?;
        let (clear, angle) = best((-10..=10).map(|tenth| self.clear_at(&ink, near + f64::from(tenth) / 10.0)))?;
        let is_skewed = (NARROWEST..WIDEST).contains(&angle.abs());
        let (level, _) = self.clear_at(&ink, 0.0);
        (is_skewed && clear > level * CLEARER && clear > all[all.len() / 2] * CLEAREST).then_some(-angle)
    }

    /// Where ink is.
    fn ink(self) -> Vec<(i32, i32)> {
        let mut shades = [0_usize; 256];
        for point in self.points {
            shades[usize::from(*point)] += 1;
        }
        // What most of a page is made of is its paper.
        let paper = (0..=255_u8).max_by_key(|shade| shades[usize::from(*shade)]).unwrap_or(255);
        let rows = self.points.chunks_exact(self.width).zip(0_i32..);
        let inked = rows.flat_map(|(row, y)| row.iter().zip(0_i32..).map(move |(point, x)| (*point, x, y)));
        inked.filter(|(point, ..)| point.saturating_add(INK) <= paper).map(|(_, x, y)| (x, y)).collect()
    }

    /// How clear the lines are when they are taken to run down to the right by an angle, and the angle.
    fn clear_at(self, ink: &[(i32, i32)], angle: f64) -> (f64, f64) {
        let height = self.points.len() / self.width;
        let slope = angle.to_radians().tan();
        let shift = (WIDEST + 1.0).to_radians().tan() * self.width as f64;
        let mut rows = vec![0_i64; height + 2 * shift as usize + 2];
        for (x, y) in ink {
            let row = f64::from(*y) - f64::from(*x) * slope + shift;
            if let Some(row) = rows.get_mut(row as usize) {
                *row += 1;
            }
        }
        let clear: i64 = rows.windows(2).map(|two| (two[1] - two[0]).pow(2)).sum();
        (clear as f64, angle)
    }
}

fn best(angles: impl IntoIterator<Item = (f64, f64)>) -> Option<(f64, f64)> {
    angles.into_iter().max_by(|(one, _), (other, _)| one.total_cmp(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A page of lines that run down to the right by an angle, with gaps as between words.
    fn page(angle: f64) -> Vec<u8> {
        let (width, height) = (500_usize, 700_usize);
        let mut file = format!("P5\n# made\n{width} {height}\n255\n").into_bytes();
        let slope = angle.to_radians().tan();
        file.extend((0..height).flat_map(|y| (0..width).map(move |x| (x, y))).map(|(x, y)| {
            let along = (y as f64 - x as f64 * slope).rem_euclid(40.0);
            let is_ink = (60..440).contains(&x) && (200..600).contains(&y) && along < 9.0 && (x / 7 + y / 3) % 3 != 0;
            if is_ink { 20 } else { 240 }
        }));
        file
    }

    #[test]
    fn lines_that_lean_are_levelled() {
        for angle in [-12.0, -6.3, -2.0, -0.7, 0.8, 1.5, 4.0, 9.2, 13.0] {
            let file = page(angle);
            let found = Grey::parse(&file).expect("a page").skew();
            assert!(found.is_some_and(|found| (found + angle).abs() < 0.3), "{angle}: {found:?}");
        }
    }

    #[test]
    fn a_page_that_is_level_empty_or_a_drawing_stays_as_it_is() {
        let level = page(0.0);
        assert_eq!(Grey::parse(&level).expect("a page").skew(), None);
        let empty = [&b"P5 300 400 255\n"[..], &[250; 120_000]].concat();
        assert_eq!(Grey::parse(&empty).expect("a page").skew(), None);
        // A ring.
        let ring = (0..400_i64).flat_map(|y| (0..300_i64).map(move |x| (x - 150).pow(2) + (y - 200).pow(2)));
        let ring: Vec<u8> = ring.map(|far| if (9_000..11_000).contains(&far) { 10 } else { 255 }).collect();
        let ring = [&b"P5 300 400 255\n"[..], &ring].concat();
        assert_eq!(Grey::parse(&ring).expect("a page").skew(), None);
    }

    #[test]
    fn what_is_no_such_file_is_no_page() {
        for odd in [
            &b""[..],
            b"P6 1 1 255\nx",
            b"P5",
            b"P5 9",
            b"P5 0 0 255\n",
            b"P5 99999999999 99999999999 255\n",
            b"P5 2 2 255\nx",
            b"P5 1 1 65535\nxx",
            b"P5 #",
        ] {
            assert!(Grey::parse(odd).is_none(), "{odd:?}");
        }
    }
}
