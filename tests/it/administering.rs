//! The command line of administrators, as a person uses it: the binary itself, against a running platform in both shapes,
//! with good input and bad.

use std::path::Path;

use samenzicht::commands::demo::Demo;
use tests::postgres::Cluster;
use tests::processes::{client, command};
use tests::stand::{Shape, Stand, any_port, settings};

/// Somebody at the command line.
struct Shell(Vec<(String, String)>);

/// What a command said.
struct Said {
    code: i32,
    out: String,
    err: String,
}

impl Shell {
    /// Runs `samenzicht` with the words of a line; what stands between `'` is one word.
    async fn run(&self, line: &str) -> Said {
        let words: Vec<String> = line
            .split('\'')
            .enumerate()
            .flat_map(|(place, part)| match place % 2 {
                0 => part.split_whitespace().map(str::to_owned).collect(),
                _ => vec![part.to_owned()],
            })
            .collect();
        let mut command = command(&words, &self.0);
        let output = tokio::task::spawn_blocking(move || command.output());
        let output = output.await.expect("no panic").expect("the binary runs");
        Said {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Runs it and expects that it is done, and says this; what it says.
    async fn done(&self, line: &str, says: &str) -> String {
        let said = self.run(line).await;
        assert_eq!(said.code, 0, "{line}: {}{}", said.out, said.err);
        assert!(said.out.contains(says), "{line}: {}", said.out);
        said.out
    }

    /// Runs it and expects a refusal with this code, in words that name this.
    async fn refused(&self, line: &str, code: &str, names: &str) {
        let said = self.run(line).await;
        assert_eq!(said.code, 2, "{line}: {}{}", said.out, said.err);
        assert!(said.err.contains(&format!("error[{code}]")), "{line}: {}", said.err);
        assert!(said.err.contains(names), "{line}: {}", said.err);
        assert!(said.out.is_empty(), "{line}: {}", said.out);
    }
}

/// A role by two, and everything that stands in its way.
async fn by_two(shell: &Shell) {
    shell.done("admin --as ilt.admin pending", "none").await;
    let put = shell
        .done(
            "admin --as ilt.admin role give ilt.analyst coordinator",
            "waits for another",
        )
        .await;
    let id = put.split_whitespace().next().expect("an id").to_owned();
    assert!(id.starts_with("dec_"), "{put}");
    shell.done("admin --as ilt.admin2 pending", &id).await;
    let confirm = format!("admin --as ilt.admin confirm {id}");
    shell.refused(&confirm, "SECOND_PERSON", "second person").await;
    shell
        .refused("admin --as ilt.admin2 confirm dec_nonsense", "INVALID_ID", "id: ")
        .await;
    shell
        .done(&format!("admin --as ilt.admin2 confirm {id}"), "confirmed")
        .await;
    shell
        .done("admin --as ilt.admin accounts", "roles ANALYST,COORDINATOR")
        .await;
    shell
        .done(
            "admin --as ilt.admin role take ilt.analyst coordinator",
            "roles ANALYST ",
        )
        .await;
    // A decision that is not taken back twice.
    let put = shell
        .done("admin --as ilt.admin clearance raise ilt.analyst 2", "a data steward")
        .await;
    let id = put.split_whitespace().next().expect("an id").to_owned();
    let decline = format!("admin --as ilt.admin decline {id} --reason 'toch niet'");
    shell.done(&decline, "declined").await;
    shell.refused(&decline, "ALREADY_DECIDED", "declined").await;
}

/// What a person gets wrong.
async fn wrong(shell: &Shell) {
    for (line, code, names) in [
        ("role give nvwa.analyst coordinator", "NOT_FOUND", "Not found"),
        ("purpose give ilt.analyst nonsense", "UNKNOWN_REFERENCE", "nonsense"),
        ("organisation suspend nvwa --reason ''", "REQUIRED", "reason: "),
        ("organisation admit --file /nowhere", "FILE", "/nowhere"),
        (
            "account admit ilt.new --display-name N --issuer nonsense --subject s",
            "INVALID_INPUT",
            "issuer",
        ),
        (
            "circle found haven --name H --name-en P --for toezicht --basis demo-tsd --ends 31-12-2027",
            "INVALID_INPUT",
            "date",
        ),
    ] {
        shell
            .refused(&format!("admin --as ilt.admin {line}"), code, names)
            .await;
    }
    let inspector = "admin --as ilt.inspector --purpose toezicht pending";
    shell.refused(inspector, "FORBIDDEN", "role").await;
    let purpose = "admin --as ilt.inspector pending";
    shell.refused(purpose, "PURPOSE_NOT_HELD", "verantwoording").await;
    let elsewhere = "admin --as ilt.admin --api nonsense pending";
    shell.refused(elsewhere, "API_ADDRESS", "nonsense").await;
    let said = shell.run("admin --as ilt.admin role give ilt.analyst boss").await;
    assert!(said.code == 2 && said.err.contains("possible values"), "{}", said.err);
}

/// Whoever suspends itself is told that it is done; a colleague lets it go on.
async fn itself(shell: &Shell) {
    shell
        .done(
            "admin --as ilt.admin account suspend ilt.admin",
            "done; what came of it cannot be shown",
        )
        .await;
    shell
        .refused("admin --as ilt.admin pending", "ACCOUNT_SUSPENDED", "suspended")
        .await;
    let last = "admin --as ilt.admin2 account suspend ilt.admin2";
    shell.refused(last, "LAST_ADMINISTRATOR", "administrator").await;
    shell
        .done("admin --as ilt.admin2 account resume ilt.admin", "active")
        .await;
    shell.done("admin --as ilt.admin pending", "none").await;
}

/// Sectors from a file: good, the same again, and wrong.
async fn sectors(shell: &Shell, folder: &Path) {
    let file = |name: &str, text: &str| {
        let path = folder.join(name);
        std::fs::write(&path, text).expect("a file");
        path.display().to_string()
    };
    let good = file(
        "sbi.csv",
        "code,nl,en,parent\nX,Verzonnen,Fictitious,\n98,Deel,Part,X\n",
    );
    let import = |file: &str| format!("import sectors --as ilt.admin --file {file}");
    shell.done(&import(&good), "2 new, 0 changed, 0 unchanged").await;
    shell.done(&import(&good), "0 new, 0 changed, 2 unchanged").await;
    let inspector = format!("import sectors --as ilt.inspector --purpose toezicht --file {good}");
    shell.refused(&inspector, "FORBIDDEN", "role").await;
    shell.refused(&import("/nowhere"), "SECTORS", "/nowhere").await;
    let short = file("short.csv", "code,nl\nX,Verzonnen\n");
    shell.refused(&import(&short), "SECTORS", "short.csv").await;
    let orphan = file("orphan.csv", "code,nl,en,parent\n97,Wees,Orphan,Q\n");
    shell
        .refused(&import(&orphan), "UNKNOWN_REFERENCE", "sectors.0.parent")
        .await;
    let empty = file("empty.csv", "code,nl,en,parent\n");
    shell.refused(&import(&empty), "SECTORS", "empty.csv").await;
}

async fn everything(shell: &Shell) {
    let folder = tempfile::tempdir().expect("a folder");
    by_two(shell).await;
    wrong(shell).await;
    itself(shell).await;
    sectors(shell, folder.path()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn administrators_work_from_the_command_line_at_the_demo() {
    let folder = tempfile::tempdir().expect("a folder");
    let demo = Demo::start(&settings(), folder.path(), any_port(), any_port(), false).await;
    let demo = demo.unwrap_or_else(|failure| panic!("the demo does not start: {failure}"));
    let api = format!("http://{}/graphql", demo.address());
    let shell = Shell(client(&api, &folder.path().join("keys"), demo.provider().issuer()));
    everything(&shell).await;
    let nobody = "admin --as nobody pending";
    shell.refused(nobody, "SIGN_IN_FAILED", "no such demo account").await;
    demo.stop().await.expect("it stops");
}

#[tokio::test(flavor = "multi_thread")]
async fn administrators_work_from_the_command_line_at_processes() {
    let mut stand = Stand::up(Shape::Processes).await;
    let shell = Shell(stand.processes().client());
    everything(&shell).await;
    let nobody = "admin --as nobody pending";
    shell.refused(nobody, "KEY_MISSING", "nobody.pem").await;
    stand.down().await;
    let gone = "admin --as ilt.admin pending";
    shell.refused(gone, "KEY_MISSING", "ilt.admin.pem").await;
}

const FIRST: &str = r#"
code = "nieuw"
name = "Nieuwe Inspectie"
name_en = "New Inspectorate"
kind = "inspectorate"
participant = true
contact = { name = "Loket", phone = "0800-0000", email = "loket@example.nl" }
[[administrator]]
name = "nieuw.admin"
display_name = "Een (fictief)"
issuer = "https://idp.example.nl"
subject = "een"
[[administrator]]
name = "nieuw.admin2"
display_name = "Twee (fictief)"
issuer = "https://idp.example.nl"
subject = "twee"
"#;

/// A platform is founded once, after its tables are there; on the database alone.
async fn founded(url: String) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("a file");
        format!("found --file {}", path.display())
    };
    let shell = Shell(vec![("SAMENZICHT__DATABASE__URL".to_owned(), url)]);
    let found = file("first.toml", FIRST);
    shell.refused(&found, "FOUNDING", "samenzicht migrate").await;
    shell.done("migrate", "tables").await;
    let one = file("one.toml", FIRST.rsplit_once("[[administrator]]").expect("two").0);
    shell.refused(&one, "FOUNDING", "administrator").await;
    let unknown = file("unknown.toml", &FIRST.replace("participant", "deelnemer"));
    shell.refused(&unknown, "FILE", "deelnemer").await;
    shell
        .done(&found, "founded nieuw, administered by nieuw.admin and nieuw.admin2")
        .await;
    shell.refused(&found, "FOUNDING", "organisation admit").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_platform_is_founded_once() {
    let folder = tempfile::tempdir().expect("a folder");
    founded(format!("sqlite:{}", folder.path().join("platform.db").display())).await;
    let cluster = Cluster::shared();
    let name = cluster.empty().await;
    founded(cluster.url_for("samenzicht_migrator", &name)).await;
}
