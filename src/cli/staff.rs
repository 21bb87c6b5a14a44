//! `heard staff`: accounts from the command line, for the operator of the machine. It is also the way back in when every
//! admin has lost their password or phone.

use anyhow::{Context, bail};
use clap::{Args, Subcommand};

use crate::account::invite::{Invited, invite_from_command_line};
use crate::account::store::{Email, NewPerson};
use crate::app;
use crate::area::store::find_area;
use crate::clock::Clock;
use crate::config::Config;
use crate::web::{Role, Site};

/// What `heard staff` can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a one-time link for somebody: a new account, or a new start for one that exists. The link works for 24
    /// hours. It is mailed when HEARD_SMTP_URL is set, else printed.
    Invite(Invite),
}

/// Who is invited.
#[derive(Args, Debug)]
pub struct Invite {
    /// Their e-mail address.
    email: String,
    /// What they will be there to do. An account that exists keeps its role.
    #[arg(long)]
    role: Role,
    /// Their name; they can change it while they join.
    #[arg(long, default_value = "")]
    name: String,
    /// Who employs them, such as Ofsted; shown beside their name.
    #[arg(long, default_value = "")]
    employer: String,
    /// Code of an area that they must never see, such as E10000030. Can be given several times.
    #[arg(long = "never-area", value_name = "CODE")]
    never: Vec<String>,
}

pub(super) async fn run(config: Config, command: Command) -> anyhow::Result<u8> {
    let Command::Invite(invite) = command;
    let email = Email::parse(&invite.email).context("this does not look like an e-mail address")?;
    let site = app::open(config, Clock::System).await?;
    check_areas(&site, &invite.never).await?;
    let new = NewPerson {
        email: Some(email),
        name: invite.name,
        role: invite.role,
        employer: invite.employer,
        never: invite.never,
    };
    match invite_from_command_line(&site, new).await? {
        Invited::ByMail => println!("The link is on its way by mail. It works once, for 24 hours."),
        Invited::Link(link) => println!("This link works once, for 24 hours. Only they may have it:\n{link}"),
    }
    site.db.close().await;
    Ok(0)
}

async fn check_areas(site: &Site, codes: &[String]) -> anyhow::Result<()> {
    let mut tx = site.db.read().await?;
    for code in codes {
        if find_area(&mut tx, code).await?.is_none() {
            bail!("there is no area with the code {code}");
        }
    }
    Ok(())
}
