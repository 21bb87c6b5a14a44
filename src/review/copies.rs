//! What a reader's browser is given of an item: the safe copies that were made of it, and never the original.
//!
//! A copy was made again from the original by tools in a closed box, without what the file says of places and devices
//! (`media/`, `prepare/`). So it may be shown and played; it is served with a type that we fixed, sandboxed, under a name of
//! ours. Nothing of it is fetched before a reader asks: opening a page is not a play, and no face is on a screen by chance.
//! That is why players have no poster and pictures stand in boxes that are closed.
//!
//! Where there is no copy, the page says why ([`Copies::standing`], the item's reason), and the way to the original is the
//! one of [`super::media`]: a download, marked as an original, and for a lead alone with a reason where it was not checked
//! for viruses or may say where it was made.

use std::collections::BTreeMap;

use crate::db::{DbResult, Tx};
use crate::evidence::copies::{self, Preparation, Rendition, Standing, may_say_place};
use crate::evidence::store::Item;
use crate::id::{ItemId, SubmissionId};
use crate::media::prepare::Role;

/// The copies of everything in one submission, and where the making of them stands.
#[derive(Clone, Debug, Default)]
pub struct Copies {
    made: BTreeMap<ItemId, Vec<Rendition>>,
    work: BTreeMap<ItemId, Preparation>,
}

impl Copies {
    /// Loads them.
    pub async fn load(tx: &mut Tx, submission: &SubmissionId) -> DbResult<Copies> {
        let mut all = Copies::default();
        for copy in copies::list_in(tx, submission).await? {
            all.made.entry(copy.item_id.clone()).or_default().push(copy);
        }
        all.work = copies::list_work(tx, submission).await?.into_iter().map(|one| (one.item_id.clone(), one)).collect();
        Ok(all)
    }

    /// The copies of an item, page by page.
    pub fn of(&self, item: &ItemId) -> &[Rendition] {
        self.made.get(item).map_or(&[], Vec::as_slice)
    }

    /// Where the making of an item's copies stands. What nobody asked for yet will be asked for.
    pub fn standing(&self, item: &ItemId) -> Standing {
        self.work.get(item).map_or(Standing::Going, Preparation::standing)
    }

    /// Names of what somebody who sees the copies should know.
    pub fn notes(&self, item: &ItemId) -> impl Iterator<Item = &str> {
        let notes = self.work.get(item).map_or("", |work| work.notes.as_str());
        notes.split(',').filter(|note| !note.is_empty())
    }

    /// Whether the original says where it was made, or nobody has looked yet.
    pub fn original_may_say_place(&self, item: &Item) -> bool {
        may_say_place(item, self.work.get(&item.id))
    }
}

/// How a page shows a copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Show {
    /// With the browser's player for moving pictures.
    Video,
    /// With the browser's player for sound.
    Sound,
    /// As a picture.
    Picture,
    /// As pictures of pages.
    Pages,
    /// As words, by a link.
    Words,
}

/// What is shown first, the best first: speech that is easy to hear before the sound as it was sent.
const FIRST: [(Role, Show); 7] = [
    (Role::VideoLevelled, Show::Video),
    (Role::Video, Show::Video),
    (Role::SoundLevelled, Show::Sound),
    (Role::Sound, Show::Sound),
    (Role::Picture, Show::Picture),
    (Role::Page, Show::Pages),
    (Role::Words, Show::Words),
];

/// The copy that is shown first, and how.
pub fn first(copies: &[Rendition]) -> Option<(&Rendition, Show)> {
    FIRST.iter().find_map(|(role, show)| Some((copies.iter().find(|copy| copy.role == *role)?, *show)))
}

/// The copy of a role, and of a page of what has pages.
pub fn find(copies: &[Rendition], role: Role, page: i64) -> Option<&Rendition> {
    copies.iter().find(|copy| copy.role == role && copy.page == page)
}

/// Where a copy is fetched; without a role, the one that is shown first.
pub fn address(item: &ItemId, which: Option<(Role, i64)>) -> String {
    match which {
        None => format!("/staff/media/{item}"),
        Some((role, 0)) => format!("/staff/media/{item}?copy={}", role.name()),
        Some((role, page)) => format!("/staff/media/{item}?copy={}&page={page}", role.name()),
    }
}

/// The type that a copy is served with. Words are always UTF-8.
pub fn content_type(copy: &Rendition) -> String {
    let charset = if copy.media_type.starts_with("text/") { "; charset=utf-8" } else { "" };
    format!("{}{charset}", copy.media_type)
}

/// The end of a copy's name.
pub fn ending(copy: &Rendition) -> &'static str {
    match copy.media_type.as_str() {
        "video/mp4" => "mp4",
        "audio/mp4" => "m4a",
        "image/jpeg" => "jpg",
        "image/png" => "png",
        "text/plain" => "txt",
        "text/tab-separated-values" => "tsv",
        _ => "bin",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Moment;
    use crate::id::RenditionId;

    fn copy(role: Role, page: i64, media_type: &str) -> Rendition {
        Rendition {
            id: RenditionId("r".into()),
            item_id: ItemId("i".into()),
            role,
            page,
            media_type: media_type.into(),
            length: 1,
            sha256: vec![1],
            source_sha256: vec![2],
            object_id: "o".into(),
            object_key: "k".into(),
            tool: "t".into(),
            settings: "s".into(),
            plays_ms: None,
            created_us: Moment(0),
        }
    }

    #[test]
    fn speech_that_is_easy_to_hear_comes_first_and_a_page_before_its_words() {
        let film = [copy(Role::Poster, 0, "image/jpeg"), copy(Role::Video, 0, "video/mp4")];
        assert_eq!(first(&film).map(|(copy, show)| (copy.role, show)), Some((Role::Video, Show::Video)));
        let film = [copy(Role::Video, 0, "video/mp4"), copy(Role::VideoLevelled, 0, "video/mp4")];
        assert_eq!(first(&film).map(|(copy, _)| copy.role), Some(Role::VideoLevelled));
        let paper = [copy(Role::Words, 0, "text/plain"), copy(Role::Page, 1, "image/jpeg"), copy(Role::Page, 2, "x")];
        assert_eq!(first(&paper).map(|(copy, show)| (copy.page, show)), Some((1, Show::Pages)));
        assert!(first(&[copy(Role::Waveform, 0, "image/png")]).is_none());
        assert!(find(&paper, Role::Page, 2).is_some() && find(&paper, Role::Page, 3).is_none());
    }

    #[test]
    fn words_are_served_as_nothing_else() {
        assert_eq!(content_type(&copy(Role::Words, 0, "text/plain")), "text/plain; charset=utf-8");
        assert_eq!(content_type(&copy(Role::Video, 0, "video/mp4")), "video/mp4");
        assert_eq!(ending(&copy(Role::Page, 1, "../../etc")), "bin");
    }
}
