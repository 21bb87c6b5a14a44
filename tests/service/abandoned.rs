//! No bucket may take away by itself what families were told is safe.

use aws_sdk_s3::types::{
    AbortIncompleteMultipartUpload, BucketLifecycleConfiguration, ExpirationStatus, LifecycleRule, LifecycleRuleFilter,
};

use super::outside;
use super::process::Place;
use super::world::run;

/// Gives a bucket a rule that gives up unfinished uploads after so many days.
async fn set_rule(bucket: &str, days: i32) {
    let rule = LifecycleRule::builder()
        .id("tidy up")
        .status(ExpirationStatus::Enabled)
        .filter(LifecycleRuleFilter::builder().prefix("").build())
        .abort_incomplete_multipart_upload(
            AbortIncompleteMultipartUpload::builder().days_after_initiation(days).build(),
        )
        .build()
        .expect("a rule");
    let rules = BucketLifecycleConfiguration::builder().rules(rule).build().expect("rules");
    let client = outside::bucket_client(bucket);
    let asked = client.put_bucket_lifecycle_configuration().bucket(outside::bucket_name(bucket));
    asked.lifecycle_configuration(rules).send().await.expect("the bucket takes rules");
}

#[test]
fn a_bucket_that_would_give_up_unfinished_uploads_is_refused() {
    run(|| async {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let bucket = outside::fresh_garage_bucket().await;
        let place = Place::new(folder.path()).with("HEARD_STORAGE_URL", bucket.clone());
        place.start().stop();
        let checked = || String::from_utf8(place.run(&["check"]).stdout).expect("text");
        assert!(checked().contains("works    bucket's rules"), "{}", checked());

        set_rule(&bucket, 7).await;
        let refused = place.run(&["serve"]);
        let said = String::from_utf8(refused.stderr).expect("text");
        assert_eq!(refused.status.code(), Some(1), "{said}");
        for words in ["\"tidy up\"", "after 7 days", "live 180 days", "Take AbortIncompleteMultipartUpload out"] {
            assert!(said.contains(words), "{said}");
        }
        let said = checked();
        assert!(said.contains("BROKEN   bucket's rules") && said.contains("after 7 days"), "{said}");

        // A rule that waits long enough is the operator's own affair.
        set_rule(&bucket, 400).await;
        place.start().stop();
        assert!(checked().contains("works    bucket's rules"));
    });
}

#[test]
fn a_bucket_that_does_not_tell_its_rules_is_said_and_not_refused() {
    run(|| async {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let place = Place::new(folder.path())
            .with("HEARD_STORAGE_URL", outside::fresh_garage_bucket().await)
            .with("AWS_SECRET_ACCESS_KEY", "0".repeat(64));
        let process = place.start();
        assert!(process.log().contains("does not tell its lifecycle rules"), "{}", process.log());
        process.stop();
        let said = String::from_utf8(place.run(&["check"]).stdout).expect("text");
        assert!(said.contains("missing  bucket's rules") && said.contains("AbortIncompleteMultipartUpload"), "{said}");
    });
}
