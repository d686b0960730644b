//! `demo`: the whole platform on one machine, with synthetic data.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use demo::play::Call;
use demo::provider::{
    ClientKey, DEMO_CLI, DemoAccount, DemoClient, DemoMode, KeyPair, OperatingMode, PEOPLE_CLI, Provider,
    ProviderSettings,
};
use demo::story::{Story, StoryVisit};
use foundation::config::Settings;
use foundation::graphql::Subgraph;
use foundation::graphql::executor::PURPOSE_HEADER;
use foundation::token::{KeySettings, TokenSettings, Verifier};
use foundation::{Clock, Database};
use gateway::{EdgeAt, GatewaySettings, Graphiql, RunningGateway, SupergraphSource};
use registry::reference::Reference;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::gateway::configured;
use super::{Failure, stopped};
use crate::platform::{self, Check, InProcess};
use crate::services::{self, SERVICES, tables};
use crate::telemetry::Quiet;

/// Runs the whole platform on this machine, with synthetic data on an embedded database.
///
/// Prints where to look, a token to paste and a query that answers at once. Ctrl-C stops it; starting it again finds
/// the data again.
#[derive(Args, Clone, Debug)]
pub struct DemoArgs {
    /// Address and port of the front door; loopback only [default: demo.listen of the configuration]
    #[arg(long, value_name = "ADDRESS")]
    pub listen: Option<SocketAddr>,
    /// Folder for its database and keys [default: demo.data of the configuration]
    #[arg(long, value_name = "FOLDER")]
    pub data: Option<PathBuf>,
    /// Throw the demo's data away and start over
    #[arg(long)]
    pub fresh: bool,
}

/// The demo's database file in its folder.
const DATABASE: &str = "samenzicht.db";
/// The folder of private keys in the demo's folder.
const KEYS: &str = "keys";
/// The folder of GraphiQL's files in the demo's folder, when `infra/graphiql` put them there.
const PAGE: &str = "graphiql";
/// How long the demo's tokens live.
const TOKEN_LIFETIME: Duration = Duration::from_secs(12 * 3600);
/// The account whose token is printed.
pub const VISITOR: &str = "igj.analyst";
/// The purpose that the visitor states.
pub const PURPOSE: &str = "risicoanalyse";
/// The query that is printed, and stands in the page's editor.
pub const QUERY: &str = "query Signals {
  signals(first: 10) {
    totalCount { exactly atLeast }
    nodes {
      number title severity useLimit
      owner { name }
      parties { legalName identifiers { scheme value } }
      visibleBecause { kind circle purpose until }
      contact { name phone }
    }
  }
}";

impl DemoArgs {
    /// Runs until Ctrl-C or a termination signal.
    ///
    /// # Errors
    /// What is wrong, and how to mend it.
    pub async fn run(self, settings: &Settings) -> Result<ExitCode, Failure> {
        let data = self.data.unwrap_or_else(|| settings.demo.data.clone());
        let listener = platform::listen(self.listen.unwrap_or(settings.demo.listen), "demo.listen (--listen)")?;
        let at_provider = platform::listen(settings.demo.provider_listen, "demo.provider_listen")?;
        loopback(&listener)?;
        let demo = Demo::start(settings, &data, listener, at_provider, self.fresh).await?;
        demo.introduce()?;
        stopped().await;
        println!("stopping …");
        demo.stop().await?;
        Ok(ExitCode::SUCCESS)
    }
}

fn loopback(listener: &TcpListener) -> Result<(), Failure> {
    let address = listener.local_addr().map_err(|error| Failure::new("LISTEN", error))?;
    if address.ip().is_loopback() {
        return Ok(());
    }
    let mend = "the demo signs anybody in as anybody: let it listen on 127.0.0.1 only";
    Err(Failure::new(
        "DEMO_REACHABLE",
        format!("{address} can be reached from elsewhere; {mend}"),
    ))
}

