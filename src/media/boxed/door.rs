//! `heard boxed`: sets limits, shuts itself in where bubblewrap does not do it, and becomes the tool.
//!
//! Landlock (landlock(7)) takes away every file but the system's programs and the two that were named, and with a kernel
//! of 6.7 or later every connection over TCP. It is a weaker box than bubblewrap's, and a kernel without it gives limits
//! only: the arguments that each tool gets must be safe without any box.

use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::Command;

use landlock::{
    ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, Ruleset, RulesetAttr, RulesetCreatedAttr,
    path_beneath_rules,
};
use rustix::process::{Resource, Signal};

use super::limit;

/// How much a tool gives way to whatever else wants the processor (nice(2)): nobody's sending waits for a copy.
const GIVES_WAY: i32 = 10;

/// What `heard boxed` was told.
#[derive(Debug, Default)]
struct Told {
    cpu: u64,
    memory: u64,
    output: u64,
    read: Vec<PathBuf>,
    write: Option<PathBuf>,
    tool: Vec<OsString>,
}

/// Becomes the tool; comes back only with the reason why that was not possible.
pub fn enter(words: impl Iterator<Item = OsString>) -> std::io::Error {
    match told(words) {
        Some(told) => match shut(&told) {
            Ok(()) => Command::new(&told.tool[0]).args(&told.tool[1..]).exec(),
            Err(error) => error,
        },
        None => std::io::Error::new(
            std::io::ErrorKind::InvalidInput,
            "heard boxed is for Heard itself: --cpu SECONDS --memory BYTES --output BYTES [--read FILE_OR_FOLDER … --write FOLDER] -- TOOL …",
        ),
    }
}

fn told(mut words: impl Iterator<Item = OsString>) -> Option<Told> {
    let mut told = Told::default();
    loop {
        let word = words.next()?;
        let number = |word: Option<OsString>| word?.to_str()?.parse().ok();
        match word.to_str()? {
            "--cpu" => told.cpu = number(words.next())?,
            "--memory" => told.memory = number(words.next())?,
            "--output" => told.output = number(words.next())?,
            "--read" => told.read.push(words.next()?.into()),
            "--write" => told.write = Some(words.next()?.into()),
            "--" => break,
            _ => return None,
        }
    }
    told.tool = words.collect();
    (!told.tool.is_empty() && told.cpu > 0 && told.memory > 0 && told.output > 0).then_some(told)
}

fn shut(told: &Told) -> std::io::Result<()> {
    // The tool must not outlive whoever waits for it.
    rustix::process::set_parent_process_death_signal(Some(Signal::KILL))?;
    rustix::process::nice(GIVES_WAY)?;
    limit(Resource::Core, 0)?;
    limit(Resource::Cpu, told.cpu)?;
    limit(Resource::As, told.memory)?;
    limit(Resource::Fsize, told.output)?;
    limit(Resource::Nofile, 256)?;
    match &told.write {
        Some(write) => {
            std::env::set_current_dir(write)?;
            landlock(&told.read, write).map_err(std::io::Error::other)
        }
        None => Ok(()),
    }
}

/// On a kernel that does not know Landlock, or not all of it, what it knows is used.
fn landlock(read: &[PathBuf], folder: &PathBuf) -> Result<(), landlock::RulesetError> {
    let abi = ABI::V4;
    let system = ["/usr", "/bin", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/alternatives", "/etc/fonts", "/dev/null"];
    Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(abi))?
        .handle_access(AccessNet::from_all(abi))?
        .create()?
        .add_rules(path_beneath_rules(system, AccessFs::from_read(abi)))?
        .add_rules(path_beneath_rules(["/dev/null"], AccessFs::WriteFile | AccessFs::ReadFile))?
        .add_rules(path_beneath_rules(["/dev/urandom", "/dev/random"], AccessFs::ReadFile))?
        .add_rules(path_beneath_rules(read, AccessFs::from_read(abi)))?
        .add_rules(path_beneath_rules([folder], AccessFs::from_all(abi)))?
        .restrict_self()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> impl Iterator<Item = OsString> {
        line.split(' ').map(OsString::from).collect::<Vec<_>>().into_iter()
    }

    #[test]
    fn nothing_runs_without_every_limit_and_a_tool() {
        assert!(told(words("--cpu 1 --memory 2 --output 3 -- true -x")).is_some_and(|told| told.tool.len() == 2));
        for bad in ["", "-- true", "--cpu 1 --memory 2 -- true", "--cpu 1 --memory 2 --output 3 --", "--cpu x -- true"]
        {
            assert!(told(words(bad)).is_none(), "{bad}");
        }
    }
}
