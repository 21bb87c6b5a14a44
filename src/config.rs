//! The settings, each with its meaning, unit, default and variable. `heard --help` prints these very texts.
//!
//! [`Settings`] is what was given; [`Settings::check`] turns it into [`Config`], which has been looked at as a whole:
//! combinations that would lose or leak something are refused with a sentence that says what to change. What a service that
//! the public can reach must have besides is in [`on_call`].

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

pub mod on_call;

use self::on_call::{OnCall, is_loopback};

/// What was given on the command line and in the environment.
#[derive(Args, Clone, Debug)]
pub struct Settings {
    /// Address and port to listen on.
    #[arg(long, env = "HEARD_LISTEN", default_value = "127.0.0.1:8080", global = true)]
    pub listen: SocketAddr,
    /// Folder for everything that Heard keeps: the database, the spool, and the store unless it is elsewhere.
    #[arg(long, env = "HEARD_DATA", default_value = "./heard-data", global = true)]
    pub data: PathBuf,
    /// `postgres://…` to use PostgreSQL. Without it: SQLite in the data folder.
    #[arg(long, env = "HEARD_DATABASE_URL", hide_env_values = true, global = true)]
    pub database_url: Option<String>,
    /// `s3://bucket?endpoint=…&region=…&path_style=true` to keep originals in S3 (credentials from AWS_ACCESS_KEY_ID and
    /// AWS_SECRET_ACCESS_KEY), or a folder. Without it: a folder in the data folder.
    #[arg(long, env = "HEARD_STORAGE_URL", hide_env_values = true, global = true)]
    pub storage_url: Option<String>,
    /// File that holds the master key. Default: the data folder's name with `.key` added, beside it.
    #[arg(long, env = "HEARD_MASTER_KEY_FILE", global = true)]
    pub master_key_file: Option<PathBuf>,
    /// The address that people type, such as `https://heard.example`. Default: http on the listen address.
    #[arg(long, env = "HEARD_PUBLIC_URL", global = true)]
    pub public_url: Option<String>,
    /// Addresses of proxies whose X-Forwarded-For is believed, separated by commas.
    #[arg(long, env = "HEARD_TRUSTED_PROXIES", value_delimiter = ',', global = true)]
    pub trusted_proxies: Vec<IpAddr>,
    /// What an upload's answer promises: `disk` (this server's disk) or `store` (the shared store; for several servers).
    #[arg(long, env = "HEARD_UPLOAD_PROMISE", default_value = "disk", global = true)]
    pub upload_promise: Promise,
    /// `yes` when the disk store's folder is on storage that several servers share.
    #[arg(long, env = "HEARD_SHARED_FOLDER", default_value = "no", global = true)]
    pub shared_folder: YesNo,
    /// Mail server: `smtp://user:password@host:587` (STARTTLS), `smtps://…`, or `smtp://127.0.0.1:25` for one on this
    /// machine. Without it no mail is sent, and links are printed.
    #[arg(long, env = "HEARD_SMTP_URL", hide_env_values = true, global = true)]
    pub smtp_url: Option<String>,
    /// The address that mail comes from.
    #[arg(long, env = "HEARD_MAIL_FROM", default_value = "no-reply@localhost", global = true)]
    pub mail_from: String,
    /// ClamAV's socket: a path, or `host:port`. Without it nothing is scanned, and pages say so. Its clamd.conf must say
    /// `AlertExceedsMax yes`, or it calls what it did not look at clean; `heard check` asks it.
    #[arg(long, env = "HEARD_CLAMD", global = true)]
    pub clamd: Option<String>,
    /// Who runs this service, as families read it.
    #[arg(long, env = "HEARD_OPERATOR_NAME", global = true)]
    pub operator_name: Option<String>,
    /// The operator's statement about what Ofsted and CQC have agreed to. Without it pages say that they have not.
    #[arg(long, env = "HEARD_INSPECTORATE_STATEMENT", global = true)]
    pub inspectorate_statement: Option<String>,
    /// The operator's own words on the privacy page: which law they use, how long they keep what was sent, whom to ask. An
    /// empty line begins a new paragraph. Without it the page says that they have not said so yet.
    #[arg(long, env = "HEARD_PRIVACY_TEXT", global = true)]
    pub privacy_text: Option<String>,
    /// Where people say that a page does not work for them, as it stands on the page: a mail address, a phone number or a
    /// web address. Without it the page says that you have not said so yet.
    #[arg(long, env = "HEARD_ACCESSIBILITY_CONTACT", global = true)]
    pub accessibility_contact: Option<String>,
    /// Folder with more languages for families' pages: one folder for each, named by its tag, with files as in
    /// assets/words/en and a language.toml. What a folder does not say is said in English.
    #[arg(long, env = "HEARD_WORDS", global = true)]
    pub words: Option<PathBuf>,
    /// Folder with pictures that take the place of ours in the wording with pictures: SVG files with the same names, which
    /// assets/pictures/README.md lists.
    #[arg(long, env = "HEARD_PICTURES", global = true)]
    pub pictures: Option<PathBuf>,
    /// Folder with videos of pages in British Sign Language: `<page>.mp4` with captions in `<page>.vtt`, and, if there is
    /// one, a picture in `<page>.jpg`. A page is called by its address, such as `tell-who`, or `start`.
    #[arg(long, env = "HEARD_SIGNED", global = true)]
    pub signed: Option<PathBuf>,
    /// Where "Leave this site quickly" goes.
    #[arg(long, env = "HEARD_LEAVE_URL", default_value = "https://www.bbc.co.uk/weather", global = true)]
    pub leave_url: String,
    /// When somebody reads what is sent, as families read it, such as "Monday to Friday, 9am to 5pm".
    #[arg(long, env = "HEARD_READING_HOURS", global = true)]
    pub reading_hours: Option<String>,
    /// The people who are told by mail at once when a sender says that someone is not safe now: `Name <mail>`, with commas
    /// between them. A public address needs at least one, and reading hours, and a mail server.
    #[arg(long, env = "HEARD_ON_CALL", hide_env_values = true, global = true)]
    pub on_call: Option<String>,
    /// Where security researchers write to; shown in security.txt.
    #[arg(long, env = "HEARD_SECURITY_CONTACT", global = true)]
    pub security_contact: Option<String>,
    /// Days that a draft is kept after it was last touched.
    #[arg(long, env = "HEARD_DRAFT_DAYS", default_value_t = 180, global = true)]
    pub draft_days: i64,
    /// Largest file that the form takes, in bytes.
    #[arg(long, env = "HEARD_FORM_FILE_BYTES", default_value_t = 2 << 30, global = true)]
    pub form_file_bytes: u64,
    /// Most files in one submission.
    #[arg(long, env = "HEARD_SUBMISSION_FILES", default_value_t = 50, global = true)]
    pub submission_files: u64,
    /// Most bytes in one submission.
    #[arg(long, env = "HEARD_SUBMISSION_BYTES", default_value_t = 10 << 30, global = true)]
    pub submission_bytes: u64,
    /// How much of the disk that files arrive on is kept free, in percent, so that what is already on its way can end.
    /// Default: a tenth, at most 8 GiB.
    #[arg(long, env = "HEARD_SPOOL_RESERVE", global = true, value_parser = clap::value_parser!(u64).range(0..=100))]
    pub spool_reserve: Option<u64>,
    /// Folder in which originals lie open while copies are made of them; nothing stays there. It needs twice the room of
    /// the largest file. Default: the folder `preparing` in HEARD_DATA. Use a disk that is encrypted, or memory.
    #[arg(long, env = "HEARD_WORKSHOP", global = true)]
    pub workshop: Option<PathBuf>,
    /// A program that writes down the speech in a sound file: it gets the path of a WAV file and prints WebVTT, SubRip or
    /// plain words. It runs in the closed box, without a network, and sees the folder that it lies in. What it prints is a
    /// machine's draft until a person has corrected it.
    #[arg(long, env = "HEARD_TRANSCRIBE_COMMAND", global = true)]
    pub transcribe_command: Option<PathBuf>,
    /// Drafts that one address begins in a day before each further one waits a little; none is ever refused for that.
    #[arg(long, env = "HEARD_ADDRESS_DRAFTS", default_value_t = 500, global = true)]
    pub address_drafts: u32,
    /// How long a sender whose every byte is safe waits for the store to confirm it, in seconds. It goes on in any case.
    #[arg(long, env = "HEARD_STORE_PATIENCE", default_value_t = 10, global = true)]
    pub store_patience: u64,
    /// Most connections that are open at once. Above that, a newcomer gets the place of whoever has waited longest.
    #[arg(long, env = "HEARD_CONNECTIONS", default_value_t = 4096, global = true)]
    pub connections: usize,
    /// Seconds that the head of a request may take, and that a connection may wait for its next one.
    #[arg(long, env = "HEARD_HEADER_SECONDS", default_value_t = 20, global = true, value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub header_seconds: u64,
    /// Seconds over which the rate of what is sent is measured: less than 128 bytes a second ends it as broken off.
    #[arg(long, env = "HEARD_BODY_SECONDS", default_value_t = 60, global = true, value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub body_seconds: u64,
    /// Address and port on which the numbers for a monitor (Prometheus text) are read at /metrics. Without it there are
    /// none. Anybody who reaches it can read them: use one that only this machine reaches, such as 127.0.0.1:9090.
    #[arg(long, env = "HEARD_METRICS_LISTEN", global = true)]
    pub metrics_listen: Option<SocketAddr>,
    /// The program that reads files from communication aids, apart from the service. Default: this program itself.
    #[arg(long, env = "HEARD_READER", hide = true, global = true)]
    pub reader: Option<PathBuf>,
    /// How log lines are written.
    #[arg(long, env = "HEARD_LOG_FORMAT", default_value = "text", global = true)]
    pub log_format: LogFormat,
}