/// A running demo.
pub struct Demo {
    provider: Provider,
    gateway: RunningGateway,
    database: Database,
    services: Vec<Service>,
    stop: watch::Sender<bool>,
    data: PathBuf,
}

/// A service on a loopback port of its own: the gateway's way to live events.
struct Service {
    name: &'static str,
    address: SocketAddr,
    serving: JoinHandle<Result<(), Failure>>,
}

impl Demo {
    /// Starts everything in this process: provider, database with the story, subgraphs, gateway.
    ///
    /// # Errors
    /// What is wrong, and how to mend it.
    pub async fn start(
        settings: &Settings,
        data: &Path,
        listener: TcpListener,
        at_provider: TcpListener,
        fresh: bool,
    ) -> Result<Self, Failure> {
        let fault = |error: std::io::Error| {
            Failure::new(
                "DATA",
                format!("{} cannot be used ({error}): name another with --data", data.display()),
            )
        };
        std::fs::create_dir_all(data).map_err(fault)?;
        let file = data.join(DATABASE);
        if fresh {
            // Whoever runs on this data keeps it: without the lock nothing is thrown away.
            let _lock = foundation::database::lock_file(&file).map_err(|error| Failure::new("DATABASE", error))?;
            remove(data).map_err(fault)?;
        }
        let database = platform::open_at(&format!("sqlite:{}", file.display()), settings).await?;
        let reference = Reference::embedded().map_err(|error| Failure::new("REFERENCE", error))?;
        let story = Story::embedded(&reference).map_err(|error| Failure::new("STORY", error))?;
        let provider = provider(&story, data, at_provider).await?;
        fill(&database, &reference, &story, provider.issuer()).await?;
        let verifier = verifier(&provider)?;
        let pseudonyms = demo::secret::pseudonyms(&data.join(KEYS)).map_err(fault)?;
        let subgraph = |service: &services::Service| {
            service.on(
                database.clone(),
                Clock::System,
                verifier.clone(),
                Some(pseudonyms.clone()),
            )
        };
        let subgraphs: Vec<Arc<dyn Subgraph>> = SERVICES.iter().map(subgraph).collect();
        play(&story, &subgraphs, &provider).await?;
        let (stop, _) = watch::channel(false);
        let mut gateway = gateway_settings(settings, listener, verifier, data, page(&story, &provider)?);
        let mut services = Vec::new();
        for subgraph in subgraphs {
            let own = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(fault)?;
            let (name, address) = (subgraph.name(), own.local_addr().map_err(fault)?);
            if services::Service::named(name).is_some_and(|service| service.edges.is_some()) {
                gateway.edges = Some(EdgeAt {
                    authority: address.to_string(),
                });
            }
            gateway.subgraphs.push(platform::at(name, address));
            gateway
                .in_process
                .push((name.to_owned(), Arc::new(InProcess(subgraph.clone()))));
            let mut word = stop.subscribe();
            let serving = tokio::spawn(platform::serve(subgraph, own, settings.retention.every(), async move {
                let _ = word.wait_for(|stop| *stop).await;
            }));
            services.push(Service { name, address, serving });
        }
        let gateway = gateway::start(gateway)
            .await
            .map_err(|error| Failure::new("GATEWAY", format!("{error:#}")))?;
        Ok(Self {
            provider,
            gateway,
            database,
            services,
            stop,
            data: data.to_owned(),
        })
    }

    /// The front door's address.
    pub fn address(&self) -> SocketAddr {
        self.gateway.address()
    }

    /// The loopback address of a service's own part of the graph.
    pub fn service(&self, name: &str) -> Option<SocketAddr> {
        self.services
            .iter()
            .find(|service| service.name == name)
            .map(|service| service.address)
    }

    /// The demo's identity provider.
    pub fn provider(&self) -> &Provider {
        &self.provider
    }

