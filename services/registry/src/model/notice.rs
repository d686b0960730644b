//! A notice (kennisgeving): which changes of covenants and supervision levels an account is told of, and as what.

use foundation::session::Interests;

/// What a notice tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoticeKind {
    /// A supervision level went up.
    SteppedUp,
    /// A supervision level was set, or went down.
    LevelSet,
    /// A step was shared later than it was set.
    LevelShared,
    /// A covenant was shared.
    CovenantShared,
    /// A covenant was changed.
    CovenantChanged,
}

/// What it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// A covenant.
    Covenant,
    /// A step of a supervision level.
    SupervisionLevel,
}

/// Every change that is told, with the word by which a notice of it is known: whatever record it is of, no two are alike.
const TOLD: [(About, &str, &str, NoticeKind); 9] = [
    (
        About::SupervisionLevel,
        STEPPED_UP,
        "level_stepped_up",
        NoticeKind::SteppedUp,
    ),
    (About::SupervisionLevel, "set", "level_set", NoticeKind::LevelSet),
    (
        About::SupervisionLevel,
        "stepped_down",
        "level_stepped_down",
        NoticeKind::LevelSet,
    ),
    (About::SupervisionLevel, SHARED, "level_shared", NoticeKind::LevelShared),
    (About::Covenant, SHARED, "covenant_shared", NoticeKind::CovenantShared),
    (
        About::Covenant,
        "published",
        "covenant_published",
        NoticeKind::CovenantShared,
    ),
    (
        About::Covenant,
        "edited",
        "covenant_edited",
        NoticeKind::CovenantChanged,
    ),
    (
        About::Covenant,
        "labelled",
        "covenant_labelled",
        NoticeKind::CovenantChanged,
    ),
    (
        About::Covenant,
        "resumed",
        "covenant_resumed",
        NoticeKind::CovenantChanged,
    ),
];

/// The change that is told to everybody who may know of it, not only to those whom a grant names.
const STEPPED_UP: &str = "stepped_up";
/// The change that is told only to those whom its grant names.
const SHARED: &str = "shared";

/// What a notice of this word tells, and of what.
pub fn of(word: &str) -> Option<(About, NoticeKind)> {
    let told = TOLD.into_iter().find(|(_, _, known, _)| *known == word)?;
    Some((told.0, told.3))
}

/// The word for a change of a covenant or a step.
pub fn word(about: About, change: &str) -> Option<&'static str> {
    let told = TOLD.into_iter().find(|told| told.0 == about && told.1 == change)?;
    Some(told.2)
}

/// The change that a word stands for; itself where it is none.
pub fn change(word: &str) -> &str {
    let told = TOLD.into_iter().find(|(_, _, known, _)| *known == word);
    told.map_or(word, |(_, change, ..)| change)
}

/// What readers hear of covenants or of steps: of others' alone, since nobody but its owner changes one.
pub fn interests(about: About, since: access::Instant) -> Interests {
    let of = |wanted: fn(&str) -> bool| -> Vec<&'static str> {
        let told = TOLD.into_iter().filter(|told| told.0 == about);
        told.map(|told| told.1).filter(|change| wanted(change)).collect()
    };
    Interests {
        own: Vec::new(),
        others: of(|change| change != STEPPED_UP && change != SHARED),
        at_large: of(|change| change == STEPPED_UP),
        arrivals: of(|change| change == SHARED),
        since,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_word_is_one_change_of_one_kind() {
        for (about, of_what, known, kind) in TOLD {
            assert_eq!(of(known), Some((about, kind)));
            assert_eq!(word(about, of_what), Some(known));
            assert_eq!(change(known), of_what);
        }
        assert_eq!(of("stepped_up"), None, "a change by itself is no notice");
        assert_eq!(change(""), "");
    }

    #[test]
    fn a_step_up_is_told_to_all_who_may_know() {
        let interests = interests(About::SupervisionLevel, 0);
        assert_eq!(interests.at_large, ["stepped_up"]);
        assert_eq!(interests.others, ["set", "stepped_down"]);
        assert_eq!(interests.arrivals, ["shared"]);
    }
}
