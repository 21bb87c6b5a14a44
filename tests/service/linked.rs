//! Submissions about one child: linked and unlinked with a reason, and never a way round what a reader may open.

use heard::web::Role;

use super::browser::{Page, Sent as Field};
use super::colleagues::{Colleague, join};
use super::matrix::{come, own_form};
use super::review::sent::{EASTMERE, NORTHVALE, Part, Sent, inspect, make_areas, send};
use super::say;
use super::world::{World, on_each_pair};

const WHY: &str = "Both name the same bus and the same week";
const WHY_NOT: &str = "The dates are a year apart";

async fn link(by: &mut Colleague, from: &Sent, to: &str, why: &str) -> Page {
    let page = by.browser.open(&from.page()).await;
    let form = page.form(say("links.link_do")).fill(say("links.other"), to).fill(say("links.why"), why);
    by.browser.press(form).await
}

async fn words(world: &World, area: &'static str, text: &'static str) -> Sent {
    send(world, &[area], vec![Part::Words(text, None)]).await
}

on_each_pair!(a_link_is_seen_where_both_ends_may_be_opened, |world: World| async move {
    make_areas(&world).await;
    let (mut both, mut north) = (join(&world, Role::Inspector).await, join(&world, Role::Inspector).await);
    let mut safeguarding = join(&world, Role::Safeguarding).await;
    inspect(&world, NORTHVALE, &[&both, &north]).await;
    inspect(&world, EASTMERE, &[&both]).await;
    let one = words(&world, NORTHVALE, "The bus is loud").await;
    let other = words(&world, EASTMERE, "The bus was late").await;
    let third = words(&world, NORTHVALE, "A third").await;

    // Whoever may not open the other end is told the same as if there were none.
    for nothing in [other.reference.as_str(), "HRD-2222-2222", "", &one.reference] {
        let page = link(&mut north, &one, nothing, WHY).await;
        assert_eq!((page.status, page.errors()), (422, vec![say("links.other_wrong").to_owned()]), "{nothing}");
        page.must_say(WHY);
    }
    let page = link(&mut both, &one, &other.reference, "").await;
    assert_eq!(page.errors(), [say("links.why_missing")]);
    link(&mut both, &one, &other.reference, WHY).await.must_be(&one.page(), 200).must_say(WHY);
    link(&mut both, &other, &one.reference, "Again, the other way round").await.must_not_say("Again");
    let page = both.browser.open(&other.page()).await;
    assert!(page.has_link(&one.reference), "it stands on both pages");
    page.must_say(WHY);

    let plain = north.browser.open(&third.page()).await;
    let linked = north.browser.open(&one.page()).await;
    linked.must_not_say(&other.reference).must_not_say(WHY).must_say(say("links.none"));
    assert_eq!(plain.headings().len(), linked.headings().len(), "not even as a count");
    assert_eq!(safeguarding.browser.open(&one.page()).await.status, 404, "a link opens nothing");

    // Somebody who does not see the link cannot undo it either.
    let id = both.browser.open(&one.page()).await.form(say("links.unlink_do")).named("link").expect("a link");
    let mut proof = own_form(&mut north.browser, "/staff/account").await;
    let undoing = [("link".to_owned(), id.clone()), (format!("why-not-{id}"), "because".to_owned())];
    proof.extend(undoing.map(|(name, value)| Field::Text(name, value)));
    come(&mut north.browser, "POST", &format!("{}/links/undo", one.page()), &proof).await;
    both.browser.open(&one.page()).await.must_not_say("because");

    let page = both.browser.open(&other.page()).await;
    let empty = both.browser.press(page.form(say("links.unlink_do"))).await;
    assert_eq!(empty.errors(), [say("links.why_missing")]);
    let undone = both.browser.press(empty.form(say("links.unlink_do")).write_into_it(WHY_NOT)).await;
    undone.must_be(&other.page(), 200).must_say(WHY_NOT);
    assert!(!undone.has_button(say("links.unlink_do")));
    link(&mut both, &one, &other.reference, "They are, after all").await.must_say("They are, after all");
});
