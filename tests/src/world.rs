//! A small platform with people in it: organisations, accounts, circles, and the signals subgraph on either database.
//!
//! Requests go in process with a verified identity; the verifier itself is tried in foundation's own tests and over
//! sockets. Time stands still until a test moves it.

use std::sync::Arc;

use access::{FOREVER, Role};
use async_graphql::{Request, Variables};
use foundation::clock::{Clock, SECOND};
use foundation::graphql::Subgraph;
use foundation::graphql::executor::{PURPOSE_HEADER, Reply};
use foundation::migrate::migrate;
use foundation::token::{IssuerSettings, KeySettings, TokenSettings, Verified, Verifier};
use foundation::{Database, PseudonymKey};
use samenzicht::services::{SERVICES, tables};
use sea_orm::{ConnectionTrait, DatabaseTransaction, Value};
use serde_json::Value as Json;
use tempfile::TempDir;
use uuid::Uuid;

use crate::postgres::{Cluster, SUPERUSER, Scratch};

/// Who vouches for everybody in a world.
pub const ISSUER: &str = "http://127.0.0.1:1/idp";
/// When worlds begin: 2026-06-01T10:00:00Z.
pub const BEGINNING: i64 = 1_780_308_000 * SECOND;

/// The secret of every world's pseudonyms.
pub const SECRET: &str = "the secret of a world that is made up";

/// Which database a world lives on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum On {
    /// A SQLite file of its own.
    Sqlite,
    /// A PostgreSQL database of its own.
    Postgres,
}

/// A platform with people in it.
pub struct World {
    /// The subgraphs of all services.
    pub services: Vec<Arc<dyn Subgraph>>,
    /// The signals subgraph.
    pub signals: Arc<dyn Subgraph>,
    /// The registry subgraph.
    pub registry: Arc<dyn Subgraph>,
    /// The database as the signals service reaches it.
    pub database: Database,
    /// The database with every right, for preparing and for looking behind the door.
    pub behind: Database,
    /// The time.
    pub clock: Clock,
    /// The PostgreSQL database's name.
    pub name: Option<Scratch>,
    _folder: Option<TempDir>,
}

impl World {
    /// An empty world.
    pub async fn on(on: On) -> Self {
        // What fails inside is told by the log alone.
        crate::eavesdrop::start();
        match on {
            On::Sqlite => {
                let folder = tempfile::tempdir().expect("a temporary folder");
                let url = format!("sqlite:{}", folder.path().join("world.db").display());
                let database = Database::open(&url, 4).await.expect("a new file opens");
                migrate(&database, &tables()).await.expect("the tables can be made");
                let logins = SERVICES.iter().map(|_| database.clone()).collect();
                Self::of(logins, database, None, Some(folder))
            }
            On::Postgres => {
                let cluster = Cluster::shared();
                let template = cluster.template(migrated).await;
                let name = cluster.clone_of(template).await;
                let open = async |role: &str| {
                    Database::open(&cluster.url_for(role, &name), 6)
                        .await
                        .expect("a database of our own opens")
                };
                let mut logins = Vec::new();
                for service in SERVICES {
                    logins.push(open(&format!("samenzicht_{}", service.name)).await);
                }
                let behind = open(SUPERUSER).await;
                let schemas: Vec<&str> = tables().iter().map(|tables| tables.schema).collect();
                let path = format!(
                    "ALTER DATABASE {name} SET search_path = {}, reference",
                    schemas.join(", ")
                );
                run_on(&behind, &path).await;
                behind.close().await;
                let behind = open(SUPERUSER).await;
                Self::of(logins, behind, Some(name), None)
            }
        }
    }

    /// The services on their logins, in their order.
    fn of(logins: Vec<Database>, behind: Database, name: Option<Scratch>, folder: Option<TempDir>) -> Self {
        let clock = Clock::standing_at(BEGINNING);
        let verifier = Verifier::new(TokenSettings {
            issuers: vec![IssuerSettings {
                jwks_uri: Some(format!("{ISSUER}/jwks")),
                ..IssuerSettings::new(ISSUER, "samenzicht")
            }],
            leeway_seconds: 0,
            keys: KeySettings::default(),
        })
        .expect("settings of our own");
        let services: Vec<Arc<dyn Subgraph>> = SERVICES
            .iter()
            .zip(logins)
            .map(|(service, login)| service.on(login, clock.clone(), verifier.clone(), PseudonymKey::read(SECRET)))
            .collect();
        let signals = named(&services, "signals").clone();
        Self {
            registry: named(&services, "registry").clone(),
            database: signals.platform().database.clone(),
            signals,
            services,
            behind,
            clock,
            name,
            _folder: folder,
        }
    }

