//! Who sends, counted: families apart from professionals. Whoever works for those who are inspected may tell too, and is
//! never counted as a family. The rule is one view (`submission_sender` in `migrations/*/0017_helped.sql`), from the role
//! and from "Do you work for a school, a council or the NHS?"; both are declared and not checked.
//!
//! Every number counts submissions, never families: one family may send several.

use maud::{Markup, html};

use crate::db::{self, DbResult, Tx};
use crate::html::list;
use crate::id::{InspectionId, StaffId};
use crate::words::Speech;

/// Who sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sender {
    /// A child, a young person, somebody of their family, or somebody who once had this support.
    Family,
    /// Somebody of a family who also works for a school, a council or the NHS.
    Both,
    /// A professional, or anybody else who works for a school, a council or the NHS.
    Professional,
    /// Advocates, groups, others, and those who did not say.
    Other,
}

impl Sender {
    /// Every case, in the order in which pages show them.
    pub const ALL: &'static [Sender] = &[Sender::Family, Sender::Both, Sender::Professional, Sender::Other];

    /// The name in the view, in addresses and words files.
    pub fn name(self) -> &'static str {
        match self {
            Sender::Family => "family",
            Sender::Both => "both",
            Sender::Professional => "professional",
            Sender::Other => "other",
        }
    }

    /// The case of that name.
    pub fn parse(name: &str) -> Option<Sender> {
        Sender::ALL.iter().copied().find(|sender| sender.name() == name)
    }
}

const COUNT: &str = "select d.sender, count(*)
    from review r
    join submission s on s.id = r.submission_id
    join submission_sender d on d.submission_id = s.id
    where r.inspection_id = $1
        and s.state = 'sent'
        and not exists (select 1 from staff_refused x where x.staff_id = $2 and x.submission_id = r.submission_id)
        and not exists (
            select 1 from flag c where c.submission_id = r.submission_id and c.item_id is null and c.seals)
    group by d.sender";

/// How many submissions of an inspection's queue each kind of sender sent, as this reader may see them.
pub async fn count(tx: &mut Tx, inspection: &InspectionId, reader: &StaffId) -> DbResult<Vec<(Sender, i64)>> {
    let rows = db::all!(tx, (String, i64), COUNT, inspection, reader)?;
    let number = |sender: Sender| rows.iter().find(|(name, _)| name == sender.name()).map_or(0, |(_, number)| *number);
    Ok(Sender::ALL.iter().map(|sender| (*sender, number(*sender))).collect())
}

/// The counts in words.
pub fn counts(speech: Speech, counted: &[(Sender, i64)]) -> Markup {
    let line = |(sender, number): &(Sender, i64)| match number {
        1 => speech.say(&format!("queue.sender.{}_one", sender.name())).to_owned(),
        number => speech.fill(&format!("queue.sender.{}", sender.name()), &[("number", &number.to_string())]),
    };
    html! {
        h2 { (speech.say("queue.sender.title")) }
        (list(counted.iter().filter(|(sender, number)| *number > 0 || *sender != Sender::Both).map(|counted| html! { (line(counted)) })))
        p.hint { (speech.say("queue.counting")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::{Wording, Words};

    #[test]
    fn every_count_says_submissions_and_never_families() {
        let words = Words::embedded();
        let speech = words.speak(Wording::Plain);
        let mut looked_at = 0;
        for key in words.keys() {
            let text = speech.say(key).to_lowercase();
            let counts = text.contains("{number}") || (key.starts_with("queue.") && key.ends_with("_one"));
            if counts && (text.contains("famil") || text.contains("professional")) {
                looked_at += 1;
                assert!(text.contains("submission"), "{key} counts something else than submissions: {text}");
                assert!(!text.contains("{number} famil") && !text.contains("1 famil"), "{key} counts families: {text}");
            }
        }
        assert!(looked_at >= 6, "only {looked_at} counts of senders were found");
        assert!(speech.say("queue.counting").contains("submissions, not families"));
    }

    #[test]
    fn names_lead_back_to_their_cases() {
        for sender in Sender::ALL {
            assert_eq!(Sender::parse(sender.name()), Some(*sender));
        }
    }
}
