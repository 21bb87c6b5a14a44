//! What is sent to do harm, and what arrives broken: `heard prepare` comes to an end with a plain state, within its limits,
//! and nothing outside the box is read or asked. strace(1) sees every file that is opened, every program and every
//! connection, of us, of bubblewrap and of each tool. `tests/prepare/odd` makes the files that want to do harm.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use heard::media::boxed::Limits;
use heard::media::prepare::Cause;
use heard::media::tools;
use serde_json::Value;
use tempfile::TempDir;

/// What takes longer is stuck. Each tool has limits of its own, of which these are the ones for pictures and pages.
const STUCK: Duration = Duration::from_secs(2 * (Limits::LOOK.wall + Limits::PAGE.wall));
/// The most that Heard itself may take, in bytes: some of a tool's answer, and a picture in grey.
const OWN: u64 = 128 << 20;
/// What stands in the file that nobody may read.
const SECRET: &str = "nobody may read this: 9d2c41";
/// Its name, which no call may hold.
const SECRET_NAME: &str = "a-place-of-ours";

/// A folder that is not in /tmp, which a tool's own /tmp in its box would look like.
fn folder() -> TempDir {
    tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder")
}

/// How a run of `heard prepare` came out.
struct Done {
    code: Option<i32>,
    said: Value,
    out: PathBuf,
    /// The most memory that Heard itself was seen to take.
    own: u64,
}

/// Runs `heard prepare`, by strace where there is a file to write its report to.
fn prepare(file: &Path, folder: &Path, trace: Option<&Path>, listener: Option<&Path>) -> Done {
    let name = file.file_name().expect("a name").to_string_lossy();
    let (out, said) = (folder.join(format!("{name}.copies")), folder.join(format!("{name}.said")));
    let heard = env!("CARGO_BIN_EXE_heard");
    let mut command = Command::new(if trace.is_some() { "strace" } else { heard });
    if let Some(trace) = trace {
        let calls = "trace=open,openat,openat2,creat,connect,sendto,sendmsg,socket,execve";
        command.args(["-f", "-y", "-qq", "--seccomp-bpf", "-s", "300", "-e", calls, "-o"]).arg(trace).arg(heard);
    }
    command.arg("prepare").args([file.as_os_str(), "--out".as_ref(), out.as_os_str()]);
    command.envs(listener.map(|listener| ("HEARD_TRANSCRIBE_COMMAND", listener)));
    command.stdin(Stdio::null()).stdout(File::create(&said).expect("writes")).stderr(Stdio::null());
    let mut child = command.spawn().expect("it runs (tests/run installs strace)");
    let (code, own) = wait(&mut child, trace.is_some());
    let said = serde_json::from_slice(&fs::read(said).expect("reads")).unwrap_or_default();
    Done { code, said, out, own }
}

