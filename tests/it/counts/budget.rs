//! How many pages of the database it costs to list signals, by the database's own count, with row-level security on, each
//! filter in each order on 100,000 signals: to find their places within 250 + 8 for each channel and rank + 5 for each
//! signal shown, and to read them within 7 each. What has to be looked up on the way stays within how far a page looks.

use serde_json::{Value, json};
use tests::postgres::Cluster;
use tests::world::{On, World, id};

use foundation::Database;
use foundation::session::FARTHEST;
use samenzicht::services::Service;

const SHOWN: u64 = 50;
/// The pages that it takes to look one signal up on the way.
const LOOKED_UP: u64 = 4;
/// The most pages that a signal itself takes, with its row-level security.
const OF_A_SIGNAL: u64 = 7;
const ORDERS: [&str; 5] = [
    "RECORDED_NEWEST",
    "RECORDED_OLDEST",
    "OBSERVED_NEWEST",
    "OBSERVED_OLDEST",
    "SEVERITY",
];

/// 100,000 published signals of three organisations, shared with everybody, one in ten with IGJ by name too.
const RECORDS: [&str; 8] = [
    "CREATE TABLE public.told AS SELECT i, ('01900000-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid AS id,
       1700000000000000 + i * 60000000::bigint AS created, 1700000000000000 + (i * 7919 % 100000) * 60000000::bigint AS observed,
       CASE WHEN i % 1000 = 7 THEN 'youth-care' WHEN i % 3 = 0 THEN 'chemicals' ELSE 'c' || (i % 20) END AS category,
       CASE WHEN i % 100 = 3 THEN 4 WHEN i % 10 = 5 THEN 3 WHEN i % 3 = 1 THEN 2 ELSE 1 END AS severity,
       CASE WHEN i % 200 = 9 THEN 3 WHEN i % 4 = 1 THEN 2 ELSE 1 END AS urgency, 1 + i % 5 AS origin,
       CASE WHEN i % 50 = 0 THEN 'nvwa' WHEN i % 2 = 0 THEN 'ilt' ELSE 'jenv' END AS owner,
       CASE WHEN i % 5 = 0 THEN NULL ELSE 1 + i % 6 END AS reliability,
       CASE WHEN i % 5 = 0 THEN NULL ELSE 1 + i % 7 % 6 END AS credibility,
       CASE WHEN i % 40 = 0 THEN 1700000000000000 ELSE NULL END AS valid_until
     FROM generate_series(1, 100000) AS i",
    "INSERT INTO signal (id, number, owner_id, author_id, created_at, updated_at, version, state, rank, tlp, use_limit,
       retain_until, title, narrative, category, severity, urgency, observed_from, origin, reliability, credibility, valid_until)
     SELECT t.id, 'R-' || i, o.id, o.id, created, created, 1, 1, 1, 1, 1, 253402300799999999, 'Proefstuk ' || i,
       repeat('Damp boven het emplacement. ', 8), category, severity, urgency, observed, origin, reliability, credibility, valid_until
     FROM public.told t JOIN organisation o ON o.code = t.owner",
    "CREATE TABLE public.ways AS SELECT 'everyone' AS code, access.intern_channel(1::smallint, '00000000-0000-0000-0000-000000000000', p.id) AS channel
       FROM purpose p WHERE p.code = 'risicoanalyse'
     UNION ALL SELECT g.code, access.intern_channel(2::smallint, g.id, p.id) FROM purpose p, organisation g
       WHERE p.code = 'risicoanalyse' AND g.code = 'igj'
     UNION ALL SELECT 'own ' || g.code, access.intern_channel(5::smallint, g.id, '00000000-0000-0000-0000-000000000000')
       FROM organisation g",
    "CREATE TABLE public.seen AS SELECT t.*, o.id AS owner_id, e.channel,
       md5('e' || i)::uuid AS grant_id FROM public.told t JOIN organisation o ON o.code = t.owner, public.ways e WHERE e.code = 'everyone'
     UNION ALL SELECT t.*, o.id, e.channel, md5('o' || i)::uuid
       FROM public.told t JOIN organisation o ON o.code = t.owner, public.ways e WHERE e.code = 'igj' AND i % 10 = 0
     UNION ALL SELECT t.*, o.id, e.channel, '00000000-0000-0000-0000-000000000000'
       FROM public.told t JOIN organisation o ON o.code = t.owner JOIN public.ways e ON e.code = 'own ' || t.owner",
    "INSERT INTO signal_feed (channel, rank, created_at, record_id, grant_id, visible_from, visible_until, owner_id, category,
       severity, observed_at, urgency, origin, state, reliability, credibility, valid_until)
     SELECT channel, 1, created, id, grant_id, 0, 253402300799999999, owner_id, category, severity, observed, urgency, origin, 1,
       reliability, credibility, valid_until FROM public.seen",
    "INSERT INTO signal_subject_feed (subject_id, channel, rank, created_at, record_id, grant_id, visible_from, visible_until,
       owner_id, category, severity, observed_at, urgency, origin, state, reliability, credibility, valid_until)
     SELECT s.subject, channel, 1, created, id, grant_id, 0, 253402300799999999, owner_id, category, severity, observed, urgency,
       origin, 1, reliability, credibility, valid_until FROM public.seen,
       LATERAL (SELECT md5('party ' || i % 700)::uuid UNION ALL SELECT md5('region ' || i % 25)::uuid WHERE i % 4 <> 0) AS s (subject)",
    "INSERT INTO party (id, kind, legal_name, name_words) SELECT md5('party ' || n)::uuid, 1, 'Voorbeeld', 'voorbeeld'
     FROM generate_series(0, 699) AS n",
    "INSERT INTO safety_region (id, code, name, source) SELECT md5('region ' || n)::uuid, 'R' || n, 'Voorbeeld', 'test'
     FROM generate_series(0, 24) AS n",
];

