//! What a form field is: its name, words, value and what is wrong with it. Drawing it is left to `inputs` and `choices`.

/// One field of a form. After a failed POST it carries the person's own words and what is wrong.
#[derive(Clone, Copy, Debug, Default)]
pub struct Field<'a> {
    /// The name in the form.
    pub name: &'a str,
    /// The question or label that everybody sees.
    pub label: &'a str,
    /// More about it, shown under the label.
    pub hint: Option<&'a str>,
    /// What is in it now.
    pub value: &'a str,
    /// What is wrong with it, as a sentence.
    pub error: Option<&'a str>,
    /// The `autocomplete` token, for what a browser may know (WCAG 1.3.5).
    pub autocomplete: Option<&'a str>,
    /// The picture beside the label, in the `pictures` wording.
    pub picture: Option<&'a str>,
    /// Whether the label is the page's `h1`: for pages that are one question.
    pub is_heading: bool,
}

impl<'a> Field<'a> {
    /// An empty field.
    pub fn new(name: &'a str, label: &'a str) -> Self {
        Field { name, label, ..Field::default() }
    }

    /// With more about it under the label.
    pub fn hint(self, hint: &'a str) -> Self {
        Field { hint: Some(hint), ..self }
    }

    /// With this in it.
    pub fn value(self, value: &'a str) -> Self {
        Field { value, ..self }
    }

    /// With what is wrong with it, if anything is.
    pub fn error(self, error: Option<&'a str>) -> Self {
        Field { error, ..self }
    }

    /// With an `autocomplete` token.
    pub fn autocomplete(self, token: &'a str) -> Self {
        Field { autocomplete: Some(token), ..self }
    }

    /// With a picture, such as `speech.picture("who.title")`.
    pub fn picture(self, picture: Option<&'a str>) -> Self {
        Field { picture, ..self }
    }

    /// As the page's `h1`.
    pub fn heading(self) -> Self {
        Field { is_heading: true, ..self }
    }

    /// The element's id: where an error summary links to.
    pub fn id(&self) -> String {
        id_for(self.name)
    }

    pub(super) fn hint_id(&self) -> String {
        format!("{}-hint", self.id())
    }

    pub(super) fn error_id(&self) -> String {
        format!("{}-error", self.id())
    }

    /// The ids for `aria-describedby`: the error first, because it is what matters now.
    pub(super) fn described_by(&self) -> Option<String> {
        let ids: Vec<String> =
            [self.error.map(|_| self.error_id()), self.hint.map(|_| self.hint_id())].into_iter().flatten().collect();
        (!ids.is_empty()).then(|| ids.join(" "))
    }
}

/// The id of the field with this name. An error summary links to it.
pub fn id_for(name: &str) -> String {
    let plain = name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' || c == '_' { c } else { '-' });
    format!("f-{}", plain.collect::<String>())
}

/// One thing that can be chosen.
#[derive(Clone, Copy, Debug, Default)]
pub struct Choice<'a> {
    /// What the form sends.
    pub value: &'a str,
    /// What everybody sees.
    pub label: &'a str,
    /// More about it.
    pub hint: Option<&'a str>,
    /// The picture beside it, in the `pictures` wording.
    pub picture: Option<&'a str>,
    /// The language of the label, if it is not the page's: for lists of languages.
    pub lang: Option<&'a str>,
}

impl<'a> Choice<'a> {
    /// A choice with its label.
    pub fn new(value: &'a str, label: &'a str) -> Self {
        Choice { value, label, ..Choice::default() }
    }

    /// With more about it.
    pub fn hint(self, hint: &'a str) -> Self {
        Choice { hint: Some(hint), ..self }
    }

    /// With a picture.
    pub fn picture(self, picture: Option<&'a str>) -> Self {
        Choice { picture, ..self }
    }

    /// With its label in another language.
    pub fn lang(self, lang: &'a str) -> Self {
        Choice { lang: Some(lang), ..self }
    }
}
