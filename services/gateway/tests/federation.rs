//! Queries and changes over two subgraphs, over sockets and in process.

use serde_json::json;

use crate::toy::stand::{BOTH, Shape, Stand};
use crate::toy::{World, registry, signals};

/// The toy's schemas as the composer reads them. `UPDATE=1` writes them; then run `infra/compose --in` on the folder.
#[test]
fn the_toy_graph_is_the_schemas() {
    use async_graphql::SDLExportOptions;
    let world = World::new();
    let options = || SDLExportOptions::new().federation().sorted_fields().sorted_enum_items();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/toy/graph");
    for (name, sdl) in [
        ("signals", signals::schema(world.clone()).sdl_with_options(options())),
        ("registry", registry::schema(world).sdl_with_options(options())),
    ] {
        let path = format!("{folder}/{name}.graphql");
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&path, &sdl).unwrap();
        }
        assert_eq!(
            std::fs::read_to_string(&path).unwrap_or_default(),
            sdl,
            "{path} is stale"
        );
    }
}

#[tokio::test]
async fn a_query_joins_both_subgraphs() {
    for shape in BOTH {
        let stand = Stand::up(shape).await;
        let reply = stand
            .client()
            .ask("{ me { name } signals(first: 2) { title party { id name } } }")
            .await;
        assert_eq!(reply.status, 200);
        assert_eq!(
            reply.data(),
            &json!({
                "me": { "name": "ilt.analyst" },
                "signals": [
                    { "title": "Signal 1", "party": { "id": "p1", "name": "Chemie BV" } },
                    { "title": "Signal 2", "party": { "id": "p2", "name": "Jeugd Stichting" } },
                ],
            }),
            "{shape:?}"
        );
        stand.gateway.stop().await.unwrap();
    }
}

#[tokio::test]
async fn the_join_goes_the_other_way_too() {
    let stand = Stand::up(Shape::InProcess).await;
    let reply = stand
        .client()
        .ask("{ party(id: \"p1\") { name signals { title } } }")
        .await;
    let expected = json!({ "party": { "name": "Chemie BV", "signals": [{ "title": "Signal 1" }] } });
    assert_eq!(reply.data(), &expected);
}
