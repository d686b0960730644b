//! A feedback product's life, on both databases: written from a theme, refused while it identifies, sent once, read by
//! all participants.

mod matrix;

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tests::themes::{named, published, revoke, share, signal, text};
use tests::world::{On, World, id};

const RECORD: &str = "mutation ($t: ID!, $i: FeedbackInput!) { recordFeedback(theme: $t, input: $i) {
    feedback { id version state permittedActions } } }";
const EDIT: &str = "mutation ($id: ID!, $v: Int!, $i: FeedbackEdit!) { editFeedback(id: $id, version: $v, input: $i) {
    feedback { version addressee addresseeKind addressedParties { id } } } }";
const SEND: &str = "mutation ($id: ID!, $v: Int!) { sendFeedback(id: $id, version: $v) {
    feedback { version state sentAt permittedActions } } }";
const SEE: &str = "query ($id: ID!) { feedbackProduct(id: $id) { title body state addresseeKind addressee
    addressedParties { id } maskedFields { field reason } theme { id } sentAt permittedActions } }";

fn input(body: &str) -> Value {
    json!({ "title": "Lekkende ladingen", "body": body, "addressee": { "field": "Alle vervoerders van vloeistoffen" } })
}

async fn see(world: &World, who: &str, product: &str) -> Value {
    let mut answer = world.data(who, "toezicht", SEE, json!({ "id": product })).await;
    answer["feedbackProduct"].take()
}

async fn listed(world: &World, who: &str, filter: Value) -> usize {
    let list = "query ($f: FeedbackFilter) { feedbackProducts(filter: $f) { nodes { id } edges { node { id } }
        totalCount { exactly } } }";
    let answer = world.data(who, "toezicht", list, json!({ "f": filter })).await;
    let products = &answer["feedbackProducts"];
    let count = products["nodes"].as_array().map_or(0, Vec::len);
    assert_eq!(products["totalCount"]["exactly"], count, "every number equals its list");
    count
}

struct Told {
    world: World,
    signals: [String; 2],
    theme: String,
    grant: String,
}

/// A theme of the ILT over two of its signals, which the IGJ sees.
async fn told(on: On) -> Told {
    let world = World::peopled(on).await;
    let party = format!("pty_{}", id("party").simple());
    let site = format!("sit_{}", id("site").simple());
    let values = json!({
        "title": "Lekkende ketelwagen", "parties": [party], "sites": [site], "personsInvolved": ["P. Canarie-Berg"],
        "reporter": { "name": "Canarie Melder", "contact": "loket 17 zuid" },
        "externalReference": { "system": "zaken", "reference": "Z/2026/881" },
    });
    let one = published(&world, "ilt", &values).await;
    let other = signal(&world, "Lekkende container", "Damp.").await;
    let grant = share(&world, "ilt", &one, "igj").await;
    share(&world, "ilt", &other, "igj").await;
    let theme = named(&world, "ilt.inspector", "Lekkages", &[&one, &other]).await;
    Told {
        world,
        signals: [one, other],
        theme,
        grant,
    }
}