fn wait(child: &mut Child, is_traced: bool) -> (Option<i32>, u64) {
    let began = Instant::now();
    let mut own = 0;
    loop {
        if let Some(status) = child.try_wait().expect("it can be waited for") {
            return (status.code(), own);
        }
        if began.elapsed() > STUCK {
            let _ = child.kill();
            let _ = child.wait();
            return (None, own);
        }
        let heard = if is_traced { first_child(child.id()) } else { Some(child.id()) };
        own = own.max(heard.map_or(0, most_memory));
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn first_child(process: u32) -> Option<u32> {
    let children = fs::read_to_string(format!("/proc/{process}/task/{process}/children")).ok()?;
    children.split_whitespace().next()?.parse().ok()
}

/// The most memory that a process has had, in bytes; it never becomes less (proc(5), `VmHWM`).
fn most_memory(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.split_whitespace().next().and_then(|number| number.parse::<u64>().ok()).unwrap_or_default() * 1024
}

/// What is wrong with how it came out, if anything is.
fn faults(done: &Done) -> Vec<String> {
    let Done { code, said, out, own } = done;
    let mut faults = Vec::new();
    let mut must = |is_so: bool, what: &str| {
        if !is_so {
            faults.push(what.to_owned());
        }
    };
    let state = said["state"].as_str().unwrap_or_default();
    must(matches!((code, state), (Some(0), "ready") | (Some(3), "kept")), "it has no plain state");
    let cause = said["cause"].as_str();
    let is_plain = |cause: &str| cause != "tool_missing" && Cause::ALL.iter().any(|one| one.name() == cause);
    must(cause.is_some() == (state == "kept") && cause.is_none_or(is_plain), "it has no plain cause");
    must(said["message"].as_str().is_some_and(|message| message.ends_with('.')), "it says nothing in words");
    let is_film = matches!(said["kind"].as_str(), Some("video" | "audio"));
    let most = if is_film { 2 * Limits::PAGE.memory } else { Limits::PAGE.memory };
    must(said["peak_memory"].as_u64().is_some_and(|peak| peak <= most), "a tool took too much memory");
    must(*own <= OWN, "Heard took too much memory");

    let copies = said["renditions"].as_array().cloned().unwrap_or_default();
    let told: BTreeSet<PathBuf> = copies.iter().filter_map(|copy| Some(copy["path"].as_str()?.into())).collect();
    let there: BTreeSet<PathBuf> = fs::read_dir(out)
        .map_or_else(|_| BTreeSet::new(), |entries| entries.map(|entry| entry.expect("lists").path()).collect());
    must(told == there && told.is_empty() == (state == "kept"), "the folder holds something else than the copies");
    must(told.iter().all(|copy| !holds_secret(copy)), "a copy holds what nobody may read");
    must(still_running(out).is_empty(), "something still runs");
    if !faults.is_empty() {
        faults.push(format!("{code:?}, {own} bytes, {said:#}"));
    }
    faults
}

fn holds_secret(copy: &Path) -> bool {
    let bytes = fs::read(copy).unwrap_or_default();
    bytes.windows(SECRET.len()).any(|window| window == SECRET.as_bytes())
}

/// The processes that were told of this folder: bubblewrap is there for as long as what is in its box.
fn still_running(folder: &Path) -> Vec<String> {
    let folder = folder.to_string_lossy().into_owned();
    let lines = fs::read_dir("/proc").expect("lists").filter_map(|entry| {
        let line = fs::read(entry.ok()?.path().join("cmdline")).ok()?;
        Some(String::from_utf8_lossy(&line).replace('\0', " "))
    });
    lines.filter(|line| line.contains(&folder)).collect()
}

/// Files that a run may open: the system's programs and what they need, the box, and the folder that the test gave.
const OPEN: [&str; 19] = [
    "/usr/",
    "/etc/libreoffice",
    "/etc/ld.so.cache",
    "/etc/alternatives",
    "/etc/fonts",
    "/var/cache/fontconfig",
    "/dev/",
    "/proc",
    "/sys/devices/system/",
    "/sys/fs/cgroup",
    "/in/original",
    "/out",
    "/tmp",
    // As bubblewrap makes the box.
    "/newroot/usr",
    "/newroot/etc/",
    "/newroot/var/cache/fontconfig",
    "/newroot/dev/",
    "/newroot/in/original",
    "/newroot/out",
];
/// What a tool opens besides when it is asked for its version, outside the box and before it is given anything.
const OPEN_AT_FIRST: [&str; 6] =
    ["/etc/passwd", "/etc/resolv.conf", "/etc/nsswitch.conf", "/etc/hosts", "/etc/host.conf", "/etc/ldap/ldap.conf"];

/// What LibreOffice runs in its box whatever it is given: it looks for keys, and asks how large paper is here.
const RUN_BY_OFFICE: [&str; 5] = [
    "/usr/lib/libreoffice/program/soffice.bin\"",
    "/usr/bin/gpg\", [\"/usr/bin/gpg\", \"--version\"]",
    "/usr/bin/gpgsm\", [\"/usr/bin/gpgsm\", \"--version\"]",
    "/usr/bin/gpgconf\", [\"/usr/bin/gpgconf\", \"--",
    "/bin/sh\", [\"sh\", \"-c\", \"paperconf 2>/dev/null\"]",
];

/// What strace saw that may not be.
fn forbidden(calls: &str, folder: &Path) -> Vec<String> {
    let heard = env!("CARGO_BIN_EXE_heard");
    let programs: Vec<PathBuf> = tools::PURPOSES.iter().filter_map(|(name, ..)| tools::find(name)).collect();
    let mut is_given = false;
    let mut found = Vec::new();
    for call in calls.lines() {
        // bubblewrap names it too when the box is tried out.
        is_given |= call.contains("\"/in/original")
            && ran(call).is_some_and(|path| path.starts_with("/usr/bin/") && !path.ends_with("/bwrap"));
        let may_open = |path: &str| {
            let own = Path::new(path).starts_with(folder) || path == heard || path == "/" || path == "/usr";
            own || OPEN.iter().any(|open| path.starts_with(open)) || (!is_given && OPEN_AT_FIRST.contains(&path))
        };
        let may_run = |path: &str| {
            matches!(path, "/proc/self/exe" | "/usr/bin/true")
                || path == heard
                || programs.iter().any(|p| p == Path::new(path))
        };
        let is_right = !call.contains(SECRET_NAME)
            && !call.contains("AF_INET")
            && opened(call).is_none_or(may_open)
            && (ran(call).is_none_or(may_run)
                || RUN_BY_OFFICE.iter().any(|run| call.contains(&format!("execve(\"{run}"))));
        if !is_right {
            found.push(call.to_owned());
        }
    }
    found
}

/// The file that a call has opened, as the system names it: `… openat(…) = 3</a/file>`.
fn opened(call: &str) -> Option<&str> {
    let (before, after) = call.rsplit_once(" = ")?;
    let is_open = before.contains("open") || before.contains("creat");
    after.split_once('<').filter(|_| is_open).map(|(_, path)| path.trim_end_matches('>'))
}

/// The program that a call has run, or wanted to.
fn ran(call: &str) -> Option<&str> {
    call.split_once("execve(\"")?.1.split('"').next()
}

/// Does the same for all, two at a time, and gathers what is wrong.
fn side_by_side(all: Vec<PathBuf>, what: impl Fn(&Path) -> Vec<String> + Sync) {
    let (all, faults) = (Mutex::new(all), Mutex::new(Vec::new()));
    let next = || all.lock().expect("nobody panics with it").pop();
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(file) = next() {
                    let found = what(&file);
                    let mut faults = faults.lock().expect("nobody panics with it");
                    faults.extend(found.into_iter().map(|fault| format!("{}: {fault}", file.display())));
                }
            });
        }
    });
    let faults = faults.into_inner().expect("nobody panicked");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

