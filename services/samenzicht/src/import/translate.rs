//! From one row of the file to one item of a batch, by the mapping.

use std::sync::Arc;

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::mapping::{Mapping, Rule, Signals, Subject, Value};
use super::moment::{Clock, Moment};
use super::parties::wanted::Wanted;
use super::records::Record;
use super::row::{Header, Reject, Row};
use super::wire::{Item, Labels, Provenance, Reference, Reporter, Signal};

/// Translates rows of one file.
#[derive(Debug)]
pub struct Translator {
    mapping: Arc<Mapping>,
    header: Arc<Header>,
    clocks: Option<Clocks>,
}

/// How the moments of signals are written.
#[derive(Debug)]
struct Clocks {
    from: Clock,
    until: Option<Clock>,
    retain: Option<Clock>,
    valid: Option<Clock>,
    collected: Option<Clock>,
}

impl Clocks {
    fn of(mapping: &Mapping, signals: &Signals) -> Self {
        let clock = |value: &Option<Value>| value.as_ref().map(|value| mapping.clock(value));
        Self {
            from: mapping.clock(&signals.fields.observed_from),
            until: clock(&signals.fields.observed_until),
            retain: clock(&signals.labels.retain_until),
            valid: clock(&signals.fields.valid_until),
            collected: clock(&signals.fields.collected_at),
        }
    }
}

impl Translator {
    /// For a file with this header, which fits the mapping.
    pub fn new(mapping: Arc<Mapping>, header: Arc<Header>) -> Self {
        let clocks = mapping.signals.as_ref().map(|signals| Clocks::of(&mapping, signals));
        Self {
            mapping,
            header,
            clocks,
        }
    }

    /// The item for a record, where it becomes a signal, and whom it is about, where that is looked up.
    ///
    /// # Errors
    /// Why the record is refused, at which column.
    pub fn read(&self, record: &Record) -> Result<(Option<Item>, Option<Wanted>), Reject> {
        if let Some(reason) = &record.broken {
            return Err(Reject::new("", reason.clone()));
        }
        let row = Row::new(&self.header, &record.fields)?;
        let subject = self.mapping.subject.as_ref();
        let wanted = subject.map_or(Ok(None), |subject| subject.take(&row))?;
        let (Some(signals), Some(clocks)) = (&self.mapping.signals, &self.clocks) else {
            return Ok((None, wanted));
        };
        let rule = signals.rules.iter().find(|rule| rule.fits(&row));
        let item = Item {
            line: record.line,
            signal: Translation { signals, clocks }.signal(&row, rule)?,
            publish: signals.publish,
            grants: rule.map(|rule| rule.grants.clone()).unwrap_or_default(),
        };
        Ok((Some(item), wanted))
    }

    /// Where the external reference stands, for rejects.
    pub fn reference_place(&self) -> &str {
        self.mapping
            .signals
            .as_ref()
            .map_or("reference", |signals| signals.reference.place())
    }

    /// Where the party stands, for rejects.
    pub fn party_place(&self) -> &str {
        self.mapping.subject.as_ref().map_or("party", Subject::place)
    }
}

/// How one row becomes a signal.
struct Translation<'a> {
    signals: &'a Signals,
    clocks: &'a Clocks,
}

