//! The provenance strip as somebody hears it: heading, warning, then question and answer in the order in which it
//! matters; silence is said, and nothing is said twice.

use heard::evidence::{Assent, Whose};
use heard::web::Role;

use super::sent::{NORTHVALE, Part, inspect, make_areas, send};
use crate::browser::Page;
use crate::colleagues::join;
use crate::say;
use crate::world::{World, on_each_pair};

/// The questions of the section with this name, in the order in which they are read.
pub fn asked_in(page: &Page, section: &str) -> Vec<String> {
    let found = page.all("section").into_iter().find(|found| found.attribute("aria-labelledby") == Some(section));
    let section = found.unwrap_or_else(|| panic!("no section {section} on {}", page.url));
    section.all("dt").iter().map(|asked| asked.text()).collect()
}

/// Where each of these stands in what is read, one after the other.
pub fn must_come_in_order(page: &Page, words: &[&str]) {
    let text = page.text();
    let mut from = 0;
    for word in words {
        let at = text[from..].find(word);
        from += at.unwrap_or_else(|| panic!("“{word}” does not come after the others on {}:\n{text}", page.url))
            + word.len();
    }
}

on_each_pair!(the_strip_is_read_in_the_order_in_which_it_matters, |world: World| async move {
    make_areas(&world).await;
    let mut ana = join(&world, Role::Inspector).await;
    inspect(&world, NORTHVALE, &[&ana]).await;
    let sent = send(&world, &[NORTHVALE], vec![Part::Words("It took 30 weeks.", Some(Whose::Parent))]).await;
    let page = ana.browser.open(&sent.page()).await;
    must_come_in_order(
        &page,
        &[
            say("reading.provenance.title"),
            say("reading.declared"),
            say("reading.provenance.whose"),
            "Parent’s words. Not the child’s own words.",
            say("reading.provenance.assent"),
            say("reading.provenance.helped"),
            say("reading.not_answered"),
            say("reading.provenance.part_sender"),
            say("reading.not_answered"),
            say("reading.provenance.part_place"),
            "Northvale",
            say("reading.provenance.part_permission"),
            say("reading.items_title"),
            say("reading.declared_item"),
            say("reading.item.whose"),
            say("reading.item.reached"),
            say("reading.item.assent"),
            "It took 30 weeks.",
        ],
    );
    let asked = asked_in(&page, "provenance");
    assert_eq!(asked[..3], ["whose", "assent", "helped"].map(|name| say(&format!("reading.provenance.{name}"))));
    let of_item = asked_in(&page, "item-1-provenance");
    assert_eq!(of_item[..3], ["whose", "reached", "assent"].map(|name| say(&format!("reading.item.{name}"))));
});

const ASSENT: &str = "update evidence_item set assent = $2 where id = $1";

on_each_pair!(a_childs_no_leads_the_strip, |world: World| async move {
    make_areas(&world).await;
    let mut ana = join(&world, Role::Inspector).await;
    inspect(&world, NORTHVALE, &[&ana]).await;
    let parts = vec![Part::Words("I help her.", None), Part::Words("She likes music.", None)];
    let sent = send(&world, &[NORTHVALE], parts).await;
    let mut tx = world.site.db.write().await.expect("tx");
    heard::db::run!(&mut tx, ASSENT, &sent.items[1], Assent::No.name()).expect("the child's own answer");
    tx.commit().await.expect("commits");
    let page = ana.browser.open(&sent.page()).await;
    let no = "The child said no to our seeing this. It is about item 2.";
    must_come_in_order(&page, &[say("reading.provenance.title"), no, say("reading.declared")]);
    must_come_in_order(&page, &["I help her.", say("reading.item.said_no"), say("reading.declared_item")]);
});
