//! A file from a communication aid, as its sender sees it before sending: what is in it, what they leave out, and what they
//! say of the device. What is left out is gone for everybody once it is sent.

use futures_util::TryStreamExt;
use heard::db;
use heard::evidence::left_out;
use heard::web::Role;
use serde_json::{Value, json};

use super::browser::{Browser, File, Page};
use super::childs_say::{begin_in_northvale, send};
use super::colleagues::{Colleague, join};
use super::family::{self, Family};
use super::review::sent::{NORTHVALE, inspect, make_areas};
use super::say;
use super::world::{World, on_each_pair};

fn file(name: &str, value: &Value) -> File {
    File::held(name, "application/octet-stream", value.to_string())
}

fn page(id: &str, name: &str, buttons: &[(&str, &str)]) -> Value {
    let button = |(number, (label, opens)): (usize, &(&str, &str))| match *opens {
        "" => json!({ "id": number, "label": label }),
        id => json!({ "id": number, "label": label, "load_board": { "id": id } }),
    };
    let buttons: Vec<Value> = buttons.iter().enumerate().map(button).collect();
    json!({ "format": "open-board-0.1", "id": id, "name": name, "locale": "en", "buttons": buttons,
        "license": { "author_email": "mum@quillbrook.example" } })
}

/// Three pages, one of which says where a child lives.
fn pages() -> File {
    let home = page("home", "Home", &[("stop", ""), ("about", "quillbrook-id")]);
    let about = page("quillbrook-id", "About Quillbrook", &[("I live at 12 Quillbrook Street", ""), ("home", "home")]);
    file("pages.obf", &json!([home, about, page("school", "School", &[("too loud", "home")])]))
}

/// A log of two days.
fn log() -> File {
    let line = |at: &str, text: &str| json!({ "timestamp": at, "type": "utterance", "text": text, "modeling": false });
    let session = |lines: [Value; 2]| json!({ "type": "log", "geo": "51.5,-0.1 Quillbrook", "events": lines });
    let first =
        session([line("2026-03-02T09:00:00Z", "I like art"), line("2026-03-02T09:01:00Z", "Quillbrook is my road")]);
    let second = session([
        line("2026-03-03T10:00:00Z", "to Quillbrook again"),
        line("2026-03-03T10:05:00Z", "home by Quillbrook"),
    ]);
    file(
        "said.obl",
        &json!({ "format": "open-board-log-0.1", "user_name": "Sam Quillbrook", "sessions": [first, second] }),
    )
}

async fn inside(world: &World, family: &Family, number: usize) -> String {
    format!("/tell/items/{}/inside", family.items(world).await[number - 1].id)
}

fn must_hide(page: &Page, what: &str) {
    let body = String::from_utf8_lossy(&page.body).to_lowercase();
    assert!(!body.contains("quillbrook"), "{what} tells what was left out:\n{body}");
}

/// Every address of staff about an item, and what each gives this reader.
async fn read_everything(browser: &mut Browser, id: &str) -> Vec<(String, Page)> {
    let mut read = Vec::new();
    for end in ["board", "board?board=1", "board?personal=yes", "board/page", "board/text", "custody"] {
        let address = format!("/staff/items/{id}/{end}");
        let page = browser.get(&address, &[]).await;
        assert_eq!(page.status, 200, "{address}");
        read.push((address, page));
    }
    let board = browser.open(&format!("/staff/items/{id}/board")).await;
    if board.has_button(say("board.find_button")) {
        let found = browser.press(board.form(say("board.find_button")).fill(say("board.find"), "street")).await;
        found.must_say("It may be on a page that the sender left out.");
        read.push(("a search".to_owned(), found));
    }
    read
}

/// The original, as a lead gets it with a reason.
async fn original(lead: &mut Colleague, id: &str) -> Page {
    let address = format!("/staff/originals/{id}");
    let page = lead.browser.open(&address).await;
    let reason = page.form(say("reading.original.do")).fill(say("reading.original.reason"), "I must look");
    lead.browser.press(reason).await
}

/// How many sealed objects lie in the store, but for copies of keys.
async fn objects(world: &World) -> usize {
    let mut number = 0;
    for folder in ["originals/", "renditions/", "tails/"] {
        number += world.site.store.list(folder).try_collect::<Vec<_>>().await.expect("lists").len();
    }
    number
}

