//! Proposals measured: on an imitation of the rail records that `infra/themes` measures for real, and on words that
//! people write.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use crate::{Gathering, Material, Proposal, What};

/// What a record is about: parties.
type Parties = Vec<Uuid>;

const CAUSES: [&str; 12] = [
    "defecte trein",
    "gestrande trein",
    "seinstoring",
    "wisselstoring",
    "sein- en wisselstoring",
    "aanrijding",
    "aanrijding met een persoon",
    "inzet van de politie",
    "inzet van hulpdiensten",
    "persoon op het spoor",
    "boom op het spoor",
    "defecte bovenleiding",
];
const STATIONS: [&str; 14] = [
    "Amersfoort",
    "Apeldoorn",
    "Breda",
    "Rotterdam Centraal",
    "Den Haag HS",
    "'s-Hertogenbosch",
    "Nijmegen",
    "Zwolle",
    "Groningen",
    "Leeuwarden",
    "Eindhoven",
    "Venlo",
    "Utrecht Centraal",
    "Leiden Centraal",
];

/// Numbers that look like chance and are the same every time.
struct Chance(u64);

impl Chance {
    /// A number below `end`, the small ones more often.
    fn below(&mut self, end: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let part = (self.0 >> 33) as f64 / f64::from(1u32 << 31);
        (part * part * end as f64) as usize
    }
}

struct Disruption {
    cause: &'static str,
    line: String,
    title: String,
    narrative: String,
}

fn disruptions(count: usize) -> Vec<Disruption> {
    let mut chance = Chance(7);
    let mut disruption = |number: usize| {
        let cause = CAUSES[chance.below(CAUSES.len())];
        let from = chance.below(STATIONS.len() - 1);
        let to = from + 1 + chance.below((STATIONS.len() - from - 1).min(3));
        let line = format!("{} - {}", STATIONS[from], STATIONS[to]);
        let stations = STATIONS[from..=to].join(", ");
        let minutes = 10 + chance.below(300);
        Disruption {
            cause,
            title: format!("Treinverstoring: {cause} – {line}"),
            narrative: format!(
                "Verstoring van het treinverkeer: {line}.\nTrajecten: {line}.\nStations: {stations}.\nOorzaak: {cause}.\n\
                 Duur: {minutes} minuten.\nBron: spoorbericht {number}."
            ),
            line,
        }
    };
    (0..count).map(&mut disruption).collect()
}

fn propose(records: &[(&str, &str, &str, Parties)]) -> Vec<Proposal> {
    let mut gathering = Gathering::default();
    for (title, narrative, category, parties) in records {
        gathering.add(Material {
            title,
            narrative,
            category,
            parties,
            sites: &[],
            regions: &[],
        });
    }
    gathering.propose()
}

fn places(proposal: &Proposal) -> BTreeSet<usize> {
    proposal.members.iter().map(|member| member.place).collect()
}

fn words(proposal: &Proposal) -> Vec<&str> {
    let words = proposal.shared.iter().filter_map(|shared| match &shared.what {
        What::Words(words) => Some(words.as_str()),
        What::Party(_) | What::Site(_) | What::Region(_) | What::Category(_) => None,
    });
    words.collect()
}

#[test]
fn a_cause_that_repeats_on_a_line_comes_out() {
    let disruptions = disruptions(1_500);
    let records: Vec<_> = disruptions
        .iter()
        .map(|one| {
            (
                one.title.as_str(),
                one.narrative.as_str(),
                "rail-disruption",
                Vec::new(),
            )
        })
        .collect();
    let proposals = propose(&records);

    let mut truth: BTreeMap<(&str, &str), BTreeSet<usize>> = BTreeMap::new();
    for (place, one) in disruptions.iter().enumerate() {
        truth.entry((one.cause, &one.line)).or_default().insert(place);
    }
    truth.retain(|_, members| members.len() >= 5);
    let found = truth.values().filter(|members| {
        proposals.iter().any(|proposal| {
            let proposed = places(proposal);
            let both = proposed.intersection(members).count();
            both * 10 >= members.len() * 8 && both * 10 >= proposed.len() * 8
        })
    });
    let (found, all) = (found.count(), truth.len());
    assert!(all >= 50, "the imitation repeats itself: {all}");
    assert!(found * 100 >= all * 85, "{found} of {all} came out");

    let (mut right, mut pairs) = (0, 0);
    for proposal in proposals.iter().filter(|proposal| proposal.tightness >= 0.8) {
        let members: Vec<usize> = places(proposal).into_iter().collect();
        for (index, one) in members.iter().enumerate() {
            for other in &members[index + 1..] {
                let (one, other) = (&disruptions[*one], &disruptions[*other]);
                pairs += 1;
                right += usize::from(one.cause == other.cause && one.line == other.line);
            }
        }
    }
    assert!(
        right * 100 >= pairs * 95,
        "{right} of {pairs} pairs in tight proposals belong together"
    );
}

