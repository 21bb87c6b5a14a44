//! What a bucket's own lifecycle rules would do to what Heard keeps there.
//!
//! A rule that gives up multipart uploads after a week is common advice for buckets, and here it would take away parts
//! that families were told are safe; one that deletes old objects would take what was sent. Heard deletes by itself what
//! nobody needs any more, so a bucket needs neither. `serve` refuses a bucket with such a rule, and `check` tells of it.
//! See <https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lifecycle-mgmt.html>.

use std::fmt;

use aws_sdk_s3::types::{ExpirationStatus, LifecycleRule};

use super::{StorageError, Store};

/// What lies for ever: originals, until somebody takes them back, copies of keys, and the safe copies that staff see.
const FOR_EVER: [&str; 3] = ["originals/", "keys/", "renditions/"];
/// What lives as long as a draft that somebody works on.
const WITH_DRAFTS: &str = "tails/";

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rules {
    /// A folder has none.
    NotABucket,
    /// None of them touches what Heard keeps too early.
    Harmless,
    /// The bucket does not tell: it does not let us ask, does not know the question, or does not answer.
    NotTold(String),
    /// These do.
    Harmful(Vec<Harm>),
}

/// A rule that must be changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Harm {
    rule: String,
    does: Does,
    draft_days: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Does {
    /// Gives up unfinished multipart uploads after so many days.
    Aborts(i32),
    /// Deletes objects in this folder.
    Expires(&'static str),
}

impl fmt::Display for Harm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Harm { rule, does, draft_days } = self;
        match does {
            Does::Aborts(days) => write!(
                f,
                "The bucket's lifecycle rule \"{rule}\" gives up unfinished uploads after {days} days, but a draft and \
                 its unfinished uploads live {draft_days} days (HEARD_DRAFT_DAYS). Take AbortIncompleteMultipartUpload \
                 out of the rule: Heard gives up by itself what nobody needs."
            ),
            Does::Expires(folder) => write!(
                f,
                "The bucket's lifecycle rule \"{rule}\" deletes what lies in {folder} too early. Take Expiration out of \
                 the rule, or give it a prefix that is not Heard's: Heard deletes by itself what nobody needs."
            ),
        }
    }
}

/// Asks the store for its rules, and looks at them.
pub async fn look(store: &Store, draft_days: i64) -> Rules {
    let Store::S3(s3) = store else { return Rules::NotABucket };
    match s3.lifecycle_rules().await {
        Ok(rules) => judge(&rules, draft_days),
        Err(StorageError::NotFound) => Rules::Harmless,
        Err(error) => Rules::NotTold(format!("{:#}", anyhow::Error::new(error))),
    }
}

fn judge(rules: &[LifecycleRule], draft_days: i64) -> Rules {
    let harms: Vec<Harm> = rules.iter().flat_map(|rule| harms_of(rule, draft_days)).collect();
    if harms.is_empty() { Rules::Harmless } else { Rules::Harmful(harms) }
}

fn harms_of(rule: &LifecycleRule, draft_days: i64) -> Vec<Harm> {
    if *rule.status() != ExpirationStatus::Enabled || needs_a_tag(rule) {
        return Vec::new();
    }
    let prefix = prefix_of(rule);
    let touches = |folder: &str| folder.starts_with(prefix) || prefix.starts_with(folder);
    let mut does = Vec::new();
    if let Some(days) = rule.abort_incomplete_multipart_upload().and_then(|abort| abort.days_after_initiation())
        && touches(FOR_EVER[0])
        && i64::from(days) <= draft_days
    {
        does.push(Does::Aborts(days));
    }
    if let Some(expiration) = rule.expiration() {
        let (days, on_a_day) = (expiration.days(), expiration.date().is_some());
        if days.is_some() || on_a_day {
            does.extend(FOR_EVER.into_iter().filter(|folder| touches(folder)).map(Does::Expires));
        }
        if touches(WITH_DRAFTS) && (on_a_day || days.is_some_and(|days| i64::from(days) <= draft_days)) {
            does.push(Does::Expires(WITH_DRAFTS));
        }
    }
    let name = rule.id().unwrap_or("without a name");
    does.into_iter().map(|does| Harm { rule: name.to_owned(), does, draft_days }).collect()
}