fn files_in(folder: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(folder).expect("lists").map(|entry| entry.expect("lists").path());
    let mut files: Vec<_> = files.filter(|path| path.is_file()).collect();
    files.sort();
    files
}

#[test]
fn what_wants_to_do_harm_reads_nothing_asks_nobody_and_ends() {
    let folder = folder();
    let (odd, secret) = (folder.path().join("odd"), folder.path().join(SECRET_NAME));
    fs::write(&secret, SECRET).expect("writes");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/prepare/odd");
    let made = Command::new(script).args([&odd, &secret]).status();
    assert!(made.expect("it runs").success(), "tests/prepare/odd makes its files");
    let files = files_in(&odd);
    assert!(files.len() > 70, "{}", files.len());
    let given = Mutex::new(0);
    side_by_side(files, |file| {
        let trace = folder.path().join(format!("{}.calls", file.file_name().expect("a name").display()));
        let done = prepare(file, folder.path(), Some(&trace), None);
        let calls = fs::read_to_string(trace).expect("what strace saw");
        let mut found = faults(&done);
        found.extend(forbidden(&calls, folder.path()));
        if !calls.contains(&file.display().to_string()) {
            found.push("strace saw nothing".to_owned());
        }
        // A list of other files is never a film, whatever it calls itself.
        let name = file.file_name().expect("a name").to_string_lossy();
        let is_list = ["list-", "concat", "dash", "elsewhere"].iter().any(|begin| name.starts_with(begin));
        if is_list && done.said["state"] != "kept" {
            found.push("something was made of a list".to_owned());
        }
        *given.lock().expect("nobody panics with it") += usize::from(calls.contains("</in/original>"));
        found
    });
    // The others are kept without asking any tool.
    let given = given.into_inner().expect("nobody panicked");
    assert!(given > 40, "a tool was seen to open {given} of them");
}

