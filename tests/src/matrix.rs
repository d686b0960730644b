//! An access matrix that people read: `schema/access/<noun>.csv`, with the columns
//! `role, relation, operation, record, outcome, why`. A word stands for itself, `a|b` for either, `not a|b` for all
//! others, `*` for any. Each cell of role × relation × operation × record must be decided by exactly one row.
//!
//! `signals.csv` has more columns and a reader of its own in `tests/it/matrix`; what is done beside a signal, or with
//! anything else, is a file of this form, with a test that executes every cell.

use std::collections::BTreeMap;
use std::path::Path;

use access::Role;
use axum::http::HeaderMap;

use crate::world::World;

/// The words that a file may use, beside the roles.
#[derive(Clone, Copy, Debug)]
pub struct Words {
    /// How the caller stands to the record, `anonymous` and `suspended` among them.
    pub relations: &'static [&'static str],
    /// What is done: codes of `access::Operation`, and readings by name such as `read_parties`.
    pub operations: &'static [&'static str],
    /// What the record is; `-` where there is none.
    pub records: &'static [&'static str],
}

/// One question: may this role, standing so to such a record, do this?
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cell {
    /// The role's code.
    pub role: &'static str,
    /// How the caller stands to the record.
    pub relation: &'static str,
    /// What is done.
    pub operation: &'static str,
    /// What the record is.
    pub record: &'static str,
}

impl Words {
    /// Every cell there is.
    pub fn cells(&self) -> Vec<Cell> {
        let mut cells = Vec::new();
        for role in Role::ALL.map(Role::code) {
            for &relation in self.relations {
                for &operation in self.operations {
                    let cell = |&record: &&'static str| Cell {
                        role,
                        relation,
                        operation,
                        record,
                    };
                    cells.extend(self.records.iter().map(cell));
                }
            }
        }
        cells
    }
}

#[derive(Clone, Debug)]
enum Pattern {
    Any,
    Of(Vec<String>),
    Not(Vec<String>),
}

impl Pattern {
    fn read(text: &str, known: &[&str]) -> Self {
        let words = |text: &str| -> Vec<String> {
            let words = text.split('|').map(str::to_owned).collect::<Vec<_>>();
            for word in &words {
                assert!(known.contains(&word.as_str()), "`{word}` is none of {known:?}");
            }
            words
        };
        match text.strip_prefix("not ") {
            None if text == "*" => Self::Any,
            None => Self::Of(words(text)),
            Some(rest) => Self::Not(words(rest)),
        }
    }

    fn fits(&self, word: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Of(words) => words.iter().any(|known| known == word),
            Self::Not(words) => words.iter().all(|known| known != word),
        }
    }
}

/// A file, expanded.
#[derive(Debug)]
pub struct Matrix(BTreeMap<Cell, String>);

impl Matrix {
    /// Reads `schema/access/<noun>.csv`; fails unless exactly one row decides each cell and each row decides one.
    pub fn read(noun: &str, words: &Words) -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../schema/access/{noun}.csv"));
        let mut file = csv::Reader::from_path(&path).expect("the matrix is there");
        let columns: Vec<String> = file
            .headers()
            .expect("a first line")
            .iter()
            .map(str::to_owned)
            .collect();
        assert_eq!(
            columns,
            ["role", "relation", "operation", "record", "outcome", "why"],
            "{noun}.csv"
        );
        let roles = Role::ALL.map(Role::code);
        let known: [&[&str]; 4] = [&roles, words.relations, words.operations, words.records];
        let mut rows = Vec::new();
        for line in file.records() {
            let line = line.expect("every line has six columns");
            assert!(!line[5].is_empty(), "a row says why: {line:?}");
            let patterns: [Pattern; 4] = std::array::from_fn(|column| Pattern::read(&line[column], known[column]));
            rows.push((patterns, line[4].to_owned()));
        }
        let mut decides = vec![0_usize; rows.len()];
        let mut decided = BTreeMap::new();
        for cell in words.cells() {
            let asked = [cell.role, cell.relation, cell.operation, cell.record];
            let fits =
                |(patterns, _): &&([Pattern; 4], String)| patterns.iter().zip(asked).all(|(p, word)| p.fits(word));
            let found: Vec<usize> = (0..rows.len()).filter(|&row| fits(&&rows[row])).collect();
            assert_eq!(
                found.len(),
                1,
                "{noun}.csv: {cell:?} is decided by the rows {found:?} (0 is the first)"
            );
            decides[found[0]] += 1;
            decided.insert(cell, rows[found[0]].1.clone());
        }
        let idle: Vec<usize> = (0..rows.len()).filter(|&row| decides[row] == 0).collect();
        assert!(idle.is_empty(), "{noun}.csv: these rows decide nothing: {idle:?}");
        Self(decided)
    }

    /// Every cell with what it must end in: `ok`, `hidden`, `masked …` or an error's code.
    pub fn cells(&self) -> impl Iterator<Item = (&Cell, &str)> {
        self.0.iter().map(|(cell, outcome)| (cell, outcome.as_str()))
    }

    /// Holds every cell of a noun of the service signals against what comes of it; how many there were. Who does not say
    /// who they are asks `anonymous`.
    pub async fn executed(&self, world: &World, anonymous: &str, outcome: impl AsyncFn(&Cell) -> String) -> usize {
        let mut executed = 0;
        for (cell, expected) in self.cells() {
            executed += 1;
            if cell.relation == "anonymous" {
                let request = async_graphql::Request::new(anonymous);
                let reply = world.signals.execute(&HeaderMap::new(), request).await;
                let answer = serde_json::to_value(reply.response).expect("an answer is JSON");
                assert_eq!(answer["errors"][0]["extensions"]["code"], expected, "{cell:?}");
            } else {
                assert_eq!(outcome(cell).await, expected, "{cell:?}");
            }
        }
        executed
    }
}
