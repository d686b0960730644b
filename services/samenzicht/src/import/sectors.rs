//! Sectors (SBI) from a file of Statistics Netherlands: the columns code, nl, en and parent.

use std::fmt;
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::batches::MAX_BATCH;
use crate::api::{Api, ApiFault};

const IMPORT: &str = "mutation Sectors($source: String!, $sectors: [SectorInput!]!) { \
    importSectors(source: $source, sectors: $sectors) { created changed unchanged } }";

/// A line of the file, as the API takes it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all(serialize = "camelCase"))]
pub struct Sector {
    /// Its code.
    pub code: String,
    /// Its Dutch name.
    #[serde(rename(deserialize = "nl"))]
    pub name: String,
    /// Its English name.
    #[serde(rename(deserialize = "en"))]
    pub name_en: String,
    /// The code of the sector that it is part of; empty at the top.
    pub parent: Option<String>,
}

/// What a delivery did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Delivered {
    /// Sectors that are new.
    pub created: usize,
    /// Sectors that are different now.
    pub changed: usize,
    /// Sectors that were there just so.
    pub unchanged: usize,
}

impl fmt::Display for Delivered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            created,
            changed,
            unchanged,
        } = self;
        write!(f, "sectors: {created} new, {changed} changed, {unchanged} unchanged")
    }
}

/// Reads the file.
///
/// # Errors
/// When it is not there, or a line does not have the four columns.
pub fn read(file: &Path) -> Result<Vec<Sector>, csv::Error> {
    parse(std::fs::File::open(file)?)
}

fn parse(text: impl std::io::Read) -> Result<Vec<Sector>, csv::Error> {
    csv::Reader::from_reader(text).deserialize().collect()
}

/// Delivers the sectors in batches, in the order of the file.
///
/// # Errors
/// When the API refuses; the batches before it are in, and running it again goes on.
pub async fn deliver(api: &Api, source: &str, sectors: &[Sector]) -> Result<Delivered, ApiFault> {
    let mut sum = Delivered::default();
    for batch in sectors.chunks(MAX_BATCH) {
        let variables = json!({ "source": source, "sectors": batch });
        let done: Delivered = api.call(IMPORT, variables, "importSectors").await?;
        sum.created += done.created;
        sum.changed += done.changed;
        sum.unchanged += done.unchanged;
    }
    Ok(sum)
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn reads_a_file_of_the_statistics_office() {
        let text = "code,nl,en,parent\nX,\"VERZONNEN, EN MEER\",FICTITIOUS,\n98,Deel,Part,X\n";
        let sectors = parse(text.as_bytes()).expect("reads");
        let read = |index: usize| (sectors[index].name.as_str(), sectors[index].parent.as_deref());
        assert_eq!(read(0), ("VERZONNEN, EN MEER", None));
        assert_eq!(read(1), ("Deel", Some("X")));
        let json = serde_json::to_value(&sectors[1]).expect("is JSON");
        assert_eq!(json["nameEn"], "Part");
        assert!(parse("code,nl\nX,Y\n".as_bytes()).is_err(), "four columns");
    }
}
