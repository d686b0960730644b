//! A small world, on either database: two inspectorates with people in each role that matters, a company with two
//! sites, and a sole trader whom ILT registered.

use std::sync::Arc;

use access::{Rank, Role, Roles};
use async_graphql::Request;
use foundation::graphql::Subgraph;
use foundation::graphql::executor::PURPOSE_HEADER;
use foundation::migrate::migrate;
use foundation::tables::{ACCESS, ACCOUNTABILITY};
use foundation::token::{IssuerSettings, KeySettings, TokenSettings, Verified, Verifier};
use foundation::{Clock, Database, Platform};
use http::HeaderMap;
use registry::model::account::{Account, Person};
use registry::model::code::Code;
use registry::model::identifier::{Identifier, Scheme};
use registry::model::party::{Party, PartyKind};
use registry::model::site::{Address, Site};
use registry::reference::Reference;
use registry::seed::{PlacedSite, Population, population, vocabularies};
use registry::tables::REGISTRY;
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde_json::Value;

use crate::postgres::{Cluster, SUPERUSER, Scratch};

/// The moment at which everything happens.
pub const NOW: i64 = 1_795_000_000_000_000;
/// The sole trader's name, which may reach nobody but ILT.
pub const CANARY: &str = "Canarie Eenmanszaak-77";
/// The street of its site.
pub const CANARY_STREET: &str = "Canariestraat 77";
const ISSUER: &str = "http://127.0.0.1:1/idp";

/// A registry on one of the two databases.
pub struct World {
    pub name: &'static str,
    pub subgraph: Arc<dyn Subgraph>,
    /// Reads what the service itself may not, such as the logs.
    pub inspector: Database,
    /// The database's name, on PostgreSQL.
    pub database: Option<Scratch>,
    _folder: Option<tempfile::TempDir>,
}

/// The same world on both databases.
pub async fn both() -> [World; 2] {
    [sqlite().await, postgres().await]
}

pub fn clock() -> Clock {
    Clock::standing_at(NOW)
}

pub async fn prepare(database: &Database) {
    migrate(database, &[ACCESS, ACCOUNTABILITY, REGISTRY])
        .await
        .expect("migrates");
    vocabularies(database, &Reference::embedded().expect("is whole"))
        .await
        .expect("loads");
    population(database, &people()).await.expect("loads");
}

pub async fn sqlite() -> World {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite:{}", folder.path().join("samenzicht.db").display());
    let database = Database::open(&url, 4).await.expect("opens");
    prepare(&database).await;
    World {
        name: "SQLite",
        subgraph: subgraph(database.clone()),
        inspector: database,
        database: None,
        _folder: Some(folder),
    }
}

pub async fn postgres() -> World {
    let cluster = Cluster::shared();
    let migrate = |name| async move {
        let database = Database::open(&cluster.url_for("samenzicht_migrator", name), 2)
            .await
            .expect("opens");
        prepare(&database).await;
        database.close().await;
    };
    let template = cluster.template(migrate).await;
    let name = cluster.clone_of(template).await;
    let database = Database::open(&cluster.url_for("samenzicht_registry", &name), 8)
        .await
        .expect("opens");
    World {
        name: "PostgreSQL",
        subgraph: subgraph(database),
        inspector: Database::open(&cluster.url_for(SUPERUSER, &name), 2)
            .await
            .expect("opens"),
        database: Some(name),
        _folder: None,
    }
}

fn subgraph(database: Database) -> Arc<dyn Subgraph> {
    let issuer = IssuerSettings {
        jwks_uri: Some(format!("{ISSUER}/jwks")),
        ..IssuerSettings::new(ISSUER, "samenzicht")
    };
    let settings = TokenSettings {
        issuers: vec![issuer],
        leeway_seconds: 0,
        keys: KeySettings::default(),
    };
    let verifier = Verifier::new(settings).expect("settings fit");
    registry::graph::subgraph(Platform::new("registry", database, clock()), verifier)
}

