//! The month is worth what it notices: on a database that quietly forgets one thing, it must fail, and at the step that
//! the thing is about.

use std::any::Any;
use std::collections::BTreeSet;
use std::panic::AssertUnwindSafe;

use futures::FutureExt;
use tests::world::On;

use super::cast::Asker;
use super::play::Play;

/// Who is asked here: enough to notice.
const ONLY: &str = "ilt.inspector@toezicht nvwa.inspector@toezicht nvwa.analyst@risicoanalyse jenv.inspector@toezicht
    igj.analyst@risicoanalyse igj.inspector@toezicht ivho.inspector@toezicht";

/// What is forgotten, by which trigger, and after which step it is noticed.
const FORGOTTEN: [(&str, &str, &str); 5] = [
    (
        "rank",
        "AFTER INSERT ON signal_feed WHEN NEW.rank > 0 BEGIN
         UPDATE signal_feed SET rank = 0 WHERE record_id = NEW.record_id AND grant_id = NEW.grant_id; END",
        "ILT's inspector gets a grant too",
    ),
    (
        "that a grant ends",
        "AFTER INSERT ON signal_feed BEGIN UPDATE signal_feed SET visible_until = 9000000000000000000
         WHERE record_id = NEW.record_id AND grant_id = NEW.grant_id; END",
        "the four hours are over",
    ),
    (
        "that an account is suspended",
        "AFTER UPDATE ON account WHEN NEW.suspended_at IS NOT NULL BEGIN
         UPDATE account SET suspended_at = NULL WHERE id = NEW.id; END",
        "suspends an analyst",
    ),
    (
        "that a member has left",
        "AFTER UPDATE ON circle_member BEGIN UPDATE circle_member SET left_at = 9000000000000000000
         WHERE circle_id = NEW.circle_id AND organisation_id = NEW.organisation_id; END",
        "NVWA leaves the port's circle",
    ),
    (
        "a region in the counts",
        "AFTER INSERT ON signal_subject_feed BEGIN DELETE FROM signal_subject_feed WHERE record_id = NEW.record_id
         AND subject_id IN (SELECT id FROM safety_region WHERE code = 'VR18'); END",
        "week 1, ",
    ),
];

/// Plays until it fails; why it failed.
async fn failed(trigger: &str) -> String {
    let mut play = Play::begin(On::Sqlite).await;
    play.only = ONLY.split_whitespace().map(Asker::read).collect::<BTreeSet<_>>();
    play.stand
        .world
        .run(&format!("CREATE TRIGGER forgets {trigger}"), vec![])
        .await;
    let played = AssertUnwindSafe(play.play_on()).catch_unwind().await;
    let panic = played.expect_err("the month goes on as if nothing were wrong");
    said(&*panic)
}

fn said(panic: &(dyn Any + Send)) -> String {
    let formatted = panic.downcast_ref::<String>().cloned();
    formatted.unwrap_or_else(|| panic.downcast_ref::<&str>().copied().unwrap_or_default().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_platform_forgets_is_noticed_at_its_step() {
    for (forgotten, trigger, step) in FORGOTTEN {
        let why = failed(trigger).await;
        assert!(why.contains(step), "{forgotten} is noticed elsewhere: {why}");
    }
}
