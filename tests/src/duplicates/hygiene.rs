//! Real businesses from the food hygiene register, with labels given by hand to pairs of its lines.
//!
//! The label file holds no data: a pair is two line numbers with a digest of each line, so that another version of the
//! file is noticed. The labels say what somebody who keeps a register of companies would decide from the two lines:
//! `same`, one company or organisation (moved, with several doors, or written down twice); `chain`, one brand whose
//! doors may belong to different companies, such as a franchise; `other`, two companies; `unsure`, left out.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use registry::model::address::{Place, postcode, street_and_number};
use registry::model::duplicate::Profile;
use registry::model::name::Name;
use registry::model::party::PartyKind;
use sha2::{Digest, Sha256};

use super::Pair;

/// The labels.
const LABELS: &str = include_str!("../../labels/food-hygiene.csv");

/// What a human said of a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Label {
    /// One company.
    Same,
    /// One brand, perhaps of several companies.
    Chain,
    /// Two companies.
    Other,
    /// It cannot be told from the two lines.
    Unsure,
}

/// The businesses of the file and the pairs with a label.
#[derive(Clone, Debug)]
pub struct Hygiene {
    /// The businesses, in the order of the file.
    pub profiles: Vec<Profile>,
    /// The labelled pairs, as places in [`Hygiene::profiles`].
    pub labels: BTreeMap<Pair, Label>,
}

impl Hygiene {
    /// Reads `food-hygiene/inspections_part1.csv` in a folder.
    ///
    /// # Errors
    /// What is wrong with the file, or that it is not the version that was labelled.
    pub fn read(folder: &Path) -> Result<Self, String> {
        let path = folder.join("food-hygiene/inspections_part1.csv");
        let bytes = std::fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let lines: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').collect();
        let mut reader = csv::Reader::from_reader(bytes.as_slice());
        let columns = Columns::of(reader.headers().map_err(|error| error.to_string())?)?;
        let rows: Result<Vec<csv::StringRecord>, _> = reader.records().collect();
        let rows = rows.map_err(|error| error.to_string())?;
        Ok(Self {
            profiles: rows.iter().map(|row| columns.profile(row)).collect(),
            labels: labels(&lines)?,
        })
    }

    /// The pairs with one of these labels.
    pub fn labelled(&self, wanted: &[Label]) -> BTreeSet<Pair> {
        let pairs = self.labels.iter().filter(|(_, label)| wanted.contains(label));
        pairs.map(|(pair, _)| *pair).collect()
    }
}

/// Where the columns are.
struct Columns {
    name: usize,
    authority: usize,
    lines: Vec<usize>,
    postcode: usize,
}

impl Columns {
    fn of(header: &csv::StringRecord) -> Result<Self, String> {
        let place = |name: &str| {
            let place = header.iter().position(|column| column == name);
            place.ok_or_else(|| format!("there is no column {name}"))
        };
        let lines = ["AddressLine1", "AddressLine2", "AddressLine3", "AddressLine4"];
        Ok(Self {
            name: place("BusinessName")?,
            authority: place("Authority")?,
            lines: lines.into_iter().map(place).collect::<Result<_, _>>()?,
            postcode: place("PostCode")?,
        })
    }

    fn profile(&self, row: &csv::StringRecord) -> Profile {
        let lines: Vec<&str> = self
            .lines
            .iter()
            .map(|line| &row[*line])
            .filter(|line| !line.is_empty())
            .collect();
        let (street, number, addition) = street_and_number(lines.first().copied().unwrap_or_default());
        // The municipality is the only town that each line names in the same way.
        let place = Place {
            postcode: postcode(&row[self.postcode]),
            street,
            number,
            addition,
            town: foundation::text::normalise(&row[self.authority]),
        };
        Profile {
            kind: PartyKind::Company,
            names: Name::all(&row[self.name]),
            identifiers: Vec::new(),
            places: vec![place],
        }
    }
}

fn labels(lines: &[&[u8]]) -> Result<BTreeMap<Pair, Label>, String> {
    let mut labels = BTreeMap::new();
    for row in LABELS.lines().skip(1) {
        let [line, digest, other_line, other_digest, label] = row.split(',').collect::<Vec<_>>()[..] else {
            return Err(format!("'{row}' is no label"));
        };
        let pair = (place(lines, line, digest)?, place(lines, other_line, other_digest)?);
        let label = match label {
            "same" => Label::Same,
            "chain" => Label::Chain,
            "other" => Label::Other,
            "unsure" => Label::Unsure,
            _ => return Err(format!("'{label}' is no label")),
        };
        labels.insert(pair, label);
    }
    Ok(labels)
}

/// The place of a line's record: the header is line 1, the first record line 2.
fn place(lines: &[&[u8]], number: &str, digest: &str) -> Result<usize, String> {
    let number: usize = number.parse().map_err(|_| format!("'{number}' is no line number"))?;
    let line = lines
        .get(number - 1)
        .map(|line| line.trim_ascii_end())
        .unwrap_or_default();
    let found: String = Sha256::digest(line)
        .iter()
        .take(6)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    if found != digest {
        return Err(format!(
            "line {number} is not the line that was labelled: this is another version of the file"
        ));
    }
    Ok(number - 2)
}
