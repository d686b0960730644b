//! Erasing covenants and supervision levels that have expired.

use foundation::root::erasure;
use foundation::{Fault, Platform};

use super::{CovenantRow, LevelRow};

/// Erases all records of this service whose retention has ended and that nobody holds; how many went.
///
/// # Errors
/// `LOG_UNAVAILABLE`: what could not be proven was not erased. Else the database's.
pub async fn sweep(platform: &Platform) -> Result<u64, Fault> {
    let participants = ["DELETE FROM covenant_participant WHERE covenant_id = ?"];
    let covenants = erasure::sweep::<CovenantRow>(platform, &participants).await?;
    Ok(covenants + erasure::sweep::<LevelRow>(platform, &[]).await?)
}
