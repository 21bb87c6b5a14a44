//! Whose words an item carries, and the child's own answer to "Is it OK for us to see this?".
//!
//! Voice is two facts, asked for each item and never guessed from who sends it: *whose words* these are, and *how they
//! reached us*. A parent may send a child's own words; an advocate may read a question out; neither makes the words the
//! parent's or the advocate's, and nothing ever makes a parent's words the child's.

/// Makes an enum with a name for each case, as tables, forms and words files write it.
macro_rules! named {
    ($(#[$doc:meta])* $enum:ident { $($(#[$case_doc:meta])* $case:ident = $name:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $enum {
            $($(#[$case_doc])* $case,)*
        }

        impl $enum {
            /// Every case, in the order in which pages offer them.
            pub const ALL: &'static [$enum] = &[$($enum::$case,)*];

            /// The name in tables, forms and words files.
            pub fn name(self) -> &'static str {
                match self {
                    $($enum::$case => $name,)*
                }
            }

            /// The case of that name.
            pub fn parse(name: &str) -> Option<$enum> {
                $enum::ALL.iter().copied().find(|case| case.name() == name)
            }
        }
    };
}

pub(crate) use named;

named! {
    /// Whose words these are: the first fact.
    Whose {
        /// The child's or young person's own.
        ChildOrYoungPerson = "child_or_young_person",
        /// A parent's.
        Parent = "parent",
        /// A carer's: foster carers and kinship carers too.
        Carer = "carer",
        /// A brother's or sister's.
        Sibling = "sibling",
        /// An advocate's.
        Advocate = "advocate",
        /// A teacher's or another professional's.
        Professional = "professional",
        /// Several people's.
        Group = "group",
    }
}

named! {
    /// How the words reached us: the second fact.
    Reached {
        /// Spoken.
        Said = "said",
        /// Written by the person whose words they are.
        Written = "written",
        /// In a sign language, or with signs.
        Signed = "signed",
        /// With a communication device, symbols or a board (AAC).
        Aac = "aac",
        /// Drawn.
        Drawn = "drawn",
        /// Read out, written down or interpreted by somebody, who is named by role.
        ReadOutOrInterpreted = "read_out_or_interpreted",
        /// An account by people who know someone who cannot tell us in words: what they think is best, and what the
        /// person showed.
        BestInterests = "best_interests",
        /// Written down by staff from speech or paper.
        StaffTranscript = "staff_transcript",
    }
}

impl Reached {
    /// The ways that the submitter's page offers. A transcript by staff is for staff to say.
    pub fn offered() -> impl Iterator<Item = Reached> {
        Reached::ALL.iter().copied().filter(|reached| *reached != Reached::StaffTranscript)
    }
}

named! {
    /// Who read out, wrote down or interpreted.
    ReadBy {
        /// A parent.
        Parent = "parent",
        /// A carer.
        Carer = "carer",
        /// A brother or sister.
        Sibling = "sibling",
        /// An advocate.
        Advocate = "advocate",
        /// An interpreter.
        Interpreter = "interpreter",
        /// A teacher or another professional.
        Professional = "professional",
        /// Somebody else.
        Other = "other",
    }
}

named! {
    /// The child's own answer for one item. Silence is `NotAsked`, never yes.
    Assent {
        /// They said or showed yes.
        Yes = "yes",
        /// They said or showed no.
        No = "no",
        /// Nobody asked them.
        NotAsked = "not_asked",
        /// They were asked, and it was not clear what they wanted.
        CouldNotTell = "could_not_tell",
    }
}

/// The two facts about an item's words. Both may be unknown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Voice {
    /// Whose words these are.
    pub whose: Option<Whose>,
    /// How they reached us.
    pub reached: Option<Reached>,
    /// Who read out or interpreted, where somebody did.
    pub by: Option<ReadBy>,
}

/// Two facts that cannot both be true.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a best-interests account is never in the child's own words")]
pub struct Contradiction;