/// What the answer to an upload promises.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Promise {
    /// The bytes are durable on this server's disk.
    Disk,
    /// The bytes are in the shared store, so that any server can go on.
    Store,
}

/// A plain yes or no.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum YesNo {
    /// Yes.
    Yes,
    /// No.
    No,
}

/// How log lines are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// One line of text each.
    Text,
    /// One JSON object each.
    Json,
}

/// Which database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DatabaseChoice {
    /// This SQLite file.
    Sqlite(PathBuf),
    /// This PostgreSQL URL.
    Postgres(String),
}

/// Where originals are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StorageChoice {
    /// A folder.
    Disk(PathBuf),
    /// A bucket of an S3-compatible server.
    S3 {
        /// The bucket's name.
        bucket: String,
        /// The server's address; none means Amazon's own.
        endpoint: Option<String>,
        /// The region that requests are signed for.
        region: String,
        /// Whether the bucket's name goes into the path.
        path_style: bool,
    },
}

/// Settings that have been checked as a whole.
#[derive(Clone, Debug)]
pub struct Config {
    /// The settings as they were given.
    pub settings: Settings,
    /// Which database.
    pub database: DatabaseChoice,
    /// Where originals are kept.
    pub storage: StorageChoice,
    /// The file that holds the master key.
    pub master_key_file: PathBuf,
    /// The address that people type, as browsers write an origin: scheme, host in small letters, port only if unusual.
    pub public_url: String,
    /// Whether people come by https: decides Secure cookies and HSTS.
    pub https: bool,
    /// Who is told at once when a sender says that someone is not safe now.
    pub on_call: Vec<OnCall>,
    /// This very program, which shuts outside tools into their box. A test is another program, and names ours.
    pub own_program: PathBuf,
}

