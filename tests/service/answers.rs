//! What a person answers, one subject a page: everything can be skipped, changed and taken back, and nothing that was
//! typed is lost when something is wrong.

use heard::words::plain_english::{Reader, check_page, text_of_page};

use super::browser::{Browser, Page};
use super::say;
use super::world::{World, on_each_pair};

/// A browser with a draft of its own.
async fn begin(world: &World) -> Browser {
    let mut browser = world.browser();
    let start = browser.open("/").await;
    browser.press(start.form(say("start.begin"))).await.must_be("/tell", 200);
    browser
}

fn body(page: &Page) -> String {
    String::from_utf8_lossy(&page.body).into_owned()
}

on_each_pair!(who_tells_us_is_saved_changed_and_taken_back, |world: World| async move {
    let mut browser = begin(&world).await;
    let page = browser.open("/tell/who").await;
    let form = page
        .form(say("who.save"))
        .choose(say("who.role_is.former"))
        .choose(say("who.about_is.me"))
        .choose(say("who.age_is.26_over"))
        .choose(say("who.method_is.bsl"))
        .choose(say("who.method_is.eye_pointing"))
        .fill(say("who.methods_more"), "  He needs time.\nReally.")
        .choose_in(say("who.helped"), say("who.helped_is.no"));
    browser.press(form).await.must_be("/tell", 200);

    let page = browser.open("/tell/who").await;
    let mut form = page.form(say("who.save"));
    for chosen in ["who.role_is.former", "who.age_is.26_over", "who.method_is.bsl", "who.method_is.eye_pointing"] {
        assert!(form.is_chosen(say(chosen)), "{chosen} was not kept");
    }
    assert!(!form.is_chosen(say("who.method_is.speech")));
    assert_eq!(form.value(say("who.methods_more")), "  He needs time.\nReally.");

    let form = form
        .choose_in(say("who.role"), say("who.not_said"))
        .untick(say("who.method_is.bsl"))
        .fill(say("who.methods_more"), "");
    browser.press(form).await.must_be("/tell", 200);
    let mut form = browser.open("/tell/who").await.form(say("who.save"));
    assert!(!form.is_chosen(say("who.role_is.former")) && !form.is_chosen(say("who.method_is.bsl")));
    assert_eq!(form.value(say("who.methods_more")), "");
    assert!(form.is_chosen(say("who.age_is.26_over")), "what was not touched stays");
});

on_each_pair!(an_area_is_found_in_spite_of_slips_and_only_yes_saves_it, |world: World| async move {
    let mut browser = begin(&world).await;
    let page = browser.open("/tell/area").await;
    let found = browser.press(page.form(say("area.find")).fill(say("area.search"), "Guilford")).await;
    found.must_be("/tell/area", 200).must_say("Surrey");
    let confirm = browser.press(found.form(say("area.choose")).choose("Surrey")).await;
    confirm.must_say(say("area.confirm_title")).must_say("Elmbridge");
    browser.open("/tell/area").await.must_not_say("Surrey");
    let saved = browser.press(confirm.form(say("area.confirm_yes"))).await;
    saved.must_be("/tell/area", 200).must_say("Surrey").must_say("31 March 2027");

    // A name that is exact leads straight to the question.
    let second =
        browser.press(saved.form(say("area.second_find")).fill(say("area.search"), "LEEDS city council")).await;
    second.must_say(say("area.confirm_title"));
    let both = browser.press(second.form(say("area.confirm_yes"))).await;
    both.must_say("Surrey").must_say("Leeds");
    let one = browser.press(both.form("Take out Leeds")).await;
    one.must_say("Surrey");
    assert!(!one.has_button("Take out Leeds"));
    let none = browser.press(one.form(say("area.change"))).await;
    assert!(none.must_not_say("Surrey").has_button(say("area.find")));
});

on_each_pair!(not_knowing_the_area_is_an_answer, |world: World| async move {
    let mut browser = begin(&world).await;
    let page = browser.open("/tell/area").await;
    let empty = browser.press(page.form(say("area.words_save"))).await;
    assert_eq!(empty.errors(), [say("area.words_missing")]);
    let words = "Little Snoring, near <the> school 😡";
    let saved = browser.press(empty.form(say("area.words_save")).fill(say("area.words"), words)).await;
    saved.must_be("/tell/area", 200).must_say(say("area.words_now")).must_say(words);

    for (typed, error) in [("", "area.nothing_typed"), ("qqqqqq", "area.found_none"), ("LS1 4AP", "area.postcode")] {
        let page = browser.open("/tell/area").await;
        let wrong = browser.press(page.form(say("area.find")).fill(say("area.search"), typed)).await;
        assert_eq!((wrong.status, wrong.errors()), (422, vec![say(error).to_owned()]), "{typed}");
        assert_eq!(wrong.form(say("area.find")).value(say("area.search")), typed, "what was typed is kept");
        assert!(!wrong.url.contains('?'), "what was typed never stands in an address");
    }
    let list = browser.open("/tell/area/list").await;
    let confirm = browser.press(list.form(say("area.choose")).choose("Isles of Scilly")).await;
    let saved = browser.press(confirm.form(say("area.confirm_yes"))).await;
    saved.must_say("Isles of Scilly").must_not_say("Little Snoring");
});

