//! The real servers that `tests/run` started, and a fresh place in each for one test.

use std::sync::atomic::{AtomicU64, Ordering};

use heard::db::Db;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tokio::sync::OnceCell;

static NUMBER: AtomicU64 = AtomicU64::new(0);
static TEMPLATE: OnceCell<String> = OnceCell::const_new();

/// A variable that `tests/run` sets.
pub fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set. Run this with: tests/run -- cargo test …"))
}

/// A name that no other test uses, in this run or another one beside it.
pub fn fresh_name(what: &str) -> String {
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let salt = data_encoding::HEXLOWER.encode(&heard::id::random::<4>());
    format!("{what}-{salt}-{number}")
}

/// A fresh PostgreSQL database with every table in it, as a URL.
pub async fn fresh_postgres() -> String {
    let template = TEMPLATE.get_or_init(migrated_template).await;
    make_database(Some(template)).await
}

/// A fresh PostgreSQL database with nothing in it, as a URL.
pub async fn empty_postgres() -> String {
    make_database(None).await
}

async fn migrated_template() -> String {
    let url = make_database(None).await;
    let db = Db::open_postgres(&url).await.expect("the test cluster answers");
    db.migrate().await.expect("the tables can be made");
    db.close().await;
    url.rsplit_once('/').expect("the URL names a database").1.to_owned()
}

async fn make_database(template: Option<&str>) -> String {
    let cluster = variable("HEARD_TEST_POSTGRES_URL");
    let name = fresh_name("heard").replace('-', "_");
    let from = template.map(|template| format!(" template {template}")).unwrap_or_default();
    let mut connection = PgConnection::connect(&cluster).await.expect("the test cluster answers");
    let sql = AssertSqlSafe(format!("create database {name}{from}"));
    sqlx::query(sql).execute(&mut connection).await.expect("a test may make a database");
    connection.close().await.expect("the connection closes");
    let server = cluster.rsplit_once('/').expect("the URL names a database").0;
    format!("{server}/{name}")
}

/// A fresh bucket on Garage, in the form of `HEARD_STORAGE_URL`.
pub async fn fresh_garage_bucket() -> String {
    fresh_bucket(&variable("HEARD_TEST_S3_URL")).await
}

/// A fresh bucket on moto, in the form of `HEARD_STORAGE_URL`.
pub async fn fresh_moto_bucket() -> String {
    fresh_bucket(&variable("HEARD_TEST_MOTO_URL")).await
}

async fn fresh_bucket(url: &str) -> String {
    let name = fresh_name("heard");
    bucket_client(url).create_bucket().bucket(&name).send().await.expect("a test may make a bucket");
    let rest = url.split_once('?').expect("the URL names an endpoint").1;
    format!("s3://{name}?{rest}")
}

/// A client for looking at a bucket behind the service's back.
pub fn bucket_client(url: &str) -> aws_sdk_s3::Client {
    use aws_sdk_s3::config::{BehaviorVersion, Credentials, Region};
    let query = url.split_once('?').expect("the URL names an endpoint").1;
    let of = |name: &str| {
        let pair = query.split('&').find_map(|pair| pair.strip_prefix(&format!("{name}=")));
        pair.unwrap_or_else(|| panic!("{url} has no {name}")).to_owned()
    };
    let key = Credentials::new(variable("AWS_ACCESS_KEY_ID"), variable("AWS_SECRET_ACCESS_KEY"), None, None, "tests");
    let config = aws_sdk_s3::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url(of("endpoint"))
        .region(Region::new(of("region")))
        .credentials_provider(key)
        .force_path_style(true)
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .build();
    aws_sdk_s3::Client::from_conf(config)
}

/// The server of a bucket, such as `127.0.0.1:3900`.
pub fn endpoint_of(url: &str) -> String {
    let endpoint = url.split("endpoint=").nth(1).and_then(|rest| rest.split('&').next()).expect("an endpoint");
    endpoint.replace("%3A", ":").replace("%2F", "/").trim_start_matches("http://").to_owned()
}

/// The same bucket, reached by way of this address.
pub fn through(url: &str, near: &str) -> String {
    let (before, rest) = url.split_once("endpoint=").expect("an endpoint");
    let after = rest.split_once('&').map_or("", |(_, after)| after);
    format!("{before}endpoint=http://{near}&{after}")
}

/// The bucket that a storage URL names.
pub fn bucket_name(url: &str) -> &str {
    url.trim_start_matches("s3://").split('?').next().unwrap_or_default()
}
