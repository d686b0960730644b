//! The file: its rows, and the cells that they decide.

use std::collections::BTreeMap;
use std::path::Path;

use access::{Operation, Role};

/// How the caller stands to the record.
pub const RELATIONS: [&str; 12] = [
    "author",
    "owner",
    "inspectorate_grant",
    "circle_grant",
    "listed_circle_grant",
    "account_grant",
    "everyone_grant",
    "non_participant",
    "ex_member",
    "stranger",
    "suspended",
    "anonymous",
];
/// The relations in which there is a grant to speak of.
pub const GRANTED: [&str; 7] = [
    "inspectorate_grant",
    "circle_grant",
    "listed_circle_grant",
    "account_grant",
    "everyone_grant",
    "non_participant",
    "ex_member",
];
/// What the record is.
pub const RECORDS: [&str; 8] = [
    "draft",
    "published",
    "retracted",
    "red_draft",
    "red",
    "red_retracted",
    "above_clearance",
    "expired",
];
/// What the grant is at the moment of asking.
pub const GRANTS: [&str; 5] = ["in_force", "not_yet", "over", "revoked", "other_purpose"];
/// The purpose that the request states.
pub const PURPOSES: [&str; 4] = ["personal", "impersonal", "not_held", "none"];
/// What is done without a record.
pub const RECORDLESS: [&str; 4] = ["record", "import", "propose_profile", "approve_profile"];
/// What changes a record. A purpose that is missing or not held is refused before a record is looked up, and whether
/// the purpose allows personal data is no question to a change: those are tried on drafts and published records.
pub const CHANGES: [&str; 6] = ["edit", "publish", "label", "grant", "revoke", "retract"];
/// What a request can end in.
const OUTCOMES: [&str; 13] = [
    "ok",
    "hidden",
    "masked ROLE",
    "masked PURPOSE",
    "masked NOT_OWNER",
    "NOT_FOUND",
    "FORBIDDEN",
    "NOT_OWNER",
    "WRONG_STATE",
    "TOKEN_MISSING",
    "ACCOUNT_SUSPENDED",
    "PURPOSE_NOT_HELD",
    "PURPOSE_REQUIRED",
];

/// What this file decides; what is done beside a signal, or with anything else, has a file of its own.
pub const OPERATIONS: [Operation; 12] = [
    Operation::Read,
    Operation::Record,
    Operation::Edit,
    Operation::Publish,
    Operation::Label,
    Operation::Grant,
    Operation::Revoke,
    Operation::Retract,
    Operation::ReadGrants,
    Operation::Import,
    Operation::ProposeProfile,
    Operation::ApproveProfile,
];

/// The operations: those of the code, and showing what is personal.
pub fn operations() -> Vec<&'static str> {
    OPERATIONS
        .iter()
        .map(|operation| operation.code())
        .chain(["unmask"])
        .collect()
}

/// One question: may this role, standing so to such a record, do this for such a purpose?
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cell {
    pub role: &'static str,
    pub relation: &'static str,
    pub operation: &'static str,
    pub record: &'static str,
    pub grant: &'static str,
    pub purpose: &'static str,
}

impl Cell {
    fn words(&self) -> [&'static str; 6] {
        [
            self.role,
            self.relation,
            self.operation,
            self.record,
            self.grant,
            self.purpose,
        ]
    }
}

/// Every cell there is.
pub fn cells() -> Vec<Cell> {
    let mut cells = Vec::new();
    for role in Role::ALL.map(Role::code) {
        for operation in operations() {
            for relation in RELATIONS {
                for (record, grant) in records(operation, relation) {
                    let cell = |purpose: &&'static str| Cell {
                        role,
                        relation,
                        operation,
                        record,
                        grant,
                        purpose,
                    };
                    cells.extend(purposes(operation, record, grant).iter().map(cell));
                }
            }
        }
    }
    cells
}

fn records(operation: &str, relation: &str) -> Vec<(&'static str, &'static str)> {
    if RECORDLESS.contains(&operation) {
        let own = ["owner", "suspended", "anonymous"].contains(&relation);
        return if own { vec![("-", "-")] } else { Vec::new() };
    }
    let grants: &[&str] = match (GRANTED.contains(&relation), CHANGES.contains(&operation)) {
        (false, _) => &["-"],
        (true, false) => &GRANTS,
        // Whether a change reaches the record is the same predicate, tried to the full by reading.
        (true, true) => &["in_force", "revoked", "other_purpose"],
    };
    RECORDS
        .iter()
        .flat_map(|record| grants.iter().map(|grant| (*record, *grant)))
        .collect()
}