on_each_pair!(writing_is_kept_as_it_was_written_with_whose_words_it_carries, |world: World| async move {
    let mut browser = begin(&world).await;
    let page = browser.open("/tell/write").await;
    let nothing = browser.press(page.form(say("write.save")).fill(say("write.text"), " \n ")).await;
    assert_eq!(nothing.errors(), [say("write.nothing")]);

    let words = "\n  میرا بیٹا تین سال کا ہے۔\n<b>He</b> can't see \u{202e}it 😡 & \"me\"";
    let form = nothing.form(say("write.save")).fill(say("write.text"), words);
    let described = browser.press(form.clone()).await;
    assert!(described.path().starts_with("/tell/items/"), "{}", described.path());
    let again = browser.press(form).await;
    assert_eq!(again.path(), described.path(), "a double press makes one piece of writing");

    let form = described
        .form(say("item.save"))
        .choose(say("item.whose_is.child_or_young_person"))
        .choose(say("item.reached_by_way.best_interests"))
        .select(say("item.language"), "Urdu")
        .choose(say("item.assent_is.could_not_tell"))
        .fill(say("item.assent_how"), "with photo cards")
        .tamper("assent-on-day", "32");
    let wrong = browser.press(form).await;
    assert_eq!(wrong.errors(), [say("item.problem.contradiction"), say("item.problem.day")]);
    let mut form = wrong.form(say("item.save"));
    assert_eq!(form.value(say("item.assent_how")), "with photo cards", "what was typed is kept");
    assert!(form.is_chosen(say("item.assent_is.could_not_tell")));

    let form = form
        .choose(say("item.reached_by_way.read_out_or_interpreted"))
        .select(say("item.reached_by"), say("item.reached_by_whom.advocate"))
        .tamper("assent-on-day", "14")
        .tamper("assent-on-month", "May")
        .tamper("assent-on-year", "26");
    let list = browser.press(form).await;
    list.must_be("/tell/write", 200).must_say("میرا بیٹا");

    let edit = browser.open(&described.path().replace("/tell/items/", "/tell/write/")).await;
    assert_eq!(edit.form(say("write.save")).value(say("write.text")), words.replace('\r', ""));
    let item = browser.open(described.path()).await;
    let mut form = item.form(say("item.save"));
    assert!(form.is_chosen(say("item.whose_is.child_or_young_person")));
    assert_eq!(form.value(say("item.language")), "ur");
    assert_eq!(form.named("assent-on-month").as_deref(), Some("5"));

    // Another person's browser does not find it.
    let mut stranger = begin(&world).await;
    stranger.open(described.path()).await.must_be(described.path(), 404);
});

on_each_pair!(every_question_can_be_answered_or_skipped, |world: World| async move {
    let mut browser = begin(&world).await;
    let list = browser.open("/tell/questions").await;
    list.must_say(say("question.draft"));
    let mut page = browser.follow(&list, say("question.q1.ask")).await;
    let mut seen = 0;
    while page.path() != "/tell/questions" {
        seen += 1;
        page = browser.follow(&page, say("question.skip")).await;
    }
    assert!(seen >= 10, "only {seen} questions");
    page.must_not_say(say("question.answered"));

    let page = browser.open("/tell/questions/3").await;
    let form = page
        .form(say("question.save"))
        .choose(say("question.answer.sometimes"))
        .fill(say("question.open"), "Nobody asked me.\nThen they did.");
    browser.press(form).await.must_be("/tell/questions/4", 200);
    browser.open("/tell/questions").await.must_say(say("question.answered"));
    let mut form = browser.open("/tell/questions/3").await.form(say("question.save"));
    assert!(form.is_chosen(say("question.answer.sometimes")));
    assert_eq!(form.value(say("question.open")), "Nobody asked me.\nThen they did.");
    let form = form.choose(say("question.not_said")).fill(say("question.open"), "");
    browser.press(form).await;
    browser.open("/tell/questions").await.must_not_say(say("question.answered"));
    browser.open("/tell/questions/99").await.must_be("/tell/questions/99", 404);
});