/// A combination of settings that Heard refuses, as a sentence that says what to change.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{0}")]
pub struct UnsafeSettings(pub String);

impl Settings {
    /// Looks at the settings as a whole.
    pub fn check(self) -> Result<Config, UnsafeSettings> {
        let database = match &self.database_url {
            None => DatabaseChoice::Sqlite(self.data.join("heard.sqlite")),
            Some(url) if url.starts_with("postgres://") || url.starts_with("postgresql://") => {
                DatabaseChoice::Postgres(url.clone())
            }
            Some(url) => match url.strip_prefix("sqlite:") {
                Some(path) => DatabaseChoice::Sqlite(PathBuf::from(path.trim_start_matches("//"))),
                None => {
                    return Err(UnsafeSettings(
                        "HEARD_DATABASE_URL must begin with postgres:// or sqlite:. Leave it out to use SQLite in the data folder.".into(),
                    ));
                }
            },
        };
        let storage = storage_choice(self.storage_url.as_deref(), &self.data)?;
        let shared_database = matches!(database, DatabaseChoice::Postgres(_));
        if shared_database && matches!(storage, StorageChoice::Disk(_)) && self.shared_folder == YesNo::No {
            return Err(UnsafeSettings(
                "PostgreSQL means that several servers may share the work, but originals would lie in a folder of this one. \
                 Set HEARD_STORAGE_URL to an S3 bucket, or HEARD_SHARED_FOLDER=yes if the folder is on storage that all servers share."
                    .into(),
            ));
        }
        let public_url = match &self.public_url {
            Some(url) => origin(url)?,
            None => format!("http://{}", self.listen),
        };
        let https = public_url.starts_with("https://");
        if !https && !is_loopback(&public_url) {
            return Err(UnsafeSettings(
                "People would send what they say without encryption. Put a proxy with a certificate in front and set HEARD_PUBLIC_URL to its https:// address."
                    .into(),
            ));
        }
        if self.draft_days < 1 {
            return Err(UnsafeSettings(
                "HEARD_DRAFT_DAYS must be at least 1, or drafts would go while people write them.".into(),
            ));
        }
        let master_key_file = self.master_key_file.clone().unwrap_or_else(|| beside(&self.data));
        if master_key_file.starts_with(&self.data) {
            return Err(UnsafeSettings(
                "The master key must not lie inside the data folder: whoever copies the folder could read everything. Set HEARD_MASTER_KEY_FILE to another place.".into(),
            ));
        }
        let on_call = on_call::read(self.on_call.as_deref())?;
        let own_program = PathBuf::from("/proc/self/exe");
        Ok(Config { database, storage, master_key_file, public_url, https, on_call, own_program, settings: self })
    }
}

