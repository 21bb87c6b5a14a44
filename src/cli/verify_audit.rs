//! `heard verify-audit`: walks the whole audit chain and says where it was tampered with.

use clap::Args;

use crate::app;
use crate::audit::{self, Head, Verdict};
use crate::config::Config;

/// What `heard verify-audit` takes.
#[derive(Args, Clone, Debug, Default)]
pub(super) struct Options {
    /// An end of the chain that was written down elsewhere, such as `1234:0f3c…` from a log line of an earlier day.
    /// Without it, nobody can see that the newest rows were cut off together with the end.
    #[arg(long)]
    head: Option<Head>,
}

pub(super) async fn run(config: Config, options: Options) -> anyhow::Result<u8> {
    let db = app::open_database(&config).await?;
    let verdict = audit::verify(&db, options.head.as_ref()).await?;
    db.close().await;
    match verdict {
        Verdict::Whole { head } => {
            println!("The audit chain is whole: {} rows. Its end: {head}", head.seq);
            if options.head.is_none() {
                println!("Write this end down elsewhere, and give it to --head next time.");
            }
            Ok(0)
        }
        Verdict::Broken { seq, how } => {
            println!("THE AUDIT CHAIN IS BROKEN at row {seq}: {how}.");
            Ok(1)
        }
    }
}
