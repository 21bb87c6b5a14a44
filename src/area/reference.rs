//! Brings the areas and names of `assets/data` into the tables. Runs at every start; writes only what differs, in the
//! order of the codes, so that servers which start together do not wait for each other.

use anyhow::Context;
use std::collections::{BTreeMap, BTreeSet};

use super::search::fold;
use super::{Area, AreaName, day, store};
use crate::db::{DbResult, Tx};
use crate::web::Site;

const AREAS: &str = include_str!("../../assets/data/local-areas.csv");
const NAMES: &str = include_str!("../../assets/data/local-area-names.csv");

#[derive(serde::Deserialize)]
struct AreaRow {
    code: String,
    dfe_number: String,
    name: String,
    region: String,
    valid_from: String,
    valid_to: String,
    successor_of: String,
    former_code: String,
}

#[derive(serde::Deserialize)]
struct NameRow {
    code: String,
    name: String,
    kind: String,
}

/// Brings the tables up to date with the areas that are built into the program.
pub async fn load_reference_data(site: &Site) -> anyhow::Result<()> {
    let (areas, names) = embedded()?;
    let mut tx = site.db.read().await?;
    let (known_areas, known_names) = (store::list_areas(&mut tx).await?, store::list_names(&mut tx).await?);
    drop(tx);
    let areas: Vec<Area> = areas.into_iter().filter(|area| !known_areas.contains(area)).collect();
    let names: Vec<AreaName> = names.into_iter().filter(|name| !known_names.contains(name)).collect();
    if areas.is_empty() && names.is_empty() {
        return Ok(());
    }
    let mut tx = site.db.write().await?;
    put_all(&mut tx, &areas, &names).await.context("bringing the local areas up to date")?;
    tx.commit().await?;
    tracing::info!(areas = areas.len(), names = names.len(), "brought the local areas up to date");
    Ok(())
}

async fn put_all(tx: &mut Tx, areas: &[Area], names: &[AreaName]) -> DbResult<()> {
    for area in areas {
        store::put_area(tx, area).await?;
    }
    for name in names {
        store::put_name(tx, name).await?;
    }
    Ok(())
}

/// The areas and names that are built in, both in order.
pub fn embedded() -> anyhow::Result<(Vec<Area>, Vec<AreaName>)> {
    let mut areas = Vec::new();
    let mut names = Names::default();
    for row in read::<AreaRow>(AREAS)? {
        names.add(&row.code, &row.name, "own");
        if !row.former_code.is_empty() {
            names.add(&row.code, &row.former_code, "former_code");
        }
        areas.push(area(row)?);
    }
    let codes: BTreeSet<&str> = areas.iter().map(|area| area.code.as_str()).collect();
    for row in read::<NameRow>(NAMES)? {
        anyhow::ensure!(codes.contains(row.code.as_str()), "the name {:?} is of an area that is not there", row.name);
        names.add(&row.code, &row.name, &row.kind);
    }
    areas.sort_by(|a, b| a.code.cmp(&b.code));
    Ok((areas, names.0.into_values().collect()))
}

/// An area that somebody makes up for a demonstration, with its own name and those of its districts.
pub fn made_up(code: &str, name: &str, region: &str, districts: &[&str]) -> (Area, Vec<AreaName>) {
    let mut names = Names::default();
    names.add(code, name, "own");
    for district in districts {
        names.add(code, district, "district");
    }
    let area = Area {
        code: code.to_owned(),
        dfe_number: None,
        name: name.to_owned(),
        region: region.to_owned(),
        valid_from: "2009-04-01".to_owned(),
        valid_to: None,
        successor_of: None,
        made_up: true,
    };
    (area, names.0.into_values().collect())
}

fn area(row: AreaRow) -> anyhow::Result<Area> {
    let some = |text: String| (!text.is_empty()).then_some(text);
    Ok(Area {
        valid_from: day(&row.valid_from)?,
        valid_to: some(row.valid_to).map(|text| day(&text)).transpose()?,
        dfe_number: some(row.dfe_number),
        successor_of: some(row.successor_of),
        code: row.code,
        name: row.name,
        region: row.region,
        made_up: false,
    })
}

fn read<T: serde::de::DeserializeOwned>(text: &str) -> anyhow::Result<Vec<T>> {
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(text.as_bytes());
    reader.deserialize().collect::<Result<_, _>>().context("reading the local areas")
}

/// Names by area and folded form: the first of several that fold alike is kept, so an area's own name comes first.
#[derive(Default)]
struct Names(BTreeMap<(String, String), AreaName>);

impl Names {
    fn add(&mut self, code: &str, name: &str, kind: &str) {
        let folded = fold(name);
        let row = AreaName {
            area_code: code.to_owned(),
            folded: folded.clone(),
            name: name.to_owned(),
            kind: kind.to_owned(),
        };
        self.0.entry((code.to_owned(), folded)).or_insert(row);
    }
}