/// A world with the records, whose signals service tells what each statement cost.
async fn measured() -> World {
    let mut world = World::peopled(On::Postgres).await;
    for number in 0..20 {
        let code = format!("c{number}");
        let text = "INSERT INTO category VALUES (?, ?, ?, ?, 'all', 'test')";
        let values = vec![
            id(&code).into(),
            code.as_str().into(),
            code.as_str().into(),
            code.as_str().into(),
        ];
        world.run(text, values).await;
    }
    for text in RECORDS {
        world
            .attempt(text)
            .await
            .unwrap_or_else(|error| panic!("{error}, in: {text}"));
    }
    let name = world.name.as_deref().expect("a PostgreSQL database has a name");
    // As the database does by itself after so many rows.
    Cluster::shared().execute(name, "VACUUM ANALYZE").await;
    for (setting, value) in [
        ("session_preload_libraries", "auto_explain"),
        ("auto_explain.log_min_duration", "0"),
        ("auto_explain.log_analyze", "on"),
        ("auto_explain.log_buffers", "on"),
        ("auto_explain.log_timing", "off"),
        ("auto_explain.log_format", "json"),
    ] {
        let text = format!("ALTER ROLE samenzicht_signals IN DATABASE {name} SET {setting} = '{value}'");
        world.attempt(&text).await.expect("the superuser may");
    }
    let login = Cluster::shared().url_for("samenzicht_signals", name);
    let login = Database::open(&login, 2).await.expect("a database of our own opens");
    let (clock, verifier) = (world.clock.clone(), world.signals.verifier().clone());
    world.signals = Service::named("signals")
        .expect("a service")
        .on(login, clock, verifier, None);
    world
}

/// What the server has told so far; its log lies beside its socket.
fn told() -> String {
    let address = Cluster::shared().url_for("postgres", "postgres");
    let folder = address.split("host=").nth(1).expect("a socket").replace("%2F", "/");
    std::fs::read_to_string(format!("{folder}/server.log")).expect("the server writes a log")
}

/// A statement, and the pages that it touched.
type Cost = (String, u64);

