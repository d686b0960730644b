//! Row-level security by itself: with the service's own login and the context as the door sets it, and no condition.

use foundation::Session;
use foundation::session::Stated;
use foundation::sql::statement;
use sea_orm::{ConnectionTrait, DbBackend};
use serde_json::json;
use tests::themes::{named, published, revoke, share, signal};
use tests::world::{On, World, who};

/// The titles that row-level security leaves somebody of a table.
async fn titles(world: &World, subject: &str, table: &str) -> Vec<String> {
    let stated = Stated {
        purpose: Some("toezicht".to_owned()),
        ..Stated::default()
    };
    let session = Session::open(world.signals.platform(), who(subject, &world.clock), stated);
    let scope = session.directory().await.expect("it stands").scope().clone();
    session.end().await;
    let transaction = world.database.begin_read().await.expect("a service may read");
    let channels: Vec<String> = scope.channels.iter().map(ToString::to_string).collect();
    let organisation = if channels.is_empty() {
        String::new()
    } else {
        scope.caller.organisation.to_string()
    };
    let text = "SELECT set_config('app.channels', ?, true), set_config('app.max_rank', ?, true),
                set_config('app.now', ?, true), set_config('app.organisation', ?, true), set_config('app.writer', '', true)";
    let values = [
        channels.join(",").into(),
        (scope.caller.clearance as i16).to_string().into(),
        scope.now.to_string().into(),
        organisation.into(),
    ];
    transaction
        .execute_raw(statement(DbBackend::Postgres, text, values))
        .await
        .expect("a context can be set");
    let select = statement(
        DbBackend::Postgres,
        &format!("SELECT title FROM {table} ORDER BY title"),
        [],
    );
    let rows = transaction.query_all_raw(select).await.expect("a service may select");
    rows.iter()
        .map(|row| row.try_get_by_index(0).expect("a title"))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn holds_the_same_rule() {
    let world = World::peopled(On::Postgres).await;
    let one = signal(&world, "Lekkende ketelwagen", "Damp.").await;
    let other = signal(&world, "Lekkende container", "Damp.").await;
    let third = published(&world, "igj", &json!({ "title": "Lekkend vat" })).await;
    let grant = share(&world, "ilt", &one, "igj").await;
    share(&world, "ilt", &other, "igj").await;
    named(&world, "ilt.inspector", "Van de ILT", &[&one, &other]).await;
    named(&world, "igj.analyst", "Concept van de IGJ", &[&one, &third]).await;
    named(&world, "igj.inspector", "Van de IGJ", &[&one, &third]).await;

    assert_eq!(titles(&world, "ilt.analyst", "theme").await, ["Van de ILT"]);
    let all = ["Concept van de IGJ", "Van de ILT", "Van de IGJ"];
    let mut shown = titles(&world, "igj.analyst", "theme").await;
    shown.sort();
    let mut expected = all.map(str::to_owned).to_vec();
    expected.sort();
    assert_eq!(shown, expected);
    assert_eq!(titles(&world, "nvwa.analyst", "theme").await, Vec::<String>::new());
    assert_eq!(titles(&world, "igj.administrator", "theme").await, Vec::<String>::new());

    revoke(&world, "ilt", &grant).await;
    assert_eq!(titles(&world, "igj.analyst", "theme").await, Vec::<String>::new());
    assert_eq!(titles(&world, "ilt.analyst", "theme").await, ["Van de ILT"]);

    let without = world.database.begin_read().await.expect("a service may read");
    let select = statement(DbBackend::Postgres, "SELECT id FROM theme", []);
    assert_eq!(
        without.query_all_raw(select).await.expect("a service may select").len(),
        0,
        "no context, no rows"
    );
}
