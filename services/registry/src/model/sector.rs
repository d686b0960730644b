//! Sectors (bedrijfstakken): the Standaard Bedrijfsindeling (SBI), imported from a file of Statistics Netherlands.

use std::collections::HashMap;

use foundation::check::required;
use foundation::{Code, Fault};

use super::party::entry::invalid;

/// The most sectors in one delivery.
pub const DELIVERY_MAXIMUM: usize = 500;

/// A sector as it is delivered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSector {
    /// Its code: a letter or 2 to 6 digits.
    pub code: String,
    /// Its Dutch name.
    pub name: String,
    /// Its English name.
    pub name_en: String,
    /// The code of the sector that it is part of; none at the top.
    pub parent: Option<String>,
}

/// A code as it is stored: without dots and spaces, in capitals.
pub fn code(text: &str) -> String {
    let keep = |letter: &char| !letter.is_whitespace() && *letter != '.';
    text.chars().filter(keep).collect::<String>().to_uppercase()
}

/// Everything that is wrong with a delivery, each fault at its field.
pub fn check(source: &str, sectors: &[NewSector]) -> Vec<Fault> {
    let mut faults = Vec::new();
    required("source", source, 200, &mut faults);
    if sectors.len() > DELIVERY_MAXIMUM {
        let fault = Fault::new(Code::TooMany)
            .with("count", sectors.len())
            .with("maximum", DELIVERY_MAXIMUM);
        faults.push(fault.at("sectors"));
    }
    for (index, sector) in sectors.iter().enumerate() {
        let at = |field: &str| format!("sectors.{index}.{field}");
        required(&at("name"), &sector.name, 300, &mut faults);
        required(&at("nameEn"), &sector.name_en, 300, &mut faults);
        if !is_code(&sector.code) {
            let (dutch, english) = (
                "een SBI-code is één letter of 2 tot 6 cijfers",
                "an SBI code is one letter or 2 to 6 digits",
            );
            faults.push(invalid(&at("code"), dutch, english));
        }
    }
    faults
}

fn is_code(code: &str) -> bool {
    let letter = code.len() == 1 && code.bytes().all(|byte| byte.is_ascii_uppercase());
    letter || ((2..=6).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The path of each sector of a delivery, in its order, given the paths of those that are there: a parent comes before
/// its children.
///
/// # Errors
/// `UNKNOWN_REFERENCE` at each parent that is neither there nor came before.
pub fn paths(sectors: &[NewSector], mut known: HashMap<String, String>) -> Result<Vec<String>, Vec<Fault>> {
    let (mut paths, mut faults) = (Vec::with_capacity(sectors.len()), Vec::new());
    for (index, sector) in sectors.iter().enumerate() {
        let above = match &sector.parent {
            None => Some(String::new()),
            Some(parent) => known.get(parent).cloned(),
        };
        let within = above.filter(|above| !ancestors(above).any(|code| code == sector.code));
        let Some(above) = within else {
            let parent = sector.parent.as_deref().unwrap_or_default();
            let fault = Fault::new(Code::UnknownReference).with("value", parent);
            faults.push(fault.at(format!("sectors.{index}.parent")));
            continue;
        };
        let path = format!("{above}{}.", sector.code);
        known.insert(sector.code.clone(), path.clone());
        paths.push(path);
    }
    if faults.is_empty() { Ok(paths) } else { Err(faults) }
}

/// The codes in a path, from the top to the sector itself.
pub fn ancestors(path: &str) -> impl Iterator<Item = &str> {
    path.split('.').filter(|code| !code.is_empty())
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::{NewSector, ancestors, check, code, paths};

    fn sector(code: &str, parent: Option<&str>) -> NewSector {
        NewSector {
            code: code.to_owned(),
            name: "Naam".to_owned(),
            name_en: "Name".to_owned(),
            parent: parent.map(str::to_owned),
        }
    }

    #[test]
    fn paths_lead_from_the_top() {
        let file = [sector("H", None), sector("50", Some("H")), sector("502", Some("50"))];
        let found = paths(&file, HashMap::new()).expect("in order");
        assert_eq!(found, ["H.", "H.50.", "H.50.502."]);
        assert_eq!(ancestors(&found[2]).collect::<Vec<_>>(), ["H", "50", "502"]);
        let faults = paths(&file[1..], HashMap::new()).expect_err("without its parent");
        assert_eq!(faults[0].field(), Some("sectors.0.parent"));
        let known = HashMap::from([("50".to_owned(), "H.50.".to_owned())]);
        assert!(paths(&file[2..], known.clone()).is_ok(), "a parent that is there");
        let own = [sector("H", Some("50"))];
        assert!(paths(&own, known).is_err(), "nothing is part of itself");
    }

    #[test]
    fn codes_are_written_one_way() {
        assert_eq!(code("50.20.1"), "50201");
        assert_eq!(code(" h "), "H");
        let faults = check(" ", &[sector("5", None), sector("ABC", None), sector("01110", None)]);
        let fields: Vec<&str> = faults.iter().filter_map(|fault| fault.field()).collect();
        assert_eq!(fields, ["source", "sectors.0.code", "sectors.1.code"]);
    }
}
