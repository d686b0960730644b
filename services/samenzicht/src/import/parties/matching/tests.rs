use super::*;

fn numbered(numbers: &[(Scheme, &str)]) -> Vec<Identifier> {
    numbers
        .iter()
        .map(|(scheme, text)| Identifier::new(*scheme, text).expect("fits"))
        .collect()
}

fn wanted(name: &str, numbers: &[(Scheme, &str)], door: Option<(&str, &str)>) -> Wanted {
    let site = door.map(|(street, postcode)| WantedSite {
        name: None,
        street: Some(street.to_owned()),
        postcode: Some(postcode.to_owned()),
        city: Some("Nergens".to_owned()),
        country: "NL".to_owned(),
        latitude: None,
        longitude: None,
        region: None,
        numbers: Vec::new(),
    });
    let party = WantedParty {
        kind: "COMPANY".to_owned(),
        name: Some(name.to_owned()),
        trade_names: Vec::new(),
        sectors: Vec::new(),
        numbers: numbered(numbers),
    };
    Wanted { party, site }
}

fn party_of(id: &str, name: &str, doors: &[(&str, &str)]) -> Party {
    let site = |(street, postcode): &(&str, &str)| Site {
        id: format!("{id} {street}"),
        address: Some(SiteAddress {
            street: (*street).to_owned(),
            postcode: (*postcode).to_owned(),
            city: "Nergens".to_owned(),
            country: "NL".to_owned(),
        }),
        ..Site::default()
    };
    Party {
        id: id.to_owned(),
        legal_name: Some(name.to_owned()),
        sites: doors.iter().map(site).collect(),
        ..Party::default()
    }
}

fn decided(wanted: &Wanted, parties: &[Party], name_alone: bool) -> String {
    let found = Candidates {
        parties: parties.to_vec(),
        more: false,
    };
    match party(wanted, &found, name_alone, "naam") {
        Decision::Is(party) => party.id,
        Decision::New => "new".to_owned(),
        Decision::Refused(reject) => reject.reason.split(':').next().unwrap_or_default().to_owned(),
    }
}

const HERE: (&str, &str) = ("Verzinseldijk 1", "0000 AA");
const THERE: (&str, &str) = ("Havenkant 2", "0001AA");

#[test]
fn a_number_says_which_and_two_that_disagree_say_nothing() {
    let (one, two) = (party_of("een", "A", &[]), party_of("twee", "B", &[]));
    let by_kvk = wanted("Heel anders", &[(Scheme::Kvk, "00009901")], None);
    assert_eq!(decided(&by_kvk, std::slice::from_ref(&one), false), "een");
    assert_eq!(decided(&by_kvk, &[], false), "new");
    let both = wanted("A", &[(Scheme::Kvk, "00009901"), (Scheme::Rsin, "000099004")], None);
    assert_eq!(decided(&both, &[one.clone(), one.clone()], false), "een");
    assert_eq!(decided(&both, &[one, two], false), "PARTY_AMBIGUOUS");
}

#[test]
fn a_name_says_which_with_its_door_and_never_what_is_only_likely() {
    let near = [
        party_of("a", "Bakkerij De Zon BV", &[HERE]),
        party_of("b", "Bakkerij de Zon Beheer B.V.", &[HERE]),
    ];
    let here = wanted("bakkerij de zón B.V.", &[], Some(("Verzinseldijk 1", "0000aa")));
    assert_eq!(decided(&here, &near, false), "a");
    for (street, postcode) in [
        ("Verzinseldijk 1a", "0000AA"),
        ("Verzinseldijk 2", "0000AA"),
        ("Verzinseldijk 1", "0000AB"),
    ] {
        let elsewhere = wanted("Bakkerij De Zon BV", &[], Some((street, postcode)));
        assert_eq!(
            decided(&elsewhere, &near, false),
            "PARTY_ELSEWHERE",
            "{street} {postcode}"
        );
        assert_eq!(decided(&elsewhere, &near, true), "a");
    }
    assert_eq!(
        decided(&wanted("Bakkerij De Maan", &[], Some(HERE)), &near, false),
        "new"
    );
    assert_eq!(
        decided(&wanted("Bakkerij De Zon BV", &[], None), &near, false),
        "PARTY_INCOMPLETE"
    );
    assert_eq!(decided(&wanted("—", &[], Some(HERE)), &near, false), "PARTY_INCOMPLETE");
}

#[test]
fn two_of_one_name_are_told_apart_by_their_doors_alone() {
    let two = [party_of("a", "Zon", &[HERE]), party_of("b", "Zon", &[THERE])];
    assert_eq!(decided(&wanted("Zon", &[], Some(THERE)), &two, true), "b");
    assert_eq!(decided(&wanted("Zon", &[], None), &two, true), "PARTY_AMBIGUOUS");
    let same = [party_of("a", "Zon", &[HERE]), party_of("b", "Zon", &[HERE])];
    assert_eq!(decided(&wanted("Zon", &[], Some(HERE)), &same, true), "PARTY_AMBIGUOUS");
    let more = Candidates {
        parties: same.to_vec(),
        more: true,
    };
    assert!(matches!(
        party(&wanted("Zon", &[], Some(THERE)), &more, false, ""),
        Decision::Refused(_)
    ));
}

#[test]
fn a_person_is_known_by_a_number_alone() {
    let mut person = wanted("Jansen", &[], Some(HERE));
    person.party.kind = "SOLE_TRADER".to_owned();
    assert_eq!(
        decided(&person, &[party_of("a", "Jansen", &[HERE])], true),
        "PARTY_INCOMPLETE"
    );
}

#[test]
fn a_site_is_known_by_its_number_or_its_door() {
    let party = party_of("a", "Zon", &[HERE, THERE]);
    let is = |wanted: &Wanted| match site(wanted.site.as_ref().expect("one"), &party.sites) {
        Decision::Is(site) => site.id.clone(),
        Decision::New => "new".to_owned(),
        Decision::Refused(reject) => reject.reason,
    };
    assert_eq!(
        is(&wanted("Zon", &[], Some(("havenkant 2", "0001 aa")))),
        "a Havenkant 2"
    );
    assert_eq!(is(&wanted("Zon", &[], Some(("havenkant 3", "0001 aa")))), "new");
    let mut branch = wanted("Zon", &[], Some(HERE));
    branch.site.as_mut().expect("one").numbers = numbered(&[(Scheme::Vestiging, "999900000001")]);
    assert_eq!(is(&branch), "new", "a branch is no other site at its address");
    let one = wanted("Zon", &[], Some(HERE)).site.expect("one");
    for (street, postcode, same) in [
        ("Verzinsel dijk 1", "0000aa", true),
        ("Verzinseldijk 1b", "0000aa", false),
    ] {
        let other = wanted("Zon", &[], Some((street, postcode))).site.expect("one");
        assert_eq!(is_one(&one, &other), same, "{street}");
    }
}