/// What Heard keeps has no tags, so a rule for objects with one does not touch it.
fn needs_a_tag(rule: &LifecycleRule) -> bool {
    let Some(filter) = rule.filter() else { return false };
    filter.tag().is_some() || filter.and().is_some_and(|and| !and.tags().is_empty())
}

fn prefix_of(rule: &LifecycleRule) -> &str {
    let of_filter = rule.filter().and_then(|filter| filter.prefix().or_else(|| filter.and()?.prefix()));
    #[expect(deprecated, reason = "older rules have their prefix here, and buckets still give it")]
    let of_rule = rule.prefix();
    of_filter.or(of_rule).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use aws_sdk_s3::types::{
        AbortIncompleteMultipartUpload, LifecycleExpiration, LifecycleRuleAndOperator, LifecycleRuleFilter, Tag,
    };

    use super::*;

    fn rule(filter: LifecycleRuleFilter, abort: Option<i32>, expire: Option<i32>) -> LifecycleRule {
        rule_that_is(ExpirationStatus::Enabled, filter, abort, expire)
    }

    fn rule_that_is(
        status: ExpirationStatus,
        filter: LifecycleRuleFilter,
        abort: Option<i32>,
        expire: Option<i32>,
    ) -> LifecycleRule {
        let abort = abort.map(|days| AbortIncompleteMultipartUpload::builder().days_after_initiation(days).build());
        let expire = expire.map(|days| LifecycleExpiration::builder().days(days).build());
        LifecycleRule::builder()
            .id("a rule")
            .status(status)
            .filter(filter)
            .set_abort_incomplete_multipart_upload(abort)
            .set_expiration(expire)
            .build()
            .expect("a rule")
    }

    fn on(prefix: &str) -> LifecycleRuleFilter {
        LifecycleRuleFilter::builder().prefix(prefix).build()
    }

    fn does(rule: LifecycleRule) -> Vec<Does> {
        harms_of(&rule, 180).into_iter().map(|harm| harm.does).collect()
    }

    #[test]
    fn a_rule_that_gives_up_uploads_before_their_draft_goes_is_found() {
        for (prefix, days, found) in
            [("", 7, true), ("orig", 180, true), ("originals/ab", 1, true), ("", 181, false), ("logs/", 7, false)]
        {
            let expected = if found { vec![Does::Aborts(days)] } else { Vec::new() };
            assert_eq!(does(rule(on(prefix), Some(days), None)), expected, "{prefix} {days}");
        }
    }

    #[test]
    fn nothing_that_was_sent_may_go_by_time() {
        let all = [Does::Expires("originals/"), Does::Expires("keys/"), Does::Expires("renditions/")];
        assert_eq!(does(rule(on(""), None, Some(3650))), all);
        assert_eq!(does(rule(on("tails/"), None, Some(30))), [Does::Expires("tails/")]);
        assert_eq!(does(rule(on("tails/"), None, Some(400))), []);
        assert_eq!(does(rule(on("backups/"), None, Some(1))), []);
    }

    #[test]
    fn rules_that_are_off_or_for_tagged_objects_do_nothing_to_ours() {
        assert_eq!(does(rule_that_is(ExpirationStatus::Disabled, on(""), Some(1), Some(1))), []);
        let tag = Tag::builder().key("temporary").value("yes").build().expect("a tag");
        let and = LifecycleRuleAndOperator::builder().prefix("").tags(tag).build();
        assert_eq!(does(rule(LifecycleRuleFilter::builder().and(and).build(), Some(1), Some(1))), []);
    }

    #[test]
    fn what_to_change_is_said() {
        let Rules::Harmful(harms) = judge(&[rule(on(""), Some(7), Some(30))], 180) else { panic!("it is harmful") };
        let said = harms.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
        assert_eq!(harms.len(), 5);
        for words in ["\"a rule\"", "after 7 days", "live 180 days", "AbortIncompleteMultipartUpload", "Expiration"] {
            assert!(said.contains(words), "{said}");
        }
    }
}
