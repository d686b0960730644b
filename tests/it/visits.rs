//! What a visitor of the demo finds ready: every tab of the page answers, and shows what it is about.

use demo::story::Story;
use registry::reference::Reference;
use serde_json::{Value, json};
use tests::stand::{Shape, Stand};

/// The lists in an answer that have nothing in them, by their place.
fn empty(value: &Value, place: &str, found: &mut Vec<String>) {
    match value {
        Value::Array(list) if list.is_empty() => found.push(place.to_owned()),
        Value::Array(list) => list.iter().for_each(|each| empty(each, place, found)),
        Value::Object(fields) => {
            for (name, value) in fields {
                empty(value, &format!("{place}/{name}"), found);
            }
        }
        _ => {}
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_tab_shows_what_it_is_about() {
    let stand = Stand::up(Shape::OneProcess).await;
    let story = Story::embedded(&Reference::embedded().expect("the reference data are right"));
    let story = story.expect("the story is right");
    let mut all = String::new();
    for visit in &story.visits {
        let caller = stand.caller(&visit.r#as, visit.purpose.as_str());
        let answer = caller.data(&visit.query(&story), json!({})).await;
        let mut nothing = Vec::new();
        empty(&answer, "", &mut nothing);
        assert!(
            nothing.is_empty(),
            "{} finds nothing in {nothing:?}: {answer:#}",
            visit.r#as
        );
        all += &answer.to_string();
    }
    for shown in [
        "\"DECISION_AWAITED\"",
        "\"JOINT\"",
        "\"SEEN_TOO\"",
        "\"INTENSIVE\"",
        "\"UP\"",
        "Convenant laden en lossen",
    ] {
        assert!(all.contains(shown), "{shown} in {all}");
    }
    assert!(!all.contains("\"unreadCount\":{\"exactly\":0}"), "{all}");
    stand.down().await;
}
