//! Who joins and who leaves: accounts, roles, clearances, organisations, circles, vocabularies, on both databases. What
//! narrows is in force at once; what widens, and what is done to another organisation, waits for a second person.

/// Each of these on both databases.
macro_rules! on_both {
    ($($name:ident)*) => { $(mod $name {
        #[tokio::test(flavor = "multi_thread")]
        async fn sqlite() { super::$name(tests::world::On::Sqlite).await; }
        #[tokio::test(flavor = "multi_thread")]
        async fn postgres() { super::$name(tests::world::On::Postgres).await; }
    })* };
}

mod access;
mod command;
mod founding;
mod leaving;
mod people;
mod platform;
mod second_lock;
mod together;

use ::access::Role;
use serde_json::{Value, json};
use tests::service::code;
use tests::world::{On, World};

/// Asks the registry under `toezicht`; the whole answer.
async fn ask(world: &World, who: &str, query: &str) -> Value {
    let reply = world.ask_registry(who, "toezicht", query, &json!({})).await;
    serde_json::to_value(reply.response).expect("an answer is JSON")
}

/// Asks for one field and expects it.
async fn done(world: &World, who: &str, query: &str) -> Value {
    let answer = ask(world, who, query).await;
    assert!(answer.get("errors").is_none(), "{who}: {query}: {answer:#}");
    let fields = answer["data"].as_object().expect("data").clone();
    fields.into_iter().next().expect("one field").1
}

/// Calls a mutation whose answer has a `name` or `code`.
async fn change(world: &World, who: &str, call: &str) -> Value {
    done(world, who, &format!("mutation {{ {call} {{ __typename id }} }}")).await
}

/// Expects a mutation to be refused; the code.
async fn refused(world: &World, who: &str, call: &str) -> String {
    let answer = ask(world, who, &format!("mutation {{ {call} {{ id }} }}")).await;
    let told = code(&answer).map(str::to_owned);
    told.unwrap_or_else(|| panic!("{who} was not refused {call}: {answer:#}"))
}

/// Puts something forward; the decision's id.
async fn propose(world: &World, who: &str, call: &str) -> String {
    let decision = done(world, who, &format!("mutation {{ {call} {{ id state }} }}")).await;
    assert_eq!(decision["state"], "PENDING", "{call}");
    decision["id"].as_str().expect("an id").to_owned()
}

async fn confirm(world: &World, who: &str, id: &str) -> Value {
    let query = format!("mutation {{ confirmDecision(id: \"{id}\") {{ state }} }}");
    let decision = done(world, who, &query).await;
    assert_eq!(decision["state"], "CONFIRMED");
    decision
}

async fn not_confirmed(world: &World, who: &str, id: &str) -> String {
    refused(world, who, &format!("confirmDecision(id: \"{id}\")")).await
}

/// Puts something forward and has it confirmed.
async fn agree(world: &World, first: &str, second: &str, call: &str) {
    let id = propose(world, first, call).await;
    confirm(world, second, &id).await;
}

/// A peopled world with a second administrator at the ILT and at the IGJ.
async fn world(on: On) -> World {
    let world = World::peopled(on).await;
    for organisation in ["ilt", "igj"] {
        let name = format!("{organisation}.admin2");
        world.account(&name, organisation, &[Role::Administrator], 0).await;
    }
    world
}

/// What an account gets when it asks for signals: `ok`, or the code of its refusal.
async fn reads(world: &World, who: &str) -> String {
    let answer = world
        .ask(who, "toezicht", "{ signals { nodes { title } } }", json!({}))
        .await;
    code(&answer).unwrap_or("ok").to_owned()
}

fn account(organisation: &str, name: &str) -> String {
    format!(
        "{{ name: \"{organisation}.{name}\", displayName: \"Naam (fictief)\", issuer: \"{}\", subject: \"{organisation}.{name}\" }}",
        tests::world::ISSUER
    )
}
