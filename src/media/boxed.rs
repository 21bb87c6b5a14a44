//! The closed box that every outside tool runs in: no network, one file to read, one folder to write, and limits.
//!
//! A file from a stranger may be made to take over the program that reads it. So each run of a tool gets bubblewrap's
//! empty namespaces: a read-only `/usr`, the one file as `/in/original`, the folder for results as `/out`, a small
//! `/tmp` in memory, no network, no other process in sight. Where bubblewrap cannot run, [`enter`] (the hidden command
//! `heard boxed`) shuts the door from inside with Landlock, and only limits and Landlock stand between; `heard check` says
//! which of the two it is. Either way memory, processor time and the size of each file are limited by the kernel
//! (setrlimit(2)), the tool gives way to whatever else wants the processor (nice(2)), and whoever waits here ends the whole
//! group for taking too long, using too much, or being told to stop.
//!
//! Results are looked at with suspicion too: see [`Inside::made`].

use std::ffi::OsString;
use std::fs;
use std::io::Read;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf, absolute};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Resource, Rlimit, Signal};

mod door;
mod watched;

pub use self::door::enter;
use self::watched::Watched;

/// How a tool is shut in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wall {
    /// By bubblewrap, found here.
    Bubblewrap(PathBuf),
    /// By Landlock and limits only: bubblewrap is not here, or the system does not let it run.
    Landlock,
}

/// What one run of a tool may use.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Seconds of processor time.
    pub cpu: u64,
    /// Seconds on the clock.
    pub wall: u64,
    /// Bytes of memory.
    pub memory: u64,
    /// Bytes of one result, and of all results together.
    pub output: u64,
}

impl Limits {
    /// For a look at what a file is: seconds, not minutes.
    pub const LOOK: Limits = Limits { cpu: 20, wall: 60, memory: 2 << 30, output: 16 << 20 };
    /// For one picture or one page.
    pub const PAGE: Limits = Limits { cpu: 60, wall: 150, memory: 2 << 30, output: 96 << 20 };
}

/// One file, one folder for results, and the wall around both.
#[derive(Debug)]
pub struct Inside<'a> {
    /// The program that sets limits before it becomes the tool: ourselves.
    own: &'a Path,
    wall: &'a Wall,
    file: PathBuf,
    folder: PathBuf,
    stop: &'a AtomicBool,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// By itself, with this code.
    Code(i32),
    /// By a signal: it crashed, or met a limit of the kernel's.
    Signal(i32),
    /// It took longer than it may.
    TooLong,
    /// It used more memory or room than it may.
    TooMuch,
    /// We were told to stop.
    Stopped,
}

/// What a run of a tool gave.
#[derive(Debug)]
pub struct Ran {
    /// How it ended.
    pub ended: Ended,
    /// What it wrote to its standard output, up to [`SAID`] bytes.
    pub out: Vec<u8>,
    /// What it said beside: the first and last of it.
    pub said: String,
    /// How long it took.
    pub seconds: f64,
    /// The most memory that it was seen to use, in bytes.
    pub peak_memory: u64,
}

impl Ran {
    /// Whether it ended by itself and says that all went well.
    pub fn is_well(&self) -> bool {
        self.ended == Ended::Code(0)
    }
}

/// How `heard boxed` ends when it could not become the tool.
pub const NOT_ENTERED: i32 = 126;
/// How what makes the box begins to say that it could not: bubblewrap, and [`enter`].
const BOXES: [&str; 2] = ["bwrap: ", "heard boxed: "];

/// The most of a tool's output that is read; the rest is thrown away.
const SAID: usize = 8 << 20;
/// Of what it says beside, so much of the beginning and of the end.
const KEPT: usize = 32 << 10;