on_each_pair!(dates_say_how_long_it_took_and_what_is_usual, |world: World| async move {
    let mut browser = begin(&world).await;
    let page = browser.open("/tell/dates/add").await;
    page.must_say(say("dates.law_title"));
    let form = page
        .form(say("dates.save"))
        .choose_in(say("dates.rule"), say("dates.rule_is.final_plan"))
        .fill(say("dates.what"), "the plan <for> Ada")
        .tamper("asked-day", "2")
        .tamper("asked-month", "September")
        .tamper("asked-year", "2025")
        .choose_in(say("dates.outcome"), say("dates.outcome_part"))
        .tamper("answered-day", "31")
        .tamper("answered-month", "2")
        .tamper("answered-year", "2026")
        .fill(say("dates.how_known"), "I have the letter.");
    let wrong = browser.press(form).await;
    assert_eq!((wrong.status, wrong.errors()), (422, vec![say("dates.problem.answered").to_owned()]));
    let mut form = wrong.form(say("dates.save"));
    assert_eq!(form.value(say("dates.how_known")), "I have the letter.");
    assert_eq!(form.named("answered-month").as_deref(), Some("2"), "what was typed is kept");

    let form = form.tamper("answered-month", "3");
    let list = browser.press(form.clone()).await;
    browser.press(form).await;
    list.must_be("/tell/dates", 200)
        .must_say("This took 30 weeks. The limit is usually 20 weeks. Some delays are allowed.")
        .must_say("the plan <for> Ada")
        .must_not_say("unlawful");
    let list = browser.open("/tell/dates").await;
    assert_eq!(body(&list).matches("This took 30 weeks").count(), 1, "a double press tells it once");

    let change = list.links().into_iter().find(|(name, _)| name.starts_with("Change: ")).expect("it can be changed").1;
    let edit = browser.open(&change).await;
    let order = browser.press(edit.form(say("dates.save")).tamper("answered-year", "2024")).await;
    assert_eq!(order.errors(), [say("dates.problem.order")]);
    let sure = browser.open(&format!("{change}/remove")).await;
    browser.press(sure.form(say("dates.remove_yes"))).await.must_say(say("dates.steps_none"));

    let when = browser.open("/tell/dates/happened").await;
    let form = when
        .form(say("dates.save_happened"))
        .fill(say("dates.happened"), "when she was six")
        .tamper("from-year", "2024");
    browser.press(form).await.must_be("/tell/dates", 200).must_say("when she was six").must_say("2024");
});

on_each_pair!(permission_is_no_and_contact_is_none_unless_they_say_so, |world: World| async move {
    let mut browser = begin(&world).await;
    let page = browser.open("/tell/permission").await;
    let saved = browser.press(page.form(say("permission.save"))).await;
    saved.must_be("/tell", 200);
    let page = browser.open("/tell/permission").await;
    let form = page.form(say("permission.save")).choose_in(say("permission.quote"), say("permission.yes"));
    browser.press(form).await;
    let sent = browser.open("/tell/permission").await.form(say("permission.save")).sent();
    let sent = format!("{sent:?}");
    assert!(sent.contains("\"quote\", \"yes\"") && sent.contains("\"reply\", \"no\""), "{sent}");

    let page = browser.open("/tell/contact").await;
    let mut form = page.form(say("contact.save"));
    assert!(form.is_chosen(say("contact.way_none")));
    let form = form.choose(say("contact.way_email")).fill(say("contact.more"), "only after 7pm");
    let wrong = browser.press(form).await;
    assert_eq!(wrong.errors(), [say("contact.problem.safe_missing"), say("contact.problem.address_missing")]);
    let mut form = wrong.form(say("contact.save"));
    assert_eq!(form.value(say("contact.more")), "only after 7pm");
    let form =
        form.choose_in(say("contact.safe"), say("contact.safe_yes")).fill(say("contact.address"), "ada@example.com");
    browser.press(form).await.must_be("/tell", 200);
    let mut form = browser.open("/tell/contact").await.form(say("contact.save"));
    assert_eq!(form.value(say("contact.address")), "ada@example.com");
    browser.press(form.choose_in(say("contact.safe"), say("contact.safe_no"))).await.must_be("/tell", 200);
    let mut form = browser.open("/tell/contact").await.form(say("contact.save"));
    assert_eq!(form.value(say("contact.address")), "", "what is not safe is not kept");
});

