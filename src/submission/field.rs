//! The names of the sealed answers: what a person wrote or chose on a page and no list filters by.
//!
//! Each is sealed under its submission's key and kept in the table `answer` under its name and a part number: 0 for a
//! field that is there once, the question's own number for questions. Facts that lists filter by (role, age band,
//! permission to quote …) are plain columns of `submission` and are not here.

/// A sealed answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// "Other": what somebody who tells us calls themselves.
    RoleOther,
    /// What to call the child or young person. A first name, a nickname or nothing.
    SubjectName,
    /// Another way in which the child or young person communicates.
    MethodsOther,
    /// More about how the child or young person communicates.
    MethodsMore,
    /// Who helped.
    HelpedWho,
    /// How they helped.
    HelpedHow,
    /// What they did not do.
    HelpedDidNot,
    /// The advocate's organisation.
    AdvocateFrom,
    /// Who pays for the advocate.
    AdvocatePaidBy,
    /// Whether the child or young person chose and instructed the advocate.
    AdvocateInstructed,
    /// Since when the advocate has known them.
    AdvocateSince,
    /// Who else was there.
    WhoWasThere,
    /// A town, a school or other words, where the council area is not known.
    AreaWords,
    /// An open answer to a standard question; the part is the question's number.
    Question,
    /// A closed answer to a standard question; the part is the question's number.
    QuestionChoice,
    /// Who asked them to tell us.
    AskedBy,
    /// More about who asked them.
    AskedByMore,
    /// Whether anyone suggested what to say.
    Suggested,
    /// What was suggested.
    SuggestedMore,
    /// Whether they saw the questions before.
    SeenBefore,
    /// Whether someone explained what inspectors do.
    Explained,
    /// Where they were.
    Place,
    /// More about where they were.
    PlaceMore,
    /// Whether a computer helped to write or make it.
    Ai,
    /// What the computer did.
    AiMore,
    /// How each question was asked.
    AskedHow,
    /// The choices that were offered.
    OfferedChoices,
    /// Whether "none of these" was among them.
    OfferedNone,
    /// Whether "I do not know" was among them.
    OfferedDontKnow,
    /// What the child or young person did to show an answer.
    Showed,
    /// How the helper checked that they had understood.
    CheckedBack,
    /// Whether the child or young person tells the advocate what to do.
    AdvocateTold,
    /// Who can decide for the child or young person.
    Decides,
    /// My card: how I communicate.
    CardWays,
    /// My card: how I say yes and no.
    CardYesNo,
    /// My card: how I show that I am done or upset.
    CardDone,
    /// My card: what helps.
    CardHelps,
    /// My card: what to give me time for.
    CardTime,
    /// My card: who knows me well.
    CardKnows,
    /// My card: whether its code may bring it into another draft: `yes`.
    CardAgain,
    /// How somebody who helps put a standard question; the part is the question's number.
    QuestionAsked,
    /// When it happened, in the person's own way of saying it.
    Happened,
    /// The day it began, `YYYY-MM-DD` or a part of it.
    HappenedFrom,
    /// The day it ended, `YYYY-MM-DD` or a part of it.
    HappenedTo,
    /// Anything to add about permission.
    PermissionMore,
    /// Which way to reach them: `email`, `phone`, `text`, `post`. Nothing means: do not.
    ContactWay,
    /// Whether it is safe: `yes` or `no`.
    ContactSafe,
    /// The address or number for that way.
    ContactAddress,
    /// Whose address it is, or whom to ask for.
    ContactName,
    /// Good times, and anything to take care of.
    ContactMore,
    /// Whether news may be sent there: `yes` or `no`.
    ContactNews,
    /// "Someone is not safe now": `yes` or `no`; the part is the number of receipts before it is sent.
    NotSafe,
    /// Whether they told us before: `reference`, `lost` or `no`. Nobody checks it.
    Before,
    /// The reference of what this belongs with, as the sender gave it. Nobody looks it up.
    BeforeReference,
}