impl Voice {
    /// The facts, where they fit each other. A best-interests account is by others: calling it the child's own words is
    /// refused, so that the person can put it right.
    pub fn new(whose: Option<Whose>, reached: Option<Reached>, by: Option<ReadBy>) -> Result<Voice, Contradiction> {
        if whose == Some(Whose::ChildOrYoungPerson) && reached == Some(Reached::BestInterests) {
            return Err(Contradiction);
        }
        let by = by.filter(|_| reached == Some(Reached::ReadOutOrInterpreted));
        Ok(Voice { whose, reached, by })
    }

    /// The facts as a row keeps them.
    pub fn from_names(whose: Option<&str>, reached: Option<&str>, by: Option<&str>) -> Voice {
        Voice {
            whose: whose.and_then(Whose::parse),
            reached: reached.and_then(Reached::parse),
            by: by.and_then(ReadBy::parse),
        }
    }

    /// Whether these count as "the child's own words": only if the first fact says so, and never for an account that
    /// others gave. Who sent it, how it was asked and what was agreed to play no part.
    pub fn is_childs_own_words(self) -> bool {
        self.whose == Some(Whose::ChildOrYoungPerson) && self.reached != Some(Reached::BestInterests)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn maybe<T: Copy + std::fmt::Debug + 'static>(all: &'static [T]) -> impl Strategy<Value = Option<T>> {
        proptest::option::of(proptest::sample::select(all))
    }

    /// Everything that may stand beside an item's words and must not change whose they are.
    fn around() -> impl Strategy<Value = (Option<Reached>, Option<ReadBy>, Option<Assent>, Option<&'static str>)> {
        let roles: &'static [&'static str] =
            &["child", "young_person", "parent", "foster_carer", "advocate", "teacher", "former_child", "other"];
        (maybe(Reached::ALL), maybe(ReadBy::ALL), maybe(Assent::ALL), maybe(roles))
    }

    proptest! {
        #[test]
        fn a_parents_text_never_counts_as_the_childs_own_words(
            (reached, by, _assent, _role) in around(),
            whose in proptest::sample::select(Whose::ALL),
        ) {
            prop_assume!(whose != Whose::ChildOrYoungPerson);
            let through_the_door = Voice::new(Some(whose), reached, by).expect("only the child's words can contradict");
            let from_a_row = Voice::from_names(
                Some(whose.name()), reached.map(Reached::name), by.map(ReadBy::name));
            prop_assert!(!through_the_door.is_childs_own_words());
            prop_assert!(!from_a_row.is_childs_own_words());
        }

        #[test]
        fn words_of_nobody_named_never_count_as_the_childs(
            (reached, by, _assent, role) in around(),
            name in "[a-z_]{0,24}",
        ) {
            prop_assume!(name != Whose::ChildOrYoungPerson.name());
            let unknown = Voice { whose: None, reached, by };
            prop_assert!(!unknown.is_childs_own_words());
            // A name that is no case, the sender's role among them, is nobody.
            let misnamed = Voice::from_names(Some(&name), reached.map(Reached::name), None);
            prop_assert!(!misnamed.is_childs_own_words());
            let by_role = Voice::from_names(role, reached.map(Reached::name), None);
            prop_assert!(!by_role.is_childs_own_words());
        }

        #[test]
        fn a_helper_in_between_does_not_take_the_childs_words_away(
            (reached, by, _assent, _role) in around(),
        ) {
            prop_assume!(reached != Some(Reached::BestInterests));
            let voice = Voice::new(Some(Whose::ChildOrYoungPerson), reached, by).expect("no contradiction");
            prop_assert!(voice.is_childs_own_words());
        }
    }

    #[test]
    fn a_best_interests_account_is_refused_as_the_childs_own_words() {
        let claimed = Voice::new(Some(Whose::ChildOrYoungPerson), Some(Reached::BestInterests), None);
        assert_eq!(claimed, Err(Contradiction));
    }

    #[test]
    fn who_interpreted_is_kept_only_where_somebody_did() {
        let said = Voice::new(Some(Whose::Parent), Some(Reached::Said), Some(ReadBy::Advocate)).expect("fits");
        assert_eq!(said.by, None);
    }

    #[test]
    fn names_lead_back_to_their_cases() {
        for whose in Whose::ALL {
            assert_eq!(Whose::parse(whose.name()), Some(*whose));
        }
        for reached in Reached::ALL {
            assert_eq!(Reached::parse(reached.name()), Some(*reached));
        }
    }
}
