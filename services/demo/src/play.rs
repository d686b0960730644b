//! Plays the story's signals through the API, each by its own account: recorded, shared, published, and where the story
//! says so revoked or retracted. The demo's data went through the same doors as everybody's.
//!
//! Each signal carries an external reference (system `demo`, its key in the story), of which an inspectorate can have
//! one. So it is known what was played already: signals are played in the order of the story, and when the last of them
//! is complete nothing is done but that one look. Otherwise every signal is taken up where it was left.

use std::fmt::Display;

use foundation::clock::amsterdam;
use foundation::ids::{prefix, write};
use jiff::Timestamp;
use registry::seed::Noun;
use serde_json::{Map, Value, json};

use crate::story::{Ending, Story, StoryGrant, StorySignal, To};

/// The system in the external references of the story's signals.
pub const SYSTEM: &str = "demo";

const RECORD: &str = "mutation Record($input: SignalInput!) { recordSignal(input: $input) { signal { ...Played } } }";
const SHARE: &str = "mutation Share($id: ID!, $grant: GrantInput!) {
  shareSignal(id: $id, grant: $grant) { signal { ...Played } } }";
const PUBLISH: &str = "mutation Publish($id: ID!, $version: Int!) {
  publishSignal(id: $id, version: $version) { signal { ...Played } } }";
const REVOKE: &str = "mutation Revoke($grantId: ID!, $reason: String) {
  revokeGrant(grantId: $grantId, reason: $reason) { signal { ...Played } } }";
const RETRACT: &str = "mutation Retract($id: ID!, $version: Int!, $reason: String!) {
  retractSignal(id: $id, version: $version, reason: $reason) { signal { ...Played } } }";
const FIND: &str = "query Find($owner: String!, $text: String!) {
  signals(first: 100, filter: { owner: $owner, text: $text }) { nodes { ...Played } } }";

/// What is read of a signal after each step, to know the next.
const PLAYED: &str = "fragment Played on Signal { id version state externalReference { system reference }
  grants { id kind to purpose legalBasis revokedAt } }";

/// One request to the API.
#[derive(Clone, Debug)]
pub struct Call {
    /// The service that is asked.
    pub service: String,
    /// Who asks: the account's name.
    pub subject: String,
    /// The purpose it states.
    pub purpose: String,
    /// The GraphQL text.
    pub query: String,
    /// Its variables.
    pub variables: Value,
}

/// Why the story could not be played.
#[derive(Debug, thiserror::Error)]
#[error("the story's signal `{signal}` cannot be played: {reason}")]
pub struct PlayError {
    /// The signal's key in the story.
    pub signal: String,
    /// What the API answered, or what is wrong with the story.
    pub reason: String,
}

/// What was played.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Played {
    /// Signals recorded now.
    pub recorded: usize,
    /// Other changes made now.
    pub changes: usize,
}

/// Plays what was not played yet, for a demo that starts at this moment. `ask` sends a request and gives the whole
/// answer, with `data` and `errors`.
///
/// # Errors
/// The first signal that is refused; what was played stays, and playing again goes on from there.
pub async fn play<A, F>(story: &Story, start: Timestamp, ask: A) -> Result<Played, PlayError>
where
    A: Fn(Call) -> F,
    F: Future<Output = Value>,
{
    let mut played = Played::default();
    let actor = |signal| Actor {
        story,
        signal,
        start,
        ask: &ask,
    };
    if let Some(last) = story.signals.last() {
        let last = actor(last);
        if let Some(state) = last.find().await?
            && last.next(&state).is_none()
        {
            return Ok(played);
        }
    }
    for signal in &story.signals {
        actor(signal).play(&mut played).await?;
    }
    Ok(played)
}

/// The next thing to do with a signal.
struct Step {
    query: &'static str,
    field: &'static str,
    variables: Value,
}

/// A signal of the story with the account that plays it.
struct Actor<'a, A> {
    story: &'a Story,
    signal: &'a StorySignal,
    start: Timestamp,
    ask: &'a A,
}

