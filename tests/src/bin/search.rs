//! Prints how well and how cheaply parties are found among many. Usage: search [<parties> [<searches> [sqlite|postgres]]]

use tests::crowd::{load, search, size};
use tests::world::{On, World};

#[tokio::main]
#[expect(clippy::print_stdout, reason = "a report is what it is for")]
async fn main() {
    let argument = |place: usize| std::env::args().nth(place).and_then(|text| text.parse::<usize>().ok());
    let parties = argument(1).unwrap_or(1_000_000);
    let searches = argument(2).unwrap_or(500);
    let databases = match std::env::args().nth(3).as_deref() {
        None => vec![On::Postgres, On::Sqlite],
        Some("sqlite") => vec![On::Sqlite],
        Some("postgres") => vec![On::Postgres],
        Some(other) => panic!("`{other}` is neither sqlite nor postgres"),
    };
    for on in databases {
        let world = World::peopled(on).await;
        let began = std::time::Instant::now();
        let names = load(&world, on, parties).await;
        let (loaded, megabytes) = (began.elapsed().as_secs(), size(&world).await >> 20);
        let outcome = search(&world, on, &names, searches).await;
        print!("{on:?}, {parties} parties, {megabytes} MB, loaded in {loaded} s:\n{outcome}");
        for asked in [&outcome.own, &outcome.shared] {
            for (name, typed) in asked.missed.iter().take(8) {
                println!("    not found: {name}, asked for as: {typed}");
            }
        }
        drop(world);
    }
}
