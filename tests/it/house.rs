//! The house keeps its arrows: dependencies run one way, and subgraphs never import one another.

use cargo_metadata::{DependencyKind, MetadataCommand};

/// What each of our crates may depend on, beside crates of others. A crate that is not here has no room yet.
const MAY: &[(&str, &[&str])] = &[
    ("access", &[]),
    ("recurrence", &[]),
    ("telemetry", &[]),
    ("foundation", &["access", "telemetry"]),
    ("registry", &["access", "foundation"]),
    ("signals", &["access", "foundation", "recurrence"]),
    ("gateway", &["foundation", "telemetry"]),
    ("demo", &["access", "foundation", "registry"]),
    (
        "samenzicht",
        &[
            "access",
            "telemetry",
            "foundation",
            "registry",
            "signals",
            "gateway",
            "demo",
        ],
    ),
    (
        "tests",
        &[
            "access",
            "telemetry",
            "foundation",
            "registry",
            "signals",
            "gateway",
            "demo",
            "samenzicht",
        ],
    ),
];

#[test]
fn dependencies_run_one_way() {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml");
    let metadata = MetadataCommand::new()
        .manifest_path(manifest)
        .no_deps()
        .exec()
        .expect("the workspace is readable");
    let ours: Vec<String> = metadata
        .workspace_packages()
        .iter()
        .map(|package| package.name.to_string())
        .collect();
    for package in metadata.workspace_packages() {
        let (_, may) = MAY
            .iter()
            .find(|(name, _)| *name == package.name.as_str())
            .unwrap_or_else(|| panic!("{} has no line here: say what it may depend on", package.name));
        for dependency in package
            .dependencies
            .iter()
            .filter(|dependency| dependency.kind == DependencyKind::Normal)
        {
            let allowed = !ours.contains(&dependency.name) || may.contains(&dependency.name.as_str());
            assert!(allowed, "{} depends on {}", package.name, dependency.name);
        }
    }
}
