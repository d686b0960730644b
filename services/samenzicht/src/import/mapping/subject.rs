//! What of a mapping says which party and site a row is about.

use registry::model::identifier::{Identifier, Scheme};

use super::fault::MappingFault;
use super::file;
use super::value::{Kind, Tables, Value};
use crate::import::parties::wanted::{Wanted, WantedParty, WantedSite};
use crate::import::row::{Reject, Row};
use crate::import::vocabulary::PARTY_KIND;

/// What is done about a party or site that is not registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// The row is refused.
    Match,
    /// It is registered.
    Create,
}

/// Where party and site of a row are found.
#[derive(Clone, Debug)]
pub(crate) struct Subject {
    pub mode: Mode,
    /// Whether a party without a number is known by its name alone, wherever it is.
    pub name_alone: bool,
    kind: Option<Value>,
    name: Option<Value>,
    trade_names: Option<Value>,
    sectors: Option<Value>,
    numbers: Vec<(Scheme, Value)>,
    site: Option<Place>,
}

#[derive(Clone, Debug)]
struct Place {
    name: Option<Value>,
    street: Option<Value>,
    number: Option<Value>,
    postcode: Option<Value>,
    city: Option<Value>,
    country: Option<Value>,
    latitude: Option<Value>,
    longitude: Option<Value>,
    region: Option<Value>,
    numbers: Vec<(Scheme, Value)>,
}

impl Subject {
    pub(super) fn check(
        party: Option<file::Party>,
        site: Option<file::Site>,
        tables: &Tables,
    ) -> Result<Option<Self>, MappingFault> {
        let Some(party) = party else {
            let mend = "Add `[party]` with its name or a number";
            return match site {
                None => Ok(None),
                Some(_) => Err(MappingFault::new("site", "stands without a party", mend)),
            };
        };
        let mode = match party.mode.as_str() {
            "match" => Mode::Match,
            "create" => Mode::Create,
            other => {
                let problem = format!("`{other}` is not known");
                return Err(MappingFault::unknown(
                    "party.mode",
                    problem,
                    other,
                    &["match", "create"],
                ));
            }
        };
        let value = |name: &str, kind: Kind, form: Option<file::Form>| {
            form.map(|form| Value::check(&format!("party.{name}"), kind, form, tables))
                .transpose()
        };
        let numbers = numbers(
            "party",
            [
                (Scheme::Kvk, party.kvk),
                (Scheme::Rsin, party.rsin),
                (Scheme::Oin, party.oin),
                (Scheme::Imo, party.imo),
                (Scheme::Agb, party.agb),
                (Scheme::Brin, party.brin),
            ],
            tables,
        )?;
        let subject = Self {
            mode,
            name_alone: party.name_alone,
            kind: value("kind", Kind::Word(PARTY_KIND), party.kind)?,
            name: value("name", Kind::Line, party.name)?,
            trade_names: value("trade_names", Kind::List, party.trade_names)?,
            sectors: value("sectors", Kind::List, party.sectors)?,
            numbers,
            site: site.map(|site| Place::check(site, tables)).transpose()?,
        };
        let by_branch = subject.site.as_ref().is_some_and(|site| site.has(Scheme::Vestiging));
        if subject.name.is_none() && (mode == Mode::Create || subject.numbers.is_empty() && !by_branch) {
            let problem = "says not by what the party is known";
            return Err(MappingFault::new(
                "party",
                problem,
                "Add `name`, or a number such as `kvk`",
            ));
        }
        Ok(Some(subject))
    }

    /// Every column that it reads, with the key that names it.
    pub(super) fn columns(&self) -> Vec<(String, &str)> {
        let own = [&self.kind, &self.name, &self.trade_names, &self.sectors];
        let numbers = self.numbers.iter().map(|(_, value)| value);
        let site = self.site.iter().flat_map(Place::values);
        let values = own.into_iter().flatten().chain(numbers).chain(site);
        values.flat_map(Value::columns).collect()
    }

    /// The key by which rows say whom they are about, for rejects.
    pub fn place(&self) -> &str {
        let first = self.numbers.first().map(|(_, value)| value);
        self.name.as_ref().or(first).map_or("party", Value::place)
    }

