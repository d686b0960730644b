//! A platform behind its real gateway whose time stands still until a test moves it: every question goes over HTTP with
//! a token and a purpose, and days pass in a moment.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use access::Instant;
use demo::provider::{DemoAccount, DemoMode, OperatingMode, Provider, ProviderSettings};
use demo::story::Story;
use foundation::PseudonymKey;
use foundation::token::{KeySettings, TokenSettings, Verifier};
use gateway::{GatewaySettings, RunningGateway, SupergraphSource};
use registry::reference::Reference;
use samenzicht::platform::{self, Check, InProcess};
use samenzicht::services::SERVICES;
use serde_json::Value;
use tempfile::TempDir;

use crate::caller::{document, plain};
use crate::signer::Signer;
use crate::stand::any_port;
use crate::world::{On, SECRET, World};

/// A platform with the demo's people, parties and sites in it, and no record of theirs yet.
pub struct Clockwork {
    /// Its database and its time.
    pub world: World,
    gateway: RunningGateway,
    provider: Provider,
    signer: Signer,
    client: reqwest::Client,
    tokens: Mutex<BTreeMap<String, String>>,
    _keys: TempDir,
}

impl Clockwork {
    /// Starts it at this moment; on PostgreSQL each service logs in as itself.
    pub async fn start(on: On, now: Instant) -> Self {
        let world = World::on(on).await;
        world.clock.advance(now - world.clock.now());
        let reference = Reference::embedded().expect("the reference data are right");
        let story = Story::embedded(&reference).expect("the story is right");
        let keys = tempfile::tempdir().expect("a folder");
        let provider = provider(&story, &keys).await;
        registry::seed::vocabularies(&world.behind, &reference)
            .await
            .expect("the vocabularies fit");
        let people = demo::load::population(&story, provider.issuer());
        registry::seed::population(&world.behind, &people)
            .await
            .expect("the demo's people fit");
        let gateway = gateway(&world, &provider).await;
        Self {
            signer: Signer::of_provider(provider.issuer(), keys.path()),
            world,
            gateway,
            provider,
            client: plain(),
            tokens: Mutex::default(),
            _keys: keys,
        }
    }

    /// Who makes the tokens: `iss`.
    pub fn issuer(&self) -> &str {
        self.provider.issuer()
    }

    /// Asks the gateway as an account under a purpose; the whole answer.
    pub async fn ask(&self, account: &str, purpose: &str, query: &str, variables: &Value) -> Value {
        let url = format!("http://{}/graphql", self.gateway.address());
        let request = self.client.post(url).bearer_auth(self.token(account));
        let answer = request
            .header("content-type", "application/json")
            .header("samenzicht-purpose", purpose)
            .header("accept-language", "en")
            .body(document(query, variables))
            .send()
            .await
            .unwrap_or_else(|error| panic!("no answer: {error}"));
        let bytes = answer.bytes().await.expect("an answer to its end");
        serde_json::from_slice(&bytes)
            .unwrap_or_else(|error| panic!("{error}, in: {}", String::from_utf8_lossy(&bytes)))
    }

    /// What the services do by themselves from time to time, once.
    pub async fn upkeep(&self) -> u64 {
        let mut dealt_with = 0;
        for (service, subgraph) in SERVICES.iter().zip(&self.world.services) {
            if let Some(upkeep) = service.upkeep {
                let done = upkeep(subgraph.platform().clone()).await;
                dealt_with += done.unwrap_or_else(|fault| panic!("the upkeep of {} failed: {fault}", service.name));
            }
        }
        dealt_with
    }

    /// Stops the gateway and the sign-in.
    pub async fn stop(self) {
        self.gateway.stop().await.expect("the gateway ends well");
        self.provider.stop().await;
        self.world.close().await;
    }

    fn token(&self, account: &str) -> String {
        let mut tokens = self.tokens.lock().expect("nobody panics meanwhile");
        let made = tokens.entry(account.to_owned());
        made.or_insert_with(|| self.signer.token(account, 6 * 3600)).clone()
    }
}

async fn provider(story: &Story, keys: &TempDir) -> Provider {
    let account = |account: &demo::story::StoryAccount| DemoAccount {
        subject: account.subject.clone(),
        name: account.name.clone(),
    };
    let mut settings = ProviderSettings::new(story.accounts.iter().map(account).collect(), Vec::new());
    settings.keys_directory = Some(keys.path().to_owned());
    let listener = any_port();
    listener.set_nonblocking(true).expect("a listener");
    let listener = tokio::net::TcpListener::from_std(listener).expect("a listener");
    let proof = DemoMode::prove(OperatingMode::Demo, listener).expect("loopback");
    Provider::start(proof, settings).await.expect("the provider starts")
}

/// The real gateway before the world's services, each on its own login, with a verifier that trusts the provider.
async fn gateway(world: &World, provider: &Provider) -> RunningGateway {
    let tokens = TokenSettings {
        issuers: vec![provider.issuer_settings()],
        leeway_seconds: 0,
        keys: KeySettings::default(),
    };
    let verifier = Verifier::new(tokens).expect("settings of our own");
    let supergraph = SupergraphSource::Text(platform::SUPERGRAPH.to_owned());
    let mut settings = GatewaySettings::new(any_port(), supergraph, Arc::new(Check(verifier.clone())));
    // A busy machine is no failure of what is tried here.
    (settings.subgraph_timeout, settings.change_timeout) = (Duration::from_secs(120), Duration::from_secs(120));
    for (service, subgraph) in SERVICES.iter().zip(&world.services) {
        let login = subgraph.platform().database.clone();
        let secret = PseudonymKey::read(SECRET);
        let subgraph = service.on(login, world.clock.clone(), verifier.clone(), secret);
        let nowhere = "127.0.0.1:1".parse().expect("an address");
        settings.subgraphs.push(platform::at(service.name, nowhere));
        let name = service.name.to_owned();
        settings.in_process.push((name, Arc::new(InProcess(subgraph))));
    }
    gateway::start(settings).await.expect("the gateway starts")
}
