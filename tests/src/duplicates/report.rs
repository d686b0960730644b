//! What `infra/duplicates` prints.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::generated::Labelled;
use super::hygiene::{Hygiene, Label};
use super::{Figures, Pair, compared, proposed};

/// Precision and recall on invented companies, and what was missed by what happened to it.
pub fn generated(labelled: &Labelled) -> String {
    let compared = compared(&labelled.profiles());
    let proposed = proposed(&compared);
    let figures = Figures::of(&proposed, &labelled.same());
    let mut report = format!("generated, {} parties: {figures}\n", labelled.records.len());
    let mut kinds: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for (pair, happened) in &labelled.same {
        let counted = kinds.entry(happened).or_default();
        counted.1 += 1;
        counted.0 += usize::from(proposed.contains(pair));
    }
    for (happened, (found, of)) in kinds {
        line(&mut report, &format!("  {happened}: {found} of {of} found"));
    }
    report
}

/// Precision and recall on the real businesses that have labels.
pub fn hygiene(hygiene: &Hygiene) -> String {
    let compared = compared(&hygiene.profiles);
    let all = proposed(&compared);
    let same = hygiene.labelled(&[Label::Same]);
    let decided = hygiene.labelled(&[Label::Same, Label::Chain, Label::Other]);
    let among: BTreeSet<Pair> = all.intersection(&decided).copied().collect();
    let figures = Figures::of(&among, &same);
    let (businesses, labels) = (hygiene.profiles.len(), decided.len());
    let mut report = format!("food hygiene, {businesses} businesses, {labels} labelled pairs: {figures}\n");
    for (name, label) in [
        ("chain", Label::Chain),
        ("other", Label::Other),
        ("unsure", Label::Unsure),
    ] {
        let labelled = hygiene.labelled(&[label]);
        let found = all.intersection(&labelled).count();
        line(
            &mut report,
            &format!("  {name}: {found} of {} proposed", labelled.len()),
        );
    }
    // The points were set while looking at pairs of which the sum of the places is even; the others were kept back.
    let odd = |pairs: &BTreeSet<Pair>| pairs.iter().copied().filter(|(a, b)| (a + b) % 2 == 1).collect();
    let kept_back = Figures::of(&odd(&among), &odd(&same));
    line(
        &mut report,
        &format!("  of these kept back while the points were set: {kept_back}"),
    );
    line(&mut report, &format!("  proposals on the whole file: {}", all.len()));
    report
}

fn line(report: &mut String, text: &str) {
    writeln!(report, "{text}").expect("a text can be written");
}
