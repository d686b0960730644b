//! What two organisations have between them, in the inboxes of those whom it concerns and of nobody else.

use access::Role;
use serde_json::{Value, json};
use tests::world::{On, World, id};

use crate::access_request::{APPROVE, DECLINE, ONWARD, WITHDRAW, chosen, plea, published, requested, text};
use crate::break_glass::{BREAK, REVIEW, number, numbered};

pub const INBOX: &str = "query ($unread: Boolean, $first: Int, $after: String) {
    inbox(unread: $unread, first: $first, after: $after) { nodes { id kind at read signal { title }
        accessRequest { id state askedBy reason organisation { id } signal { title } }
        breakGlass { id number openedBy danger reason organisation { id } signal { title narrative } } }
    unreadCount { exactly } pageInfo { hasNextPage endCursor } } }";

/// Everything in somebody's inbox.
pub async fn items(world: &World, who: &str) -> Vec<Value> {
    let inbox = world.data(who, "toezicht", INBOX, json!({})).await;
    inbox["inbox"]["nodes"].as_array().expect("items").clone()
}

/// What the items of somebody's inbox tell, newest first.
async fn kinds(world: &World, who: &str) -> Vec<String> {
    items(world, who).await.iter().map(|item| text(&item["kind"])).collect()
}

/// How many are unread, which is how many the list of unread ones has.
async fn unread(world: &World, who: &str) -> u64 {
    let inbox = world.data(who, "toezicht", INBOX, json!({ "unread": true })).await;
    let listed = inbox["inbox"]["nodes"].as_array().map(Vec::len);
    let counted = inbox["inbox"]["unreadCount"]["exactly"].as_u64().expect("few");
    assert_eq!(
        listed,
        usize::try_from(counted).ok(),
        "{who}: the count equals the list"
    );
    counted
}

fn organisation(code: &str) -> Value {
    json!(format!("org_{}", id(code).simple()))
}

async fn requests(on: On) {
    let world = World::peopled(on).await;
    let signal = published(&world, "Lek aan de kade", json!({})).await;
    chosen(&world, &signal, "HIT", false).await;
    let request = requested(&world).await;
    let told = items(&world, "ilt.data_steward").await;
    assert_eq!(told.len(), 1, "at once");
    assert_eq!(told[0]["kind"], "REQUEST_RECEIVED");
    let shown = &told[0]["accessRequest"];
    assert_eq!(shown["id"], json!(request));
    assert_eq!(shown["organisation"]["id"], organisation("igj"));
    assert_eq!(shown["signal"]["title"], "Lek aan de kade");
    assert_eq!(
        (&told[0]["signal"], &told[0]["breakGlass"]),
        (&Value::Null, &Value::Null)
    );
    for who in [
        "igj.inspector",
        "igj.data_steward",
        "ilt.inspector",
        "ilt.privacy_officer",
        "jenv.data_steward",
    ] {
        assert_eq!(kinds(&world, who).await, [""; 0], "{who}");
    }
    // Whoever may not handle its rank hears nothing of it.
    let clearance = "UPDATE account SET clearance = ? WHERE name = 'ilt.data_steward'";
    world.run(clearance, vec![0_i16.into()]).await;
    assert_eq!(kinds(&world, "ilt.data_steward").await, [""; 0]);
    world.run(clearance, vec![2_i16.into()]).await;

    world.clock.advance(1_000_000);
    world
        .data("ilt.data_steward", "toezicht", DECLINE, json!({ "id": request }))
        .await;
    let told = items(&world, "igj.inspector").await;
    assert_eq!(told[0]["kind"], "REQUEST_DECLINED");
    assert_eq!(told[0]["accessRequest"]["state"], "DECLINED");
    assert_eq!(told[0]["accessRequest"]["signal"], Value::Null, "still unseen");
    assert_eq!(kinds(&world, "igj.coordinator").await, [""; 0], "a colleague's answer");

    // Given as asked, and narrower.
    for (narrowed, kind) in [
        (json!({}), "REQUEST_APPROVED"),
        (
            json!({ "onlyAccount": true, "until": "2026-06-30" }),
            "REQUEST_NARROWED",
        ),
    ] {
        let request = requested(&world).await;
        world.clock.advance(1_000_000);
        let variables = json!({ "id": request, "n": narrowed });
        let approved = world.data("ilt.data_steward", "toezicht", APPROVE, variables).await;
        assert_eq!(approved["approveAccessRequest"]["state"], "APPROVED");
        let told = items(&world, "igj.inspector").await;
        let answer = told.iter().find(|item| item["accessRequest"]["id"] == json!(request));
        assert_eq!(answer.expect("the answer is told")["kind"], kind);
        assert!(told.iter().any(|item| item["kind"] == "SHARED"), "and what it came to");
        let revoke = "query ($id: ID!) { signal(id: $id) { grants { id } } }";
        let grants = world
            .data("ilt.data_steward", "toezicht", revoke, json!({ "id": signal }))
            .await;
        let grants = grants["signal"]["grants"].as_array().expect("grants").clone();
        let last = json!({ "id": grants.last().expect("a grant")["id"] });
        let revoke = "mutation ($id: ID!) { revokeGrant(grantId: $id) { warnings { code } } }";
        world.data("ilt.data_steward", "toezicht", revoke, last).await;
        let told = items(&world, "igj.inspector").await;
        assert!(told.iter().all(|item| item["kind"] != "SHARED"), "gone with the grant");
        world.clock.advance(1_000_000);
    }
    lapse(&world).await;
}

