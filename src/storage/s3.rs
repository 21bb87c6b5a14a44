//! The store as a bucket of an S3-compatible server.
//!
//! What the servers in use do differently was tried: one keeps parts below 5 MiB and the next refuses them at the end;
//! some ignore "only if nothing is there"; after a lost reply to Complete one says success and the next NoSuchUpload.
//! So nothing here leans on such behaviour. Names are random, parts are whole and of one size, every part and object
//! carries its SHA-256 (`x-amz-checksum-sha256`), and whoever completes an upload looks at the object afterwards.
//! See <https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html>.

use std::ops::Range;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use aws_sdk_s3::Client;
use aws_sdk_s3::config::retry::RetryConfig;
use aws_sdk_s3::config::timeout::TimeoutConfig;
use aws_sdk_s3::config::{
    BehaviorVersion, Credentials, Region, RequestChecksumCalculation, ResponseChecksumValidation,
};
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::primitives::{ByteStream as SdkStream, Length};
use aws_sdk_s3::types::{ChecksumAlgorithm, CompletedMultipartUpload, CompletedPart, LifecycleRule};
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use bytes::Bytes;
use data_encoding::BASE64;
use futures_util::{StreamExt, TryStreamExt};
use ring::digest::{SHA256, digest};

use super::{ByteStream, Listed, Listing, ObjectFacts, ObjectKey, StorageError, StorageResult};

/// Bytes that are read from a file at once on their way to the bucket.
const PIECE: usize = 128 * 1024;
/// The name of the object's metadata that holds the mark.
const MARK: &str = "heard-mark";

/// A bucket that keeps objects.
#[derive(Clone, Debug)]
pub struct S3 {
    /// For questions that are answered at once.
    quick: Client,
    /// For bytes, which take their time on a slow line.
    bulk: Client,
    bucket: String,
}

/// A part that the bucket has confirmed. The caller writes it down before the upload is completed with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfirmedPart {
    /// Its number, from 1.
    pub number: i32,
    /// The name that the bucket gave it.
    pub etag: String,
    /// SHA-256 of its bytes as they were sent.
    pub sha256: [u8; 32],
}

/// A part as the bucket lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedPart {
    /// Its number, from 1.
    pub number: i32,
    /// The name that the bucket gave it.
    pub etag: String,
    /// Its length in bytes.
    pub length: u64,
}

/// A multipart upload that was neither completed nor aborted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenUpload {
    /// The path it is for, which may be foreign.
    pub path: String,
    /// Its name in the bucket.
    pub upload_id: String,
    /// When it was begun, in seconds since 1970.
    pub started: i64,
}

impl S3 {
    /// A bucket, with credentials from the standard variables.
    pub fn open(bucket: &str, endpoint: Option<&str>, region: &str, path_style: bool) -> Result<S3> {
        let missing = "HEARD_STORAGE_URL names a bucket: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY too";
        let key = std::env::var("AWS_ACCESS_KEY_ID").context(missing)?;
        let secret = std::env::var("AWS_SECRET_ACCESS_KEY").context(missing)?;
        let session = std::env::var("AWS_SESSION_TOKEN").ok();
        S3::with_credentials(bucket, endpoint, region, path_style, &key, &secret, session)
    }

    /// A bucket, with these credentials.
    pub fn with_credentials(
        bucket: &str,
        endpoint: Option<&str>,
        region: &str,
        path_style: bool,
        key: &str,
        secret: &str,
        session: Option<String>,
    ) -> Result<S3> {
        let https =
            aws_smithy_http_client::Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https();
        let mut settings = aws_sdk_s3::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .http_client(https)
            .region(Region::new(region.to_owned()))
            .credentials_provider(Credentials::new(key, secret, session, None, "environment"))
            .force_path_style(path_style)
            // Trailing checksums are unknown to several S3-compatible servers; ours go in a header.
            .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
            .response_checksum_validation(ResponseChecksumValidation::WhenRequired)
            .retry_config(RetryConfig::standard().with_max_attempts(3).with_max_backoff(Duration::from_secs(5)));
        if let Some(endpoint) = endpoint {
            settings = settings.endpoint_url(endpoint);
        }
        let within = |attempt: u64, whole: u64| {
            TimeoutConfig::builder()
                .connect_timeout(Duration::from_secs(5))
                .operation_attempt_timeout(Duration::from_secs(attempt))
                .operation_timeout(Duration::from_secs(whole))
                .build()
        };
        let quick = Client::from_conf(settings.clone().timeout_config(within(10, 25)).build());
        let bulk = Client::from_conf(settings.timeout_config(within(180, 600)).build());
        Ok(S3 { quick, bulk, bucket: bucket.to_owned() })
    }

    /// Writes a small object whole.
    pub async fn put(&self, key: &ObjectKey, bytes: Bytes) -> StorageResult<()> {
        let sha256 = digest(&SHA256, &bytes);
        self.put_stream(key, SdkStream::from(bytes), sha256.as_ref()).await
    }

