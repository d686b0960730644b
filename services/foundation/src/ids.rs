//! Ids as clients see them: typed and opaque, such as `sig_0190…`.

use uuid::Uuid;

use crate::fault::{Code, Fault};

/// The prefix of each noun's ids.
pub mod prefix {
    /// Signal.
    pub const SIGNAL: &str = "sig";
    /// Grant.
    pub const GRANT: &str = "grt";
    /// What may be known of a record that one may not see.
    pub const DISCOVERY: &str = "dsc";
    /// Request for access.
    pub const ACCESS_REQUEST: &str = "req";
    /// Break-glass.
    pub const BREAK_GLASS: &str = "brk";
    /// Recurring theme.
    pub const THEME: &str = "thm";
    /// Feedback product.
    pub const FEEDBACK: &str = "fbk";
    /// Supervised party.
    pub const PARTY: &str = "pty";
    /// Covenant.
    pub const COVENANT: &str = "cov";
    /// Supervision level.
    pub const SUPERVISION_LEVEL: &str = "lvl";
    /// Relation between parties.
    pub const RELATION: &str = "rel";
    /// Account holder.
    pub const HOLDER: &str = "hol";
    /// Contact with a party.
    pub const CONTACT: &str = "con";
    /// Mandate.
    pub const MANDATE: &str = "man";
    /// Site.
    pub const SITE: &str = "sit";
    /// Inspectorate or partner body.
    pub const ORGANISATION: &str = "org";
    /// Circle.
    pub const CIRCLE: &str = "cir";
    /// Pseudonym of a person, for one inspectorate under one purpose.
    pub const PSEUDONYM: &str = "psn";
    /// Confirmation.
    pub const CONFIRMATION: &str = "cnf";
    /// Remark.
    pub const REMARK: &str = "rmk";
    /// Link between signals.
    pub const LINK: &str = "lnk";
    /// Evidence.
    pub const EVIDENCE: &str = "evd";
    /// Follow-up.
    pub const FOLLOW_UP: &str = "fup";
    /// Proposal of a correction.
    pub const PROPOSAL: &str = "prp";
    /// Triage.
    pub const TRIAGE: &str = "trg";
    /// Saved search.
    pub const SAVED_SEARCH: &str = "sea";
    /// Hold or freeze.
    pub const HOLD: &str = "hld";
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
