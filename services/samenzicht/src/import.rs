//! Import: a file of a case system becomes signals. A client of the API and nothing more: what it may write, and whom
//! its grants reach, the platform decides under the token it comes with and the profile that the steward approved.
//!
//! A row's way: [`records`] (bytes → record with its line) → [`row`] (text by column) → [`translate`] by the
//! [`mapping`] → [`batches`] → [`crate::api`] → [`delivery`] counts, and puts what was refused into [`rejects`].
//! Start reading at [`delivery::Delivery::run`]; the mapping file is described in `docs/import.md`.

pub mod batches;
pub mod delivery;
pub mod mapping;
pub mod moment;
pub mod parties;
pub mod profile;
pub mod progress;
pub mod records;
pub mod rejects;
pub mod row;
pub mod sectors;
pub mod serial;
pub mod summary;
pub mod translate;
pub mod vocabulary;
pub mod wire;