fn purposes(operation: &str, record: &str, grant: &str) -> &'static [&'static str] {
    // Without a purpose that is held there is none to differ from the grant's.
    if grant == "other_purpose" && !CHANGES.contains(&operation) {
        return &["personal", "impersonal"];
    }
    let refused_early = ["draft", "published"].contains(&record) && ["-", "in_force"].contains(&grant);
    if !CHANGES.contains(&operation) || refused_early {
        &PURPOSES
    } else {
        &["personal"]
    }
}

/// Words, some words, all but some words.
#[derive(Clone, Debug)]
enum Pattern {
    Any,
    Of(Vec<String>),
    Not(Vec<String>),
}

impl Pattern {
    fn read(text: &str) -> Self {
        let words = |text: &str| text.split('|').map(str::to_owned).collect();
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

    fn words(&self) -> &[String] {
        match self {
            Self::Any => &[],
            Self::Of(words) | Self::Not(words) => words,
        }
    }
}

/// A row of the file.
#[derive(Clone, Debug)]
pub struct Row {
    patterns: [Pattern; 6],
    outcome: String,
}

impl Row {
    /// Whether it decides this cell.
    pub fn fits(&self, cell: &Cell) -> bool {
        self.patterns
            .iter()
            .zip(cell.words())
            .all(|(pattern, word)| pattern.fits(word))
    }

    /// Fails on a word that nobody knows.
    pub fn check_words(&self) {
        let roles: Vec<&str> = Role::ALL.map(Role::code).to_vec();
        let operations = operations();
        let with_none = |words: &[&'static str]| words.iter().copied().chain(["-"]).collect::<Vec<_>>();
        let known = [
            roles,
            RELATIONS.to_vec(),
            operations,
            with_none(&RECORDS),
            with_none(&GRANTS),
            PURPOSES.to_vec(),
        ];
        for (pattern, known) in self.patterns.iter().zip(&known) {
            for word in pattern.words() {
                assert!(known.contains(&word.as_str()), "`{word}` is none of {known:?}");
            }
        }
        assert!(
            OUTCOMES.contains(&self.outcome.as_str()),
            "`{}` is no outcome",
            self.outcome
        );
    }
}

/// The file.
pub struct Matrix {
    pub rows: Vec<Row>,
    decided: BTreeMap<Cell, String>,
}

impl Matrix {
    /// Reads it.
    pub fn read() -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schema/access/signals.csv");
        let mut file = csv::Reader::from_path(path).expect("the matrix is there");
        let columns = file
            .headers()
            .expect("it has a first line")
            .iter()
            .map(str::to_owned)
            .collect::<Vec<_>>();
        assert_eq!(
            columns,
            [
                "role",
                "relation",
                "operation",
                "record",
                "grant",
                "purpose",
                "outcome",
                "why"
            ]
        );
        let row = |line: Result<csv::StringRecord, csv::Error>| {
            let line = line.expect("every line has eight columns");
            assert!(!line[7].is_empty(), "a row says why: {line:?}");
            Row {
                patterns: std::array::from_fn(|column| Pattern::read(&line[column])),
                outcome: line[6].to_owned(),
            }
        };
        let rows: Vec<Row> = file.records().map(row).collect();
        let first = |cell: Cell| Some((cell, rows.iter().find(|row| row.fits(&cell))?.outcome.clone()));
        let decided = cells().into_iter().filter_map(first).collect();
        Self { rows, decided }
    }

    /// The rows that decide a cell: one, as its own test says.
    pub fn rows_of(&self, cell: &Cell) -> Vec<&Row> {
        self.rows.iter().filter(|row| row.fits(cell)).collect()
    }

    /// What a cell must end in.
    pub fn outcome(&self, cell: &Cell) -> &str {
        self.decided
            .get(cell)
            .unwrap_or_else(|| panic!("no row decides {cell:?}"))
    }
}
