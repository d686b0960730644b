//! Searching among very many parties: loads a register of invented companies, asks for them by misspelt names through
//! the API, and counts the pages that PostgreSQL touches for it. `infra/search` prints it for a million; the tests run
//! a smaller one.

mod load;
mod pages;

use std::collections::HashMap;

use foundation::ids::{prefix, write};
use registry::model::name::Name;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::companies::slips::slip;
use crate::dice::Dice;
use crate::world::{On, World};

pub use load::load;
pub use pages::Pages;

/// How many are asked for, and so may be read.
const FIRST: u64 = 10;
/// The pages that a search may touch: what a list of so many rows may (promises.md), without its channels and ranks.
pub const BUDGET: u64 = 250 + 5 * FIRST;

const SEARCH: &str = "query ($s: String!) { parties(search: $s, first: 10) { edges { node { id legalName } matchedBecause { score } } } }";

/// Misspelt names that were asked for.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// How many.
    pub asked: usize,
    /// How many of them were found.
    pub found: usize,
    /// What was not found: the name, and what was asked for.
    pub missed: Vec<(String, String)>,
}

impl Asked {
    /// The share that was found.
    pub fn recall(&self) -> f64 {
        let float = |count: usize| f64::from(u32::try_from(count).expect("few enough"));
        float(self.found) / float(self.asked.max(1))
    }

    fn ask(&mut self, name: &str, typed: String, found: bool) {
        self.asked += 1;
        if found {
            self.found += 1;
        } else {
            self.missed.push((name.to_owned(), typed));
        }
    }
}

/// How a search among many went.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// Names that at most ten bear, as they are compared: found when the very company is among the first ten.
    pub own: Asked,
    /// Names that more than ten bear: found when one of them is among the first ten.
    pub shared: Asked,
    /// The pages that each search touched, fewest first; on PostgreSQL alone.
    pub pages: Vec<u64>,
    /// How long each took, in microseconds, shortest first.
    pub micros: Vec<u128>,
}

/// The id of the company with this number.
pub fn id(number: usize) -> Uuid {
    Uuid::from_u64_pair(0x0190_0000_0000_7000, 0x8000_0000_0000_0000 | number as u64)
}

/// How large a world's database is, in bytes.
pub async fn size(world: &World) -> u64 {
    let size = match world.name {
        Some(_) => "SELECT CAST(pg_database_size(current_database()) AS TEXT)",
        None => "SELECT CAST(page_count * page_size AS TEXT) FROM pragma_page_count(), pragma_page_size()",
    };
    let size = world.look(size, vec![]).await;
    size.first().and_then(|text| text.parse().ok()).unwrap_or_default()
}

/// A name as somebody who does not quite remember it types it: a slip or two, small letters, no legal form, now and
/// then without its last word.
pub fn misspelt(dice: &mut Dice, name: &str) -> String {
    let mut bare = name.to_owned();
    for form in [" B.V.", " BV", " N.V.", " V.O.F."] {
        if let Some(short) = bare.strip_suffix(form).filter(|_| dice.chance(60)) {
            bare = short.to_owned();
        }
    }
    if bare.split(' ').count() > 2
        && dice.chance(15)
        && let Some((before, _)) = bare.rsplit_once(' ')
    {
        bare = before.to_owned();
    }
    let mut typed = slip(dice, &bare);
    if dice.chance(20) {
        typed = slip(dice, &typed);
    }
    if dice.chance(50) { typed.to_lowercase() } else { typed }
}

/// A name as it is compared.
fn compared(name: &str) -> String {
    Name::new(name).squashed()
}

/// Searches for so many of these names, each misspelt.
pub async fn search(world: &World, on: On, names: &[String], searches: usize) -> Outcome {
    let mut dice = Dice::new(7);
    let mut outcome = Outcome::default();
    let mut bearers: HashMap<String, u64> = HashMap::new();
    for name in names {
        *bearers.entry(compared(name)).or_default() += 1;
    }
    let mut pages = match on {
        On::Postgres => Some(Pages::watch(world).await),
        On::Sqlite => None,
    };
    for _ in 0..searches {
        let number = dice.of(names.len());
        let (name, typed) = (&names[number], misspelt(&mut dice, &names[number]));
        let began = std::time::Instant::now();
        let answer = world
            .registry_data("nvwa.inspector", "toezicht", SEARCH, &json!({ "s": typed }))
            .await;
        outcome.micros.push(began.elapsed().as_micros());
        let edges = answer["parties"]["edges"].as_array().expect("edges");
        let wanted = json!(write(prefix::PARTY, id(number)).0);
        let is_it = |edge: &Value| edge["node"]["id"] == wanted;
        let is_named = |edge: &Value| {
            edge["node"]["legalName"]
                .as_str()
                .is_some_and(|other| compared(other) == compared(name))
        };
        if bearers[&compared(name)] <= FIRST {
            outcome.own.ask(name, typed, edges.iter().any(is_it));
        } else {
            outcome.shared.ask(name, typed, edges.iter().any(is_named));
        }
        if let Some(pages) = &mut pages {
            outcome.pages.push(pages.touched().await);
        }
    }
    outcome.pages.sort_unstable();
    outcome.micros.sort_unstable();
    outcome
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (what, asked) in [("that at most ten bear", &self.own), ("that more bear", &self.shared)] {
            let percent = 100.0 * asked.recall();
            let Asked { asked, found, .. } = asked;
            writeln!(
                formatter,
                "  misspelt names {what}: {found} of {asked} among the first ten ({percent:.1} %)"
            )?;
        }
        let of = |share: usize| {
            self.micros
                .get(self.micros.len() * share / 100)
                .copied()
                .unwrap_or_default()
                / 1000
        };
        writeln!(formatter, "  {} ms in the middle, {} ms for 95 of 100", of(50), of(95))?;
        let of = |share: usize| self.pages.get(self.pages.len() * share / 100);
        if let (Some(middle), Some(many), Some(most)) = (of(50), of(95), self.pages.last()) {
            writeln!(
                formatter,
                "  pages: {middle} in the middle, {many} for 95 of 100, {most} at most; {BUDGET} allowed"
            )?;
        }
        Ok(())
    }
}