async fn life(on: On) {
    let Told {
        world,
        signals,
        theme,
        grant,
    } = told(on).await;
    let by = |who: &'static str, body: &'static str| {
        let (world, theme) = (&world, &theme);
        async move {
            world
                .ask(who, "toezicht", RECORD, json!({ "t": theme, "i": input(body) }))
                .await
        }
    };
    let made = by("igj.inspector", "Controleer de afsluiter voor vertrek.").await;
    let draft = &made["data"]["recordFeedback"]["feedback"];
    assert_eq!(draft["state"], "DRAFT", "{made}");
    assert_eq!(draft["permittedActions"], json!(["EDIT", "SEND"]));
    let product = text(&draft["id"]);
    assert_eq!(
        see(&world, "ilt.inspector", &product).await,
        Value::Null,
        "a draft is its owner's"
    );
    assert_eq!(
        see(&world, "igj.account_holder", &product).await["permittedActions"],
        json!([])
    );
    for (who, code) in [("ilt.inspector", "NOT_FOUND"), ("igj.account_holder", "FORBIDDEN")] {
        assert_eq!(
            world
                .refusal(who, "toezicht", SEND, json!({ "id": product, "v": 1 }))
                .await,
            code,
            "{who}"
        );
    }
    let party = format!("pty_{}", id("party").simple());
    let to = json!({ "id": product, "v": 1, "i": { "addressee": { "parties": [party] } } });
    let edited = world.data("igj.analyst", "toezicht", EDIT, to).await;
    let edited = &edited["editFeedback"]["feedback"];
    assert_eq!(edited["addresseeKind"], "PARTIES");
    assert_eq!(edited["addressedParties"], json!([{ "id": party }]));

    // Whoever no longer sees the theme no longer sees what is being written from it.
    revoke(&world, "ilt", &grant).await;
    assert_eq!(see(&world, "igj.inspector", &product).await, Value::Null);
    assert_eq!(listed(&world, "igj.inspector", json!({})).await, 0);
    assert_eq!(
        world
            .refusal("igj.inspector", "toezicht", SEND, json!({ "id": product, "v": 2 }))
            .await,
        "NOT_FOUND"
    );
    let grant = share(&world, "ilt", &signals[0], "igj").await;

    let stale = world
        .refusal("igj.inspector", "toezicht", SEND, json!({ "id": product, "v": 1 }))
        .await;
    assert_eq!(stale, "STALE_VERSION");
    let sent = world
        .data("igj.inspector", "toezicht", SEND, json!({ "id": product, "v": 2 }))
        .await;
    let sent = &sent["sendFeedback"]["feedback"];
    assert_eq!(
        (&sent["state"], &sent["permittedActions"]),
        (&json!("SENT"), &json!([]))
    );
    assert_eq!(sent["sentAt"], "2026-06-01T10:00:00Z");
    for (version, query, code) in [(3, SEND, "WRONG_STATE"), (3, EDIT, "WRONG_STATE")] {
        let variables = json!({ "id": product, "v": version, "i": { "title": "Anders" } });
        let variables = if query == SEND {
            json!({ "id": product, "v": version })
        } else {
            variables
        };
        assert_eq!(
            world.refusal("igj.inspector", "toezicht", query, variables).await,
            code,
            "what was sent stays"
        );
    }
    let edit = json!({ "id": product, "v": 3, "i": { "title": "Anders" } });
    assert_eq!(
        world.refusal("ilt.inspector", "toezicht", EDIT, edit).await,
        "NOT_OWNER"
    );

    revoke(&world, "ilt", &grant).await;
    readers(&world, &product, &theme, &party).await;
}

/// What was sent is everybody's, whatever became of the theme; to whom by name, and from which theme, is not.
async fn readers(world: &World, product: &str, theme: &str, party: &str) {
    let own = see(world, "igj.inspector", product).await;
    assert_eq!(own["addressedParties"], json!([{ "id": party }]));
    assert_eq!(own["theme"], Value::Null, "the theme is hidden from its writer by now");
    let masked = json!([{ "field": "addressedParties", "reason": "NOT_OWNER" }]);
    for (who, of) in [
        ("nvwa.account_holder", Value::Null),
        ("ilt.inspector", json!({ "id": theme })),
    ] {
        let seen = see(world, who, product).await;
        assert_eq!(seen["body"], "Controleer de afsluiter voor vertrek.", "{who}");
        assert_eq!(
            (&seen["addressedParties"], &seen["maskedFields"]),
            (&Value::Null, &masked),
            "{who}"
        );
        assert_eq!(seen["theme"], of, "{who}");
        assert_eq!(seen["permittedActions"], json!([]), "{who}");
        assert_eq!(listed(world, who, json!({ "state": "SENT" })).await, 1, "{who}");
        assert_eq!(listed(world, who, json!({ "state": "DRAFT" })).await, 0, "{who}");
        let by_theme = usize::from(!of.is_null());
        assert_eq!(
            listed(world, who, json!({ "theme": theme })).await,
            by_theme,
            "{who}: nothing by a hidden theme"
        );
    }
    world.organisation("gast", false).await;
    world
        .account("gast.inspector", "gast", &[access::Role::Inspector], 2)
        .await;
    assert_eq!(
        see(world, "gast.inspector", product).await,
        Value::Null,
        "no participant"
    );
    let forbidden = world
        .refusal("ilt.administrator", "toezicht", SEE, json!({ "id": product }))
        .await;
    assert_eq!(forbidden, "FORBIDDEN");
}

