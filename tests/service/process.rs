//! The real program, started as an operator starts it, for what only a process can show: being killed, and starting
//! again on what it left.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use heard::db::Db;

use super::browser::Browser;

/// Where a process stands, so that it can be started again on what it left.
#[derive(Clone, Debug)]
pub struct Place {
    /// The data folder.
    pub data: PathBuf,
    /// Further settings, as environment variables.
    pub settings: Vec<(String, String)>,
    /// The port; the same after a restart, as an operator's is.
    pub port: u16,
    /// The size of the data folder's own file system in MiB, where it has one. It lives as long as the process.
    room: Option<u64>,
}

/// A running `heard`.
pub struct Process {
    child: Child,
    /// Where it stands.
    pub place: Place,
    log: PathBuf,
}

/// The program under test. A long run may name an optimised build by `HEARD_TEST_PROGRAM`.
fn program() -> std::ffi::OsString {
    std::env::var_os("HEARD_TEST_PROGRAM").unwrap_or_else(|| env!("CARGO_BIN_EXE_heard").into())
}

impl Place {
    /// A new place in this folder.
    pub fn new(folder: &Path) -> Place {
        let held = std::net::TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let port = held.local_addr().expect("the port has a number").port();
        Place { data: folder.join("data"), settings: Vec::new(), port, room: None }
    }

    /// The same place with a further setting.
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Place {
        self.settings.push((name.to_owned(), value.into()));
        self
    }

    /// The same place with a data folder that is a file system of its own, of so many MiB.
    pub fn in_a_small_room(mut self, mebibytes: u64) -> Place {
        std::fs::create_dir_all(&self.data).expect("the folder can be made");
        self.room = Some(mebibytes);
        self
    }

    /// The address.
    pub fn origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Its database, for what no page shows.
    pub async fn database(&self) -> Db {
        match self.settings.iter().find(|(name, _)| name == "HEARD_DATABASE_URL") {
            Some((_, url)) => Db::open_postgres(url).await.expect("PostgreSQL answers"),
            None => Db::open_sqlite(&self.data.join("heard.sqlite")).await.expect("SQLite opens"),
        }
    }

    /// The program with this place's settings and nothing else from the environment but what S3 needs.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = match self.room {
            Some(mebibytes) => in_a_room(mebibytes),
            None => Command::new(program()),
        };
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("HEARD_")) {
            command.env_remove(name);
        }
        command
            .args(arguments)
            .env("HEARD_DATA", &self.data)
            .env("HEARD_LISTEN", format!("127.0.0.1:{}", self.port))
            // How full the disk is that tests run on is not what they are about.
            .env("HEARD_SPOOL_RESERVE", "0")
            .envs(self.settings.iter().cloned())
            .stdin(Stdio::null());
        command
    }

    /// Runs a command to its end.
    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("the program can be run")
    }

    /// Starts the service, and waits until it answers.
    pub fn start(&self) -> Process {
        self.start_as(&["serve"])
    }

    /// Starts the service with these arguments, and waits until it answers.
    pub fn start_as(&self, arguments: &[&str]) -> Process {
        let log = self.data.with_extension(format!("{}.log", self.port));
        let file = std::fs::OpenOptions::new().create(true).append(true).open(&log).expect("a log can be written");
        let errors = file.try_clone().expect("a log can be shared");
        let child = self.command(arguments).stdout(file).stderr(errors).spawn().expect("the program can be started");
        let mut process = Process { child, place: self.clone(), log };
        process.wait_until_it_answers();
        process
    }
}

/// The program in a mount namespace of its own, where the data folder is a file system in memory.
fn in_a_room(mebibytes: u64) -> Command {
    let mount = format!("mount -t tmpfs -o size={mebibytes}m tmpfs \"$HEARD_DATA\" && exec \"$0\" \"$@\"");
    let mut command = Command::new("unshare");
    if !rustix::process::geteuid().is_root() {
        command.args(["--user", "--map-root-user"]);
    }
    command.args(["--mount", "--", "sh", "-c", &mount, env!("CARGO_BIN_EXE_heard")]);
    command
}

impl Process {
    /// The data folder as this process sees it, in its own mounts.
    pub fn own_data(&self) -> PathBuf {
        let inside = self.place.data.strip_prefix("/").expect("a temporary folder's path is absolute");
        PathBuf::from(format!("/proc/{}/root", self.child.id())).join(inside)
    }

    /// A browser that has never been here.
    pub fn browser(&self) -> Browser {
        Browser::new(&self.place.origin())
    }

    /// Everything that it printed, over every start in this place.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Ends it at once, as a power cut does to a process.
    pub fn kill(mut self) {
        self.child.kill().expect("a running process can be killed");
        self.child.wait().expect("a killed process ends");
    }

    /// [`Process::stop`], and everything that it printed.
    pub fn stop_and_tell(self) -> String {
        let log = self.log.clone();
        self.stop();
        std::fs::read_to_string(log).unwrap_or_default()
    }

    /// Asks it to end, as a service manager does, and waits.
    pub fn stop(mut self) {
        let id = rustix::process::Pid::from_raw(i32::try_from(self.child.id()).expect("a process id is small"));
        rustix::process::kill_process(id.expect("a process id is not zero"), rustix::process::Signal::TERM)
            .expect("a running process takes signals");
        self.child.wait().expect("it ends");
    }

    /// The most memory that it has ever used, in bytes.
    pub fn peak_memory(&self) -> u64 {
        self.status_line("VmHWM:")
    }

    /// From now on [`Process::peak_memory`] is the most since now.
    pub fn forget_peak_memory(&self) {
        std::fs::write(format!("/proc/{}/clear_refs", self.child.id()), "5").expect("the kernel lets us");
    }

    /// The memory that it uses now, in bytes.
    pub fn memory(&self) -> u64 {
        self.status_line("VmRSS:")
    }

    fn status_line(&self, name: &str) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("it is running");
        let line = status.lines().find(|line| line.starts_with(name)).expect("the kernel says so");
        let kibibytes: u64 =
            line.split_whitespace().nth(1).and_then(|number| number.parse().ok()).expect("it is a number");
        kibibytes * 1024
    }

    fn wait_until_it_answers(&mut self) {
        let began = Instant::now();
        while began.elapsed() < Duration::from_secs(60) {
            if let Some(status) = self.child.try_wait().expect("its state can be asked") {
                panic!("heard ended at once ({status}):\n{}", self.log());
            }
            if std::net::TcpStream::connect(("127.0.0.1", self.place.port)).is_ok() {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("heard did not answer within a minute:\n{}", self.log());
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
