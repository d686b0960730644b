//! The platform as processes of their own on PostgreSQL: each service with its own login role, configured by its
//! environment alone, tokens from a demo provider that runs in the test.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use demo::provider::{
    ClientKey, DemoAccount, DemoClient, DemoMode, KeyPair, OperatingMode, Provider, ProviderSettings,
};
use demo::story::Story;
use foundation::Database;
use registry::reference::Reference;
use samenzicht::services::SERVICES;
use tempfile::TempDir;

use crate::postgres::{Cluster, SUPERUSER, Scratch};
use crate::signer::Signer;
use crate::stand::{Behind, any_port};

/// How long a process may take to serve, or to end, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// The accounts that have a key of their own, as a case system has: whoever works from the command line.
pub const AT_THE_COMMAND_LINE: [&str; 4] = ["ilt.admin", "ilt.admin2", "ilt.inspector", "ilt.casesystem"];

/// The platform's processes, with their database and their identity provider.
pub struct Processes {
    services: Vec<(&'static str, Process)>,
    /// The front door.
    pub gateway: Process,
    /// The demo's provider, where no other is trusted.
    provider: Option<Provider>,
    signer: Signer,
    cluster: &'static Cluster,
    database: Scratch,
    folder: TempDir,
}

/// A running process of the platform's binary; killed when dropped.
pub struct Process {
    /// Where it serves.
    pub address: SocketAddr,
    child: Child,
    arguments: Vec<String>,
    environment: Vec<(String, String)>,
    log: PathBuf,
}

/// The platform's binary, which the workspace's build puts beside this test.
pub fn binary() -> PathBuf {
    let test = std::env::current_exe().expect("a test has a file");
    let beside = test.parent().expect("a file is in a folder");
    // Tests are in `deps`, below; a program of ours is beside it.
    let folder = if beside.ends_with("deps") {
        beside.parent()
    } else {
        Some(beside)
    };
    let path = folder.expect("`deps` is in a folder").join("samenzicht");
    assert!(
        path.is_file(),
        "{} is missing: build it first with `cargo build -p samenzicht` (the same profile and target folder)",
        path.display()
    );
    path
}

/// A command of the binary with this environment and nothing of ours. A file that may not grow is an error to it and not
/// its end: the shell, whose place it takes, ignores the signal.
pub fn command(arguments: &[String], environment: &[(String, String)]) -> Command {
    let mut command = Command::new("/bin/sh");
    command
        .args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\""])
        .arg(binary())
        .env_clear()
        .env("SAMENZICHT__LOG__FILTER", "warn")
        .env("RUST_BACKTRACE", "1");
    command
        .envs(environment.iter().map(|(name, value)| (name, value)))
        .args(arguments);
    command
}

impl Processes {
    /// Makes a database as the migrator, lets the demo's people in, and starts the services and the gateway, which trust
    /// a demo provider.
    pub async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// The same, all of them with these variables as well.
    pub async fn start_with(further: &[(&str, &str)]) -> Self {
        let cluster = Cluster::shared();
        Self::started((cluster, cluster.empty().await), further).await
    }

    /// The same in this database of this cluster.
    pub async fn start_on(cluster: &'static Cluster, database: Scratch) -> Self {
        Self::started((cluster, database), &[]).await
    }

