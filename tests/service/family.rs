//! A family as tests meet it: a browser with a draft in it.

use heard::evidence::store::{self, Item};
use heard::id::SubmissionId;

use super::browser::{Browser, File, Page};
use super::world::World;

/// Somebody who tells.
pub struct Family {
    /// Their browser.
    pub browser: Browser,
    /// The submission that they have open.
    pub submission: SubmissionId,
}

/// Somebody comes to the start page and begins.
pub async fn begin(world: &World) -> Family {
    let mut browser = world.browser();
    let page = browser.open("/").await;
    let page = browser.press(page.form_to("/begin")).await;
    page.must_be("/tell", 200);
    let submission = submission_of(&mut browser).await;
    Family { browser, submission }
}

/// The submission that is open in a browser, as its forms say.
pub async fn submission_of(browser: &mut Browser) -> SubmissionId {
    let page = browser.open("/tell/evidence").await;
    let draft = page.form_to("/tell/evidence").named("draft");
    SubmissionId(draft.expect("a form says which draft it belongs to"))
}

impl Family {
    /// Sends files by one form, and gives the page that comes.
    pub async fn send_files(&mut self, files: impl IntoIterator<Item = File>) -> Page {
        let page = self.browser.open("/tell/evidence").await;
        let filling =
            files.into_iter().fold(page.form_to("/tell/evidence"), |filling, file| filling.attach_to_it(file));
        self.browser.press(filling).await
    }

    /// The submission's public reference.
    pub async fn reference(&self, world: &World) -> String {
        let mut tx = world.site.db.read().await.expect("the database answers");
        let row = heard::submission::store::find(&mut tx, &self.submission).await.expect("it can be asked");
        row.expect("the draft is there").reference
    }

    /// What the service knows of this family's items, in their order.
    pub async fn items(&self, world: &World) -> Vec<Item> {
        let mut tx = world.site.db.read().await.expect("the database answers");
        let mut items = store::list(&mut tx, &self.submission).await.expect("items can be listed");
        items.sort_by_key(|item| item.number);
        items
    }
}