/// What a request cost: its answer, and each of its statements.
async fn cost(world: &World, query: &str, variables: Value) -> (Value, Vec<Cost>) {
    let before = told().len();
    let answer = world.data("igj.analyst", "risicoanalyse", query, variables).await;
    let log = told();
    let costs: Vec<Cost> = log[before..]
        .split("plan:\n")
        .skip(1)
        .map(|rest| {
            let end = rest.find("\n\t}").expect("a plan ends") + 3;
            if std::env::var_os("SAMENZICHT_PLANS").is_some() {
                println!("{}", &rest[..end]);
            }
            let plan: Value = serde_json::from_str(&rest[..end]).expect("a plan is JSON");
            let pages = |name: &str| plan["Plan"][name].as_u64().unwrap_or_default();
            let text = plan["Query Text"].as_str().unwrap_or_default().to_owned();
            (text, pages("Shared Hit Blocks") + pages("Shared Read Blocks"))
        })
        .collect();
    assert!(!costs.is_empty(), "the server told what it cost");
    (answer, costs)
}

/// What the feed's own indexes do not answer: where each signal on the way has to be looked up elsewhere; by severity or
/// by observation, what is narrowed by something else, which may be found at the far end alone; and several values, or all
/// but some, where nothing else says which. A page looks so far and no further.
fn looked_up(filter: &Value, order: &str) -> bool {
    const SUBJECTS: [&str; 3] = ["parties", "sites", "regions"];
    let elsewhere = |name: &str| !filter[name]["notIn"].is_null() || !filter[name]["none"].is_null();
    let names: Vec<&String> = filter.as_object().expect("a filter").keys().collect();
    if SUBJECTS.into_iter().any(elsewhere) {
        return true;
    }
    if order == "SEVERITY" {
        return names.iter().any(|name| !name.starts_with("severit"));
    }
    if ["party", "region"]
        .into_iter()
        .chain(SUBJECTS)
        .any(|name| !filter[name].is_null())
    {
        return false;
    }
    if order.starts_with("OBSERVED") {
        return names.iter().any(|name| !name.starts_with("observed"));
    }
    let one =
        |name: &str| filter[name]["notIn"].is_null() && filter[name]["in"].as_array().is_none_or(|of| of.len() == 1);
    names.iter().any(|name| name.starts_with("observed") || !one(name))
}

fn filters() -> Vec<Value> {
    let party = |number: usize| format!("pty_{}", md5(&format!("party {number}")));
    vec![
        json!({}),
        json!({ "category": "chemicals" }),
        json!({ "category": "youth-care" }),
        json!({ "categories": { "in": ["c1", "c2", "youth-care"] } }),
        json!({ "categories": { "notIn": ["chemicals"] } }),
        json!({ "severity": "CRITICAL" }),
        json!({ "severities": { "in": ["SERIOUS", "CRITICAL"] } }),
        json!({ "severities": { "notIn": ["MINOR", "MODERATE"] } }),
        json!({ "urgencies": { "in": ["IMMEDIATE"] } }),
        json!({ "origins": { "in": ["WEB"] } }),
        json!({ "states": { "in": ["PUBLISHED"] } }),
        json!({ "states": { "in": ["RETRACTED"] } }),
        json!({ "owner": "nvwa" }),
        json!({ "owners": { "notIn": ["ilt", "jenv"] } }),
        json!({ "reliabilities": { "in": ["COMPLETELY_RELIABLE"] } }),
        json!({ "credibilities": { "notIn": ["CONFIRMED"] } }),
        json!({ "outdated": true }),
        json!({ "observedFrom": "2023-12-01T00:00:00Z", "observedUntil": "2023-12-02T00:00:00Z" }),
        json!({ "createdFrom": "2023-12-01T00:00:00Z", "createdUntil": "2023-12-02T00:00:00Z" }),
        json!({ "party": party(1) }),
        json!({ "parties": { "in": [party(1), party(2), party(3)] } }),
        json!({ "parties": { "notIn": [party(1)] } }),
        json!({ "region": "R1" }),
        json!({ "regions": { "in": ["R1", "R2"] } }),
        json!({ "regions": { "none": true } }),
        json!({ "region": "R1", "category": "chemicals" }),
        json!({ "category": "chemicals", "severity": "SERIOUS" }),
    ]
}

