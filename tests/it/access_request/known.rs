//! What outsiders may know of a record, and how that follows it.

use serde_json::{Value, json};
use tests::world::{On, World, id};

use super::{DISCOVER, EXISTENCE, about_party, chosen, known, published, text};

async fn what_may_be_known(on: On) {
    let world = World::peopled(on).await;
    let hit = published(&world, "Geheime titel", json!({})).await;
    let titled = published(&world, "Bekende titel", json!({})).await;
    let none = published(&world, "Onvindbaar", json!({})).await;
    assert!(
        known(&world, "igj.inspector", "toezicht").await.is_empty(),
        "nothing is chosen yet"
    );
    chosen(&world, &hit, "HIT", false).await;
    chosen(&world, &titled, "TITLE", false).await;
    let found = known(&world, "igj.inspector", "toezicht").await;
    let mut titles: Vec<String> = found.iter().map(|one| one["title"].to_string()).collect();
    titles.sort();
    assert_eq!(titles, ["\"Bekende titel\"", "null"]);
    for one in &found {
        let told = one.to_string();
        assert_eq!(one["owner"]["id"], format!("org_{}", id("ilt").simple()));
        assert_eq!(one["contact"]["phone"], "0800");
        assert!(!told.contains("Geheime") && !told.contains("ILT-2026"), "{told}");
        for signal in [&hit, &titled, &none] {
            assert!(!told.contains(&signal[4..]), "the handle is not the id: {told}");
        }
    }
    // By region too; a party that nobody knows, and one about which nothing may be known, answer alike.
    let region = json!({ "about": { "region": "VR17" } });
    let region = world.data("nvwa.analyst", "risicoanalyse", DISCOVER, region).await;
    assert_eq!(region["discoveries"]["nodes"].as_array().map(Vec::len), Some(2));
    let site = json!({ "about": { "site": format!("sit_{}", id("site").simple()) } });
    let nothing = world.ask("igj.inspector", "toezicht", DISCOVER, site).await.to_string();
    let nowhere = json!({ "about": { "site": format!("sit_{}", id("no site").simple()) } });
    assert_eq!(
        world
            .ask("igj.inspector", "toezicht", DISCOVER, nowhere)
            .await
            .to_string(),
        nothing
    );
    // The owner has nothing to discover; who sees it already needs not.
    assert!(known(&world, "ilt.analyst", "toezicht").await.is_empty());
    let share = "mutation ($id: ID!) { shareSignal(id: $id, grant: { to: { organisation: \"igj\" }, purpose: \"toezicht\", legalBasis: \"demo\" }) { signal { id } } }";
    world
        .data("ilt.inspector", "toezicht", share, json!({ "id": titled }))
        .await;
    assert_eq!(known(&world, "igj.inspector", "toezicht").await.len(), 1);
    assert_eq!(
        known(&world, "igj.inspector", "risicoanalyse").await.len(),
        2,
        "under another purpose it is unseen"
    );
    assert_eq!(known(&world, "jenv.inspector", "toezicht").await.len(), 2);
    // Nobody learns of what is above the clearance, and nobody but participants learns anything.
    world
        .run("UPDATE account SET clearance = 0 WHERE name = 'jenv.inspector'", vec![])
        .await;
    assert!(known(&world, "jenv.inspector", "toezicht").await.is_empty());
    world
        .run(
            "UPDATE organisation SET participant = ? WHERE code = 'nvwa'",
            vec![false.into()],
        )
        .await;
    assert!(known(&world, "nvwa.inspector", "toezicht").await.is_empty());
    for who in [
        "igj.case_system",
        "igj.privacy_officer",
        "igj.administrator",
        "igj.auditor",
    ] {
        assert_eq!(
            world.refusal(who, "toezicht", DISCOVER, about_party()).await,
            "FORBIDDEN",
            "{who}"
        );
    }
    world.clock.advance(6 * 366 * 86_400 * 1_000_000);
    assert!(
        known(&world, "igj.inspector", "risicoanalyse").await.is_empty(),
        "what is kept no longer is not told"
    );
}