/// What nobody decides lapses by the clock, and is told then; what the asker took back is not.
async fn lapse(world: &World) {
    let before = kinds(world, "igj.inspector").await.len();
    let taken_back = requested(world).await;
    world
        .data("igj.inspector", "toezicht", WITHDRAW, json!({ "id": taken_back }))
        .await;
    let request = requested(world).await;
    world.clock.advance(15 * 86_400 * 1_000_000);
    let told = items(world, "igj.inspector").await;
    assert_eq!(told.len(), before + 1, "{told:#?}");
    assert_eq!(told[0]["kind"], "REQUEST_LAPSED");
    assert_eq!(told[0]["accessRequest"]["id"], json!(request));
    assert_eq!(
        told[0]["at"], "2026-06-15T22:00:00Z",
        "when it lapsed, not when it was read"
    );
    assert_eq!(unread(world, "igj.inspector").await, before as u64 + 1);
    let mark = "mutation ($items: [ID!]!) { markRead(items: $items) }";
    world
        .data("igj.inspector", "toezicht", mark, json!({ "items": [told[0]["id"]] }))
        .await;
    assert_eq!(unread(world, "igj.inspector").await, before as u64);
    // A page at a time is the whole of it.
    let whole = kinds(world, "ilt.data_steward").await;
    assert_eq!(whole, ["REQUEST_RECEIVED"; 5]);
    let (mut paged, mut after) = (Vec::new(), Value::Null);
    loop {
        let page = json!({ "first": 2, "after": after });
        let page = world.data("ilt.data_steward", "toezicht", INBOX, page).await["inbox"].take();
        paged.extend(
            page["nodes"]
                .as_array()
                .expect("items")
                .iter()
                .map(|item| text(&item["id"])),
        );
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
    paged.dedup();
    assert_eq!(paged.len(), 5, "each once");
    // After ninety days nothing of it is told.
    world.clock.advance(90 * 86_400 * 1_000_000);
    assert_eq!(kinds(world, "igj.inspector").await, [""; 0]);
}

#[tokio::test]
async fn requests_are_told_on_sqlite() {
    requests(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_are_told_on_postgres() {
    requests(On::Postgres).await;
}

async fn onward_and_glass(on: On) {
    let world = World::peopled(on).await;
    let signal = published(&world, "Kanarie lek", json!({})).await;
    let share = "mutation ($id: ID!) { shareSignal(id: $id, grant: { to: { organisation: \"igj\" }, purpose: \"toezicht\", legalBasis: \"demo\" }) { signal { id } } }";
    world
        .data("ilt.inspector", "toezicht", share, json!({ "id": signal }))
        .await;
    let onward = json!({ "id": signal, "to": { "organisation": "jenv" }, "plea": plea() });
    world.data("igj.analyst", "toezicht", ONWARD, onward).await;
    assert_eq!(kinds(&world, "ilt.data_steward").await, ["REQUEST_RECEIVED"]);
    assert_eq!(
        kinds(&world, "jenv.data_steward").await,
        [""; 0],
        "for whom it is asked is no side yet"
    );

    world.clock.advance(1_000_000);
    let named = number(&world, &signal).await;
    let opened = world.data("nvwa.inspector", "toezicht", BREAK, numbered(&named)).await;
    let case = text(&opened["breakGlass"]["case"]["id"]);
    for who in ["ilt.data_steward", "ilt.privacy_officer"] {
        let told = items(&world, who).await;
        assert_eq!(told[0]["kind"], "GLASS_BROKEN", "{who} is told at once");
        let shown = &told[0]["breakGlass"];
        assert_eq!(shown["id"], json!(case));
        assert_eq!(shown["number"], json!(named));
        assert_eq!(shown["organisation"]["id"], organisation("nvwa"));
        assert_eq!(shown["danger"], "Bewoners naast een lek");
        assert_eq!(unread(&world, who).await, told.len() as u64);
    }
    let officer = items(&world, "ilt.privacy_officer").await;
    assert_eq!(officer.len(), 1, "what is shared, changed or asked is content");
    assert!(
        !json!(officer).to_string().contains("Kanarie") && !json!(officer).to_string().contains("Damp"),
        "a privacy officer sees nothing of the signal: {officer:#?}"
    );
    assert_eq!(officer[0]["signal"], Value::Null);
    for who in [
        "ilt.inspector",
        "ilt.analyst",
        "nvwa.privacy_officer",
        "jenv.privacy_officer",
    ] {
        let told = kinds(&world, who).await;
        assert!(!told.contains(&"GLASS_BROKEN".to_owned()), "{who}: {told:?}");
    }
    // A privacy officer marks it read; what it was told it may take back from nobody.
    let mark = "mutation ($items: [ID!]!) { markRead(items: $items) }";
    let marked = json!({ "items": [officer[0]["id"]] });
    world.data("ilt.privacy_officer", "toezicht", mark, marked).await;
    assert_eq!(unread(&world, "ilt.privacy_officer").await, 0);
    assert_eq!(
        unread(&world, "ilt.data_steward").await,
        2,
        "each account has its own marks"
    );

    world.clock.advance(1_000_000);
    world
        .data(
            "ilt.privacy_officer",
            "toezicht",
            REVIEW,
            json!({ "id": case, "ok": true }),
        )
        .await;
    for who in ["nvwa.inspector", "nvwa.data_steward", "nvwa.privacy_officer"] {
        assert_eq!(kinds(&world, who).await[0], "GLASS_REVIEWED", "{who}");
    }
    assert_eq!(kinds(&world, "nvwa.coordinator").await, [""; 0], "a colleague's case");

    // Whoever stops being steward or officer is told no more.
    let end = "UPDATE role_assignment SET valid_until = ? WHERE account_id = ?";
    for who in ["ilt.data_steward", "ilt.privacy_officer"] {
        world.run(end, vec![1_i64.into(), id(who).into()]).await;
        assert_eq!(
            world.refusal(who, "toezicht", INBOX, json!({})).await,
            "FORBIDDEN",
            "{who}"
        );
    }
    world
        .account("ilt.second", "ilt", &[Role::PrivacyOfficer, Role::Inspector], 2)
        .await;
    let both = kinds(&world, "ilt.second").await;
    assert_eq!(both, ["GLASS_BROKEN"], "of both roles, what each is told");
}

#[tokio::test]
async fn onward_and_glass_are_told_on_sqlite() {
    onward_and_glass(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn onward_and_glass_are_told_on_postgres() {
    onward_and_glass(On::Postgres).await;
}
