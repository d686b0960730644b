//! A throwaway PostgreSQL cluster: in a folder of its own, on a Unix socket alone, gone with the process that began it.
//!
//! [`Cluster::shared`] starts one per test binary. The server hangs on a pipe to this process: when the process ends,
//! however it ends, the pipe closes, the server stops and its folder is removed. PostgreSQL refuses to run as root;
//! root runs it as `postgres`, or as `nobody` where there is no such user.
//!
//! A database is made once by [`Cluster::template`] (migrated, seeded) and cloned for each test; a clone is dropped
//! when its test is done with it, so that a run needs the disk of the tests that run at one moment.

use std::fmt;
use std::io::{self, Read, Write as _};
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::str::FromStr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex as Held, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection, Executor};
use tokio::sync::{Mutex, OnceCell};

/// The cluster's roles and their rights in a database.
pub const ROLES: &str = include_str!("../../infra/postgres/roles.sql");

/// The superuser of the cluster, for preparing and for breaking things.
pub const SUPERUSER: &str = "postgres";

/// How long a server may take to start on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// Run as the server's user: serves until its standard input closes, then stops the server and removes its folder. A line
/// there says for how many seconds the server is to fall, as `pg_ctl stop -m immediate` lets it.
const KEEPER: &str = r#"
folder=$1; bin=$2; shift 2
serve() {
  "$bin/postgres" -D "$folder/data" -k "$folder" -c listen_addresses= "$@" < /dev/null >> "$folder/server.log" 2>&1 &
  server=$!
}
serve "$@"
trap '' INT TERM HUP
while read -r seconds; do
  kill -QUIT "$server"
  wait "$server"
  sleep "$seconds"
  serve "$@"
  echo up
done
kill -INT "$server" 2> /dev/null
wait "$server"
rm -rf "$folder"
"#;

/// The settings of a server that tests run on: quick, and nothing survives a power cut.
const FOR_TESTS: [&str; 5] = [
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_connections=400",
    "shared_buffers=64MB",
];

/// Who serves a cluster, and what it says.
#[derive(Debug)]
struct Keeper {
    process: Child,
    told: Held<ChildStdout>,
}

/// A running cluster.
#[derive(Debug)]
pub struct Cluster {
    folder: PathBuf,
    /// None where somebody else began it.
    keeper: Option<Keeper>,
    names: AtomicU32,
    template: OnceCell<()>,
    creating: Mutex<()>,
    gone: Gone,
}

/// The databases that nobody needs any more.
type Gone = Arc<Held<Vec<String>>>;

/// The name of a database that is there as long as this is.
#[derive(Debug)]
pub struct Scratch {
    name: String,
    gone: Gone,
}

impl Deref for Scratch {
    type Target = str;

    fn deref(&self) -> &str {
        &self.name
    }
}

impl fmt::Display for Scratch {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.name)
    }
}

/// It is dropped before the next is made: that needs a connection, and here may be no runtime left.
impl Drop for Scratch {
    fn drop(&mut self) {
        let mut gone = self.gone.lock().unwrap_or_else(PoisonError::into_inner);
        gone.push(std::mem::take(&mut self.name));
    }
}

