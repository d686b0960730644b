//! Sharing onward what another owns: a request to its owner.

use serde_json::{Value, json};
use tests::world::{On, World};

use super::{APPROVE, ONWARD, plea, published, sees, text};

async fn onward(on: On) {
    let world = World::peopled(on).await;
    let signal = published(&world, "Doorgeven", json!({})).await;
    let share = "mutation ($id: ID!) { shareSignal(id: $id, grant: { to: { organisation: \"igj\" }, purpose: \"toezicht\", legalBasis: \"demo\" }) { signal { id } } }";
    let to = |to: Value| json!({ "id": signal, "to": to, "plea": plea() });
    let jenv = to(json!({ "organisation": "jenv" }));
    assert_eq!(
        world.refusal("igj.inspector", "toezicht", ONWARD, jenv.clone()).await,
        "NOT_FOUND",
        "unseen"
    );
    world
        .data("ilt.inspector", "toezicht", share, json!({ "id": signal }))
        .await;
    let made = world.data("igj.inspector", "toezicht", ONWARD, jenv.clone()).await;
    let request = text(&made["requestOnward"]["id"]);
    assert_eq!(
        made["requestOnward"]["asked"],
        json!({ "kind": "ORGANISATION", "to": "jenv" })
    );
    assert_eq!(
        world.refusal("igj.inspector", "toezicht", ONWARD, jenv.clone()).await,
        "ALREADY_REQUESTED"
    );
    let everyone = to(json!({ "everyone": true }));
    assert_eq!(
        world.refusal("igj.inspector", "toezicht", ONWARD, everyone).await,
        "TLP_FORBIDS_GRANT"
    );
    assert!(
        !sees(&world, "jenv.inspector", "toezicht", &signal).await,
        "asked is not given"
    );
    let only = json!({ "id": request, "n": { "onlyAccount": true } });
    assert_eq!(
        world.refusal("ilt.data_steward", "toezicht", APPROVE, only).await,
        "WIDER_THAN_ASKED"
    );
    // What the mark forbids by then is not given: the steward is told how to mend it.
    let label = "mutation ($id: ID!, $v: Int!, $tlp: Tlp!) { labelSignal(id: $id, version: $v, labels: { tlp: $tlp }) { warnings { code } } }";
    world
        .data(
            "ilt.inspector",
            "toezicht",
            label,
            json!({ "id": signal, "v": 3, "tlp": "RED" }),
        )
        .await;
    assert_eq!(
        world
            .refusal("ilt.data_steward", "toezicht", APPROVE, json!({ "id": request }))
            .await,
        "TLP_FORBIDS_GRANT"
    );
    world
        .data(
            "ilt.data_steward",
            "toezicht",
            label,
            json!({ "id": signal, "v": 4, "tlp": "AMBER_STRICT" }),
        )
        .await;
    world
        .data("ilt.data_steward", "toezicht", APPROVE, json!({ "id": request }))
        .await;
    assert!(sees(&world, "jenv.analyst", "toezicht", &signal).await);
    // Under AMBER+STRICT and RED nothing is passed on, not on request either.
    world
        .data("ilt.inspector", "toezicht", share, json!({ "id": signal }))
        .await;
    let nvwa = to(json!({ "organisation": "nvwa" }));
    assert_eq!(
        world.refusal("igj.inspector", "toezicht", ONWARD, nvwa).await,
        "TLP_FORBIDS_ONWARD"
    );
    let own = world
        .refusal(
            "ilt.inspector",
            "toezicht",
            ONWARD,
            to(json!({ "organisation": "nvwa" })),
        )
        .await;
    assert_eq!(own, "FORBIDDEN", "what is one's own one shares oneself");
}

#[tokio::test]
async fn onward_on_sqlite() {
    onward(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn onward_on_postgres() {
    onward(On::Postgres).await;
}