impl Field {
    /// Every field.
    pub const ALL: &'static [Field] = &[
        Field::RoleOther,
        Field::SubjectName,
        Field::MethodsOther,
        Field::MethodsMore,
        Field::HelpedWho,
        Field::HelpedHow,
        Field::HelpedDidNot,
        Field::AdvocateFrom,
        Field::AdvocatePaidBy,
        Field::AdvocateInstructed,
        Field::AdvocateSince,
        Field::WhoWasThere,
        Field::AreaWords,
        Field::Question,
        Field::QuestionChoice,
        Field::AskedBy,
        Field::AskedByMore,
        Field::Suggested,
        Field::SuggestedMore,
        Field::SeenBefore,
        Field::Explained,
        Field::Place,
        Field::PlaceMore,
        Field::Ai,
        Field::AiMore,
        Field::AskedHow,
        Field::OfferedChoices,
        Field::OfferedNone,
        Field::OfferedDontKnow,
        Field::Showed,
        Field::CheckedBack,
        Field::AdvocateTold,
        Field::Decides,
        Field::CardWays,
        Field::CardYesNo,
        Field::CardDone,
        Field::CardHelps,
        Field::CardTime,
        Field::CardKnows,
        Field::CardAgain,
        Field::QuestionAsked,
        Field::Happened,
        Field::HappenedFrom,
        Field::HappenedTo,
        Field::PermissionMore,
        Field::ContactWay,
        Field::ContactSafe,
        Field::ContactAddress,
        Field::ContactName,
        Field::ContactMore,
        Field::ContactNews,
        Field::NotSafe,
        Field::Before,
        Field::BeforeReference,
    ];

    /// The name in the table. It is part of what the answer is sealed to, so it never changes.
    pub fn name(self) -> &'static str {
        match self {
            Field::RoleOther => "role_other",
            Field::SubjectName => "subject_name",
            Field::MethodsOther => "methods_other",
            Field::MethodsMore => "methods_more",
            Field::HelpedWho => "helped_who",
            Field::HelpedHow => "helped_how",
            Field::HelpedDidNot => "helped_did_not",
            Field::AdvocateFrom => "advocate_from",
            Field::AdvocatePaidBy => "advocate_paid_by",
            Field::AdvocateInstructed => "advocate_instructed",
            Field::AdvocateSince => "advocate_since",
            Field::WhoWasThere => "who_was_there",
            Field::AreaWords => "area_words",
            Field::Question => "question",
            Field::QuestionChoice => "question_choice",
            Field::AskedBy => "asked_by",
            Field::AskedByMore => "asked_by_more",
            Field::Suggested => "suggested",
            Field::SuggestedMore => "suggested_more",
            Field::SeenBefore => "seen_before",
            Field::Explained => "explained",
            Field::Place => "place",
            Field::PlaceMore => "place_more",
            Field::Ai => "ai",
            Field::AiMore => "ai_more",
            Field::AskedHow => "asked_how",
            Field::OfferedChoices => "offered_choices",
            Field::OfferedNone => "offered_none",
            Field::OfferedDontKnow => "offered_dont_know",
            Field::Showed => "showed",
            Field::CheckedBack => "checked_back",
            Field::AdvocateTold => "advocate_told",
            Field::Decides => "decides",
            Field::CardWays => "card_ways",
            Field::CardYesNo => "card_yes_no",
            Field::CardDone => "card_done",
            Field::CardHelps => "card_helps",
            Field::CardTime => "card_time",
            Field::CardKnows => "card_knows",
            Field::CardAgain => "card_again",
            Field::QuestionAsked => "question_asked",
            Field::Happened => "happened",
            Field::HappenedFrom => "happened_from",
            Field::HappenedTo => "happened_to",
            Field::PermissionMore => "permission_more",
            Field::ContactWay => "contact_way",
            Field::ContactSafe => "contact_safe",
            Field::ContactAddress => "contact_address",
            Field::ContactName => "contact_name",
            Field::ContactMore => "contact_more",
            Field::ContactNews => "contact_news",
            Field::NotSafe => "not_safe",
            Field::Before => "before",
            Field::BeforeReference => "before_reference",
        }
    }

    /// The field of that name.
    pub fn parse(name: &str) -> Option<Field> {
        Field::ALL.iter().copied().find(|field| field.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_has_a_name_of_its_own() {
        for field in Field::ALL {
            assert_eq!(Field::parse(field.name()), Some(*field));
        }
    }
}