    /// A world with the usual people: `ilt`, `jenv`, `igj`, `nvwa` with one account per role, all purposes held; the
    /// circle `cmj` of igj and jenv; categories, a legal basis, a party with a site, a region.
    pub async fn peopled(on: On) -> Self {
        let world = Self::on(on).await;
        world.people().await;
        world
    }

    /// Runs a statement behind the door, `?` for each value.
    pub async fn run(&self, text: &str, values: Vec<Value>) {
        let statement = foundation::sql::statement(self.behind.backend(), text, values);
        let transaction = self.behind.begin_write().await.expect("the world can be written");
        transaction
            .execute_raw(statement)
            .await
            .unwrap_or_else(|error| panic!("{error}, in: {text}"));
        transaction.commit().await.expect("the world can be written");
    }

    /// The rows behind the door that a query gives, as text of their first column.
    pub async fn look(&self, text: &str, values: Vec<Value>) -> Vec<String> {
        let statement = foundation::sql::statement(self.behind.backend(), text, values);
        let transaction: DatabaseTransaction = self.behind.begin_read().await.expect("the world can be read");
        let rows = transaction
            .query_all_raw(statement)
            .await
            .unwrap_or_else(|error| panic!("{error}, in: {text}"));
        rows.iter()
            .map(|row| row.try_get_by_index::<String>(0).expect("a text"))
            .collect()
    }

    /// The usual people, who hold every purpose that is there by then.
    pub async fn people(&self) {
        for (code, personal) in [
            ("toezicht", true),
            ("risicoanalyse", false),
            ("incidentonderzoek", true),
        ] {
            let text = "INSERT INTO purpose VALUES (?, ?, ?, ?, '', '', ?, ?)";
            let values = vec![
                id(code).into(),
                code.into(),
                code.into(),
                code.into(),
                personal.into(),
                (!personal).into(),
            ];
            self.run(text, values).await;
        }
        let basis = "INSERT INTO legal_basis VALUES (?, 'demo', 'Fictieve wet, artikel 1', '', ?, 'test')";
        self.run(basis, vec![id("demo").into(), true.into()]).await;
        let vital =
            "INSERT INTO legal_basis VALUES (?, 'avg-6-1-d', 'AVG, artikel 6, eerste lid, onder d', '', ?, 'test')";
        self.run(vital, vec![id("avg-6-1-d").into(), false.into()]).await;
        for code in ["ilt", "jenv", "igj", "nvwa"] {
            self.organisation(code, true).await;
            for role in Role::ALL {
                let name = format!("{code}.{}", role.code());
                self.account(&name, code, &[role], 2).await;
            }
        }
        self.circle("cmj", &["igj", "jenv"], &["incidentonderzoek"]).await;
        self.run("INSERT INTO domain VALUES ('all', 'Alles', 'All', 'test')", vec![])
            .await;
        for name in ["chemicals", "youth-care"] {
            let text = "INSERT INTO category VALUES (?, ?, ?, ?, 'all', 'test')";
            self.run(text, vec![id(name).into(), name.into(), name.into(), name.into()])
                .await;
        }
        let region = "INSERT INTO safety_region VALUES (?, 'VR17', 'Rotterdam-Rijnmond', 'test')";
        self.run(region, vec![id("VR17").into()]).await;
        let party = "INSERT INTO party (id, kind, legal_name, name_words) VALUES (?, 1, 'Voorbeeld Chemie B.V.', 'voorbeeld chemie b v')";
        self.run(party, vec![id("party").into()]).await;
        let site = "INSERT INTO site (id, party_id, name, region_id) VALUES (?, ?, 'Terminal', ?)";
        self.run(site, vec![id("site").into(), id("party").into(), id("VR17").into()])
            .await;
    }

