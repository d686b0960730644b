//! The change feed (wijzigingenstroom): who hears of what happens to a signal.

use foundation::session::Heard;

/// Who hears of a change, by its name in the outbox.
///
/// What shows in the signal itself, its version among it, is told to whoever sees it. What its owner alone may know is
/// told to its owner. What is neither (a triage among its participants, an opening in acute danger) is told to nobody but
/// those whom it gives the signal.
pub fn heard(change: &str) -> Heard {
    match change {
        "recorded" | "imported" | "edited" | "corrected" | "published" | "labelled" | "shared" | "revoked"
        | "retracted" | "held" | "released" | "frozen" | "resumed" | "confirmed" | "remarked" | "remark_withdrawn"
        | "followed_up" | "evidence_changed" => Heard::ByReaders,
        "reported" | "proposed" => Heard::ByOwner,
        _ => Heard::ByNewReaders,
    }
}