impl<A, F> Actor<'_, A>
where
    A: Fn(Call) -> F,
    F: Future<Output = Value>,
{
    async fn play(&self, played: &mut Played) -> Result<(), PlayError> {
        let variables = json!({ "input": self.input()? });
        let answer = self.ask(RECORD, variables).await;
        let mut state = if answer["errors"][0]["extensions"]["code"] == "DUPLICATE_REFERENCE" {
            // Whoever changed its title has made it their own.
            let Some(state) = self.find().await? else { return Ok(()) };
            state
        } else {
            played.recorded += 1;
            self.signal_in(answer, "recordSignal")?
        };
        while let Some(step) = self.next(&state) {
            state = self.signal_in(self.ask(step.query, step.variables).await, step.field)?;
            played.changes += 1;
        }
        Ok(())
    }

    /// What is to be done next with a signal in this state; `None` when the story is told.
    fn next(&self, state: &Value) -> Option<Step> {
        let (id, version) = (&state["id"], &state["version"]);
        let (draft, published) = (state["state"] == "DRAFT", state["state"] == "PUBLISHED");
        if draft
            && let Some(grant) = self
                .signal
                .grants
                .iter()
                .find(|grant| self.made(state, grant).is_none())
        {
            let variables = json!({ "id": id, "grant": self.grant(grant) });
            return Some(Step {
                query: SHARE,
                field: "shareSignal",
                variables,
            });
        }
        if draft && self.signal.then != Ending::Draft {
            let variables = json!({ "id": id, "version": version });
            return Some(Step {
                query: PUBLISH,
                field: "publishSignal",
                variables,
            });
        }
        let revoked = |grant: &StoryGrant| {
            let because = grant.revoked_because.as_deref()?;
            let made = self.made(state, grant)?;
            made["revokedAt"]
                .is_null()
                .then(|| json!({ "grantId": made["id"], "reason": because }))
        };
        if published && let Some(variables) = self.signal.grants.iter().find_map(revoked) {
            return Some(Step {
                query: REVOKE,
                field: "revokeGrant",
                variables,
            });
        }
        if published && self.signal.then == Ending::Retract {
            let variables = json!({ "id": id, "version": version, "reason": self.signal.because });
            return Some(Step {
                query: RETRACT,
                field: "retractSignal",
                variables,
            });
        }
        None
    }

    /// The signal as it stands, when its account still finds it under its title.
    async fn find(&self) -> Result<Option<Value>, PlayError> {
        let account = self
            .story
            .account(&self.signal.r#as)
            .ok_or_else(|| self.error("its account is not in the story"))?;
        let variables = json!({ "owner": account.organisation.as_str(), "text": self.signal.title });
        let answer = self.ask(FIND, variables).await;
        let Some(nodes) = answer["data"]["signals"]["nodes"].as_array() else {
            return Err(self.error(&answer["errors"]));
        };
        let reference = json!({ "system": SYSTEM, "reference": self.signal.key.as_str() });
        Ok(nodes
            .iter()
            .find(|node| node["externalReference"] == reference)
            .cloned())
    }

    async fn ask(&self, query: &'static str, variables: Value) -> Value {
        let call = Call {
            service: "signals".to_owned(),
            subject: self.signal.r#as.clone(),
            purpose: self.signal.purpose.to_string(),
            query: format!("{query}\n{PLAYED}"),
            variables,
        };
        (self.ask)(call).await
    }

    fn signal_in(&self, mut answer: Value, field: &str) -> Result<Value, PlayError> {
        let signal = answer["data"][field]["signal"].take();
        if signal.is_null() {
            Err(self.error(&answer["errors"]))
        } else {
            Ok(signal)
        }
    }

    fn error(&self, reason: impl Display) -> PlayError {
        PlayError {
            signal: self.signal.key.to_string(),
            reason: reason.to_string(),
        }
    }

    /// The grant of the story among those that were made, revoked or not.
    fn made<'s>(&self, state: &'s Value, grant: &StoryGrant) -> Option<&'s Value> {
        let (kind, to) = match &grant.to {
            To::Everyone(_) => ("EVERYONE", Value::Null),
            To::Organisation(code) => ("ORGANISATION", json!(code.as_str())),
            To::Circle(code) => ("CIRCLE", json!(code.as_str())),
            To::Account(name) => ("ACCOUNT", json!(name)),
        };
        let (purpose, basis) = (grant.purpose.as_str(), grant.legal_basis.as_str());
        state["grants"].as_array()?.iter().find(|made| {
            made["kind"] == kind && made["to"] == to && made["purpose"] == purpose && made["legalBasis"] == basis
        })
    }

    /// The signal as the API takes it.
    fn input(&self) -> Result<Value, PlayError> {
        let signal = self.signal;
        let (from, until) = signal
            .observed(self.start, &amsterdam())
            .map_err(|error| self.error(error))?;
        let mut input = json!({
            "title": signal.title,
            "narrative": signal.narrative.trim(),
            "category": signal.category.as_str(),
            "severity": signal.severity,
            "urgency": signal.urgency,
            "origin": signal.origin,
            "observedFrom": from.to_string(),
            "parties": signal.parties.iter().map(|key| write(prefix::PARTY, Noun::Party.id(key.as_str())).0).collect::<Vec<_>>(),
            "sites": signal.sites.iter().map(|key| write(prefix::SITE, Noun::Site.id(key.as_str())).0).collect::<Vec<_>>(),
            "regions": signal.regions.iter().map(|code| code.as_str()).collect::<Vec<_>>(),
            "personsInvolved": signal.persons_involved,
            "labels": self.labels()?,
            "externalReference": { "system": SYSTEM, "reference": signal.key.as_str() },
        });
        if let Some(until) = until {
            input["observedUntil"] = json!(until.to_string());
        }
        if let Some(place) = &signal.place {
            input["place"] = json!(place);
        }
        if let Some(reporter) = &signal.reporter {
            input["reporter"] = json!({ "name": reporter.name, "contact": reporter.contact });
        }
        Ok(input)
    }

    /// The marks that the story gives; the platform's where it gives none.
    fn labels(&self) -> Result<Map<String, Value>, PlayError> {
        let labels = &self.signal.labels;
        let mut given = Map::new();
        for (name, value) in [
            ("rank", &labels.rank),
            ("tlp", &labels.tlp),
            ("useLimit", &labels.use_limit),
        ] {
            if let Some(value) = value {
                given.insert(name.to_owned(), json!(value));
            }
        }
        if let Some(retention) = labels.retain_until {
            let today = self.start.to_zoned(amsterdam()).date();
            let until = retention.until(today).map_err(|error| self.error(error))?;
            given.insert("retainUntil".to_owned(), json!(until.to_string()));
        }
        Ok(given)
    }

    /// A grant as the API takes it.
    fn grant(&self, grant: &StoryGrant) -> Value {
        let to = match &grant.to {
            To::Everyone(_) => json!({ "everyone": true }),
            To::Organisation(code) => json!({ "organisation": code.as_str() }),
            To::Circle(code) => json!({ "circle": code.as_str() }),
            To::Account(name) => json!({ "account": name }),
        };
        let mut given = json!({
            "to": to,
            "purpose": grant.purpose.as_str(),
            "legalBasis": grant.legal_basis.as_str(),
        });
        let (from, until) = grant.valid(self.start);
        for (name, moment) in [("validFrom", from), ("validUntil", until)] {
            if let Some(moment) = moment {
                given[name] = json!(moment.to_string());
            }
        }
        given
    }
}