impl World {
    /// Asks as an account, whose token is taken to be verified.
    pub async fn ask(&self, account: &str, purpose: Option<&str>, request: impl Into<Request>) -> Value {
        let who = Verified {
            issuer: ISSUER.to_owned(),
            subject: account.to_owned(),
            authorised_party: None,
            token_id: None,
            expires_at: i64::MAX,
        };
        let mut headers = HeaderMap::new();
        headers.insert("accept-language", "en".parse().expect("a value"));
        if let Some(purpose) = purpose {
            headers.insert(PURPOSE_HEADER, purpose.parse().expect("a value"));
        }
        let reply = self.subgraph.execute_as(who, &headers, request.into()).await;
        serde_json::to_value(reply.response).expect("is JSON")
    }

    /// The text columns of rows, each row on a line.
    pub async fn rows(&self, query: &str, columns: &[&str]) -> Vec<String> {
        rows(&self.inspector, query, columns).await
    }
}

pub async fn rows(database: &Database, query: &str, columns: &[&str]) -> Vec<String> {
    let transaction = database.begin_read().await.expect("begins");
    if database.backend() == DbBackend::Postgres {
        let path = "SET LOCAL search_path = registry, access, reference, accountability";
        transaction.execute_unprepared(path).await.expect("sets");
    }
    let statement = Statement::from_string(database.backend(), query);
    let rows = transaction.query_all_raw(statement).await.expect("reads");
    let text = |row: &sea_orm::QueryResult, column: &&str| {
        row.try_get::<String>("", column)
            .or_else(|_| row.try_get::<i64>("", column).map(|number| number.to_string()))
    };
    let line = |row| {
        columns
            .iter()
            .map(|column| text(&row, column).expect("a value"))
            .collect::<Vec<_>>()
            .join(" ")
    };
    rows.into_iter().map(line).collect()
}

pub fn code(text: &str) -> Code {
    text.to_owned().try_into().expect("a code")
}

fn account(organisation: &str, role: Role, purposes: &[&str]) -> Account {
    let subject = format!("{organisation}.{}", role.code());
    Account {
        person: Person {
            issuer: ISSUER.to_owned(),
            subject: subject.clone(),
        },
        name: format!("Name of {subject}"),
        organisation: code(organisation),
        roles: Roles::new([role]),
        clearance: Rank::Vertrouwelijk,
        purposes: purposes.iter().copied().map(code).collect(),
        circles: Vec::new(),
    }
}

/// Who and what this world begins with.
pub fn people() -> Population {
    let party = |kind, legal_name: &str, kvk: &str, custodians: &[&str]| Party {
        kind,
        legal_name: legal_name.to_owned(),
        trade_names: vec![format!("Handel {kvk}")],
        identifiers: vec![Identifier::new(Scheme::Kvk, kvk).expect("fits")],
        custodians: custodians.iter().copied().map(code).collect(),
    };
    let site = |key: &str, party: &str, street: &str| PlacedSite {
        key: code(key),
        party: code(party),
        site: Site {
            name: format!("Vestiging aan de {street}"),
            address: Some(Address {
                street: street.to_owned(),
                postcode: "0000 AA".to_owned(),
                city: "Nergens".to_owned(),
                country: "NL".to_owned(),
            }),
            identifiers: Vec::new(),
            coordinates: None,
            region: Some("VR17".to_owned().try_into().expect("a region")),
        },
    };
    Population {
        accounts: vec![
            account("ilt", Role::Inspector, &["toezicht", "risicoanalyse"]),
            account("ilt", Role::Analyst, &["risicoanalyse"]),
            account("ilt", Role::DataSteward, &["toezicht"]),
            account("ilt", Role::Administrator, &["verantwoording"]),
            account("nvwa", Role::Inspector, &["toezicht"]),
            account("adr", Role::Auditor, &["verantwoording"]),
        ],
        parties: vec![
            (
                code("chemie"),
                party(PartyKind::Company, "Coöperatie Chémie Voorbeeld", "00009901", &[]),
            ),
            (
                code("opslag"),
                party(PartyKind::Company, "Opslag Voorbeeld B.V.", "00009903", &[]),
            ),
            (
                code("trader"),
                party(PartyKind::SoleTrader, CANARY, "00009920", &["ilt"]),
            ),
        ],
        sites: vec![
            site("kade", "chemie", "Kade 1"),
            site("kantoor", "chemie", "Laan 2"),
            site("atelier", "trader", CANARY_STREET),
        ],
    }
}