#[test]
fn what_is_cut_off_or_changed_by_chance_ends_with_a_plain_state() {
    let folder = folder();
    let broken = folder.path().join("broken");
    fs::create_dir(&broken).expect("a folder");
    for path in files_in(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")) {
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        let whole = fs::read(&path).expect("reads");
        if matches!(name.as_str(), "make" | "README.md" | "empty.mp4") {
            continue;
        }
        for tenths in [1, 5, 9] {
            fs::write(broken.join(format!("cut-{tenths}-{name}")), &whole[..whole.len() * tenths / 10])
                .expect("writes");
        }
        fs::write(broken.join(format!("changed-{name}")), changed(whole)).expect("writes");
    }
    let files = files_in(&broken);
    assert!(files.len() > 90, "{}", files.len());
    side_by_side(files, |file| faults(&prepare(file, folder.path(), None, None)));
}

/// The same file with a bit turned over in 40 places, always the same ones. What it begins with stays, so that it is still
/// taken for what it was.
fn changed(mut file: Vec<u8>) -> Vec<u8> {
    let mut dice = 0x9e37_79b9_7f4a_7c15_u64;
    let length = file.len();
    for _ in 0..40 {
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let place = 12.min(length - 1) + (dice >> 33) as usize % length.saturating_sub(12).max(1);
        file[place.min(length - 1)] ^= 1 << (dice >> 29 & 7);
    }
    file
}

/// A program that a file has taken over: it puts links to a file of ours in the place of all that was made.
const TAKEN_OVER: &str = r#"#!/bin/sh
cd "$(dirname "$1")" || exit 1
for copy in *; do rm -f "$copy"; ln -s PLACE "$copy"; done
ln -s PLACE words-heard.txt
echo taken over
"#;

#[test]
fn a_tool_that_a_file_has_taken_over_cannot_make_us_hand_on_or_write_to_a_file_of_ours() {
    let folder = folder();
    let (secret, tool) = (folder.path().join(SECRET_NAME), folder.path().join("tool/listen"));
    fs::write(&secret, SECRET).expect("writes");
    fs::create_dir(folder.path().join("tool")).expect("a folder");
    fs::write(&tool, TAKEN_OVER.replace("PLACE", &secret.display().to_string())).expect("writes");
    fs::set_permissions(&tool, fs::Permissions::from_mode(0o755)).expect("may run");
    for name in ["voice.m4a", "video.mp4"] {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name);
        let done = prepare(&file, folder.path(), None, Some(&tool));
        assert_eq!(faults(&done), [""; 0], "{name}");
        assert_eq!((&done.said["state"], &done.said["cause"]), (&"kept".into(), &"cannot_be_read".into()), "{name}");
        assert_eq!(fs::read_to_string(&secret).expect("reads"), SECRET, "{name}");
    }
}

#[test]
fn a_look_outside_the_box_is_seen() {
    let folder = Path::new("/work");
    let given = "7 execve(\"/usr/bin/vips\", [\"/usr/bin/vips\", \"copy\", \"/in/original\"], 0x5 /* 6 vars */) = 0\n";
    for right in [
        "7 openat(AT_FDCWD</out>, \"/in/original\", O_RDONLY) = 3</in/original>",
        "7 openat(AT_FDCWD</>, \"a.so\", O_RDONLY|O_CLOEXEC <unfinished ...>",
        "7 <... openat resumed>) = 3</usr/lib/a.so>",
        "7 openat(AT_FDCWD</>, \"/etc/passwd\", O_RDONLY) = -1 ENOENT (No such file or directory)",
        "7 socket(AF_UNIX, SOCK_STREAM, 0) = 3<socket:[5]>",
    ] {
        assert_eq!(forbidden(&format!("{given}{right}"), folder), [""; 0]);
    }
    for wrong in [
        "7 openat(AT_FDCWD</>, \"/etc/passwd\", O_RDONLY) = 3</etc/passwd>",
        "7 <... openat resumed>) = 3</etc/hosts>",
        "7 openat(AT_FDCWD</>, \"/srv/a-place-of-ours\", O_RDONLY) = -1 ENOENT (No such file or directory)",
        "7 socket(AF_INET, SOCK_DGRAM, 0) = -1 EPERM (Operation not permitted)",
        "7 connect(3<socket:[5]>, {sa_family=AF_INET6, sin6_port=htons(9)}, 28) = -1 ENETUNREACH",
        "7 execve(\"/bin/sh\", [\"/bin/sh\"], 0x5 /* 6 vars */) = -1 ENOENT (No such file or directory)",
    ] {
        assert_eq!(forbidden(&format!("{given}{wrong}"), folder), [wrong]);
    }
}
