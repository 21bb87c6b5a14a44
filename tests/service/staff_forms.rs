//! No other site, old page or other session can press a button at the staff door: every POST is refused without the
//! token of the very session.

use heard::web::{Role, Route, Who};
use hyper::Method;

use super::browser::{Browser, wire};
use super::colleagues::{self, Colleague};
use super::world::{Pair, World, run};

/// Every address at the staff door that changes something.
fn posts(world: &World) -> Vec<Route> {
    let all = heard::app::addresses(&world.intake).into_iter();
    all.filter(|route| route.method == Method::POST && route.path.starts_with("/staff")).collect()
}

/// An address with something in its places.
fn filled(path: &str) -> String {
    path.split('/').map(|part| if part.starts_with('{') { "x" } else { part }).collect::<Vec<_>>().join("/")
}

async fn press(browser: &mut Browser, path: &str, fields: &str) -> u16 {
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    let page = browser.send_raw(Method::POST, path, &headers, wire::full(fields.to_owned())).await;
    page.status
}

fn who_may(everybody: &mut [(Role, Colleague)], who: Who) -> &mut Colleague {
    let found = everybody.iter_mut().find(|(role, _)| match who {
        Who::Staff(roles) => roles.contains(role),
        _ => true,
    });
    &mut found.expect("there is somebody of every role").1
}

async fn token_of(browser: &mut Browser) -> String {
    let page = browser.open("/staff/account").await;
    page.form("").named("token").expect("every form carries the token")
}

#[test]
fn every_post_needs_the_token_of_its_own_session() {
    run(|| async {
        let world = World::begin(Pair::SqliteAndDisk).await;
        let mut everybody = Vec::new();
        for role in Role::ALL {
            everybody.push((*role, colleagues::join(&world, *role).await));
        }
        let mut other = colleagues::join(&world, Role::Admin).await;
        let others = token_of(&mut other.browser).await;
        let routes = posts(&world);
        assert!(routes.len() > 20, "the address table was looked at");
        for route in routes {
            let path = filled(route.path);
            let colleague = who_may(&mut everybody, route.who);
            for fields in ["", "token=", "token=AAAA", &format!("token={others}")] {
                let status = press(&mut colleague.browser, &path, fields).await;
                assert_eq!(status, 403, "POST {} with {fields:?}", route.path);
            }
            // A browser that says so itself: this comes from another site, token or not.
            let own = token_of(&mut colleague.browser).await;
            let mut foreign = colleague.browser.clone();
            foreign.modern = false;
            let headers = [
                ("content-type", "application/x-www-form-urlencoded"),
                ("sec-fetch-site", "cross-site"),
                ("origin", "https://evil.example"),
            ];
            let body = wire::full(format!("token={own}"));
            let page = foreign.send_raw(Method::POST, &path, &headers, body).await;
            assert_eq!(page.status, 403, "POST {} from another site", route.path);
        }
        // Nothing of all this signed anybody out or changed a thing.
        for (_, colleague) in &mut everybody {
            colleague.browser.open("/staff").await.must_be("/staff", 200);
        }
    });
}