impl Config {
    /// The folder for everything that Heard keeps.
    pub fn data(&self) -> &Path {
        &self.settings.data
    }

    /// The folder for bytes that are still arriving. On disk storage it lies on the store's own file system.
    pub fn spool(&self) -> PathBuf {
        match &self.storage {
            StorageChoice::Disk(folder) => folder.join("spool"),
            StorageChoice::S3 { .. } => self.settings.data.join("spool"),
        }
    }

    /// The folder in which originals lie open while copies are made of them.
    pub fn workshops(&self) -> PathBuf {
        self.settings.workshop.clone().unwrap_or_else(|| self.settings.data.join("preparing"))
    }
}

fn beside(data: &Path) -> PathBuf {
    let mut name = data.as_os_str().to_owned();
    name.push(".key");
    PathBuf::from(name)
}

/// The public address as a browser writes it in `Origin`, so that forms which come from it are known by it.
fn origin(url: &str) -> Result<String, UnsafeSettings> {
    let lower = url.trim_end_matches('/').to_ascii_lowercase();
    let (scheme, usual_port) = match lower.split_once("://").unwrap_or_default() {
        ("https", _) => ("https", ":443"),
        ("http", _) => ("http", ":80"),
        _ => {
            return Err(UnsafeSettings(
                "HEARD_PUBLIC_URL must begin with https:// (or http:// for a try on this machine).".into(),
            ));
        }
    };
    let authority = lower[scheme.len() + 3..].trim_end_matches(usual_port).to_owned();
    if authority.is_empty() || authority.contains(['/', '?', '#', '@']) {
        return Err(UnsafeSettings(
            "HEARD_PUBLIC_URL must be a host alone, such as https://heard.example: Heard does not live in a folder of a site.".into(),
        ));
    }
    if !authority.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._:[]".contains(&byte)) {
        return Err(UnsafeSettings(
            "HEARD_PUBLIC_URL must have its host as browsers send it: for a name with other letters, its xn-- form."
                .into(),
        ));
    }
    Ok(format!("{scheme}://{authority}"))
}

fn storage_choice(url: Option<&str>, data: &Path) -> Result<StorageChoice, UnsafeSettings> {
    let Some(url) = url else {
        return Ok(StorageChoice::Disk(data.join("store")));
    };
    let Some(rest) = url.strip_prefix("s3://") else {
        let path = url.strip_prefix("file://").unwrap_or(url);
        if path.contains("://") {
            return Err(UnsafeSettings("HEARD_STORAGE_URL must be a folder or begin with s3://.".into()));
        }
        return Ok(StorageChoice::Disk(PathBuf::from(path)));
    };
    let (bucket, query) = rest.split_once('?').unwrap_or((rest, ""));
    let bucket = bucket.trim_end_matches('/').to_owned();
    if bucket.is_empty() {
        return Err(UnsafeSettings("HEARD_STORAGE_URL names no bucket: write s3://bucket?endpoint=…".into()));
    }
    let (mut endpoint, mut region, mut path_style) = (None, "us-east-1".to_owned(), false);
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let value = percent_encoding::percent_decode_str(value).decode_utf8_lossy().into_owned();
        match name {
            "endpoint" => endpoint = Some(value),
            "region" => region = value,
            "path_style" => path_style = value == "true",
            other => {
                return Err(UnsafeSettings(format!(
                    "HEARD_STORAGE_URL has a part that Heard does not know: {other}. It knows endpoint, region and path_style."
                )));
            }
        }
    }
    Ok(StorageChoice::S3 { bucket, endpoint, region, path_style })
}

