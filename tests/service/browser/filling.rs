//! A form while a person fills it in. Fields are found by their labels, groups by their legends; hidden fields and what
//! the page had filled in already go along, as in a browser.

use super::file::File;
use super::page::Page;
use super::tree::Element;
use super::wire::Sent;

/// A form that is being filled in.
#[derive(Clone, Debug)]
pub struct Filling {
    /// Where the page is.
    pub page: String,
    /// Where the form goes.
    pub action: String,
    /// `get` or `post`.
    pub method: String,
    /// How it is encoded.
    pub encoding: String,
    controls: Vec<Control>,
    button: Option<(String, String)>,
}

#[derive(Clone, Debug)]
struct Control {
    element: Element,
    name: String,
    label: String,
    group: Vec<String>,
    state: State,
}

#[derive(Clone, Debug)]
enum State {
    Text(String),
    Ticked { value: String, is: bool, one_of_group: bool },
    Chosen(Vec<String>),
    Files(Vec<File>),
}

impl Filling {
    /// The form that this button sends, as the page gave it.
    pub fn new(page: &Page, button: &Element) -> Filling {
        let form =
            button.form().unwrap_or_else(|| panic!("the button “{}” on {} is in a form", button.name(), page.url));
        let fields = page.elements().into_iter().filter(|element| {
            matches!(element.tag(), "input" | "select" | "textarea")
                && !matches!(element.kind(), "submit" | "button" | "image" | "reset")
                && element.form().as_ref() == Some(&form)
                && !element.is_disabled()
        });
        let of =
            |name: &str| button.attribute(&format!("form{name}")).or_else(|| form.attribute(name)).map(str::to_owned);
        Filling {
            page: page.url.clone(),
            action: of("action").filter(|action| !action.is_empty()).unwrap_or_else(|| page.url.clone()),
            method: of("method").unwrap_or_else(|| "get".into()).to_ascii_lowercase(),
            encoding: of("enctype").unwrap_or_else(|| "application/x-www-form-urlencoded".into()),
            controls: fields.map(Control::new).collect(),
            button: button
                .attribute("name")
                .map(|name| (name.to_owned(), button.attribute("value").unwrap_or_default().to_owned())),
        }
    }

    /// Writes into the field with this label.
    #[track_caller]
    pub fn fill(mut self, label: &str, text: &str) -> Filling {
        let control = self.control(label, |state| matches!(state, State::Text(_)));
        control.state = State::Text(text.to_owned());
        self
    }

    /// Writes into the form's only text field.
    #[track_caller]
    pub fn write_into_it(self, text: &str) -> Filling {
        let is_text =
            |control: &&Control| matches!(control.state, State::Text(_)) && control.element.kind() != "hidden";
        let labels: Vec<String> = self.controls.iter().filter(is_text).map(|control| control.label.clone()).collect();
        let [label] = labels.as_slice() else { panic!("the form on {} has the text fields {labels:?}", self.page) };
        self.fill(label, text)
    }

    /// What stands in the field with this label.
    #[track_caller]
    pub fn value(&mut self, label: &str) -> String {
        match &self.control(label, |state| matches!(state, State::Text(_) | State::Chosen(_))).state {
            State::Text(text) => text.clone(),
            State::Chosen(values) => values.join(","),
            _ => unreachable!("only these were looked for"),
        }
    }

    /// Ticks the box or picks the answer with this label.
    #[track_caller]
    pub fn choose(self, label: &str) -> Filling {
        self.choose_in("", label)
    }

    /// Ticks the box or picks the answer with this label, in the group with this legend.
    #[track_caller]
    pub fn choose_in(mut self, legend: &str, label: &str) -> Filling {
        let at = self.find(legend, label, |state| matches!(state, State::Ticked { .. }));
        let name = self.controls[at].name.clone();
        let of_radio = matches!(self.controls[at].state, State::Ticked { one_of_group: true, .. });
        for control in &mut self.controls {
            if let State::Ticked { is, one_of_group: true, .. } = &mut control.state
                && of_radio
                && control.name == name
            {
                *is = false;
            }
        }
        if let State::Ticked { is, .. } = &mut self.controls[at].state {
            *is = true;
        }
        self
    }

    /// Chooses a file in the form's only file field.
    #[track_caller]
    pub fn attach_to_it(self, file: File) -> Filling {
        let fields = self.controls.iter().filter(|control| matches!(control.state, State::Files(_)));
        let labels: Vec<String> = fields.map(|control| control.label.clone()).collect();
        let [label] = labels.as_slice() else { panic!("the form on {} has the file fields {labels:?}", self.page) };
        self.attach(label, file)
    }

    /// Takes the tick out of the box with this label.
    #[track_caller]
    pub fn untick(mut self, label: &str) -> Filling {
        if let State::Ticked { is, .. } = &mut self.control(label, |state| matches!(state, State::Ticked { .. })).state
        {
            *is = false;
        }
        self
    }

    /// Whether the box or answer with this label is ticked.
    #[track_caller]
    pub fn is_chosen(&mut self, label: &str) -> bool {
        matches!(
            self.control(label, |state| matches!(state, State::Ticked { .. })).state,
            State::Ticked { is: true, .. }
        )
    }

    /// Picks from the list with this label, by the words of the choice.
    #[track_caller]
    pub fn select(mut self, label: &str, choice: &str) -> Filling {
        let control = self.control(label, |state| matches!(state, State::Chosen(_)));
        let options = control.element.all("option");
        let option = options.iter().find(|option| option.text() == choice);
        let option = option.or_else(|| options.iter().find(|option| option.text().contains(choice)));
        let Some(option) = option else {
            let choices: Vec<String> = options.iter().map(Element::text).collect();
            panic!("the list “{label}” has no choice “{choice}”. Its choices: {choices:?}");
        };
        control.state = State::Chosen(vec![option_value(option)]);
        self
    }