impl<'a> Inside<'a> {
    /// A box for one file and one folder that holds nothing else. Tools run elsewhere, so that a path that begins where we
    /// are is made whole.
    pub fn new(
        own: &'a Path,
        wall: &'a Wall,
        file: &Path,
        folder: &Path,
        stop: &'a AtomicBool,
    ) -> std::io::Result<Inside<'a>> {
        Ok(Inside { own, wall, file: absolute(file)?, folder: absolute(folder)?, stop })
    }

    /// The same box around one of its results, for a tool that reads what another made.
    pub fn around(&self, result: &str) -> Inside<'a> {
        Inside { file: self.folder.join(result), folder: self.folder.clone(), ..*self }
    }

    /// The file, as a tool in the box must call it.
    pub fn file(&self) -> String {
        match self.wall {
            Wall::Bubblewrap(_) => "/in/original".to_owned(),
            Wall::Landlock => self.file.to_string_lossy().into_owned(),
        }
    }

    /// A result, as a tool in the box must call it.
    pub fn result(&self, name: &str) -> String {
        match self.wall {
            Wall::Bubblewrap(_) => format!("/out/{name}"),
            Wall::Landlock => self.folder.join(name).to_string_lossy().into_owned(),
        }
    }

    /// A result as we see it: only a plain file with one name. A tool that was taken over could leave a link to a file of
    /// ours, for us to read and hand on.
    pub fn made(&self, name: &str) -> Option<(PathBuf, u64)> {
        use std::os::unix::fs::MetadataExt;
        let path = self.folder.join(name);
        let facts = fs::symlink_metadata(&path).ok()?;
        (facts.is_file() && facts.nlink() == 1 && facts.len() > 0).then_some((path, facts.len()))
    }

    /// Runs a tool, and comes back when it and everything that it started are gone. A box that cannot be made is an error:
    /// it says nothing about the file.
    pub fn run(&self, tool: &Path, arguments: &[String], limits: Limits) -> std::io::Result<Ran> {
        let began = Instant::now();
        let mut command = self.command(tool, arguments, limits);
        let mut child = command.spawn()?;
        let out = read_apart(child.stdout.take(), read_first);
        let said = read_apart(child.stderr.take(), read_both_ends);
        let (ended, peak_memory) = self.wait(&mut child, limits, began);
        let soon = Duration::from_secs(5);
        let said = said.recv_timeout(soon).unwrap_or_default();
        let said = String::from_utf8_lossy(&said).into_owned();
        if matches!(ended, Ended::Code(1 | NOT_ENTERED)) && BOXES.iter().any(|name| said.starts_with(name)) {
            return Err(std::io::Error::other("the closed box for a tool could not be made"));
        }
        Ok(Ran {
            ended,
            out: out.recv_timeout(soon).unwrap_or_default(),
            said,
            seconds: began.elapsed().as_secs_f64(),
            peak_memory,
        })
    }

    fn command(&self, tool: &Path, arguments: &[String], limits: Limits) -> Command {
        let mut words: Vec<OsString> = vec!["boxed".into()];
        for (name, value) in [("--cpu", limits.cpu), ("--memory", limits.memory), ("--output", limits.output)] {
            words.extend([name.into(), value.to_string().into()]);
        }
        match self.wall {
            Wall::Bubblewrap(bwrap) => {
                words.extend(["--".into(), bwrap.into()]);
                words.extend(self.walls(tool));
            }
            Wall::Landlock => {
                let (file, folder) = (self.file.as_os_str(), self.folder.as_os_str());
                words.extend(["--read".into(), file.into(), "--write".into(), folder.into()]);
                words.extend(own_folder(tool).into_iter().flat_map(|folder| ["--read".into(), folder.into()]));
                words.push("--".into());
            }
        }
        words.push(tool.into());
        words.extend(arguments.iter().map(OsString::from));
        let mut command = Command::new(self.own);
        command.args(words).env_clear().current_dir("/").process_group(0);
        for (name, value) in ENVIRONMENT {
            command.env(name, value);
        }
        // Without /proc a program cannot tell where it lies, and would not find its libraries beside it.
        if let Some(folder) = tool.parent().filter(|folder| !BINARIES.contains(&folder.to_str().unwrap_or_default())) {
            command.env("LD_LIBRARY_PATH", folder);
        }
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// What bubblewrap is told. Nothing of /etc but [`SETTINGS`], nothing of /home, /var or /proc.
    fn walls(&self, tool: &Path) -> Vec<OsString> {
        let mut words: Vec<OsString> =
            ["--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL"].map(OsString::from).into();
        words.extend(["--ro-bind", "/usr", "/usr"].map(OsString::from));
        for folder in ["/bin", "/lib", "/lib64"] {
            match fs::read_link(folder) {
                Ok(target) => words.extend(["--symlink".into(), target.into(), folder.into()]),
                Err(_) => words.extend(["--ro-bind-try", folder, folder].map(OsString::from)),
            }
        }
        for part in SETTINGS {
            words.extend(["--ro-bind-try", part, part].map(OsString::from));
        }
        words.extend(["--dev", "/dev", "--size", "67108864", "--tmpfs", "/tmp"].map(OsString::from));
        words
            .extend(own_folder(tool).into_iter().flat_map(|folder| ["--ro-bind".into(), folder.into(), folder.into()]));
        words.extend(["--ro-bind".into(), self.file.as_os_str().into(), "/in/original".into()]);
        words.extend(["--bind".into(), self.folder.as_os_str().into(), "/out".into(), "--chdir".into(), "/out".into()]);
        words.push("--".into());
        words
    }

    fn wait(&self, child: &mut Child, limits: Limits, began: Instant) -> (Ended, u64) {
        let mut watched = Watched::new(child.id());
        let before = folder_bytes(&self.folder);
        let mut pause = Duration::from_millis(2);
        let mut looks = 0_u32;
        loop {
            if let Ok(Some(status)) = child.try_wait() {
                return (ended(status), watched.peak);
            }
            let memory = watched.look();
            // Looking through the folder is dearer than looking at memory.
            let room = if looks % 8 == 7 { folder_bytes(&self.folder) } else { 0 };
            looks += 1;
            let over = match () {
                () if self.stop.load(Ordering::Relaxed) => Some(Ended::Stopped),
                () if began.elapsed().as_secs() >= limits.wall => Some(Ended::TooLong),
                () if memory > limits.memory || room.saturating_sub(before) > limits.output.saturating_mul(2) => {
                    Some(Ended::TooMuch)
                }
                () => None,
            };
            if let Some(over) = over {
                end(child);
                return (over, watched.peak);
            }
            std::thread::sleep(pause);
            pause = (pause * 2).min(Duration::from_millis(40));
        }
    }
}