    /// Writes a piece of a file as one object, without gathering it. `sha256` is of just these bytes.
    pub async fn put_file_range(
        &self,
        key: &ObjectKey,
        file: &Path,
        range: Range<u64>,
        sha256: &[u8; 32],
    ) -> StorageResult<()> {
        let body = file_range(file, range).await?;
        self.put_stream(key, body, sha256).await
    }

    async fn put_stream(&self, key: &ObjectKey, body: SdkStream, sha256: &[u8]) -> StorageResult<()> {
        self.bulk
            .put_object()
            .bucket(&self.bucket)
            .key(key.path())
            .content_type(key.content_type())
            .content_disposition(key.disposition())
            .checksum_sha256(BASE64.encode(sha256))
            .body(body)
            .send()
            .await
            .map_err(sorted)?;
        Ok(())
    }

    /// Begins a multipart upload and gives its name in the bucket, to be written down before the first part. `mark`
    /// comes back from [`S3::head`] once the upload is complete.
    pub async fn create(&self, key: &ObjectKey, mark: &str) -> StorageResult<String> {
        let begun = self
            .quick
            .create_multipart_upload()
            .bucket(&self.bucket)
            .key(key.path())
            .content_type(key.content_type())
            .content_disposition(key.disposition())
            .checksum_algorithm(ChecksumAlgorithm::Sha256)
            .metadata(MARK, mark)
            .send()
            .await
            .map_err(sorted)?;
        begun.upload_id.ok_or_else(|| StorageError::Fault(anyhow!("the bucket began an upload without a name")))
    }

    /// Sends a piece of a file as one part, without gathering it. `sha256` is of just these bytes, as they lie in the
    /// file; a bucket that received others refuses them.
    pub async fn upload_part(
        &self,
        key: &ObjectKey,
        upload_id: &str,
        number: i32,
        file: &Path,
        range: Range<u64>,
        sha256: &[u8; 32],
    ) -> StorageResult<ConfirmedPart> {
        let body = file_range(file, range).await?;
        let sent = self
            .bulk
            .upload_part()
            .bucket(&self.bucket)
            .key(key.path())
            .upload_id(upload_id)
            .part_number(number)
            .checksum_sha256(BASE64.encode(sha256))
            .body(body)
            .send()
            .await
            .map_err(sorted)?;
        let etag =
            sent.e_tag.ok_or_else(|| StorageError::Fault(anyhow!("the bucket confirmed a part without a name")))?;
        Ok(ConfirmedPart { number, etag, sha256: *sha256 })
    }

    /// Makes the object from its confirmed parts, in the order of their numbers. When this fails, or its answer is
    /// lost, ask [`S3::head`] for the length and the mark before drawing any conclusion.
    pub async fn complete(&self, key: &ObjectKey, upload_id: &str, parts: &[ConfirmedPart]) -> StorageResult<()> {
        let parts = parts.iter().map(|part| {
            CompletedPart::builder()
                .part_number(part.number)
                .e_tag(&part.etag)
                .checksum_sha256(BASE64.encode(&part.sha256))
                .build()
        });
        self.bulk
            .complete_multipart_upload()
            .bucket(&self.bucket)
            .key(key.path())
            .upload_id(upload_id)
            .multipart_upload(CompletedMultipartUpload::builder().set_parts(Some(parts.collect())).build())
            .send()
            .await
            .map_err(sorted)?;
        Ok(())
    }

