//! The front door: what anybody sees, without an account, a cookie or JavaScript.

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