on_each_pair!(what_is_left_out_is_gone_for_everybody_once_it_is_sent, |world: World| async move {
    make_areas(&world).await;
    let (mut ana, mut lead) = (join(&world, Role::Inspector).await, join(&world, Role::Lead).await);
    inspect(&world, NORTHVALE, &[&ana, &lead]).await;
    let mut family = begin_in_northvale(&world, vec![pages(), log()]).await;
    let [pages, log] = [inside(&world, &family, 1).await, inside(&world, &family, 2).await];

    // It is found from the list, and says first what such a file may say.
    let list = family.browser.open("/tell/evidence").await;
    assert_eq!(list.link("See what is in pages.obf"), pages);
    let page = family.browser.open(&pages).await;
    page.must_say(say("inside.home")).must_say(say("inside.facts")).must_say("About Quillbrook, 2 buttons");
    family.browser.open(&format!("{pages}?page=1")).await.must_say("I live at 12 Quillbrook Street");
    let done = family.browser.press(page.form(say("inside.save")).choose("About Quillbrook, 2 buttons")).await;
    done.must_say("You left out 1 page.");
    assert!(done.form(say("inside.save")).is_chosen("About Quillbrook, 2 buttons"), "it is shown again");

    let page = family.browser.open(&log).await;
    page.must_say("2 March 2026, 2 lines");
    family.browser.press(page.form(say("inside.save")).choose("3 March 2026, 2 lines")).await.must_say("1 day");
    let day = family.browser.open(&format!("{log}?day=0")).await;
    let done = family.browser.press(day.form(say("inside.save")).choose("09:01 Quillbrook is my road (said)")).await;
    done.must_say("You left out 1 day and 1 line.");
    world.run_jobs().await;

    // The sender's own copy holds no more than what is sent.
    let copy = family.browser.get("/tell/copy/file", &[]).await;
    let text = String::from_utf8_lossy(&copy.body);
    assert!(text.contains("too loud") && text.contains("I like art") && !text.contains("Quillbrook"), "{text}");
    let check = family.browser.open("/tell/check").await;
    check.must_say(say("inside.you_left_out")).must_say("1 day and 1 line");

    let before = family.items(&world).await;
    assert_eq!(objects(&world).await, 4, "each file, and its copy without what is left out");
    send(&world, &mut family).await;
    let after = family.items(&world).await;
    assert_eq!(objects(&world).await, 2, "of the whole files nothing lies in the store");
    for (before, after) in before.iter().zip(&after) {
        assert!(after.verified_us.is_some() && before.sha256 != after.sha256, "the copy was read back");
        let kept = world.intake.open_original(&after.id).await.expect("opens").expect("is there");
        let pieces: Vec<_> = kept.range(0..kept.length).try_collect().await.expect("reads");
        assert!(!String::from_utf8_lossy(&pieces.concat()).contains("Quillbrook"));
        let digest = data_encoding::HEXLOWER.encode(before.sha256.as_ref().expect("was checked"));
        for (what, page) in read_everything(&mut ana.browser, after.id.as_str()).await {
            must_hide(&page, &what);
            let said = String::from_utf8_lossy(&page.body).into_owned();
            let wanted = match what.ends_with("custody") {
                true => [say("custody.left_out"), digest.as_str()],
                false => ["The sender left out 1", "left out"],
            };
            assert!(wanted.iter().all(|words| said.contains(words)), "{what} does not say {wanted:?}:\n{said}");
        }
        let given = original(&mut lead, after.id.as_str()).await;
        assert_eq!(given.status, 200);
        must_hide(&given, "the original");
    }
    let board = ana.browser.open(&format!("/staff/items/{}/board", after[0].id)).await;
    board.must_say("too loud").must_say(say("board.opens_left_out")).must_say(say("board.personal_left_out"));
    let page = ana.browser.open(&format!("/staff/submissions/{}", family.reference(&world).await)).await;
    page.must_say(say("reading.item.cut")).must_say("1 day and 1 line");
    must_hide(&page, "the page of the submission");

    // The code does not show it any more, since nobody chose that it should.
    assert_eq!(family.browser.get(&pages, &[]).await.status, 404);
});