/// What of the system's settings a tool may read: what finds libraries and fonts, and what LibreOffice is made of.
const SETTINGS: [&str; 5] =
    ["/etc/ld.so.cache", "/etc/alternatives", "/etc/fonts", "/etc/libreoffice", "/var/cache/fontconfig"];
/// Where programs lie whose libraries the system knows.
const BINARIES: [&str; 3] = ["/usr/bin", "/usr/local/bin", "/bin"];

/// What a tool is told about the world: where programs are, and to use one thread where it would take them all.
const ENVIRONMENT: [(&str, &str); 6] = [
    ("PATH", "/usr/bin:/bin"),
    ("LANG", "C.UTF-8"),
    ("HOME", "/tmp"),
    ("OMP_THREAD_LIMIT", "1"),
    ("VIPS_CONCURRENCY", "1"),
    ("MAX_CONCURRENCY", "1"),
];

/// The folder of a program that is not the system's: it is there to be read, with what the program needs besides.
fn own_folder(tool: &Path) -> Option<&Path> {
    let is_system = ["/usr", "/bin", "/lib", "/lib64", "/sbin"].iter().any(|folder| tool.starts_with(folder));
    tool.parent().filter(|_| !is_system)
}

/// Ends a tool and everything that it started. Inside bubblewrap all goes with the outermost process.
fn end(child: &mut Child) {
    if let Some(group) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
        let _ = rustix::process::kill_process_group(group, Signal::KILL);
    }
    let _ = child.kill();
    let _ = child.wait();
}

fn ended(status: ExitStatus) -> Ended {
    match (status.code(), status.signal()) {
        // A shell's way, and bubblewrap's, of saying that a signal ended it.
        (Some(code), _) if code > 128 && code < 160 => Ended::Signal(code - 128),
        (Some(code), _) => Ended::Code(code),
        (None, signal) => Ended::Signal(signal.unwrap_or_default()),
    }
}

fn folder_bytes(folder: &Path) -> u64 {
    let Ok(entries) = fs::read_dir(folder) else { return 0 };
    entries.filter_map(|entry| fs::symlink_metadata(entry.ok()?.path()).ok()).map(|facts| facts.len()).sum()
}

fn read_apart<P, R>(pipe: Option<P>, read: R) -> mpsc::Receiver<Vec<u8>>
where
    P: Read + Send + 'static,
    R: FnOnce(P) -> Vec<u8> + Send + 'static,
{
    let (send, receive) = mpsc::channel();
    if let Some(pipe) = pipe {
        std::thread::spawn(move || send.send(read(pipe)));
    }
    receive
}

/// The beginning; what follows is read and thrown away, so that the tool does not wait for us.
fn read_first(mut pipe: impl Read) -> Vec<u8> {
    let mut kept = Vec::new();
    let _ = pipe.by_ref().take(SAID as u64).read_to_end(&mut kept);
    let _ = std::io::copy(&mut pipe, &mut std::io::sink());
    kept
}

fn read_both_ends(mut pipe: impl Read) -> Vec<u8> {
    let mut kept = Vec::new();
    let mut piece = [0; 8192];
    while let Ok(read @ 1..) = pipe.read(&mut piece) {
        kept.extend_from_slice(&piece[..read]);
        if kept.len() > 4 * KEPT {
            kept.drain(KEPT..kept.len() - KEPT);
        }
    }
    kept
}

/// Whether bubblewrap does its work here: it may be forbidden to.
pub fn wall(own: &Path) -> Wall {
    let Some(bwrap) = super::tools::find("bwrap") else { return Wall::Landlock };
    let wall = Wall::Bubblewrap(bwrap);
    let never = AtomicBool::new(false);
    let Some(tool) = super::tools::find("true") else { return Wall::Landlock };
    // Any file and any folder will do for `true`.
    let inside = Inside::new(own, &wall, &tool, Path::new("/usr"), &never);
    match inside.and_then(|inside| inside.run(&tool, &[], Limits::LOOK)) {
        Ok(ran) if ran.is_well() => wall,
        _ => Wall::Landlock,
    }
}

fn limit(resource: Resource, value: u64) -> std::io::Result<()> {
    Ok(rustix::process::setrlimit(resource, Rlimit { current: Some(value), maximum: Some(value) })?)
}
