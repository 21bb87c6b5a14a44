//! Local areas: a council's footprint, by its code, as dated rows; the names people know them by; and inspections.
//!
//! Areas merge and split every April, so they are data: `assets/data/local-areas.csv` and `local-area-names.csv`, brought
//! into the tables at every start. An area that has ended stays on offer until the table holds one that follows it, so
//! that nobody is left without an answer because a list is old.
//!
//! - [`search`] finds an area by any name and forgives spelling.
//! - [`store`] holds the SQL of areas and their names, [`inspection`] that of inspections and the people on them.
//! - [`staff`] holds the staff pages: what is to do, inspections, and areas that somebody must never see.
//!
//! The page on which a family says where they live is `submission/answers/`; who may read what is sent for an area is
//! `account/scope.rs`.

use anyhow::Context;
use jiff::civil::Date;

pub mod inspection;
pub mod reference;
pub mod search;
pub mod staff;
pub mod store;

#[cfg(test)]
mod tests;

pub use self::reference::load_reference_data;
pub use self::staff::routes;

/// An area.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Area {
    /// Its code, such as `E10000030`. Codes of made-up areas begin with X.
    pub code: String,
    /// The council's number in education data.
    pub dfe_number: Option<String>,
    /// Its name.
    pub name: String,
    /// The part of England that it is in.
    pub region: String,
    /// The first day, `YYYY-MM-DD`.
    pub valid_from: String,
    /// The last day, where there is one.
    pub valid_to: Option<String>,
    /// The code of the area that this one follows.
    pub successor_of: Option<String>,
    /// Made up, for demonstrations and tests.
    pub made_up: bool,
}

/// One of the names of an area.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct AreaName {
    /// Whose name it is.
    pub area_code: String,
    /// What a search compares: see [`search::fold`].
    pub folded: String,
    /// The name as people write it.
    pub name: String,
    /// `own`, `council`, `short`, `district`, `district_council`, `former` or `former_code`.
    pub kind: String,
}

/// Every area with its names: small enough (about 800 names) to search in memory.
#[derive(Clone, Debug, Default)]
pub struct Areas {
    areas: Vec<Area>,
    names: Vec<AreaName>,
}

impl Areas {
    /// Areas that are on offer on a day, with their names.
    pub fn on_offer(areas: Vec<Area>, names: Vec<AreaName>, today: Date) -> Areas {
        let today = today.to_string();
        let has_successor = |code: &str| {
            areas.iter().any(|area| area.successor_of.as_deref() == Some(code) && area.valid_from <= today)
        };
        let offered: Vec<Area> = areas
            .iter()
            .filter(|area| area.valid_from <= today)
            .filter(|area| area.valid_to.as_ref().is_none_or(|end| *end >= today) || !has_successor(&area.code))
            .cloned()
            .collect();
        Areas { areas: offered, names }
    }

    /// The area with this code, if it is on offer.
    pub fn find(&self, code: &str) -> Option<&Area> {
        self.areas.iter().find(|area| area.code == code)
    }

    /// The regions, each with its areas, both by name.
    pub fn by_region(&self) -> Vec<(&str, Vec<&Area>)> {
        let mut regions: Vec<(&str, Vec<&Area>)> = Vec::new();
        let mut sorted: Vec<&Area> = self.areas.iter().collect();
        sorted.sort_by(|a, b| (&a.region, &a.name).cmp(&(&b.region, &b.name)));
        for area in sorted {
            match regions.last_mut() {
                Some((region, areas)) if *region == area.region => areas.push(area),
                _ => regions.push((&area.region, vec![area])),
            }
        }
        regions
    }

    /// Names of places that lie inside an area, for "Is this right?": its districts, present ones first. A former county
    /// that is several areas today lies inside none of them.
    pub fn places_in(&self, code: &str) -> Vec<&str> {
        let of_kind =
            |kind: &'static str| self.names.iter().filter(move |name| name.area_code == code && name.kind == kind);
        let present: Vec<&str> = of_kind("district").map(|name| name.name.as_str()).collect();
        match present.is_empty() {
            false => present,
            true => of_kind("former").map(|name| name.name.as_str()).filter(|name| !self.is_shared(name)).collect(),
        }
    }

    /// Whether several areas go by this name.
    fn is_shared(&self, name: &str) -> bool {
        let mut codes = self.names.iter().filter(|other| other.name == name).map(|other| &other.area_code);
        let first = codes.next();
        codes.any(|code| Some(code) != first)
    }
}

/// Reads a day in a data file.
fn day(text: &str) -> anyhow::Result<String> {
    let date: Date = text.parse().with_context(|| format!("{text:?} is not a day"))?;
    Ok(date.to_string())
}