    /// Gives up a multipart upload and its parts. One that is not there is gone already.
    pub async fn abort(&self, key: &ObjectKey, upload_id: &str) -> StorageResult<()> {
        let asked = self.quick.abort_multipart_upload().bucket(&self.bucket).key(key.path()).upload_id(upload_id);
        match asked.send().await.map_err(sorted) {
            Ok(_) | Err(StorageError::NotFound) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// The parts that the bucket has of an upload.
    pub async fn list_parts(&self, key: &ObjectKey, upload_id: &str) -> StorageResult<Vec<ListedPart>> {
        let mut pages =
            self.quick.list_parts().bucket(&self.bucket).key(key.path()).upload_id(upload_id).into_paginator().send();
        let mut parts = Vec::new();
        while let Some(page) = pages.next().await {
            for part in page.map_err(sorted)?.parts.unwrap_or_default() {
                parts.push(ListedPart {
                    number: part.part_number.unwrap_or_default(),
                    etag: part.e_tag.unwrap_or_default(),
                    length: length(part.size),
                });
            }
        }
        Ok(parts)
    }

    /// Every multipart upload below `prefix` that was neither completed nor aborted.
    pub async fn list_uploads(&self, prefix: &str) -> StorageResult<Vec<OpenUpload>> {
        let (mut uploads, mut key_marker, mut id_marker) = (Vec::new(), None, None);
        loop {
            let page = self
                .quick
                .list_multipart_uploads()
                .bucket(&self.bucket)
                .prefix(prefix)
                .set_key_marker(key_marker)
                .set_upload_id_marker(id_marker)
                .send()
                .await
                .map_err(sorted)?;
            for upload in page.uploads.unwrap_or_default() {
                uploads.push(OpenUpload {
                    path: upload.key.unwrap_or_default(),
                    upload_id: upload.upload_id.unwrap_or_default(),
                    started: upload.initiated.map_or(0, |at| at.secs()),
                });
            }
            if page.is_truncated != Some(true) || page.next_key_marker.is_none() {
                return Ok(uploads);
            }
            (key_marker, id_marker) = (page.next_key_marker, page.next_upload_id_marker);
        }
    }

    /// The bucket's own rules; [`StorageError::NotFound`] where it has none.
    pub(super) async fn lifecycle_rules(&self) -> StorageResult<Vec<LifecycleRule>> {
        let asked = self.quick.get_bucket_lifecycle_configuration().bucket(&self.bucket);
        Ok(asked.send().await.map_err(sorted)?.rules.unwrap_or_default())
    }

    /// What is known of an object.
    pub async fn head(&self, key: &ObjectKey) -> StorageResult<ObjectFacts> {
        let about = self.quick.head_object().bucket(&self.bucket).key(key.path()).send().await.map_err(sorted)?;
        let mark = about.metadata.and_then(|mut all| all.remove(MARK));
        Ok(ObjectFacts { length: length(about.content_length), mark })
    }

    pub(super) async fn get_range(&self, key: &ObjectKey, range: Range<u64>) -> StorageResult<ByteStream> {
        let asked = format!("bytes={}-{}", range.start, range.end - 1);
        let got = self.bulk.get_object().bucket(&self.bucket).key(key.path()).range(asked).send().await;
        let body = match got {
            Ok(answer) => answer.body,
            // A range that begins where the object ends.
            Err(error) if error.raw_response().is_some_and(|answer| answer.status().as_u16() == 416) => {
                return Ok(futures_util::stream::empty().boxed());
            }
            Err(error) => return Err(sorted(error)),
        };
        let pieces = futures_util::stream::try_unfold(body, |mut body| async move {
            match body.try_next().await {
                Ok(Some(piece)) => Ok(Some((piece, body))),
                Ok(None) => Ok(None),
                Err(error) => Err(StorageError::Unavailable(error.into())),
            }
        });
        Ok(pieces.boxed())
    }

    pub(super) async fn delete(&self, key: &ObjectKey) -> StorageResult<()> {
        match self.quick.delete_object().bucket(&self.bucket).key(key.path()).send().await.map_err(sorted) {
            Ok(_) | Err(StorageError::NotFound) => Ok(()),
            Err(error) => Err(error),
        }
    }

    pub(super) fn list(&self, prefix: &str) -> Listing {
        let pages = self.quick.list_objects_v2().bucket(&self.bucket).prefix(prefix).into_paginator().send();
        futures_util::stream::try_unfold(pages, |mut pages| async move {
            let Some(page) = pages.next().await else { return Ok(None) };
            let objects = page.map_err(sorted)?.contents.unwrap_or_default();
            let lines = objects.into_iter().map(|object| {
                Ok(Listed {
                    path: object.key.unwrap_or_default(),
                    length: length(object.size),
                    modified: object.last_modified.map_or(0, |at| at.secs()),
                })
            });
            Ok::<_, StorageError>(Some((futures_util::stream::iter(lines), pages)))
        })
        .try_flatten()
        .boxed()
    }
}

/// A piece of a file as a body that can be sent again when a try fails.
async fn file_range(file: &Path, range: Range<u64>) -> StorageResult<SdkStream> {
    SdkStream::read_from()
        .path(file)
        .offset(range.start)
        .length(Length::Exact(range.end - range.start))
        .buffer_size(PIECE)
        .build()
        .await
        .map_err(|error| StorageError::Fault(error.into()))
}

fn length(given: Option<i64>) -> u64 {
    given.and_then(|length| u64::try_from(length).ok()).unwrap_or(0)
}

/// Sorts what the bucket says by what the caller can do about it.
fn sorted<E>(error: SdkError<E>) -> StorageError
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    let SdkError::ServiceError(said) = &error else {
        return match &error {
            SdkError::ConstructionFailure(_) => StorageError::Fault(error.into()),
            _ => StorageError::Unavailable(error.into()),
        };
    };
    let status = said.raw().status().as_u16();
    let code = said.err().code().unwrap_or_default().to_owned();
    match (status, code.as_str()) {
        (_, "NoSuchBucket") => StorageError::Refused("there is no such bucket".into()),
        (404, _) | (_, "NoSuchKey" | "NoSuchUpload" | "NotFound") => StorageError::NotFound,
        (_, "BadDigest" | "InvalidDigest" | "XAmzContentSHA256Mismatch") => StorageError::Altered,
        (507, _) | (_, "QuotaExceeded" | "InsufficientStorage" | "XMinioStorageFull") => StorageError::Full,
        (401 | 403, _) => StorageError::Refused(if code.is_empty() { status.to_string() } else { code }),
        (408 | 429 | 500.., _) | (_, "RequestTimeout" | "SlowDown") => StorageError::Unavailable(error.into()),
        _ => StorageError::Fault(anyhow::Error::new(error).context(code)),
    }
}
