//! The front door: what anybody sees, without an account, a cookie or JavaScript; and from where its forms may come.

use hyper::Method;

use super::browser::wire::full;
use super::browser::{Browser, Page};
use super::say;
use super::world::{Pair, World, on_each_pair, run};

on_each_pair!(the_start_page_says_what_every_journey_says, |world: World| async move {
    let mut browser = world.browser();
    let page = browser.open("/").await;
    page.must_be("/", 200).must_not_say("nobody else will ever see");
    for words in ["999 BSL", "children's services", "has no account here", "cannot fix one person's case", "not agreed"]
    {
        page.must_say(words);
    }
    for link in ["/who-can-help", "/privacy", "/help", "/what-is-an-inspection", "/accessibility"] {
        browser.open(link).await.must_be(link, 200);
    }
    assert_eq!(browser.jar.all().count(), 0, "looking leaves no cookie");
});

#[test]
fn what_is_not_there_is_a_page_that_says_so() {
    run(|| async {
        let world = World::begin(Pair::SqliteAndDisk).await;
        let page = world.browser().open("/no-such-page").await;
        assert_eq!(page.status, 404);
    });
}

#[test]
fn staff_join_by_their_link_and_are_signed_in() {
    run(|| async {
        let world = World::begin(Pair::SqliteAndDisk).await;
        let mut colleague = super::colleagues::join(&world, heard::web::Role::Admin).await;
        colleague.browser.open("/staff/account").await.must_be("/staff/account", 200);
    });
}

/// Presses "Start" from a page of `origin` when the request reaches us with another `Host`, as behind a proxy.
async fn press_start(browser: &mut Browser, headers: &[(&str, &str)]) -> Page {
    let mut all = vec![("content-type", "application/x-www-form-urlencoded")];
    all.extend(headers);
    browser.modern = false;
    browser.send_raw(Method::POST, "/begin", &all, full("")).await
}

#[test]
fn a_form_from_the_public_address_is_ours_whatever_host_a_proxy_names() {
    run(|| async {
        let public = "http://localhost:4321";
        let world = World::begin_with(Pair::SqliteAndDisk, |settings| settings.public_url = Some(public.into())).await;
        let site = "sec-fetch-site";
        let accepted: [&[(&str, &str)]; 4] =
            [&[("origin", public)], &[("origin", public), (site, "same-origin")], &[(site, "same-origin")], &[]];
        for headers in accepted {
            let page = press_start(&mut world.browser(), headers).await;
            assert_eq!((page.status, page.leads_to()), (303, Some("/tell")), "{headers:?}");
        }
        let refused: [&[(&str, &str)]; 7] = [
            &[("origin", "https://elsewhere.example")],
            &[("origin", "http://localhost:43210")],
            &[("origin", "https://localhost:4321")],
            &[("origin", "null")],
            &[(site, "cross-site")],
            &[(site, "cross-site"), ("origin", "https://elsewhere.example")],
            &[(site, "same-site"), ("origin", "http://other.localhost:4321")],
        ];
        for headers in refused {
            let mut browser = world.browser();
            let page = press_start(&mut browser, headers).await;
            assert_eq!((page.status, page.heading()), (403, say("problem.expired_form.title").into()), "{headers:?}");
            assert_eq!(browser.jar.all().count(), 0, "no draft is made for {headers:?}");
        }
    });
}
