//! Every operation of the policy is asked of every role in some matrix of `schema/access`, and the matrices and the
//! policy give it to the same roles.
//!
//! A matrix may speak of an operation by what it does to one noun (`register_party`); [`MEANS`] says which it is.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use access::{Operation, Role, Roles};

/// What a matrix calls by a name of its own, and the operation that it is.
const MEANS: [(&str, Operation); 15] = [
    ("register_party", Operation::RegisterParties),
    ("edit_party", Operation::KeepParties),
    ("register_site", Operation::RegisterParties),
    ("edit_site", Operation::KeepParties),
    ("relate_parties", Operation::KeepParties),
    ("end_relation", Operation::KeepParties),
    ("import_sectors", Operation::KeepVocabularies),
    ("end_holder", Operation::AssignHolders),
    ("read_contacts", Operation::KeepContacts),
    ("log_contact", Operation::KeepContacts),
    ("edit_contact", Operation::KeepContacts),
    ("register_mandate", Operation::KeepMandates),
    ("end_mandate", Operation::KeepMandates),
    ("request_onward", Operation::RequestAccess),
    ("save", Operation::KeepSearches),
];
/// The relations of those who are let in to nothing, whatever their role.
const OUTSIDE: [&str; 3] = ["anonymous", "suspended", "unknown"];

/// A cell's text: `*`, `a|b` or `not a|b`.
#[derive(Clone, Copy)]
struct Words<'a>(&'a str);

impl<'a> Words<'a> {
    fn named(self) -> impl Iterator<Item = &'a str> {
        let named = self.0.strip_prefix("not ").unwrap_or(self.0);
        named.split('|').filter(|word| *word != "*")
    }

    fn fits(self, word: &str) -> bool {
        self.0 == "*" || self.named().any(|named| named == word) != self.0.starts_with("not ")
    }

    fn is_outside(self) -> bool {
        self.0 != "*" && !self.0.starts_with("not ") && self.named().all(|word| OUTSIDE.contains(&word))
    }
}

/// Who may do an operation somewhere, and who may do it nowhere, as the matrices say.
#[derive(Debug, Default)]
struct Said {
    allowed: BTreeSet<&'static str>,
    forbidden: BTreeSet<&'static str>,
}

/// The matrices: all files of the folder but the one of the schema's fields.
fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schema/access");
    let entries = std::fs::read_dir(folder).expect("the matrices are there");
    let paths = entries.map(|entry| entry.expect("a file").path());
    paths.filter(|path| !path.ends_with("fields.csv")).collect()
}

fn operation(word: &str) -> Option<Operation> {
    let means = MEANS.into_iter().find(|(name, _)| *name == word);
    let same = |operation: &Operation| operation.code() == word;
    means
        .map(|(_, operation)| operation)
        .or_else(|| Operation::ALL.into_iter().find(same))
}

/// Reads a matrix into what is said of each operation that it names.
fn read(path: &Path, said: &mut BTreeMap<&'static str, Said>) {
    let mut file = csv::Reader::from_path(path).expect("a matrix");
    let columns = file.headers().expect("a first line").clone();
    let place = |name: &str| columns.iter().position(|column| column == name).expect(name);
    let places = ["role", "relation", "operation", "outcome"].map(place);
    let lines: Vec<csv::StringRecord> = file.records().map(|line| line.expect("a line")).collect();
    let words: BTreeSet<&str> = lines.iter().flat_map(|line| Words(&line[places[2]]).named()).collect();
    for line in &lines {
        let [role, relation, asked, outcome] = places.map(|place| &line[place]);
        if Words(relation).is_outside() {
            continue;
        }
        let asked: Vec<Operation> = words
            .iter()
            .filter(|word| Words(asked).fits(word))
            .filter_map(|word| operation(word))
            .collect();
        for operation in asked {
            let said = said.entry(operation.code()).or_default();
            for role in Role::ALL
                .map(Role::code)
                .into_iter()
                .filter(|one| Words(role).fits(one))
            {
                match outcome {
                    "FORBIDDEN" => said.forbidden.insert(role),
                    // What is refused for the record's sake, or shown in part or not at all, says nothing of the role.
                    "hidden" | "null" | "nothing" | "masked" => false,
                    other if other.starts_with("masked ") || other.to_uppercase() == other => false,
                    _ => said.allowed.insert(role),
                };
            }
        }
    }
}

#[test]
fn every_operation_is_asked_of_every_role() {
    let mut said = BTreeMap::new();
    for path in files() {
        read(&path, &mut said);
    }
    let mut wrong = Vec::new();
    for operation in Operation::ALL {
        let code = operation.code();
        let Said { allowed, forbidden } = said.remove(code).unwrap_or_default();
        if allowed.is_empty() || forbidden.is_empty() {
            wrong.push(format!("{code}: no matrix allows it to one and refuses it to another"));
        }
        for role in Role::ALL {
            let may = access::may_ever(&Roles::new([role]), operation).is_ok();
            let name = role.code();
            if may && !allowed.contains(name) {
                wrong.push(format!("{code}: the policy lets {name}, no matrix does"));
            }
            if !may && (allowed.contains(name) || !forbidden.contains(name)) {
                wrong.push(format!(
                    "{code}: the policy refuses {name}, no matrix says so, or one says otherwise"
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