    /// Whom and where a row is about; nothing where it says nothing of that.
    ///
    /// # Errors
    /// What it says is no number, address or place.
    pub fn take(&self, row: &Row<'_>) -> Result<Option<Wanted>, Reject> {
        let numbers = taken(&self.numbers, row)?;
        let name = maybe(&self.name, row)?;
        let site = self.site.as_ref().map_or(Ok(None), |site| site.take(row))?;
        let by_branch = site
            .as_ref()
            .is_some_and(|site| site.number(Scheme::Vestiging).is_some());
        if name.is_none() && numbers.is_empty() && !by_branch {
            return Ok(None);
        }
        let list = |value: &Option<Value>| value.as_ref().map_or(Ok(Vec::new()), |value| value.list(row));
        let party = WantedParty {
            kind: maybe(&self.kind, row)?.unwrap_or_else(|| "COMPANY".to_owned()),
            name,
            trade_names: list(&self.trade_names)?,
            sectors: list(&self.sectors)?,
            numbers,
        };
        Ok(Some(Wanted { party, site }))
    }
}

impl Place {
    fn check(site: file::Site, tables: &Tables) -> Result<Self, MappingFault> {
        let line = |name: &str, form: Option<file::Form>| {
            form.map(|form| Value::check(&format!("site.{name}"), Kind::Line, form, tables))
                .transpose()
        };
        let numbered = [(Scheme::Vestiging, site.vestiging), (Scheme::Bag, site.bag)];
        Ok(Self {
            name: line("name", site.name)?,
            street: line("street", site.street)?,
            number: line("number", site.number)?,
            postcode: line("postcode", site.postcode)?,
            city: line("city", site.city)?,
            country: line("country", site.country)?,
            latitude: line("latitude", site.latitude)?,
            longitude: line("longitude", site.longitude)?,
            region: line("region", site.region)?,
            numbers: numbers("site", numbered, tables)?,
        })
    }

    fn has(&self, scheme: Scheme) -> bool {
        self.numbers.iter().any(|(own, _)| *own == scheme)
    }

    fn values(&self) -> Vec<&Value> {
        let own = [
            &self.name,
            &self.street,
            &self.number,
            &self.postcode,
            &self.city,
            &self.country,
            &self.latitude,
            &self.longitude,
            &self.region,
        ];
        let numbers = self.numbers.iter().map(|(_, value)| value);
        own.into_iter().flatten().chain(numbers).collect()
    }

    /// Where it is; nothing where the row has neither address nor number.
    fn take(&self, row: &Row<'_>) -> Result<Option<WantedSite>, Reject> {
        let numbers = taken(&self.numbers, row)?;
        let (street, house) = (maybe(&self.street, row)?, maybe(&self.number, row)?);
        let (postcode, city) = (maybe(&self.postcode, row)?, maybe(&self.city, row)?);
        let addressed = street.is_some() || postcode.is_some();
        if numbers.is_empty() && !addressed {
            return Ok(None);
        }
        let street = match (street, house) {
            (Some(street), Some(house)) => Some(format!("{street} {house}")),
            (street, _) => street,
        };
        let degrees = |value: &Option<Value>| -> Result<Option<f64>, Reject> {
            let Some(value) = value else { return Ok(None) };
            let Some(text) = value.take(row)? else { return Ok(None) };
            let wrong = || {
                Reject::new(
                    value.place(),
                    format!("`{text}` is no number of degrees, such as 51.92"),
                )
            };
            text.replace(',', ".").parse().map(Some).map_err(|_| wrong())
        };
        Ok(Some(WantedSite {
            name: maybe(&self.name, row)?,
            street,
            postcode,
            city,
            country: maybe(&self.country, row)?.unwrap_or_else(|| "NL".to_owned()),
            latitude: degrees(&self.latitude)?,
            longitude: degrees(&self.longitude)?,
            region: maybe(&self.region, row)?,
            numbers,
        }))
    }
}

fn maybe(value: &Option<Value>, row: &Row<'_>) -> Result<Option<String>, Reject> {
    value.as_ref().map_or(Ok(None), |value| value.take(row))
}

fn numbers<const N: usize>(
    section: &str,
    forms: [(Scheme, Option<file::Form>); N],
    tables: &Tables,
) -> Result<Vec<(Scheme, Value)>, MappingFault> {
    let value = |(scheme, form): (Scheme, Option<file::Form>)| {
        let key = format!("{section}.{}", scheme.name().to_lowercase());
        Some(Value::check(&key, Kind::Line, form?, tables).map(|value| (scheme, value)))
    };
    forms.into_iter().filter_map(value).collect()
}

fn taken(numbers: &[(Scheme, Value)], row: &Row<'_>) -> Result<Vec<Identifier>, Reject> {
    let mut found = Vec::new();
    for (scheme, value) in numbers {
        if let Some(text) = value.take(row)? {
            let number = Identifier::new(*scheme, &text);
            found.push(number.map_err(|misfit| Reject::new(value.place(), misfit.to_string()))?);
        }
    }
    Ok(found)
}