impl Cluster {
    /// The cluster of this test binary, started at first use.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Cluster> = OnceLock::new();
        SHARED.get_or_init(Self::start)
    }

    /// Starts a cluster that forgets what it had just confirmed when it falls: quicker, and enough for most tests.
    pub fn start() -> Self {
        Self::start_with(&FOR_TESTS)
    }

    /// Starts a cluster that has what it confirmed also after [`Cluster::fall`].
    pub fn that_keeps() -> Self {
        Self::start_with(&FOR_TESTS.map(|setting| match setting {
            "synchronous_commit=off" => "synchronous_commit=on",
            other => other,
        }))
    }

    /// A cluster that runs already, with its socket in this folder.
    pub fn running(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            keeper: None,
            names: AtomicU32::new(0),
            template: OnceCell::new(),
            creating: Mutex::new(()),
            gone: Gone::default(),
        }
    }

    /// Starts a cluster with these settings, each as `name=value`.
    pub fn start_with(settings: &[&str]) -> Self {
        let bin = programs();
        let folder = tempfile::Builder::new()
            .prefix("samenzicht-pg-")
            .tempdir()
            .expect("a temporary folder")
            .keep();
        let user = server_user();
        if let Some(user) = &user {
            run(Command::new("chown").arg(user).arg(&folder));
        }
        run(as_user(user.as_deref(), &bin.join("initdb"))
            .args([
                "--no-sync",
                "--auth=trust",
                "--encoding=UTF8",
                "--locale=C",
                "--username",
                SUPERUSER,
            ])
            .arg("--pgdata")
            .arg(folder.join("data")));
        let mut keeper = as_user(user.as_deref(), Path::new("/bin/sh"))
            .args(["-c", KEEPER, "keeper"])
            .args([&folder, &bin])
            .args(settings.iter().flat_map(|setting| ["-c", setting]))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the server's keeper starts");
        let told = keeper.stdout.take().expect("its output is ours");
        let mut cluster = Self {
            folder,
            keeper: Some(Keeper {
                process: keeper,
                told: Held::new(told),
            }),
            names: AtomicU32::new(0),
            template: OnceCell::new(),
            creating: Mutex::new(()),
            gone: Gone::default(),
        };
        cluster.wait_until_ready(&bin);
        cluster
    }

    fn wait_until_ready(&mut self, bin: &Path) {
        let started = Instant::now();
        let ready = || {
            let mut command = Command::new(bin.join("pg_isready"));
            command
                .args(["--quiet", "--host"])
                .arg(&self.folder)
                .status()
                .is_ok_and(|status| status.success())
        };
        while !ready() {
            let keeper = self.keeper.as_mut().expect("it was just started");
            let ended = keeper.process.try_wait().expect("the keeper is our child");
            if ended.is_some() || started.elapsed() > PATIENCE {
                let mut log = String::new();
                let _ = std::fs::File::open(self.folder.join("server.log"))
                    .and_then(|mut file| file.read_to_string(&mut log));
                panic!("PostgreSQL did not start in {PATIENCE:?}:\n{log}");
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// The folder of its socket, in which its log lies too (`server.log`).
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Lets the server fall at once with all its connections, as a crash would, and begins it again after so many seconds;
    /// returns when it was begun. Only of a cluster that was started here.
    pub fn fall(&self, seconds: f32) {
        let keeper = self.keeper.as_ref().expect("it was started here");
        let mut said = keeper.process.stdin.as_ref().expect("the keeper listens");
        writeln!(said, "{seconds}").expect("the keeper lives");
        let mut up = [0; 3];
        let mut told = keeper.told.lock().unwrap_or_else(PoisonError::into_inner);
        told.read_exact(&mut up).expect("the keeper begins it again");
    }

    /// Where a role reaches a database.
    pub fn url_for(&self, role: &str, database: &str) -> String {
        let folder = self
            .folder
            .to_str()
            .expect("a temporary folder has a plain name")
            .replace('/', "%2F");
        format!("postgres://{role}@localhost/{database}?host={folder}")
    }

    /// Makes the database `template` once: with the roles' rights, then as `prepare` leaves it. `prepare` gets the
    /// database's name and must have closed its connections when it returns.
    pub async fn template<F: Future<Output = ()>>(&self, prepare: impl FnOnce(&'static str) -> F) -> &'static str {
        const NAME: &str = "template";
        let make = || async {
            self.create("template0", NAME).await;
            prepare(NAME).await;
        };
        self.template.get_or_init(make).await;
        NAME
    }

    /// A new database with nothing in it but the roles' rights.
    pub async fn empty(&self) -> Scratch {
        self.numbered("template0").await
    }

    /// A new database with all that another has. Nobody may be connected to the other.
    pub async fn clone_of(&self, database: &str) -> Scratch {
        self.numbered(database).await
    }

    /// The database of this name, and whether it is new: it stays as long as the cluster does.
    pub async fn kept(&self, name: &str) -> (Scratch, bool) {
        let there = PgConnectOptions::from_str(&self.url_for(SUPERUSER, name)).expect("our own address");
        let new = match there.connect().await {
            Ok(connection) => {
                connection.close().await.expect("the superuser leaves");
                false
            }
            Err(_) => {
                self.create("template0", name).await;
                true
            }
        };
        let (name, gone) = (name.to_owned(), Gone::default());
        (Scratch { name, gone }, new)
    }

    async fn numbered(&self, from: &str) -> Scratch {
        let name = format!("test_{}", self.names.fetch_add(1, Ordering::Relaxed));
        self.create(from, &name).await;
        let gone = self.gone.clone();
        Scratch { name, gone }
    }

    /// Drops what nobody needs any more, with the connections that a test left open.
    async fn clear(&self) {
        let gone = std::mem::take(&mut *self.gone.lock().unwrap_or_else(PoisonError::into_inner));
        for name in gone {
            self.execute("postgres", &format!("DROP DATABASE {name} WITH (FORCE)"))
                .await;
        }
    }

    async fn create(&self, from: &str, name: &str) {
        // One at a time: roles belong to the whole cluster.
        let _creating = self.creating.lock().await;
        self.clear().await;
        self.execute("postgres", &format!("CREATE DATABASE {name} TEMPLATE {from}"))
            .await;
        // Rights on a database are not cloned with it.
        self.execute(name, ROLES).await;
    }

    /// Runs statements in a database as its superuser.
    pub async fn execute(&self, database: &str, statements: &str) {
        let options = PgConnectOptions::from_str(&self.url_for(SUPERUSER, database)).expect("our own address");
        let mut connection = options
            .disable_statement_logging()
            .connect()
            .await
            .expect("the superuser connects");
        let done = connection
            .execute(sqlx::raw_sql(sqlx::AssertSqlSafe(statements.to_owned())))
            .await;
        done.unwrap_or_else(|error| panic!("{error}, in:\n{statements}"));
        connection.close().await.expect("the superuser leaves");
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Some(mut keeper) = self.keeper.take() {
            drop(keeper.process.stdin.take());
            let _ = keeper.process.wait();
        }
    }
}

/// The folder with the server's programs: of the newest version that the system's packages installed, else of `initdb`
/// on the path.
pub fn programs() -> PathBuf {
    let version = |path: &PathBuf| {
        path.file_name()
            .and_then(|name| name.to_str())
            .and_then(|name| name.parse::<u32>().ok())
    };
    let packaged = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path());
    if let Some(newest) = packaged
        .filter(|path| path.join("bin/initdb").is_file())
        .max_by_key(version)
    {
        return newest.join("bin");
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path = std::env::split_paths(&path).find(|folder| folder.join("initdb").is_file());
    on_path.expect("PostgreSQL's programs are installed: `apt-get install postgresql`")
}

/// The user to run the server as, when that must be another one.
fn server_user() -> Option<String> {
    let id = |arguments: &[&str]| Command::new("id").args(arguments).stderr(Stdio::null()).output();
    let root = id(&["-u"]).is_ok_and(|output| output.stdout == b"0\n");
    let known = |user: &&str| id(&["-u", user]).is_ok_and(|output| output.status.success());
    root.then(|| {
        ["postgres", "nobody"]
            .into_iter()
            .find(known)
            .expect("a system has the user nobody")
            .to_owned()
    })
}

fn as_user(user: Option<&str>, program: &Path) -> Command {
    let mut command = match user {
        None => Command::new(program),
        Some(user) => {
            let mut command = Command::new("runuser");
            command.args(["-u", user, "--"]).arg(program);
            command
        }
    };
    // Whatever the caller's settings for PostgreSQL are, these are not for them.
    command
        .env_remove("PGDATA")
        .env_remove("PGOPTIONS")
        .env("LC_ALL", "C")
        .current_dir("/");
    command
}

fn run(command: &mut Command) {
    let Output { status, stdout, stderr } = command.output().unwrap_or_else(|error| no_program(command, &error));
    let told = [stdout, stderr].concat();
    assert!(
        status.success(),
        "{command:?}: {status}\n{}",
        String::from_utf8_lossy(&told)
    );
}

fn no_program(command: &Command, error: &io::Error) -> ! {
    panic!("{command:?} does not start: {error}")
}