on_each_pair!(who_helped_is_told_apart_from_who_speaks, |world: World| async move {
    let mut browser = begin(&world).await;
    let page = browser.open("/tell/helped").await;
    let form = page
        .form(say("helped.save"))
        .choose_in(say("helped.helped"), say("helped.is.yes"))
        .fill(say("helped.did_not"), "choose the words");
    // Three short pages, one after the other; each can be skipped.
    let page = browser.press(form).await;
    page.must_be("/tell/helped/asked", 200);
    let form = page
        .form(say("helped.save"))
        .fill(say("helped.offered"), "two photos")
        .choose_in(say("helped.offered_none"), say("helped.chosen.yes"))
        .choose_in(say("helped.offered_dont_know"), say("helped.chosen.no"));
    let page = browser.press(form).await;
    page.must_be("/tell/helped/advocate", 200);
    assert!(page.has_link(say("helped.skip")), "it can be skipped");
    let form = page.form(say("helped.save")).choose_in(say("helped.advocate_chosen"), say("helped.chosen.not_sure"));
    browser.press(form).await.must_be("/tell", 200);
    let mut form = browser.open("/tell/helped").await.form(say("helped.save"));
    assert_eq!(form.value(say("helped.did_not")), "choose the words", "one page takes nothing from another");
    let check = browser.open("/tell/check").await;
    for said in ["two photos", "choose the words", say("helped.offered_none"), say("helped.chosen.not_sure")] {
        check.must_say(said);
    }
    // Whoever had no help is not led through the others.
    let page = browser.open("/tell/helped").await;
    let form = page.form(say("helped.save")).choose_in(say("helped.helped"), say("helped.is.no"));
    browser.press(form).await.must_be("/tell", 200);
});

on_each_pair!(how_somebody_came_to_tell_us_is_asked_and_can_be_taken_back, |world: World| async move {
    let mut browser = begin(&world).await;
    let page = browser.open("/tell/how").await;
    let form = page
        .form(say("how.save"))
        .choose_in(say("how.asked_by"), say("how.asked_by_is.school"))
        .fill(say("how.asked_by_more"), "my <b>head</b> of year")
        .choose_in(say("how.suggested"), say("how.suggested_is.not_sure"))
        .choose_in(say("how.works_for"), say("how.works_for_is.no"))
        .choose_in(say("how.ai"), say("how.ai_is.yes"));
    browser.press(form).await.must_be("/tell", 200);
    let check = browser.open("/tell/check").await;
    check.must_say(say("how.asked_by_is.school")).must_say("my <b>head</b> of year").must_say(say("how.ai"));
    check.must_say(say("how.explained"));
    let page = browser.open("/tell/how").await;
    let mut form = page.form(say("how.save"));
    assert!(form.is_chosen(say("how.asked_by_is.school")));
    let form = form
        .choose_in(say("how.asked_by"), say("how.not_said"))
        .choose_in(say("how.works_for"), say("how.not_said"))
        .fill(say("how.asked_by_more"), "");
    browser.press(form).await.must_be("/tell", 200);
    let check = browser.open("/tell/check").await;
    check.must_not_say(say("how.asked_by_is.school")).must_not_say("head of year");
});

on_each_pair!(every_page_of_the_answers_reads_easily_in_every_wording, |world: World| async move {
    let mut browser = begin(&world).await;
    let mut findings = Vec::new();
    for wording in ["plain", "short", "pictures"] {
        browser.jar.take(&format!("{}={wording}; Path=/", heard::web::cookies::WORDING));
        for path in [
            "/tell/who",
            "/tell/area",
            "/tell/area/list",
            "/tell/evidence",
            "/tell/write",
            "/tell/questions",
            "/tell/questions/1",
            "/tell/questions/11",
            "/tell/communicate",
            "/tell/communicate/paper",
            "/tell/communicate/before",
            "/tell/helped",
            "/tell/helped/asked",
            "/tell/helped/advocate",
            "/tell/how",
            "/tell/dates",
            "/tell/dates/add",
            "/tell/dates/happened",
            "/tell/permission",
            "/tell/contact",
        ] {
            let page = browser.open(path).await;
            page.must_be(path, 200);
            for finding in check_page(&text_of_page(&body(&page)), Reader::Anybody) {
                findings.push(format!("{wording} {path}: {finding}"));
            }
        }
    }
    assert!(findings.is_empty(), "{findings:#?}");
});

on_each_pair!(a_form_of_another_draft_saves_nothing_and_gives_the_words_back, |world: World| async move {
    let mut browser = begin(&world).await;
    let mut other = begin(&world).await;
    let theirs = other.open("/tell/write").await.form(say("write.save"));
    let page = browser.open("/tell/write").await;
    let form = page
        .form(say("write.save"))
        .fill(say("write.text"), "these words are for another child")
        .tamper("draft", &theirs.named("draft").expect("forms carry their draft"));
    let refused = browser.press(form).await;
    assert_eq!(refused.status, 409);
    refused.must_say("these words are for another child");
    browser.open("/tell/write").await.must_not_say("another child");
    other.open("/tell/write").await.must_not_say("another child");
});