impl Translation<'_> {
    fn signal(&self, row: &Row<'_>, rule: Option<&Rule>) -> Result<Signal, Reject> {
        let fields = &self.signals.fields;
        let (observed_from, observed_until, remarks) = self.period(row)?;
        let maybe = |value: &Option<Value>| match value {
            Some(value) => Value::take(value, row),
            None => Ok(None),
        };
        let list = |value: &Option<Value>| match value {
            Some(value) => Value::list(value, row),
            None => Ok(Vec::new()),
        };
        let reporter = Reporter {
            name: maybe(&fields.reporter_name)?,
            contact: maybe(&fields.reporter_contact)?,
        };
        let notes: Vec<String> = maybe(&fields.note)?.into_iter().chain(remarks).collect();
        Ok(Signal {
            title: fields.title.require(row)?,
            narrative: fields.narrative.require(row)?,
            category: fields.category.require(row)?,
            severity: fields.severity.require(row)?,
            urgency: maybe(&fields.urgency)?,
            observed_from,
            observed_until,
            place: maybe(&fields.place)?,
            parties: list(&fields.parties)?,
            sites: list(&fields.sites)?,
            regions: list(&fields.regions)?,
            origin: maybe(&fields.origin)?.unwrap_or_else(|| "CASE_SYSTEM".to_owned()),
            external_reference: Reference {
                system: self.signals.system.clone(),
                reference: self.signals.reference.require(row)?,
            },
            reporter: (reporter != Reporter::default()).then_some(reporter),
            persons_involved: list(&fields.persons_involved)?,
            labels: self.labels(row, rule)?,
            note: (!notes.is_empty()).then(|| notes.join("\n")),
            reliability: maybe(&fields.reliability)?,
            credibility: maybe(&fields.credibility)?,
            valid_until: date(&fields.valid_until, self.clocks.valid.as_ref(), row)?,
            provenance: self.provenance(row)?,
        })
    }

    /// How a machine came by it, where the row has an address. Of the address only its hash leaves this machine.
    fn provenance(&self, row: &Row<'_>) -> Result<Option<Provenance>, Reject> {
        let fields = &self.signals.fields;
        let (Some(url), Some(collected_at), Some(clock), Some(tool)) =
            (&fields.url, &fields.collected_at, &self.clocks.collected, &fields.tool)
        else {
            return Ok(None);
        };
        let Some(url) = url.take(row)? else {
            return Ok(None);
        };
        let maybe = |value: &Option<Value>| value.as_ref().map_or(Ok(None), |value| value.take(row));
        let moment = clock.moment(&collected_at.require(row)?);
        let moment = moment.map_err(|reason| Reject::new(collected_at.place(), reason))?;
        Ok(Some(Provenance {
            url_hash: format!("{:x}", Sha256::digest(url.as_bytes())),
            collected_at: moment.at.to_string(),
            tool: tool.require(row)?,
            tool_version: maybe(&fields.tool_version)?,
            confidence: share(&fields.confidence, row)?,
            product_category: maybe(&fields.product_category)?,
        }))
    }

    /// The rule's labels win over the general ones.
    fn labels(&self, row: &Row<'_>, rule: Option<&Rule>) -> Result<Labels, Reject> {
        let labels = &self.signals.labels;
        let word = |ruled: Option<&'static str>, general: &Option<Value>| match (ruled, general) {
            (Some(word), _) => Ok(Some(word.to_owned())),
            (None, Some(value)) => Value::take(value, row),
            (None, None) => Ok(None),
        };
        Ok(Labels {
            rank: word(rule.and_then(|rule| rule.rank), &labels.rank)?,
            tlp: word(rule.and_then(|rule| rule.tlp), &labels.tlp)?,
            use_limit: word(rule.and_then(|rule| rule.use_limit), &labels.use_limit)?,
            retain_until: date(&labels.retain_until, self.clocks.retain.as_ref(), row)?,
        })
    }

    /// Begin and end, and remarks for the reader where the clock showed a time twice.
    fn period(&self, row: &Row<'_>) -> Result<(String, Option<String>, Vec<String>), Reject> {
        let fields = &self.signals.fields;
        let text = fields.observed_from.require(row)?;
        let from = self
            .clocks
            .from
            .moment(&text)
            .map_err(|reason| Reject::new(fields.observed_from.place(), reason))?;
        let mut remarks = Vec::new();
        if from.second.is_some() {
            remarks.push(read_as_summer_time(&text));
        }
        let (Some(value), Some(clock)) = (&fields.observed_until, &self.clocks.until) else {
            return Ok((from.at.to_string(), None, remarks));
        };
        let Some(text) = value.take(row)? else {
            return Ok((from.at.to_string(), None, remarks));
        };
        let until = clock
            .moment(&text)
            .map_err(|reason| Reject::new(value.place(), reason))?;
        let until = match until {
            Moment { at, second: Some(_) } if at >= from.at => {
                remarks.push(read_as_summer_time(&text));
                at
            }
            Moment {
                second: Some(second), ..
            } => {
                remarks.push(read_as_winter_time(&text));
                second
            }
            Moment { at, second: None } => at,
        };
        if until < from.at {
            return Err(Reject::new(
                value.place(),
                format!("the end {text} lies before the begin: correct one of them"),
            ));
        }
        Ok((from.at.to_string(), not_at_once(from.at, until), remarks))
    }
}

/// A date, where the row has one.
fn date(value: &Option<Value>, clock: Option<&Clock>, row: &Row<'_>) -> Result<Option<String>, Reject> {
    let (Some(value), Some(clock)) = (value, clock) else {
        return Ok(None);
    };
    let Some(text) = value.take(row)? else {
        return Ok(None);
    };
    let date = clock.date(&text).map_err(|reason| Reject::new(value.place(), reason))?;
    Ok(Some(date.to_string()))
}

/// A share of one, where the row has one.
fn share(value: &Option<Value>, row: &Row<'_>) -> Result<Option<f64>, Reject> {
    let Some(value) = value else { return Ok(None) };
    let Some(text) = value.take(row)? else {
        return Ok(None);
    };
    let wrong = || {
        Reject::new(
            value.place(),
            format!("`{text}` is no number from 0 to 1, such as 0.85"),
        )
    };
    text.trim().parse().map(Some).map_err(|_| wrong())
}

/// An end equal to the begin says nothing more than the begin: the moment stands alone.
fn not_at_once(from: Timestamp, until: Timestamp) -> Option<String> {
    (until > from).then(|| until.to_string())
}

// Remarks stand on the record, for its readers: in Dutch, like the record.
fn read_as_summer_time(text: &str) -> String {
    format!("Het tijdstip {text} kwam tweemaal voor (einde van de zomertijd); gelezen als zomertijd.")
}

fn read_as_winter_time(text: &str) -> String {
    format!(
        "Het tijdstip {text} kwam tweemaal voor (einde van de zomertijd); gelezen als wintertijd, omdat het anders vóór het begin lag."
    )
}
