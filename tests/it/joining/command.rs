//! The command line of administrators: every command fits the graph, and says in words what came of it.

use clap::Parser;
use samenzicht::admin::call::Call;
use samenzicht::cli::{Cli, Command};
use serde_json::Value;
use tests::service::code;
use tests::world::{On, World};

use super::world;

const FILE: &str = r#"
code = "nieuw"
name = "Nieuwe Inspectie"
name_en = "New Inspectorate"
kind = "inspectorate"
participant = true
purposes = ["toezicht"]
contact = { name = "Loket", phone = "0800", email = "loket@example.nl" }
[[administrator]]
name = "nieuw.een"
display_name = "Een (fictief)"
issuer = "https://idp.example.nl"
subject = "een"
[[administrator]]
name = "nieuw.twee"
display_name = "Twee (fictief)"
issuer = "https://idp.example.nl"
subject = "twee"
"#;

/// The call of a command line.
fn call(line: &str) -> Call {
    let words = ["samenzicht", "admin", "--as", "ilt.admin"]
        .into_iter()
        .chain(line.split(' '));
    let cli = Cli::try_parse_from(words).unwrap_or_else(|error| panic!("{line}: {error}"));
    let Command::Admin(args) = cli.command else {
        panic!("{line} is no admin command")
    };
    args.what.call().unwrap_or_else(|failure| panic!("{line}: {failure}"))
}

async fn told(world: &World, who: &str, line: &str) -> Value {
    let call = call(line);
    let reply = world
        .ask_registry(who, "toezicht", &call.document(), &call.variables())
        .await;
    serde_json::to_value(reply.response).expect("an answer is JSON")
}

/// Each command with what it is told: `ok`, or the code of a refusal by the registry, never by the graph.
async fn every_command(on: On) {
    let world = world(on).await;
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("nieuw.toml");
    std::fs::write(&file, FILE).expect("a file");
    let admit = format!("organisation admit --file {}", file.display());
    let nobody = "dec_00000000000000000000000000000000";
    let (confirm, decline) = (format!("confirm {nobody}"), format!("decline {nobody} --reason nee"));
    let one = "ilt.administrator";
    for (who, line, expected) in [
        (one, "pending", "ok"),
        (one, &confirm, "NOT_FOUND"),
        (one, &decline, "NOT_FOUND"),
        (one, "accounts", "ok"),
        (
            one,
            "account admit ilt.new --display-name N --issuer https://idp.example.nl --subject n",
            "ok",
        ),
        (one, "account suspend ilt.new", "ok"),
        (one, "account resume ilt.new", "ok"),
        (one, "account list-circle ilt.new cmj", "ok"),
        (one, "account unlist-circle ilt.new cmj", "ok"),
        (one, "role give ilt.new data_steward", "ok"),
        (one, "role take ilt.inspector inspector", "ok"),
        (one, "clearance lower ilt.inspector 0", "ok"),
        (one, "clearance raise ilt.inspector 1", "ok"),
        (one, "purpose give ilt.new toezicht", "ok"),
        (one, "purpose take ilt.new toezicht", "ok"),
        (
            one,
            "purpose define nieuw --name N --name-en N --description D --description-en D --allows-personal",
            "ok",
        ),
        (
            one,
            "basis nieuw --citation A --description B --source C --fictitious",
            "ok",
        ),
        (one, &admit, "ok"),
        (one, "organisation suspend nvwa --reason proef", "ok"),
        (one, "organisation resume nvwa --reason proef", "ALREADY_SO"),
        (one, "organisation end nvwa --reason proef", "ok"),
        (one, "organisation participant nvwa false", "ok"),
        (
            one,
            "circle found haven --name H --name-en P --for toezicht --for risicoanalyse --basis demo --ends 2027-12-31",
            "ok",
        ),
        (one, "circle invite haven igj", "ok"),
        (one, "circle hand-over haven igj", "UNKNOWN_REFERENCE"),
        (one, "circle remove haven igj", "ok"),
        ("igj.administrator", "circle leave haven", "ok"),
        (one, "circle end haven --last-day 2026-12-31", "ok"),
        (one, "account end ilt.new", "ok"),
        ("ilt.inspector", "pending", "FORBIDDEN"),
    ] {
        let answer = told(&world, who, line).await;
        assert_eq!(code(&answer).unwrap_or("ok"), expected, "{line}: {answer}");
    }
    let profiles = call("profiles");
    let answer = world
        .ask(
            "ilt.data_steward",
            "toezicht",
            &profiles.document(),
            profiles.variables(),
        )
        .await;
    assert_eq!(code(&answer), None, "{answer}");
}

#[test]
fn what_is_no_role_or_rank_is_refused_before_anything_is_sent() {
    for line in [
        "role give ilt.new boss",
        "clearance raise ilt.new 3",
        "organisation participant nvwa maybe",
        "circle found x --name a --name-en b --basis c",
    ] {
        let words = ["samenzicht", "admin", "--as", "ilt.admin"]
            .into_iter()
            .chain(line.split(' '));
        assert!(Cli::try_parse_from(words).is_err(), "{line}");
    }
}

on_both! { every_command }
