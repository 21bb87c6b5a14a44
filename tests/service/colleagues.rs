//! Members of staff as tests meet them: invited, joined by their one-time link, and signed in in two steps, all through
//! the pages.

use data_encoding::BASE32_NOPAD;
use heard::account::invite::{Invited, invite_from_command_line};
use heard::account::second_step::SetupKey;
use heard::account::store::{self, Email, NewPerson};
use heard::id::StaffId;
use heard::web::Role;

use super::browser::{Browser, Filling, Page};
use super::mailbox::link_to;
use super::outside::fresh_name;
use super::say;
use super::world::World;

/// A password that is long enough, and nobody's.
pub const PASSWORD: &str = "correct staple of the horses";

/// Somebody who works here, with a browser in which they are signed in.
pub struct Colleague {
    /// Their browser.
    pub browser: Browser,
    /// Their address.
    pub email: String,
    /// Their name.
    pub name: String,
    /// What is in their authenticator app.
    pub key: SetupKey,
    /// Who they are in the tables.
    pub id: StaffId,
}

/// Invites somebody of this role, who joins and is signed in.
pub async fn join(world: &World, role: Role) -> Colleague {
    join_with(world, role, &[]).await
}

/// The same, for somebody who must never see these areas.
pub async fn join_with(world: &World, role: Role, never: &[&str]) -> Colleague {
    let email = format!("{}@example.org", fresh_name(role.name()));
    let new = NewPerson {
        email: Some(Email::parse(&email).expect("it is an address")),
        name: String::new(),
        role,
        employer: "Ofsted".into(),
        never: never.iter().map(|code| (*code).to_owned()).collect(),
    };
    let invited = invite_from_command_line(&world.site, new).await.expect("somebody can be invited");
    let link = match invited {
        Invited::Link(link) => link,
        Invited::ByMail => {
            world.run_jobs().await;
            link_to(&email)
        }
    };
    let mut browser = world.browser();
    let page = browser.open(link.trim_start_matches(&world.origin)).await;
    let page = browser.press(page.form(say("account.link.use"))).await;
    let name = format!("Made-up {}", email.trim_end_matches("@example.org"));
    let filling = page.form(say("account.keep_password")).fill(say("account.name"), &name);
    let page = browser.press(filling.fill(say("account.new_password"), PASSWORD)).await;
    let key = setup_key(&page);
    let code = key.code_at(world.clock.now());
    let page = browser.press(page.form(say("account.app.finish")).fill(say("sign_in.code"), &code)).await;
    assert_eq!(page.status, 200, "{} does not let somebody in who has just joined:\n{}", page.url, page.text());
    // A code works once: whoever signs in again must wait for the next.
    world.clock.advance(31 * heard::clock::SECOND);
    let mut tx = world.site.db.read().await.expect("the database answers");
    let known = Email::parse(&email).expect("it is an address");
    let id = store::find_by_email(&mut tx, &world.site.keys, &known).await.expect("staff can be found");
    Colleague { browser, email, name, key, id: id.expect("whoever joined is there") }
}

/// A browser in which this person gave the password, and not yet the second step.
pub async fn half_sign_in(world: &World, email: &str) -> Browser {
    let mut browser = world.browser();
    let page = browser.open("/staff/sign-in").await;
    let filling = page.form(say("sign_in.go_on")).fill(say("sign_in.email"), email);
    let page = browser.press(filling.fill(say("sign_in.password"), PASSWORD)).await;
    page.must_be("/staff/sign-in/code", 200);
    browser
}

/// A full inspection of this area, opened today.
pub fn fill_in_an_inspection(filling: Filling, area: &str) -> Filling {
    let filling = filling.select(say("inspections.area"), area).choose(say("inspection_kind.full"));
    filling.fill(say("inspections.name"), "Autumn 2026")
}

fn setup_key(page: &Page) -> SetupKey {
    let shown = page.all("code").into_iter().find(|element| element.attribute("class") == Some("setup-key"));
    let text = shown.unwrap_or_else(|| panic!("{} shows no setup key:\n{}", page.url, page.text())).text();
    let bytes = BASE32_NOPAD.decode(text.replace(' ', "").as_bytes()).expect("the setup key is base 32");
    SetupKey::from_bytes(bytes)
}