    /// Admits an organisation.
    pub async fn organisation(&self, code: &str, participant: bool) {
        let text = "INSERT INTO organisation (id, code, name, name_en, kind, domains, participant, contact_name,
                    contact_phone, contact_email) VALUES (?, ?, ?, ?, 'inspectorate', '', ?, 'Loket', '0800', 'a@example.nl')";
        self.run(
            text,
            vec![
                id(code).into(),
                code.into(),
                code.into(),
                code.into(),
                participant.into(),
            ],
        )
        .await;
    }

    /// Admits an account that holds all purposes.
    pub async fn account(&self, name: &str, organisation: &str, roles: &[Role], clearance: i16) {
        let text = "INSERT INTO account (id, organisation_id, name, display_name, issuer, subject, clearance)
                    VALUES (?, ?, ?, ?, ?, ?, ?)";
        let key = id(name);
        let values = vec![
            key.into(),
            id(organisation).into(),
            name.into(),
            name.into(),
            ISSUER.into(),
            name.into(),
            clearance.into(),
        ];
        self.run(text, values).await;
        for role in roles {
            let text = "INSERT INTO role_assignment VALUES (?, ?, 0, ?)";
            self.run(text, vec![key.into(), (*role as i16).into(), FOREVER.into()])
                .await;
        }
        self.run(
            "INSERT INTO account_purpose SELECT ?, id, 0, ? FROM purpose",
            vec![key.into(), FOREVER.into()],
        )
        .await;
    }

    /// Founds a circle.
    pub async fn circle(&self, code: &str, members: &[&str], purposes: &[&str]) {
        let text = "INSERT INTO circle VALUES (?, ?, ?, ?, ?, ?, 0, ?)";
        let coordinator = members.first().map_or_else(Uuid::nil, |member| id(member));
        let values = vec![
            id(&format!("circle {code}")).into(),
            code.into(),
            code.into(),
            code.into(),
            id("demo").into(),
            coordinator.into(),
            FOREVER.into(),
        ];
        self.run(text, values).await;
        for member in members {
            let text = "INSERT INTO circle_member VALUES (?, ?, 0, ?)";
            self.run(
                text,
                vec![id(&format!("circle {code}")).into(), id(member).into(), FOREVER.into()],
            )
            .await;
        }
        for purpose in purposes {
            let text = "INSERT INTO circle_purpose VALUES (?, ?)";
            self.run(text, vec![id(&format!("circle {code}")).into(), id(purpose).into()])
                .await;
        }
    }

    /// Asks the signals subgraph as somebody under a purpose; the whole answer.
    pub async fn ask(&self, subject: &str, purpose: &str, query: &str, variables: Json) -> Json {
        let reply = self.reply(subject, purpose, query, variables).await;
        serde_json::to_value(reply.response).expect("an answer is JSON")
    }

    /// Asks the signals subgraph; the reply as it leaves.
    pub async fn reply(&self, subject: &str, purpose: &str, query: &str, variables: Json) -> Reply {
        let mut headers = axum::http::HeaderMap::new();
        if !purpose.is_empty() {
            headers.insert(PURPOSE_HEADER, purpose.parse().expect("a purpose fits a header"));
        }
        headers.insert("accept-language", axum::http::HeaderValue::from_static("en"));
        let request = Request::new(query).variables(Variables::from_json(variables));
        self.signals
            .execute_as(who(subject, &self.clock), &headers, request)
            .await
    }

    /// Asks and expects an answer without errors; its data.
    pub async fn data(&self, subject: &str, purpose: &str, query: &str, variables: Json) -> Json {
        let mut answer = self.ask(subject, purpose, query, variables).await;
        assert!(answer.get("errors").is_none(), "{subject} under {purpose}: {answer:#}");
        answer["data"].take()
    }

    /// Asks and expects a refusal; the code of its first error.
    pub async fn refusal(&self, subject: &str, purpose: &str, query: &str, variables: Json) -> String {
        let answer = self.ask(subject, purpose, query, variables).await;
        let code = answer["errors"][0]["extensions"]["code"].as_str().map(str::to_owned);
        code.unwrap_or_else(|| panic!("{subject} under {purpose} was not refused: {answer:#}"))
    }
}

/// A verified identity in a world.
pub fn who(subject: &str, clock: &Clock) -> Verified {
    Verified {
        issuer: ISSUER.to_owned(),
        subject: subject.to_owned(),
        authorised_party: None,
        token_id: None,
        expires_at: clock.now() + 3600 * SECOND,
    }
}

/// The id of something by its name, the same in every world.
pub fn id(name: &str) -> Uuid {
    use sha2::Digest;
    let hash = sha2::Sha256::digest(name.as_bytes());
    uuid::Builder::from_slice(&hash[..16])
        .expect("sixteen bytes")
        .with_version(uuid::Version::SortRand)
        .into_uuid()
}

fn named<'a>(services: &'a [Arc<dyn Subgraph>], name: &str) -> &'a Arc<dyn Subgraph> {
    let found = services.iter().find(|service| service.name() == name);
    found.unwrap_or_else(|| panic!("no service {name}"))
}

async fn migrated(name: &'static str) {
    let url = Cluster::shared().url_for("samenzicht_migrator", name);
    let database = Database::open(&url, 1).await.expect("the migrator enters");
    migrate(&database, &tables()).await.expect("the tables can be made");
    database.close().await;
}

async fn run_on(database: &Database, text: &str) {
    let transaction = database.begin_write().await.expect("the superuser writes");
    transaction.execute_unprepared(text).await.expect("the superuser may");
    transaction.commit().await.expect("the superuser writes");
}