    async fn started(place: (&'static Cluster, Scratch), further: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let keys = folder.path().join("keys");
        let provider = provider(&story(), &keys).await;
        let (issuer, signer) = (
            provider.issuer().to_owned(),
            Signer::of_provider(provider.issuer(), &keys),
        );
        Self::of(place, folder, Some(provider), (&issuer, &[]), further, signer).await
    }

    /// The same with another provider, which is configured by these keys below `[identity]` beside its name and our
    /// audience.
    pub async fn trusting(issuer: &str, identity: &[(&str, &str)], signer: Signer) -> Self {
        let cluster = Cluster::shared();
        let place = (cluster, cluster.empty().await);
        let folder = tempfile::tempdir().expect("a folder");
        Self::of(place, folder, None, (issuer, identity), &[], signer).await
    }

    async fn of(
        (cluster, database): (&'static Cluster, Scratch),
        folder: TempDir,
        provider: Option<Provider>,
        (issuer, identity): (&str, &[(&str, &str)]),
        further: &[(&str, &str)],
        signer: Signer,
    ) -> Self {
        let further = || further.iter().map(|&(name, value)| (name.to_owned(), value.to_owned()));
        let story = story();
        let migrator = cluster.url_for("samenzicht_migrator", &database);
        let setting = |name: &str, value: &str| (format!("SAMENZICHT__{name}"), value.to_owned());
        let migrate = command(&["migrate".to_owned()], &[setting("DATABASE__URL", &migrator)]).output();
        let migrate = migrate.expect("the binary runs");
        assert!(
            migrate.status.success(),
            "migrate: {}",
            String::from_utf8_lossy(&migrate.stderr)
        );
        let loader = Database::open(&migrator, 1).await.expect("the migrator enters");
        let people = demo::load::population(&story, issuer);
        registry::seed::population(&loader, &people)
            .await
            .expect("the demo's people fit");
        loader.close().await;
        let identity: Vec<_> = [
            ("ISSUERS__0__ISSUER", issuer),
            ("ISSUERS__0__AUDIENCES", "samenzicht"),
            ("LEEWAY_SECONDS", "0"),
        ]
        .iter()
        .chain(identity)
        .map(|(name, value)| setting(&format!("IDENTITY__{name}"), value))
        .collect();
        let service = |name: &str| {
            let url = setting(
                "DATABASE__URL",
                &cluster.url_for(&format!("samenzicht_{name}"), &database),
            );
            let environment = identity.iter().cloned().chain([url]).chain(further()).collect();
            Process::start(
                &["serve", name],
                environment,
                &folder.path().join(format!("{name}.log")),
            )
        };
        let services: Vec<_> = SERVICES.iter().map(|each| (each.name, service(each.name))).collect();
        let at = |(name, process): &(&str, Process)| {
            let key = format!("GATEWAY__SUBGRAPHS__{}", name.to_uppercase());
            setting(&key, &format!("http://{}/graphql", process.address))
        };
        let timeout = setting("GATEWAY__SUBGRAPH_TIMEOUT_SECONDS", "3");
        let subgraphs = services.iter().map(at).chain([timeout]);
        let environment = identity.iter().cloned().chain(subgraphs).chain(further()).collect();
        let gateway = Process::start(&["gateway"], environment, &folder.path().join("gateway.log"));
        Self {
            services,
            gateway,
            provider,
            signer,
            cluster,
            database,
            folder,
        }
    }

    /// A service's process.
    pub fn service(&mut self, name: &str) -> &mut Process {
        let found = self.services.iter_mut().find(|(each, _)| *each == name);
        found.map_or_else(|| panic!("no service {name}"), |(_, process)| process)
    }

    /// All processes, the gateway first.
    pub fn all(&mut self) -> impl Iterator<Item = &mut Process> {
        let services = self.services.iter_mut().map(|(_, process)| process);
        std::iter::once(&mut self.gateway).chain(services)
    }

    /// Who makes the tokens.
    pub fn signer(&self) -> Signer {
        self.signer.clone()
    }

    /// The database with every right.
    pub async fn behind(&self) -> Behind {
        Behind::postgres(&self.cluster.url_for(SUPERUSER, &self.database)).await
    }

    /// The cluster and the name of the database in it.
    pub fn place(&self) -> (&'static Cluster, &str) {
        (self.cluster, &self.database)
    }

    /// Where a client command finds the API, its key and the sign-in.
    pub fn client(&self) -> Vec<(String, String)> {
        let api = format!("http://{}/graphql", self.gateway.address);
        let provider = self.provider.as_ref().expect("these trust the demo's provider");
        client(&api, &self.folder.path().join("keys"), provider.issuer())
    }

    /// One more gateway, over services at these addresses.
    pub fn another_gateway(&self, services: &[(&str, String)]) -> Process {
        let mut environment = self.gateway.environment.clone();
        for (name, url) in services {
            let key = format!("SAMENZICHT__GATEWAY__SUBGRAPHS__{}", name.to_uppercase());
            environment.retain(|(known, _)| *known != key);
            environment.push((key, url.clone()));
        }
        Process::start(&["gateway"], environment, &self.folder.path().join("gateway-2.log"))
    }

    /// One more process of the service signals, on a port of its own.
    pub fn another_signals(&mut self) -> Process {
        let log = self.folder.path().join("signals-2.log");
        Process::start(&["serve", "signals"], self.service("signals").environment.clone(), &log)
    }
}

fn story() -> Story {
    let reference = Reference::embedded().expect("the reference data are right");
    Story::embedded(&reference).expect("the story is right")
}

/// The environment in which a client command finds the API, its key and the sign-in.
pub fn client(api: &str, keys: &Path, issuer: &str) -> Vec<(String, String)> {
    let setting = |name: &str, value: &str| (format!("SAMENZICHT__CLIENT__{name}"), value.to_owned());
    vec![
        setting("API", api),
        setting("KEYS", &keys.display().to_string()),
        setting("ISSUER", issuer),
    ]
}

async fn provider(story: &Story, keys: &Path) -> Provider {
    let account = |account: &demo::story::StoryAccount| DemoAccount {
        subject: account.subject.clone(),
        name: account.name.clone(),
    };
    let client = |name: &str| {
        let pair = KeyPair::load_or_create(&keys.join(format!("{name}.pem"))).expect("a key can be kept");
        DemoClient::System {
            client_id: name.to_owned(),
            key: ClientKey::Jwk(pair.public_jwk()),
            subject: name.to_owned(),
        }
    };
    let clients = AT_THE_COMMAND_LINE.map(client).into();
    let mut settings = ProviderSettings::new(story.accounts.iter().map(account).collect(), clients);
    settings.keys_directory = Some(keys.to_owned());
    let listener = any_port();
    listener.set_nonblocking(true).expect("a listener");
    let listener = tokio::net::TcpListener::from_std(listener).expect("a listener");
    let proof = DemoMode::prove(OperatingMode::Demo, listener).expect("loopback");
    Provider::start(proof, settings).await.expect("the provider starts")
}

impl Process {
    /// The demo as a process of its own, in this folder. Its provider gets a port that is free now and stays its own.
    pub fn demo(data: &Path) -> (Self, Signer) {
        let provider = any_port().local_addr().expect("an address");
        let listen = ("SAMENZICHT__DEMO__PROVIDER_LISTEN".to_owned(), provider.to_string());
        let folder = data.display().to_string();
        let demo = Self::start(&["demo", "--data", &folder], vec![listen], &data.join("process.log"));
        let signer = Signer::of_provider(&format!("http://{provider}/idp"), &data.join("keys"));
        (demo, signer)
    }

    /// Its number with the system.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Starts it with these arguments and `--listen` on a free port.
    pub fn start(arguments: &[&str], environment: Vec<(String, String)>, log: &Path) -> Self {
        let arguments: Vec<String> = arguments.iter().map(|&argument| argument.to_owned()).collect();
        Self::listening("127.0.0.1:0", arguments, environment, log.to_owned())
    }

    fn listening(listen: &str, arguments: Vec<String>, environment: Vec<(String, String)>, log: PathBuf) -> Self {
        let file = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(&log)
            .expect("a file for its log");
        let all: Vec<String> = arguments
            .iter()
            .cloned()
            .chain(["--listen".to_owned(), listen.to_owned()])
            .collect();
        let mut child = command(&all, &environment)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(file)
            .spawn()
            .expect("the binary runs");
        let said = child.stdout.take().expect("its output is ours");
        let (tell, told) = mpsc::channel();
        // Read to the end: a process whose output nobody reads would stop at it.
        std::thread::spawn(move || {
            for line in BufReader::new(said).lines().map_while(Result::ok) {
                if let Some(address) = address_in(&line) {
                    let _ = tell.send(address);
                }
            }
        });
        let Ok(address) = told.recv_timeout(PATIENCE) else {
            let _ = child.kill();
            let _ = child.wait();
            let log = std::fs::read_to_string(&log).unwrap_or_default();
            panic!("`samenzicht {}` does not serve:\n{log}", all.join(" "));
        };
        Self {
            address,
            child,
            arguments,
            environment,
            log,
        }
    }

    /// Ends it at once, as a crash would.
    pub fn crash(&mut self) {
        self.child.kill().expect("it is our child");
        self.child.wait().expect("it is our child");
    }

    /// Starts it again, on the same port.
    pub fn again(&mut self) {
        let (arguments, environment) = (self.arguments.clone(), self.environment.clone());
        *self = Self::listening(&self.address.to_string(), arguments, environment, self.log.clone());
    }

    /// Sends it a signal by name, such as `TERM`.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill")
            .args([&format!("-{name}"), &self.child.id().to_string()])
            .status();
        assert!(sent.expect("`kill` runs").success(), "signal {name}");
    }

    /// Waits for its end.
    pub async fn ended(&mut self) -> ExitStatus {
        let began = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("it is our child") {
                return status;
            }
            assert!(began.elapsed() < PATIENCE, "it does not end: {:?}", self.arguments);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// What it said on standard error.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The address in `… at http://127.0.0.1:4102/graphql`.
fn address_in(line: &str) -> Option<SocketAddr> {
    line.split_once("http://")?.1.split_once('/')?.0.parse().ok()
}