#[test]
fn each_member_has_its_reasons_and_every_number_equals_its_list() {
    let party = Uuid::from_u128(7);
    let about = |parties: &[Uuid]| parties.to_vec();
    let records = [
        (
            "Mestopslag lekt bij geitenhouderij",
            "Lek na regen.",
            "environment",
            about(&[party]),
        ),
        ("Nieuwe kozijnen in de gang", "Werk van derden.", "building", about(&[])),
        (
            "Lekkende mestopslag",
            "Bij een geitenhouderij.",
            "environment",
            about(&[party]),
        ),
        ("Wachttijd aan de balie", "Lange rijen.", "service", about(&[])),
        (
            "Geitenhouderij: lek in mestopslag",
            "Gezien vanaf de weg.",
            "environment",
            about(&[]),
        ),
        ("Sleutels zoek", "Weer gevonden.", "building", about(&[])),
    ];
    let proposals = propose(&records);
    let first = proposals.first().expect("something recurs");
    assert_eq!(places(first), BTreeSet::from([0, 2, 4]));
    for (reason, shared) in first.shared.iter().enumerate() {
        let having = first
            .members
            .iter()
            .filter(|member| member.reasons.contains(&reason))
            .count();
        assert_eq!(shared.members, having, "{:?}", shared.what);
    }
    for member in &first.members {
        assert!(!member.reasons.is_empty(), "{member:?}");
        assert!(member.share > 0.0 && member.share <= 1.0, "{member:?}");
    }
    assert!(words(first).contains(&"Mestopslag"), "{:?}", first.shared);
    assert_eq!(
        first.label("Geitenhouderij: lek in mestopslag").as_deref(),
        Some("Geitenhouderij, lek in mestopslag")
    );
    assert_eq!(
        first.label("Nieuw (mestopslag bij haven) dicht").as_deref(),
        Some("mestopslag")
    );
    assert_eq!(
        first.label("Lek (nieuw bij mestopslag) dicht").as_deref(),
        Some("Lek, mestopslag")
    );
    assert_eq!(first.label("Wachttijd aan de balie"), None);
    assert_eq!(proposals.len(), 1, "{proposals:?}");
}

#[test]
fn the_same_party_and_category_recur_without_a_word_in_common() {
    let about = |party: u128| vec![Uuid::from_u128(party)];
    let records = [
        ("Roken bij de tank", "", "safety", about(1)),
        ("Blusser ontbreekt", "", "safety", about(1)),
        ("Vluchtweg geblokkeerd", "", "safety", about(1)),
        ("Jaarverslag te laat", "", "governance", about(2)),
    ];
    let proposals = propose(&records);
    let shared: Vec<&What> = proposals[0].shared.iter().map(|shared| &shared.what).collect();
    let (party, category) = (What::Party(Uuid::from_u128(1)), What::Category("safety".to_owned()));
    assert_eq!(shared, [&party, &category]);
    assert_eq!(proposals[0].label("Roken bij de tank"), None);
}

#[test]
fn nothing_recurs_among_few_and_the_order_is_always_the_same() {
    let none = Parties::new;
    assert_eq!(propose(&[]), []);
    assert_eq!(
        propose(&[("Brand", "", "fire", none()), ("Brand", "", "fire", none())]),
        []
    );
    let disruptions = disruptions(300);
    let records: Vec<_> = disruptions
        .iter()
        .map(|one| (one.title.as_str(), one.narrative.as_str(), "rail-disruption", none()))
        .collect();
    assert_eq!(propose(&records), propose(&records));
}

#[test]
fn far_too_much_text_is_read_in_part() {
    let narrative = "woord ".repeat(3_000) + "slotwoord";
    let records: Vec<_> = (0..4)
        .map(|_| ("Titel", narrative.as_str(), "fire", Vec::new()))
        .collect();
    let proposals = propose(&records);
    assert!(
        proposals.iter().all(|proposal| !words(proposal).contains(&"slotwoord")),
        "{proposals:?}"
    );
}