    /// Prints where to look, a token and a query.
    fn introduce(&self) -> Result<(), Failure> {
        let headers = headers(&self.provider, VISITOR, PURPOSE)?;
        let service = |service: &Service| format!("{} http://{}/graphql", service.name, service.address);
        let services: Vec<String> = self.services.iter().map(service).collect();
        println!(
            "\nSamenzicht's demo runs. Everything in it is invented.\n\n\
             Look here:      http://{address}/graphql   (GraphiQL; data in {data})\n\
             Services by themselves: {services}\n\
             Headers of {VISITOR} (they stand in the page's headers pane already):\n\n{headers}\n\n\
             and a query, for example:\n\n{QUERY}\n\n\
             The page's other tabs lead on: an inbox, a triage, a correction and a request that wait,\n\
             a party, duplicates.\n\
             Another account: infra/samenzicht token jenv.inspector --data {data}\n\
             Accounts are <inspectorate>.<role>, such as ilt.inspector, nvwa.steward, igj.admin, auditor.\n\
             Ctrl-C stops; starting again finds the data again; --fresh starts over.\n",
            address = self.address(),
            data = self.data.display(),
            services = services.join(", "),
        );
        Ok(())
    }

    /// Stops everything, the front door first.
    ///
    /// # Errors
    /// When the gateway does not end well.
    pub async fn stop(self) -> Result<(), Failure> {
        self.gateway
            .stop()
            .await
            .map_err(|error| Failure::new("GATEWAY", format!("{error:#}")))?;
        // Nobody hears the word only when all have ended already.
        let _ = self.stop.send(true);
        for service in self.services {
            let _ = tokio::time::timeout(Duration::from_secs(5), service.serving).await;
        }
        self.provider.stop().await;
        self.database.close().await;
        Ok(())
    }
}

