//! Plays what inspectorates do with each other's signals (`data/together.toml`): each deed through the API, by its own
//! account, unless it was done already.
//!
//! Nothing depends on it: a deed that is refused, because somebody changed the demo meanwhile, is left out and named.

use std::collections::BTreeMap;

use foundation::clock::amsterdam;
use foundation::ids::{prefix, write};
use jiff::{Timestamp, ToSpan};
use registry::model::code::Code;
use registry::seed::Noun;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::play::{Call, SYSTEM};
use crate::story::Story;

/// Something that an account does beside or around the story's signals; documents as the file explains them.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoryDeed {
    /// The account that does it.
    pub r#as: String,
    /// The purpose that it states.
    pub purpose: Code,
    /// The service that has it.
    #[serde(default = "signals")]
    pub service: String,
    /// What is looked up before, by name; later ones may use earlier ones, in the order of their names.
    #[serde(default)]
    pub find: BTreeMap<String, String>,
    /// The question that finds something when it was done; or `name:VALUE`, when `find` found just that.
    pub unless: String,
    /// The change.
    pub does: String,
}

fn signals() -> String {
    "signals".to_owned()
}

/// A deed that could not be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undone {
    /// The account that was to do it, and what.
    pub deed: String,
    /// What stood in the way.
    pub reason: String,
}

/// Does what was not done yet, for a demo that starts at this moment; what could not be done is told. When the last deed
/// was done nothing is asked but that.
pub async fn deeds<A, F>(story: &Story, start: Timestamp, ask: A) -> Vec<Undone>
where
    A: Fn(Call) -> F,
    F: Future<Output = Value>,
{
    let doer = |deed| Doer {
        story,
        deed,
        start,
        ask: &ask,
    };
    if let Some(last) = story.deeds.last()
        && let Ok((true, _)) = doer(last).is_done().await
    {
        return Vec::new();
    }
    let mut undone = Vec::new();
    for deed in &story.deeds {
        if let Err(reason) = doer(deed).act().await {
            let what = deed.does.split(['(', ' ']).next().unwrap_or_default();
            undone.push(Undone {
                deed: format!("{}: {what}", deed.r#as),
                reason,
            });
        }
    }
    undone
}

/// What was found, by name.
type Found = BTreeMap<String, String>;

struct Doer<'a, A> {
    story: &'a Story,
    deed: &'a StoryDeed,
    start: Timestamp,
    ask: &'a A,
}

impl<A, F> Doer<'_, A>
where
    A: Fn(Call) -> F,
    F: Future<Output = Value>,
{
    async fn act(&self) -> Result<(), String> {
        let (done, found) = self.is_done().await?;
        if done {
            return Ok(());
        }
        let change = format!("mutation {{ {} }}", self.filled(&self.deed.does, &found).await?);
        self.asked(&change).await.map(drop)
    }

    async fn is_done(&self) -> Result<(bool, Found), String> {
        let mut found = Found::new();
        for (name, question) in &self.deed.find {
            let question = format!("{{ {} }}", self.filled(question, &found).await?);
            let answer = self.asked(&question).await?;
            let value = first(&answer).ok_or_else(|| format!("there is no {name}"))?;
            found.insert(name.clone(), value);
        }
        let unless = &self.deed.unless;
        let done = match unless.split_once(':') {
            Some((name, value)) if found.contains_key(name) => found[name] == value,
            _ => {
                let question = format!("{{ {} }}", self.filled(unless, &found).await?);
                first(&self.asked(&question).await?).is_some()
            }
        };
        Ok((done, found))
    }

    async fn asked(&self, query: &str) -> Result<Value, String> {
        let (account, purpose) = (&self.deed.r#as, self.deed.purpose.as_str());
        self.asked_as(account, purpose, &self.deed.service, query).await
    }

    async fn asked_as(&self, account: &str, purpose: &str, service: &str, query: &str) -> Result<Value, String> {
        let call = Call {
            service: service.to_owned(),
            subject: account.to_owned(),
            purpose: purpose.to_owned(),
            query: query.to_owned(),
            variables: json!({}),
        };
        let mut answer = (self.ask)(call).await;
        match answer.get("errors") {
            None => Ok(answer["data"].take()),
            Some(errors) => Err(errors.to_string()),
        }
    }

    /// A document with what stands between `<` and `>` filled in.
    async fn filled(&self, text: &str, found: &Found) -> Result<String, String> {
        let mut filled = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('<') {
            let (name, then) = after.split_once('>').ok_or_else(|| format!("'{text}' does not end"))?;
            filled.push_str(before);
            filled.push_str(&self.value(name, found).await?);
            rest = then;
        }
        Ok(filled + rest)
    }

    async fn value(&self, name: &str, found: &Found) -> Result<String, String> {
        let unknown = || format!("nothing is called <{name}>");
        match name.split_once(':') {
            None => found.get(name).cloned().ok_or_else(unknown),
            Some(("party", key)) => Ok(write(prefix::PARTY, Noun::Party.id(key)).0),
            Some(("site", key)) => Ok(write(prefix::SITE, Noun::Site.id(key)).0),
            Some(("in", days)) => {
                let days: i64 = days.parse().map_err(|_| unknown())?;
                let today = self.start.to_zoned(amsterdam()).date();
                Ok(today.saturating_add(days.days()).to_string())
            }
            Some(("signal", key)) => self.of_signal(key, "id").await,
            Some(("version", key)) => self.of_signal(key, "version").await,
            Some(_) => Err(unknown()),
        }
    }

    /// Something of a signal of the story, as the account that recorded it reads it.
    async fn of_signal(&self, key: &str, field: &str) -> Result<String, String> {
        let signal = self.story.signals.iter().find(|signal| signal.key.as_str() == key);
        let signal = signal.ok_or_else(|| format!("the story has no signal {key}"))?;
        let account = self
            .story
            .account(&signal.r#as)
            .ok_or_else(|| format!("nobody records {key}"))?;
        let owner = &account.organisation;
        let query = format!(
            "{{ signalByExternalReference(system: \"{SYSTEM}\", reference: \"{key}\", owner: \"{owner}\") {{ {field} }} }}"
        );
        let answer = self.asked_as(&signal.r#as, signal.purpose.as_str(), "signals", &query);
        first(&answer.await?).ok_or_else(|| format!("{key} is gone"))
    }
}

/// The first text or number in an answer.
fn first(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Array(list) => list.iter().find_map(first),
        Value::Object(fields) => fields.values().find_map(first),
        Value::Null | Value::Bool(_) => None,
    }
}