impl Settings {
    /// Settings for a test: the defaults, with this data folder, and nothing from the environment.
    pub fn for_testing(data: &Path) -> Settings {
        Settings {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            data: data.to_owned(),
            database_url: None,
            storage_url: None,
            master_key_file: None,
            public_url: Some("http://127.0.0.1".into()),
            trusted_proxies: Vec::new(),
            upload_promise: Promise::Disk,
            shared_folder: YesNo::No,
            smtp_url: None,
            mail_from: "no-reply@localhost".into(),
            clamd: None,
            operator_name: None,
            inspectorate_statement: None,
            privacy_text: None,
            accessibility_contact: None,
            words: None,
            pictures: None,
            signed: None,
            leave_url: "https://www.bbc.co.uk/weather".into(),
            reading_hours: None,
            on_call: None,
            security_contact: None,
            draft_days: 180,
            form_file_bytes: 2 << 30,
            submission_files: 50,
            submission_bytes: 10 << 30,
            spool_reserve: Some(0),
            workshop: None,
            transcribe_command: None,
            store_patience: 600,
            address_drafts: 500,
            connections: 4096,
            metrics_listen: None,
            header_seconds: 20,
            body_seconds: 60,
            reader: None,
            log_format: LogFormat::Text,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(change: impl FnOnce(&mut Settings)) -> String {
        let mut settings = Settings::for_testing(Path::new("/tmp/d"));
        change(&mut settings);
        settings.check().expect_err("these settings are unsafe").0
    }

    #[test]
    fn the_defaults_keep_everything_in_one_folder_and_the_key_beside_it() {
        let config = Settings::for_testing(Path::new("/tmp/d")).check().expect("defaults are safe");
        assert_eq!(config.database, DatabaseChoice::Sqlite("/tmp/d/heard.sqlite".into()));
        assert_eq!(config.storage, StorageChoice::Disk("/tmp/d/store".into()));
        assert_eq!(config.master_key_file, Path::new("/tmp/d.key"));
        assert!(!config.https);
    }

    #[test]
    fn an_s3_address_is_read_whole() {
        let choice = storage_choice(
            Some("s3://b?endpoint=http%3A%2F%2F127.0.0.1:9&region=garage&path_style=true"),
            Path::new("/tmp/d"),
        );
        assert_eq!(
            choice,
            Ok(StorageChoice::S3 {
                bucket: "b".into(),
                endpoint: Some("http://127.0.0.1:9".into()),
                region: "garage".into(),
                path_style: true
            })
        );
    }

    #[test]
    fn the_public_address_is_kept_as_browsers_write_it() {
        for (typed, kept) in [
            ("https://Heard.Example/", "https://heard.example"),
            ("HTTPS://heard.example:443", "https://heard.example"),
            ("https://heard.example:8443//", "https://heard.example:8443"),
            ("http://127.0.0.1:80", "http://127.0.0.1"),
            ("http://[::1]:8080", "http://[::1]:8080"),
        ] {
            assert_eq!(origin(typed), Ok(kept.to_owned()), "{typed}");
        }
        for typed in ["heard.example", "ftp://heard.example", "https://", "https://héard.example", "https://x/heard"] {
            assert!(origin(typed).is_err(), "{typed}");
        }
    }

    #[test]
    fn unsafe_combinations_say_what_to_change() {
        assert!(refused(|s| s.database_url = Some("postgres://x/y".into())).contains("HEARD_SHARED_FOLDER=yes"));
        assert!(refused(|s| s.public_url = Some("http://heard.example".into())).contains("https://"));
        assert!(refused(|s| s.master_key_file = Some("/tmp/d/inside.key".into())).contains("HEARD_MASTER_KEY_FILE"));
        assert!(refused(|s| s.storage_url = Some("s3://b?typo=1".into())).contains("typo"));
        assert!(refused(|s| s.database_url = Some("mysql://x".into())).contains("postgres://"));
        assert!(refused(|s| s.draft_days = 0).contains("HEARD_DRAFT_DAYS"));
    }
}
