//! Legal hold and freeze of covenants and supervision levels: the same as of signals, placed by id.

use serde_json::{Value, json};
use tests::service::code;
use tests::world::{On, World};

use crate::revocation::kind::{COVENANT, Kind, LEVEL};

const OFFICER: &str = "ilt.privacy_officer";

/// A record of the ILT that is out and shared with IGJ; its id.
async fn shared(world: &World, kind: &Kind) -> String {
    let id = kind.published(world).await;
    share(world, kind, &id, "igj").await;
    id
}

async fn share(world: &World, kind: &Kind, id: &str, to: &str) {
    let share = format!(
        "mutation ($id: ID!, $g: GrantInput!) {{ share{}(id: $id, grant: $g) {{ warnings {{ code }} }} }}",
        kind.name
    );
    let grant = json!({ "to": { "organisation": to }, "purpose": "toezicht", "legalBasis": "demo" });
    kind.data(world, "ilt.inspector", &share, json!({ "id": id, "g": grant }))
        .await;
}

/// Places or lifts a hold or freeze as somebody; the answer.
async fn hold(world: &World, kind: &Kind, who: &str, verb: &str, what: &str, id: &str) -> Value {
    let call = format!("{verb}{}Hold(kind: {what}, id: $id, reason: \"onderzoek\")", kind.name);
    let text = format!("mutation ($id: ID!) {{ done: {call} {{ kind number liftedBecause }} }}");
    kind.ask(world, who, &text, json!({ "id": id })).await
}

async fn sees(world: &World, kind: &Kind, who: &str, id: &str) -> bool {
    let text = format!("query ($id: ID!) {{ {}(id: $id) {{ id }} }}", kind.field);
    let seen = kind.data(world, who, &text, json!({ "id": id })).await;
    !seen[kind.field].is_null()
}

async fn freezes(on: On, kind: &'static Kind) {
    let world = World::peopled(on).await;
    let id = shared(&world, kind).await;
    assert!(sees(&world, kind, "igj.inspector", &id).await);
    let placed = hold(&world, kind, OFFICER, "place", "FREEZE", &id).await;
    let shown = json!({ "kind": "FREEZE", "number": id, "liftedBecause": null });
    assert_eq!(placed["data"]["done"], shown, "{placed}");
    assert!(!sees(&world, kind, "igj.inspector", &id).await, "in force at commit");
    let since = format!(
        "query ($id: ID!) {{ {}(id: $id) {{ sharingFrozenSince heldSince }} }}",
        kind.field
    );
    let own = kind.data(&world, "ilt.inspector", &since, json!({ "id": id })).await;
    assert_ne!(own[kind.field]["sharingFrozenSince"], Value::Null, "its owner keeps it");
    assert_eq!(own[kind.field]["heldSince"], Value::Null);
    let again = hold(&world, kind, OFFICER, "place", "FREEZE", &id).await;
    assert_eq!(code(&again), Some("WRONG_STATE"), "{again}");
    assert_eq!(again["errors"][0]["extensions"]["field"], "id", "{again}");

    // What the owner does meanwhile does not thaw it.
    share(&world, kind, &id, "nvwa").await;
    assert!(!sees(&world, kind, "nvwa.inspector", &id).await);
    let lifted = hold(&world, kind, OFFICER, "lift", "FREEZE", &id).await;
    assert_eq!(lifted["data"]["done"]["liftedBecause"], "onderzoek", "{lifted}");
    for who in ["igj.inspector", "nvwa.inspector"] {
        assert!(sees(&world, kind, who, &id).await, "{who}: its grants stood");
    }
    let gone = hold(&world, kind, OFFICER, "lift", "FREEZE", &id).await;
    assert_eq!(code(&gone), Some("WRONG_STATE"), "{gone}");

    let list = format!(
        "query ($s: Boolean) {{ {}Holds(standing: $s) {{ nodes {{ kind number reason }} }} }}",
        kind.field
    );
    let holds = async |who: &str, standing: bool| {
        let answer = kind.ask(&world, who, &list, json!({ "s": standing })).await;
        answer["data"][format!("{}Holds", kind.field)]["nodes"].clone()
    };
    let one = json!([{ "kind": "FREEZE", "number": id, "reason": "onderzoek" }]);
    assert_eq!(holds(OFFICER, false).await, one);
    assert_eq!(holds(OFFICER, true).await, json!([]), "it stands no more");
    assert_eq!(
        holds("igj.privacy_officer", false).await,
        json!([]),
        "each inspectorate's own"
    );
    assert_eq!(holds("ilt.inspector", false).await, Value::Null, "nobody else's");
    let line =
        "SELECT kind || ' ' || operation FROM processing_log WHERE operation IN ('frozen', 'resumed') ORDER BY 1";
    let lines = ["frozen", "resumed"].map(|what| format!("{} {what}", kind.table));
    assert_eq!(world.look(line, vec![]).await, lines);
}

async fn holds(on: On, kind: &'static Kind) {
    let world = World::peopled(on).await;
    let (held, let_go) = (shared(&world, kind).await, shared(&world, kind).await);
    let placed = hold(&world, kind, OFFICER, "place", "HOLD", &held).await;
    assert_eq!(placed["data"]["done"]["kind"], "HOLD", "{placed}");
    assert!(
        sees(&world, kind, "igj.inspector", &held).await,
        "a hold takes nothing away"
    );
    let table = kind.table;
    for text in [
        format!("UPDATE {table} SET retain_until = 1"),
        format!("UPDATE {table}_feed SET visible_until = 1"),
        format!("UPDATE {table}_subject_feed SET visible_until = 1"),
    ] {
        world.run(&text, vec![]).await;
    }
    let kept = format!("SELECT CAST(COUNT(*) AS TEXT) FROM {table}");
    registry::sweep(world.registry.platform()).await.expect("it sweeps");
    assert_eq!(
        world.look(&kept, vec![]).await,
        ["1"],
        "{let_go} is erased, {held} is kept"
    );
    assert!(
        !sees(&world, kind, "ilt.inspector", &held).await,
        "nobody sees it longer because of that"
    );

    let lifted = hold(&world, kind, OFFICER, "lift", "HOLD", &held).await;
    assert_eq!(lifted["data"]["done"]["kind"], "HOLD", "{lifted}");
    registry::sweep(world.registry.platform()).await.expect("it sweeps");
    assert_eq!(world.look(&kept, vec![]).await, ["0"], "let go, it is erased");
    let holds = format!("SELECT CAST(COUNT(*) AS TEXT) FROM {table}_hold");
    assert_eq!(world.look(&holds, vec![]).await, ["0"], "and its holds with it");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_freeze_stops_sharing_on_sqlite() {
    freezes(On::Sqlite, &COVENANT).await;
    freezes(On::Sqlite, &LEVEL).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_freeze_stops_sharing_on_postgres() {
    freezes(On::Postgres, &COVENANT).await;
    freezes(On::Postgres, &LEVEL).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_outlives_retention_on_sqlite() {
    holds(On::Sqlite, &COVENANT).await;
    holds(On::Sqlite, &LEVEL).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_outlives_retention_on_postgres() {
    holds(On::Postgres, &COVENANT).await;
    holds(On::Postgres, &LEVEL).await;
}
