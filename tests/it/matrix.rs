//! The access matrix that people read, `schema/access/signals.csv`, expanded to every cell and every cell executed
//! through the subgraph.
//!
//! [`table`] reads the file, [`stage`] makes a world with a record for every cell, [`reads`] asks by every way there
//! is, [`writes`] tries every change.

mod reads;
mod stage;
mod table;
mod writes;

use tests::world::On;

#[test]
fn every_cell_is_decided_by_exactly_one_row() {
    let matrix = table::Matrix::read();
    let cells = table::cells();
    for cell in &cells {
        let rows = matrix.rows_of(cell);
        assert_eq!(rows.len(), 1, "{cell:?} is decided by {rows:#?}");
    }
    for row in &matrix.rows {
        assert!(cells.iter().any(|cell| row.fits(cell)), "decides nothing: {row:?}");
    }
    // The words of the file are those of the code: a role or an operation without a row fails above, one that the
    // code does not have fails here.
    for row in &matrix.rows {
        row.check_words();
    }
}

async fn executed(on: On) {
    let started = std::time::Instant::now();
    let matrix = table::Matrix::read();
    let stage = stage::Stage::set(on).await;
    let set = started.elapsed();
    let mut done = std::collections::BTreeSet::new();
    reads::execute(&stage, &matrix, &mut done).await;
    let read = started.elapsed();
    writes::execute(&stage, &matrix, &mut done).await;
    let missing: Vec<_> = table::cells().into_iter().filter(|cell| !done.contains(cell)).collect();
    assert!(
        missing.is_empty(),
        "{} cells were not executed, such as {:?}",
        missing.len(),
        missing.first()
    );
    println!(
        "{on:?}: {} cells; stage {set:?}, reads until {read:?}, all {:?}",
        done.len(),
        started.elapsed()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn holds_on_sqlite() {
    executed(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn holds_on_postgres() {
    executed(On::Postgres).await;
}
