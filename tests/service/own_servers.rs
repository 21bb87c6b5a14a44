//! A Garage and a PostgreSQL that belong to one test, so that it may kill them. Both write as in life: every answer of
//! theirs is synced first.

use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use sqlx::{Connection, PgConnection};

use super::outside::variable;

/// How long a server may take until it answers, with all that it has to mend first.
const PATIENCE: Duration = Duration::from_secs(60);

/// A server that can be killed, and started again on what it left.
pub struct OwnServer {
    /// Where Heard finds it, in the form of its setting.
    pub url: String,
    port: u16,
    command: Box<dyn Fn() -> Command>,
    child: Option<Child>,
}

impl OwnServer {
    /// A Garage with one bucket.
    pub async fn garage(folder: &Path) -> OwnServer {
        let (home, [port, rpc, admin]) = (made(&folder.join("garage")), free_ports());
        let (home_text, secret) = (home.display(), data_encoding::HEXLOWER.encode(&heard::id::random::<32>()));
        let settings = format!(
            "metadata_dir = \"{home_text}/meta\"\ndata_dir = \"{home_text}/data\"\ndb_engine = \"sqlite\"\n\
             metadata_fsync = true\ndata_fsync = true\nreplication_factor = 1\n\
             rpc_bind_addr = \"127.0.0.1:{rpc}\"\nrpc_public_addr = \"127.0.0.1:{rpc}\"\nrpc_secret = \"{secret}\"\n\
             [s3_api]\ns3_region = \"garage\"\napi_bind_addr = \"127.0.0.1:{port}\"\nroot_domain = \".s3.localhost\"\n\
             [admin]\napi_bind_addr = \"127.0.0.1:{admin}\"\n"
        );
        let path = home.join("garage.toml");
        std::fs::write(&path, settings).expect("settings can be written");
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o600)).expect("they are its own");
        let command = move || {
            let mut command = Command::new(variable("HEARD_TEST_GARAGE"));
            command.arg("-c").arg(&path).args(["server", "--single-node", "--default-bucket"]);
            command
                .env("GARAGE_DEFAULT_ACCESS_KEY", variable("AWS_ACCESS_KEY_ID"))
                .env("GARAGE_DEFAULT_SECRET_KEY", variable("AWS_SECRET_ACCESS_KEY"))
                .env("GARAGE_DEFAULT_BUCKET", "heard-own")
                .env("RUST_LOG", "warn");
            logged(&mut command, &home);
            command
        };
        let url = format!("s3://heard-own?endpoint=http://127.0.0.1:{port}&region=garage&path_style=true");
        OwnServer::begin(url, port, Box::new(command)).await
    }

    /// A PostgreSQL with nothing in it.
    pub async fn postgres(folder: &Path) -> OwnServer {
        let (home, [port]) = (made(&folder.join("postgres")), free_ports());
        let data = home.join("data");
        let binaries = PathBuf::from(variable("HEARD_TEST_POSTGRES_BIN"));
        std::fs::set_permissions(folder, PermissionsExt::from_mode(0o711)).expect("others may pass through");
        if let Some((user, group)) = postgres_user() {
            std::os::unix::fs::chown(&home, Some(user), Some(group)).expect("it is PostgreSQL's");
        }
        let mut initdb = as_postgres(&binaries.join("initdb"));
        initdb.arg("-D").arg(&data).args(["-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"]);
        logged(&mut initdb, &home);
        assert!(initdb.arg("--no-sync").status().expect("initdb runs").success(), "{}", log_of(&home));
        let command = move || {
            let mut command = as_postgres(&binaries.join("postgres"));
            command.arg("-D").arg(&data).args(["-p", &port.to_string(), "-h", "127.0.0.1", "-k"]).arg(&home);
            command.args(["-c", "max_connections=100", "-c", "fsync=on", "-c", "synchronous_commit=on"]);
            logged(&mut command, &home);
            command
        };
        OwnServer::begin(format!("postgres://postgres@127.0.0.1:{port}/postgres"), port, Box::new(command)).await
    }

    async fn begin(url: String, port: u16, command: Box<dyn Fn() -> Command>) -> OwnServer {
        let mut server = OwnServer { url, port, command, child: None };
        server.start().await;
        server
    }

    /// Ends it at once, with all its processes, as a power cut does.
    pub fn kill(&mut self) {
        let Some(mut child) = self.child.take() else { return };
        let children = children_of(child.id());
        let _ = child.kill();
        let _ = child.wait();
        for process in children {
            let _ = kill_process(process, Signal::KILL);
        }
    }

    /// Starts it on what it left, and waits until it answers.
    pub async fn start(&mut self) {
        let began = Instant::now();
        while began.elapsed() < PATIENCE {
            // PostgreSQL does not start while a process of the one before is still ending.
            self.child.take_if(|child| child.try_wait().expect("its state can be asked").is_some());
            self.child.get_or_insert_with(|| (self.command)().spawn().expect("it can be started"));
            if self.answers().await {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("{} did not start within a minute", self.url);
    }

    async fn answers(&self) -> bool {
        if self.url.starts_with("postgres") {
            return PgConnection::connect(&self.url).await.is_ok();
        }
        tokio::net::TcpStream::connect(("127.0.0.1", self.port)).await.is_ok()
    }
}

impl Drop for OwnServer {
    fn drop(&mut self) {
        self.kill();
    }
}

fn made(folder: &Path) -> PathBuf {
    std::fs::create_dir_all(folder).expect("a folder can be made");
    folder.to_owned()
}

fn free_ports<const COUNT: usize>() -> [u16; COUNT] {
    let held = [(); COUNT].map(|()| std::net::TcpListener::bind("127.0.0.1:0").expect("a port is free"));
    held.map(|held| held.local_addr().expect("the port has a number").port())
}

/// What it says goes to a file of its own.
fn logged(command: &mut Command, home: &Path) {
    let log = std::fs::OpenOptions::new().create(true).append(true).open(home.join("log")).expect("a log");
    let errors = log.try_clone().expect("a log can be shared");
    command.stdin(Stdio::null()).stdout(log).stderr(errors);
}

fn log_of(home: &Path) -> String {
    std::fs::read_to_string(home.join("log")).unwrap_or_default()
}

/// PostgreSQL does not run as root: there, it runs as the user that its package made.
fn as_postgres(program: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir("/");
    if let Some((user, group)) = postgres_user() {
        command.uid(user).gid(group);
    }
    command
}

fn postgres_user() -> Option<(u32, u32)> {
    if !rustix::process::geteuid().is_root() {
        return None;
    }
    let users = std::fs::read_to_string("/etc/passwd").expect("there are users");
    let line = users.lines().find(|line| line.starts_with("postgres:")).expect("PostgreSQL's package made a user");
    let fields: Vec<&str> = line.split(':').collect();
    let number = |field: usize| fields[field].parse().expect("users have numbers");
    Some((number(2), number(3)))
}

/// The processes that a process started and that are still there.
fn children_of(parent: u32) -> Vec<Pid> {
    let processes = std::fs::read_dir("/proc").expect("processes can be listed").flatten();
    let numbers = processes.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    let is_child = |number: &i32| {
        let status = std::fs::read_to_string(format!("/proc/{number}/stat")).unwrap_or_default();
        // After the name in brackets: the state, and the parent.
        let after_name = status.rsplit_once(") ").map_or("", |(_, rest)| rest).to_owned();
        after_name.split(' ').nth(1).and_then(|ppid| ppid.parse().ok()) == Some(parent)
    };
    numbers.filter(is_child).filter_map(Pid::from_raw).collect()
}
