//! How well duplicates are proposed. `infra/duplicates` prints the figures, on real businesses too.

use tests::duplicates::generated::Labelled;
use tests::duplicates::{Figures, compared, proposed};

#[test]
fn most_proposals_are_right_and_most_duplicates_are_proposed() {
    let labelled = Labelled::new(1, 900);
    let figures = Figures::of(&proposed(&compared(&labelled.profiles())), &labelled.same());
    assert!(figures.wanted >= 250, "{figures}");
    assert!(figures.precision() >= 0.94, "{figures}");
    assert!(figures.recall() >= 0.88, "{figures}");
}

#[test]
fn what_was_written_alike_at_one_door_is_always_proposed() {
    let labelled = Labelled::new(2, 300);
    let proposed = proposed(&compared(&labelled.profiles()));
    let alike = labelled
        .same
        .iter()
        .filter(|(_, happened)| **happened == "written alike");
    let missed: Vec<_> = alike.filter(|(pair, _)| !proposed.contains(pair)).collect();
    assert!(missed.is_empty(), "{missed:?}");
}