on_each_pair!(where_nothing_is_left_out_the_file_stays_as_it_came, |world: World| async move {
    make_areas(&world).await;
    let mut lead = join(&world, Role::Lead).await;
    inspect(&world, NORTHVALE, &[&lead]).await;
    let mut family = begin_in_northvale(&world, vec![pages()]).await;
    let address = inside(&world, &family, 1).await;
    // A choice that is taken back leaves no trace.
    let page = family.browser.open(&address).await;
    let page = family.browser.press(page.form(say("inside.save")).choose("Home, 2 buttons")).await;
    let page = family.browser.press(page.form(say("inside.save")).untick("Home, 2 buttons")).await;
    page.must_say(say("inside.nothing_left_out"));
    let before = family.items(&world).await.remove(0);
    let check = family.browser.open("/tell/check").await;
    check.must_not_say(say("inside.you_left_out"));
    family.browser.press(check.form_to("/tell/send").choose(say("check.look_again"))).await.must_be("/sent", 200);
    world.run_jobs().await;
    let after = family.items(&world).await.remove(0);
    assert_eq!((before.sha256, before.verified_us), (after.sha256, after.verified_us));
    assert_eq!(original(&mut lead, after.id.as_str()).await.body, pages().blocks().flatten().collect::<Vec<u8>>());
    assert_eq!(objects(&world).await, 1);
    // Whoever chose to look at it again sees it, and changes nothing.
    let page = family.browser.open(&address).await;
    page.must_say(say("inside.was_sent")).must_say("About Quillbrook");
    assert!(!page.has_button(say("inside.save")));
    let custody = lead.browser.open(&format!("/staff/items/{}/custody", after.id)).await;
    custody.must_not_say(say("custody.left_out"));
});

on_each_pair!(only_its_sender_sees_what_is_in_a_file, |world: World| async move {
    make_areas(&world).await;
    let mut family = begin_in_northvale(&world, vec![pages(), File::fixture("photo.jpg")]).await;
    let address = inside(&world, &family, 1).await;
    let mut other = family::begin(&world).await;
    assert_eq!(other.browser.get(&address, &[]).await.status, 404);
    assert_eq!(world.browser().get(&address, &[]).await.status, 403);
    let photo = inside(&world, &family, 2).await;
    assert_eq!(family.browser.get(&photo, &[]).await.status, 404, "there is no such page for a photo");
    for odd in ["?page=99&from=77", "?day=3", "?page=x&from=-1", "?pages=4000000000&days=9"] {
        family.browser.open(&format!("{address}{odd}")).await.must_be(&address, 200);
    }
    // Taking the file out takes every key of it along.
    let page = family.browser.open(&address).await;
    family.browser.press(page.form(say("inside.save")).choose("School, 1 button")).await;
    for item in family.items(&world).await {
        let page = family.browser.open(&format!("/tell/items/{}/remove", item.id)).await;
        family.browser.press(page.form(say("remove.yes"))).await;
    }
    world.run_jobs().await;
    let mut tx = world.site.db.read().await.expect("tx");
    let sql = "select count(*) from wrapped_key where parent = $1";
    let (keys,) = db::one!(&mut tx, (i64,), sql, &family.submission).expect("counts");
    assert_eq!(keys, 0);
    assert_eq!(objects(&world).await, 0);
});

on_each_pair!(a_large_file_is_paged_for_its_sender_too, |world: World| async move {
    make_areas(&world).await;
    let buttons: Vec<Value> = (0..12_000).map(|id| json!({ "id": id, "label": format!("word{id}") })).collect();
    let pages: Vec<Value> = buttons
        .chunks(40)
        .enumerate()
        .map(|(id, some)| json!({ "format": "open-board-0.1", "id": id, "name": format!("Set {id}"), "buttons": some }))
        .collect();
    let mut family = begin_in_northvale(&world, vec![file("large.obf", &json!(pages))]).await;
    let address = inside(&world, &family, 1).await;
    let page = family.browser.open(&address).await;
    page.must_say("Set 99, 40 buttons").must_not_say("Set 100,");
    assert!(page.body.len() < 200_000, "one page of it is {} bytes", page.body.len());
    // What stands on one page is saved with that page, and the rest stays as it was.
    family.browser.press(page.form(say("inside.save")).choose("Set 7, 40 buttons")).await;
    let next = family.browser.open(&format!("{address}?pages=200")).await;
    let done = family.browser.press(next.form(say("inside.save")).choose("Set 299, 40 buttons")).await;
    done.must_say("You left out 2 pages.");
    assert!(done.form(say("inside.save")).is_chosen("Set 299, 40 buttons"));
    world.run_jobs().await;
    assert_eq!(objects(&world).await, 2, "the file, and its newest copy alone");
    let mut tx = world.site.db.read().await.expect("tx");
    let sql = "select count(*) from wrapped_key where parent = $1";
    let (keys,) = db::one!(&mut tx, (i64,), sql, &family.submission).expect("counts");
    assert_eq!(keys, 2, "the key of the older copy is gone");
});

