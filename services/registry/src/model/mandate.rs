//! Mandates (toezichtmandaten): which inspectorate supervises what. A mandate applies to a party when each thing that
//! it says of kind, sector and region is true of the party; what it does not say, it leaves open.

use std::collections::BTreeSet;

use foundation::Fault;
use foundation::check::required;
use uuid::Uuid;

use super::party::PartyKind;

/// What a mandate covers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cover {
    /// Only parties of this kind.
    pub kind: Option<PartyKind>,
    /// Only parties in this sector or a part of it.
    pub sector: Option<String>,
    /// Only parties in this safety region.
    pub region: Option<Uuid>,
}

/// What is known of a party that mandates look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// What it is.
    pub kind: PartyKind,
    /// The codes of its sectors and of all that they are part of.
    pub sectors: BTreeSet<String>,
    /// The safety regions of its sites, and the one that it is.
    pub regions: BTreeSet<Uuid>,
}

/// Why a mandate applies to a party.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// It covers every party.
    Everyone,
    /// It covers parties of this kind.
    Kind,
    /// The party is in the sector that it covers, or in a part of it.
    Sector,
    /// The party is or has a site in the safety region that it covers.
    Region,
}

/// Why a mandate with this cover applies to such a party; `None` when it does not.
pub fn applies(cover: &Cover, facts: &Facts) -> Option<Vec<Reason>> {
    let mut reasons = Vec::new();
    if let Some(kind) = cover.kind {
        if kind != facts.kind {
            return None;
        }
        reasons.push(Reason::Kind);
    }
    if let Some(sector) = &cover.sector {
        if !facts.sectors.contains(sector) {
            return None;
        }
        reasons.push(Reason::Sector);
    }
    if let Some(region) = &cover.region {
        if !facts.regions.contains(region) {
            return None;
        }
        reasons.push(Reason::Region);
    }
    if reasons.is_empty() {
        reasons.push(Reason::Everyone);
    }
    Some(reasons)
}

/// Checks where a mandate is laid down.
pub fn check(legal_source: &str) -> Vec<Fault> {
    let mut faults = Vec::new();
    required("legalSource", legal_source, 500, &mut faults);
    faults
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::{Cover, Facts, Reason, applies};
    use crate::model::party::PartyKind;

    #[test]
    fn everything_that_a_mandate_says_must_be_true() {
        let (here, there) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let facts = Facts {
            kind: PartyKind::Company,
            sectors: ["H", "50", "502"].map(str::to_owned).into(),
            regions: [here].into(),
        };
        let cover = |kind, sector: Option<&str>, region| Cover {
            kind,
            sector: sector.map(str::to_owned),
            region,
        };
        let company = Some(PartyKind::Company);
        for (cover, expected) in [
            (Cover::default(), Some(vec![Reason::Everyone])),
            (cover(company, None, None), Some(vec![Reason::Kind])),
            (cover(None, Some("50"), None), Some(vec![Reason::Sector])),
            (
                cover(company, Some("H"), Some(here)),
                Some(vec![Reason::Kind, Reason::Sector, Reason::Region]),
            ),
            (cover(Some(PartyKind::Ship), Some("50"), None), None),
            (cover(company, Some("51"), None), None),
            (cover(company, None, Some(there)), None),
        ] {
            assert_eq!(applies(&cover, &facts), expected, "{cover:?}");
        }
    }
}
