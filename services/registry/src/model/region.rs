//! Safety regions (veiligheidsregio's): the 25 regions in which crises are managed (seed 003, row 3-1).

use std::fmt;

use serde::Deserialize;

use super::Misfit;

/// A region's code as Statistics Netherlands writes it: `VR01` to `VR25`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct RegionCode(String);

impl RegionCode {
    /// The code as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for RegionCode {
    type Error = Misfit;

    fn try_from(text: String) -> Result<Self, Misfit> {
        let digits = text
            .strip_prefix("VR")
            .filter(|rest| rest.len() == 2 && rest.bytes().all(|byte| byte.is_ascii_digit()));
        let number = digits.and_then(|digits| digits.parse::<u8>().ok());
        if number.is_some_and(|number| (1..=25).contains(&number)) {
            Ok(Self(text))
        } else {
            Err(Misfit::new("safety region code", text, "it is one of VR01 to VR25"))
        }
    }
}

impl fmt::Display for RegionCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// A safety region, as in `data/safety_regions.toml`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SafetyRegion {
    /// Its code.
    pub code: RegionCode,
    /// Its name, without the word veiligheidsregio.
    pub name: String,
    /// Where the entry comes from.
    #[serde(default)]
    pub source: String,
}

#[cfg(test)]
mod tests {
    use super::RegionCode;

    #[test]
    fn there_are_twenty_five_codes() {
        let codes = (0..=99)
            .filter(|number| RegionCode::try_from(format!("VR{number:02}")).is_ok())
            .count();
        assert_eq!(codes, 25);
        for wrong in ["vr01", "VR1", "VR+1", "VR001", "01", ""] {
            assert!(RegionCode::try_from(wrong.to_owned()).is_err(), "{wrong}");
        }
    }
}
