//! How much memory a tool and everything that it started uses, as /proc tells it (proc(5)).

use std::fs;

/// A tool that runs.
pub(super) struct Watched {
    first: u32,
    /// The most that was seen.
    pub(super) peak: u64,
}

impl Watched {
    pub(super) fn new(first: u32) -> Watched {
        Watched { first, peak: 0 }
    }

    /// What is used now by all together, in bytes.
    pub(super) fn look(&mut self) -> u64 {
        let (mut now, mut highest) = (0, 0);
        let mut open = vec![self.first];
        let mut seen = 0;
        while let Some(process) = open.pop() {
            seen += 1;
            if seen > 200 {
                break;
            }
            let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
            now += kib(&status, "VmRSS:");
            highest = highest.max(kib(&status, "VmHWM:"));
            open.extend(children(process));
        }
        self.peak = self.peak.max(now).max(highest);
        now
    }
}

fn children(process: u32) -> Vec<u32> {
    let Ok(threads) = fs::read_dir(format!("/proc/{process}/task")) else { return Vec::new() };
    let lists = threads.filter_map(|thread| fs::read_to_string(thread.ok()?.path().join("children")).ok());
    lists.flat_map(|list| list.split_whitespace().filter_map(|id| id.parse().ok()).collect::<Vec<_>>()).collect()
}

fn kib(status: &str, name: &str) -> u64 {
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let number = line.and_then(|rest| rest.split_whitespace().next()).and_then(|word| word.parse::<u64>().ok());
    number.unwrap_or_default() * 1024
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_uses_memory() {
        let mut own = Watched::new(std::process::id());
        assert!(own.look() > 100_000 && own.peak > 100_000);
        assert_eq!(Watched::new(u32::MAX).look(), 0);
    }
}