#[tokio::test]
async fn what_may_be_known_on_sqlite() {
    what_may_be_known(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_may_be_known_on_postgres() {
    what_may_be_known(On::Postgres).await;
}

async fn it_follows_the_signal(on: On) {
    let world = World::peopled(on).await;
    let signal = published(&world, "Oude titel", json!({})).await;
    let stale = json!({ "id": signal, "v": 1, "d": "HIT", "c": false });
    assert_eq!(
        world.refusal("ilt.inspector", "toezicht", EXISTENCE, stale).await,
        "STALE_VERSION"
    );
    chosen(&world, &signal, "TITLE", true).await;
    let own = "query ($id: ID!) { signal(id: $id) { version existence { discoverable closedToBreakGlass } } }";
    let seen = world
        .data("ilt.data_steward", "toezicht", own, json!({ "id": signal }))
        .await;
    let existence = &seen["signal"]["existence"];
    assert_eq!(
        *existence,
        json!({ "discoverable": "TITLE", "closedToBreakGlass": true })
    );
    let titles = async |who: &str| -> Vec<Value> {
        known(&world, who, "toezicht")
            .await
            .iter()
            .map(|one| one["title"].clone())
            .collect()
    };
    assert_eq!(titles("igj.inspector").await, [json!("Oude titel")]);
    let change = async |call: &str| {
        let seen = world
            .data("ilt.data_steward", "toezicht", own, json!({ "id": signal }))
            .await;
        let call = call.replace(
            "ID",
            &format!("id: \"{signal}\", version: {}", seen["signal"]["version"]),
        );
        world
            .data(
                "ilt.inspector",
                "toezicht",
                &format!("mutation {{ {call} {{ warnings {{ code }} }} }}"),
                json!({}),
            )
            .await;
    };
    change("editSignal(ID, input: { title: \"Nieuwe titel\", regions: [] })").await;
    assert_eq!(
        titles("igj.inspector").await,
        [json!("Nieuwe titel")],
        "with the title as it is now"
    );
    let region = world
        .data(
            "igj.inspector",
            "toezicht",
            DISCOVER,
            json!({ "about": { "region": "VR17" } }),
        )
        .await;
    assert_eq!(region["discoveries"]["nodes"], json!([]), "with what it is about now");
    let before = text(&known(&world, "igj.inspector", "toezicht").await[0]["id"]);
    for (call, count) in [("placeHold", 0), ("liftHold", 1)] {
        let call = format!("mutation {{ {call}(kind: FREEZE, number: \"ILT-2026-00001\", reason: \"r\") {{ id }} }}");
        world.data("ilt.privacy_officer", "toezicht", &call, json!({})).await;
        let told = titles("igj.inspector").await;
        assert_eq!(told.len(), count, "while its sharing is frozen it is not told: {call}");
    }
    change("labelSignal(ID, labels: { tlp: AMBER_STRICT })").await;
    assert_eq!(
        titles("igj.inspector").await,
        [Value::Null],
        "no more than a hit under AMBER+STRICT"
    );
    change("labelSignal(ID, labels: { tlp: AMBER, rank: DEPARTEMENTAAL_VERTROUWELIJK })").await;
    assert_eq!(
        titles("igj.inspector").await,
        [Value::Null],
        "what was taken back is not given again"
    );
    world
        .run("UPDATE account SET clearance = 1 WHERE name = 'igj.inspector'", vec![])
        .await;
    assert!(titles("igj.inspector").await.is_empty(), "above the clearance");
    assert_eq!(titles("igj.analyst").await.len(), 1);
    change("labelSignal(ID, labels: { rank: INTERN, tlp: RED })").await;
    assert!(titles("igj.analyst").await.is_empty(), "nothing under RED");
    let version = world
        .data("ilt.data_steward", "toezicht", own, json!({ "id": signal }))
        .await;
    assert_eq!(version["signal"]["existence"]["closedToBreakGlass"], true, "that stays");
    let red = json!({ "id": signal, "v": version["signal"]["version"], "d": "HIT", "c": false });
    assert_eq!(
        world.refusal("ilt.inspector", "toezicht", EXISTENCE, red).await,
        "TLP_FORBIDS_DISCOVERY"
    );
    change("labelSignal(ID, labels: { tlp: AMBER })").await;
    change("labelExistence(ID, existence: { discoverable: HIT })").await;
    let after = text(&known(&world, "igj.analyst", "toezicht").await[0]["id"]);
    assert_ne!(after, before, "told anew, nobody recognises it");
    change("retractSignal(ID, reason: \"vergissing\")").await;
    assert!(titles("igj.analyst").await.is_empty(), "what is retracted is not told");
    let outside = "query ($id: ID!) { signal(id: $id) { existence { discoverable } maskedFields { field } } }";
    let other = published(&world, "Gedeeld", json!({})).await;
    let share = "mutation ($id: ID!) { shareSignal(id: $id, grant: { to: { organisation: \"igj\" }, purpose: \"toezicht\", legalBasis: \"demo\" }) { signal { id } } }";
    world
        .data("ilt.inspector", "toezicht", share, json!({ "id": other }))
        .await;
    let seen = world
        .data("igj.inspector", "toezicht", outside, json!({ "id": other }))
        .await;
    assert_eq!(seen["signal"]["existence"], Value::Null, "that is the owner's side's");
    let masked = ["personPseudonyms", "reporterPseudonym", "grants", "existence", "readBy"];
    assert_eq!(
        seen["signal"]["maskedFields"],
        json!(masked.map(|field| json!({ "field": field })))
    );
}

#[tokio::test]
async fn it_follows_the_signal_on_sqlite() {
    it_follows_the_signal(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_follows_the_signal_on_postgres() {
    it_follows_the_signal(On::Postgres).await;
}