/// Removes what the demo itself wrote, but for the lock, and nothing else of the folder.
fn remove(data: &Path) -> std::io::Result<()> {
    for file in [
        DATABASE.to_owned(),
        format!("{DATABASE}-wal"),
        format!("{DATABASE}-shm"),
    ] {
        match std::fs::remove_file(data.join(file)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
    }
    match std::fs::remove_dir_all(data.join(KEYS)) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}

async fn provider(story: &Story, data: &Path, listener: TcpListener) -> Result<Provider, Failure> {
    let fault = |error: &dyn std::fmt::Display| Failure::new("PROVIDER", error);
    listener.set_nonblocking(true).map_err(|error| fault(&error))?;
    let listener = tokio::net::TcpListener::from_std(listener).map_err(|error| fault(&error))?;
    let keys = data.join(KEYS);
    let key = |name: &str| -> Result<ClientKey, Failure> {
        let pair = KeyPair::load_or_create(&keys.join(format!("{name}.pem"))).map_err(|error| fault(&error))?;
        Ok(ClientKey::Jwk(pair.public_jwk()))
    };
    let (client_id, redirect) = PEOPLE_CLI;
    let mut clients = vec![
        DemoClient::CommandLine {
            client_id: DEMO_CLI.to_owned(),
            key: key(DEMO_CLI)?,
        },
        DemoClient::Person {
            client_id: client_id.to_owned(),
            redirect_uris: vec![redirect.to_owned()],
        },
    ];
    for account in story.accounts.iter().filter(|account| account.roles.only_case_system()) {
        let subject = account.subject.clone();
        clients.push(DemoClient::System {
            client_id: subject.clone(),
            key: key(&subject)?,
            subject,
        });
    }
    let account = |account: &demo::story::StoryAccount| DemoAccount {
        subject: account.subject.clone(),
        name: account.name.clone(),
    };
    let mut settings = ProviderSettings::new(story.accounts.iter().map(account).collect(), clients);
    settings.token_lifetime = TOKEN_LIFETIME;
    settings.keys_directory = Some(keys);
    let proof = DemoMode::prove(OperatingMode::Demo, listener).map_err(|error| fault(&error))?;
    Provider::start(proof, settings).await.map_err(|error| fault(&error))
}

fn verifier(provider: &Provider) -> Result<Verifier, Failure> {
    let settings = TokenSettings {
        issuers: vec![provider.issuer_settings()],
        leeway_seconds: 5,
        keys: KeySettings::default(),
    };
    Verifier::new(settings).map_err(|error| Failure::new("CONFIGURATION", error))
}

/// Makes the tables, loads the vocabularies, and lets the demo's people in.
async fn fill(database: &Database, reference: &Reference, story: &Story, issuer: &str) -> Result<(), Failure> {
    foundation::migrate::migrate(database, &tables())
        .await
        .map_err(|error| Failure::new("MIGRATION", error))?;
    let fault = |error: registry::seed::SeedError| Failure::new("REFERENCE", error);
    registry::seed::vocabularies(database, reference).await.map_err(fault)?;
    registry::seed::population(database, &demo::load::population(story, issuer))
        .await
        .map_err(fault)
}

/// Plays the story through the API, as the people who would do it. What is done together needs nobody but itself: what a
/// visitor's changes stand in the way of is left out.
async fn play(story: &Story, subgraphs: &[Arc<dyn Subgraph>], provider: &Provider) -> Result<(), Failure> {
    let ask = |call: Call| async move {
        let Some(subgraph) = subgraphs.iter().find(|subgraph| subgraph.name() == call.service) else {
            return serde_json::Value::Null;
        };
        let token = provider.token_for(&call.subject).unwrap_or_default();
        let mut headers = http::HeaderMap::new();
        let texts = [
            ("authorization", format!("Bearer {token}")),
            (PURPOSE_HEADER, call.purpose),
        ];
        for (name, text) in texts {
            if let Ok(value) = http::HeaderValue::from_str(&text) {
                headers.insert(name, value);
            }
        }
        let variables = async_graphql::Variables::from_json(call.variables);
        let request = async_graphql::Request::new(call.query).variables(variables);
        let reply = subgraph.execute(&headers, request).await;
        serde_json::to_value(reply.response).unwrap_or_default()
    };
    let _quiet = Quiet::begin();
    let now = jiff::Timestamp::now();
    demo::play::play(story, now, ask)
        .await
        .map_err(|error| Failure::new("STORY", error))?;
    for undone in demo::deeds::deeds(story, now, ask).await {
        tracing::warn!(
            deed = undone.deed,
            reason = undone.reason,
            "a part of the demo's story is left out"
        );
    }
    Ok(())
}

/// The headers that a visitor needs, as the page's pane takes them. The token opens invented data only.
fn headers(provider: &Provider, account: &str, purpose: &str) -> Result<String, Failure> {
    let token = provider
        .token_for(account)
        .map_err(|error| Failure::new("SIGN_IN", error))?;
    let headers = serde_json::json!({ "Authorization": format!("Bearer {token}"), "Samenzicht-Purpose": purpose });
    serde_json::to_string_pretty(&headers).map_err(|error| Failure::new("SIGN_IN", error))
}

/// The page as a visitor finds it: a tab for each thing to look at, with its account's headers.
fn page(story: &Story, provider: &Provider) -> Result<Graphiql, Failure> {
    let tab = |visit: &StoryVisit| {
        let headers = headers(provider, &visit.r#as, visit.purpose.as_str())?;
        Ok((visit.query(story), headers))
    };
    Ok(Graphiql {
        query: QUERY.to_owned(),
        headers: headers(provider, VISITOR, PURPOSE)?,
        tabs: story.visits.iter().map(tab).collect::<Result<_, Failure>>()?,
        assets: None,
    })
}

fn gateway_settings(
    settings: &Settings,
    listener: TcpListener,
    verifier: Verifier,
    data: &Path,
    page: Graphiql,
) -> GatewaySettings {
    let supergraph = SupergraphSource::Text(platform::SUPERGRAPH.to_owned());
    let gateway = configured(
        GatewaySettings::new(listener, supergraph, Arc::new(Check(verifier))),
        settings,
    );
    let assets = Some(data.join(PAGE)).filter(|folder| folder.is_dir());
    GatewaySettings {
        introspection: true,
        graphiql: Some(Graphiql { assets, ..page }),
        ..gateway
    }
}
