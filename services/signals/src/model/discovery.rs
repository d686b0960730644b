//! What outsiders may know of a signal (vindbaarheid), and whether it may be opened in acute danger.

use access::{Discoverable, Tlp};
use foundation::{Code, Fault};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// What its owner chose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Existence {
    /// What outsiders may know.
    pub discoverable: Discoverable,
    /// Whether it is closed to break-glass.
    pub closed: bool,
}

/// Refuses what the traffic light mark does not leave.
///
/// # Errors
/// `TLP_FORBIDS_DISCOVERY`.
pub fn permitted(chosen: Discoverable, tlp: Tlp) -> Result<(), Fault> {
    if chosen.within(tlp) == chosen {
        return Ok(());
    }
    Err(Fault::new(Code::TlpForbidsDiscovery)
        .with("tlp", super::grant::name(tlp))
        .at("existence.discoverable"))
}

/// The handle by which an outsider asks for a record: from a new id, but without its moment, so that it tells neither
/// which record it stands for nor when that was made.
pub fn handle(fresh: Uuid) -> Uuid {
    let hash = Sha256::digest(fresh.as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    Uuid::from_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_traffic_light_bounds_what_may_be_known() {
        use Discoverable::{Hit, Nothing, Title};
        let allowed = |tlp: Tlp| Discoverable::ALL.map(|chosen| permitted(chosen, tlp).is_ok());
        assert_eq!(allowed(Tlp::Clear), [true, true, true]);
        assert_eq!(allowed(Tlp::Amber), [true, true, true]);
        assert_eq!(allowed(Tlp::AmberStrict), [true, true, false]);
        assert_eq!(allowed(Tlp::Red), [true, false, false]);
        assert_eq!(Title.within(Tlp::AmberStrict), Hit);
        assert_eq!(Title.within(Tlp::Red), Nothing);
    }

    #[test]
    fn a_handle_keeps_nothing_of_the_id_that_it_was_made_from() {
        let fresh = Uuid::now_v7();
        let handle = handle(fresh);
        assert_eq!(handle, super::handle(fresh), "one id, one handle");
        assert_ne!(handle.as_bytes()[..6], fresh.as_bytes()[..6], "the moment is gone");
    }
}
