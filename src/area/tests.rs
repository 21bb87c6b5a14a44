//! The areas as they are built in, and what people type.

use jiff::civil::date;

use super::search::{Nearness, fold, looks_like_postcode};
use super::{Area, Areas, reference};

fn areas() -> Areas {
    let (areas, names) = reference::embedded().expect("the built-in areas can be read");
    Areas::on_offer(areas, names, date(2026, 11, 21))
}

fn first(typed: &str) -> String {
    areas().search(typed).first().map_or_else(|| "nothing".to_owned(), |found| found.area.name.clone())
}

#[test]
fn there_are_153_areas_each_with_a_code_of_its_own() {
    let (areas, names) = reference::embedded().expect("the built-in areas can be read");
    assert_eq!(areas.len(), 153);
    let of_kind = |prefix: &str| areas.iter().filter(|area| area.code.starts_with(prefix)).count();
    assert_eq!([of_kind("E06"), of_kind("E08"), of_kind("E09"), of_kind("E10")], [63, 36, 33, 21]);
    assert!(names.len() > 400);
    assert_eq!(self::areas().by_region().len(), 9);
}

#[test]
fn a_council_is_found_by_any_of_its_names() {
    assert_eq!(first("Surrey County Council"), "Surrey");
    assert_eq!(first("surrey"), "Surrey");
    assert_eq!(first("London Borough of Camden"), "Camden");
    assert_eq!(first("Hull"), "Kingston upon Hull, City of");
    assert_eq!(first("durham council"), "County Durham");
    assert_eq!(first("St Helens"), "St. Helens");
    assert_eq!(first("Saint Helens"), "St. Helens");
    assert_eq!(first("city of london"), "City of London");
    assert_eq!(first("Brighton & Hove"), "Brighton and Hove");
}

#[test]
fn a_district_or_a_former_council_leads_to_its_area() {
    assert_eq!(first("Guildford"), "Surrey");
    assert_eq!(first("South Lakeland"), "Westmorland and Furness");
    assert_eq!(first("Aylesbury Vale District Council"), "Buckinghamshire");
    assert_eq!(first("E08000016"), "Barnsley");
    let northamptonshire = areas();
    let both: Vec<&str> =
        northamptonshire.search("Northamptonshire").iter().map(|found| found.area.name.as_str()).take(2).collect();
    assert_eq!(both, ["North Northamptonshire", "West Northamptonshire"]);
}

#[test]
fn slips_are_forgiven() {
    for (typed, meant) in [
        ("Wolverhamton", "Wolverhampton"),
        ("bornmouth", "Bournemouth, Christchurch and Poole"),
        ("Leciester", "Leicester"),
        ("Guilford", "Surrey"),
        ("Nothumberland", "Northumberland"),
        ("middlesborough", "Middlesbrough"),
        ("Cotswald", "Gloucestershire"),
        ("eastriding", "East Riding of Yorkshire"),
        ("Tower Hamlits", "Tower Hamlets"),
        ("i live in guildford near the station", "Surrey"),
        ("Glostershire", "Gloucestershire"),
    ] {
        assert_eq!(first(typed), meant, "{typed}");
    }
}

#[test]
fn nothing_is_made_of_nothing() {
    for typed in ["", "   ", "!!!", "zzzzzz", "Northvale"] {
        assert!(areas().search(typed).is_empty(), "{typed}");
    }
}

#[test]
fn an_exact_name_comes_first_and_hides_the_slips() {
    let areas = areas();
    let found = areas.search("York");
    assert_eq!((found[0].area.name.as_str(), found[0].nearness), ("York", Nearness::Exact));
    assert!(found.iter().all(|one| !matches!(one.nearness, Nearness::Slips(_))));
}

#[test]
fn every_name_finds_its_own_area() {
    let (all, names) = reference::embedded().expect("the built-in areas can be read");
    let areas = Areas::on_offer(all, names.clone(), date(2026, 11, 21));
    for name in &names {
        let found = areas.search(&name.name);
        let own = found.iter().find(|one| one.area.code == name.area_code);
        assert!(own.is_some_and(|one| one.nearness == Nearness::Exact), "{} does not find its area", name.name);
    }
}

#[test]
fn folding_drops_what_tells_no_two_areas_apart() {
    assert_eq!(fold("The Royal Borough of Kingston-upon-Thames Council"), "kingston upon thames");
    assert_eq!(fold("  Shropshire   COUNCIL "), "shropshire");
    assert_eq!(fold("Café"), "cafe");
    assert_eq!(fold("County Council"), "county council");
}

#[test]
fn a_postcode_is_known_as_one() {
    for typed in ["SW1A 1AA", "ls1 4ap", "M1", "EC1A", "gu21"] {
        assert!(looks_like_postcode(typed), "{typed}");
    }
    for typed in ["Leeds", "York", "E08000016", "Bath", "é1"] {
        assert!(!looks_like_postcode(typed), "{typed}");
    }
}

#[test]
fn an_area_that_has_ended_stays_on_offer_until_another_follows_it() {
    let (mut all, names) = reference::embedded().expect("the built-in areas can be read");
    let after = date(2027, 4, 2);
    assert!(Areas::on_offer(all.clone(), names.clone(), after).find("E10000030").is_some());
    let surrey = all.iter().find(|area| area.name == "Surrey").expect("Surrey is built in").clone();
    all.push(Area {
        code: "E06000999".to_owned(),
        name: "West Surrey".to_owned(),
        valid_from: "2027-04-01".to_owned(),
        valid_to: None,
        successor_of: Some(surrey.code.clone()),
        ..surrey
    });
    let before = Areas::on_offer(all.clone(), names.clone(), date(2026, 11, 21));
    assert!(before.find("E10000030").is_some() && before.find("E06000999").is_none());
    let offered = Areas::on_offer(all, names, after);
    assert!(offered.find("E10000030").is_none() && offered.find("E06000999").is_some());
}

#[test]
fn places_inside_an_area_help_to_know_it() {
    assert!(areas().places_in("E10000030").contains(&"Guildford"));
    assert!(areas().places_in("E06000063").contains(&"Carlisle"));
    assert!(areas().places_in("E08000035").is_empty(), "West Yorkshire does not lie in Leeds");
}
