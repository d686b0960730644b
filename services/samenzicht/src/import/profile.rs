//! A mapping as a profile: the case system proposes it, the data steward approves it.

use serde::Deserialize;
use serde_json::json;

use super::mapping::Mapping;
use crate::api::{Api, ApiFault};

/// `ImportProfile`, as far as this client looks at it.
#[derive(Clone, Debug, Deserialize)]
pub struct Profile {
    /// SHA-256 of the mapping file's bytes.
    pub hash: String,
}

/// Proposes the mapping. Proposing it again changes nothing.
///
/// # Errors
/// When the API refuses.
pub async fn propose(api: &Api, mapping: &Mapping) -> Result<Profile, ApiFault> {
    let query = "mutation Propose($name: String!, $mapping: String!) { proposeImportProfile(name: $name, mapping: $mapping) { hash } }";
    let variables = json!({ "name": mapping.name, "mapping": mapping.text });
    let profile: Profile = api.call(query, variables, "proposeImportProfile").await?;
    same(profile, mapping)
}

/// Approves exactly this mapping, by its hash.
///
/// # Errors
/// When the API refuses, as it does who is not the steward.
pub async fn approve(api: &Api, mapping: &Mapping) -> Result<Profile, ApiFault> {
    let query = "mutation Approve($hash: String!) { approveImportProfile(hash: $hash) { hash } }";
    let profile: Profile = api
        .call(query, json!({ "hash": mapping.hash }), "approveImportProfile")
        .await?;
    same(profile, mapping)
}

fn same(profile: Profile, mapping: &Mapping) -> Result<Profile, ApiFault> {
    if profile.hash == mapping.hash {
        return Ok(profile);
    }
    Err(ApiFault::Unexpected(format!(
        "its hash {} is not that of the file, {}",
        profile.hash, mapping.hash
    )))
}
