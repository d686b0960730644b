//! A page that ends where one request stopped looking says nothing of when somebody else did something.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use foundation::clock::SECOND;
use serde_json::{Value, json};
use tests::bulk::{Bulk, Literal};
use tests::world::{On, World};
use uuid::Uuid;

use super::{INBOX, ONE, published, save, share, text};

/// More changes that the reader may not see than one request looks at.
const HIDDEN: i64 = 16_000;
const WHO: &str = "igj.inspector";

/// A find, and after it many changes of a signal that the reader does not see.
async fn prepared(on: On) -> (World, String) {
    let world = World::peopled(on).await;
    let search = save(&world, WHO, "toezicht", json!({ "category": "chemicals" })).await;
    let found = published(&world, "Vondst", json!({})).await;
    share(&world, &found, "organisation: \"igj\"").await;
    let hidden = published(&world, "Verborgen", json!({})).await;
    let hidden = Uuid::try_parse(&hidden[4..]).expect("an id");
    world.clock.advance(SECOND);
    let begin = world.clock.now();
    let change = |number: i64| -> Vec<Literal> {
        let at = begin + number * 1_000;
        vec![at.into(), "signal".into(), hidden.into(), "edited".into(), 9_i64.into()]
    };
    let mut bulk = Bulk::default();
    let outbox = "signals_outbox (at, kind, record_id, change, version)";
    bulk.add(outbox, (0..HIDDEN).map(change).collect());
    bulk.write(&world).await;
    world.clock.advance(HIDDEN * 1_000 + SECOND);
    (world, search)
}

/// The moments between which everything hidden happened stand nowhere in a cursor.
fn tells_nothing(world: &World, cursor: &str) {
    let happened = tests::world::BEGINNING..=world.clock.now();
    let bytes = URL_SAFE_NO_PAD.decode(cursor).expect("base64");
    for part in bytes.windows(8) {
        let part: [u8; 8] = part.try_into().expect("eight bytes");
        for moment in [i64::from_be_bytes(part), i64::from_le_bytes(part)] {
            assert!(!happened.contains(&moment), "{cursor} says {moment}");
        }
    }
    assert!(!bytes.is_ascii(), "{cursor} can be read");
}

/// The pages of a list, from its first to its last: their cursors, and how many nodes they have in all.
async fn pages(world: &World, query: &str, more: Value, list: impl Fn(&mut Value) -> Value) -> (Vec<String>, usize) {
    let (mut cursors, mut found, mut after) = (Vec::new(), 0, Value::Null);
    loop {
        let mut variables = more.clone();
        variables["after"] = after;
        variables["first"] = json!(50);
        let page = list(&mut world.data(WHO, "toezicht", query, variables).await);
        found += page["nodes"].as_array().expect("nodes").len();
        after = page["pageInfo"]["endCursor"].clone();
        cursors.extend(after.as_str().map(str::to_owned));
        if page["pageInfo"]["hasNextPage"] == false {
            return (cursors, found);
        }
    }
}

async fn quiet(on: On) {
    let (world, search) = prepared(on).await;
    let inbox = pages(&world, INBOX, json!({}), |answer| answer["inbox"].take()).await;
    let of_search = json!({ "id": search });
    let new = pages(&world, ONE, of_search, |answer| {
        answer["savedSearch"]["newMatches"].take()
    })
    .await;
    // Shared and found; found.
    for ((cursors, found), expected) in [(inbox, 2), (new, 1)] {
        assert_eq!(found, expected, "nothing is left out");
        assert!(cursors.len() > 1, "one request stopped looking: {cursors:?}");
        for cursor in &cursors {
            tells_nothing(&world, cursor);
            assert_eq!(cursor.len(), cursors[0].len(), "as long, wherever it ended");
        }
        for (who, purpose) in [("igj.analyst", "toezicht"), (WHO, "incidentonderzoek")] {
            let refused = world.refusal(who, purpose, INBOX, json!({ "after": cursors[0] })).await;
            assert_eq!(refused, "INVALID_CURSOR", "{who} under {purpose}");
        }
    }
    let changes = "{ changes(first: 1) { cursor } }";
    let other = text(&world.data(WHO, "toezicht", changes, json!({})).await["changes"]["cursor"]);
    let refused = world.refusal(WHO, "toezicht", INBOX, json!({ "after": other })).await;
    assert_eq!(refused, "INVALID_CURSOR", "of another list");
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_looking_stopped_is_not_told_on_sqlite() {
    quiet(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_looking_stopped_is_not_told_on_postgres() {
    quiet(On::Postgres).await;
}