on_each_pair!(a_choice_stands_until_it_is_made_again, |world: World| async move {
    make_areas(&world).await;
    let mut ana = join(&world, Role::Inspector).await;
    inspect(&world, NORTHVALE, &[&ana]).await;
    let mut family = begin_in_northvale(&world, vec![pages()]).await;
    let address = inside(&world, &family, 1).await;
    let page = family.browser.open(&address).await;
    family.browser.press(page.form(say("inside.save")).choose("About Quillbrook, 2 buttons")).await;
    // A newer program reads the file otherwise, so that what was ticked may be something else now.
    let item = family.items(&world).await.remove(0).id;
    let mut tx = world.site.db.write().await.expect("tx");
    let key = world.site.keys.submission(&mut tx, &family.submission).await.expect("asks").expect("a key");
    let mut row = left_out::find(&mut tx, &item).await.expect("asks").expect("something is left out");
    let choice = row.choice(&key).expect("is kept");
    row.choice_sealed = Some(left_out::Choice { of: "another".to_owned(), ..choice }.seal(&key, &item));
    assert!(left_out::save(&mut tx, &row, world.clock.now()).await.expect("saves"));
    tx.commit().await.expect("commits");

    let page = family.browser.open(&address).await;
    page.must_say(say("inside.stale"));
    assert!(
        !page.form(say("inside.save")).is_chosen("About Quillbrook, 2 buttons"),
        "nothing is ticked that may be wrong"
    );
    send(&world, &mut family).await;
    for (what, page) in read_everything(&mut ana.browser, item.as_str()).await {
        must_hide(&page, &what);
    }
});

on_each_pair!(what_is_said_of_the_device_stands_beside_the_file, |world: World| async move {
    make_areas(&world).await;
    let mut ana = join(&world, Role::Inspector).await;
    inspect(&world, NORTHVALE, &[&ana]).await;
    let mut family = begin_in_northvale(&world, vec![pages(), log()]).await;
    let items = family.items(&world).await;
    let page = family.browser.open(&format!("/tell/items/{}/device", items[0].id)).await;
    let form = page.form(say("item.save")).choose_in(say("device.owner"), say("device.owner_is.school"));
    let form = form.choose_in(say("device.touched"), say("device.touched_by.guided"));
    family.browser.press(form.fill(say("device.words"), "<b>my aunt</b>")).await;
    let mut page = family.browser.open(&format!("/tell/items/{}/device", items[0].id)).await;
    assert_eq!(page.form(say("item.save")).value(say("device.words")), "<b>my aunt</b>");
    family.browser.open("/tell/check").await.must_say("<b>my aunt</b>").must_say(say("device.touched_by.guided"));
    page = family.browser.open(&format!("/tell/items/{}/device", items[1].id)).await;
    // Whoever must not be heard with it is led to what can be left out.
    let form = page.form(say("item.save")).choose_in(say("device.log"), say("item.assent_is.no"));
    family.browser.press(form).await.must_be(&format!("/tell/items/{}/inside", items[1].id), 200);
    send(&world, &mut family).await;
    for end in ["board", "board/page", "board/text"] {
        let page = ana.browser.open(&format!("/staff/items/{}/{end}", items[0].id)).await;
        let text = String::from_utf8_lossy(&page.body).replace("&lt;", "<").replace("&gt;", ">");
        for said in
            [say("board.declared"), say("device.owner_is.school"), "<b>my aunt</b>", say("reading.not_answered")]
        {
            assert!(text.contains(said), "{end} does not say {said}");
        }
    }
    let mut anybody = world.browser();
    let paper = anybody.open("/questions/device").await;
    paper.must_say(say("device.owner")).must_say(say("helped.offered_none")).must_say(say("device.touched_by.guided"));
});
