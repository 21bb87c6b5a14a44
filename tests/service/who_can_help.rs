//! Who can help, by what went wrong: numbers that nobody could compare with a source come on the page once an operator
//! has confirmed them, and not before.

use std::process::Command;

use heard::submission::contacts::{self, NewCheck};
use jiff::civil::date;

use super::say;
use super::world::{Pair, World, on_each_pair, run};

on_each_pair!(a_number_is_on_the_page_once_it_is_confirmed, |world: World| async move {
    let mut anybody = world.browser();
    let page = anybody.open("/who-can-help").await;
    for section in contacts::Section::ALL {
        page.must_say(say(&format!("who_can_help.{}_title", section.name())));
    }
    page.must_not_say("0808 808 3555").must_not_say("0300 303 5857").must_not_say("01325 289 350");
    page.must_say("send@justice.gov.uk").must_not_say(say("who_can_help.each_area"));

    let now = world.clock.now();
    let mut tx = world.site.db.write().await.expect("tx");
    let check = |contact, area, phone, website| NewCheck {
        contact,
        area,
        phone,
        email: None,
        website,
        by: "Made-up Operator",
        source: "Its own page",
        on: date(2026, 11, 21),
    };
    contacts::confirm(&mut tx, check("tribunal", None, Some("0300 303 5857"), None), now).await.expect("writes");
    contacts::confirm(&mut tx, check("tribunal", None, Some("0300 000 0000"), None), now.plus(1))
        .await
        .expect("writes");
    let leeds = check("sendiass", Some("E08000035"), None, Some("https://leeds.example/send"));
    contacts::confirm(&mut tx, leeds, now).await.expect("writes");
    tx.commit().await.expect("commits");

    let page = anybody.open("/who-can-help").await;
    page.must_say("0300 000 0000").must_not_say("0300 303 5857").must_say("send@justice.gov.uk");
    page.must_say(say("who_can_help.each_area")).must_say("Leeds").must_say("leeds.example/send");
    page.must_not_say("Made-up Operator");
});

fn heard(world: &World, arguments: &[&str]) -> (bool, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_heard"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("HEARD_")) {
        command.env_remove(name);
    }
    let made = command.args(arguments).env("HEARD_DATA", world.config.data()).output().expect("the program runs");
    let said = [made.stdout, made.stderr].concat();
    (made.status.success(), String::from_utf8_lossy(&said).into_owned())
}

#[test]
fn an_operator_confirms_from_the_command_line() {
    run(|| async {
        let world = World::begin(Pair::SqliteAndDisk).await;
        let (_, said) = heard(&world, &["check"]);
        assert!(said.contains("tribunal: 0300 303 5857 or 01325 289 350"), "{said}");
        assert!(said.contains("heard contacts confirm contact_charity"), "{said}");
        let by = ["--by", "Made-up Operator", "--source", "Its own page", "--on", "2026-11-21"];
        let confirm = |more: &[&str]| heard(&world, &[&["contacts", "confirm"][..], more, &by].concat());
        for (wrong, why) in [
            (&["no_such"][..], "there is no contact"),
            (&["tribunal"], "--phone"),
            (&["sendiass", "--website", "https://x.example"], "--area"),
            (&["sendiass", "--area", "E99", "--website", "https://x.example"], "no area"),
            (&["ipsea", "--website", "javascript:alert(1)"], "https://"),
            (&["lgsco", "--phone", "<b>1"], "digits"),
        ] {
            let (done, said) = confirm(wrong);
            assert!(!done && said.contains(why), "{wrong:?}: {said}");
        }
        // The only number that waits needs not be typed again.
        let (done, said) = confirm(&["contact_charity"]);
        assert!(done, "{said}");
        let (done, said) = confirm(&["sendiass", "--area", "E08000035", "--website", "https://leeds.example/"]);
        assert!(done, "{said}");
        let page = world.browser().open("/who-can-help").await;
        page.must_say("0808 808 3555").must_say("leeds.example");
        let (_, said) = heard(&world, &["check"]);
        assert!(!said.contains("contact_charity:") && said.contains("sendiass: 1 areas"), "{said}");
        let (_, said) = heard(&world, &["contacts", "list"]);
        assert!(said.contains("contact_charity: shown, checked on 2026-11-21. 0808 808 3555"), "{said}");
    });
}