/// MD5 as PostgreSQL gives it, for ids that both know.
fn md5(text: &str) -> String {
    MD5.iter()
        .find(|(known, _)| *known == text)
        .expect("a text of ours")
        .1
        .to_owned()
}

const MD5: [(&str, &str); 3] = [
    ("party 1", "b979a7f02a5a1ed3829416729f83d71f"),
    ("party 2", "1abdbf228b1405d0c82007061525d109"),
    ("party 3", "609d6a5553acda2424d22689269964e5"),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_list_stays_within_its_pages() {
    let world = measured().await;
    let channels = world
        .look(
            "SELECT COUNT(*)::text FROM channel c, purpose p WHERE p.code = 'risicoanalyse' AND (c.purpose_id = p.id OR c.kind >= 5)
             AND c.audience IN (?, ?, ?)",
            vec![uuid::Uuid::nil().into(), id("igj").into(), id("igj.analyst").into()],
        )
        .await;
    let channels: u64 = channels[0].parse().expect("a number");
    let list =
        "query ($f: SignalFilter, $o: SignalOrder, $a: String) { signals(first: 50, filter: $f, order: $o, after: $a) {
        nodes { id } pageInfo { endCursor hasNextPage } } }";
    let (mut worst, mut beyond) = (0, Vec::new());
    let only = std::env::var("SAMENZICHT_FILTERS")
        .ok()
        .map(|number| number.parse().expect("a number"));
    for filter in filters().into_iter().take(only.unwrap_or(usize::MAX)) {
        for order in ORDERS {
            let mut after = Value::Null;
            for page in 1..=2 {
                let variables = json!({ "f": filter, "o": order, "a": after });
                let (answer, costs) = cost(&world, list, variables).await;
                let sum = |of: &dyn Fn(&str) -> bool| {
                    let costs = costs.iter().filter(|(text, _)| of(text));
                    costs.map(|(_, pages)| pages).sum::<u64>()
                };
                let signals = sum(&|text| text.starts_with("SELECT \"signal\""));
                let (places, all) = (sum(&|text| text.contains("signal_")), sum(&|_| true));
                let pages = places + signals;
                let shown = answer["signals"]["nodes"].as_array().expect("a list").len() as u64;
                let (looked_up, budget) = (looked_up(&filter, order), 250 + 8 * channels * 3 + 5 * shown.max(1));
                println!(
                    "{pages:>6} pages of {budget}, {signals} of them the signals, {all} with entering, {shown} shown, page {page}, {order}, {filter}"
                );
                let too_many = if looked_up {
                    pages > budget + LOOKED_UP * FARTHEST
                } else {
                    worst = worst.max(places);
                    places > budget || signals > OF_A_SIGNAL * shown
                };
                if too_many {
                    beyond.push(format!(
                        "{places} + {signals} of {budget}: page {page}, {order}, {filter}"
                    ));
                }
                after = answer["signals"]["pageInfo"]["endCursor"].clone();
                if answer["signals"]["pageInfo"]["hasNextPage"] == json!(false) {
                    break;
                }
            }
        }
    }
    println!("the most: {worst} pages for the places of {SHOWN} signals, {channels} channels, 3 ranks");
    assert!(beyond.is_empty(), "{beyond:#?}");
    let counts =
        "query { signalCounts(by: [CATEGORY, SEVERITY, OWNER, PARTY, REGION, MONTH]) { total { exactly atLeast } } }";
    let began = std::time::Instant::now();
    let (answer, costs) = cost(&world, counts, json!({})).await;
    let pages: u64 = costs.iter().map(|(_, pages)| pages).sum();
    assert_eq!(answer["signalCounts"]["total"]["exactly"], json!(100_000), "{answer}");
    println!(
        "{pages} pages and {:?} to count 100,000 by six dimensions",
        began.elapsed()
    );
}