#[tokio::test]
async fn lives_on_sqlite() {
    life(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lives_on_postgres() {
    life(On::Postgres).await;
}

async fn identifies(on: On) {
    let Told { world, theme, .. } = told(on).await;
    world
        .run(
            "INSERT INTO party_trade_name (party_id, name) VALUES (?, 'De Gouden Ketel')",
            vec![id("party").into()],
        )
        .await;
    let number = world
        .look("SELECT number FROM signal ORDER BY number LIMIT 1", vec![])
        .await
        .remove(0);
    let texts = [
        ("Gezien bij Voorbeeld Chemie.".to_owned(), "Voorbeeld Chemie"),
        ("Op de Terminal lekte het.".to_owned(), "Terminal"),
        ("Bij De Gouden Ketel ook.".to_owned(), "Gouden Ketel"),
        ("Volgens Berg was het oud.".to_owned(), "Berg"),
        ("Melder zag het.".to_owned(), "Melder"),
        ("Vraag het aan loket 17 zuid.".to_owned(), "loket 17 zuid"),
        ("Uit zaak Z-2026-881.".to_owned(), "Z-2026-881"),
        (format!("Zie {number}."), number.as_str()),
        ("KvK 12345678.".to_owned(), "12345678"),
        ("Mail naar a@voorbeeld.nl".to_owned(), "a@voorbeeld.nl"),
        ("Bel 06-12345678".to_owned(), "06-12345678"),
        ("Volgens mevrouw Jansen".to_owned(), "mevrouw Jansen"),
    ];
    for (body, place) in &texts {
        let variables = json!({ "t": theme, "i": input(body) });
        let answer = world.ask("ilt.inspector", "toezicht", RECORD, variables).await;
        let told = answer["errors"].as_array().into_iter().flatten().any(|error| {
            let message = error["message"].as_str().unwrap_or_default();
            error["extensions"]["code"] == "IDENTIFIES"
                && error["extensions"]["field"] == "input.body"
                && message.contains(place)
        });
        assert!(told, "{body}: {answer}");
    }
    let field = json!({ "title": "Aan Voorbeeld Chemie", "body": "Let op.", "addressee": { "field": "Canarie c.s." } });
    let answer = world
        .ask("ilt.inspector", "toezicht", RECORD, json!({ "t": theme, "i": field }))
        .await;
    let errors = answer["errors"].as_array().expect("errors").iter();
    let fields: BTreeSet<&str> = errors
        .filter_map(|error| error["extensions"]["field"].as_str())
        .collect();
    let all = BTreeSet::from(["input.addressee.field", "input.title"]);
    assert_eq!(fields, all, "every place at once: {answer}");
    assert_eq!(
        world.look("SELECT title FROM feedback", vec![]).await,
        Vec::<String>::new()
    );

    // A refusal tells nobody what is masked to them; whoever may see it is logged as one to whom it was compared.
    let compared = "SELECT DISTINCT fields FROM processing_log WHERE operation = 'unmask'";
    assert_eq!(world.look(compared, vec![]).await, ["compared"]);
    let guess = json!({ "t": theme, "i": input("Volgens Berg en Melder was het oud.") });
    let made = world
        .data("ilt.inspector", "risicoanalyse", RECORD, guess.clone())
        .await;
    let guessed = text(&made["recordFeedback"]["feedback"]["id"]);
    let again = json!({ "id": guessed, "v": 1, "i": { "body": "Volgens Canarie was het oud." } });
    world.data("ilt.analyst", "toezicht", EDIT, again.clone()).await;
    assert_eq!(
        world.refusal("ilt.inspector", "toezicht", RECORD, guess).await,
        "IDENTIFIES"
    );

    // The theme comes to rest on more between writing and sending.
    let made = world
        .data(
            "ilt.inspector",
            "toezicht",
            RECORD,
            json!({ "t": theme, "i": input("Let op de Zwaan.") }),
        )
        .await;
    let product = text(&made["recordFeedback"]["feedback"]["id"]);
    world
        .run(
            "INSERT INTO party (id, kind, legal_name, name_words) VALUES (?, 1, 'Zwaan B.V.', 'zwaan b v')",
            vec![id("zwaan").into()],
        )
        .await;
    let zwaan = format!("pty_{}", id("zwaan").simple());
    let more = published(&world, "ilt", &json!({ "title": "Nog een lek", "parties": [zwaan] })).await;
    let add = "mutation ($id: ID!, $s: ID!) { editTheme(id: $id, version: 1, input: { add: [{ signal: $s }] }) { theme { id } } }";
    world
        .data("ilt.inspector", "toezicht", add, json!({ "id": theme, "s": more }))
        .await;
    let refused = world
        .refusal("ilt.inspector", "toezicht", SEND, json!({ "id": product, "v": 1 }))
        .await;
    assert_eq!(refused, "IDENTIFIES");
    let other = json!({ "id": product, "v": 1, "i": { "body": "Let op de vogel." } });
    world.data("ilt.inspector", "toezicht", EDIT, other).await;
    world
        .data("ilt.inspector", "toezicht", SEND, json!({ "id": product, "v": 2 }))
        .await;
}

/// What is sent reaches everybody: no signal gets there whose marks do not let it.
async fn rests_on_what_may_go_round(on: On) {
    let world = World::peopled(on).await;
    let marked = |owner: &'static str, tlp: &'static str, rank: &'static str| {
        let values = json!({ "title": format!("{tlp} {rank}"), "labels": { "tlp": tlp, "rank": rank } });
        let world = &world;
        async move {
            let signal = published(world, owner, &values).await;
            if owner != "igj" {
                share(world, owner, &signal, "igj").await;
            }
            signal
        }
    };
    let (open, other) = (
        marked("ilt", "GREEN", "INTERN").await,
        marked("ilt", "CLEAR", "INTERN").await,
    );
    let own = marked("igj", "AMBER_STRICT", "VERTROUWELIJK").await;
    let allowed = named(&world, "igj.inspector", "Mag rond", &[&open, &other, &own]).await;
    let record = |theme: String| json!({ "t": theme, "i": input("Let op.") });
    world.data("igj.inspector", "toezicht", RECORD, record(allowed)).await;
    for (owner, tlp, rank) in [
        ("ilt", "AMBER", "INTERN"),
        ("ilt", "GREEN", "VERTROUWELIJK"),
        ("igj", "RED", "INTERN"),
        ("igj", "AMBER", "DEPARTEMENTAAL_VERTROUWELIJK"),
    ] {
        let strict = marked(owner, tlp, rank).await;
        let theme = named(&world, "igj.inspector", "Mag niet rond", &[&open, &strict]).await;
        let answer = world.ask("igj.inspector", "toezicht", RECORD, record(theme)).await;
        let error = &answer["errors"][0];
        assert_eq!(
            error["extensions"]["code"], "SOURCE_FORBIDS_FEEDBACK",
            "{owner} {tlp} {rank}: {answer}"
        );
        let number = world
            .look(
                "SELECT number FROM signal WHERE id = ?",
                vec![uuid::Uuid::parse_str(&strict[4..]).expect("an id").into()],
            )
            .await;
        assert!(
            error["message"].as_str().expect("words").contains(&number[0]),
            "{answer}"
        );
    }
    world.close().await;
}

#[tokio::test]
async fn rests_on_what_may_go_round_on_sqlite() {
    rests_on_what_may_go_round(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rests_on_what_may_go_round_on_postgres() {
    rests_on_what_may_go_round(On::Postgres).await;
}

#[tokio::test]
async fn is_refused_while_it_identifies_on_sqlite() {
    identifies(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn is_refused_while_it_identifies_on_postgres() {
    identifies(On::Postgres).await;
}

#[tokio::test]
async fn what_it_is_made_from_and_to_whom_must_be_there() {
    let Told { world, theme, .. } = told(On::Sqlite).await;
    let nobody = format!("thm_{}", id("nobody").simple());
    for (who, of, code) in [
        ("ilt.inspector", &nobody, "NOT_FOUND"),
        ("nvwa.inspector", &theme, "NOT_FOUND"),
        ("ilt.analyst", &theme, "FORBIDDEN"),
        ("ilt.data_steward", &theme, "FORBIDDEN"),
    ] {
        let refused = world
            .refusal(who, "toezicht", RECORD, json!({ "t": of, "i": input("Let op.") }))
            .await;
        assert_eq!(refused, code, "{who}");
    }
    let unknown = format!("pty_{}", id("nobody").simple());
    for (addressee, code, field) in [
        (
            json!({ "parties": [unknown] }),
            "UNKNOWN_REFERENCE",
            "input.addressee.parties.0",
        ),
        (json!({ "parties": ["x"] }), "INVALID_ID", "input.addressee.parties.0"),
        (json!({ "parties": [] }), "REQUIRED", "input.addressee.parties"),
        (json!({ "sector": "chemie" }), "INVALID_INPUT", "input.addressee.sector"),
        (json!({ "field": "" }), "REQUIRED", "input.addressee.field"),
    ] {
        let input = json!({ "title": "Titel", "body": "Let op.", "addressee": addressee });
        let answer = world
            .ask("ilt.inspector", "toezicht", RECORD, json!({ "t": theme, "i": input }))
            .await;
        let error = &answer["errors"][0]["extensions"];
        assert_eq!(
            (&error["code"], &error["field"]),
            (&json!(code), &json!(field)),
            "{answer}"
        );
    }
    let end = "mutation ($id: ID!) { endTheme(id: $id, version: 1, reason: \"Klaar\") { theme { id } } }";
    world
        .data("ilt.inspector", "toezicht", end, json!({ "id": theme }))
        .await;
    let refused = world
        .refusal(
            "ilt.inspector",
            "toezicht",
            RECORD,
            json!({ "t": theme, "i": input("Let op.") }),
        )
        .await;
    assert_eq!(refused, "WRONG_STATE", "an ended theme is told no more");
}
