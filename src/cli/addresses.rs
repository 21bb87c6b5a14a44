//! `heard addresses`: the whole address table, for people and for outside checks.

use clap::Args;

use crate::app;
use crate::clock::Clock;
use crate::config::Config;
use crate::web::Who;

/// Options of `heard addresses`.
#[derive(Args, Clone, Debug)]
pub struct Options {
    /// As JSON: a list of `method`, `path` and `who`.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(config: Config, options: Options) -> anyhow::Result<u8> {
    let site = app::open(config, Clock::System).await?;
    let rows: Vec<_> = app::addresses(&site)
        .into_iter()
        .map(|route| (route.method.to_string(), route.path, who_in_words(route.who)))
        .collect();
    if options.json {
        let rows: Vec<_> = rows
            .iter()
            .map(|(method, path, who)| serde_json::json!({ "method": method, "path": path, "who": who }))
            .collect();
        println!("{}", serde_json::to_string_pretty(&rows)?);
    } else {
        for (method, path, who) in rows {
            println!("{method:<7} {path:<48} {who}");
        }
    }
    site.db.close().await;
    Ok(0)
}

fn who_in_words(who: Who) -> String {
    match who {
        Who::Anyone => "anyone".into(),
        Who::Draft => "draft".into(),
        // For whoever has something open, the same; a card opens these too.
        Who::Sender | Who::SenderOrCard => "sender".into(),
        Who::Card => "card".into(),
        Who::Uploader => "sender's program".into(),
        Who::HalfSignedIn => "half signed in".into(),
        Who::Staff(roles) => roles.iter().map(|role| role.name()).collect::<Vec<_>>().join(" "),
    }
}
