//! Ids as clients see them: typed and opaque, such as `sig_0190…`.

use uuid::Uuid;

use crate::fault::{Code, Fault};

/// The prefix of each noun's ids.
pub mod prefix {
    /// Signal.
    pub const SIGNAL: &str = "sig";
    /// Grant.
    pub const GRANT: &str = "grt";
    /// Supervised party.
    pub const PARTY: &str = "pty";
    /// Site.
    pub const SITE: &str = "sit";
    /// Inspectorate or partner body.
    pub const ORGANISATION: &str = "org";
    /// Circle.
    pub const CIRCLE: &str = "cir";
    /// Account.
    pub const ACCOUNT: &str = "acc";
    /// Decision that needs two persons.
    pub const DECISION: &str = "dec";
}

/// Writes an id for clients.
pub fn write(prefix: &str, id: Uuid) -> async_graphql::ID {
    async_graphql::ID(format!("{prefix}_{}", id.simple()))
}

/// Reads an id that a client sent.
///
/// # Errors
/// `INVALID_ID` when it is not of this noun or not well formed. Says nothing about existence.
pub fn read(prefix: &'static str, text: &str) -> Result<Uuid, Fault> {
    let invalid = || Fault::new(Code::InvalidId).with("prefix", prefix);
    let digits = text
        .strip_prefix(prefix)
        .and_then(|rest| rest.strip_prefix('_'))
        .ok_or_else(invalid)?;
    if digits.len() != 32
        || !digits
            .bytes()
            .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
    {
        return Err(invalid());
    }
    Uuid::try_parse(digits).map_err(|_| invalid())
}
