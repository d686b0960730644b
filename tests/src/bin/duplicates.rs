//! Prints how well duplicates are proposed. Usage: duplicates [<folder with food-hygiene/inspections_part1.csv>]

use std::path::Path;
use std::process::ExitCode;

use tests::duplicates::generated::Labelled;
use tests::duplicates::hygiene::Hygiene;
use tests::duplicates::report;

fn main() -> ExitCode {
    let report = report::generated(&Labelled::new(1, 6_000));
    print(&report);
    let Some(folder) = std::env::args().nth(1) else {
        return ExitCode::SUCCESS;
    };
    match Hygiene::read(Path::new(&folder)) {
        Ok(hygiene) => {
            print(&report::hygiene(&hygiene));
            ExitCode::SUCCESS
        }
        Err(why) => {
            print(&format!("the food hygiene register cannot be read: {why}"));
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::print_stdout, reason = "a report is what it is for")]
fn print(text: &str) {
    println!("{text}");
}
