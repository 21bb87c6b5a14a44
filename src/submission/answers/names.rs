//! The names behind the closed answers: who tells us, about whom, how old, how they communicate, how to reach them. Rows,
//! forms, filters and words files use the same names.

use crate::evidence::voice::named;

named! {
    /// Who tells us.
    Role {
        /// A child.
        Child = "child",
        /// A young person: over school age, up to 25.
        YoungPerson = "young_person",
        /// A parent.
        Parent = "parent",
        /// A carer.
        Carer = "carer",
        /// A foster carer, or somebody who looks after a child of their wider family.
        FosterOrKinshipCarer = "foster_or_kinship_carer",
        /// A brother or sister.
        Sibling = "sibling",
        /// An advocate.
        Advocate = "advocate",
        /// A teacher or another professional.
        Professional = "professional",
        /// Somebody who used to have this support.
        Former = "former",
        /// Several people together.
        Group = "group",
        /// Somebody else.
        Other = "other",
    }
}

named! {
    /// Whom it is about.
    About {
        /// The person who tells us.
        Me = "me",
        /// One child or young person.
        One = "one",
        /// Several.
        Several = "several",
        /// Nobody in particular.
        Nobody = "nobody",
    }
}

named! {
    /// How old the child or young person is.
    AgeBand {
        /// 0 to 4.
        From0To4 = "0_4",
        /// 5 to 11.
        From5To11 = "5_11",
        /// 12 to 15.
        From12To15 = "12_15",
        /// 16 to 17.
        From16To17 = "16_17",
        /// 18 to 25.
        From18To25 = "18_25",
        /// 26 and over: too old for this support now, and remembering it.
        From26 = "26_over",
        /// Several of different ages.
        Mixed = "mixed",
    }
}

named! {
    /// How the child or young person communicates. They may have several ways.
    Method {
        /// Speech.
        Speech = "speech",
        /// Writing or typing.
        Writing = "writing",
        /// British Sign Language.
        Bsl = "bsl",
        /// Makaton or other signs beside speech.
        Makaton = "makaton",
        /// Symbols or picture cards.
        Symbols = "symbols",
        /// A communication device.
        Aac = "aac",
        /// Eye pointing.
        EyePointing = "eye_pointing",
        /// Photos.
        Photos = "photos",
        /// Drawing.
        Drawing = "drawing",
        /// Body language, sounds, faces.
        BodyLanguage = "body_language",
    }
}

named! {
    /// Yes or no.
    YesNo {
        /// Yes.
        Yes = "yes",
        /// No.
        No = "no",
    }
}

named! {
    /// Yes, no, or not sure.
    YesNoNotSure {
        /// Yes.
        Yes = "yes",
        /// No.
        No = "no",
        /// Not sure.
        NotSure = "not_sure",
    }
}

named! {
    /// For whom somebody who tells us works. Such people are counted apart from families.
    WorksFor {
        /// A school or college.
        School = "school",
        /// A council.
        Council = "council",
        /// The National Health Service.
        Nhs = "nhs",
        /// None of these.
        No = "no",
    }
}

named! {
    /// Who can decide for the child or young person, as the sender says.
    Decides {
        /// A parent.
        Parent = "parent",
        /// A carer.
        Carer = "carer",
        /// A council, for a child in its care.
        Council = "council",
        /// Several, by an order of a court.
        Shared = "shared",
        /// The young person.
        YoungPerson = "young_person",
        /// They do not know.
        NotKnown = "not_known",
    }
}

named! {
    /// Which way to reach somebody. None at all is the usual case.
    ContactWay {
        /// E-mail.
        Email = "email",
        /// Text message.
        Text = "text",
        /// A phone call.
        Phone = "phone",
        /// Post.
        Post = "post",
    }
}

named! {
    /// What they said to what was asked for.
    Outcome {
        /// Yes.
        Yes = "yes",
        /// No.
        No = "no",
        /// Yes to a part.
        Part = "part",
        /// Nothing yet.
        NoAnswer = "no_answer",
    }
}
