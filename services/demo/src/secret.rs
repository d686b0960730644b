//! The demo's secret for pseudonyms: made at the first start, kept among its keys.

use std::io::{Error, ErrorKind, Result};
use std::path::Path;

use foundation::PseudonymKey;

use crate::provider::key_pair::write_secret;

/// Its file.
const FILE: &str = "pseudonyms.key";

/// The secret of the demo in its folder of keys.
///
/// # Errors
/// The file cannot be read or written, or somebody made it too short.
pub fn pseudonyms(keys: &Path) -> Result<PseudonymKey> {
    let path = keys.join(FILE);
    if !path.exists() {
        write_secret(&path).map_err(|error| Error::other(error.to_string()))?;
    }
    let secret = std::fs::read_to_string(&path)?;
    let short = || {
        Error::new(
            ErrorKind::InvalidData,
            format!("{} is too short a secret", path.display()),
        )
    };
    PseudonymKey::read(&secret).ok_or_else(short)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn it_is_made_once_for_its_owner_alone() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join(FILE);
        pseudonyms(folder.path()).expect("it can be made");
        let first = std::fs::read_to_string(&path).expect("it is there");
        pseudonyms(folder.path()).expect("it can be read");
        assert_eq!(std::fs::read_to_string(&path).expect("it is there"), first);
        let mode = std::fs::metadata(&path).expect("it is there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_short_one_is_refused() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        std::fs::write(folder.path().join(FILE), "short").expect("it can be written");
        assert!(pseudonyms(folder.path()).is_err());
    }
}