    /// Picks from the list with this label, by the choice's value: for choices whose words are somebody's name.
    #[track_caller]
    pub fn select_value(mut self, label: &str, value: &str) -> Filling {
        let control = self.control(label, |state| matches!(state, State::Chosen(_)));
        let there = control.element.all("option").iter().any(|option| option.attribute("value") == Some(value));
        assert!(there, "the list “{label}” has no choice {value}");
        control.state = State::Chosen(vec![value.to_owned()]);
        self
    }

    /// Chooses a file in the field with this label; again, to choose another one with it.
    #[track_caller]
    pub fn attach(mut self, label: &str, file: File) -> Filling {
        let control = self.control(label, |state| matches!(state, State::Files(_)));
        let several = control.element.has("multiple");
        let State::Files(files) = &mut control.state else { unreachable!("only file fields were looked for") };
        if !several {
            files.clear();
        }
        files.push(file);
        self
    }

    /// Changes a field by its name, as only somebody who tampers with a page can.
    #[track_caller]
    pub fn tamper(mut self, name: &str, value: &str) -> Filling {
        match self.controls.iter_mut().find(|control| control.name == name) {
            Some(control) => control.state = State::Text(value.to_owned()),
            None => panic!("the form on {} has no field named {name}: {:?}", self.page, self.names()),
        }
        self
    }

    /// A field's value by its name, such as a hidden one.
    pub fn named(&self, name: &str) -> Option<String> {
        self.controls.iter().find(|control| control.name == name).and_then(|control| match &control.state {
            State::Text(text) => Some(text.clone()),
            _ => None,
        })
    }

    /// The names of the fields.
    pub fn names(&self) -> Vec<String> {
        self.controls.iter().map(|control| control.name.clone()).collect()
    }

    /// The labels of the fields that a person can see.
    pub fn labels(&self) -> Vec<String> {
        let seen = self.controls.iter().filter(|control| control.element.kind() != "hidden");
        seen.map(|control| control.label.clone()).collect()
    }

    /// What a browser sends when the button is pressed, in the order of the page.
    pub fn sent(&self) -> Vec<Sent> {
        let mut sent = Vec::new();
        for control in self.controls.iter().filter(|control| !control.name.is_empty()) {
            let name = || control.name.clone();
            match &control.state {
                State::Text(text) => sent.push(Sent::Text(name(), text.clone())),
                State::Ticked { value, is: true, .. } => sent.push(Sent::Text(name(), value.clone())),
                State::Ticked { .. } => {}
                State::Chosen(values) => sent.extend(values.iter().map(|value| Sent::Text(name(), value.clone()))),
                State::Files(files) if files.is_empty() => sent.push(Sent::File(name(), None)),
                State::Files(files) => sent.extend(files.iter().map(|file| Sent::File(name(), Some(file.clone())))),
            }
        }
        sent.extend(self.button.iter().map(|(name, value)| Sent::Text(name.clone(), value.clone())));
        sent
    }

    #[track_caller]
    fn control(&mut self, label: &str, fits: impl Fn(&State) -> bool) -> &mut Control {
        let at = self.find("", label, fits);
        &mut self.controls[at]
    }

    #[track_caller]
    fn find(&self, legend: &str, label: &str, fits: impl Fn(&State) -> bool) -> usize {
        let fitting = || {
            self.controls.iter().enumerate().filter(|(_, control)| {
                fits(&control.state)
                    && control.element.kind() != "hidden"
                    && (legend.is_empty() || control.group.iter().any(|group| group.contains(legend)))
            })
        };
        let exact = fitting().find(|(_, control)| control.label == label);
        let begins = || fitting().find(|(_, control)| control.label.starts_with(label));
        let holds = || fitting().find(|(_, control)| control.label.contains(label));
        match exact.or_else(begins).or_else(holds) {
            Some((at, _)) => at,
            None => panic!(
                "the form on {} has no such field “{label}” ({legend}). Its fields: {:#?}",
                self.page,
                self.labels()
            ),
        }
    }
}

impl Control {
    fn new(element: Element) -> Control {
        let value = || element.attribute("value").map(str::to_owned);
        let state = match element.kind() {
            "checkbox" | "radio" => State::Ticked {
                value: value().unwrap_or_else(|| "on".into()),
                is: element.has("checked"),
                one_of_group: element.kind() == "radio",
            },
            "file" => State::Files(Vec::new()),
            "select" => State::Chosen(chosen(&element)),
            // The first line end of a textarea is part of the markup.
            "textarea" => {
                State::Text(element.raw_text().strip_prefix('\n').map_or_else(|| element.raw_text(), str::to_owned))
            }
            _ => State::Text(value().unwrap_or_default()),
        };
        Control {
            name: element.attribute("name").unwrap_or_default().to_owned(),
            label: element.name(),
            group: element.around().iter().filter(|around| around.tag() == "fieldset").map(Element::name).collect(),
            element,
            state,
        }
    }
}

fn chosen(select: &Element) -> Vec<String> {
    let options = select.all("option");
    let marked: Vec<String> = options.iter().filter(|option| option.has("selected")).map(option_value).collect();
    if marked.is_empty() && !select.has("multiple") {
        return options.first().map(option_value).into_iter().collect();
    }
    marked
}

fn option_value(option: &Element) -> String {
    option.attribute("value").map_or_else(|| option.text(), str::to_owned)
}
