//! The committed contract is the one that the code has.

use std::path::{Path, PathBuf};

use samenzicht::services::SERVICES;

/// Set to write the files instead of comparing them; `infra/schema` does.
const WRITE: &str = "SAMENZICHT_WRITE_SCHEMA";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../schema")
}

/// Compares a contract with its committed file, or writes it.
pub fn fresh(path: &str, text: &str) {
    let file = folder().join(path);
    if std::env::var_os(WRITE).is_some() {
        std::fs::create_dir_all(file.parent().expect("a folder")).expect("the folder can be made");
        std::fs::write(&file, text).expect("the contract can be written");
        return;
    }
    let committed = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        committed == text,
        "schema/{path} is stale: run infra/schema and commit the result"
    );
}

#[test]
fn subgraph_schemas_are_fresh() {
    for service in SERVICES {
        fresh(&format!("graph/{}.graphql", service.name), &(service.sdl)());
    }
}
